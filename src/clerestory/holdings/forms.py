"""What is wrong with the values of one column, told by their form and never by a value."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from clerestory.holdings.kinds import KEY_KINDS, Kind
from clerestory.holdings.one_row import DAY_KINDS, ISO_DAY
from clerestory.holdings.source import Scalar

_SHOWN = 24
_SSN = re.compile(r"[0-9]{3}-?[0-9]{2}-?[0-9]{4}")
# How programs write a number that went through a floating-point type.
_DOUBLE = re.compile(r"[0-9]+\.[0-9]*|[0-9](?:\.[0-9]+)?[eE][+-]?[0-9]+")
_SHORT_SSN = re.compile(r"[0-9]{7,8}")
# Nobody on record was born before; a year after is a filler such as 9999-12-31.
_YEARS = range(1880, 2101)


class Severity(StrEnum):
    """How bad a finding is: with a grave one no index is built."""

    GRAVE = "grave"
    WARNING = "warning"


class Role(StrEnum):
    """What a column is for."""

    KEY = "key"
    BIRTH_DATE = "birth date"
    DAY = "date"
    SSN = "ssn"
    NUMBER = "number"
    TEXT = "text"
    VALUE = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One thing that is wrong with a column: what it is and what to do."""

    severity: Severity
    code: str
    said: str
    todo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """A column's declared kind, and the values of a few rows.

    ``is_dynamic`` where each value has a type of its own; elsewhere all but bytes come as texts.
    """

    kind: Kind
    values: Sequence[Scalar]
    is_dynamic: bool

    @property
    def there(self) -> list[Scalar]:
        """The values that say anything."""
        return [one for one in self.values if one is not None and one != ""]

    @property
    def kinds(self) -> set[Kind]:
        """The kinds that the values have; what is declared where there is none."""
        if not self.is_dynamic:
            return {self.kind}
        return {_kind_of(one) for one in self.there} or {self.kind}


def form_of(value: Scalar) -> str:
    """The form of a value: each digit as 9, each letter as A, and nothing of what it says.

    A digit of another script looks like itself in no form, so its script is said behind.

    >>> form_of("04/17/1988"), form_of("Ö-7"), form_of(7.5)
    ('99/99/9999', 'A-9', '9.9')
    >>> form_of("\u0661\u0669\u0668\u0668-01-01")
    '9999-99-99 in arabic-indic digits'
    """
    text = value.hex() if isinstance(value, bytes) else str(value)
    made = "".join(
        "9" if one.isdigit() else "A" if one.isalpha() else one if one.isascii()
        and one.isprintable() else "?"
        for one in text[:_SHOWN]
    )  # fmt: skip
    return made + ("..." if len(text) > _SHOWN else "") + _script_of(text)


def _script_of(text: str) -> str:
    """Say which digits a text is written in, where they are not all 0 to 9."""
    names = {
        # Only of a decimal digit is the name its script and then the digit, and never a value.
        unicodedata.name(one).lower().rpartition(" digit ")[0] if one.isdecimal() else "raised"
        for one in text[:_SHOWN]
        if one.isdigit() and not one.isascii()
    }
    return f" in {' and '.join(sorted(names))} digits" if names else ""


def list_flaws(role: Role, column: Sampled) -> Iterator[Flaw]:
    """Everything that is wrong with a column in one role, each kind of fault once."""
    if Kind.OTHER in column.kinds:
        yield _grave("column-type", "it is of a type that is not read", "give it as text")
        return
    if any(isinstance(one, str) and "\0" in one for one in column.values):
        yield _grave("column-nul", "a text holds a NUL", "take it out of the values")
    yield from _mixed(role, column)
    yield from _RULES[role](column)


def _mixed(role: Role, column: Sampled) -> Iterator[Flaw]:
    if len(column.kinds) > 1:
        kinds = " and ".join(sorted(column.kinds))
        loose = role in {Role.VALUE, Role.TEXT}
        yield Flaw(
            severity=Severity.WARNING if loose else Severity.GRAVE,
            code="column-mixed",
            said=f"it holds {kinds} side by side",
            todo="write every value as text",
        )


def _key(column: Sampled) -> Iterator[Flaw]:
    strange = column.kinds - KEY_KINDS
    if strange:
        kind = ", ".join(sorted(strange))
        yield _grave(
            "key-type", f"a person's key as a {kind} is printed in several ways", "write it as text"
        )
        return
    texts = [one for one in column.there if isinstance(one, str)]
    if one := _first(texts, lambda text: bool(_DOUBLE.fullmatch(text))):
        yield _grave(
            "key-double",
            f"a person's key went through a floating-point type: {form_of(one)}",
            "write it anew from where it is kept as a text or a whole number",
        )
    if one := _first(texts, lambda text: text != text.strip()):
        yield _warning("key-spaces", "a key has spaces around it", "write it without, everywhere")


