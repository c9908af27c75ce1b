"""Tell the sender that a demand arrived: its number, its log entry, and what happens next."""

from datetime import datetime
from pathlib import Path

from clerestory.cli.office import Office, one_at_a_time
from clerestory.cli.order_of_acts import check_not_before
from clerestory.cli.received import answerable
from clerestory.demands import Demand
from clerestory.disclosure import Addressed, acknowledgement_letter, read_stationery
from clerestory.kernel.files import write_whole


@one_at_a_time
def acknowledge(office: Office, demand: Demand, at: datetime) -> Path:
    """Put the acknowledgement among the answers, where it is not there yet.

    It is written after the demand has its number, so that nothing that is wrong with a letter
    keeps a demand from being received.

    Raises:
        Refusal: The demand was never received, or asks something else than what was; the letter
            would be of an earlier day than what is logged, or cannot be written.
    """
    path = office.out / f"{demand.id}-acknowledgement.pdf"
    drawn = answerable(office, demand)
    if not path.exists():
        with office.ledger() as ledger:
            check_not_before(office, ledger, demand.id, office.day(at))
        given = Addressed(
            stationery=read_stationery(office.profile, made_up=office.is_made_up),
            demand=demand,
            on=office.day(at),
            number=drawn.number,
            entry=drawn.entry,
        )
        letter = acknowledgement_letter(given)
        office.make_out()
        write_whole(path, letter, mode=0o600)
    return path
