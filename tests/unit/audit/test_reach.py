"""Who reaches what, as a made-up table says it: pairs, ways, and what nobody listed."""

# ruff: noqa: E501 - each row of a table of slips stands on one line.

from collections.abc import Callable
from pathlib import Path

import pytest

from asked_of_law import asked_of
from clerestory.audit.promises.reach import RECORDS, REQUESTERS
from clerestory.audit.proof import NOT_PROVED, PROVED, REFUTED, prove
from clerestory.law.codes import load_vocabulary
from clerestory.law.errors import PackFault
from clerestory.law.packs import load_stack
from clerestory.policy.errors import OutsideSubset

Damage = Callable[[str, str, str], int]
VOCABULARY = load_vocabulary([Path(__file__).parents[3] / "packs" / "codes.yaml"])
OTHERS = sorted(
    set(VOCABULARY.lists["requester_class"]) - VOCABULARY.below("requester_class", "ice")
)
CATEGORIES = sorted(
    set(VOCABULARY.lists["category"]) - {"about_nobody", "public_business", "totals"}
)
LOOSE = [
    "criminal_record", "custody_release_date", "informant_identity", "other_identifying_details",
    "prior_tenancy", "supervision_conditions",
]  # fmt: skip
WAY = """
[[way]]
id = "flight"
authority = "aa-officer"
cite = "Made-up Code 2"
groups = ["ice", "everybody"]
reaches = ["records"]
for = ["locate_fugitive"]
relations = ["named"]
fields = ["address", "ssn"]
yes = ["official_capacity"]
"""


def table(way: str = WAY) -> str:
    """Return a table that lists all there is: ICE apart, and what tells status apart."""
    return f"""
[[group]]
id = "ice"
means = "ICE"
who = ["ice"]

[[group]]
id = "everybody"
means = "everybody else"
who = {OTHERS}

[[category]]
id = "status"
means = "what tells status"
sources = ["dhs_save"]
marks = ["proxy"]

[[category]]
id = "records"
means = "records"
categories = {CATEGORIES}
fields = {LOOSE}
sources = ["irs", "ndnh", "ssa"]
{way}"""


def written(packs: Path, text: str) -> dict[str, str]:
    (packs / "us-aa" / "reach.toml").write_text(text)
    return asked_of(load_stack(packs, ["us-aa"]), "reach", "way")


def test_each_pair_is_promised_and_so_is_that_all_are_listed(packs: Path) -> None:
    assert written(packs, table()) == {
        REQUESTERS: PROVED,
        RECORDS: PROVED,
        "reach-ice-status": REFUTED,
        "reach-ice-records": PROVED,
        "reach-everybody-status": REFUTED,
        "reach-everybody-records": PROVED,
        "way-flight": PROVED,
    }


def test_a_pair_without_a_way_says_never_and_one_with_ways_names_them(packs: Path) -> None:
    (packs / "us-aa" / "reach.toml").write_text(table())

    says = {one.promise: one.says for one in prove(load_stack(packs, ["us-aa"])).proofs}

    assert says["reach-ice-status"] == "ICE: what tells status never."
    assert says["reach-ice-records"] == "ICE: records only by these ways: flight."


def test_a_field_of_two_categories_needs_a_way_in_each(packs: Path) -> None:
    # The address may have come from the status system, which only the source tells.
    both = WAY.replace('reaches = ["records"]', 'reaches = ["records", "status"]')

    found = written(packs, table(both))

    assert found["reach-ice-status"] == found["reach-everybody-status"] == PROVED


NARROWER = {
    "another requester": ('groups = ["ice", "everybody"]', 'groups = ["everybody"]'),
    "another purpose": ("locate_fugitive", "tax_administration"),
    "a field less": ('["address", "ssn"]', '["address"]'),
    "a finding more": ('["official_capacity"]', '["official_capacity", "crime_named"]'),
    "an authority of another day": ('"aa-officer"', '"aa-ended"'),
    "an authority that nobody read": ('"aa-officer"', '"aa-unread"'),
    "days of its own": ('id = "flight"', 'id = "flight"\nfrom = 2023-05-01'),
    "days that ended": ('id = "flight"', 'id = "flight"\nuntil = 2023-05-01'),
}


@pytest.mark.parametrize("how", NARROWER)
def test_what_leaves_by_no_way_is_refuted_by_the_name_of_the_pair(how: str, packs: Path) -> None:
    old, new = NARROWER[how]
    assert old in WAY

    assert written(packs, table(WAY.replace(old, new)))["reach-ice-records"] == REFUTED


def test_a_way_that_a_policy_goes_beyond_is_refuted(packs: Path, damage: Damage) -> None:
    damage("law.cedar", '["address", "ssn"]', '["address", "ssn", "photo"]')

    assert written(packs, table())["reach-everybody-records"] == REFUTED


