"""Papers as they came, sealed under the key of their matter: destroying it is their erasure."""

from base64 import b64decode, b64encode
from hashlib import sha256

from clerestory.kernel import Refusal
from clerestory.ledger.vault import matter_context, new_payload, open_payload, seal_payload
from clerestory.office.office import Office
from clerestory.store.models import PaperRow

MAX_PAPER_BYTES = 50_000_000
_FIELD = "content"


def paper_digest(content: bytes) -> str:
    """Return what an act binds of a paper."""
    return sha256(content).hexdigest()


def check_paper(content: bytes) -> None:
    """Refuse what is no paper.

    Raises:
        Refusal: It is empty, or longer than an office takes.
    """
    if not 0 < len(content) <= MAX_PAPER_BYTES:
        raise Refusal(
            f"a paper has 1 to {MAX_PAPER_BYTES} bytes: {len(content)}",
            code="paper-size",
            todo="give the paper that came in; split what is longer",
        )


def keep_paper(office: Office, matter: str, position: int, content: bytes) -> None:
    """Keep what came in with an act, once its entry is recorded."""
    # Salted, unlike the digest in the act: what stands in the open must not be guessable.
    payload = new_payload({_FIELD: b64encode(content).decode()}, entropy=office.keys.entropy)
    sealed = seal_payload(payload, key=matter_key(office, matter), entropy=office.keys.entropy)
    PaperRow.objects.create(
        matter_id=matter, position=position, digest=payload.commitment.hex(), content=sealed
    )


def read_paper(office: Office, matter: str, position: int) -> bytes:
    """Return what came in with an act, byte for byte.

    Raises:
        Refusal: Nothing did, or the matter was erased.
        Torn: It was altered.
    """
    row = PaperRow.objects.filter(matter_id=matter, position=position).first()
    if row is None:
        raise Refusal(
            f"no paper came in with this act: {matter}, position {position}",
            code="paper-none",
            todo="ask for the act with which it came in",
        )
    payload = open_payload(
        bytes(row.content), key=matter_key(office, matter), commitment=bytes.fromhex(row.digest)
    )
    return b64decode(payload.fields[_FIELD])


def matter_key(office: Office, matter: str) -> bytes:
    """Return the key of a matter, or with ``OFFICE_CHAIN`` of the office's own acts.

    Raises:
        Refusal: There is none, or it was destroyed.
    """
    statements = office.statements()
    with statements.translated():
        found = statements.execute("SELECT wrapped_key FROM matter WHERE id = ?", (matter,))
        row = found.fetchone()
    if row is None or row[0] is None:
        raise Refusal(
            f"a matter must not be erased: {matter}",
            code="log-erased",
            todo="nothing brings it back; the log names the erasure and its authority",
        )
    return office.keys.kek.unwrap(bytes(row[0]), context=matter_context(matter))
