"""A history leaves with its days, one beside each entry, and a coarser answer without them."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from clerestory.demands.demand import Item
from clerestory.demands.determination import Determination, Outcome, Ruling
from clerestory.disclosure.coarsening import CoarseningTables
from clerestory.disclosure.contents import Contents, prepare_contents, records_csv
from clerestory.disclosure.minimising import History, Value, minimise
from clerestory.disclosure.released import check_released, read_rulings
from clerestory.kernel import Corruption, canonical_bytes

HISTORY = History(("paid $361", "=paid $102"), ("2025-10-14", "2025-11-02"))


@dataclass(frozen=True)
class File:
    body: bytes


@pytest.fixture
def contents(
    make_ruling: Callable[..., Ruling], make_determination: Callable[..., Determination]
) -> Contents:
    ruled = make_determination(
        make_ruling("S1", "benefit_history", Outcome.RELEASE),
        make_ruling("S1", "notices", Outcome.RELEASE),
        make_ruling("S1", "address", Outcome.RELEASE),
        make_ruling("S1", "program_participation", Outcome.COARSEN, coarsen_to="month_yes_no"),
    )
    values: dict[Item, Value] = {
        Item("S1", "snap", "benefit_history"): HISTORY,
        Item("S1", "snap", "notices"): History(("notice",), ("2025-12-01",)),
        Item("S1", "snap", "address"): "1 Madeup Street",
        Item("S1", "snap", "program_participation"): History(("2025-10",), ("2025-10-01",)),
    }
    minimised = minimise(ruled, values, CoarseningTables(months=("2025-10", "2025-11")))
    return prepare_contents(minimised, letter_pdf=b"a letter")


def files_of(contents: Contents) -> dict[str, File]:
    return {part.path: File(b"".join(part.pieces())) for part in contents.parts}


def test_each_entry_of_a_history_has_its_day_beside_it(contents: Contents) -> None:
    files = files_of(contents)

    rows = {row["field"]: row for row in json.loads(files["data/records/S1.json"].body)["records"]}
    table = {
        line["field"]: line
        for line in csv.DictReader(
            io.StringIO(files["data/records/S1.csv"].body.decode("utf-8-sig"))
        )
    }

    assert rows["benefit_history"]["value"] == ["paid $361", "=paid $102"]
    assert rows["benefit_history"]["days"] == ["2025-10-14", "2025-11-02"]
    assert (rows["notices"]["value"], rows["notices"]["days"]) == ("notice", ["2025-12-01"])
    assert rows["program_participation"]["value"] == "2025-10: yes; 2025-11: no"
    assert "days" not in rows["program_participation"]
    assert "days" not in rows["address"]
    assert table["benefit_history"]["value"] == "paid $361; '=paid $102"
    assert table["benefit_history"]["days"] == "2025-10-14; 2025-11-02"
    assert table["address"]["days"] == ""


def test_a_package_without_a_history_has_the_columns_that_it_always_had() -> None:
    row = {"subject": "S1", "program": "snap", "field": "address", "outcome": "release",
           "precision": None, "value": "x", "file": None}  # fmt: skip

    assert records_csv([row]).decode("utf-8-sig").splitlines()[0] == (
        '"subject","program","field","outcome","precision","value","file"'
    )


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("benefit_history", {"days": ["2025-10-14"]}),
        ("benefit_history", {"days": ["2025-10-14", "in autumn"]}),
        ("benefit_history", {"days": "2025-10-14"}),
        ("benefit_history", {"days": [1, 2]}),
        ("program_participation", {"days": ["2025-10-01"]}),
        ("address", {"days": ["2025-10-01"], "value": None}),
        ("address", {"more": "x"}),
    ],
)
def test_days_of_something_else_are_an_alarm(
    contents: Contents, field: str, change: dict[str, Any]
) -> None:
    files = files_of(contents)
    check_released(files, read_rulings(files["data/determination.json"].body))
    body = json.loads(files["data/records/S1.json"].body)
    [row] = [row for row in body["records"] if row["field"] == field]
    row |= change
    files["data/records/S1.json"] = File(canonical_bytes(body))
    files["data/records/S1.csv"] = File(records_csv(body["records"]))

    with pytest.raises(Corruption) as caught:
        check_released(files, read_rulings(files["data/determination.json"].body))

    assert caught.value.code == "package-contents-unreadable"


def test_a_history_has_a_day_for_each_text() -> None:
    with pytest.raises(ValueError, match="one day: 1, 2"):
        History(("a",), ("2025-10-14", "2025-11-02"))
