"""Tell the sender that a demand arrived: its number, and what happens next."""

from datetime import datetime
from pathlib import Path

from clerestory.cli.office import Office, one_at_a_time
from clerestory.cli.order_of_acts import check_not_before
from clerestory.cli.places import packs_folder
from clerestory.cli.received import answerable
from clerestory.demands import Demand
from clerestory.demands.speaking import Speaker
from clerestory.disclosure import Addressed, acknowledgement_letter, read_stationery
from clerestory.kernel.files import write_whole
from clerestory.law.packs import available_packs
from clerestory.law.sentences import load_sentences


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
        packs = packs_folder()
        # Of what was asked by whichever law: the words of all packs stand beside each other.
        sentences = load_sentences(packs, sorted(available_packs(packs)))
        given = Addressed(
            stationery=read_stationery(office.profile, made_up=office.is_made_up),
            demand=demand,
            on=office.day(at),
            speaker=Speaker(sentences=sentences),
            number=drawn.number,
        )
        letter = acknowledgement_letter(given)
        office.make_out()
        write_whole(path, letter, mode=0o600)
    return path
