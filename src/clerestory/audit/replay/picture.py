"""What a replay found as a picture: for each month, rulings that open above, that close below."""

from collections.abc import Iterator, Sequence

from clerestory.audit.picture import CLOSED, INK, OPENED, Part, draw, wrapped
from clerestory.audit.replay.replay import Replayed
from clerestory.audit.replay.report import by_value

Month = tuple[str, int, int]
"""The month as 2026-02, and how many rulings open and close in it."""

_TITLE = "Rulings that differ, by month received"
_HEIGHT, _LEAST_WIDTH, _MOST_WIDTH = 260, 420, 960
_LEAST_EACH, _MOST_EACH, _MOST_BAR = 4, 16, 32
# More than this many names would run into each other: then only some months are named.
_NAMED = 36


def picture(found: Replayed) -> str:
    """Return an SVG; a month without a change in between stands as an empty place."""
    counts = [(day[:7], opened, closed) for day, opened, closed in by_value(found, "month")]
    months = list(_without_gaps(counts))
    width = _width(len(months))
    said = [f"Before: {found.old}.", f"After: {found.new}.", _summary(months)]
    if found.made_up:
        said.append("Every demand is made up.")
    chart: dict[str, Part] = {
        "title": {
            "text": wrapped([_TITLE], width, 16),
            "subtitle": wrapped(said, width, 12),
        },
        "width": width,
        "height": _HEIGHT if months else 40,
        "data": {"values": _values(months)},
        "layer": _layers(months, width) if months else [_nothing()],
    }
    told = [f"{month}: {up:,} opened, {down:,} closed." for month, up, down in months if up or down]
    return draw(chart, title=_TITLE, said=" ".join([*said, *told]))


def _width(months: int) -> int:
    """Return a width on which a screen shows the whole, unless the bars became too thin to see."""
    wide = min(_MOST_WIDTH, max(_LEAST_WIDTH, _MOST_EACH * months))
    return max(wide, _LEAST_EACH * months)


def _without_gaps(months: Sequence[Month]) -> Iterator[Month]:
    """Yield every month from the first to the last: a bar's place is when it was."""
    counts = {month: (month, opened, closed) for month, opened, closed in months}
    if not counts:
        return
    year, month = map(int, min(counts).split("-"))
    while (name := f"{year:04}-{month:02}") <= max(counts):
        yield counts.get(name, (name, 0, 0))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _summary(months: Sequence[Month]) -> str:
    changed = [month for month, opened, closed in months if opened or closed]
    if not changed:
        return "No ruling differs."
    opened = sum(count for _, count, _ in months)
    closed = sum(count for _, _, count in months)
    span = changed[0] if len(changed) == 1 else f"{changed[0]} to {changed[-1]}"
    return f"{opened:,} opened and {closed:,} closed in {span}."


def _values(months: Sequence[Month]) -> list[Part]:
    return [
        {"month": month, "what": what, "rulings": count}
        for month, opened, closed in months
        for what, count in (("opened", opened), ("closed", -closed))
    ]


def _layers(months: Sequence[Month], width: int) -> list[Part]:
    every = len(months) <= _NAMED
    named: list[Part] = [m for m, _, _ in months if every or m.endswith(("-01", "-07"))]
    across: Part = {
        "field": "month",
        "type": "ordinal",
        "title": "month in which the demand was received",
        "axis": {"values": named, "labelAngle": -90, "orient": "bottom", "grid": False},
        "scale": {"paddingInner": 0.3},
    }
    up: Part = {
        "field": "rulings",
        "type": "quantitative",
        "title": "rulings: closed below, opened above",
        "axis": {"labelExpr": "format(abs(datum.value), ',')", "tickMinStep": 1},
    }
    color: Part = {
        "field": "what",
        "type": "nominal",
        "title": None,
        "scale": {"domain": ["opened", "closed"], "range": [OPENED, CLOSED]},
        "legend": {
            "orient": "top",
            "symbolType": "square",
            "labelExpr": "datum.label == 'opened' ? 'opened (above the line)' : "
            "'closed (below the line)'",
        },
    }
    zero: Part = {
        "data": {"values": [{}]},  # one line, and not one for each bar
        "mark": {"type": "rule", "color": INK},
        "encoding": {"y": {"datum": 0}},
    }
    wide = round(min(_MOST_BAR, 0.7 * width / len(months)), 1)
    bars: Part = {
        "mark": {"type": "bar", "width": wide},
        "encoding": {"x": across, "y": up, "color": color},
    }
    return [bars, zero]


def _nothing() -> Part:
    mark: Part = {"type": "text", "align": "left", "color": INK, "fontSize": 12, "x": 0}
    return {"mark": mark, "encoding": {"text": {"value": ""}}}
