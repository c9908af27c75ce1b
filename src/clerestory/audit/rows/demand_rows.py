"""Written demands as the rows that a replay takes: one for each person's field in a demand."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from clerestory.audit.rows.writing import GROUP_ROWS, check_new, row_schema, whole_file
from clerestory.demands.demand import Demand
from clerestory.kernel import Refusal
from clerestory.policy.decide.engine import Engine
from clerestory.policy.model.shape import Shape, flat_facts

Row = Mapping[str, Any]


def rows_of(demand: Demand, engine: Engine) -> Iterator[Row]:
    """Yield the rows of a demand, with its facts as of the engine's day.

    The person is the subject's ref, which means somebody within the demand alone, and the month is
    that of receipt.
    """
    docket = engine.docket(demand)
    vocabulary = engine.law.stack.vocabulary
    facts = []
    for case in docket.cases:
        program, _, name = case.resource.partition(".")
        source = engine.sources.get((program, name))
        facts.append(flat_facts(case.principal, case.resource, case.context, vocabulary, source))
    month = demand.received_on.replace(day=1)
    for item, place in docket.places.items():
        yield {"demand": demand.id, "person": item.subject, "month": month, **facts[place]}


def write_rows(demands: Iterable[tuple[Demand, Engine]], shape: Shape, path: Path) -> int:
    """Write the rows of demands to a Parquet file, and return how many there are.

    Args:
        demands: Each demand with the law of the day whose facts are wanted.
        shape: The facts and sets that become columns.
        path: The file; it is there whole or not at all.

    Raises:
        Refusal: The file exists already, two demands have one id, or there is no demand.
    """
    check_new(path, code="rows-file-exists")
    schema, written = row_schema(shape), 0
    rows = _rows_of_all(demands)
    first = list(islice(rows, GROUP_ROWS))
    if not first:
        raise Refusal(
            "there is no demand to write rows of",
            code="rows-no-demand",
            todo="name files of demands whose packs are all here",
        )
    with whole_file(path, schema) as writer:
        group = first
        while group:
            writer.write_table(pa.Table.from_pylist(group, schema))
            written += len(group)
            group = list(islice(rows, GROUP_ROWS))
    return written


def _rows_of_all(demands: Iterable[tuple[Demand, Engine]]) -> Iterator[Row]:
    seen: set[str] = set()
    for demand, engine in demands:
        if demand.id in seen:
            raise Refusal(
                f"two demands have one id: {demand.id}",
                code="rows-demand-twice",
                todo="give each demand its own id, and name each file once",
            )
        seen.add(demand.id)
        yield from rows_of(demand, engine)
