"""The smallest parts of the written forms, each with what is wrong with it in plain words."""

import difflib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from clerestory.kernel.bad_file import Path, show
from clerestory.kernel.ids import wrong_in_id
from clerestory.kernel.reading.scalars import Wrong, read_day
from clerestory.kernel.time import LAST_YEAR, BadTime, parse_moment
from clerestory.law.codes import Vocabulary

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
"""A day outside is a slip, or a way to write that there is none. Known cases: 1985 to 2030."""
MAX_LINE_CHARACTERS = 200

SUBJECT = re.compile(r"S(?:[1-9][0-9]{0,5}|\*)")
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]*")
_LINE_ENDS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# How many codes a message names one by one; a longer list is what `demand codes` is for.
_FEW = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in a document.

    ``kind`` is ``code`` where a word stands at a code's place and no list has it, ``dates`` where
    a period has no days.
    """

    path: Path
    what: str
    write_instead: str
    kind: Literal["form", "code", "dates"] = "form"


Check = Callable[[Any, Path, Mapping[str, Any], Vocabulary | None], Iterator[Problem]]


def groups_in(value: Any) -> list[Mapping[str, Any]]:
    """The items of a list; one that is no group is an empty one, so that places stay."""
    if not isinstance(value, list):
        return []
    return [item if isinstance(item, Mapping) else {} for item in value]


def day_in(value: object) -> date | None:
    """The day that stands there, if it is one."""
    day = read_day(value) if isinstance(value, str) else value
    return day if type(day) is date else None


def kind_of(value: object) -> str:
    """Say what a value is, as people call it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the word {'yes' if value else 'no'}"
    kinds = ((int, "a number"), (float, "a number that is not whole"), (str, "a text"),
             (dict, "a group of keys"), (list, "a list"))  # fmt: skip
    for kind, name in kinds:
        if isinstance(value, kind):
            return name
    return "a day" if type(value) is date else "a day with a time"


def check_text(
    value: Any, path: Path, _node: Mapping[str, Any], _codes: Vocabulary | None, what: str = "text"
) -> Iterator[Problem]:
    """A text; a number, a day or yes without quotes is not one: which text was meant?"""
    if isinstance(value, str):
        return
    if value is None:
        yield Problem(path=path, what=f"nothing is written here and a {what} is wanted",
                      write_instead=f"write the {what}")  # fmt: skip
    elif isinstance(value, dict | list):
        yield Problem(path=path, what=f"a {what} is wanted and this is {kind_of(value)}",
                      write_instead=f"write one {what}")  # fmt: skip
    else:
        written = "" if isinstance(value, bool) else f': "{show(str(value))}"'
        yield Problem(
            path=path, what=f"a {what} is wanted, and without quotes this is {kind_of(value)}",
            write_instead=f"put it in quotes{written}",
        )  # fmt: skip


def check_line(
    value: Any, path: Path, node: Mapping[str, Any], codes: Vocabulary | None
) -> Iterator[Problem]:
    """A text of one line that is not too long for a letter's head."""
    yield from check_text(value, path, node, codes)
    if not isinstance(value, str):
        return
    if len(value) > MAX_LINE_CHARACTERS:
        yield Problem(
            path=path,
            what=f"at most {MAX_LINE_CHARACTERS} characters fit here: {len(value)}",
            write_instead="shorten it",
        )
    if _LINE_ENDS.search(value):
        yield Problem(path=path, what="a text of one line is wanted, and this has more",
                      write_instead="write it on one line")  # fmt: skip


def check_id(
    value: Any, path: Path, node: Mapping[str, Any], codes: Vocabulary | None
) -> Iterator[Problem]:
    """An id in its one form."""
    yield from check_text(value, path, node, codes, "text")
    if isinstance(value, str) and (wrong := wrong_in_id(value)):
        yield Problem(
            path=path,
            what=f"{wrong}: {show(value)}" if value else wrong,
            write_instead="write an id of your own, such as ME-2026-0041; the requester's number "
            "belongs in requester.reference",
        )


def check_code(
    value: Any, path: Path, node: Mapping[str, Any], codes: Vocabulary | None
) -> Iterator[Problem]:
    """A code of the list that the form names; without lists, a word that a code could be."""
    if not isinstance(value, str):
        yield from check_text(value, path, node, codes, "code")
    elif codes is not None:
        yield from _known(value, path, node.get("codes", ""), codes)
    elif not _CODE.fullmatch(value):
        yield _no_code(value, path)


def check_subject(
    value: Any, path: Path, node: Mapping[str, Any], codes: Vocabulary | None
) -> Iterator[Problem]:
    """What a person is called in this demand."""
    yield from check_text(value, path, node, codes)
    if isinstance(value, str) and not SUBJECT.fullmatch(value):
        yield Problem(path=path, what=f"a person is called S1, S2 and so on, a class S*: "
                      f"{show(value)}", write_instead="write S1")  # fmt: skip


def check_reference(
    value: Any, path: Path, node: Mapping[str, Any], codes: Vocabulary | None
) -> Iterator[Problem]:
    """A subject and a field, such as ``S1.address``."""
    yield from check_text(value, path, node, codes, "reference")
    if not isinstance(value, str):
        return
    subject, point, name = value.partition(".")
    if not point or not SUBJECT.fullmatch(subject):
        yield Problem(
            path=path,
            what=f"a person and a field are wanted, with a point between them: {show(value)}",
            write_instead="write them as S1.address",
        )
    else:
        yield from check_code(name, path, node, codes)


