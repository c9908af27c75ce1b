"""A comparison as a picture: for each measure one bar for each regime, with its number."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from clerestory.audit.lab.compare import Compared, Figures
from clerestory.audit.lab.counting import Counts
from clerestory.audit.lab.picture import picture
from clerestory.audit.lab.report import MEASURES
from clerestory.audit.lab.scenario import Scenario, read_scenario

SVG = "{http://www.w3.org/2000/svg}"


def figures(regime: str, scale: int, group: str = "all") -> Figures:
    return Figures(
        regime=regime,
        group=group,
        counts=Counts(demands=10 * scale, answered=5 * scale, to_counsel=3 * scale,
                      refused=2 * scale, referred=4 * scale, persons_exposed=7 * scale),
        rulings={"release": 8 * scale, "coarsen": scale, "refer": 4 * scale, "withhold": 6 * scale},
        fields_exposed=9 * scale,
        staff_minutes=90 * scale,
    )  # fmt: skip


FOUND = Compared(
    (figures("law", 1_000), figures("old law", 100), figures("named", 0), figures("law", 9, "few")),
    rows=19_000,
    checked_with_cedar=24,
    made_up=False,
)


@pytest.fixture
def read(scenario: str) -> Scenario:
    return read_scenario(scenario)


def texts(read: Scenario, found: Compared, kind: str = "text") -> list[str]:
    svg = ElementTree.fromstring(picture(read, found))
    return ["".join(node.itertext()) for node in svg.iter(f"{SVG}{kind}")]


def bars(read: Scenario, found: Compared) -> list[float]:
    """Return the width of each bar, in the order of the picture."""
    svg = ElementTree.fromstring(picture(read, found))
    drawn = [
        path.get("d") or "" for path in svg.iter(f"{SVG}path") if path.get("fill") == "#1f5a87"
    ]
    return [float(path.partition("h")[2].partition("v")[0]) for path in drawn]


def test_each_measure_has_a_bar_for_each_regime_on_a_scale_of_its_own(read: Scenario) -> None:
    assert bars(read, FOUND) == [480.0, 48.0, 0.0] * len(MEASURES)


def test_the_regimes_stand_in_the_order_of_the_scenario(read: Scenario) -> None:
    svg = ElementTree.fromstring(picture(read, FOUND))
    labels = [node for node in svg.iter(f"{SVG}text") if node.text in {"law", "old law", "named"}]
    heights = [
        (float((node.get("transform") or "").partition(",")[2].partition(")")[0]), node.text)
        for node in labels[:3]
    ]

    assert [name for _, name in sorted(heights)] == ["law", "old law", "named"]


def test_each_bar_has_its_name_and_its_number(read: Scenario) -> None:
    told = texts(read, FOUND)

    for text in [name for name, _ in MEASURES]:
        assert told.count(text) == 1, told
    for text in ("law", "old law", "named"):
        assert told.count(text) == len(MEASURES)
    for text in ("5,000", "500", "3,000", "300", "2,000", "1,500", "150"):
        assert text in told
    assert told.count("0") == len(MEASURES)


@pytest.mark.parametrize(
    ("made_up", "whose"),
    [(True, "Every demand is made up."), (False, "For counsel, not for publication.")],
)
def test_the_picture_and_its_description_say_whose_demands_they_are(
    made_up: bool, whose: str, read: Scenario
) -> None:
    found = replace(FOUND, made_up=made_up)

    note = f"{whose} 10,000 demands, 19,000 fields asked, under each regime."
    assert any(note in text for text in texts(read, found))
    assert texts(read, found, "title") == ["Made-up regimes"]
    (said,) = texts(read, found, "desc")
    assert said.startswith(note)
    assert "demands answered: law 5,000, old law 500, named 0. " in said
    assert said.endswith("staff hours: law 1,500, old law 150, named 0.")


def test_a_long_title_is_broken_and_not_cut(read: Scenario) -> None:
    words = ["Ways", "to", "control"] * 12

    told = " ".join(texts(replace(read, title=" ".join(words)), FOUND))

    assert all(told.count(word) == 12 for word in set(words))
    assert "…" not in told


@pytest.mark.parametrize("name", ['a<b>&"c"', "</text><script>alert(1)</script>", "a.b[0]\\'"])
def test_a_name_in_the_picture_is_text_and_nothing_else(name: str, read: Scenario) -> None:
    found = replace(FOUND, figures=(figures(name, 1_000),))
    titled = replace(read, title=name)

    told = texts(titled, found)

    assert told.count(name) == 1 + len(MEASURES)
    assert texts(titled, found, "title") == [name]
    assert texts(titled, found, "script") == []
