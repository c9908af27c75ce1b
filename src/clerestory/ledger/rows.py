"""An event's rows: its leaf, its encrypted fields and its demand number, in one transaction."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from clerestory.kernel import Refusal
from clerestory.ledger.errors import Torn
from clerestory.ledger.events import Event, EventType
from clerestory.ledger.leaf import Leaf
from clerestory.ledger.order import check_number
from clerestory.ledger.vault import (
    KEY_BYTES,
    KeyEncryptionKey,
    Payload,
    matter_context,
    new_payload,
    open_payload,
    seal_payload,
)
from clerestory.notes.key_files import Entropy

RETENTION_MATTER = "clerestory/retention"

AddEntry = Callable[[bytes], int]
"""Inserts an entry's bytes and returns the row's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The rows of one event: the entry's row id and bytes, and the number it drew."""

    entry_id: int
    entry: bytes
    demand_number: int | None


class EventRows:
    """Writes and reads the rows that belong to events."""

    def __init__(self, *, kek: KeyEncryptionKey, entropy: Entropy) -> None:
        """Wrap matters' keys with ``kek``; take salts, keys and nonces from ``entropy``."""
        self._kek = kek
        self._entropy = entropy

    def write(self, cx: sqlite3.Connection, event: Event, *, period: str, add: AddEntry) -> Written:
        """Write one event; the caller's transaction holds the write lock.

        Raises:
            Refusal: The matter was erased: nothing new may be kept under it.
        """
        payload = new_payload(event.fields, entropy=self._entropy) if event.fields else None
        number = draw_number(cx, event.scope) if event.type.is_numbered else None
        if number is not None:
            check_number(cx, event.scope, number)
        leaf = Leaf(
            type=event.type,
            period=period,
            scope=event.scope,
            serial=number,
            commitment=payload.commitment if payload else None,
            public=event.public,
        )
        entry = leaf.entry
        entry_id = add(entry)
        if payload is not None and event.matter is not None:
            # The key is read inside the transaction: a copy held from before could be of a
            # matter that another process has erased since.
            key = self._matter_key(cx, event.matter)
            sealed = seal_payload(payload, key=key, entropy=self._entropy)
            cx.execute(
                "INSERT INTO payload (entry_id, matter_id, sealed) VALUES (?, ?, ?)",
                (entry_id, event.matter, sealed),
            )
        return Written(entry_id=entry_id, entry=entry, demand_number=number)

    def check_key(self, cx: sqlite3.Connection) -> None:
        """Refuse a key-encryption key that opens none of the matters there are.

        One that opens some is the right one, and a matter that it does not open was altered.

        Raises:
            Refusal: It is another key. What was written under it could not be read with the rest.
        """
        shut = 0
        rows = cx.execute("SELECT id, wrapped_key FROM matter WHERE wrapped_key IS NOT NULL")
        for matter, wrapped in rows:
            with suppress(Torn):
                self._kek.unwrap(wrapped, context=matter_context(matter))
                return
            shut += 1
        if shut:
            raise Refusal(
                f"the key-encryption key must be the log's own: it opens none of its {shut} "
                "matters",
                code="log-other-kek",
                todo="give the encryption.key that was made with this log, with --kek or by "
                "restoring it from a copy; if it is that one, the matters were altered: then "
                "keep the database as it is, and compare it with its last copy",
            )

    def _matter_key(self, cx: sqlite3.Connection, matter: str) -> bytes:
        row = cx.execute("SELECT wrapped_key FROM matter WHERE id = ?", (matter,)).fetchone()
        if row is None:
            key = self._entropy(KEY_BYTES)
            wrapped = self._kek.wrap(key, context=matter_context(matter))
            cx.execute("INSERT INTO matter (id, wrapped_key) VALUES (?, ?)", (matter, wrapped))
            return key
        return self._unwrap(matter, row[0])

    def _unwrap(self, matter: str, wrapped: bytes | None) -> bytes:
        if wrapped is None:
            raise _erased(matter)
        return self._kek.unwrap(wrapped, context=matter_context(matter))

    def read(self, cx: sqlite3.Connection, index: int, *, commitment: bytes) -> Payload:
        """Decrypt the private fields of one entry and prove that the leaf committed to them.

        Raises:
            Refusal: They were erased.
            Torn: They cannot be opened, or are not what the leaf committed to.
        """
        row = cx.execute(
            "SELECT matter_id, wrapped_key, sealed FROM entry "
            "JOIN payload ON payload.entry_id = entry.id "
            "JOIN matter ON matter.id = payload.matter_id "
            "WHERE entry.id = ? AND leaf_index IS NOT NULL",
            (index + 1,),
        ).fetchone()
        if row is None:
            raise Refusal(
                f"an entry's fields must be kept to be opened: {index}",
                code="log-erased",
                todo="nothing brings them back; the log names the erasure and its authority",
            )
        matter, wrapped, sealed = row
        return open_payload(sealed, key=self._unwrap(matter, wrapped), commitment=commitment)


