"""What two states of a pack say otherwise though no answer tells it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clerestory.audit.gate.texts import Difference, promised_before, text_differences
from clerestory.law.errors import PackFault

Damage = Callable[[str, str, str], int]
PROMISE = """
[[promise]]
id = "closed"
says = "It is closed."
when = 'resource.name == "ssn"'
never = ["release", "coarsen"]
"""
ROW = """
[[mandate]]
id = "made-up"
authority = "aa-officer"
cite = "Made-up Code 1"
to = ["law_enforcement"]
"""
CONSIDERED = """
@id("aa-considered")
@authority("aa-closed")
permit (principal, action == Action::"consider", resource)
when { context.paper.kind == "letter" };
"""


@pytest.fixture
def before(packs: Path, tmp_path: Path) -> Path:
    """The made-up pack with a promise, an exception and a policy that is only considered."""
    pack = packs / "us-aa"
    (pack / "promises.toml").write_text(PROMISE)
    (pack / "exceptions.toml").write_text(ROW + "[terms]\nsaid = 'true'\n")
    (pack / "law.cedar").write_text((pack / "law.cedar").read_text() + CONSIDERED)
    return Path(shutil.copytree(packs, tmp_path / "before"))


def differences(before: Path, packs: Path) -> list[Difference]:
    return list(text_differences(before, packs))


def test_the_same_packs_say_the_same(before: Path, packs: Path) -> None:
    assert differences(before, packs) == []
    assert promised_before(before) == {"closed"}


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("promises.toml", '"coarsen"]', "]", (
            "promise closed", "never: release, coarsen > release")),
        ("promises.toml", '"ssn"', '"ssn" && false', (
            "promise closed",
            'when: resource.name == "ssn" > resource.name == "ssn" && false')),
        ("promises.toml", '"closed"', '"shut"', ("promise closed", "removed")),
        ("exceptions.toml", "law_enforcement", "police_state", (
            "mandate made-up", "to: law_enforcement > police_state")),
        ("exceptions.toml", '"made-up"', '"other"', ("mandate made-up", "removed")),
        ("exceptions.toml", "said = 'true'", "said = 'false'", ("terms said", "true > false")),
    ],
)  # fmt: skip
def test_a_row_that_is_changed_is_told(
    file: str, old: str, new: str, expected: Difference, before: Path, packs: Path, damage: Damage
) -> None:
    damage(file, old, new)

    what, change = expected
    assert (f"us-aa/{file}: {what}", change) in differences(before, packs)


def test_a_promise_more_needs_no_review_and_an_exception_more_does(
    before: Path, packs: Path
) -> None:
    for name, more in (("promises.toml", PROMISE), ("exceptions.toml", ROW)):
        path = packs / "us-aa" / name
        more = more.replace('id = "', 'id = "more-')
        path.write_text(more + path.read_text())

    ((what, change),) = differences(before, packs)

    assert what == "us-aa/exceptions.toml: mandate more-made-up"
    assert change.startswith("added, ")


def test_a_file_of_promises_that_is_gone_is_told_promise_by_promise(
    before: Path, packs: Path
) -> None:
    (packs / "us-aa" / "promises.toml").unlink()

    assert differences(before, packs) == [("us-aa/promises.toml: promise closed", "removed")]


def test_a_long_text_is_told_by_its_mark_so_that_another_one_is_another_change(
    before: Path, packs: Path
) -> None:
    changes = []
    for last in ("one", "two"):
        path = packs / "us-aa" / "promises.toml"
        path.write_text(PROMISE.replace("It is closed.", f"{'It is closed. ' * 9}{last}"))
        changes += differences(before, packs)

    assert len({change for _, change in changes}) == 2
    assert all(change.startswith("says: It is closed. > It is closed. It") for _, change in changes)


def test_a_line_broken_elsewhere_is_no_change(before: Path, packs: Path) -> None:
    path = packs / "us-aa" / "promises.toml"
    path.write_text(PROMISE.replace('"It is closed."', '"""It is\n  closed."""'))

    assert differences(before, packs) == []


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ('kind = "mandates"', "kind: permits > mandates"),
        ('confirmed = "no"', "confirmed: yes > no"),
        ('binds = ["everyone"]', "binds: state_agency > everyone"),
        ('basis = "agency_policy"', "basis: law > agency_policy"),
        ('citation = "Another Code"', "citation: Made-up Code 1 > Another Code"),
        ("valid_to = 2027-01-01", "valid_to: none > 2027-01-01"),
        ("valid_from = 2021-01-01", "valid_from: 2020-01-01 > 2021-01-01"),
        ('plaintiffs = ["A made-up county"]', "plaintiffs: none > A made-up county"),
    ],
)
def test_what_decides_of_an_authority_is_compared(
    key: str, change: str, before: Path, packs: Path
) -> None:
    path = packs / "us-aa" / "authorities.toml"
    tables = path.read_text().split("[[authority]]")
    name = key.partition(" ")[0]
    kept = [line for line in tables[2].splitlines() if not line.startswith(f"{name} =")]
    tables[2] = "\n".join([*kept, key, "", ""])
    path.write_text("[[authority]]".join(tables))

    assert differences(before, packs) == [("authority aa-officer", change)]


def test_the_words_for_people_may_be_mended(before: Path, packs: Path) -> None:
    path = packs / "us-aa" / "authorities.toml"
    path.write_text(path.read_text().replace("Words to the person.", "Other words."))

    assert differences(before, packs) == []


def test_a_policy_that_is_only_considered_is_compared_as_it_is_written(
    before: Path, packs: Path, damage: Damage
) -> None:
    damage("law.cedar", 'context.paper.kind == "letter"', 'context.paper.kind == "form"')
    ((what, change),) = differences(before, packs)
    assert (what, change.partition(", now ")[0]) == ("policy aa-considered", "conditions")

    damage("law.cedar", '@id("aa-considered")', '@id("aa-thought-of")')
    assert differences(before, packs) == [("policy aa-considered", "removed")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("us-ny:", "us-nyy:", [("code jurisdiction.us-ny", "removed")]),
        ("means: the State of New York.", "means: New York.", []),
        (
            "us-ny: {means",
            "us-ny: {proxy: true, means",
            [("code jurisdiction.us-ny", "proxy: False > True")],
        ),
    ],
)
def test_codes_that_both_know_are_compared(
    old: str, new: str, expected: list[Difference], before: Path, packs: Path
) -> None:
    path = packs / "codes.yaml"
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))

    assert differences(before, packs) == expected


def test_a_file_that_cannot_be_read_is_refused(before: Path, packs: Path) -> None:
    (packs / "us-aa" / "exceptions.toml").write_text("[[mandate]\n")

    with pytest.raises(PackFault, match=r"^exceptions\.toml, line 1"):
        differences(before, packs)