IDLE = {
    "an authority that nobody read": ('"aa-officer"', '"aa-unread"'),
    "days without the authority": ('id = "flight"', 'id = "flight"\nuntil = 2019-01-01'),
    "a condition that cannot be met": (
        'relations = ["named"]', 'relations = ["named"]\nwhen = \'context.subject.relation == "class"\'',
    ),
    "another category's field": ('reaches = ["records"]', 'reaches = ["status"]\nsources = ["irs"]'),
}  # fmt: skip


@pytest.mark.parametrize("how", IDLE)
def test_a_way_that_no_demand_can_take_is_not_proved(how: str, packs: Path) -> None:
    old, new = IDLE[how]
    assert old in WAY

    assert written(packs, table(WAY.replace(old, new)))["way-flight"] == NOT_PROVED


UNLISTED = {
    "a requester": ("'court', ", "", REQUESTERS, "No group of reach.toml lists court."),
    "a category": ("'sud', ", "", RECORDS, "No category of reach.toml lists sud, sud_records."),
    "a field": ("'informant_identity', ", "", RECORDS, "No category of reach.toml lists informant_identity."),
    "a source": ('"irs", ', "", RECORDS, "No category of reach.toml lists irs."),
    "a mark": ('marks = ["proxy"]\n', "", RECORDS, "No category of reach.toml lists proxy."),
    "on some days": (
        "categories = [", "from = 2020-01-01\ncategories = [", RECORDS, "No category of reach.toml lists a_number, absent_parent, accounting,",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", UNLISTED)
def test_what_nobody_listed_is_not_proved_and_named(how: str, packs: Path) -> None:
    old, new, name, says = UNLISTED[how]
    assert table().count(old) == 1
    (packs / "us-aa" / "reach.toml").write_text(table().replace(old, new))

    (found,) = (p for p in prove(load_stack(packs, ["us-aa"])).proofs if p.promise == name)

    assert found.result == NOT_PROVED
    assert found.says.startswith(says)


@pytest.mark.parametrize("content", [None, "", "# Nothing.\n"])
def test_a_pack_without_a_table_of_reach_is_not_proved(content: str | None, packs: Path) -> None:
    if content is not None:
        (packs / "us-aa" / "reach.toml").write_text(content)

    found = asked_of(load_stack(packs, ["us-aa"]), "reach", "way")

    assert found == {REQUESTERS: NOT_PROVED, RECORDS: NOT_PROVED}


GONE = {
    "a group": ('groups = ["ice"', 'groups = ["cbp"', "flight: there is no group called cbp"),
    "a category": ('reaches = ["records"]', 'reaches = ["files"]', "flight: there is no category called files"),
    "an authority": ('"aa-officer"', '"aa-officers"', "flight: there is no authority called aa-officers"),
    "a way that stands twice": (WAY, WAY + WAY, "flight: stands twice"),
    "a group that stands twice": ('id = "everybody"', 'id = "ice"', "ice: stands twice"),
    "a group of nobody": ('who = ["ice"]\n', "", "ice: a group has no condition"),
    "a way without a condition": (
        WAY[WAY.index("for =") :], "", "flight: a way has no condition",
    ),
    "a column that is emptied": ('["official_capacity"]', "[]", "flight: mend the key yes"),
    "a key that is none": ("cite =", "cites =", "flight: mend the key cite"),
}  # fmt: skip


@pytest.mark.parametrize("how", GONE)
def test_a_row_about_what_is_not_there_is_a_fault(how: str, packs: Path) -> None:
    old, new, said = GONE[how]
    assert old in table()

    with pytest.raises(PackFault, match=rf"^us-aa/reach\.toml, line \d+: {said}"):
        written(packs, table().replace(old, new, 1))


def test_a_condition_that_is_gone_is_a_fault(packs: Path) -> None:
    with pytest.raises(PackFault, match="there is no condition called no_such"):
        written(packs, table(f'{WAY}are = ["no_such"]\n'))


def test_a_code_that_can_never_be_is_refused(packs: Path) -> None:
    with pytest.raises(OutsideSubset, match="icee"):
        written(packs, table().replace('who = ["ice"]', 'who = ["icee"]'))


def test_two_pairs_of_one_name_are_refused(packs: Path) -> None:
    text = table().replace('id = "everybody"', 'id = "ice-records"', 1)
    text = text.replace('"everybody"', '"ice-records"').replace(
        'id = "status"', 'id = "records-records"'
    )

    with pytest.raises(PackFault, match="two promises would be called reach-ice-records-records"):
        written(packs, text)


@pytest.mark.parametrize("name", [REQUESTERS, RECORDS, "reach-ice-records", "way-flight"])
def test_a_pack_promises_nothing_under_the_name_of_a_pair(name: str, packs: Path) -> None:
    (packs / "us-aa" / "promises.toml").write_text(
        f'[[promise]]\nid = "{name}"\nsays = "It says so."\nwhen = "true"\nnever = ["release"]\n'
    )

    with pytest.raises(PackFault, match=f"{name}: is promised of every pack already"):
        written(packs, table())
