"""Opening an office: its database, its keys and its clock, and whether they are one office's.

This module alone may be imported before the process knows its database. The others load tables,
and are imported once ``connect`` was called, as ``open_office`` does.
"""

from collections.abc import Sequence
from secrets import token_bytes
from typing import TYPE_CHECKING

from clerestory.kernel import Refusal
from clerestory.ledger import EmbeddedLedger, KeyEncryptionKey
from clerestory.notes import Signer
from clerestory.notes.key_files import Entropy
from clerestory.store.connecting import connect

if TYPE_CHECKING:
    from clerestory.office.office import Clock, Keys, Office


def open_office(
    url: str,
    *,
    log_key: Signer,
    kek: KeyEncryptionKey,
    clock: "Clock",
    entropy: Entropy = token_bytes,
    seen: Sequence[tuple[str, bytes | str]] = (),
) -> "Office":
    """Open the office whose database is at ``url``.

    Args:
        url: The database.
        log_key: The key that signs the log's checkpoints.
        kek: What wraps the matters' keys.
        clock: Tells the moment.
        entropy: Where salts, keys and nonces come from.
        seen: Checkpoints that this office, mirrors or witnesses have seen, with their names.

    Raises:
        Refusal: There is no office, or a key is another one's.
        Corruption: The log was altered or is older than what was seen, or the office's tables are
            not what its founders signed.
    """
    connect(url)
    from django.db import transaction

    from clerestory.office.binding import bound_office
    from clerestory.office.errors import translated

    keys = make_keys(log_key, kek, entropy)
    with translated():
        office = bound_office(keys, clock)
        if office is None:
            raise Refusal(
                "there is no office in this database",
                code="office-not-founded",
                todo="found it: two people sign its founding",
            )
        with transaction.atomic():
            keys.ledger.check(office.statements(), seen=seen)
        return office


def make_keys(log_key: Signer, kek: KeyEncryptionKey, entropy: Entropy) -> "Keys":
    """Put together what the office's account alone holds."""
    from clerestory.office.office import Keys

    ledger = EmbeddedLedger([log_key], kek, entropy=entropy)
    return Keys(ledger=ledger, kek=kek, entropy=entropy, log_key=log_key.verifier)
