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
        ("Luisa Silva", "Maria Luísa", "da Silva", "", NameFit.WEAK),
        ("Hoa Tran", "Thi Hoa", "Tran", "", NameFit.WEAK),
        ("Tran Hoa", "Thi Hoa", "Tran", "", NameFit.WEAK),
        ("Carmen Hernandez", "María del Carmen", "Hernández de la Cruz", "", NameFit.WEAK),
        ("Hoa Lan Tran", "Thi Hoa", "Tran", "", NameFit.NONE),
        ("Hoa", "Thi Hoa", "Tran", "", NameFit.NEAR),
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
        # A word that fits nobody counts against, also where it looks like a particle.
        ("Ben Carl Smith", "Carl", "Smith", "", NameFit.WEAK),
        ("Carl Ben Smith", "Carl", "Smith", "", NameFit.WEAK),
        ("Carl Al Smith", "Carl", "Smith", "", NameFit.WEAK),
        ("Nguyen Van An", "Van Binh", "Nguyen", "", NameFit.NEAR),
        ("Nguyen Van An", "Van", "Nguyen", "", NameFit.WEAK),
        ("Nguyen Do An", "An", "Nguyen", "", NameFit.WEAK),
        ("Ben Carl Smith", "Ben Carl", "Smith", "", NameFit.FULL),
        ("Nguyen Van An", "Văn An", "Nguyễn", "", NameFit.FULL),
        ("Do Van An", "Văn An", "Đỗ", "", NameFit.FULL),
        ("Le Van An", "Văn An", "Lê", "", NameFit.FULL),
        ("An Nguyen", "An", "Nguyen", "", NameFit.FULL),
        # Particles that lead to a name on record do not.
        ("Ahmad al-Hashimi", "Ahmed", "Hashimi", "", NameFit.FULL),
        ("Ahmad Al Hashimi", "Ahmed", "al-Hashimi", "", NameFit.FULL),
        ("Al Hashimi Ahmad", "Ahmed", "al-Hashimi", "", NameFit.FULL),
        ("Ahmad Al Hashimi", "Ahmed", "Hashimi", "", NameFit.WEAK),
        ("Maria da Silva", "Maria", "Silva", "", NameFit.FULL),
        ("da Silva Maria", "Maria", "Silva", "", NameFit.WEAK),
        ("Omar ibn Saleh", "Omar", "bin Saleh", "", NameFit.FULL),
        ("Omar ben Saleh", "Omar", "Saleh", "", NameFit.WEAK),
        ("Maria Luz Silva", "Maria da Luz", "Silva", "", NameFit.FULL),
        ("Maria da", "Maria", "da Silva", "", NameFit.NEAR),
        # One name written as two words, and two as one.
        ("Ahmad El Amin", "Ahmed", "Elamin", "", NameFit.FULL),
        ("Ahmad Elamin", "Ahmed", "El Amin", "", NameFit.FULL),
        ("Mary Jane Smith", "Maryjane", "Smith", "", NameFit.FULL),
        ("Maryjane Smith", "Mary Jane", "Smith", "", NameFit.FULL),
        # Initials, on either side.
        ("John Q. Smith", "John Quincy", "Smith", "", NameFit.PART),
        ("John Quincy Smith", "John Q.", "Smith", "", NameFit.PART),
        ("John Q. Smith", "John Paul", "Smith", "", NameFit.NONE),
        ("John Q. Smith", "John", "Smith", "", NameFit.WEAK),
        ("J. Smith", "John", "Smith", "", NameFit.WEAK),
        ("J. Smith", "John Paul", "Smith", "", NameFit.WEAK),
        ("P. Smith", "John Paul", "Smith", "", NameFit.NEAR),
        ("K. Smith", "John", "Smith", "", NameFit.NONE),
        ("明 林", "明", "林", "", NameFit.FULL),
        ("明 林", "明明", "林", "", NameFit.NEAR),
        # Two generations are two people; one that is not said is no contradiction.
        ("John Smith Jr", "John", "Smith Sr", "", NameFit.NEAR),
        ("John Smith, III", "John", "Smith Jr.", "", NameFit.NEAR),
        ("John Smith II", "John", "Smith Jr.", "", NameFit.NEAR),
        ("John Smith Jr", "John", "Smith Sr", "John|Smith", NameFit.NEAR),
        ("John Smith Jr", "John", "Smith Sr", "John|Smith Jr", NameFit.FULL),
        ("John Smith 3rd", "John", "Smith III", "", NameFit.FULL),
        ("Smith Junior, John", "John Jr", "Smith", "", NameFit.FULL),
        ("John Smith the younger", "John", "Smith, Sr.", "", NameFit.NEAR),
        ("Jean Roy père", "Jean", "Roy fils", "", NameFit.NEAR),
        ("Juan Paz hijo", "Juan", "Paz", "", NameFit.FULL),
        ("John Smith", "John", "Smith Jr", "", NameFit.FULL),
        ("John Smith Jr", "John", "Smith", "", NameFit.FULL),
        ("Junior Smith", "Junior", "Smith", "", NameFit.FULL),
        ("Agathe Roe", "Agathe", "Roe", "", NameFit.FULL),
        ("Dr. Mary Smith", "Mary", "Smith", "", NameFit.FULL),
        ("Sr. Juan Paz", "Juan", "Paz", "", NameFit.FULL),
        ("Mary Ford", "Mary", "Fort", "", NameFit.WEAK),
        ("Mary Lee", "Mary", "Lea", "", NameFit.NEAR),
        ("John Xavier Smith Jr", "John", "Smith Sr", "", NameFit.NEAR),
        ("John Smith Sr", "John Jr", "Smith", "", NameFit.NEAR),
        ("Maria Silva", "Maria Da", "Silva", "", NameFit.PART),
        ("J. Xavier Smith", "John", "Smith", "", NameFit.NONE),
        # Placeholders agree with nobody; FNU leaves one name.
        ("Baby Girl Smith", "Baby Girl", "Smith", "", NameFit.NEAR),
        ("Baby Boy A Smith", "Emma", "Smith", "", NameFit.NEAR),
        ("Unknown Smith", "Unknown", "Smith", "", NameFit.NEAR),
        ("N/A Smith", "N/A", "Smith", "", NameFit.NEAR),
        ("Test Smith", "Test", "Smith", "", NameFit.NEAR),
        ("xxx Smith", "XXX", "Smith", "", NameFit.NEAR),
        ("- Smith", "-", "Smith", "", NameFit.NEAR),
        ("FNU Sukarno", "FNU", "Sukarno", "", NameFit.WEAK),
        ("Sukarno", "FNU", "Sukarno", "", NameFit.WEAK),
        ("Mary LNU", "Mary", "LNU", "", NameFit.WEAK),
        ("John NMN Smith", "John", "Smith", "", NameFit.FULL),
        ("John Doe", "John", "Doe", "", NameFit.FULL),
        # Accents, strokes, unseen letters.
        ("Dang Thi Hoa", "Đặng Thị", "Hoa", "", NameFit.FULL),
        ("Has\u00adsan Ali", "Hassan", "Ali", "", NameFit.FULL),
        ("محمد علی", "محمد", "علي", "", NameFit.FULL),
        ("O´Brien Siân", "Sian", "O'Brien", "", NameFit.FULL),
        ("Аli Cali", "Ali", "Cali", "", NameFit.NEAR),  # a Cyrillic A: near, and never the same
    ],
)
def test_a_name_fits_as_well_as_its_words(
    asked: str, given: str, family: str, other: str, fit: NameFit
) -> None:
    assert compare_names(fold_asked(asked), fold_recorded(given, family, other)) is fit


def test_particles_tell_nothing_about_who_it_is() -> None:
    assert count_telling(fold_asked("Hodan bint Ali")) == 2
    assert count_telling(fold_asked("de da")) == 2
