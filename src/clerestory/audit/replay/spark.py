"""Replay on Spark: each batch is answered and checked by the functions that do it on one machine.

An executor builds both laws once, from packs that must be those of the driver, and turns a batch of
rows into one line of JSON. The driver adds these as it adds the batches of a file.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from clerestory.audit.law_choice import LawChoice, choose_law
from clerestory.audit.proof import InterpretersDisagree
from clerestory.audit.replay.batch import TwoLaws
from clerestory.audit.replay.replay import Replayed, add_results
from clerestory.audit.rows.columns import ROW, BadReplayFile, DemandColumns, Faults, check_once
from clerestory.audit.rows.file import Say
from clerestory.audit.rows.simulator import MADE_UP
from clerestory.kernel import ClerestoryError, Refusal
from clerestory.policy.decide.engine import ENGINE

_KINDS = {"string": pa.string(), "date": pa.date32(), "array<string>": pa.list_(pa.string())}
Json = dict[str, Any]


class SparkFault(Refusal):
    """Spark is not there, does not start, or stops before it is done."""

    code = "spark-failed"
    todo = "read the log that is named, then run the same again, or take --engine local"


@dataclass(frozen=True, slots=True)
class PlacedLaws:
    """Where an executor finds two laws; the marks tell them, and the program, from all others."""

    names: tuple[str, str]
    folder: str
    marks: tuple[str, ...]

    @classmethod
    def of(cls, old: LawChoice, new: LawChoice, laws: TwoLaws, folder: Path) -> "PlacedLaws":
        """Name both laws by place and day, so that no executor asks what day it is."""
        first, second = (f"{_place(choice)}@{choice.on}" for choice in (old, new))
        return cls((first, second), str(folder.absolute()), _marks(laws))


@dataclass(frozen=True)
class SparkReplay:
    """Two laws, and rows that Spark reads: a Parquet file, a folder of them, or an address."""

    rows: str
    old: LawChoice
    new: LawChoice
    packs_folder: Path = field(repr=False)
    work: Path = field(repr=False)

    def run(self, session: Any, say: Say) -> Replayed:
        """Check and answer all rows.

        Raises:
            BadReplayFile: The rows are not in order, or changed meanwhile.
            InterpretersDisagree: Cedar answers a row otherwise.
            SparkFault: Spark gives up, or an executor has other packs.
        """
        laws = TwoLaws(self.old, self.new)
        placed = PlacedLaws.of(self.old, self.new, laws, self.packs_folder)
        before = _listed(self.rows)
        frame = self._read(session, laws.columns)
        try:
            say("answering on Spark")
            told = _told(frame, placed, laws.columns.names)
            _check(told)
            say("looking for rows that stand there twice")
            _check_twice(frame)
        except spark_errors() as fault:
            raise failed(self.work) from fault
        if _listed(self.rows) != before:
            raise BadReplayFile(
                f"the rows changed while they were read: {self.rows}",
                code="replay-file-changed",
                todo="let nobody write to them, then run the same again",
            )
        results = (one["result"] for one in told)
        return add_results(laws.names, results, made_up=_is_made_up(before))

    def _read(self, session: Any, columns: DemandColumns) -> Any:
        _check_names(self.rows)
        # Without looking into folders by itself Spark would take their names for columns.
        reader = session.read.option("mergeSchema", "true").option("recursiveFileLookup", "true")
        try:
            frame = reader.parquet(_one_place(self.rows))
        except spark_errors() as fault:
            raise BadReplayFile(
                f"no Parquet rows that can be read: {self.rows}",
                todo="give a Parquet file or a folder of them that Spark may read",
            ) from fault
        held = [(one.name, one.dataType.simpleString()) for one in frame.schema]
        columns.check_types([(name, _KINDS.get(kind, pa.null()), kind) for name, kind in held])
        # A dot in a name means a part of a column to Spark.
        return frame.select(
            *(frame[f"`{name}`"].alias(f"c{n}") for n, name in enumerate(columns.names))
        )


def spark_errors() -> tuple[type[Exception], ...]:
    """Return the errors by which Spark says that it gave up."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return PySparkException, Py4JError


def failed(work: Path) -> SparkFault:
    """Return the fault of a run that Spark gave up; its own words may quote a row."""
    return SparkFault(
        "Spark stopped before it was done",
        todo=f"read the last lines of {work / 'spark.log'}, then run the same again, or take "
        "--engine local",
    )


