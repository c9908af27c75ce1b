"""Whether a text says where somebody lives who keeps it secret, in whatever way it was typed.

Two clerks write one home in two ways: with a room's number and without, Av for Avenue, a letter too
few. So the number of the house and the name of the street are compared. An address that has not
both cannot be compared, and then any other may be the one that is kept secret.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clerestory.holdings.fold import is_slip
from clerestory.holdings.letters import latin_digits, plain, words_of

_TYPES = {
    "street": "st", "str": "st", "saint": "st", "avenue": "ave", "av": "ave", "road": "rd",
    "drive": "dr", "lane": "ln", "la": "ln", "court": "ct", "place": "pl", "boulevard": "blvd",
    "terrace": "ter", "highway": "rt", "hwy": "rt", "route": "rt", "rte": "rt", "circle": "cir",
    "parkway": "pkwy", "square": "sq", "trail": "trl", "mount": "mt",
}  # fmt: skip
_TYPE_WORDS = frozenset(_TYPES.values())
# Written or left out as one likes; a single letter is such a word as well.
_LOOSE = frozenset({
    "ne", "nw", "se", "sw", "no", "so", "north", "south", "east", "west", "state", "us", "rr",
    "number", "and", "of", "the", "in",
})  # fmt: skip
_UNITS = frozenset({
    "apt", "apartment", "unit", "ste", "suite", "room", "rm", "floor", "lot", "box", "bldg",
})  # fmt: skip
_ORDINALS = {
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th",
    "sixth": "6th", "seventh": "7th", "eighth": "8th", "ninth": "9th", "tenth": "10th",
}  # fmt: skip
_NUMBER = re.compile(r"0*([0-9]+)[a-z]?")
_BOX = re.compile(r"\bp\W*o\W*b(?:ox)?\b\W*(?:(?:no|number)\b\W*)?0*([0-9]+)\b")
_PLACE = re.compile(r"\b[0-9]\w* [a-z]")
# Nothing is known: it says as little as an empty column.
_BLANK = re.compile(
    r"none|n a|na|nil|null|unk|unknown|tbd|x+|no address|address unknown|"
    r"not (?:known|applicable|given|provided|available)"
)
_FILLERS = " \t\r\n-./_"
_STOP = "|"
# So many words of a street's name are looked at, and a shorter one is not taken for its neighbour.
_NAME_WORDS, _LONG = 3, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _House:
    number: str
    names: tuple[str, ...]
    kind: str | None
    is_unit: bool


def says_address(text: str, address: str) -> bool:
    """Whether a text says an address, or may: where the address is one that nobody can compare.

    >>> says_address("lease of 91 Elm St. from 2024", "91 Elm Street Apt 2, Lewiston, ME 04240")
    True
    >>> says_address("91 Elm Street, Lewiston", "same as mailing")
    True
    """
    shown, kept = _shape(text), _shape(address)
    said, hidden = " ".join(words_of(shown)), " ".join(words_of(kept))
    if _BLANK.fullmatch(hidden) or not address.strip(_FILLERS):
        return False
    boxes, told = set(_BOX.findall(kept)), set(_BOX.findall(shown))
    if boxes & told or (hidden and f" {hidden} " in f" {said} "):
        return True
    houses = list(_houses(_tokens(kept)))
    if not houses:
        return not boxes and bool(told or _PLACE.search(said))
    home = next((one for one in houses if not one.is_unit), houses[0])
    return any(_is_one(home, other) for other in _houses(_tokens(shown)))


def _shape(text: str) -> str:
    shown = latin_digits(plain(text)).replace("#", " apt ")
    return re.sub(r"\brr\W*([0-9])", r"rr \1", shown)  # a rural route


def _tokens(text: str) -> list[str]:
    """The words in one form, with a mark where a line or a part of it ends."""
    parts = (words_of(part) for part in re.split(r"[,;\n]", text))
    words = [word for part in parts for word in (*part, _STOP)]
    return [_ORDINALS.get(word, _TYPES.get(word, word)) for word in words]


def _houses(tokens: Sequence[str]) -> Iterator[_House]:
    """Each number behind which the name of a street may stand."""
    for at, token in enumerate(tokens):
        number = _NUMBER.fullmatch(token)
        if number is None:
            continue
        names, kind = _street(tokens[at + 1 :])
        if names:
            is_unit = at > 0 and tokens[at - 1] in _UNITS
            yield _House(number=number[1], names=names, kind=kind, is_unit=is_unit)


def _street(tokens: Sequence[str]) -> tuple[tuple[str, ...], str | None]:
    """The name of the street and its kind; no name where none stands there."""
    names: list[str] = []
    # Of Court Street, Saint John Street and Route 4 it is a part of the name.
    first: str | None = None
    is_unit = False
    for token in tokens:
        if is_unit or token in _UNITS:
            is_unit = not is_unit
        elif token in _TYPE_WORDS:
            if names or first:
                return (tuple(names) or (str(first),)), token
            first = token
        elif token == _STOP or (_NUMBER.fullmatch(token) and not (first and not names)):
            if names or first or token != _STOP:
                break
        elif (token not in _LOOSE and len(token) > 1) or token.isdigit():
            names.append(token)
            if len(names) == _NAME_WORDS:
                break
    return (tuple(names) or ((first,) if first else ())), None


def _is_one(home: _House, other: _House) -> bool:
    if home.number != other.number or (home.kind and other.kind and home.kind != other.kind):
        return False
    return any(
        one == two or (min(len(one), len(two)) >= _LONG and is_slip(one, two))
        for one in home.names
        for two in other.names
    )
