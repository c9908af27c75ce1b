"""Rows put to Cedar as well: silence where all agree, an alarm where one answer is another."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from clerestory.audit.lab import cedar_check
from clerestory.audit.lab.cedar_check import check_with_cedar
from clerestory.audit.lab.regimes import Regimes
from clerestory.audit.proof import InterpretersDisagree
from clerestory.policy.interpreters.cedar import PolicySet
from clerestory.policy.interpreters.columnar import ColumnarCircuit, Flags

Row = dict[str, Any]
Made = Callable[..., Regimes]
Rows = Callable[..., pa.Table]


@pytest.fixture
def rows(row: Row) -> list[Row]:
    """Four demands: released; referred by one regime; of another source; withheld by all."""
    fax = {"channel": "fax", "subject.relation": "listed_row", "subject.alone": "no"}
    return [
        row,
        {**row, "demand": "D2", **fax},
        {**row, "demand": "D3", "resource.source": "ssa"},
        {**row, "demand": "D4", **fax, "channel": "post"},
    ]


def met_by(regimes: Regimes, table: pa.Table) -> dict[str, Flags]:
    return ColumnarCircuit(regimes.circuit, regimes.wanted).met(table)


def test_what_the_table_says_is_what_cedar_says(
    regimes: Made, table: Rows, rows: list[Row]
) -> None:
    made, whole = regimes(), table(rows)
    met = met_by(made, whole)

    check_with_cedar(made, whole, met, [0, 1, 2, 3])

    assert met["release named"].tolist() == [True, False, True, False]
    assert met["refer named"].tolist() == [False, True, False, False]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("release law", 0),
        ("release old law", 0),
        ("coarsen law", 3),
        ("refer law", 3),
        ("release named", 1),
        # A regime refers only what it does not release, whatever its condition says.
        ("refer named", 0),
        ("refer named", 1),
        ("group police", 2),
        ("exposes", 3),
    ],
)
def test_another_answer_than_cedars_is_an_alarm(
    name: str, place: int, regimes: Made, table: Rows, rows: list[Row]
) -> None:
    made, whole = regimes(), table(rows)
    met = met_by(made, whole)
    wrong = np.array(met[name])
    wrong[place] = not wrong[place]

    with pytest.raises(InterpretersDisagree, match=rf"differ in demand D{place + 1}$") as alarm:
        check_with_cedar(made, whole, {**met, name: wrong}, [0, 1, 2, 3])

    assert alarm.value.code == "interpreters-disagree"


def test_only_the_rows_that_are_named_are_asked_about(
    regimes: Made, table: Rows, rows: list[Row]
) -> None:
    made, whole = regimes(), table(rows)
    nothing = {name: np.zeros(4, dtype=bool) for name in made.wanted}
    met = met_by(made, whole)
    only_first = {name: np.where([True, False, False, False], met[name], flags)
                  for name, flags in nothing.items()}  # fmt: skip

    check_with_cedar(made, whole, only_first, [0])
    check_with_cedar(made, whole, nothing, [])

    with pytest.raises(InterpretersDisagree, match=r"differ in demand D2$"):
        check_with_cedar(made, whole, only_first, [0, 1])


def test_a_condition_that_cedar_cannot_evaluate_is_an_alarm(
    regimes: Made, table: Rows, rows: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, whole = regimes(), table(rows)
    broken = {"==": {"left": {".": {"left": {"Var": "context"}, "attr": "nosuch"}},
                     "right": {"Value": "x"}}}  # fmt: skip
    parsed = PolicySet.parse([cedar_check._policy("exposes", broken)])
    laws = PolicySet.parse

    monkeypatch.setattr(
        PolicySet,
        "parse",
        lambda policies: parsed if policies[0].file == "scenario" else laws(policies),
    )

    with pytest.raises(InterpretersDisagree, match=r"^cedar cannot evaluate a condition: "):
        check_with_cedar(made, whole, met_by(made, whole), [0])
