"""The catalogue of the first profile, and faults that name their place."""

from pathlib import Path

import pytest

from clerestory.holdings import (
    Catalogue,
    CatalogueFault,
    Origin,
    ReadFault,
    SearchKey,
    load_catalogue,
    parse_catalogue,
)
from clerestory.holdings.catalogue_lines import find_line

SMALL = """\
format = "clerestory-catalogue/1"
agency = "made-up"
[person]
table = "people"
key = "person_id"
[search_keys]
person_id = "people.person_id"
given_names = "people.given"
birth_date = "people.born"
[fields]
name = {label = "name", category = "identity", sensitivity = "personal"}
language = {label = "l", category = "status", sensitivity = "special", proxy_for_status = true}
[groups.all]
name = {column = "people.name", source = "household"}
[programs.snap]
label = "food"
members = "snap_cases"
uses = ["all"]
[programs.snap.fields]
language = {column = "people.language", source = "household"}
"""


def test_the_first_profile_holds_every_program_of_the_first_agency(catalogue: Catalogue) -> None:
    assert set(catalogue.programs) == {
        "snap", "snap_state_funded", "tanf", "tanf_state_funded", "mainecare", "chip",
        "general_assistance", "liheap", "wic", "ccdf", "child_support", "child_protection",
        "adult_protection", "state_hospital", "sud_treatment", "state_clinic", "ssbg",
    }  # fmt: skip


def test_a_field_says_where_it_stands_and_who_it_is_from(catalogue: Catalogue) -> None:
    tax, save = (
        catalogue.get_field("snap", "fti_income"),
        catalogue.get_field("snap", "immigration_status"),
    )

    assert (str(tax.column), tax.source) == ("snap_federal_tax.income", Origin.IRS)
    assert (save.source, save.proxy_for_status) == (Origin.DHS_SAVE, True)


def test_status_fields_and_state_funded_programs_are_proxies(catalogue: Catalogue) -> None:
    proxies = {field.code for field in catalogue.list_fields() if field.proxy_for_status}

    assert {
        "immigration_status", "citizenship", "place_of_birth", "national_origin", "language",
        "a_number", "race_ethnicity", "identification_number",
    } <= proxies  # fmt: skip
    assert all(
        field.proxy_for_status
        for program in ("snap_state_funded", "tanf_state_funded")
        for field in catalogue.programs[program].fields.values()
    )


def test_an_unknown_program_or_field_is_named(catalogue: Catalogue) -> None:
    with pytest.raises(ReadFault, match="no program of this code: 'snapp'"):
        catalogue.get_field("snapp", "name")
    with pytest.raises(ReadFault, match="in program wic: 'claims'"):
        catalogue.get_field("wic", "claims")


def test_the_small_catalogue_is_whole() -> None:
    small = parse_catalogue(SMALL.encode(), file="small.toml")

    assert set(small.programs["snap"].fields) == {"name", "language"}
    assert {str(column) for column in small.proxy_columns()} == {"people.language"}


