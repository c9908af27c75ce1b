"""Pictures: a chart said in Vega-Lite becomes an SVG, the same bytes each time, without a network.

The library is loaded when a picture is drawn and not before. Colors differ in lightness as well as
in hue, so that they can be told apart in gray and by the color-blind, and never carry a meaning
that no word or place carries.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

Part = str | int | float | None | Sequence["Part"] | Mapping[str, "Part"]
"""A part of a chart in Vega-Lite: JSON, in which a number may have a fraction."""

INK, QUIET = "#1b1b1b", "#565c65"
OPENED, CLOSED = "#b3541e", "#1f5a87"
_VERSION = "6.4"
# Bundled with the library, so that text is measured alike on every machine.
_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
_CONFIG: dict[str, Part] = {
    "background": "#ffffff",
    "font": _FONT,
    "padding": 16,
    "view": {"stroke": None},
    "title": {
        "anchor": "start",
        "color": INK,
        "fontSize": 16,
        "fontWeight": "bold",
        "frame": "group",
        "offset": 16,
        "subtitleColor": QUIET,
        "subtitleFontSize": 12,
        "subtitlePadding": 6,
    },
    "axis": {
        "domainColor": QUIET,
        "gridColor": "#dfe1e2",
        "labelColor": INK,
        "labelFontSize": 11,
        "labelLimit": 0,
        "tickColor": QUIET,
        "titleColor": INK,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]+")
_ROOT = re.compile(r"<svg [^>]*>")


def draw(chart: dict[str, Part], *, title: str, said: str) -> str:
    """Return an SVG of a chart, with words for whoever does not see it.

    Args:
        chart: In Vega-Lite, with its data inside.
        title: What the picture is of.
        said: The same as the picture shows, in sentences.
    """
    import vl_convert

    svg = vl_convert.vegalite_to_svg(
        chart, vl_version=_VERSION, config=_CONFIG, allowed_base_urls=[]
    )
    words = f"<title>{escape(plain(title))}</title><desc>{escape(plain(said))}</desc>"
    # One image with a name and a description, and not a hundred shapes to step through.
    return _ROOT.sub(lambda root: f'{root[0][:-1]} role="img">{words}', svg, count=1) + "\n"


def plain(text: str) -> str:
    """Return a text without the characters that no XML holds and no picture shows."""
    return _CONTROLS.sub(" ", text)


def wrapped(texts: Sequence[str], width: int, size: int) -> list[str]:
    """Break each text into lines that fit.

    Args:
        texts: What begins a line of its own.
        width: How wide a line may be, in pixels.
        size: Of the letters, in pixels.
    """
    # The average letter is half as wide as it is high; a little more, for capitals and digits.
    letters = max(20, int(width / (0.56 * size)))
    return [line for text in texts for line in textwrap.wrap(plain(text), letters) or [""]]
