"""Refuse an index that is older than the records, or is not what was built."""

import contextlib
import json
from contextlib import closing
from datetime import datetime
from pathlib import Path

from clerestory.holdings.catalogue import Catalogue
from clerestory.holdings.errors import IndexFault
from clerestory.holdings.identities import IDENTITY, Identities, rows_of, told_by_source
from clerestory.holdings.index import PersonIndex
from clerestory.holdings.source import Source
from clerestory.holdings.sqlite_file import state_of_files
from clerestory.kernel import Refusal
from clerestory.kernel.files import read_limited, write_whole

_NOTE_BYTES = 1_000


def check_index_current(
    index: PersonIndex, source: Source, catalogue: Catalogue, *, now: datetime
) -> None:
    """Refuse an index that is older than the records: a second person may have come since.

    Every person's own key, names, birth date and numbers are compared by digest, and nothing of
    where they live, which changes daily and tells no two persons apart by itself. A source that
    can takes the digest itself, in one pass; from another one everybody is walked. Where nothing
    at all was written to the records since they were compared, neither is done: that is noted
    beside the index. A note that is missing or of anything else costs one pass and no more.

    The index itself is read through in the same way: once for each state of its file.

    Args:
        index: The index.
        source: The records.
        catalogue: Where they say who somebody is.
        now: This very moment, and not one that an answer is given of.

    Raises:
        IndexFault: Somebody was added, renamed, renumbered or taken out since it was built; or it
            was itself written to.
        SourceFault: The source cannot be read.
    """
    _check_whole(index, now)
    before = source.written_state(now)
    if before is not None and _noted(index) == _note(index, records=before):
        return
    # Where the two digests differ everybody is walked: a server may write a text in another way.
    if (
        told_by_source(source, catalogue) != index.identities
        and _walked(source, catalogue) != index.identities
    ):
        raise IndexFault(
            f"the index of persons must be as new as the records: {index.path.name} is of others",
            code="index-outdated",
            todo="build it again with clerestory holdings index, then run the same again",
        )
    # Only what stood still all the while was compared.
    if before is not None and source.written_state(now) == before:
        _keep(_note_path(index), _note(index, records=before))


def _check_whole(index: PersonIndex, now: datetime) -> None:
    before = state_of_files([index.path], now)
    path = index.path.with_name(f"{index.path.name}.whole")
    if before is not None and _noted_in(path) == _note(index, file=before):
        return
    index.check_whole()
    if before is not None and state_of_files([index.path], now) == before:
        _keep(path, _note(index, file=before))


def _keep(path: Path, note: bytes) -> None:
    # Where nothing may be written beside the index, each answer looks again.
    with contextlib.suppress(OSError, Refusal):
        write_whole(path, note, mode=0o600)


def _walked(source: Source, catalogue: Catalogue) -> str:
    identities = Identities()
    keys = [key for key in IDENTITY if key in catalogue.search]
    with closing(rows_of(source, catalogue, keys)) as rows:
        for row in rows:
            identities.add(row)
    return identities.digest


def _note_path(index: PersonIndex) -> Path:
    return index.path.with_name(f"{index.path.name}.compared")


def _note(index: PersonIndex, **state: str) -> bytes:
    # The index's digest covers each of its rows and the catalogue that it was built for.
    return json.dumps({"index": index.digest, **state}).encode()


def _noted(index: PersonIndex) -> bytes | None:
    return _noted_in(_note_path(index))


def _noted_in(path: Path) -> bytes | None:
    try:
        return read_limited(path, _NOTE_BYTES)
    except Refusal:
        return None
