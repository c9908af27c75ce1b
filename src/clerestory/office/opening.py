"""Opening an office: its database, its keys and its clock, and whether they are one office's.

This module alone may be imported before the process knows its database. The others load tables,
and are imported once ``connect`` was called, as ``open_office`` does.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING

from clerestory.kernel import Refusal
from clerestory.ledger import EmbeddedLedger, KeyEncryptionKey
from clerestory.ledger.public_files import PublicFiles
from clerestory.notes import Signer
from clerestory.notes.key_files import Entropy
from clerestory.store.connecting import connect, make_tables
from clerestory.store.settings import database_for

if TYPE_CHECKING:
    from clerestory.office.answer.looking_up import Holdings
    from clerestory.office.office import Clock, Keys, Office


def open_office(
    url: str,
    *,
    log_key: Signer,
    kek: KeyEncryptionKey,
    clock: "Clock",
    seen_file: Path | None = None,
    public: Path | None = None,
    entropy: Entropy = token_bytes,
    seen: Sequence[tuple[str, bytes | str]] = (),
    holdings: "Holdings | None" = None,
) -> "Office":
    """Open the office whose database is at ``url``.

    Args:
        url: The database.
        log_key: The key that signs the log's checkpoints.
        kek: What wraps the matters' keys.
        clock: Tells the moment.
        seen_file: Where this office keeps what it saw of its log last; beside a file of SQLite,
            where nothing is said.
        public: The folder that the public reads, where there is one.
        entropy: Where salts, keys and nonces come from.
        seen: Checkpoints that mirrors or witnesses have seen, with their names.
        holdings: The agency's records, where somebody may be looked up.

    Raises:
        Refusal: There is no office, or a key is another one's.
        Corruption: The log was altered or is older than what was seen, or the office's tables are
            not what its founders signed.
    """
    connect(url)
    from django.db import transaction

    from clerestory.office.binding import bound_office
    from clerestory.office.errors import translated

    keys = make_keys(log_key, kek, entropy, seen_file or seen_beside(url))
    shown = None if public is None else PublicFiles(public).checkpoint()
    with translated():
        office = bound_office(keys, clock)
        if office is None:
            raise Refusal(
                "there is no office in this database",
                code="office-not-founded",
                todo="found it: two people sign its founding",
            )
        # Before the database: another process may act meanwhile, and one that is read first would
        # look as if it had forgotten.
        known = [keys.seen.note(), *seen]
        with transaction.atomic():
            keys.ledger.check(office.statements(), seen=known, public=shown)
        return replace(office, holdings=holdings)


def prepare(url: str) -> None:
    """Make the tables in which an office is founded, or bring older ones up to date."""
    connect(url)
    make_tables()


def make_keys(log_key: Signer, kek: KeyEncryptionKey, entropy: Entropy, seen_file: Path) -> "Keys":
    """Put together what the office's account alone holds."""
    from clerestory.office.office import Keys
    from clerestory.office.seen import Seen

    return Keys(
        ledger=EmbeddedLedger([log_key], kek, entropy=entropy),
        kek=kek,
        entropy=entropy,
        log_key=log_key.verifier,
        seen=Seen(seen_file, log_key.verifier),
    )


def seen_beside(url: str) -> Path:
    """Return where an office on a file of SQLite keeps what it saw of its log last: beside it.

    Raises:
        Refusal: The database is no file: where it is kept is to be said.
    """
    database = database_for(url)
    if "sqlite" not in database["ENGINE"]:
        raise Refusal(
            "an office on a server says where it keeps what it saw of its log last",
            code="office-seen-place",
            todo="name a file on the office's own machine, which no copy of the database holds",
        )
    return Path(f"{database['NAME']}.seen")
