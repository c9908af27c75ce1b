"""The record of look-ups: who was searched for cannot be read from it, that somebody was can.

One line a look-up, in a file that only grows and that only its owner reads. Each line holds the
digest of the line before, and beside it stands, under a key, how many lines there are: a line that
is taken out, altered or cut off shows. What was asked, and who was found, stand in it under the
key only (HMAC): the office can answer "was this person looked up", and the file tells nobody.

What this cannot see by itself: somebody who has the key and writes the whole file anew, or puts
back the folder of yesterday. So each disclosure in an office's log commits to how far the record
went (``mark``), and ``check_holds`` compares.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

from clerestory.holdings.query import Answer, Clues, Found, PersonQuery
from clerestory.kernel import Corruption, canonical_bytes
from clerestory.kernel.files import sync_folder, write_private, write_whole
from clerestory.kernel.folders import held
from clerestory.kernel.time import utc_text

_LINES, _HEAD, _KEY = "lookups.jsonl", "lookups.head", "lookups.key"
_FIRST = "0" * 64  # stands for the line before the first
_KEY_BYTES = 32


class LookupReason(StrEnum):
    """Why somebody looks. A free text would hold names before long."""

    DEMAND = "demand"
    OWN_RECORD = "own-record"
    CORRECTION = "correction"
    AUDIT = "audit"
    TRIAL = "trial"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What a look-up is for.

    Attributes:
        demand: The demand's id; ``None`` where it is for none.
        number: The number that the demand drew.
        ref: Whom of the demand, such as ``S1``, or which row of a roster.
    """

    reason: LookupReason
    demand: str | None = None
    number: int | None = None
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class _Head:
    """Where the file ends: lines, bytes, and the digest of the last line."""

    lines: int
    size: int
    last: str


class LookupsAltered(Corruption):
    """The record of look-ups is not as it was written."""

    code = "lookups-altered"
    todo = "keep the folder as it is; find out who had it, and compare it with its last copy"