def check_field(
    value: Any, path: Path, node: Mapping[str, Any], codes: Vocabulary | None
) -> Iterator[Problem]:
    """A field, with or without the person."""
    if isinstance(value, str) and "." not in value:
        yield from check_code(value, path, node, codes)
    else:
        yield from check_reference(value, path, node, codes)


def check_answer(
    value: Any, path: Path, _node: Mapping[str, Any], _codes: Vocabulary | None
) -> Iterator[Problem]:
    """Yes, no or unknown; nothing is unknown."""
    if value is None or isinstance(value, bool) or value in ("yes", "no", "unknown"):
        return
    shown = show(value) if isinstance(value, str) else kind_of(value)
    yield Problem(path=path, what=f"yes, no or unknown is wanted: {shown}",
                  write_instead="write one of the three words, in small letters")  # fmt: skip


def check_day(
    value: Any, path: Path, _node: Mapping[str, Any], _codes: Vocabulary | None
) -> Iterator[Problem]:
    """A day of the calendar that a paper could bear."""
    day: date | Wrong
    if isinstance(value, str):
        day = read_day(value)
    elif type(value) is date:
        day = value
    else:
        nothing = value is None
        day = Wrong(
            "there is no day" if nothing else f"a day is wanted and this is {kind_of(value)}",
            "write a day as 2026-02-26",
        )
    if isinstance(day, Wrong):
        yield Problem(path=path, what=day.what, write_instead=day.write_instead)
        return
    # A demand of long ago may be kept as a known case; none comes in later than the log can name.
    is_receipt = path[-2:] == ("received", "date")
    last = date(LAST_YEAR, 12, 31) if is_receipt else LAST_DAY
    if not FIRST_DAY <= day <= last:
        yield Problem(
            path=path,
            what=f"no paper bears a day before {FIRST_DAY.year} or after {last.year}: {day}",
            write_instead="check the year; it is the day of the stamp of receipt"
            if is_receipt
            else "check the year; leave the key out where the paper names no day",
        )


def check_moment(
    value: Any, path: Path, node: Mapping[str, Any], codes: Vocabulary | None
) -> Iterator[Problem]:
    """A day, or a day and a time with its zone, such as ``2026-11-27T22:10-05:00``."""
    if not isinstance(value, str) or "T" not in value:
        yield from check_day(value, path, node, codes)
        return
    try:
        parse_moment(value)
    except BadTime as fault:
        yield Problem(path=path, what=str(fault), write_instead=fault.todo)


def check_count(
    value: Any, path: Path, _node: Mapping[str, Any], _codes: Vocabulary | None
) -> Iterator[Problem]:
    """How many persons a paper names: a whole number from 1, all, or unknown."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    if (whole and value >= 1) or value in ("all", "unknown"):
        return
    what = f"how many persons is a whole number from 1, all or unknown, and this is {value}"
    if not whole:
        shown = f"{show(value)}" if isinstance(value, str) else kind_of(value)
        what = f"how many persons is a whole number from 1, all or unknown: {shown}"
    write = "write the number without quotes" if _is_digits(value) else "write unknown if it is"
    yield Problem(path=path, what=what, write_instead=f"{write}; leave it out if nobody counted")


def close_to(word: str, known: Collection[str]) -> str:
    """Return the nearest of the known words, or nothing."""
    near = difflib.get_close_matches(word[:60], known, n=1, cutoff=0.7)
    return near[0] if near else ""


def _is_digits(value: object) -> bool:
    return isinstance(value, str) and value.strip().isascii() and value.strip().isdigit()


def _known(value: str, path: Path, name: str, codes: Vocabulary) -> Iterator[Problem]:
    known = codes.lists.get(name, {})
    if value in known:
        return
    near = close_to(value.strip().lower().replace(" ", "_"), known)
    if len(known) <= _FEW:
        said = f"write one of: {', '.join(sorted(known))}"
        said += f"; did you mean {near}?" if near else ""
    else:
        said = f"did you mean {near}? " if near else ""
        # The code may be the key itself, as among the findings.
        place = _place(path[:-1] if path[-1] == value else path)
        said += f"`clerestory demand codes {place}` lists the codes that fit here"
    yield Problem(
        path=path, what=f"unknown code: {show(value)} is not in the list {name}",
        write_instead=said, kind="code",
    )  # fmt: skip


def _place(path: Path) -> str:
    # A paper that came along has the places of the paper itself, however deep it lies.
    return ".".join(step for step in path if isinstance(step, str) and step != "accompanies")


def _no_code(value: str, path: Path) -> Problem:
    return Problem(
        path=path, what=f"a code has small letters, digits and low lines: {show(value)}",
        write_instead=f"`clerestory demand codes {_place(path)}` lists the codes that fit here",
    )  # fmt: skip


CHECKS: Mapping[str, Check] = {
    "id": check_id,
    "text": check_text,
    "line": check_line,
    "code": check_code,
    "answer": check_answer,
    "day": check_day,
    "moment": check_moment,
    "count": check_count,
    "subject": check_subject,
    "reference": check_reference,
    "field": check_field,
}
"""How each named part of the schemas is checked. A test compares with the schemas themselves."""
