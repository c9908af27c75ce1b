"""Epochs: which sizes the public sees. Nobody can tell when a request came by watching them.

``propose`` fixes a size, witnesses cosign it, and ``publish`` lets it out.
"""

from clerestory.kernel import Refusal
from clerestory.kernel.files import Steps, no_steps
from clerestory.ledger.storage.reader import Epoch, Reader
from clerestory.ledger.storage.statements import Statements
from clerestory.notes.errors import BadNote


def propose_epoch(statements: Statements, *, at_least: int, steps: Steps = no_steps) -> Epoch:
    """Fix the size that will be published next; asked again, return the same.

    Raises:
        Refusal: There are fewer than ``at_least`` new entries.
    """
    reader = Reader(statements)
    waiting, last = reader.latest_epoch(published=False), reader.latest_epoch(published=True)
    if waiting is not None:
        return waiting
    head = reader.head()
    new = head.size - (last.size if last else 0)
    # An epoch without a new entry would be the last one again.
    wanted = max(at_least, 1)
    if new < wanted:
        raise Refusal(
            f"an epoch must have at least {wanted} new entries: {new}",
            code="log-epoch-small",
            todo="publish later; what was acknowledged stands under a signed checkpoint",
        )
    steps("propose")
    statements.execute(
        "INSERT INTO epoch (size, note, published) VALUES (?, ?, 0)", (head.size, head.note)
    )
    return Epoch(size=head.size, note=head.note, published=False)


def publish_epoch(statements: Statements, note: str, *, size: int, steps: Steps = no_steps) -> None:
    """Let the public see a proposed epoch.

    Args:
        statements: The database, in a transaction.
        note: The proposal's checkpoint, with whatever cosignatures it now has; it was opened.
        size: The size that it says.
        steps: Told of the durable step.

    Raises:
        BadNote: It is not the checkpoint that was proposed.
    """
    waiting = Reader(statements).latest_epoch(published=False)
    if waiting is None or not _same_text(waiting.note, note):
        raise BadNote(
            f"a publication must be the proposed checkpoint: size {size} was not proposed",
            todo="propose an epoch first, and give its own checkpoint",
        )
    steps("publish")
    statements.execute("UPDATE epoch SET note = ?, published = 1 WHERE size = ?", (note, size))


def _same_text(one: str, other: str) -> bool:
    return one.partition("\n\n")[0] == other.partition("\n\n")[0]