def _told(frame: Any, placed: PlacedLaws, names: list[str]) -> list[Json]:
    """Let the executors tell what is wrong with each batch, or else what is answered to it."""

    def answer(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            told = _answer(batch, placed, names)
            yield pa.RecordBatch.from_pydict({"told": [json.dumps(told)]})

    return [json.loads(row["told"]) for row in frame.mapInArrow(answer, "told string").collect()]


def _answer(batch: pa.RecordBatch, placed: PlacedLaws, names: list[str]) -> Json:
    try:
        laws = _laws_of(placed)
        table = _encoded(pa.Table.from_batches([batch]).rename_columns(names), laws.columns)
        faults = laws.columns.faults(table)
        return {"faults": faults.to_json()} if faults else {"result": laws.answer(table)}
    except ClerestoryError as fault:
        # Spark would tell the driver the whole way here instead of what was refused.
        return {"refused": [type(fault).__name__, str(fault), fault.code, fault.todo]}


@lru_cache(maxsize=1)
def _laws_of(placed: PlacedLaws) -> TwoLaws:
    """Build both laws, once in each of Spark's Python programs."""
    # Each name carries its day, so the day that counts without one is never asked for.
    choices = (choose_law(name, Path(placed.folder), date.min) for name in placed.names)
    laws = TwoLaws(*choices)
    if _marks(laws) != placed.marks:
        raise SparkFault(
            "an executor has other packs, or another version of the program, than the driver",
            code="spark-other-packs",
            todo="install the same version, with the same packs in the same place, on each machine",
        )
    return laws


def _marks(laws: TwoLaws) -> tuple[str, ...]:
    return (*laws.marks, ENGINE)


def _encoded(table: pa.Table, columns: DemandColumns) -> pa.Table:
    """Return the rows with texts as numbers in a list of codes, as a file gives them."""
    return pa.table(
        {
            name: table[name].dictionary_encode() if name in columns.facts else table[name]
            for name in table.column_names
        }
    )


def _check(told: list[Json]) -> None:
    # What is wrong with the rows is told first, however the batches were spread.
    faults = Faults()
    for one in told:
        faults.add(Faults.from_json(one.get("faults", {})))
    faults.check_none()
    for one in told:
        if "refused" in one:
            kind, message, code, todo = one["refused"]
            alarm = kind == InterpretersDisagree.__name__
            raise (InterpretersDisagree if alarm else SparkFault)(message, code=code, todo=todo)


def _check_twice(frame: Any) -> None:
    from pyspark.sql import functions

    key = [f"c{n}" for n in range(len(ROW))]
    twice = frame.groupBy(*key).count().where("count > 1")
    first, more = functions.min("c0"), functions.sum(functions.col("count") - 1)
    [(demand, count)] = twice.agg(first, more).collect()
    if count:
        raise BadReplayFile.twice(count, demand)


def _place(choice: LawChoice) -> str:
    place = choice.name.partition("@")[0]
    return str(Path(place).absolute()) if (Path(place) / "pack.toml").is_file() else place


def _listed(rows: str) -> Mapping[Path, tuple[int, int]]:
    """Return size and time of each file, where the rows are on this machine."""
    path = Path(rows)
    # Spark leaves out what begins so.
    below = (file for file in sorted(path.rglob("*")) if not file.name.startswith(("_", ".")))
    files = below if path.is_dir() else [path]
    found = {file: file.stat() for file in files if file.is_file()}
    return {file: (stat.st_size, stat.st_mtime_ns) for file, stat in found.items()}


def _check_names(rows: str) -> None:
    """Check the columns of each file that is on this machine; Spark would not say which is wrong.

    Raises:
        BadReplayFile: A column stands twice.
    """
    for file in _listed(rows):
        try:
            schema = pq.read_schema(file)
        except (OSError, pa.ArrowException):
            continue
        check_once(schema.names)


def _one_place(rows: str) -> str:
    """Return a path of this machine so that no sign in it stands for other paths to Spark."""
    if not Path(rows).exists():
        return rows
    return "".join("\\" + one if one in "*?[]{}\\" else one for one in rows)


def _is_made_up(files: Mapping[Path, object]) -> bool:
    """Whether every file says of itself that its rows are made up."""
    marked = [MADE_UP in (pq.read_schema(file).metadata or {}) for file in files]
    return bool(marked) and all(marked)