def indexes_of(cx: sqlite3.Connection, matter: str) -> list[int]:
    """Return the indexes of the entries whose private fields are kept under a matter's key."""
    rows = cx.execute(
        "SELECT leaf_index FROM payload JOIN entry ON entry.id = payload.entry_id "
        "WHERE matter_id = ? AND leaf_index IS NOT NULL ORDER BY leaf_index",
        (matter,),
    )
    return [int(index) for (index,) in rows]


def check_not_erased(cx: sqlite3.Connection, matter: str) -> None:
    """Refuse a matter whose key is destroyed.

    Raises:
        Refusal: It was erased.
    """
    row = cx.execute("SELECT wrapped_key FROM matter WHERE id = ?", (matter,)).fetchone()
    if row is not None and row[0] is None:
        raise _erased(matter)


def destroy_matter(cx: sqlite3.Connection, matter: str) -> list[int]:
    """Destroy a matter's key, fields and salts; return the indexes that can no longer be opened.

    Raises:
        Refusal: There is no such matter, or it is erased already.
    """
    row = cx.execute("SELECT wrapped_key FROM matter WHERE id = ?", (matter,)).fetchone()
    if row is None:
        raise Refusal(
            f"a matter must exist to be erased: {matter}",
            code="log-no-matter",
            todo="check the matter's id",
        )
    if row[0] is None:
        raise Refusal(
            f"a matter is erased only once: {matter} is erased already",
            code="log-erased",
            todo="nothing is left to be done: its key is gone, and the log says so",
        )
    indexes = [
        int(index)
        for (index,) in cx.execute(
            "SELECT leaf_index FROM payload JOIN entry ON entry.id = payload.entry_id "
            "WHERE matter_id = ? ORDER BY leaf_index",
            (matter,),
        )
    ]
    cx.execute("DELETE FROM payload WHERE matter_id = ?", (matter,))
    cx.execute("UPDATE matter SET wrapped_key = NULL WHERE id = ?", (matter,))
    return indexes


def draw_number(cx: sqlite3.Connection, scope: str) -> int:
    """Take the next demand number of a scope, within the transaction that uses it.

    A rolled-back transaction gives the number back, so there is never a gap; a database sequence
    would leave one.
    """
    row = cx.execute(
        "INSERT INTO demand_number (scope, last) VALUES (?, 1) "
        "ON CONFLICT (scope) DO UPDATE SET last = last + 1 RETURNING last",
        (scope,),
    ).fetchone()
    return int(row[0])


def erasure(scope: str, indexes: Sequence[int], *, authority: str, on: date, late: str) -> Event:
    """Return the event that says which entries an erasure closed.

    Its day goes on behind the commitment: the days of what is destroyed go with it, and a clock
    that was set back behind them would be seen by nothing else.
    """
    fields = {"indexes": " ".join(map(str, indexes)), "authority": authority, "on": str(on)}
    return Event(
        type=EventType.RETENTION_ERASED,
        scope=scope,
        matter=RETENTION_MATTER,
        fields={**fields, "late": late} if late else fields,
    )


def _erased(matter: str) -> Refusal:
    return Refusal(
        f"a matter must not be erased: {matter}",
        code="log-erased",
        todo="open a new matter; what was erased cannot be brought back",
    )
