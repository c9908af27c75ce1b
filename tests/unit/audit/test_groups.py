"""Codes that join or leave a group, which no promise about the group can notice."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from clerestory.audit.pack_check import check_packs
from clerestory.audit.promises.groups import STATED, misplaced, stated
from clerestory.law.codes import Code, Vocabulary, load_vocabulary

ROOT = Path(__file__).parents[3]
AS_IT_IS = load_vocabulary([ROOT / "packs" / "codes.yaml"])
TWICE = "; where it is meant, state it in audit/promises/groups.toml of the program as well"


def with_code(list_name: str, code: Code) -> Vocabulary:
    """The codes of the packs, with one written otherwise or added."""
    changed = {**AS_IT_IS.lists[list_name], code.name: code}
    return Vocabulary({**AS_IT_IS.lists, list_name: changed})


def told(vocabulary: Vocabulary) -> list[str]:
    """What is said of a vocabulary."""
    return [str(wrong) for wrong in misplaced(vocabulary)]


def test_the_codes_of_the_packs_stand_where_they_are_stated() -> None:
    assert told(AS_IT_IS) == []


def test_every_code_of_the_lists_with_groups_is_stated_and_no_other() -> None:
    grouped = {
        name
        for name, codes in AS_IT_IS.lists.items()
        if any(code.groups for code in codes.values())
    }

    assert grouped | {"category"} == set(stated().groups)
    for name, codes in stated().groups.items():
        assert set(codes) == set(AS_IT_IS.lists[name])


def test_no_code_is_stated_both_in_a_group_and_in_none() -> None:
    whole: Mapping[str, Mapping[str, list[str]]] = {
        name: table
        for name, table in tomllib.loads(STATED.read_text("utf-8")).items()
        if name in stated().groups
    }

    for table in whole.values():
        in_a_group = {code for group, codes in table.items() if group != "in_no_group"
                      for code in codes}  # fmt: skip
        assert not in_a_group & set(table["in_no_group"])
        assert all(len(codes) == len(set(codes)) for codes in table.values())


def test_every_rule_is_about_groups_that_are_there() -> None:
    rules = [*stated().only, *stated().apart]
    of_lists = {"fields": "category", "program": "program_group"}
    closed = [(name, group) for name, groups in stated().closed.items() for group in groups]

    for name, group in [*((r.list_name, g) for r in rules for g in r.groups), *closed]:
        assert group in AS_IT_IS.lists[of_lists.get(name, name)]
    for rule in rules:
        assert rule.but <= set(AS_IT_IS.lists[rule.list_name])


@pytest.mark.parametrize(
    ("list_name", "name", "groups", "said"),
    [
        ("fields", "address", ("contact", "whereabouts", "about_nobody"),
         ["fields.address has joined the group about_nobody"]),
        ("fields", "informant_identity", ("public_business",),
         ["fields.informant_identity has joined the group public_business"]),
        ("fields", "ebt_transactions", ("means",),
         ["fields.ebt_transactions has joined the group means",
          "fields.ebt_transactions has left the group benefit"]),
        ("fields", "cost_totals", ("about_nobody",),
         ["fields.cost_totals has left the group totals"]),
        ("requester_class", "ice", ("law_enforcement_officer",),
         ["requester_class.ice has left the group federal_immigration"]),
        ("requester_class", "landlord", ("private_party", "subject_side"),
         ["requester_class.landlord has joined the group subject_side"]),
        ("requester_class", "federal_immigration", ("federal_agency", "federal_program"),
         ["requester_class.federal_immigration has joined the group federal_program"]),
        ("purpose", "locate_for_removal", (),
         ["purpose.locate_for_removal has left the group immigration_enforcement"]),
        ("program", "wic", ("no_program_statute",),
         ["program.wic has joined the group no_program_statute"]),
        ("program_group", "medicaid_plan", (),
         ["program_group.medicaid_plan has left the group hipaa_covered"]),
        ("category", "identity", ("about_nobody",),
         ["category.identity has joined the group about_nobody"]),
    ],
)  # fmt: skip
def test_a_code_that_joins_or_leaves_a_group_is_told_once(
    list_name: str, name: str, groups: tuple[str, ...], said: list[str]
) -> None:
    was = AS_IT_IS.get(list_name, name)
    moved = Code(name=name, means=was.means, groups=groups, source="agency")

    assert told(with_code(list_name, moved)) == said


@pytest.mark.parametrize(
    ("list_name", "groups", "said"),
    [
        ("requester_class", ("private_party", "law_enforcement"),
         "law_enforcement and private_party"),
        ("requester_class", ("federal_agency", "state_body"), "federal_agency and state_body"),
        ("requester_class", ("benefit_agency", "law_enforcement_officer"),
         "benefit_agency and law_enforcement"),
        ("requester_class", ("legislature", "benefit_agency"), "benefit_agency and legislature"),
        ("purpose", ("immigration_enforcement", "court_matter"),
         "court_matter and immigration_enforcement"),
        ("purpose", ("criminal_investigation", "court_matter"),
         "court_matter and criminal_investigation"),
        ("program", ("snap_program", "tanf_program"), "snap_program and tanf_program"),
        # Medicaid's plan is care under the Privacy Rule: a group above counts as well.
        ("program", ("medicaid_plan", "tanf_program"), "hipaa_covered and tanf_program"),
    ],
)  # fmt: skip
def test_a_code_of_an_agency_stands_in_one_body_and_under_one_law(
    list_name: str, groups: tuple[str, ...], said: str
) -> None:
    added = Code(name="barter", means="made up", groups=groups)
    one, _, other = said.partition(" and ")

    found = told(with_code(list_name, added))

    names = {frozenset((one, other))}
    assert {
        frozenset(
            text.removesuffix(", which do not go together").split(" groups ")[1].split(" and ")
        )
        for text in found
    } >= names
    assert all(text.startswith(f"{list_name}.barter is in the groups ") for text in found)


@pytest.mark.parametrize(
    ("list_name", "group"),
    [
        ("requester_class", "subject_side"), ("requester_class", "federal_program"),
        ("requester_class", "federal_immigration"), ("requester_class", "federal_oversight"),
        ("purpose", "program_administration"),
        ("fields", "about_nobody"), ("fields", "public_business"), ("fields", "totals"),
    ],
)  # fmt: skip
def test_a_code_of_an_agency_joins_no_closed_group(list_name: str, group: str) -> None:
    added = Code(name="barter", means="made up", groups=(group,), source="agency")

    assert told(with_code(list_name, added)) == [
        f"{list_name}.barter is a code of this agency and in the group {group}, which is closed"
    ]


@pytest.mark.parametrize(
    ("list_name", "groups"),
    [
        ("requester_class", ("private_party",)), ("requester_class", ("state_body",)),
        ("requester_class", ("state_or_local_police", "state_body")), ("requester_class", ()),
        ("purpose", ("court_matter",)), ("program", ("tanf_program",)), ("program", ()),
        ("fields", ("identity", "whereabouts")),
    ],
)  # fmt: skip
def test_an_agency_may_add_codes_to_other_groups(list_name: str, groups: tuple[str, ...]) -> None:
    assert told(with_code(list_name, Code(name="barter", means="made up", groups=groups))) == []


@pytest.mark.parametrize(
    ("proxy", "source", "said"),
    [
        (True, "agency", "nearly tells status and is in the group about_nobody"),
        (False, "household", "is in the group about_nobody and came from household"),
        (False, "irs", "is in the group about_nobody and came from irs"),
    ],
)
def test_what_is_about_nobody_tells_no_status_and_came_from_nobody(
    proxy: bool, source: str, said: str
) -> None:
    groups = ("about_nobody", "totals")
    moved = Code(name="cost_totals", means="made up", groups=groups, source=source, proxy=proxy)

    assert told(with_code("fields", moved)) == [f"fields.cost_totals {said}"]


def test_groups_in_a_circle_end() -> None:
    one = Code(name="barter", means="made up", groups=("trade",))
    other = Code(name="trade", means="made up", groups=("barter",))
    both = {**AS_IT_IS.lists["requester_class"], "barter": one, "trade": other}

    assert told(Vocabulary({**AS_IT_IS.lists, "requester_class": both})) == []


def test_a_code_that_moved_is_a_fault_at_its_line(packs: Path) -> None:
    path = packs / "codes.yaml"
    lines = path.read_text("utf-8").splitlines()
    (number,) = [n for n, line in enumerate(lines, 1) if line.startswith("  landlord: ")]
    lines[number - 1] = lines[number - 1].replace(
        "[private_party]", "[private_party, subject_side]"
    )
    path.write_text("\n".join(lines) + "\n")

    (fault,) = check_packs(packs).faults

    assert str(fault) == (
        f"codes.yaml:{number}: requester_class.landlord has joined the group subject_side; "
        f"take subject_side out of its groups{TWICE}"
    )


def test_a_code_of_a_pack_of_its_own_is_a_fault_in_the_pack(packs: Path) -> None:
    path = packs / "us-aa" / "codes.yaml"
    path.write_text("requester_class:\n  barter: {means: made up., in: [subject_side]}\n")
    (packs / "us-aa" / "words" / "en" / "codes.toml").write_text(
        'language = "en"\nreviewed = ""\n[codes.requester_class]\nbarter = "a trader"\n'
    )

    (fault,) = check_packs(packs).faults

    assert str(fault) == (
        "us-aa/codes.yaml:2: requester_class.barter is a code of this agency and in the group "
        f"subject_side, which is closed; take subject_side out of its groups{TWICE}"
    )
