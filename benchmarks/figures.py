"""A figure of a benchmark, beside what it is compared with, and how it is taken and shown."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measurement, beside what it is compared with."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    ratio_to: str = ""
    goal: str = ""
    met: bool | None = None


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def table(figures: list[Figure]) -> str:
    """Show the figures to a person."""
    lines = []
    for one in figures:
        ratio = f"{one.ratio:8.3f} of {one.ratio_to}" if one.ratio is not None else ""
        answer = "" if one.met is None else ("met" if one.met else "NOT MET")
        value = f"{one.value:14,.2f} {one.unit:<10}"
        lines.append(f"{one.name:<48} {value} {ratio:<24} {one.goal:<9} {answer}".rstrip())
    return "\n".join(lines)
