"""An event's rows: its leaf, its encrypted fields and its demand number, in one transaction."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from clerestory.kernel import Refusal
from clerestory.ledger.commitment import Opening, make_opening
from clerestory.ledger.errors import Torn
from clerestory.ledger.events import Event, EventType
from clerestory.ledger.leaf import Leaf, parse_leaf
from clerestory.ledger.order import check_number, check_order
from clerestory.ledger.proving import entry_at
from clerestory.ledger.storage.reader import Reader
from clerestory.ledger.storage.statements import Statements
from clerestory.ledger.storage.writer import draw_number
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

    def write(
        self,
        statements: Statements,
        events: Sequence[Event],
        *,
        period: str,
        add: AddEntry,
        late: bool = False,
    ) -> list[Written]:
        """Write events; the caller's transaction holds the write lock.

        Raises:
            BadTime: The quarter is before that of a scope's last entry, and not said to be late.
            Refusal: A matter was erased: nothing new may be kept under it.
        """
        if not late:
            for scope in sorted({event.scope for event in events}):
                check_order(statements, scope, period)
        return [self._write(statements, event, period=period, add=add) for event in events]

    def _write(
        self, statements: Statements, event: Event, *, period: str, add: AddEntry
    ) -> Written:
        payload = new_payload(event.fields, entropy=self._entropy) if event.fields else None
        number = draw_number(statements, event.scope) if event.type.is_numbered else None
        if number is not None:
            check_number(statements, event.scope, number)
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
            key = self._matter_key(statements, event.matter)
            sealed = seal_payload(payload, key=key, entropy=self._entropy)
            statements.execute(
                "INSERT INTO payload (entry_id, matter_id, sealed) VALUES (?, ?, ?)",
                (entry_id, event.matter, sealed),
            )
        return Written(entry_id=entry_id, entry=entry, demand_number=number)

    def erase(
        self,
        statements: Statements,
        matter: str,
        *,
        scope: str,
        authority: str,
        on: date,
        behind: str,
        period: str,
        add: AddEntry,
        late: bool = False,
    ) -> Written:
        """Destroy a matter's key, fields and salts, and write which entries that closes.

        All entries of the matter have their index, and the caller's transaction holds the lock.

        Args:
            statements: The database.
            matter: Whose key is destroyed.
            scope: The agency.
            authority: The provision of law that requires or permits the erasure.
            on: The day.
            behind: The later day of an act that is logged already, where there is one.
            period: The quarter of the day.
            add: Inserts the entry.
            late: Take a quarter before that of the scope's last entry.

        Raises:
            BadTime: The quarter is before that of the scope's last entry, and not said to be late.
            Refusal: There is no such matter, it is erased already, or it is the record of erasures.
        """
        if matter == RETENTION_MATTER:
            raise Refusal(
                "the record of erasures must stay", code="log-retention", todo="erase the matter"
            )
        indexes = destroy_matter(statements, matter)
        # The day goes on behind the commitment: the days of what is destroyed go with it, and
        # a clock that was set back behind them would be seen by nothing else.
        fields = {
            "indexes": " ".join(map(str, indexes)),
            "authority": authority,
            "on": str(on),
            **({"late": behind} if behind else {}),
        }
        event = Event(
            type=EventType.RETENTION_ERASED, scope=scope, matter=RETENTION_MATTER, fields=fields
        )
        (written,) = self.write(statements, [event], period=period, add=add, late=late)
        return written

    def check_key(self, statements: Statements) -> None:
        """Refuse a key-encryption key that opens none of the matters there are.

        One that opens some is the right one, and a matter that it does not open was altered.

        Raises:
            Refusal: It is another key. What was written under it could not be read with the rest.
        """
        shut = 0
        rows = statements.execute(
            "SELECT id, wrapped_key FROM matter WHERE wrapped_key IS NOT NULL"
        )
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

    def _matter_key(self, statements: Statements, matter: str) -> bytes:
        row = statements.execute(
            "SELECT wrapped_key FROM matter WHERE id = ?", (matter,)
        ).fetchone()
        if row is None:
            key = self._entropy(KEY_BYTES)
            wrapped = self._kek.wrap(key, context=matter_context(matter))
            statements.execute(
                "INSERT INTO matter (id, wrapped_key) VALUES (?, ?)", (matter, wrapped)
            )
            return key
        return self._unwrap(matter, row[0])

    def _unwrap(self, matter: str, wrapped: bytes | None) -> bytes:
        if wrapped is None:
            raise _erased(matter)
        return self._kek.unwrap(wrapped, context=matter_context(matter))

    def payload(self, reader: Reader, index: int) -> Payload:
        """Decrypt the private fields of one entry and prove that the leaf committed to them.

        Raises:
            Refusal: There is no such entry, it has none, or they were erased.
            Torn: They cannot be opened, or are not what the leaf committed to.
        """
        commitment = parse_leaf(entry_at(reader, index)).commitment
        if commitment is None:
            raise Refusal(
                f"an entry must commit to fields: {index}",
                code="log-no-fields",
                todo="read the entry itself: what it says is public",
            )
        row = reader.statements.execute(
            "SELECT matter_id, wrapped_key, sealed FROM payload "
            "JOIN matter ON matter.id = payload.matter_id WHERE entry_id = ?",
            (reader.id_of(index),),
        ).fetchone()
        if row is None:
            raise Refusal(
                f"an entry's fields must be kept to be opened: {index}",
                code="log-erased",
                todo="nothing brings them back; the log names the erasure and its authority",
            )
        matter, wrapped, sealed = row
        return open_payload(sealed, key=self._unwrap(matter, wrapped), commitment=commitment)

    def payloads(self, reader: Reader, start: int, end: int) -> dict[int, tuple[int, Payload]]:
        """Decrypt and prove what is kept of a range of entries, in one question.

        Returns:
            By index: the row's id, and the fields with their salts. An entry that shows all that it
            says, and one whose matter was erased, is not among them.

        Raises:
            Torn: Some cannot be opened, or are not what their leaf committed to.
        """
        column, first = reader.statements.index_column, reader.statements.first_index
        found = reader.statements.execute(
            "SELECT leaf_index, entry_id, leaf, matter_id, wrapped_key, sealed FROM entry "  # noqa: S608
            "JOIN payload ON payload.entry_id = entry.id JOIN matter ON matter.id = matter_id "
            f"WHERE entry.{column} >= ? AND entry.{column} < ? AND leaf_index IS NOT NULL",
            (start + first, end + first),
        ).fetchall()
        opened = dict[int, tuple[int, Payload]]()
        for index, entry_id, leaf, matter, wrapped, sealed in found:
            commitment = parse_leaf(bytes(leaf)).commitment
            if commitment is not None:
                key = self._unwrap(matter, wrapped)
                opened[index] = entry_id, open_payload(sealed, key=key, commitment=commitment)
        return opened


def opening_of(payload: Payload, name: str) -> Opening:
    """Return what proves one field of an entry and leaves its other fields shut.

    Raises:
        Refusal: The entry has no such field.
    """
    if name not in payload.fields:
        raise Refusal(
            f"an entry must have the field: {name}",
            code="log-no-fields",
            todo=f"ask for one that it has: {', '.join(sorted(payload.fields))}",
        )
    return make_opening(name, payload.fields, payload.salts)


def indexes_of(statements: Statements, matter: str) -> list[int]:
    """Return the indexes of the entries whose private fields are kept under a matter's key."""
    rows = statements.execute(
        "SELECT leaf_index FROM payload JOIN entry ON entry.id = payload.entry_id "
        "WHERE matter_id = ? AND leaf_index IS NOT NULL ORDER BY leaf_index",
        (matter,),
    )
    return [int(index) for (index,) in rows]


