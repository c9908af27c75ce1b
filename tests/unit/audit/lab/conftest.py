"""A tiny scenario over the made-up pack, and rows of demands to try it on."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clerestory.audit.lab.regimes import Regimes
from clerestory.audit.lab.scenario import read_scenario
from clerestory.audit.rows.known import known_rows
from clerestory.audit.rows.writing import row_schema
from clerestory.law.packs import load_stack
from clerestory.policy.model.shape import shape_of

ON = date(2026, 3, 2)

SCENARIO = """
format = "clerestory-scenario/1"
title = "Made-up regimes"
law = "us-aa"
exposes = 'resource.name != "procedures"'
[demands]
rows = 10
seed = 1
[minutes]
demand = 1
demand_answered = 10
demand_to_counsel = 100
demand_refused = 1000
person_exposed = 10000
[[regime]]
id = "law"
says = "The law as it stands."
law = "us-aa"
[[regime]]
id = "old law"
says = "The law before."
law = "us-aa@2019-12-31"
[[regime]]
id = "named"
says = "Who is named."
release = 'context.established.contains("person_named")'
refer = 'context.paper.kind == "judicial_subpoena" || context.channel == "fax"'
[[group]]
id = "police"
says = "Police."
when = 'principal in Requester::"law_enforcement"'
"""
Row = dict[str, Any]


@pytest.fixture
def scenario() -> str:
    return SCENARIO


@pytest.fixture
def regimes(packs: Path) -> Callable[..., Regimes]:
    """Read a scenario over the made-up pack, with some texts of it replaced."""

    def read(*replaced: tuple[str, str], **settings: Any) -> Regimes:
        text = SCENARIO
        for old, new in replaced:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        return Regimes(read_scenario(text), packs, ON, **settings)

    return read


@pytest.fixture
def row(packs: Path) -> Row:
    """The facts of a known demand that the made-up law releases."""
    path = packs / "us-aa" / "cases" / "cases.yaml"
    first = next(iter(known_rows(packs, [path])))
    shape = shape_of(load_stack(packs, ["us-aa"]))
    whose = {"demand": "D1", "person": "P1", "month": date(2026, 1, 1)}
    return {**whose, **{path: first.facts[path] for path in shape.columns}}


@pytest.fixture
def table(packs: Path) -> Callable[..., pa.Table]:
    """Rows as a table with the columns of the made-up law."""
    schema = row_schema(shape_of(load_stack(packs, ["us-aa"])))
    return lambda rows: pa.Table.from_pylist(rows, schema)


@pytest.fixture
def file(tmp_path: Path, table: Callable[..., pa.Table]) -> Callable[..., Path]:
    """Write rows to a Parquet file, so many in a batch."""

    def written(rows: list[Row], *, batch: int = 100, made_up: bool = False) -> Path:
        path = tmp_path / "demands.parquet"
        whole = table(rows)
        if made_up:
            whole = whole.replace_schema_metadata({b"clerestory.made-up": b"yes"})
        pq.write_table(whole, path, row_group_size=batch)
        return path

    return written
