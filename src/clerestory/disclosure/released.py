"""The contents against the rulings: nothing in ``data/`` that was not released."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from clerestory.disclosure import contents, subjects
from clerestory.disclosure.minimising import check_precision
from clerestory.kernel import Corruption, Refusal, canonical_bytes

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ROW = set(contents.COLUMNS)
Key = tuple[str, str, str]  # subject, program, field


class _File(Protocol):
    @property
    def body(self) -> bytes | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EnclosedRulings:
    """What the enclosed determination lets leave: the precision of each open item."""

    demand_id: str
    on: str
    open_items: Mapping[Key, str | None]
    subjects: frozenset[str] = frozenset()


def read_rulings(body: bytes) -> EnclosedRulings:
    """Read ``data/determination.json``.

    Raises:
        Corruption: It is not in the form of :func:`contents.reduced_determination`.
    """
    value = _canonical(body, "the determination")
    open_items: dict[Key, str | None] = {}
    try:
        if value["format"] != contents.RULINGS_FORMAT:
            raise ValueError(value["format"])
        for ruling in value["rulings"]:
            key = (str(ruling["subject"]), str(ruling["program"]), str(ruling["field"]))
            if key in open_items:
                raise ValueError(key)
            if ruling["outcome"] == "release":
                open_items[key] = None
            elif ruling["outcome"] == "coarsen":
                open_items[key] = str(ruling["coarsen_to"])
        return EnclosedRulings(
            demand_id=str(value["demand"]),
            on=str(value["on"]),
            open_items=open_items,
            subjects=frozenset(str(ruling["subject"]) for ruling in value["rulings"]),
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise _unreadable("the determination") from fault


def check_released(files: Mapping[str, _File], rulings: EnclosedRulings) -> None:
    """Check every file under ``data/`` against the rulings.

    Raises:
        Corruption: A file or an answer is there that no ruling releases, an answer is finer
            than its ruling, or a released answer is missing.
    """
    expected = {contents.DETERMINATION_PATH, contents.LETTER_PATH}
    if contents.INDEX_PATH in files:
        expected.add(contents.INDEX_PATH)
    if {subjects.SUBJECTS_PATH, subjects.SUBJECTS_TABLE_PATH} & set(files):
        expected |= _check_marks(files, rulings)
    answered: set[Key] = set()
    for subject in sorted({key[0] for key in rulings.open_items}):
        expected |= _check_subject(files, subject, rulings, answered)
    there = {path for path in files if path.startswith("data/")}
    for path in sorted(there ^ expected):
        raise Corruption(
            f"a file is there that nothing releases, or is missing: {path}",
            code="package-contents-not-released",
        )
    for key in sorted(set(rulings.open_items) - answered):
        raise Corruption(
            f"a released answer is missing: {key[0]}.{key[2]}", code="package-answer-missing"
        )


def _check_marks(files: Mapping[str, _File], rulings: EnclosedRulings) -> set[str]:
    """Check that only persons of the demand are described, and the same in both files."""
    value = _canonical(_body(files, subjects.SUBJECTS_PATH), "the list of subjects")
    try:
        marks = subjects.read_subjects(value, rulings.demand_id)
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise _unreadable("the list of subjects") from fault
    table = _body(files, subjects.SUBJECTS_TABLE_PATH)
    if not set(marks) <= rulings.subjects or table != subjects.subjects_csv(marks):
        raise Corruption(
            "the list of subjects must be on the persons of the demand, and its table the same",
            code="package-contents-not-released",
        )
    return {subjects.SUBJECTS_PATH, subjects.SUBJECTS_TABLE_PATH}


def _check_subject(
    files: Mapping[str, _File], subject: str, rulings: EnclosedRulings, answered: set[Key]
) -> set[str]:
    """Check the answers on one subject and return the files that hold them."""
    try:
        stem = f"data/records/{contents.file_name(subject)}"
    except Refusal as fault:
        raise _unreadable("a subject's reference") from fault
    paths = {f"{stem}.json", f"{stem}.csv"}
    value = _canonical(_body(files, f"{stem}.json"), "a record file")
    head = {"format": contents.RECORDS_FORMAT, "demand": rulings.demand_id, "subject": subject}
    try:
        rows = value.pop("records")
        if value != head:
            raise ValueError("another head")
        for row in rows:
            key = (str(row["subject"]), str(row["program"]), str(row["field"]))
            if key[0] != subject or key in answered or set(row) - {contents.DAYS} != _ROW:
                raise ValueError("another subject, twice, or with more than a row has")
            paths |= _check_row(row, key, rulings)
            answered.add(key)
        table = contents.records_csv(rows)
    except (AttributeError, KeyError, TypeError, ValueError, Refusal) as fault:
        raise _unreadable("a record file") from fault
    if _body(files, f"{stem}.csv") != table:
        raise Corruption(
            "the table of a subject is not that of the records",
            code="package-contents-not-released",
        )
    return paths


def _check_row(row: Mapping[str, str | None], key: Key, rulings: EnclosedRulings) -> set[str]:
    """Check one answer and return the file that it is in, if it is one."""
    subject, program, field = key
    ref = f"{subject}.{field}"
    if key not in rulings.open_items:
        raise Corruption(
            f"an answer is there that no ruling releases: {ref}",
            code="package-contents-not-released",
        )
    ruled = rulings.open_items[key]
    check_precision(ref, row["precision"], ruled, row["value"])
    _check_days(row, ruled)
    if row["outcome"] != ("release" if ruled is None else "coarsen"):
        raise ValueError("another outcome")
    file = row["file"]
    if file is None:
        return set()
    suffix = "." + file.rpartition(".")[2]
    named = contents.attachment_name(subject, program, field, suffix)
    if file != named or row["value"] is not None or ruled is not None:
        raise ValueError("another file")
    return {f"data/{file}"}


def _check_days(row: Mapping[str, Any], ruled: str | None) -> None:
    """Check that the days, where there are any, are those of a whole answer, one for each value."""
    if contents.DAYS not in row:
        return
    value, days = row["value"], row[contents.DAYS]
    texts = value if isinstance(value, list) else [value]
    is_history = isinstance(days, list) and all(_DAY.fullmatch(day) for day in days)
    if ruled is not None or value is None or not is_history or len(days) != len(texts):
        raise ValueError("days of something else")


def _body(files: Mapping[str, _File], path: str) -> bytes:
    file = files.get(path)
    if file is None or file.body is None:
        raise Corruption(f"a file is missing: {path}", code="package-answer-missing")
    return file.body


def _canonical(body: bytes, what: str) -> dict[str, Any]:
    try:
        value = json.loads(body)
        if not isinstance(value, dict) or canonical_bytes(value) != body:
            raise ValueError("not canonical")
    except (ValueError, TypeError, RecursionError) as fault:
        raise _unreadable(what) from fault
    return value


def _unreadable(what: str) -> Corruption:
    return Corruption(f"{what} is not in its written form", code="package-contents-unreadable")
