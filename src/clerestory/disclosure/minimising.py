"""As little as the rulings allow: what may enter a package, by construction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from clerestory.demands.demand import Item
from clerestory.demands.determination import Determination, Outcome, Ruling
from clerestory.disclosure.coarsening import SHAPES, YES_OR_NO, CoarseningTables, coarsen
from clerestory.disclosure.given_files import FileState
from clerestory.kernel import Corruption, Refusal

_OPEN = frozenset({Outcome.RELEASE, Outcome.COARSEN})
_NO_TABLES = CoarseningTables()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A value that is a file: a photo, a scanned form. ``suffix`` is like ``.pdf``.

    ``seen`` is the state in which a file was looked at; in another one it is not packed.
    """

    source: bytes | Path
    suffix: str
    seen: FileState | None = None

    def __post_init__(self) -> None:
        if not (self.suffix.startswith(".") and self.suffix[1:].isascii()):
            raise ValueError(f"a suffix must be a dot and letters: {self.suffix}")
        if not (self.suffix[1:].isalnum() and self.suffix.islower()):
            raise ValueError(f"a suffix must be lower-case letters and digits: {self.suffix}")


class History(tuple[str, ...]):
    """Several texts, oldest first, each with its day: without it nobody could read a history.

    It is a tuple of its texts, so that whatever looks at texts sees these as well.
    """

    days: tuple[str, ...]

    def __new__(cls, texts: Iterable[str], days: Iterable[str]) -> "History":
        """Return the texts with their days, one for each."""
        made = super().__new__(cls, texts)
        made.days = tuple(days)
        if len(made.days) != len(made):
            raise ValueError(f"each text of a history has one day: {len(made)}, {len(made.days)}")
        return made


Value = str | tuple[str, ...] | Attachment | None
"""One text, several (one a row of the source, oldest first), a file, or nothing on file.

Texts that have days are a :class:`History`, also where there is one alone.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One answer that may leave. A value of ``None`` says that nothing is on file."""

    item: Item
    precision: str | None
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimised:
    """The answers of one determination that may leave, and nothing else.

    Raises:
        Corruption: A record is not one that ``determination`` releases, or is finer than the
            ruling says. This is an alarm: something upstream read what it must not read.
    """

    determination: Determination
    records: tuple[Record, ...]

    def __post_init__(self) -> None:
        rulings = _rulings(self.determination)
        seen: set[Item] = set()
        for record in self.records:
            _check_record(record, rulings.get(record.item))
            if record.item in seen:
                raise Corruption(
                    f"a package holds each answer once: {record.item.ref}",
                    code="disclosure-value-twice",
                )
            seen.add(record.item)


def permitted_items(determination: Determination) -> tuple[Item, ...]:
    """Return the items whose values may be read from the source at all, sorted."""
    return tuple(
        sorted(item for item, ruling in _rulings(determination).items() if ruling.outcome in _OPEN)
    )


def minimise(
    determination: Determination,
    values: Mapping[Item, Value],
    tables: CoarseningTables = _NO_TABLES,
) -> Minimised:
    """Cut ``values`` down to what the rulings let leave.

    ``values`` holds exactly the :func:`permitted_items`. One value more is an alarm, because a
    field that may not leave may not be read either; one value less is refused.

    Raises:
        Corruption: A value is there that the determination does not release.
        Refusal: A permitted value is missing, a coarser answer cannot be made, nothing may
            leave, or the determination carries an alarm.
    """
    _check_may_leave(determination)
    rulings = _rulings(determination)
    for item in sorted(values):
        _check_open(item, rulings.get(item))
    missing = [item for item in permitted_items(determination) if item not in values]
    if missing:
        raise Refusal(
            f"every released answer needs a value: {', '.join(item.ref for item in missing)}",
            code="disclosure-value-missing",
            todo="read the missing fields from the source; pass None where nothing is on file",
        )
    return Minimised(
        determination=determination,
        records=tuple(_cut(rulings[item], values[item], tables) for item in sorted(values)),
    )


def _check_may_leave(determination: Determination) -> None:
    if determination.alarms:
        raise Refusal(
            f"a determination with an alarm releases nothing: {len(determination.alarms)}",
            code="disclosure-alarmed",
            todo="mend what the alarm names, then decide again",
        )
    if not permitted_items(determination):
        raise Refusal(
            f"the determination releases nothing: {determination.overall}",
            code="disclosure-nothing-released",
            todo="write the refusal instead: clerestory refuse",
        )


def _cut(ruling: Ruling, value: Value, tables: CoarseningTables) -> Record:
    precision = ruling.coarsen_to if ruling.outcome is Outcome.COARSEN else None
    if ruling.outcome is Outcome.COARSEN:
        if isinstance(value, Attachment):
            raise Refusal(
                f"a file has no coarser answer: {ruling.item.ref}",
                code="disclosure-coarsening-unclear",
                todo="withhold the field, or have a person state the coarser answer",
            )
        # An answer of yes or no has no third word: "nothing on file" would tell those who never
        # had a file from those who had one, which is finer than the ruling.
        if value is not None or precision in YES_OR_NO:
            texts = value if isinstance(value, tuple) else () if value is None else (value,)
            value = coarsen(precision or "none", texts, tables)
    return Record(item=ruling.item, precision=precision, value=value)


def _rulings(determination: Determination) -> dict[Item, Ruling]:
    rulings: dict[Item, Ruling] = {}
    for ruling in determination.rulings:
        if ruling.item in rulings:
            raise Corruption(
                f"a determination rules on each item once: {ruling.item.ref}",
                code="disclosure-ruling-twice",
            )
        rulings[ruling.item] = ruling
    return rulings


def _check_open(item: Item, ruling: Ruling | None) -> Ruling:
    if ruling is None:
        raise Corruption(
            f"a value was read that nobody decided on: {item.ref}",
            code="disclosure-value-undecided",
        )
    if ruling.outcome not in _OPEN:
        raise Corruption(
            f"a value was read that may not leave: {item.ref}",
            code="disclosure-value-not-released",
        )
    return ruling


def _check_record(record: Record, found: Ruling | None) -> None:
    ruling = _check_open(record.item, found)
    precision = ruling.coarsen_to if ruling.outcome is Outcome.COARSEN else None
    if ruling.outcome is Outcome.COARSEN and precision is None:
        raise Corruption(
            f"a coarser ruling must say how coarse: {record.item.ref}",
            code="disclosure-too-fine",
        )
    check_precision(record.item.ref, record.precision, precision, record.value)


def check_precision(ref: str, got: str | None, ruled: str | None, value: Value) -> None:
    """Check that an answer is as coarse as its ruling says.

    Raises:
        Corruption: The answer is finer than the ruling.
    """
    if got != ruled:
        raise Corruption(f"an answer must be as coarse as ruled: {ref}", code="disclosure-too-fine")
    if ruled is None or (value is None and ruled not in YES_OR_NO):
        return
    shape = SHAPES.get(ruled)
    if shape is None or not isinstance(value, str) or shape.fullmatch(value) is None:
        raise Corruption(f"an answer must be as coarse as ruled: {ref}", code="disclosure-too-fine")


def subjects_of(records: Iterable[Record]) -> tuple[str, ...]:
    """Return the subjects that have an answer, sorted."""
    return tuple(sorted({record.item.subject for record in records}))
