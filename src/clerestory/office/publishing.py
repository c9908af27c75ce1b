"""The office's log for everybody: a signed checkpoint, and plain files that never change."""

from pathlib import Path

from clerestory.kernel import Refusal
from clerestory.ledger.public_files import PublicFiles
from clerestory.office.errors import translated
from clerestory.office.office import Office
from clerestory.office.whole import one_transaction


def publish_log(office: Office, folder: Path) -> str:
    """Publish all that is logged; done again after a stop it finishes. Return the checkpoint.

    Args:
        office: Whose log.
        folder: Where the public reads it.

    Raises:
        Refusal: Nothing was logged since.
        Corruption: The database was altered since it was logged.
    """
    ledger = office.keys.ledger
    with translated():
        with one_transaction():
            ledger.propose(office.take_turn())
        proposal = ledger.proposal(office.statements())
        if proposal is None:  # pragma: no cover - it was proposed just now
            raise Refusal("a log is published once it is proposed", code="log-epoch-small",
                          todo="type the same again")  # fmt: skip
        with one_transaction():
            ledger.publish(office.take_turn(), proposal.note)
        ledger.project(office.statements(), PublicFiles(folder))
    return proposal.note