class Lookups:
    """The record of look-ups in one folder. Two processes may write to it at once."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self._key = key

    @classmethod
    def open(
        cls, folder: Path, *, entropy: Callable[[int], bytes], begun: bool = False
    ) -> "Lookups":
        """Open the record of look-ups in ``folder``, or begin one.

        Args:
            folder: Where it lies.
            entropy: Where the key of a new record comes from.
            begun: Whether one must be there: an office's is begun with the office.

        Raises:
            LookupsAltered: It, or a part of it, is missing.
            OSError: It cannot be written; then nobody may be looked up.
        """
        # An empty record in place of the one that was taken away would pass for one that holds.
        if begun and not (folder / _KEY).is_file():
            raise LookupsAltered(
                f"the record of look-ups was begun with the office, and has no {_KEY}"
            )
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with held(folder):
            if not (folder / _KEY).exists():
                _begin(folder, entropy(_KEY_BYTES))
            for name in (_LINES, _HEAD):
                if not (folder / name).is_file():
                    raise LookupsAltered(f"the record of look-ups has no {name}")
            return cls(folder, _read_key(folder / _KEY))

    def record(
        self, query: PersonQuery, answer: Answer, purpose: Purpose, *, index: str, at: datetime
    ) -> None:
        """Add one line, and force it to disk before anybody is told the answer.

        Raises:
            LookupsAltered: The lines that are there are not those that were written.
            OSError: The disk is full, or the file may not be written.
        """
        found = answer.person_id if isinstance(answer, Found) else None
        told = {
            "at": utc_text(at),
            "reason": purpose.reason.value,
            "demand": purpose.demand,
            "number": purpose.number,
            "ref": purpose.ref,
            "outcome": "found" if isinstance(answer, Found) else ",".join(answer.reasons),
            "index": index,
            "query": self._under_key("query", canonical_bytes(asdict(Clues.of(query)))),
            "person": self.name_of(found) if found is not None else None,
        }
        with held(self.folder):
            self._append(told)

    def name_of(self, person_id: str) -> str:
        """Return what stands for a person in the record, to find the look-ups of one person."""
        return self._under_key("person", person_id.encode())

    def mark(self) -> str:
        """Return how far the record goes: how many lines, and the digest of the last."""
        with held(self.folder):
            head = self._read_head()
        return f"{head.lines} {head.last}"

    def check_holds(self, mark: str) -> None:
        """Check that the record still holds the lines that it held when ``mark`` was taken.

        Raises:
            LookupsAltered: It is shorter, or another: it was put back from a copy, or written anew.
        """
        count, _, last = mark.partition(" ")
        written = int(count)
        if not written:
            return
        with held(self.folder), (self.folder / _LINES).open("rb") as file:
            line = next(islice(file, written - 1, None), None)
        if line is None:
            raise LookupsAltered(f"look-ups are missing: the log says that {written} were written")
        if _digest(line) != last:
            raise LookupsAltered(f"the look-up in line {written} is not the one that the log knows")

    def verify(self) -> int:
        """Check every line against the one before and the last against the head; count them.

        Raises:
            LookupsAltered: A line was altered, taken out or cut off.
        """
        with held(self.folder):
            head = self._read_head()
            before, lines = _FIRST, 0
            with (self.folder / _LINES).open("rb") as file:
                for line in file:
                    self._check_line(line, before, lines)
                    before, lines = _digest(line), lines + 1
                    if lines == head.lines and before != head.last:
                        raise LookupsAltered("the last look-up is not the one that was written")
            if lines < head.lines:
                raise LookupsAltered(f"look-ups are missing: {head.lines} written, {lines} there")
        return lines

    def demands(self) -> Iterator[str | None]:
        """Yield for which demand each look was, in order; ``None`` where it was for none."""
        with (self.folder / _LINES).open("rb") as file:
            for line in file:
                with suppress(ValueError):  # half a line is what a power failure leaves
                    yield json.loads(line).get("demand")

    def _append(self, told: dict[str, Any]) -> None:
        path = self.folder / _LINES
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(handle, "r+b", buffering=0) as file:
            os.fchmod(file.fileno(), 0o600)
            head = self._caught_up(file.fileno())
            told = {**told, "n": head.lines + 1, "before": head.last}
            line = canonical_bytes({**told, "mac": self._seal_line(told)}) + b"\n"
            written = os.write(file.fileno(), line)
            os.fsync(file.fileno())
            if written != len(line):
                raise OSError("the disk is full")
        size = head.size + len(line)
        self._write_head(_Head(lines=head.lines + 1, size=size, last=_digest(line)))

    def _caught_up(self, handle: int) -> _Head:
        """Return where the file ends, also after a stop between a line and its head."""
        head, size = self._read_head(), os.fstat(handle).st_size
        if size < head.size:
            raise LookupsAltered(f"look-ups are missing: {head.lines} were written")
        tail = os.pread(handle, size - head.size, head.size)
        if tail and not tail.endswith(b"\n"):
            # The power failed within a line. Its answer was never told; it is kept as it is.
            os.write(handle, b"\n")
            tail += b"\n"
        for line in tail.splitlines(keepends=True):
            head = _Head(lines=head.lines + 1, size=head.size + len(line), last=_digest(line))
        self._check_last(handle, head)
        return head

    def _check_last(self, handle: int, head: _Head) -> None:
        # A line is far shorter than this; the whole chain is checked by ``verify``.
        start = max(0, head.size - 8_192)
        lines = os.pread(handle, head.size - start, start).splitlines(keepends=True)
        if (_digest(lines[-1]) if lines else _FIRST) != head.last:
            raise LookupsAltered("the last look-up is not the one that was written")

    def _check_line(self, line: bytes, before: str, lines: int) -> None:
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            # Half a line is what a power failure leaves; the next line holds its digest.
            return
        if told.get("before") != before or told.get("n") != lines + 1:
            raise LookupsAltered(f"the look-up in line {lines + 1} does not follow the one before")
        mac = told.pop("mac", None)
        if not _is_own(mac, lambda: self._seal_line(told)):
            raise LookupsAltered(f"the look-up in line {lines + 1} is not this office's own")

    def _read_head(self) -> _Head:
        try:
            told = json.loads((self.folder / _HEAD).read_bytes())
            head = _Head(lines=told["lines"], size=told["size"], last=told["last"])
            sealed = told["mac"]
        except (ValueError, KeyError, TypeError, RecursionError) as fault:
            raise LookupsAltered(f"{_HEAD} of the record of look-ups cannot be read") from fault
        if not _is_own(sealed, lambda: self._seal(head)):
            raise LookupsAltered(
                f"{_HEAD} of the record of look-ups was not written by this office"
            )
        return head

    def _write_head(self, head: _Head) -> None:
        told = {**asdict(head), "mac": self._seal(head)}
        write_whole(self.folder / _HEAD, canonical_bytes(told))

    def _seal_line(self, told: dict[str, Any]) -> str:
        return self._under_key("line", canonical_bytes(told))

    def _seal(self, head: _Head) -> str:
        return self._under_key("head", canonical_bytes(asdict(head)))

    def _under_key(self, what: str, content: bytes) -> str:
        # The name of the use goes in first, so that no value of one use can pose as another's.
        return hmac.new(self._key, what.encode() + b"\0" + content, hashlib.sha256).hexdigest()


def _read_key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise LookupsAltered(f"{_KEY} of the record of look-ups cannot be read")
    return key


def _is_own(mac: object, make: Callable[[], str]) -> bool:
    """Whether ``mac`` is what this office makes of values that anybody may have written."""
    try:
        own = make()
    except (ValueError, TypeError, RecursionError):
        return False  # no form that this program writes
    return isinstance(mac, str) and mac.isascii() and hmac.compare_digest(mac, own)


def _begin(folder: Path, key: bytes) -> None:
    lines = folder / _LINES
    if lines.exists() and lines.stat().st_size:
        raise LookupsAltered(f"the record of look-ups has no {_KEY}")
    for name in (_LINES, _HEAD):
        (folder / name).unlink(missing_ok=True)
        write_private(folder / name, b"")
    Lookups(folder, key)._write_head(_Head(lines=0, size=0, last=_FIRST))
    # Last: a folder without the key is one that was never used.
    write_private(folder / _KEY, key.hex())
    sync_folder(folder)


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
