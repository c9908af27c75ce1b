"""The columnar interpreter beside cedarpy's own batch, on the same made-up rows, in one run.

- ``columnar``: the answer to every row under the packs, all stages, once with facts as columns of
  texts and once as dictionary columns (as a Parquet file gives them); ``whole`` is the same with
  the determining policies, the duties and what a coarser answer gives, which cedarpy tells too.
- ``cedarpy``: bare: every request that the stages of the first rows make, already built, handed to
  cedarpy's batch with the same parsed policies and entities, and nothing else. No row is shared.
- ``replay``: the whole command on the file: checks, two laws, counts, Cedar on a sample.

The answers of both are compared row by row, and the run stops where one differs.
"""

import argparse
import json
import resource
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cedarpy
import pyarrow as pa
import pyarrow.parquet as pq

from clerestory.audit.case_score import list_case_files
from clerestory.audit.law_choice import LawChoice, choose_law
from clerestory.audit.replay.replay import Replay
from clerestory.audit.rows.known import known_rows
from clerestory.audit.rows.simulator import Mix, simulate
from clerestory.policy.circuit.circuit import OUTCOMES
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.interpreters.cedar import PolicySet, Response
from clerestory.policy.interpreters.columnar import ColumnarLaw
from clerestory.policy.interpreters.whole_answers import cedar_answers
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.schema import Request

ROOT = Path(__file__).parents[1]
FILES = list_case_files([ROOT / "casebook", *sorted((ROOT / "packs").glob("*/cases"))])
PACKS = ROOT / "packs"
TODAY = date(2026, 11, 2)


@dataclass(frozen=True)
class Batch:
    """One call of cedarpy that the stages make."""

    policies: PolicySet
    requests: list[dict[str, Any]]
    entities: cedarpy.Entities


def noted(law: LawOfTheDay, rows: list[Mapping[str, Any]]) -> tuple[list[str], list[Batch]]:
    """Answer the rows by Cedar and note every batch that this takes."""
    batches: list[Batch] = []
    decide = PolicySet.decide

    def noting(
        self: PolicySet, requests: list[Request], entities: cedarpy.Entities
    ) -> list[Response]:
        # A request is kept as it was: the stages fill its context later on.
        kept = [{**request, "context": dict(request["context"])} for request in requests]
        batches.append(Batch(self, kept, entities))
        return decide(self, requests, entities)

    PolicySet.decide = noting  # type: ignore[method-assign,assignment]
    try:
        return [answer.outcome for answer in cedar_answers(law, rows)], batches
    finally:
        PolicySet.decide = decide  # type: ignore[method-assign]


def bare(batches: list[Batch]) -> float:
    """Return the seconds that cedarpy needs for the batches alone."""
    started = time.perf_counter()
    for batch in batches:
        cedarpy.is_authorized_batch(batch.requests, batch.policies.handle, batch.entities)
    return time.perf_counter() - started


def seconds(compiled: ColumnarLaw, facts: pa.Table) -> float:
    """Return the seconds for all rows, the better of two runs."""
    taken: list[float] = []
    for _ in range(2):
        started = time.perf_counter()
        compiled.decide(facts)
        taken.append(time.perf_counter() - started)
    return min(taken)


def peak_mib() -> float:
    """Return the most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def replayed(path: Path, old: LawChoice, new: LawChoice, work: Path) -> float:
    """Return the seconds of a whole replay with a file that nobody has checked yet."""
    started = time.perf_counter()
    Replay(path, old, new, work).run(lambda _: None)
    return time.perf_counter() - started


def measure(rows: int, cases: int) -> Iterator[tuple[str, float]]:
    """Yield each figure with its name; stop if one answer differs."""
    old, new = (choose_law(name, PACKS, TODAY) for name in ("us-me@2025-01-01", "us-me"))
    law = LawOfTheDay.assemble(new.stack, new.on)
    compiled = ColumnarLaw(circuit_of(law))
    shape = compiled.circuit.shape
    mix = Mix.of([(row.demand, row.facts) for row in known_rows(PACKS, FILES)], shape)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "made-up.parquet"
        started = time.perf_counter()
        simulate(mix, shape, path, rows=rows, seed=1)
        yield "simulate_s", time.perf_counter() - started
        replay_s = replayed(path, old, new, Path(folder))
        yield "replay_s", replay_s
        yield "replay_rulings_a_second", 2 * rows / replay_s
        yield "replay_peak_mib", peak_mib()
        facts = pq.read_table(path)
    texts = facts.cast(
        pa.schema([(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type)
                   for f in facts.schema])
    )  # fmt: skip
    yield "policies", len(law.policies)
    yield "rows", rows
    as_dictionary, as_text = seconds(compiled, facts), seconds(compiled, texts)
    circuit = compiled.circuit
    told = {**circuit.determining, **circuit.coarser, **circuit.duties}
    whole = seconds(ColumnarLaw(circuit, told), facts)
    yield "columnar_rulings_a_second", rows / as_dictionary
    yield "columnar_rulings_a_second_texts", rows / as_text
    yield "columnar_rulings_a_second_whole", rows / whole
    step = max(1, rows // cases)
    places = range(0, step * cases, step)
    asked = facts.select(shape.columns).take(pa.array(places, pa.int64()))
    said_by_cedar, batches = noted(law, asked.to_pylist())
    assert [OUTCOMES[n] for n in compiled.decide(asked).outcome] == said_by_cedar
    peer = cases / bare(batches)
    yield "cedarpy_rows", cases
    yield "cedarpy_rulings_a_second", peer
    yield "ratio_to_cedarpy", rows / as_dictionary / peer
    yield "ratio_to_cedarpy_texts", rows / as_text / peer
    yield "ratio_to_cedarpy_whole", rows / whole / peer
    yield "peak_mib_all_rows_held", peak_mib()


def main() -> None:
    """Print the figures as a table, or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--small", action="store_true", help="twenty thousand rows")
    options = parser.parse_args()
    figures = dict(measure(*((20_000, 200) if options.small else (options.rows, 3_000))))
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    for name, value in figures.items():
        print(f"{name:32} {value:16,.1f}")


if __name__ == "__main__":
    main()
