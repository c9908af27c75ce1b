"""A replay's result as lines, as CSV and for programs."""

import csv
import io
from collections import Counter
from dataclasses import replace

from clerestory.audit.replay.replay import DutyCount, Replayed
from clerestory.audit.replay.report import lines, table, to_json

FOUND = Replayed(
    old="us-aa",
    new="drafts/us-aa",
    rows=2_000,
    answers={
        ("release", "release"): 1_500,
        ("withhold", "withhold"): 475,
        ("withhold", "release"): 20,
        ("coarsen to year", "coarsen to county"): 3,
        ("release", "refer"): 2,
    },
    flips=Counter(
        {
            ("month", "2026-02-01", "withhold", "release"): 20,
            ("month", "2026-01-01", "release", "refer"): 2,
            ("month", "2026-01-01", "coarsen to year", "coarsen to county"): 3,
            ("program", "snap", "withhold", "release"): 20,
            ("program", "tanf", "release", "refer"): 2,
            ("program", "tanf", "coarsen to year", "coarsen to county"): 3,
        }
    ),
    duties={
        "log_disclosure": DutyCount(before=1_500, after=1_518, gained=20, lost=2),
        "written_reasons": DutyCount(before=475, after=475, gained=0, lost=0),
    },
    persons_newly_exposed=11,
    persons_no_longer_exposed=1,
    checked_with_cedar=16,
)
NOTHING = replace(
    FOUND, rows=0, answers={}, flips=Counter(), duties={}, persons_newly_exposed=0,
    persons_no_longer_exposed=0, checked_with_cedar=0,
)  # fmt: skip


def test_the_lines_tell_what_differs_and_by_what() -> None:
    assert (
        "\n".join(lines(FOUND))
        == """\
old  us-aa
new  drafts/us-aa
2,000 rulings, 25 differ (1.25%)
  withhold -> release                                  20
  coarsen to year -> coarsen to county                  3
  release -> refer                                      2
persons newly exposed                11  (each once in a demand)
persons no longer exposed             1
16 rows were put to cedar as well, with the same answers

program                                          opened       closed
  snap                                               20            0
  tanf                                                0            2

month                                            opened       closed
  2026-01-01                                          0            2
  2026-02-01                                         20            0

duty                                             gained         lost
  log_disclosure                                     20            2"""
    )


def test_no_rows_differ_in_nothing_and_what_is_made_up_is_called_so() -> None:
    assert list(lines(replace(NOTHING, made_up=True))) == [
        "every demand in this file is made up",
        "old  us-aa",
        "new  drafts/us-aa",
        "0 rulings, 0 differ (0.00%)",
        "persons newly exposed                 0  (each once in a demand)",
        "persons no longer exposed             0",
        "0 rows were put to cedar as well, with the same answers",
    ]


def test_of_many_values_the_largest_are_shown_but_every_month_is() -> None:
    many = Counter(
        {("field", f"field_{n:02}", "withhold", "release"): n for n in range(1, 16)}
        | {("month", f"{2020 + n}-01-01", "withhold", "release"): n for n in range(1, 16)}
    )

    told = list(lines(replace(FOUND, flips=many, duties={})))

    fields = told[told.index(next(t for t in told if t.startswith("field "))) + 1 :]
    assert [line.split()[0] for line in fields[:12]] == [f"field_{n:02}" for n in range(15, 3, -1)]
    assert fields[12] == "  and 3 more, in the table"
    months = fields[15:]
    assert [line.split()[0] for line in months] == [f"{2020 + n}-01-01" for n in range(1, 16)]


def test_the_table_has_one_line_for_each_flip_in_order() -> None:
    assert (
        table(FOUND)
        == """\
dimension,value,before,after,rulings
month,2026-01-01,coarsen to year,coarsen to county,3
month,2026-01-01,release,refer,2
month,2026-02-01,withhold,release,20
program,snap,withhold,release,20
program,tanf,coarsen to year,coarsen to county,3
program,tanf,release,refer,2
"""
    )


def test_a_value_with_commas_and_quotes_comes_back_from_the_table() -> None:
    value = 'a "field", so\nto say'
    found = replace(FOUND, flips=Counter({("field", value, "withhold", "release"): 1}))

    rows = list(csv.reader(io.StringIO(table(found), newline="")))

    assert rows[1] == ["field", value, "withhold", "release", "1"]


def test_the_result_for_programs_has_every_count() -> None:
    assert to_json(FOUND) == {
        "old": "us-aa",
        "new": "drafts/us-aa",
        "made_up": False,
        "rulings": 2_000,
        "rulings_changed": 25,
        "persons_newly_exposed": 11,
        "persons_no_longer_exposed": 1,
        "checked_with_cedar": 16,
        "answers": [
            {"before": "coarsen to year", "after": "coarsen to county", "rulings": 3},
            {"before": "release", "after": "refer", "rulings": 2},
            {"before": "release", "after": "release", "rulings": 1_500},
            {"before": "withhold", "after": "release", "rulings": 20},
            {"before": "withhold", "after": "withhold", "rulings": 475},
        ],
        "flips": [
            {"by": by, "value": value, "before": before, "after": after, "rulings": count}
            for (by, value, before, after), count in sorted(FOUND.flips.items())
        ],
        "duties": [
            {"duty": "log_disclosure", "before": 1_500, "after": 1_518, "gained": 20, "lost": 2},
            {"duty": "written_reasons", "before": 475, "after": 475, "gained": 0, "lost": 0},
        ],
    }
