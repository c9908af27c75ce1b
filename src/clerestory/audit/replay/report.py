"""What a replay found, as lines and as tables for other programs."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence

from clerestory.audit.replay.batch import DIMENSIONS
from clerestory.audit.replay.replay import Replayed
from clerestory.kernel.canonical import Json
from clerestory.policy.circuit.circuit import direction

_SHOWN = 12


def lines(found: Replayed) -> Iterator[str]:
    """Yield the report for the terminal."""
    if found.made_up:
        yield "every demand in this file is made up"
    yield f"old  {found.old}"
    yield f"new  {found.new}"
    share = found.changed / found.rows if found.rows else 0.0
    yield f"{found.rows:,} rulings, {found.changed:,} differ ({share:.2%})"
    for (before, after), count in sorted(found.answers.items(), key=lambda one: -one[1]):
        if before != after:
            yield f"  {f'{before} -> {after}':<42} {count:>12,}"
    yield f"persons newly exposed      {found.persons_newly_exposed:>12,}  (each once in a demand)"
    yield f"persons no longer exposed  {found.persons_no_longer_exposed:>12,}"
    yield f"{found.checked_with_cedar:,} rows were put to cedar as well, with the same answers"
    for dimension in DIMENSIONS:
        yield from _block(dimension, by_value(found, dimension))
    moved = {label: c for label, c in found.duties.items() if c.gained or c.lost}
    if moved:
        yield ""
        yield f"{'duty':<42} {'gained':>12} {'lost':>12}"
    for label, duty in moved.items():
        yield f"  {label:<40} {duty.gained:>12,} {duty.lost:>12,}"


def _block(dimension: str, counts: Sequence[tuple[str, int, int]]) -> Iterator[str]:
    if not counts:
        return
    yield ""
    yield f"{dimension:<42} {'opened':>12} {'closed':>12}"
    kept = counts if dimension == "month" else counts[:_SHOWN]
    for value, opened, closed in kept:
        yield f"  {value:<40} {opened:>12,} {closed:>12,}"
    if len(kept) < len(counts):
        yield f"  and {len(counts) - len(kept)} more, in the table"


def by_value(found: Replayed, dimension: str) -> list[tuple[str, int, int]]:
    """Return each value with how many rulings open and close; months in order, others by size."""
    opened: Counter[str] = Counter()
    closed: Counter[str] = Counter()
    for (name, value, before, after), count in found.flips.items():
        if name == dimension:
            opened[value] += count * (direction(before, after) > 0)
            closed[value] += count * (direction(before, after) < 0)
    values = sorted({*opened, *closed})
    if dimension != "month":
        values.sort(key=lambda value: -opened[value] - closed[value])
    return [(value, opened[value], closed[value]) for value in values]


def table(found: Replayed) -> str:
    """Return the flips as CSV: dimension, value, before, after, rulings."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["dimension", "value", "before", "after", "rulings"])
    writer.writerows([*key, count] for key, count in sorted(found.flips.items()))
    return text.getvalue()


def to_json(found: Replayed) -> Json:
    """Return the whole result for a program."""
    return {
        "old": found.old,
        "new": found.new,
        "made_up": found.made_up,
        "rulings": found.rows,
        "rulings_changed": found.changed,
        "persons_newly_exposed": found.persons_newly_exposed,
        "persons_no_longer_exposed": found.persons_no_longer_exposed,
        "checked_with_cedar": found.checked_with_cedar,
        "answers": [
            {"before": before, "after": after, "rulings": count}
            for (before, after), count in sorted(found.answers.items())
        ],
        "flips": [
            {"by": name, "value": value, "before": before, "after": after, "rulings": count}
            for (name, value, before, after), count in sorted(found.flips.items())
        ],
        "duties": [
            {
                "duty": label,
                "before": count.before,
                "after": count.after,
                "gained": count.gained,
                "lost": count.lost,
            }
            for label, count in found.duties.items()
        ],
    }
