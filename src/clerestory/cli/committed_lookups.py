"""The record of look-ups against the log: a folder of yesterday that is put back is noticed."""

from clerestory.cli.logging_answers import ANSWERS
from clerestory.cli.office import Office
from clerestory.ledger import Ledger
from clerestory.ledger.repeats import last_saying


def check_lookups(office: Office, ledger: Ledger) -> None:
    """Check that the record of look-ups holds all that the last answer in the log commits to.

    Raises:
        LookupsAltered: It is shorter, or another one.
    """
    lookups = office.lookups()
    # Each line holds the digest of the one before: the newest mark stands for all before it.
    if (said := last_saying(ledger, dict.fromkeys(ANSWERS, "lookups"))) is not None:
        lookups.check_holds(said["lookups"])
