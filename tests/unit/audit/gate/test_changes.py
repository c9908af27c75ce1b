"""The last step of the gate: what differs is told, what is listed is allowed and nothing more."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from clerestory.audit.gate.changes import Changes
from clerestory.law.errors import PackFault
from clerestory.policy.interpreters.smt import Answer, CanBe, Solver

from .conftest import Gate, activate_as_it_stands

Damage = Callable[[str, str, str], int]
NAMES = '["address", "ssn"].contains(resource.name)'
MORE = '["address", "photo", "ssn"].contains(resource.name)'
# A known answer that shows the change: what was withheld under the old law is released.
PHOTO = """
- format: clerestory-case/1
  packs: [us-aa]
  demand:
    format: clerestory-demand/1
    id: AA-PHOTO
    received: {date: 2026-01-05, channel: post}
    holder: {agency: me-dhhs, kind: state_agency, jurisdiction: us-me}
    requester: {body: made-up police, class: police_state}
    instrument: {kind: letter, issuer: officer, written: 'yes', status: live}
    purpose: locate_fugitive
    subjects:
    - {ref: S1, relation: named, applicant: 'yes'}
    records:
    - {program: snap, fields: [S1.photo]}
    findings: {official_capacity: 'yes'}
  expect:
  - from: 2026-01-05
    overall: release
    rulings: {S1.photo: release}
