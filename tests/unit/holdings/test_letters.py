"""What is one letter or digit, however it was typed, and what stays two."""

import pytest

from clerestory.holdings.letters import digits_of, latin_digits, mixes_alphabets, plain, words_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Đặng Thị Hòa", "Dang Thi Hoa"),
        ("Łukasz Wałęsa", "LUKASZ WALESA"),
        ("Jørgen Ægir Þórður", "Jorgen Aegir Thordur"),
        ("İbrahim Işık", "ibrahim isik"),
        ("Weiß", "Weiss"),
        ("Ħamrun ŋ Ɓala", "Hamrun ng Bala"),
        ("e\u0301", "é"),
        ("Has\u00adsan\u200d \ufeffA\u200bli\ufe0f\u202e", "Hassan Ali"),
        ("شریف کریم", "شريف كريم"),
        ("فاطمة", "فاطمه"),
        ("ﻣﺤﻤﺪ", "محمد"),
        ("مُحَمَّد", "محمد"),
        ("אַבְרָהָם", "אברהם"),
        ("Ｊｏｈｎ", "John"),
        ("Пётр", "Петр"),
        ("한국", "한국"),
    ],
)
def test_one_letter_typed_in_two_ways_is_one(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("रमा", "रमि"),  # vowel signs are no accents
        ("กุ", "กู"),
        ("か", "が"),
        ("Андрей", "Андреи"),
        ("Іван", "Ivan"),
        ("Аnna", "Anna"),  # a Cyrillic letter that looks Latin
        ("محمد", "محمود"),
    ],
)
def test_two_letters_stay_two(one: str, other: str) -> None:
    assert plain(one) != plain(other)


def test_vowel_signs_belong_to_their_word() -> None:
    assert words_of("रमा-देवी, कुमारी") == ["रमा", "देवी", "कुमारी"]
    assert words_of("a_b") == ["a", "b"]


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("123-45 6.7", "1234567"),
        ("١٢٣", "123"),
        ("۴۵۶", "456"),
        ("７８９", "789"),
        ("१२३", "123"),
        ("⁴⁵₆", "456"),
        ("⑦⑧⓪", "780"),
        ("12\u200b3–4‑5", "12345"),
        ("", ""),
        ("12a", None),
        ("一二三", None),
        ("12+3", None),
        ("½", None),
    ],
)
def test_digits_of_any_script_are_digits(written: str, digits: str | None) -> None:
    assert digits_of(written) == digits


def test_other_letters_stay_when_digits_are_written_in_latin() -> None:
    assert latin_digits("١٢ Elm ④") == "12 Elm 4"


@pytest.mark.parametrize(
    ("word", "mixed"),
    [("Аnna", True), ("Αnna", True), ("Anna", False), ("Анна", False), ("محمدAli", False)],
)
def test_two_alphabets_in_one_word_are_seen(word: str, mixed: bool) -> None:
    assert mixes_alphabets(word) is mixed
