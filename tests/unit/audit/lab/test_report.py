"""A comparison as lines, for programs and as CSV."""

import csv
import io
from dataclasses import replace

import pytest

from clerestory.audit.lab.compare import Compared, Figures
from clerestory.audit.lab.counting import Counts
from clerestory.audit.lab.report import lines, table, to_json
from clerestory.audit.lab.scenario import Scenario, read_scenario


def figures(regime: str, group: str, scale: int) -> Figures:
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
    tuple(
        figures(regime, group, scale)
        for group, scales in (("all", (1_000, 100, 0)), ("police", (10, 1, 0)))
        for regime, scale in zip(("law", "old law", "named"), scales, strict=True)
    ),
    rows=19_000,
    checked_with_cedar=24,
    made_up=False,
)
MADE_UP = replace(FOUND, made_up=True)


@pytest.fixture
def read(scenario: str) -> Scenario:
    return read_scenario(scenario)


def test_the_lines_have_a_block_for_each_group_and_a_line_for_each_regime(read: Scenario) -> None:
    assert (
        "\n".join(lines(read, FOUND))
        == """\
Made-up regimes
counts of real demands, not suppressed: for counsel, and not for publication
19,000 rulings under each of 3 regimes

all demands (demands: 10,000)
                          demands    demands    demands     people     fields     fields      staff
                         answered       with    refused    exposed    exposed   withheld      hours
law                         5,000      3,000      2,000      7,000      9,000      6,000      1,500
old law                       500        300        200        700        900        600        150
named                           0          0          0          0          0          0          0

Police. (demands: 100)
                          demands    demands    demands     people     fields     fields      staff
                         answered       with    refused    exposed    exposed   withheld      hours
law                            50         30         20         70         90         60         15
old law                         5          3          2          7          9          6          2
named                           0          0          0          0          0          0          0

people count once in a demand; staff hours rest on the minutes that the scenario assumes
24 rows were put to cedar as well, with the same answers"""
    )


def test_what_is_made_up_is_called_so(read: Scenario) -> None:
    assert list(lines(read, MADE_UP))[1] == (
        "every demand here is made up: no such demand was made, and no such person exists"
    )


def test_the_figures_for_programs_have_every_count() -> None:
    document = to_json(FOUND)

    regimes = document["regimes"]
    assert isinstance(regimes, list)
    assert (document["made_up"], document["rulings"], len(regimes)) == (False, 19_000, 6)
    assert regimes[0] == {
        "group": "all",
        "regime": "law",
        "demands": 10_000,
        "demands_answered": 5_000,
        "demands_with_counsel": 3_000,
        "demands_refused": 2_000,
        "demands_referred_in_part": 4_000,
        "persons_exposed": 7_000,
        "fields_exposed": 9_000,
        "rulings_release": 8_000,
        "rulings_coarsen": 1_000,
        "rulings_refer": 4_000,
        "rulings_withhold": 6_000,
        "staff_minutes": 90_000,
    }


def test_the_table_has_a_line_for_each_group_and_regime() -> None:
    head, first, *_ = table(FOUND).splitlines()

    assert head == (
        "group,regime,demands,demands_answered,demands_with_counsel,demands_refused,"
        "demands_referred_in_part,persons_exposed,fields_exposed,rulings_release,rulings_coarsen,"
        "rulings_refer,rulings_withhold,staff_minutes"
    )
    assert first == "all,law,10000,5000,3000,2000,4000,7000,9000,8000,1000,4000,6000,90000"
    assert len(table(FOUND).splitlines()) == 7


def test_a_name_with_commas_and_quotes_comes_back_from_the_table() -> None:
    name = 'the "law",\nas it was'
    found = replace(FOUND, figures=(replace(FOUND.figures[0], regime=name),))

    _, row = csv.reader(io.StringIO(table(found), newline=""))

    assert row[:3] == ["all", name, "10000"]
