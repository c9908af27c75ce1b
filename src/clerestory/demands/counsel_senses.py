"""What an opinion of counsel or a suspension in a demand must not say.

An opinion is about this demand, one point and named items. Where it could be read as one about a
class of people, about something that nobody asked, or as both yes and no, it is refused.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from clerestory.demands.leaves import Problem, day_in, groups_in
from clerestory.kernel.bad_file import Path
from clerestory.kernel.time import BadTime, earliest_day, latest_day, parse_moment

_Group = Mapping[str, Any]


def find_counsel_problems(demand: _Group) -> Iterator[Problem]:
    """Yield what is wrong with the opinions and suspensions of a parsed demand of any shape."""
    asked = {(program, ref) for _, program, ref in _items(demand.get("records"), ("records",))}
    answered: set[tuple[str, str, str]] = set()
    for place, opinion in enumerate(groups_in(demand.get("opinions"))):
        here: Path = ("opinions", place)
        yield from _signed(demand, opinion, (*here, "signed_on"))
        point = opinion.get("point")
        for path, program, ref in _items(opinion.get("records"), (*here, "records")):
            yield from _about(program, ref, asked, path)
            if isinstance(point, str) and (point, program, ref) in answered:
                yield Problem(
                    path=path, what=f"two opinions answer {point} for {program} {ref}",
                    write_instead="keep the one that counsel stands by",
                )  # fmt: skip
            answered.add((str(point), program, ref))
    for place, suspension in enumerate(groups_in(demand.get("suspensions"))):
        yield from _ends(suspension, ("suspensions", place, "to"))


def _about(program: str, ref: str, asked: set[tuple[str, str]], path: Path) -> Iterator[Problem]:
    if ref.startswith("S*"):
        yield Problem(
            path=path, what=f"an opinion is about named persons and never about a class: {ref}",
            write_instead="name each person and field, such as S1.address",
        )  # fmt: skip
    elif asked and (program, ref) not in asked:
        yield Problem(
            path=path, what=f"an opinion is about this demand, which does not ask {program} {ref}",
            write_instead="list it under records as well, or mend the reference",
        )  # fmt: skip


def _signed(demand: _Group, opinion: _Group, path: Path) -> Iterator[Problem]:
    """An opinion is for one demand, so none was signed before that demand came."""
    received = demand.get("received")
    came = day_in(received.get("date")) if isinstance(received, Mapping) else None
    signed = day_in(opinion.get("signed_on"))
    if came and signed and signed < came:
        yield Problem(
            path=path, what=f"it was signed before the demand came: {signed} {came}", kind="dates",
            write_instead="counsel signs an opinion for this demand; an older one is for another",
        )  # fmt: skip


def _ends(suspension: _Group, path: Path) -> Iterator[Problem]:
    start, end = suspension.get("from"), suspension.get("to")
    if _is_over(_moment(start) or day_in(start), _moment(end) or day_in(end)):
        yield Problem(
            path=path, what=f"it ends before it starts, or as it starts: {start} {end}",
            kind="dates", write_instead="check both; leave the end out while it is suspended",
        )  # fmt: skip


def _is_over(start: date | None, end: date | None) -> bool:
    """Whether a span has nothing in it; a day and a moment are compared by the days they touch."""
    if start is None or end is None:
        return False
    if isinstance(start, datetime) and isinstance(end, datetime):
        return end <= start
    first = earliest_day(start) if isinstance(start, datetime) else start
    if isinstance(end, datetime):
        return latest_day(end) < first
    return end <= first


def _moment(value: object) -> datetime | None:
    try:
        return parse_moment(value) if isinstance(value, str) and "T" in value else None
    except BadTime:
        return None


def _items(records: Any, path: Path) -> Iterator[tuple[Path, str, str]]:
    for n, record in enumerate(groups_in(records)):
        program, fields = record.get("program"), record.get("fields")
        for m, ref in enumerate(fields if isinstance(fields, list) else []):
            if isinstance(program, str) and isinstance(ref, str):
                yield (*path, n, "fields", m), program, ref
