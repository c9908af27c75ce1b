"""What a row of demands must look like: columns, types, codes, months, and nothing missing."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from clerestory.kernel import Refusal
from clerestory.policy.model.shape import Shape, known_to_all

# A column's name, its type, and what that is called where it comes from.
HeldType = tuple[str, pa.DataType, str]
ROW = ("demand", "person", "resource.program", "resource.name")
MONTH = "month"
# Authorities are cited in anybody's own words; a policy finds those it knows among them.
_FREE = frozenset({"cited"})


class BadReplayFile(Refusal):
    """The rows cannot be replayed as they stand."""

    code = "replay-bad-file"
    todo = "write the file again: clerestory law rows, or law simulate"

    @classmethod
    def twice(cls, rows: int, demand: str) -> "BadReplayFile":
        """Return the fault of rows of which so many stand there once more."""
        return cls(
            f"{rows:,} rows stand there twice, the first in demand {demand}",
            code="replay-row-twice",
            todo="keep one row for each demand, person, program and field",
        )


@dataclass
class Faults:
    """What is wrong with the values of some rows, counted by column."""

    nulls: Counter[str] = field(default_factory=Counter)
    unknown: Counter[tuple[str, str]] = field(default_factory=Counter)
    days: int = 0

    def add(self, other: "Faults") -> None:
        """Count the faults of further rows."""
        self.nulls.update(other.nulls)
        self.unknown.update(other.unknown)
        self.days += other.days

    def __bool__(self) -> bool:
        return bool(self.nulls or self.unknown or self.days)

    def to_json(self) -> dict[str, Any]:
        """Return the counts for sending."""
        unknown = [[name, code, count] for (name, code), count in self.unknown.items()]
        return {"nulls": dict(self.nulls), "unknown": unknown, "days": self.days}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Faults":
        """Return the counts that were sent; nothing is no fault."""
        unknown = {(name, code): count for name, code, count in told.get("unknown", ())}
        nulls = Counter(told.get("nulls", {}))
        return cls(nulls=nulls, unknown=Counter(unknown), days=told.get("days", 0))

    def check_none(self) -> None:
        """Refuse rows with faults.

        Raises:
            BadReplayFile: There are some; the message gives counts and the most frequent one.
        """
        if self.nulls:
            name, count = _first(self.nulls)
            raise BadReplayFile(
                f"{sum(self.nulls.values()):,} values are missing, {count:,} of them in {name}",
                code="replay-null",
                todo="write unknown, none or an empty list where nothing is known",
            )
        if self.unknown:
            (name, code), count = _first(self.unknown)
            raise BadReplayFile(
                f"{sum(self.unknown.values()):,} codes are in no list of these packs, "
                f"{count:,} of them in {name}: {code}",
                code="replay-unknown-code",
                todo=f"correct the codes of {', '.join(sorted({n for n, _ in self.unknown}))}, or "
                "use the pack that defines them",
            )
        if self.days:
            raise BadReplayFile(
                f"a month is written as its first day; {self.days:,} rows have another",
                code="replay-month",
                todo="write the month of 2026-03-17 as 2026-03-01",
            )


@dataclass(frozen=True)
class DemandColumns:
    """The columns that the laws read. ``facts`` and ``sets`` say which codes each may hold."""

    facts: Mapping[str, frozenset[str]] = field(repr=False)
    sets: Mapping[str, frozenset[str]] = field(repr=False)

    @classmethod
    def of(cls, shapes: Sequence[Shape]) -> "DemandColumns":
        """Return the columns of rows that every law with these shapes can answer.

        Cedar is asked about whole rows, so every column is needed, and each law must know it.
        """
        return cls(
            facts=known_to_all([shape.facts for shape in shapes]),
            sets=known_to_all([shape.sets for shape in shapes]),
        )

    @property
    def names(self) -> list[str]:
        """The columns that are read, each once."""
        return list(dict.fromkeys([*ROW, MONTH, *self.facts, *self.sets]))

    def check_types(self, columns: Sequence[HeldType]) -> None:
        """Check that every column is there, once, and has its type.

        Raises:
            BadReplayFile: The first column that is not so.
        """
        check_once([name for name, _, _ in columns])
        held = {name: (kind, called) for name, kind, called in columns}
        missing = [name for name in self.names if name not in held]
        if missing:
            raise BadReplayFile(
                f"{len(missing)} columns are missing, the first of them {missing[0]}",
                code="replay-column-missing",
                todo=f"add {', '.join(missing[:8])}{' and the rest' if missing[8:] else ''}; "
                "docs/replay.md lists the columns",
            )
        for name in self.names:
            kind, called = held[name]
            wanted = _wanted(name, self.sets)
            if not wanted[1](kind):
                raise BadReplayFile(
                    f"the column {name} must be {wanted[0]}: {called}",
                    code="replay-column-type",
                    todo=f"write {name} as {wanted[0]}, then run the same again",
                )

    def faults(self, table: pa.Table) -> Faults:
        """Return what is wrong with the values of some rows."""
        return Faults(
            nulls=Counter(_nulls(table)),
            unknown=Counter(dict(self._unknown(table))),
            days=pc.sum(pc.not_equal(pc.day(table[MONTH]), 1)).as_py() or 0,
        )

    def _unknown(self, table: pa.Table) -> Iterator[tuple[tuple[str, str], int]]:
        for name, codes in {**self.facts, **self.sets}.items():
            if name in _FREE:
                continue
            for chunk in table[name].chunks:
                values = pc.list_flatten(chunk) if name in self.sets else chunk
                encoded = values if pa.types.is_dictionary(values.type) else (
                    values.dictionary_encode()
                )  # fmt: skip
                words = encoded.dictionary.to_pylist()
                strange = [n for n, word in enumerate(words) if word not in codes]
                for number in strange:
                    count = pc.sum(pc.equal(encoded.indices, number)).as_py() or 0
                    if count:
                        yield (name, str(words[number])), count


def check_once(names: Sequence[str]) -> None:
    """Check that no column stands twice, read or not.

    Where one name stands for two columns, or for two but for capitals, one reader would take the
    first and another the second.

    Raises:
        BadReplayFile: The first column that does.
    """
    counts = Counter(name.lower() for name in names)
    for name in names:
        if counts[name.lower()] > 1:
            raise BadReplayFile(
                f"the column {name} stands twice, or twice but for capitals",
                code="replay-column-twice",
                todo=f"write the rows with one column {name}, then run the same again",
            )


def _first(counts: Counter[Any]) -> tuple[Any, int]:
    """Return the most frequent one, by name where two are as frequent."""
    return min(counts.items(), key=lambda one: (-one[1], one[0]))


def _nulls(table: pa.Table) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in table.column_names:
        column = table[name]
        count = column.null_count
        if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
            count += pc.list_flatten(column).null_count
        if count:
            counts[name] = count
    return counts


def _wanted(name: str, sets: Mapping[str, object]) -> tuple[str, Callable[[pa.DataType], bool]]:
    if name == MONTH:
        return "a date", pa.types.is_date
    return ("a list of texts", _is_texts) if name in sets else ("a text", _is_text)


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_texts(kind: pa.DataType) -> bool:
    return (pa.types.is_list(kind) or pa.types.is_large_list(kind)) and _is_text(kind.value_type)
