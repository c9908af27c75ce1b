"""Kinds of papers that named a wrong person once, or missed the right one. All people made up.

Each kind has neighbors that must come out the other way, so that no rule is bought with its
opposite.
"""

from collections.abc import Callable, Mapping

import pytest

from clerestory.holdings import Found, PersonIndex, PersonQuery, QueryFault
from clerestory.holdings.find import find_person

MakeIndex = Callable[..., PersonIndex]
COSTA = {"name": "Maria Ana|Costa", "born": "1980-05-06", "ssn": "911-45-6781"}
HOME = {"address": "1 Test Road, Exampleton, ME"}
NUMBER = {"ssn": "933-44-5555"}
BORN = {"birth_date": "1990-02-03"}

# What is on record, what is asked, and whether the person may be named.
KINDS: list[tuple[Mapping[str, str], Mapping[str, str], bool]] = [
    # A number that was given is never passed over.
    (COSTA, {"name": "Maria Ana Costa", "birth_date": "1980-05-06", "ssn": "９１１４５６７８２"},
     False),
    (COSTA, {"name": "Maria Ana Costa", "birth_date": "1980-05-06", "ssn": "９１１４５６７８１"},
     True),
    (COSTA | HOME, {"name": "Maria Ana Costa", "birth_date": "1980-05-06", "medicaid_id": "١٢٣٤"}
     | HOME, False),
    (COSTA | HOME | {"medicaid_id": "MC123"},
     {"name": "Maria Ana Costa", "birth_date": "1980-05-06", "medicaid_id": "١٢٣٤"}, False),
    (COSTA | HOME | {"medicaid_id": "MC123"},
     {"name": "Maria Ana Costa", "birth_date": "1980-05-06", "medicaid_id": "mc-１２٣"}, True),
    (COSTA | HOME, {"name": "Maria Ana Costa", "birth_date": "1980-05-06", "ssn": "45-6781"}
     | HOME, False),
    (COSTA | HOME, {"name": "Maria Ana Costa", "birth_date": "1980-05-06", "ssn": "unknown"}
     | HOME, False),
    (COSTA | HOME, {"name": "Maria Ana Costa", "birth_date": "1980-05-06"} | HOME, True),
    # Two generations are two people.
    ({"name": "John|Smith Sr", "born": "1950-01-02"} | NUMBER, {"name": "John Smith Jr"} | NUMBER,
     False),
    ({"name": "John|Smith Sr", "born": "1950-01-02"} | NUMBER,
     {"name": "John Smith Jr", "birth_date": "1950-01-02"} | NUMBER, False),
    ({"name": "John|Smith Sr", "born": "1950-01-02"} | NUMBER, {"name": "John Smith, Senior"}
     | NUMBER, True),
    # A word that fits nobody counts against.
    ({"name": "Van Binh|Nguyen", "born": "1990-02-03"} | NUMBER, {"name": "Nguyen Van An"}
     | NUMBER, False),
    ({"name": "Van An|Nguyen", "born": "1990-02-03"} | NUMBER, {"name": "Nguyen Van An"}
     | NUMBER, True),
    ({"name": "Carl|Smith", "born": "1990-02-03"} | HOME, {"name": "Ben Carl Smith"} | BORN | HOME,
     False),
    ({"name": "Carl|Smith", "born": "1990-02-03"} | HOME, {"name": "Carl Smith"} | BORN | HOME,
     True),
    ({"name": "Ben Carl|Smith", "born": "1990-02-03"} | HOME, {"name": "Carl Ben Smith"} | BORN
     | HOME, True),
    # Accents, strokes, code points and letters that nobody sees.
    ({"name": "Đặng Thị|Hoa", "born": "1990-02-03"} | NUMBER, {"name": "Dang Thi Hoa"} | BORN
     | NUMBER, True),
    ({"name": "Łukasz|Wałęsa", "born": "1990-02-03"} | NUMBER, {"name": "Lukasz Walesa"} | BORN
     | NUMBER, True),
    ({"name": "محمد|علي", "born": "1990-02-03"} | NUMBER, {"name": "محمد علی"} | BORN | NUMBER,
     True),
    ({"name": "Hassan|Ali", "born": "1990-02-03"} | NUMBER, {"name": "Has\u00adsan A\u200bli"}
     | BORN | NUMBER, True),
    ({"name": "रमा|देवी", "born": "1990-02-03"} | NUMBER, {"name": "रमि देवी"} | BORN
     | NUMBER, False),
    ({"name": "Hassan|Ali", "born": "1990-02-03"} | NUMBER, {"name": "Наssan Ali"} | BORN | NUMBER,
     False),
    # Placeholders agree with nobody.
    ({"name": "Baby Girl|Smith", "born": "1990-02-03"} | NUMBER, {"name": "Baby Girl Smith"}
     | BORN | NUMBER, False),
    ({"name": "FNU|Sukarno", "born": "1990-02-03"} | NUMBER, {"name": "FNU Sukarno"} | BORN
     | NUMBER, True),
    ({"name": "Amina|Ali", "born": "1990-02-03", "ssn": "000-00-0000"} | HOME,
     {"name": "Amina Ali", "ssn": "000-00-0000"} | BORN | HOME, False),
    # A telephone number's extension, and two numbers in one.
    ({"name": "Amina|Ali", "born": "1990-02-03", "phone": "207-555-0101"},
     {"name": "Amina Ali", "phone": "+1 (207) 555-0101 ext. 12"} | BORN, True),
    ({"name": "Amina|Ali", "born": "1990-02-03", "phone": "207-555-0101"},
     {"name": "Amina Ali", "phone": "207-555-0101, 207-555-0102"} | BORN, False),
]  # fmt: skip


@pytest.mark.parametrize(("held", "asked", "named"), KINDS)
def test_each_kind_comes_out_right(
    make_index: MakeIndex, held: Mapping[str, str], asked: Mapping[str, str], named: bool
) -> None:
    try:
        answer = find_person(make_index(dict(held)), PersonQuery.from_mapping(asked))
    except QueryFault:
        # What cannot be read is refused before anybody is looked up.
        assert not named
        return

    assert isinstance(answer, Found) is named
    if not isinstance(answer, Found):
        assert answer.reasons
