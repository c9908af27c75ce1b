"""What a comparison found: a table for people, and one for other programs."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence

from clerestory.audit.lab.compare import Compared, Figures
from clerestory.audit.lab.scenario import Scenario
from clerestory.kernel.canonical import Json
from clerestory.policy.circuit.circuit import OUTCOMES

Measure = tuple[str, Callable[[Figures], int]]
# What is shown, in order; the hours are rounded, the other numbers exact.
MEASURES: Sequence[Measure] = (
    ("demands answered", lambda found: found.counts.answered),
    ("demands with counsel", lambda found: found.counts.to_counsel),
    ("demands refused", lambda found: found.counts.refused),
    ("people exposed", lambda found: found.counts.persons_exposed),
    ("fields exposed", lambda found: found.fields_exposed),
    ("fields withheld", lambda found: found.rulings["withhold"]),
    ("staff hours", lambda found: round(found.staff_minutes / 60)),
)
_NAME, _NUMBER = 22, 11


def notice(found: Compared) -> str:
    """Return what must stand beside the figures, wherever they are shown."""
    if found.made_up:
        return "every demand here is made up: no such demand was made, and no such person exists"
    return "counts of real demands, not suppressed: for counsel, and not for publication"


def lines(scenario: Scenario, found: Compared) -> Iterator[str]:
    """Yield the comparison for the terminal, one block for each group."""
    yield scenario.title
    yield notice(found)
    yield f"{found.rows:,} rulings under each of {len(scenario.regimes)} regimes"
    for group in scenario.groups:
        figures = [one for one in found.figures if one.group == group.id]
        yield ""
        yield f"{group.says} (demands: {figures[0].counts.demands:,})"
        yield " " * _NAME + "".join(f"{name:>{_NUMBER}}" for name in _heads(0))
        yield " " * _NAME + "".join(f"{name:>{_NUMBER}}" for name in _heads(1))
        for one in figures:
            numbers = "".join(f"{read(one):>{_NUMBER},}" for _, read in MEASURES)
            yield f"{one.regime:<{_NAME}}{numbers}"
    yield ""
    yield "people count once in a demand; staff hours rest on the minutes that the scenario assumes"
    yield f"{found.checked_with_cedar:,} rows were put to cedar as well, with the same answers"


def _heads(word: int) -> list[str]:
    return [name.split(" ")[word] for name, _ in MEASURES]


def to_json(found: Compared) -> dict[str, Json]:
    """Return the figures for a program; the same figures are the same bytes."""
    return {
        "made_up": found.made_up,
        "rulings": found.rows,
        "regimes": [_figures(one) for one in found.figures],
    }


def table(found: Compared) -> str:
    """Return the figures as CSV, one line for each group and regime."""
    rows = [_figures(one) for one in found.figures]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _figures(one: Figures) -> dict[str, Json]:
    return {
        "group": one.group,
        "regime": one.regime,
        "demands": one.counts.demands,
        "demands_answered": one.counts.answered,
        "demands_with_counsel": one.counts.to_counsel,
        "demands_refused": one.counts.refused,
        "demands_referred_in_part": one.counts.referred,
        "persons_exposed": one.counts.persons_exposed,
        "fields_exposed": one.fields_exposed,
        **{f"rulings_{answer}": one.rulings[answer] for answer in OUTCOMES},
        "staff_minutes": one.staff_minutes,
    }
