"""What the gate drafts is, filled in, accepted as it stands: each code is read for itself alone."""

import json
import re
from collections.abc import Callable

import pytest

from clerestory.audit.gate.changes import Changes
from clerestory.audit.gate.found import drafts_of

from .conftest import Gate

Damage = Callable[[str, str, str], int]
WHO = (
    'principal in Requester::"law_enforcement", action == Action::"lift", '
    'resource in Program::"snap"'
)
CAPACITY = 'when { context.findings.official_capacity == "yes" }'
PURPOSE = 'context.purpose == Purpose::"locate_fugitive"'
BLANK = re.compile(r'^(citation|reviewed|case) = ""', re.MULTILINE)
# Every code of those that enforce law but the group's own.
OFFICERS = [
    *("cbp", "federal_police", "federal_prosecutor", "ice", "law_enforcement_officer"),
    *("medicaid_fraud_unit", "oig", "police_local", "police_state", "prosecutor_state"),
    *("sheriff", "state_or_local_police"),
]


def filled(whole: Changes) -> str:
    """Return the drafts with their blanks filled in, and nothing else touched."""
    said = {"citation": "Made-up Code 1", "reviewed": "A. Counsel (made-up)", "case": "AA-1"}
    return BLANK.sub(lambda blank: f'{blank[1]} = "{said[blank[1]]}"', drafts_of(whole.found))


def column_of(whole: Changes, column: str) -> set[tuple[str, ...]]:
    return {tuple(one.columns[column]) for one in whole.found if not one.what}


@pytest.mark.parametrize(
    ("old", "new", "column", "met"),
    [
        # The members without their group, and the group without its members.
        (CAPACITY, 'when { principal == Requester::"law_enforcement" }', "requesters", None),
        (
            CAPACITY,
            CAPACITY + '\nwhen { principal != Requester::"law_enforcement" }',
            "requesters",
            ("law_enforcement",),
        ),
        (
            CAPACITY,
            CAPACITY + '\nwhen { principal == Requester::"law_enforcement" }',
            "requesters",
            tuple(OFFICERS),
        ),
        # All but a group, and all but a member.
        (WHO, WHO.replace(' in Requester::"law_enforcement"', ""), "requesters", None),
        (PURPOSE, 'context.purpose == Purpose::"criminal_investigation"', "purposes", None),
        (
            PURPOSE,
            'context.purpose != Purpose::"criminal_investigation"',
            "purposes",
            ("all but criminal_investigation, locate_fugitive",),
        ),
        (
            PURPOSE,
            f'({PURPOSE} || context.purpose == Purpose::"criminal_investigation")',
            "purposes",
            ("criminal_investigation",),
        ),
        # A group of programs, none of which the law knew before.
        (WHO, WHO.replace("snap", "hipaa_covered"), "programs", None),
    ],
)
def test_a_draft_that_is_filled_in_is_accepted_as_it_stands(
    old: str, new: str, column: str, met: tuple[str, ...] | None, gate: Gate, damage: Damage
) -> None:
    damage("law.cedar", old, new)
    _, whole = gate.run()
    assert whole.found

    step, again = gate.run(filled(whole))

    assert again.found == ()
    # Only that the one known answer at hand does not show the change is told.
    assert [line for line in step.lines[:-1] if ": case: " not in line] == []
    if met is not None:
        assert column_of(whole, column) == {met}


def test_a_group_that_is_listed_allows_nothing_for_its_members(gate: Gate, damage: Damage) -> None:
    damage("law.cedar", '["address", "ssn"]', '["address", "photo", "ssn"]')
    _, whole = gate.run()
    (members,) = column_of(whole, "requesters")
    assert members == tuple(sorted([*OFFICERS, "law_enforcement"]))

    _, narrow = gate.run(filled(whole).replace(json.dumps(list(members)), '["law_enforcement"]'))

    assert column_of(narrow, "requesters") == {tuple(OFFICERS)}


def test_a_group_that_is_left_out_leaves_its_members_in(gate: Gate, damage: Damage) -> None:
    damage("law.cedar", WHO, WHO.replace(' in Requester::"law_enforcement"', ""))
    _, whole = gate.run()
    codes = next(one for one in whole.found if not one.what).columns["requesters"]
    assert codes[0].startswith("all but ")

    step, again = gate.run(filled(whole).replace(codes[0], "all but law_enforcement"))

    assert again.found == ()
    assert any(
        "requesters is wider than what changes: nothing changes for cbp" in line
        for line in step.lines
    )


def test_a_group_that_is_no_code_of_the_column_is_named(gate: Gate, damage: Damage) -> None:
    damage("law.cedar", '["address", "ssn"]', '["address", "photo", "ssn"]')
    _, whole = gate.run()

    listed = filled(whole).replace('["snap"]', '["snap", "hipaa_covered"]')

    assert any("programs: there is no hipaa_covered" in line for line in gate.faults(listed))