def check_not_erased(statements: Statements, matter: str) -> None:
    """Refuse a matter whose key is destroyed.

    Raises:
        Refusal: It was erased.
    """
    row = statements.execute("SELECT wrapped_key FROM matter WHERE id = ?", (matter,)).fetchone()
    if row is not None and row[0] is None:
        raise _erased(matter)


def destroy_matter(statements: Statements, matter: str) -> list[int]:
    """Destroy a matter's key, fields and salts; return the indexes that can no longer be opened.

    Raises:
        Refusal: There is no such matter, or it is erased already.
    """
    row = statements.execute("SELECT wrapped_key FROM matter WHERE id = ?", (matter,)).fetchone()
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
        for (index,) in statements.execute(
            "SELECT leaf_index FROM payload JOIN entry ON entry.id = payload.entry_id "
            "WHERE matter_id = ? ORDER BY leaf_index",
            (matter,),
        )
    ]
    statements.execute("DELETE FROM payload WHERE matter_id = ?", (matter,))
    statements.execute("UPDATE matter SET wrapped_key = NULL WHERE id = ?", (matter,))
    return indexes


def _erased(matter: str) -> Refusal:
    return Refusal(
        f"a matter must not be erased: {matter}",
        code="log-erased",
        todo="open a new matter; what was erased cannot be brought back",
    )
