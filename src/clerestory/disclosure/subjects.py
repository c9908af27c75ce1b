"""Who S1 and S2 are: the requester's own words given back, and nothing that the record adds.

Without them whoever opens a package months later, or in another office, guesses which answer is
on whom. What was asked is no secret from who asked it; whether the record says the same is not
said here.
"""

import csv
import io
from collections.abc import Mapping
from typing import Any

from clerestory.disclosure.cells import cell
from clerestory.kernel import canonical_bytes
from clerestory.kernel.canonical import Json

SUBJECTS_FORMAT = "clerestory-subjects/1"
SUBJECTS_PATH, SUBJECTS_TABLE_PATH = "data/subjects.json", "data/subjects.csv"
_COLUMNS = ("ref", "mark", "as_given")

Marks = Mapping[str, Mapping[str, str]]
"""For each reference of the demand, what its paper says of the person, unchanged."""


def subjects_json(demand_id: str, marks: Marks) -> bytes:
    """Return ``data/subjects.json``."""
    subjects: list[Json] = [
        {"ref": ref, "as_given": dict(sorted(marks[ref].items()))} for ref in sorted(marks)
    ]
    return canonical_bytes({"format": SUBJECTS_FORMAT, "demand": demand_id, "subjects": subjects})


def subjects_csv(marks: Marks) -> bytes:
    """Return the same as a table, one mark a row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(_COLUMNS)
    for ref in sorted(marks):
        for mark, given in sorted(marks[ref].items()):
            writer.writerow([cell(ref), cell(mark), cell(given)])
    return out.getvalue().encode("utf-8-sig")


def read_subjects(value: Mapping[str, Any], demand_id: str) -> Marks:
    """Read what :func:`subjects_json` wrote.

    Raises:
        ValueError: It is in another form, or of another demand.
        KeyError: As above.
    """
    marks: dict[str, dict[str, str]] = {}
    for subject in value["subjects"]:
        ref, given = subject["ref"], subject["as_given"]
        if ref in marks or not all(isinstance(each, str) for each in given.values()):
            raise ValueError("a person twice, or a mark that is no text")
        marks[str(ref)] = dict(given)
    written = subjects_json(demand_id, marks)
    if canonical_bytes(dict(value)) != written:
        raise ValueError("another form")
    return marks
