"""Read the numbers that tell one person: Social Security, Medicaid, telephone, the source's key.

A number that was given is either read, or names nobody, or cannot be read. It is never passed over
as if it had not been given.
"""

import re
from collections.abc import Callable

from clerestory.holdings.letters import digits_of, latin_digits, plain, seen

# Stands in the index for a number that is on record and cannot be read. It equals no number, so
# that whoever gives one contradicts it: an unread number is no reason to name somebody.
UNREADABLE = "?"

# A Social Security number, or another of six signs and more, among words. What is left out of it is
# what stands between the digits of one number.
_AMONG_WORDS = re.compile(
    r"(?<![0-9])[0-9]{3}[ ./-]?[0-9]{2}[ ./-]?[0-9]{4}(?![0-9])|[0-9A-Z-]{6,}"
)

# What people write where there is no number. Spaces and signs are left out.
_NOBODYS = frozenset(
    ("unknown", "unk", "unkn", "none", "no", "nil", "null", "na", "nan", "notavailable",
     "notapplicable", "notprovided", "notgiven", "refused", "declined", "pending", "tbd", "test",
     "missing", "blank", "withheld", "x")
)  # fmt: skip
# Printed on cards and leaflets, and typed by thousands since.
_FAMOUS = frozenset({"123456789", "987654321", "078051120", "219099999", "457555462"})
_EXTENSION = re.compile(
    r"[\s,;]*(?:(?<![a-z])(?:ext(?:ension|n)?|x|poste|anexo)|#)[\s.:=]*\d{1,6}\s*$", re.IGNORECASE
)


class NamesNobody(ValueError):
    """The number is a placeholder: many records hold it, or none."""


class Unreadable(ValueError):
    """What was given is not a number of this kind."""


def read_ssn(written: str) -> str:
    """Return nine digits.

    Raises:
        NamesNobody: Nobody was ever given this number.
        Unreadable: It has other than nine digits, or anything but digits and separators.

    Source: 20 CFR 422.103; the Social Security Administration never gives out the areas 000 and
    666, the group 00 and the serial 0000. (From 900 on are taxpayer numbers, which are a
    person's own, and the numbers of made-up people.)
    """
    _check_somebody(written)
    digits = digits_of(written)
    if digits is None or len(digits) != 9:
        raise Unreadable
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    never = area in {"000", "666"} or group == "00" or (serial == "0000" and area < "900")
    if never or len(set(digits)) == 1 or digits in _FAMOUS:
        raise NamesNobody
    return digits


def read_last4(written: str) -> str:
    """Return the last four digits of a Social Security number.

    Raises:
        NamesNobody: A word stands for a number that is not known.
        Unreadable: It is not four digits.
    """
    _check_somebody(written)
    digits = digits_of(written)
    if digits is None or len(digits) != 4:
        raise Unreadable
    return digits


def read_medicaid_id(written: str) -> str:
    """Return a Medicaid number without separators, letters in capitals.

    Raises:
        NamesNobody: It is one sign over and over, or a word for a number that is not known.
        Unreadable: It has no digit, fewer than two signs, or a sign that no number has.
    """
    _check_somebody(written)
    folded = re.sub(r"[\s./·-]", "", _hyphens(latin_digits(written))).upper()
    if not re.fullmatch(r"[0-9A-Z]{2,40}", folded) or not re.search(r"\d", folded):
        raise Unreadable
    if (len(folded) > 3 and len(set(folded)) == 1) or folded == "123456789":
        raise NamesNobody
    return folded


def read_phone(written: str) -> str:
    """Return ten digits, or ``+`` and all digits of a number outside North America.

    An extension tells desks apart and not households; it is left out.

    Raises:
        NamesNobody: No telephone has this number.
        Unreadable: It is too short or too long for one number, or has letters.
    """
    _check_somebody(written)
    text = _EXTENSION.sub("", latin_digits(written)).strip()
    abroad = re.match(r"\+|(?:00|011)[\s.-]*(?=[1-9])", text)
    digits = digits_of(re.sub(r"[()+]", " ", text[abroad.end() :] if abroad else text))
    if digits is None:
        raise Unreadable
    if abroad and not digits.startswith("1"):
        if not 8 <= len(digits) <= 15:
            raise Unreadable
        return f"+{digits}"
    digits = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
    if len(digits) != 10:
        raise Unreadable
    if digits[0] in "01" or len(set(digits)) == 1 or digits == "5555555555":
        raise NamesNobody
    return digits


def read_email(written: str) -> str:
    """Return an e-mail address in small letters.

    Raises:
        NamesNobody: It is written where there is none.
        Unreadable: It has no place for an @ and a name on each side.
    """
    _check_somebody(written)
    folded = seen(written).strip().casefold()
    if not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", folded):
        raise Unreadable
    if re.match(r"(?:no-?(?:e-?)?mail|none|unknown|na|test)@", folded):
        raise NamesNobody
    return folded


def fold_key(written: str) -> str:
    """Fold a source's key for finding it; separators count, since 1-23 and 12-3 are two keys."""
    return seen(written).strip().casefold()


def read_key(written: str) -> str:
    """Return a source's key as it was given.

    Raises:
        NamesNobody: A word stands for a key that is not known.
        Unreadable: There is nothing, or it has two lines.
    """
    _check_somebody(written)
    if not fold_key(written) or len(written.splitlines()) > 1:
        raise Unreadable
    return written.strip()


def on_record(read: Callable[[str], str], written: str) -> str | None:
    """Read a number of the source: ``None`` if there is none, ``UNREADABLE`` if it cannot be read.

    One bad row of a million is no reason to have no index, and none to name that person either.
    """
    if not seen(written).strip():
        return None
    try:
        return read(written)
    except NamesNobody:
        return None
    except Unreadable:
        return UNREADABLE


def numbers_within(written: str) -> frozenset[str]:
    """Return what may be numbers in a text that cannot be read as one, such as ``SSN 911-11-0000``.

    They say whose record it may be too, and never that it is somebody's.
    """
    text = _hyphens(latin_digits(written)).upper()
    found = {re.sub(r"[ ./-]", "", one) for one in _AMONG_WORDS.findall(text)}
    return frozenset(one for one in found if len(re.findall(r"\d", one)) > 3 and _is_own(one))


def _is_own(number: str) -> bool:
    for read in (read_ssn, read_medicaid_id):
        try:
            read(number)
        except NamesNobody:
            return False
        except Unreadable:
            continue
    return True


def names_nobody(written: str) -> bool:
    """Whether a word stands there for a number that is not known, or nothing does.

    >>> names_nobody("N/A"), names_nobody("0"), names_nobody("NA-12")
    (True, False, False)
    """
    bare = re.sub(r"[\W_]", "", plain(written))
    return not bare or bare in _NOBODYS or set(bare) == {"x"}


def _check_somebody(written: str) -> None:
    if names_nobody(written):
        raise NamesNobody


def _hyphens(text: str) -> str:
    return re.sub(r"[\u2010-\u2015\u2212]", "-", text)
