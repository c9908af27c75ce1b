"""What a comparison found as a picture: for each measure one bar for each regime."""

from collections.abc import Sequence

from clerestory.audit.lab.compare import Compared
from clerestory.audit.lab.report import MEASURES
from clerestory.audit.lab.scenario import ALL, Scenario
from clerestory.audit.picture import CLOSED, INK, Part, draw, plain, wrapped

_WIDTH, _BAR, _SIDE = 480, 18, 120
_NOTE = "Staff hours rest on the minutes that the scenario assumes. People count once in a demand."


def picture(scenario: Scenario, found: Compared) -> str:
    """Return an SVG of all demands; each measure has a scale of its own."""
    figures = [one for one in found.figures if one.group == ALL]
    whole = [(name, [(plain(one.regime), read(one)) for one in figures]) for name, read in MEASURES]
    said = [_note(found), _NOTE]
    chart: dict[str, Part] = {
        "title": {
            "frame": "bounds",
            "text": wrapped([scenario.title], _WIDTH + _SIDE, 16),
            "subtitle": wrapped(said, _WIDTH + _SIDE, 12),
        },
        "spacing": 14,
        "vconcat": [_bars(name, values) for name, values in whole],
    }
    told = " ".join(
        f"{name}: {', '.join(f'{regime} {value:,}' for regime, value in values)}."
        for name, values in whole
    )
    return draw(chart, title=scenario.title, said=" ".join([*said, told]))


def _note(found: Compared) -> str:
    whose = "Every demand is made up." if found.made_up else "For counsel, not for publication."
    demands = found.figures[0].counts.demands
    return f"{whose} {demands:,} demands, {found.rows:,} fields asked, under each regime."


def _bars(name: str, values: Sequence[tuple[str, int]]) -> Part:
    """Return the bars of one measure, each with its number beside it."""
    rows: list[Part] = [{"regime": regime, "value": value} for regime, value in values]
    order: list[Part] = [regime for regime, _ in values]
    most = max((value for _, value in values), default=0) or 1
    regime: Part = {
        "field": "regime",
        "type": "nominal",
        "title": None,
        "sort": order,
        # Names are cut nowhere, so a long one makes the picture wider.
        "axis": {"domain": False, "ticks": False, "labelPadding": 8},
    }
    value: Part = {
        "field": "value",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, most], "nice": False},
    }
    text: Part = {"field": "value", "type": "quantitative", "format": ","}
    number: Part = {"type": "text", "align": "left", "dx": 5, "color": INK, "fontSize": 11}
    return {
        "title": {"text": name, "anchor": "start", "fontSize": 12, "offset": 4, "color": INK},
        "width": _WIDTH,
        "height": {"step": _BAR},
        "data": {"values": rows},
        "encoding": {"y": regime, "x": value},
        "layer": [
            {"mark": {"type": "bar", "color": CLOSED, "height": {"band": 0.7}}},
            {"mark": number, "encoding": {"text": text}},
        ],
    }
