"""Particles and articles before a family name: said, left out, or written onto it."""

import pytest

from clerestory.holdings.names import NameFit, compare_names, fold_asked, fold_recorded

# Each line: ways to write one family name, with the given name before it; all made up.
ONE_NAME = [
    ("Maria de la Cruz", "Maria Cruz", "Maria Delacruz", "Maria dela Cruz", "Maria DE LA CRUZ"),
    ("Maria de la Cruz", "Maria La Cruz", "Maria Lacruz"),
    ("Maria de los Santos", "Maria Santos", "Maria Delossantos"),
    ("Maria de las Casas", "Maria Casas", "Maria Delascasas"),
    ("Jean de La Tour", "Jean Tour", "Jean Latour", "Jean La Tour", "Jean Delatour"),
    ("Omar El-Sayed", "Omar Sayed", "Omar El Sayed", "Omar Elsayed", "Omar EL-SAYED"),
    ("Omar al-Hashimi", "Omar Hashimi", "Omar Al Hashimi", "Omar Alhashimi"),
    ("Siti binti Ahmad", "Siti Ahmad", "Siti bint Ahmad", "Siti bte Ahmad", "Siti BT. Ahmad"),
    ("Omar ibn Yusuf", "Omar Yusuf", "Omar bin Yusuf"),
    ("Ana dos Santos", "Ana Santos", "Ana Dos Santos"),
]


def fit(asked: str, given: str, family: str) -> NameFit:
    return compare_names(fold_asked(asked), fold_recorded(given, family, ""))


@pytest.mark.parametrize("ways", ONE_NAME, ids=[ways[0] for ways in ONE_NAME])
def test_a_family_name_on_record_fits_however_its_particles_are_asked_for(
    ways: tuple[str, ...],
) -> None:
    given, _, family = ways[0].partition(" ")

    for asked in ways:
        assert fit(asked, given, family) is NameFit.FULL, asked


@pytest.mark.parametrize(
    ("asked", "given", "family", "expected"),
    [
        # Particles that are said where none is on record.
        ("Maria de la Cruz", "Maria", "Cruz", NameFit.FULL),
        ("Maria de los Santos", "Maria", "Santos", NameFit.FULL),
        ("Maria de la Cruz", "Maria", "Delacruz", NameFit.FULL),
        ("Maria de la Cruz", "Maria", "La Cruz", NameFit.FULL),
        ("Maria de la Paz Cruz", "Maria de la Paz", "Cruz", NameFit.FULL),
        ("Maria Paz Cruz", "Maria de la Paz", "Cruz", NameFit.FULL),
        ("Omar El-Sayed", "Omar", "Sayed", NameFit.FULL),
        ("Omar El Sayed", "Omar", "Sayed", NameFit.FULL),
        ("Siti binti Ali", "Siti", "Ali", NameFit.FULL),
        ("Siti bte Ali", "Siti", "Ali", NameFit.FULL),
        # The word for a daughter at the end of the given names is none of them; Da may be one.
        ("Siti Ali", "Siti binti", "Ali", NameFit.FULL),
        ("Maria Silva", "Maria Da", "Silva", NameFit.PART),
        # Written onto the name, where the record has it bare or the other way round: only where
        # a number and the birth date agree too, since Albright is not Bright.
        ("Omar Elsayed", "Omar", "Sayed", NameFit.WEAK),
        ("Omar Sayed", "Omar", "Elsayed", NameFit.WEAK),
        ("Omar Hashimi", "Omar", "Alhashimi", NameFit.WEAK),
        ("John Albright", "John", "Bright", NameFit.WEAK),
        ("Marie LeBlanc", "Marie", "Blanc", NameFit.WEAK),
        ("Mary Allee", "Mary", "Lee", NameFit.NEAR),
        # What has a particle's letters and is a name counts against.
        ("Wei Bin Li", "Wei", "Li", NameFit.WEAK),
        ("Ahmad bin Ali", "Ahmad", "Ali", NameFit.WEAK),
        ("Minh La Do", "Minh", "Do", NameFit.WEAK),
        ("Los Santos", "Maria", "Santos", NameFit.NEAR),
        ("Kofi Dela Mensah", "Kofi", "Mensah", NameFit.WEAK),
        ("El Sayed", "Omar", "Sayed", NameFit.NEAR),
        ("De La Cruz", "Maria", "Cruz", NameFit.NEAR),
        # Another given name is another person, whatever leads to the family name.
        ("Ana de la Cruz", "Maria", "Cruz", NameFit.NONE),
        ("Karim El-Sayed", "Omar", "Sayed", NameFit.NONE),
        ("Nur binti Ahmad", "Siti", "binti Ahmad", NameFit.NONE),
        ("Maria de la Cruz", "Maria", "de la Rosa", NameFit.NONE),
    ],
)
def test_particles_never_make_two_people_one(
    asked: str, given: str, family: str, expected: NameFit
) -> None:
    assert fit(asked, given, family) is expected