"""
# Every code of those that enforce law, its groups among them: each stands for itself alone.
OFFICERS = """["cbp", "federal_police", "federal_prosecutor", "ice", "law_enforcement", \
"law_enforcement_officer", "medicaid_fraud_unit", "oig", "police_local", "police_state", \
"prosecutor_state", "sheriff", "state_or_local_police"]"""
OPENED = f"""
[[answer]]
before = "withhold"
after = "release"
programs = ["snap"]
requesters = {OFFICERS}
purposes = ["locate_fugitive"]
fields = ["photo"]
citation = "Made-up Code 1"
case = "AA-PHOTO"
reviewed = "A. Counsel (made-up), 5 January 2026"
"""
REFERRED = OPENED.replace('before = "withhold"', 'before = "refer"').replace("AA-PHOTO", "AA-P2")


@pytest.fixture
def opened(gate: Gate, damage: Damage) -> Gate:
    """A draft that opens one field more, with the known answers that show it."""
    damage("law.cedar", NAMES, MORE)
    cases = gate.packs / "us-aa" / "cases" / "cases.yaml"
    subpoena = PHOTO.replace("AA-PHOTO", "AA-P2").replace("kind: letter", "kind: judicial_subpoena")
    cases.write_text(cases.read_text() + PHOTO + subpoena)
    return gate


def told(whole: Changes) -> list[tuple[str, str, str]]:
    return [(one.way, one.before or one.duty or one.what, one.after) for one in whole.found]


def test_a_law_that_was_not_changed_passes(gate: Gate) -> None:
    step, whole = gate.run()

    assert (step.passed, whole.found) == (True, ())
    assert step.lines == ("0 changes not reviewed, 0 changes reviewed",)


def test_a_law_that_is_only_written_otherwise_passes(gate: Gate, damage: Damage) -> None:
    damage("law.cedar", NAMES, '["ssn", "address"].contains(resource.name) && true == true')
    damage("law.cedar", " && true == true", "")

    assert gate.run()[0].passed


def test_a_field_more_is_told_with_the_table_that_would_allow_it(opened: Gate) -> None:
    step, whole = opened.run()

    assert not step.passed
    assert told(whole) == [("OPENS", "refer", "release"), ("OPENS", "withhold", "release")]
    _, found = whole.found
    assert found.columns == {
        "programs": ("snap",),
        "requesters": found.columns["requesters"],
        "purposes": ("locate_fugitive",),
        "fields": ("photo",),
    }
    assert "police_state" in found.columns["requesters"]
    assert found.days == (date(2020, 1, 1), None)
    assert found.demand is not None
    assert found.demand["records"] == [{"program": "snap", "fields": ["S1.photo"]}]
    assert list(found.draft())[:3] == ["[[answer]]", 'before = "withhold"', 'after = "release"']
    assert "since = 2020-01-01" in list(found.draft())


def with_days(*tables: str) -> str:
    return "".join(table + "since = 2020-01-01\n" for table in tables)


def test_what_is_listed_as_it_is_found_passes(opened: Gate) -> None:
    step, whole = opened.run(with_days(OPENED, REFERRED))

    assert (step.passed, whole.found) == (True, ())
    assert step.lines == ("0 changes not reviewed, 2 changes reviewed",)


def test_most_fields_are_listed_by_those_that_are_left_out(opened: Gate, damage: Damage) -> None:
    damage("law.cedar", MORE, 'resource.name != "status_list"')

    _, whole = opened.run()

    assert {one.columns["fields"] for one in whole.found} == {
        ("all but address, ssn, status_list",)
    }
    tables = with_days(OPENED, REFERRED)
    listed = tables.replace('["photo"]', '"all but address, ssn, status_list"')
    assert opened.run(listed)[0].passed
    assert not opened.run(listed.replace("ssn, ", ""))[0].passed


def test_what_is_listed_allows_no_other_change(opened: Gate) -> None:
    step, whole = opened.run(with_days(OPENED))

    assert not step.passed
    assert told(whole) == [("OPENS", "refer", "release")]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('["snap"]', '"all"', "programs WIDER "),
        ('["snap"]', '["snap", "tanf"]', "programs WIDER tanf"),
        ('["photo"]', '["photo", "name"]', "fields WIDER name"),
        ('["photo"]', '"all but name"', "fields WIDER "),
        ('"locate_fugitive"', '"research", "locate_fugitive"', "purposes WIDER research"),
        ('"sheriff"', '"sheriff", "press"', "requesters WIDER press"),
        ('"sheriff"', '"sheriff", "polize"', "requesters: there is no polize"),
        ('"sheriff"', '"sheriff", "private_party"', "requesters WIDER private_party"),
        ("2020-01-01", "2019-01-01", "the days are wider than what changes: write since = 2020"),
        ("Made-up Code 1", "Made-up Code 99", "citation: no authority of the packs is Made-up"),
        ("AA-PHOTO", "AA-7", "case: there is no known answer AA-7"),
        ("AA-PHOTO", "AA-1", "case: AA-1 does not show this change under both laws"),
        ("AA-PHOTO", "AA-P2", "case: AA-P2 does not show this change under both laws"),
        ('case = "AA-PHOTO"\n', "", "case: name a known answer that shows it, as case = \"...\""),
        ('"release"', '"refer"', "no such change is found: take it out"),
        ('["photo"]', '["name"]', "no such change is found: take it out"),
    ],
)  # fmt: skip
def test_a_table_that_is_wider_or_rests_on_nothing_is_refused(
    old: str, new: str, fault: str, opened: Gate
) -> None:
    table = with_days(OPENED)
    assert table.count(old) == 1

    faults = opened.faults(table.replace(old, new))

    said = fault.replace("WIDER", "is wider than what changes: nothing changes for")
    assert any(line.startswith(f"changes.toml, line 2: {said}") for line in faults), faults


def test_the_days_of_a_table_end_where_the_change_ends(gate: Gate, damage: Damage) -> None:
    damage("authorities.toml", "valid_from = 2020-01-01\n", "valid_from = 2019-06-01\n")

    _, whole = gate.run()

    opened = [one for one in whole.found if one.way == "OPENS"]
    assert {one.days for one in opened} == {(date(2019, 6, 1), date(2020, 1, 1))}
    text = next(one for one in whole.found if one.what)
    assert (text.what, text.change) == (
        "authority aa-officer",
        "valid_from: 2020-01-01 > 2019-06-01",
    )


def test_a_listed_change_that_is_gone_is_refused(gate: Gate) -> None:
    assert gate.faults(OPENED)[0] == "changes.toml, line 2: no such change is found: take it out"


def test_what_closes_is_listed_without_a_case(gate: Gate, damage: Damage) -> None:
    damage("law.cedar", NAMES, '["address"].contains(resource.name)')

    _, whole = gate.run()

    assert ("CLOSES", "release", "withhold") in told(whole)
    assert ("CLOSES", "release", "refer") in told(whole)
    for one in whole.found:
        assert ("case" in "".join(one.draft())) == (one.after == "refer")


def test_a_clock_and_an_addressee_are_changes_of_a_duty(gate: Gate, damage: Damage) -> None:
    damage("law.cedar", '@within("5 working days")', '@within("9 working days")')

    _, whole = gate.run()

    assert told(whole) == [
        ("DROPS", "written_reasons within 5 working days", ""),
        ("ADDS", "written_reasons within 9 working days", ""),
        ("TEXT", "policy aa-reasons", ""),
    ]
    drafts = ["\n".join(one.draft()) for one in whole.found]
    assert 'change = "dropped"' in drafts[0]
    assert 'change = "added"' in drafts[1]


def test_a_duty_that_is_listed_hides_no_other_of_the_same_demands(
    gate: Gate, damage: Damage
) -> None:
    damage("law.cedar", '@within("5 working days")', '@within("9 working days")')
    table = """
