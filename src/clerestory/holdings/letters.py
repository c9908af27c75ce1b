"""Letters and digits as a reader sees them, whatever code points they were typed with.

Folding serves comparison only: nothing here is stored in place of what was written.
"""

import unicodedata

# Letters that nobody sees, beside the whole category Cf (soft hyphen, joiners, direction marks).
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_SELECTORS = ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
# Strokes and joined letters have no decomposition; what is written where they cannot be typed.
_STROKES = {
    "đ": "d", "ð": "d", "ɖ": "d", "ɗ": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i",
    "þ": "th", "ħ": "h", "ŧ": "t", "ŋ": "ng", "ɓ": "b", "ƀ": "b", "ƙ": "k", "ƴ": "y", "ɨ": "i",
    "ʉ": "u", "ə": "a", "ǝ": "a", "ɛ": "e", "ɔ": "o", "ƒ": "f", "ʋ": "v", "ǥ": "g", "ɣ": "g",
}  # fmt: skip
# One letter with several code points: yeh, kaf, heh and alef in Arabic, Persian, Urdu, Kurdish.
_ARABIC = {
    "ى": "ي", "ی": "ي", "ې": "ي", "ۍ": "ي", "ک": "ك", "ڪ": "ك", "ہ": "ه", "ھ": "ه", "ە": "ه",
    "ة": "ه", "ۃ": "ه", "ٱ": "ا", "ٲ": "ا", "ٳ": "ا", "ـ": "",
}  # fmt: skip
_ONE_LETTER = str.maketrans(_STROKES | _ARABIC)
# Cyrillic and Greek letters that look like a Latin one. They are never folded, since two alphabets
# in one word are no spelling of a name; they only show that a second name is near.
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһкмтвнαεοριντκυχ", "aeopcyxijsdhkmtbhaeopivtkux")


def seen(text: str) -> str:
    """Return ``text`` with one code point for one shape (NFKC), without what nobody sees.

    >>> seen("Has\\u00adsan １２３")
    'Hassan 123'
    """
    # A fraction would grow onto the number before it: 12½ would become 121⁄2.
    spaced = "".join(f" {letter}" if letter in "¼½¾⅓⅔⅛⅜⅝⅞" else letter for letter in text)
    shaped = unicodedata.normalize("NFKC", spaced)
    return "".join(letter for letter in shaped if not _is_unseen(letter))


def plain(text: str) -> str:
    """Return ``text`` in small letters without accents, strokes and second code points.

    >>> plain("Đặng Wałęsa") == plain("DANG WALESA")
    True
    """
    split = unicodedata.normalize("NFKD", seen(text).casefold())
    # In Cyrillic this mark makes another letter, and not an accent that is left out.
    split = split.replace("и\u0306", "й")
    kept = "".join(letter for letter in split if not _is_accent(letter))
    # Composed again, so that a Korean syllable and a voiced kana are one letter.
    return unicodedata.normalize("NFC", kept).translate(_ONE_LETTER)


def words_of(text: str) -> list[str]:
    """Split at whatever is no letter, digit or vowel sign (which is not ``\\w``)."""
    kept = "".join(
        letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " "
        for letter in text
    )
    return kept.split()


def digits_of(text: str) -> str | None:
    """Return the digits of ``text``, of any script; ``None`` when anything but separators is left.

    >>> digits_of("١٢٣-４５ ⑥")
    '123456'
    >>> digits_of("12a4") is None
    True
    """
    digits = []
    for letter in seen(text).strip():
        value = unicodedata.decimal(letter, None)
        if value is not None:
            digits.append(str(value))
        elif not (letter.isspace() or letter in ".·/" or unicodedata.category(letter) == "Pd"):
            return None
    return "".join(digits)


def latin_digits(text: str) -> str:
    """Return ``text`` as seen, with every digit written 0 to 9."""
    return "".join(
        letter if (value := unicodedata.decimal(letter, None)) is None else str(value)
        for letter in seen(text)
    )


def mixes_alphabets(word: str) -> bool:
    """Whether letters of two alphabets that look alike stand in one word."""
    alphabets = {unicodedata.name(letter, "").split(" ")[0] for letter in word if letter.isalpha()}
    return len(alphabets & {"LATIN", "CYRILLIC", "GREEK"}) > 1


def look(word: str) -> str:
    """Return a folded word as it looks in Latin letters, to see whether two are near."""
    return word.translate(_LOOKALIKES)


def _is_unseen(letter: str) -> bool:
    if letter < "\x7f":
        return False
    if letter in _UNSEEN or unicodedata.category(letter) == "Cf":
        return True
    return any(first <= ord(letter) <= last for first, last in _SELECTORS)


def _is_accent(letter: str) -> bool:
    """Accents, tones, Hebrew points and Arabic short vowels; never an Indic or Thai vowel."""
    order = unicodedata.combining(letter)
    return order == 1 or 10 <= order <= 36 or order >= 200
