"""What a replay found, as lines, as tables for other programs, and as a picture."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

from clerestory.audit.replay.batch import DIMENSIONS
from clerestory.audit.replay.replay import Replayed
from clerestory.kernel.canonical import Json
from clerestory.policy.circuit import direction

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
    yield f"{found.checked_by_cedar:,} of the rows were put to cedar as well, with the same answers"
    for dimension in DIMENSIONS:
        yield from _block(dimension, _by_value(found, dimension))
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


def _by_value(found: Replayed, dimension: str) -> list[tuple[str, int, int]]:
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
        "checked_by_cedar": found.checked_by_cedar,
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


def picture(found: Replayed) -> str:
    """Return an SVG: for each month, rulings that open above the line, that close below it."""
    months = _by_value(found, "month")
    title = f"Rulings that differ, by month: {found.old} and {found.new}"
    width, half = max(360, 14 * len(months) + 80), 90
    top = max((max(opened, closed) for _, opened, closed in months), default=0) or 1
    bars = []
    for number, (month, opened, closed) in enumerate(months):
        left = 60 + 14 * number
        up, down = half * opened / top, half * closed / top
        said = f"{month[:7]}: {opened:,} opened, {closed:,} closed"
        bars.append(
            f"<g><title>{said}</title>"
            f'<rect x="{left}" y="{130 - up:.1f}" width="10" height="{up:.1f}" fill="#b3541e"/>'
            f'<rect x="{left}" y="{130}" width="10" height="{down:.1f}" fill="#1f5a87"/></g>'
        )
    # Only months in which a ruling differs have a bar, so the picture says so.
    ends = (
        f"{len(months)} months with a change, {months[0][0][:7]} to {months[-1][0][:7]}"
        if months
        else "no ruling differs"
    )
    note = "Every demand is made up." if found.made_up else ""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 275" role="img"'
            ' font-family="sans-serif" font-size="11">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{width}" height="275" fill="#fff"/>',
            '<text x="10" y="16" font-size="13">Rulings that differ, by month</text>',
            f'<text x="10" y="31">{escape(found.old)} and {escape(found.new)}</text>',
            f'<text x="10" y="{140 - half}">{top:,}</text><text x="10" y="{130 + half}">{top:,}'
            "</text>",
            '<text x="10" y="110" fill="#b3541e">opened</text>',
            '<text x="10" y="158" fill="#1f5a87">closed</text>',
            f'<line x1="55" y1="130" x2="{width - 10}" y2="130" stroke="#333"/>',
            *bars,
            f'<text x="60" y="250">{escape(ends)}.</text>',
            f'<text x="60" y="264">{note}</text>',
            "</svg>\n",
        ]
    )
