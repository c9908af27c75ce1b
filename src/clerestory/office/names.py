"""The names of people in the office: for showing beside an id, and for nothing else.

A name is no fact of an act and stands in no entry of the log. It is sealed under the key of the
office's own acts and bound to the id, so that no name can be moved to another id by whoever
writes to the table. No message shows one.
"""

from clerestory.acts import OFFICE_CHAIN
from clerestory.kernel import Refusal
from clerestory.ledger.vault import open_bytes, seal_bytes
from clerestory.office.errors import translated
from clerestory.office.office import Office
from clerestory.office.papers import matter_key
from clerestory.office.whole import one_transaction
from clerestory.store.models import MemberRow

MAX_NAME_BYTES = 240
_ROOM = 256
"""Each name takes as much room as the longest: how long it is tells who it may be."""


def keep_name(office: Office, member: str, name: str) -> None:
    """Keep how somebody in the office is called; a name that is kept already is replaced.

    Raises:
        Refusal: Nobody has this id, or it is no name.
    """
    content = name.strip().encode()
    if not 0 < len(content) <= MAX_NAME_BYTES or not name.strip().isprintable():
        # Never the name itself.
        raise Refusal(
            f"a name has 1 to {MAX_NAME_BYTES} bytes of letters that are seen: {len(content)} "
            f"bytes for {member}",
            code="office-name",
            todo="write the name on one line",
        )
    with translated(), one_transaction():
        office.take_turn()
        sealed = seal_bytes(
            content.ljust(_ROOM, b"\0"),
            key=matter_key(office, OFFICE_CHAIN),
            context=_context(member),
            entropy=office.keys.entropy,
        )
        if not MemberRow.objects.filter(id=member).update(name=sealed):
            raise _nobody(member)


def name_of(office: Office, member: str) -> str | None:
    """Return how somebody in the office is called, or nothing where no name is kept.

    Raises:
        Refusal: Nobody has this id.
        Torn: The name was altered, or is another one's.
    """
    with translated():
        row = MemberRow.objects.filter(id=member).only("name").first()
        if row is None:
            raise _nobody(member)
        if row.name is None:
            return None
        content = open_bytes(
            bytes(row.name),
            key=matter_key(office, OFFICE_CHAIN),
            context=_context(member),
            what=f"the name of {member}",
        )
        return content.rstrip(b"\0").decode()


def _context(member: str) -> bytes:
    return b"staff-name\x00" + member.encode()


def _nobody(member: str) -> Refusal:
    return Refusal(
        f"nobody in this office has the id {member}",
        code="office-nobody",
        todo="check the id; a person joins by an act of two",
    )
