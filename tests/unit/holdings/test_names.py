"""How well an asked name fits a recorded one."""

import pytest

from clerestory.holdings.names import (
    NameFit,
    compare_names,
    count_telling,
    fold_asked,
    fold_recorded,
)


@pytest.mark.parametrize(
    ("asked", "given", "family", "other", "fit"),
    [
        ("Hodan Yusuf Nur", "Hodan", "Yuusuf Nuur", "", NameFit.FULL),
        ("Nur Yusuf Hodan", "Hodan", "Yuusuf Nuur", "", NameFit.FULL),
        ("Hodan Nur", "Hodan", "Yuusuf Nuur", "", NameFit.FULL),
        ("Luisa Maria Silva", "Maria Luísa", "da Silva", "", NameFit.FULL),
        ("Maria da Silva", "Maria Luísa", "da Silva", "", NameFit.PART),
        ("Luisa Silva", "Maria Luísa", "da Silva", "", NameFit.NEAR),
        ("Maria Fernanda Silva", "Maria Luísa", "da Silva", "", NameFit.NONE),
        ("Mary Elizabeth Smith", "Mary", "Smith", "", NameFit.WEAK),
        ("Mary Smyth", "Mary", "Smith", "", NameFit.WEAK),
        ("Mary Smythe", "Mary", "Smith", "", NameFit.NEAR),
        ("Marie Smith", "Mary", "Smith", "", NameFit.NEAR),
        ("Hussein Ali", "Xasan", "Cali", "", NameFit.NEAR),
        ("Ladan Ali", "Xasan", "Cali", "", NameFit.NONE),
        ("Hassan Ali", "Ali", "Hassan Ali", "", NameFit.NEAR),
        ("Ali Hassan Ali", "Ali", "Hassan Ali", "", NameFit.FULL),
        ("Mary Brown", "Mary", "Smith", "Mary|Brown", NameFit.FULL),
        ("Mary Brown Smith", "Mary", "Smith", "Mary|Brown", NameFit.FULL),
        ("Molly Brown", "Mary", "Smith", "Molly Brown", NameFit.FULL),
        ("Mary Brown", "Mary", "Smith", "Brown", NameFit.FULL),
        ("Sukarno", "Sukarno", "", "", NameFit.WEAK),
        ("Al Smith", "Al", "Smith", "", NameFit.FULL),
        ("Ahmad Hashimi", "Ahmed", "al-Hashimi", "", NameFit.FULL),
        ("Smith Jr", "Mary", "Smith", "", NameFit.NONE),
        ("Mary Smith Jr.", "Mary", "Smith", "", NameFit.FULL),
        ("Smith", "Mary", "Smith", "", NameFit.NEAR),
        ("Mary", "Mary", "Smith", "", NameFit.NEAR),
    ],
)
def test_a_name_fits_as_well_as_its_words(
    asked: str, given: str, family: str, other: str, fit: NameFit
) -> None:
    assert compare_names(fold_asked(asked), fold_recorded(given, family, other)) is fit


def test_particles_tell_nothing_about_who_it_is() -> None:
    assert count_telling(fold_asked("Hodan bint Ali")) == 2
    assert count_telling(fold_asked("de da")) == 2
