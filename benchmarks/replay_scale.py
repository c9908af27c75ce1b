"""Whole replays of more and more made-up rows, and Spark on the same rows beside one machine.

- ``local``: the whole replay of a file that nobody has checked yet, in a process of its own, whose
  memory high-water is told.
- ``spark``: the same rows on Spark in local mode with two threads, its start told apart. The result
  must be that of ``local`` in all but how many rows were put to Cedar as well.

``--rows`` may be given several times; ``--rows 100000000`` needs 2 GB of disk and some minutes.
"""

import argparse
import json
import resource
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from clerestory.audit.case_score import list_case_files
from clerestory.audit.law_choice import LawChoice, choose_law
from clerestory.audit.replay.replay import Replay, Replayed
from clerestory.audit.replay.spark import SparkReplay
from clerestory.audit.rows.simulator import known_mix, simulate
from clerestory.cli.spark_session import spark_session

ROOT = Path(__file__).parents[1]
PACKS = ROOT / "packs"
FILES = list_case_files([ROOT / "casebook", *sorted(PACKS.glob("*/cases"))])
LAWS = ("us-me@2025-01-01", "us-me@2026-11-02")
T = TypeVar("T")


def laws() -> tuple[LawChoice, LawChoice]:
    """Return the two laws."""
    old, new = (choose_law(name, PACKS, date(2026, 11, 2)) for name in LAWS)
    return old, new


def alone(work: Callable[..., T], *given: object) -> T:
    """Run in a fresh process, so that its memory is its own."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(work, given)


def make(path: Path, rows: int) -> None:
    """Make rows up."""
    mix, shape = known_mix(PACKS, FILES)
    simulate(mix, shape, path, rows=rows, seed=1)


def local(path: Path, work: Path) -> tuple[Replayed, float, float, float]:
    """Return the result, the seconds, those of the processor, and the most memory held in MiB."""
    chosen = laws()
    started, busy = time.perf_counter(), time.process_time()
    found = Replay(path, *chosen, work).run(lambda _: None)
    taken, busy = time.perf_counter() - started, time.process_time() - busy
    return found, taken, busy, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def spark(path: Path, work: Path) -> tuple[Replayed, float, float]:
    """Return the result, the seconds of Spark's start, and those of the replay."""
    started = time.perf_counter()
    with spark_session("local[2]", work) as session:
        ready = time.perf_counter()
        found = SparkReplay(str(path), *laws(), PACKS, work).run(session, lambda _: None)
        return found, ready - started, time.perf_counter() - ready


def measure(sizes: Sequence[int], folder: Path, *, with_spark: bool) -> Iterator[tuple[str, float]]:
    """Yield each figure with its name; stop if Spark finds anything else."""
    each: list[float] = []
    for rows in sizes:
        path = folder / f"{rows}.parquet"
        alone(make, path, rows)
        found, taken, busy, peak = alone(local, path, folder / "local")
        each.append(busy / rows)
        yield f"{rows}_local_s", taken
        yield f"{rows}_local_processor_s", busy
        yield f"{rows}_local_rulings_a_second", 2 * rows / taken
        yield f"{rows}_local_peak_mib", peak
        yield f"{rows}_file_mib", path.stat().st_size / 2**20
        if with_spark:
            other, start, run = alone(spark, path, folder / "spark")
            assert replace(other, checked_with_cedar=found.checked_with_cedar) == found
            yield f"{rows}_spark_start_s", start
            yield f"{rows}_spark_s", run
            yield f"{rows}_spark_to_local", run / taken
        path.unlink()
    # The processor's time, since what else runs on the machine counts for less in it.
    yield "processor_time_a_row_last_to_first", each[-1] / each[0]


def main() -> None:
    """Print the figures as a table, or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rows", type=int, action="append", help="a size; give it again for more")
    parser.add_argument("--small", action="store_true", help="twenty and forty thousand rows")
    parser.add_argument("--no-spark", action="store_true", help="leave Spark out")
    options = parser.parse_args()
    sizes = [20_000, 40_000] if options.small else options.rows or [1_000_000, 10_000_000]
    can = all([find_spec("pyspark"), find_spec("pandas"), shutil.which("java")])
    with TemporaryDirectory() as folder:
        figures = measure(sizes, Path(folder), with_spark=can and not options.no_spark)
        if options.json:
            print(json.dumps(dict(figures), indent=1))
            return
        for name, value in figures:
            print(f"{name:40} {value:16,.2f}", flush=True)
    if not can:
        print("Spark is left out: pyspark, pandas or java is missing")


if __name__ == "__main__":
    main()
