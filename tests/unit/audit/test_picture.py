"""Any chart: the same bytes each time, nothing fetched, and words for whoever does not see it."""

import subprocess
import sys
from xml.etree import ElementTree

import pytest

from clerestory.audit.picture import Part, draw, plain, wrapped

SVG = "{http://www.w3.org/2000/svg}"
CHART: dict[str, Part] = {
    "data": {"values": [{"a": "x", "b": 3}, {"a": "y", "b": 5}]},
    "mark": "bar",
    "encoding": {
        "x": {"field": "a", "type": "ordinal"},
        "y": {"field": "b", "type": "quantitative"},
    },
}


def test_the_same_chart_is_the_same_bytes_also_in_another_process() -> None:
    here = [draw(CHART, title="A title", said="Words.") for _ in range(2)]

    again = (
        "import sys; from clerestory.audit.picture import draw\n"
        f"sys.stdout.write(draw({CHART!r}, title='A title', said='Words.'))"
    )
    there = subprocess.run(
        [sys.executable, "-c", again], capture_output=True, text=True, check=True
    )

    assert here == [there.stdout] * 2
    assert here[0].endswith("</svg>\n")


def test_it_is_one_image_with_a_name_and_a_description() -> None:
    root = ElementTree.fromstring(draw(CHART, title='A <title> & "more"', said="1 < 2, x > y."))

    assert root.get("role") == "img"
    assert [(part.tag, part.text) for part in list(root)[:2]] == [
        (f"{SVG}title", 'A <title> & "more"'),
        (f"{SVG}desc", "1 < 2, x > y."),
    ]


def test_nothing_is_fetched() -> None:
    # Nobody listens there: were it asked, the error would be another.
    url = "http://127.0.0.1:1/rows.json"

    with pytest.raises(ValueError, match="not allowed"):
        draw({**CHART, "data": {"url": url}}, title="", said="")


def test_the_library_is_loaded_when_a_picture_is_drawn_and_not_before() -> None:
    look = (
        "import sys, clerestory.audit.lab.picture, clerestory.audit.replay.picture;"
        "import clerestory.cli.lab, clerestory.cli.law_replay, clerestory.cli.decide;"
        "print([name for name in sys.modules if name.startswith('vl_convert')])"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("plain", "plain"), ("a\x1b[31mb", "a [31mb"), ("a\x00\x01b", "a b"), ("\ud800x", " x")],
)
def test_what_no_xml_holds_becomes_a_space(text: str, shown: str) -> None:
    assert plain(text) == shown
    ElementTree.fromstring(draw(CHART, title=text, said=text))


def test_a_long_text_is_broken_and_cut_nowhere() -> None:
    words = "Five ways to control disclosure " * 5
    path = "/a" * 100

    lines = wrapped([words, path, ""], 420, 16)

    assert " ".join(lines[:-1]).replace(" /a", "/a").split("/a")[0].split() == words.split()
    assert "".join(lines).count("/a") == 100
    assert lines[-1] == ""
    assert max(map(len, lines)) <= 420 / (0.56 * 16)
