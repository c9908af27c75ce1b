"""The columnar interpreter beside cedarpy's own batch, on the same made-up rows, in one run.

Both give the whole answer of every stage under both packs; the answers are compared row by row.
"""

import argparse
import json
import resource
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from clerestory.audit.case_score import list_case_files
from clerestory.audit.known_rows import known_rows
from clerestory.audit.simulator import Mix, simulate
from clerestory.demands.demand import Item
from clerestory.law.packs import load_stack
from clerestory.policy.circuit_of_law import circuit_of
from clerestory.policy.interpreters.columnar import OUTCOMES, ColumnarLaw
from clerestory.policy.law_of_the_day import LawOfTheDay
from clerestory.policy.stages import run

ROOT = Path(__file__).parents[1]
FILES = list_case_files([ROOT / "casebook", *sorted((ROOT / "packs").glob("*/cases"))])
NAMES = {"refer_to_counsel": "refer"}


def measure(rows: int, cases: int) -> dict[str, float]:
    """Return seconds, rates and the ratio; stop if one answer differs."""
    law = LawOfTheDay.assemble(load_stack(ROOT / "packs", ["us-me"]), date(2026, 11, 2))
    circuit = circuit_of(law)
    compiled = ColumnarLaw(circuit)
    known = list(known_rows(ROOT / "packs", FILES))
    mix = Mix.of([(row.demand, row.facts) for row in known], circuit.shape)
    with TemporaryDirectory() as folder:
        simulate(mix, circuit.shape, Path(folder) / "made-up.parquet", rows=rows, seed=1)
        facts = pq.read_table(Path(folder) / "made-up.parquet")
    compiled.decide(facts.slice(0, 1000))
    started = time.perf_counter()
    compiled.decide(facts)
    columnar = time.perf_counter() - started
    asked = [row.case for row in known[:cases]]
    items = [Item("S1", *case.resource.split(".", 1)) for case in asked]
    entities = law.entities(items)
    started = time.perf_counter()
    findings = run(law, asked, entities)
    cedar = time.perf_counter() - started
    for row, found in zip(known[:cases], findings, strict=True):
        values = circuit.evaluate(row.facts)
        (answer,) = (name for name in OUTCOMES if values[circuit.outcomes[name]])
        assert answer == NAMES.get(found.outcome.value, found.outcome.value), row.demand
    rate, peer = rows / columnar, len(asked) / cedar
    return {
        "policies": len(law.policies),
        "rows": rows,
        "columnar_s": columnar,
        "columnar_rows_a_second": rate,
        "cedarpy_cases": len(asked),
        "cedarpy_s": cedar,
        "cedarpy_rows_a_second": peer,
        "ratio_to_cedarpy": rate / peer,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    """Print the figures as a table, or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--small", action="store_true", help="twenty thousand rows")
    options = parser.parse_args()
    figures = measure(*((20_000, 200) if options.small else (options.rows, 3_000)))
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    for name, value in figures.items():
        print(f"{name:24} {value:14.3f}")


if __name__ == "__main__":
    main()
