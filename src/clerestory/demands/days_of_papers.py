"""When a paper was signed and served, held against the day on which the demand came.

Nobody receives today what somebody signs tomorrow. That it was served may be found out later, and
an order that comes later may then accompany what was received: neither counts before its day. A
letter may follow a call.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from clerestory.demands.leaves import Problem, day_in, groups_in
from clerestory.kernel.bad_file import Path

_DEEPEST = 60


def find_days_of_papers(demand: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the days of the papers of a parsed demand, whatever its shape."""
    received, paper = demand.get("received"), demand.get("instrument")
    received = received if isinstance(received, Mapping) else {}
    came = day_in(received.get("date")) if received.get("channel") != "phone" else None
    signed = _on(paper.get("signed")) if isinstance(paper, Mapping) else None
    if came and signed and signed > came:
        yield Problem(
            path=("instrument", "signed", "on"),
            what=f"it was signed after the demand came: {signed} {came}", kind="dates",
            write_instead="check both days; a paper that came later accompanies this one, or is "
            "received by itself",
        )  # fmt: skip
    yield from _days(paper, ("instrument",))


def _days(paper: Any, path: Path) -> Iterator[Problem]:
    if not isinstance(paper, Mapping) or len(path) > _DEEPEST:
        return
    signed, served = (_on(paper.get(part)) for part in ("signed", "served"))
    if signed and served and served < signed:
        yield Problem(
            path=(*path, "served", "on"),
            what=f"it was served before it was signed: {served} {signed}", kind="dates",
            write_instead="check both days on the paper",
        )  # fmt: skip
    for place, extra in enumerate(groups_in(paper.get("accompanies"))):
        yield from _days(extra, (*path, "accompanies", place))


def _on(group: Any) -> date | None:
    return day_in(group.get("on")) if isinstance(group, Mapping) else None