@pytest.mark.parametrize(
    ("change", "into", "line", "words"),
    [
        ('"people.language", source', '"language", source', 20, "a column is written table.column"),
        ('"people.language", source', '"people.lan guage", source', 20, "table.column"),
        ('source = "household"}\n[programs', 'source = "church"}\n[programs', 14, "no such source"),
        ('uses = ["all"]', 'uses = ["every"]', 18, "no such group: 'every'"),
        ('uses = ["all"]', "uses = 1", 18, "a list of codes is missing"),
        ('members = "snap_cases"', "", 15, "a text is missing: programs.snap.members"),
        ('members = "snap_cases"', 'members = "snap cases"', 17, "letters, digits and _"),
        ('label = "food"', 'lable = "food"', 16, "no such key: programs.snap.lable"),
        ('category = "identity"', 'category = "soul"', 11, "no such category: 'soul'"),
        ('sensitivity = "personal"', 'sensitivity = "hot"', 11, "no such sensitivity: 'hot'"),
        ("proxy_for_status = true", 'proxy_for_status = "yes"', 12, "true or false"),
        ('column = "people.language", source = "household"', 'source = "household"', 20, "column"),
        ('agency = "made-up"', 'agency = ""', 2, "a text is missing: agency"),
        ("catalogue/1", "catalogue/9", 1, "another format"),
        ('given_names = "people.given"\n', "", 6, "a search key is missing: given_names"),
        ('"people.born"', '"births.born"', 9, "must stand in the person table people"),
        ("birth_date =", "language =", 9, "no such search key: 'language'"),
        ('"people.born"', '"people.language"', 9, "may not tell or suggest immigration status"),
        ("[groups.all]\nname", "[groups.all]\nshoe_size", 14, "no field of this code"),
        (
            '"people.name", source',
            '"people.name", dated = "on date", source',
            14,
            "letters, digits",
        ),
        ("[person]", "[persons]", 3, "no such key: persons"),
        ('[person]\ntable = "people"\nkey = "person_id"\n', "", 1, "a table is missing: person"),
    ],
)
def test_a_fault_names_its_line_and_what_to_do(
    change: str, into: str, line: int, words: str
) -> None:
    assert SMALL.count(change) == 1

    with pytest.raises(CatalogueFault) as fault:
        parse_catalogue(SMALL.replace(change, into).encode(), file="small.toml")

    assert words in str(fault.value)
    assert f"small.toml, line {line}" in str(fault.value)
    assert f"small.toml, line {line}" in fault.value.todo


def test_a_table_where_a_value_should_be_is_named() -> None:
    with pytest.raises(CatalogueFault, match=r"a table must stand here: groups\.all"):
        parse_catalogue(
            SMALL.replace("[groups.all]\nname = {", "[groups]\nall = 1\n[x]\nname = {")
            .replace("[x]\n", "[fields.x]\n")
            .replace('name = {column = "people.name", source = "household"}', "label = 'x'")
            .encode(),
            file="small.toml",
        )


def test_what_is_not_toml_is_named_with_its_line() -> None:
    with pytest.raises(CatalogueFault, match="line 2") as fault:
        parse_catalogue(b"a = 1\nb = = 2\n", file="small.toml")

    assert fault.value.code == "catalogue-not-toml"


def test_a_catalogue_with_a_byte_order_mark_is_read() -> None:
    plain = parse_catalogue(SMALL.encode(), file="small.toml")
    marked = parse_catalogue(SMALL.encode("utf-8-sig"), file="small.toml")

    assert [field.line for field in marked.list_fields()] == [
        field.line for field in plain.list_fields()
    ]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('format = "x"\nformat = "y"\n', "line 2: the key stands twice"),
        ("on = 2026-02-30\n", "line 1: February 2026 has 28 days: 2026-02-30"),
        ("a = [\n", "line 2"),
    ],
)
def test_a_catalogue_is_read_as_strictly_as_a_demand(written: str, said: str) -> None:
    with pytest.raises(CatalogueFault) as fault:
        parse_catalogue(written.encode(), file="small.toml")

    assert fault.value.code == "catalogue-not-toml"
    assert f"small.toml, {said}" in str(fault.value)


def test_a_missing_catalogue_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueFault, match="cannot be opened") as fault:
        load_catalogue(tmp_path / "none.toml")

    assert fault.value.code == "catalogue-missing"


def test_a_line_is_found_for_a_key_and_for_the_table_above_a_missing_one() -> None:
    assert find_line(SMALL, ("programs", "snap", "fields", "language")) == 20
    assert find_line(SMALL, ("programs", "snap", "fields", "ssn")) == 19
    assert find_line(SMALL, ("nothing",)) == 1


def test_no_search_key_of_the_first_profile_is_a_proxy(catalogue: Catalogue) -> None:
    assert not set(catalogue.search.values()) & catalogue.proxy_columns()
    assert set(catalogue.search) == set(SearchKey)
