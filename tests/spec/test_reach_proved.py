"""Each group of requesters reaches each category of records by its ways alone: slips are found."""

# ruff: noqa: E501 - a text of a policy stands in one piece, so that a search finds it.

import shutil
from pathlib import Path

import pytest

from asked_of_law import asked_of
from clerestory.audit.proof import NOT_PROVED, PROVED, REFUTED
from clerestory.law.packs import load_stack

PACKS = Path(__file__).parents[2] / "packs"
FEDERAL, MAINE = "us-federal", "us-me"
SNAP, PART2, HOUSE = "snap.cedar", "part2.cedar", "2-house.cedar"

# A slip of the pen in a policy, and the pairs that name it: (pack, file, text, text instead, pairs).
SLIPS = {
    "ICE runs the programme": (
        FEDERAL, SNAP,
        'permit (principal, action == Action::"lift", resource in Program::"snap")\n'
        'when {\n  principal in Requester::"federal_program" ||',
        'permit (principal, action == Action::"lift", resource in Program::"snap")\n'
        'when {\n  principal == Requester::"ice" || principal in Requester::"federal_program" ||',
        # The house's own lock on immigration enforcement still stands, and is opened as well.
        {"reach-immigration-whereabouts", "reach-immigration-identity", "reach-immigration-means"},
    ),
    "the household of a fugitive on a letter": (
        FEDERAL, SNAP,
        'when { ["address", "ssn", "photo"].contains(resource.name) }\n// The Act',
        'when { ["address", "ssn", "photo", "household_members"].contains(resource.name) }\n// The Act',
        {"reach-police-household"},
    ),
    "the lock on treatment is gone": (
        FEDERAL, PART2,
        'when { resource in Program::"sud_treatment" || resource in Category::"sud" }\n'
        'unless { context.lifted.contains("part2")',
        'when { resource in Program::"sud_treatment" && resource in Category::"accounting" }\n'
        'unless { context.lifted.contains("part2")',
        {"reach-police-substance-use", "reach-courts-substance-use"},
    ),
    "a field of the tax office": (
        FEDERAL, "programs.cedar",
        'when { resource.source == "irs" || resource.name == "fti_income" || resource.program == "tax_records" }\n'
        "unless {",
        'when { resource.name == "fti_income" || resource.program == "tax_records" }\nunless {',
        {"reach-programmes-tax", "reach-police-tax", "reach-own-tax"},
    ),
    "what the Social Security Administration supplied": (
        FEDERAL, "programs.cedar", 'when { resource.source == "ssa" }\nunless', 'when { resource.source == "irs" }\nunless',
        {"reach-police-social-security", "reach-private-social-security"},
    ),
    "data of the directories": (
        FEDERAL, "programs.cedar",
        'context.findings.independently_verified == "yes" || context.findings.ndnh_release_authorised == "yes"',
        'context.findings.independently_verified != "no" || context.findings.ndnh_release_authorised == "yes"',
        {"reach-programmes-directories"},
    ),
    "the person's status to whoever audits": (
        FEDERAL, HOUSE, "  resource.proxy || (resource.source", "  false || (resource.source",
        {"reach-inspectors-status"},
    ),
    "who told, with the person's permission": (
        FEDERAL, HOUSE, 'when { resource.name == "informant_identity" }\nunless', 'when { resource.name == "alias" }\nunless',
        {"reach-private-informants"},
    ),
    "the address that is kept safe": (
        MAINE, "maine.cedar",
        '(context.findings.secretary_of_state_exemption == "yes" && resource.name == "actual_address") ||',
        '(context.findings.secretary_of_state_exemption != "no" && resource.name == "actual_address") ||',
        {"reach-programmes-safe-address", "reach-inspectors-safe-address"},
    ),
    "relatives to State police": (
        FEDERAL, HOUSE, 'when { resource in Category::"household" || resource.name == "counselling_notes" }\nunless',
        'when { resource.name == "counselling_notes" }\nunless',
        {"reach-police-household"},
    ),
}  # fmt: skip


def slip(folder: Path, pack: str, file: str, old: str, new: str) -> Path:
    packs = folder / "packs"
    shutil.copytree(PACKS, packs, ignore=shutil.ignore_patterns("active*", "cases"))
    path = packs / pack / file
    text = path.read_text("utf-8")
    assert text.count(old) == 1, (file, old, text.count(old))
    path.write_text(text.replace(old, new), "utf-8")
    return packs


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_refuted_by_the_name_of_the_pair(name: str, tmp_path: Path) -> None:
    pack, file, old, new, pairs = SLIPS[name]
    packs = slip(tmp_path, pack, file, old, new)

    found = asked_of(load_stack(packs, [pack]), "reach")

    assert {pair: found[pair] for pair in pairs} == dict.fromkeys(pairs, REFUTED)


@pytest.mark.parametrize("pack", [FEDERAL, MAINE])
def test_every_class_of_requesters_and_every_category_is_listed(pack: str) -> None:
    found = asked_of(load_stack(PACKS, [pack]), "reach-re")

    assert found == {"reach-requesters": PROVED, "reach-records": PROVED}


def test_a_class_of_requesters_that_is_new_must_be_listed(tmp_path: Path) -> None:
    packs = slip(
        tmp_path, "", "codes.yaml", "  acf: {means: the Administration for Children",
        "  militia: {means: a made-up class.}\n  acf: {means: the Administration for Children",
    )  # fmt: skip

    assert asked_of(load_stack(packs, [FEDERAL]), "reach-re")["reach-requesters"] == NOT_PROVED


@pytest.mark.parametrize(
    ("was", "moved"),
    [
        ("acting privately.\", in: [private_party]}",
         "acting privately.\", in: [private_party, subject_side]}"),
        ("used an online service., in: [whereabouts]", "used an online service."),
        ("in: [federal_immigration, law_enforcement_officer]}\n  child_support_agency",
         "in: [law_enforcement_officer]}\n  child_support_agency"),
    ],
)  # fmt: skip
def test_a_code_in_the_wrong_group_proves_nothing(tmp_path: Path, was: str, moved: str) -> None:
    packs = slip(tmp_path, "", "codes.yaml", was, moved)

    assert asked_of(load_stack(packs, [FEDERAL]), "codes-in") == {
        "codes-in-their-groups": NOT_PROVED
    }
    assert asked_of(load_stack(PACKS, [FEDERAL]), "codes-in") == {"codes-in-their-groups": PROVED}


def test_a_table_that_was_emptied_proves_nothing(tmp_path: Path) -> None:
    packs = slip(tmp_path, MAINE, "reach.toml", 'id = "safe-address"', 'id = "safe-address"')
    (packs / FEDERAL / "reach.toml").write_text("")

    found = asked_of(load_stack(packs, [FEDERAL]), "reach", "way")

    assert found == {"reach-requesters": NOT_PROVED, "reach-records": NOT_PROVED}
