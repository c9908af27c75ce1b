"""Promises that are read, and those that are refused with pack and promise."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clerestory.law.errors import PackFault
from clerestory.law.fact_table import absent_of
from clerestory.law.promises import Promise, load_promises

ONE = """
[[promise]]
id = "closed"
says = "Nothing is
released."
when = "true"
never = ["release", "coarsen"]
"""
ONE = ONE.replace('"Nothing is\nreleased."', '"""Nothing is\nreleased."""')
TWO = """
[[promise]]
id = "no-matter"
says = "Consent makes no difference."
when = 'context.channel == "post"'
never = ["refer"]
[promise.as_if]
"consent.given" = "no"
"""


@pytest.fixture
def pack(tmp_path: Path) -> Callable[..., Path]:
    def written(name: str, text: str | None) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        if text is not None:
            (folder / "promises.toml").write_text(text, "utf-8")
        return folder

    return written


Pack = Callable[[str, str | None], Path]


def test_promises_are_read_in_the_order_of_the_packs(pack: Pack) -> None:
    folders = [pack("b", ONE), pack("none", None), pack("a", TWO), pack("empty", "")]

    assert load_promises(folders) == [
        Promise(
            id="closed",
            says="Nothing is released.",
            when="true",
            never=("release", "coarsen"),
            pack="b",
            as_if={},
            tree={"Value": True},
        ),
        Promise(
            id="no-matter",
            says="Consent makes no difference.",
            when='context.channel == "post"',
            never=("refer",),
            pack="a",
            as_if={"consent.given": "no"},
            tree={
                "==": {
                    "left": {".": {"left": {"Var": "context"}, "attr": "channel"}},
                    "right": {"Value": "post"},
                }
            },
        ),
    ]


KEYS = "write [[promise]] with id, says, when and never, and perhaps as_if or without"
BAD = {
    "no id": ('id = "closed"', "", "a promise without id: mend the key id", KEYS),
    "no when": ('when = "true"', "", "closed: mend the key when", KEYS),
    "strange key": ('when = "true"', 'when = "true"\nwhy = "x"', "closed: mend the key why", KEYS),
    "a number": ('when = "true"', "when = 1", "closed: mend the key when", KEYS),
    "one answer": ('["release", "coarsen"]', '"release"', "closed: mend the key never", KEYS),
    "as_if is a text": ('when = "true"', 'when = "true"\nas_if = "no"',
                        "closed: mend the key as_if", KEYS),
    "without is a text": ('when = "true"', 'when = "true"\nwithout = "consent"',
                          "closed: mend the key without", KEYS),
    "without a paper": ('when = "true"', 'when = "true"\nwithout = ["paper"]',
                        "closed: without names a consent or an agreement: paper", KEYS),
    "without nothing": ('when = "true"', 'when = "true"\nwithout = ["warrant"]',
                        "closed: without names a consent or an agreement: warrant", KEYS),
    "no answer": ('["release", "coarsen"]', "[]", "closed: never must name answers: none",
                  "choose from release, coarsen, refer, withhold"),
    "other answer": ('"coarsen"]', '"deny"]',
                     "closed: never must name answers: release, deny",
                     "choose from release, coarsen, refer, withhold"),
    "one table": ("[[promise]]", "[promise]", "promise must be a list of tables", KEYS),
    "not cedar": ('when = "true"', 'when = "if only"', "closed: the condition is not Cedar",
                  "write one condition as it would stand in a policy's when"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_promise_is_refused_with_its_place(fault: str, pack: Pack) -> None:
    old, new, said, todo = BAD[fault]
    assert ONE.count(old) == 1

    with pytest.raises(PackFault, match=f"^tiny/promises.toml: {said}") as refused:
        load_promises([pack("tiny", ONE.replace(old, new))])

    assert refused.value.todo == todo


def test_a_promise_without_a_consent_is_as_if_none_of_it_were_there(pack: Pack) -> None:
    more = 'when = "true"\nwithout = ["consent", "agreement"]\nas_if = {"consent.given" = "yes"}'

    (promise,) = load_promises([pack("tiny", ONE.replace('when = "true"', more))])

    consent = {f"consent.{part}": code for part, code in absent_of("consent").items()}
    agreement = {f"agreement.{part}": code for part, code in absent_of("agreement").items()}
    assert promise.as_if == {**consent, **agreement, "consent.given": "yes"}


def test_a_list_of_other_things_than_tables_is_refused(pack: Pack) -> None:
    with pytest.raises(PackFault, match=r"^tiny/promises.toml: promise must be a list of tables"):
        load_promises([pack("tiny", "promise = [1]")])


@pytest.mark.parametrize("text", [b"[[promise", b"says = '\xff'"], ids=["not toml", "not utf-8"])
def test_a_file_that_cannot_be_read_is_named(text: bytes, pack: Pack) -> None:
    folder = pack("tiny", "")
    (folder / "promises.toml").write_bytes(text)

    with pytest.raises(
        PackFault, match=r"^tiny/promises\.toml, line 1, cannot be read: "
    ) as refused:
        load_promises([folder])

    assert refused.value.todo == "mend the line that is named"


@pytest.mark.parametrize(("first", "second"), [("a", "a"), ("a", "b")])
def test_two_promises_of_one_id_are_refused(first: str, second: str, pack: Pack) -> None:
    folders = [pack("a", ONE * 2)] if first == second else [pack("a", ONE), pack("b", ONE)]

    with pytest.raises(
        PackFault, match=f"^{second}/promises.toml: closed: stands twice, also in a"
    ):
        load_promises(folders)