def _birth_date(column: Sampled) -> Iterator[Flaw]:
    if Kind.ZONED_MOMENT in column.kinds:
        yield _grave(
            "date-zone", "a birth date is a day, and a timestamp with time zone is none",
            "write it as a date",
        )  # fmt: skip
        return
    yield from _days(column, empty_is_none=True)
    if not column.there:
        yield _grave("column-empty", "it is empty in every row looked at", "name the right column")


def _day(column: Sampled) -> Iterator[Flaw]:
    yield from _days(column, empty_is_none=False)


def _days(column: Sampled, *, empty_is_none: bool) -> Iterator[Flaw]:
    if strange := column.kinds - DAY_KINDS:
        kind = ", ".join(sorted(strange))
        yield _grave("date-type", f"a date is no {kind}", "write it as a date, or as 2026-03-17")
        return
    if Kind.ZONED_MOMENT in column.kinds:
        return
    held = column.there if empty_is_none else [one for one in column.values if one is not None]
    texts = [str(one) for one in held]
    if (one := _first(texts, lambda text: not ISO_DAY.fullmatch(text))) is not None:
        yield _grave(
            "date-form",
            f"a date is written 9999-99-99, and here stands {form_of(one) or 'an empty text'}",
            "write it as a date, or as 2026-03-17",
        )
        return
    if one := _first(texts, lambda text: _read_day(text) is None):
        yield _grave("date-impossible", "a date is not in the calendar", "correct it")
    years = {day.year for text in texts if (day := _read_day(text))}
    if strange_years := sorted(year for year in years if year not in _YEARS):
        yield _warning(
            "date-range",
            f"a date has a year that nobody means: {strange_years[0]}",
            "leave it empty where it is not known",
        )


def _ssn(column: Sampled) -> Iterator[Flaw]:
    yield from _number(column)
    if column.kinds & {Kind.WHOLE, Kind.DECIMAL}:
        yield _grave(
            "number-zeros",
            "a Social Security number as a whole number loses its leading zeros",
            "write it as text of nine digits",
        )
        return
    texts = [str(one).strip() for one in column.there]
    if one := _first(texts, lambda text: bool(_SHORT_SSN.fullmatch(text))):
        yield _grave(
            "number-zeros",
            f"a Social Security number has lost its leading zeros: {form_of(one)}",
            "write it as text of nine digits, from where the zeros are kept",
        )
    known = (_SSN, _SHORT_SSN, _DOUBLE)
    if one := _first(texts, lambda text: not any(form.fullmatch(text) for form in known)):
        yield _warning(
            "number-form",
            f"a Social Security number is written 999-99-9999, and here stands {form_of(one)}",
            "leave it empty where it is not known",
        )


def _number(column: Sampled) -> Iterator[Flaw]:
    said = f"a number as a {Kind.DOUBLE} is not the number that was written"
    if Kind.DOUBLE in column.kinds:
        yield _grave("number-double", said, "write it as text")
        return
    texts = [str(one).strip() for one in column.there]
    if one := _first(texts, lambda text: bool(_DOUBLE.fullmatch(text))):
        yield _grave(
            "number-double", f"a number went through a floating-point type: {form_of(one)}",
            "write it anew from where it is kept as text",
        )  # fmt: skip


def _text(column: Sampled) -> Iterator[Flaw]:
    if strange := column.kinds - {Kind.TEXT, Kind.LABEL, Kind.ANY}:
        kind = ", ".join(sorted(strange))
        yield _grave("text-type", f"a name or an address is no {kind}", "write it as text")


def _value(column: Sampled) -> Iterator[Flaw]:
    if column.values and not column.there:
        yield _warning(
            "column-empty", "it is empty in every row looked at", "see that it is the right column"
        )


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _first(texts: Sequence[str], is_so: Callable[[str], bool]) -> str | None:
    return next((text for text in texts if is_so(text)), None)


def _kind_of(value: Scalar) -> Kind:
    if isinstance(value, int):
        return Kind.WHOLE
    if isinstance(value, float):
        return Kind.DOUBLE
    return Kind.BYTES if isinstance(value, bytes) else Kind.TEXT


def _grave(code: str, said: str, todo: str) -> Flaw:
    return Flaw(severity=Severity.GRAVE, code=code, said=said, todo=todo)


def _warning(code: str, said: str, todo: str) -> Flaw:
    return Flaw(severity=Severity.WARNING, code=code, said=said, todo=todo)


_RULES: dict[Role, Callable[[Sampled], Iterator[Flaw]]] = {
    Role.KEY: _key,
    Role.BIRTH_DATE: _birth_date,
    Role.DAY: _day,
    Role.SSN: _ssn,
    Role.NUMBER: _number,
    Role.TEXT: _text,
    Role.VALUE: _value,
}
