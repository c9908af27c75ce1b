"""When a paper was signed and served, held against the day on which the demand came.

Nobody receives today what a judge signs tomorrow. A paper that comes later is received by itself:
added to a demand that is there already, it would open records as if it had come with it.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from clerestory.demands.leaves import Problem, day_in, groups_in
from clerestory.kernel.bad_file import Path

_DEEPEST = 60


def find_days_of_papers(demand: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield each paper of a parsed demand, whatever its shape, that came before it was there."""
    received = demand.get("received")
    came = day_in(received.get("date")) if isinstance(received, Mapping) else None
    yield from _days(demand.get("instrument"), came, ("instrument",))


def _days(paper: Any, came: date | None, path: Path) -> Iterator[Problem]:
    if not isinstance(paper, Mapping) or len(path) > _DEEPEST:
        return
    signed, served = (_on(paper.get(part)) for part in ("signed", "served"))
    for part, day in (("signed", signed), ("served", served)):
        if came and day and day > came:
            yield Problem(
                path=(*path, part, "on"),
                what=f"it was {part} after the demand came: {day} {came}", kind="dates",
                write_instead="check both days; a paper that came later is received by itself",
            )  # fmt: skip
    if signed and served and served < signed:
        yield Problem(
            path=(*path, "served", "on"),
            what=f"it was served before it was signed: {served} {signed}", kind="dates",
            write_instead="check both days on the paper",
        )  # fmt: skip
    for place, extra in enumerate(groups_in(paper.get("accompanies"))):
        yield from _days(extra, came, (*path, "accompanies", place))


def _on(group: Any) -> date | None:
    return day_in(group.get("on")) if isinstance(group, Mapping) else None
