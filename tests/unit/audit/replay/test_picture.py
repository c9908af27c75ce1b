"""A replay as a picture: what opens above the line, what closes below, each month in its place."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from clerestory.audit.replay.picture import picture
from clerestory.audit.replay.replay import Replayed

SVG = "{http://www.w3.org/2000/svg}"
OPENED, CLOSED = "#b3541e", "#1f5a87"


def flips(months: dict[str, tuple[int, int]]) -> Counter[tuple[str, str, str, str]]:
    found: Counter[tuple[str, str, str, str]] = Counter()
    for month, (opened, closed) in months.items():
        found["month", f"{month}-01", "withhold", "release"] = opened
        found["month", f"{month}-01", "release", "withhold"] = closed
    found["program", "snap", "withhold", "release"] = 7
    return found


FOUND = Replayed(
    old="us-aa",
    new="drafts/us-aa",
    rows=2_000,
    answers={},
    flips=flips({"2025-11": (0, 2), "2026-02": (20, 5)}),
    duties={},
    persons_newly_exposed=11,
    persons_no_longer_exposed=1,
    checked_with_cedar=16,
)


def drawn(found: Replayed) -> ElementTree.Element:
    return ElementTree.fromstring(picture(found))


def texts(found: Replayed, kind: str = "text") -> list[str]:
    return ["".join(node.itertext()) for node in drawn(found).iter(f"{SVG}{kind}")]


def bars(found: Replayed, color: str) -> list[float]:
    """Return the height of each bar of a color, by month; below the line it is negative."""
    groups = [g for g in drawn(found).iter(f"{SVG}g") if "role-mark" in (g.get("class") or "")]
    paths = [path for group in groups for path in group if path.get("fill") == color]
    shapes = [path.get("d") or "" for path in paths]
    sign = 1 if color == OPENED else -1
    return [sign * abs(float(shape.partition("v")[2].partition("h")[0])) for shape in shapes]


def test_what_opens_stands_above_and_what_closes_below_in_one_measure() -> None:
    opened, closed = bars(FOUND, OPENED), bars(FOUND, CLOSED)

    # Four months, since those in between have their place too.
    assert (len(opened), len(closed)) == (4, 4)
    assert opened[:3] == [0, 0, 0]
    assert [height / opened[3] for height in closed] == pytest.approx(
        [-2 / 20, 0, 0, -5 / 20], abs=0.001
    )


def test_both_begin_on_one_line() -> None:
    only_up = replace(FOUND, flips=flips({"2026-02": (20, 0)}))
    only_down = replace(FOUND, flips=flips({"2026-02": (0, 20)}))

    # Where nothing closes the line is at the bottom, and where nothing opens at the top.
    assert (line_at(only_up), line_at(only_down)) == (260, 0)
    assert 0 < line_at(FOUND) < 260


def line_at(found: Replayed) -> float:
    """Return how far below the top the line of zero is drawn."""
    (rule,) = (
        line
        for group in drawn(found).iter(f"{SVG}g")
        if "mark-rule role-mark" in (group.get("class") or "")
        for line in group
    )
    return float((rule.get("transform") or "").partition(",")[2].partition(")")[0])


def test_every_month_is_named_also_one_without_a_change() -> None:
    told = texts(FOUND)

    for text in (
        "2025-11",
        "2025-12",
        "2026-01",
        "2026-02",
        "month in which the demand was received",
    ):
        assert told.count(text) == 1, text
    assert "2026-03" not in told
    assert "rulings: closed below, opened above" in told
    assert {"opened (above the line)", "closed (below the line)"} <= set(told)


@pytest.mark.parametrize(("months", "named"), [(36, 36), (37, 7), (140, 24)])
def test_of_many_months_only_some_are_named_and_no_name_touches_the_next(
    months: int, named: int
) -> None:
    span = {f"{2015 + n // 12}-{n % 12 + 1:02}": (1, 1) for n in range(months)}

    svg = drawn(replace(FOUND, flips=flips(span)))

    labels = [
        node
        for node in svg.iter(f"{SVG}text")
        if "".join(node.itertext())[:3] == "201" or "".join(node.itertext())[:3] == "202"
    ]
    assert len(labels) == named
    lefts = [
        float((node.get("transform") or "").partition("(")[2].partition(",")[0]) for node in labels
    ]
    assert min(after - before for before, after in pairwise(lefts)) >= 13
    assert float(svg.get("width") or 0) <= 1_100


def test_the_axis_counts_without_a_sign() -> None:
    assert not [text for text in texts(FOUND) if text.startswith(("-", "−", "\u2212"))]


def test_the_words_say_what_the_picture_shows() -> None:
    assert texts(FOUND, "title") == ["Rulings that differ, by month received"]
    assert texts(FOUND, "desc") == [
        "Before: us-aa. After: drafts/us-aa. 20 opened and 7 closed in 2025-11 to 2026-02. "
        "2025-11: 0 opened, 2 closed. 2026-02: 20 opened, 5 closed."
    ]


def test_one_month_is_a_span_of_its_own() -> None:
    (said,) = texts(replace(FOUND, flips=flips({"2026-02": (1_234, 0)})), "desc")

    assert " 1,234 opened and 0 closed in 2026-02. " in said


def test_a_picture_of_nothing_says_so() -> None:
    nothing = replace(FOUND, flips=Counter(), made_up=True)

    told = " ".join(texts(nothing))
    assert "No ruling differs." in told
    assert "Every demand is made up." in told
    assert bars(nothing, OPENED) == bars(nothing, CLOSED) == []


@pytest.mark.parametrize("name", ['a<b>&"c"', "</svg><script>alert(1)</script>"])
def test_a_name_in_the_picture_is_text_and_nothing_else(name: str) -> None:
    found = replace(FOUND, old=name, new=f"{name}@2026-01-01")

    assert f"Before: {name}." in " ".join(texts(found))
    assert texts(found, "desc")[0].startswith(f"Before: {name}. After: {name}@2026-01-01. ")
    assert texts(found, "script") == []


def test_a_long_name_of_a_law_is_broken_and_not_cut() -> None:
    name = "/srv/law/" + "drafts/" * 30 + "us-me"

    told = "".join(texts(replace(FOUND, new=name))).replace(" ", "")

    assert name in told