[[duty]]
duty = "written_reasons within 5 working days"
change = "dropped"
citation = "aa-closed"
case = "AA-2"
reviewed = "A. Counsel (made-up)"
"""

    step, whole = gate.run(table)

    assert told(whole)[0] == ("ADDS", "written_reasons within 9 working days", "")
    assert step.lines[:-1] == ()
    assert gate.faults(table.replace("AA-2", "AA-1")) == [
        "changes.toml, line 2: case: AA-1 does not show this change under both laws"
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "what", "change"),
    [
        ("authorities.toml", 'id = "aa-ended"', 'id = "aa-past"', "authority aa-ended", "removed"),
        ("law.cedar", '@starts("received")\n', "", "policy aa-reasons", "@starts: received > none"),
        ("pack.toml", 'us-me"', 'us-ma"', "pack us-aa", "jurisdiction: us-me > us-ma"),
    ],
)
def test_what_no_answer_tells_is_compared_as_it_is_written(
    file: str, old: str, new: str, what: str, change: str, gate: Gate, damage: Damage
) -> None:
    damage(file, old, new)

    _, whole = gate.run()

    assert (what, change) in [(one.what, one.change) for one in whole.found]
    text = next(one for one in whole.found if one.what == what)
    table = "\n".join(text.draft()).replace('citation = ""', 'citation = "aa-closed"')
    allowed, after = gate.run(table.replace('reviewed = ""', 'reviewed = "A. Counsel"'))
    assert text not in after.found
    assert allowed.passed == (not after.found)


def test_a_promise_that_is_no_longer_made_is_told(gate: Gate) -> None:
    gate.promised = frozenset()

    _, whole = gate.run()

    assert [(one.what, one.change) for one in whole.found] == [
        ("promise closed", "no longer promised")
    ]


def test_a_first_law_is_only_active_by_somebodys_word(packs: Path) -> None:
    gate = Gate(packs)

    step, _ = gate.run()

    assert not step.passed
    assert step.lines[0].startswith("no law is active here, so nothing tells what would change")
    entry = '[[uncompared]]\nwhat = "first"\nbecause = "a new office"\nreviewed = "A. Counsel"\n'
    assert gate.run(entry)[0].passed
    assert not gate.run(entry.replace('"first"', '"active/1"'))[0].passed
    assert not gate.run(entry + OPENED)[0].passed


def test_a_comparison_cannot_be_waived_where_one_can_be_made(opened: Gate) -> None:
    entry = '[[uncompared]]\nwhat = "first"\nbecause = "it is late"\nreviewed = "A. Counsel"\n'

    step, whole = opened.run(entry)

    assert not step.passed
    assert len(whole.found) == 2
    assert step.lines[0] == "changes.toml, line 1: no such change is found: take it out"


def test_an_active_law_that_cannot_be_read_any_more_needs_somebodys_word(
    packs: Path, damage: Damage
) -> None:
    damage("law.cedar", NAMES, 'context.on < datetime("2026-01-01")')
    activate_as_it_stands(packs)
    damage("law.cedar", 'context.on < datetime("2026-01-01")', NAMES)
    gate = Gate(packs)
    (mark,) = [path.name for path in (packs / "active").iterdir()]

    step, _ = gate.run()

    assert not step.passed
    assert step.lines[0].startswith("the active law cannot be read any more: law.cedar:")
    assert f'what = "active/{mark}"' in step.lines[0]
    words = 'because = "its words are gone"\nreviewed = "A. Counsel"\n'
    assert gate.run(f'[[uncompared]]\nwhat = "active/{mark}"\n{words}')[0].passed
    assert not gate.run(f'[[uncompared]]\nwhat = "first"\n{words}')[0].passed


def test_a_draft_that_cannot_be_compared_is_nobodys_word(gate: Gate) -> None:
    (gate.packs / "us-aa" / "rows.toml").write_text("[[row]\n")
    (mark,) = [path.name for path in (gate.packs / "active").iterdir()]
    words = 'because = "it is late"\nreviewed = "A. Counsel"\n'

    with pytest.raises(PackFault, match=r"^rows\.toml, line 1"):
        gate.run(f'[[uncompared]]\nwhat = "active/{mark}"\n{words}')


def test_a_day_without_law_is_not_activated(gate: Gate) -> None:
    path = gate.packs / "us-aa" / "authorities.toml"
    dated = path.read_text().replace('basis = "law"', 'basis = "law"\nvalid_from = 2020-01-01')
    path.write_text(dated.replace("valid_from = 2020-01-01\n", "", dated.count("valid_from")))
    lines = path.read_text().replace('basis = "law"', 'basis = "law"\nvalid_from = 2018-05-01')
    path.write_text(lines)

    step, _ = gate.run()

    assert not step.passed
    assert "on 2018-04-30 no policy of us-aa is in force: a day without law is not activated" in (
        step.lines
    )


def add_pack(packs: Path, name: str, requires: str) -> None:
    shutil.copytree(packs / "us-aa", packs / name)
    folder = packs / name
    manifest = (folder / "pack.toml").read_text().replace("us-aa", name)
    (folder / "pack.toml").write_text(manifest.replace("requires = []", f"requires = {requires}"))
    law = (folder / "law.cedar").read_text()
    (folder / "law.cedar").write_text(
        law.replace("aa-", "bb-").replace("house-default", "bb-house")
    )
    text = (folder / "authorities.toml").read_text()
    if requires != "[]":
        # What decides where no policy does is said once, by the pack that it is laid upon.
        text = text.replace('decides = "silence"\n', "")
    (folder / "authorities.toml").write_text(
        text.replace("aa-", "bb-").replace("house-default", "bb-house")
    )
    shutil.rmtree(folder / "cases")


def test_a_new_pack_is_compared_with_the_law_that_it_is_laid_upon(gate: Gate) -> None:
    add_pack(gate.packs, "us-bb", '["us-aa"]')
    path = gate.packs / "us-bb" / "law.cedar"
    path.write_text(path.read_text().replace(NAMES, MORE))

    _, whole = gate.run()

    assert ("OPENS", "withhold", "release") in told(whole)
    assert {one.packs for one in whole.found} == {("us-bb",)}


def test_a_new_pack_upon_nothing_is_only_active_by_somebodys_word(gate: Gate) -> None:
    add_pack(gate.packs, "us-bb", "[]")
    for name in ("law.cedar", "authorities.toml"):
        path = gate.packs / "us-bb" / name
        path.write_text(path.read_text().replace("bb-house", "house-default"))

    step, _ = gate.run()

    assert step.lines[0].startswith("the pack us-bb is new and laid upon no active law, so nothing")


def test_a_pack_that_is_gone_is_told(gate: Gate) -> None:
    add_pack(gate.packs, "us-bb", '["us-aa"]')
    activate_as_it_stands(gate.packs)
    shutil.rmtree(gate.packs / "us-bb")

    _, whole = gate.run()

    assert ("pack us-bb", "removed") in [(one.what, one.change) for one in whole.found]


def test_what_the_solver_leaves_open_is_never_no_difference(
    opened: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(self: Solver, place: int, **_: object) -> Answer:  # noqa: ARG001
        return Answer(can_be=CanBe.OPEN)

    monkeypatch.setattr(Solver, "ask", ask)

    step, whole = opened.run()

    assert (step.passed, whole.found) == (False, ())
    assert step.lines[0] == "not settled in the time given: us-aa: whether anything differs"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[[answer]\n", "line 1"),
        ("[answer]\nbefore = 'x'\n", "line 1, key answer: this cannot be read here"),
        ("[[anser]]\nbefore = 'x'\n", "line 1, key anser: this cannot be read here"),
        (OPENED.replace('reviewed = "', 'review = "'), "line 2, key reviewed: this key is missing"),
        (OPENED.replace("A. Counsel", "").replace("(made-up), 5 January 2026", ""),
         "line 2, key reviewed: this cannot be"),
        (OPENED.replace('"Made-up Code 1"', "1"), "line 2, key citation: this cannot be 1"),
        (OPENED.replace('["photo"]', "[]"), "line 2, key fields: this cannot be"),
        (OPENED + "since = 'May'\n", "line 2, key since: this cannot be 'May'"),
        ("answer = [{before = 'x'}]\n", "line 1, key answer: this cannot be read here"),
    ],
)  # fmt: skip
def test_a_reviewed_file_that_is_not_whole_is_refused(text: str, fault: str, gate: Gate) -> None:
    with pytest.raises(PackFault, match=r"^changes\.toml, ") as refused:
        gate.run(text)

    assert fault in str(refused.value)
    assert refused.value.code == "law-changes-unreadable"
