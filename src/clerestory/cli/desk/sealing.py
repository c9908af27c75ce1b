"""``office seal``: the package for one recipient is logged, then written once that is proved."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clerestory.acts import Statement
from clerestory.cli.desk.acting import carry_out
from clerestory.cli.desk.hand import FILE, By, Hand, by_one
from clerestory.cli.desk.intake import read_paper_file
from clerestory.cli.desk.performing import Given
from clerestory.cli.desk.place import Place
from clerestory.cli.terminal import tell, tell_folded
from clerestory.kernel import Refusal

if TYPE_CHECKING:
    from clerestory.office.office import Office


@click.command()
@click.argument("matter")
@click.argument("recipient", type=FILE)
@by_one
def seal(hand: Hand, matter: str, recipient: Path) -> None:
    """Seal the answer of MATTER to RECIPIENT, the file of the public key that they sent.

    What stopped in between is finished by typing the same again, on whatever day.
    """
    content = read_paper_file(recipient)
    office = hand.place.open()
    from clerestory.office.asking import find_matter, where
    from clerestory.office.sealing import draft_seal, is_sealed_to

    found = find_matter(office, matter)
    if where(office, found).state == "sealed" and not is_sealed_to(office, found, content):
        raise Refusal(
            "an answer is sealed to one recipient, and this one is sealed to another",
            code="seal-second",
            todo="hand it to the recipient to whom it is sealed; where that was the wrong one, "
            "take it back, and have it decided and voted on again",
        )
    if hand.write is None and is_sealed_to(office, found, content):
        tell_folded("this answer was sealed before, to this very recipient")
        put_out_here(hand.place, office, found)
        return

    def draft(office: "Office", by: By) -> Statement:
        return draft_seal(
            office, found, recipient=content, sender=hand.place.sender().verifier,
            actor=by.actor, key=by.key, at=by.at,
        )  # fmt: skip

    carry_out(hand, draft, paper=recipient, given=Given(paper=content))


def put_out_here(place: Place, office: "Office", matter: str) -> None:
    """Write the package of a sealed answer into the office's folder, and say where it is."""
    from clerestory.office.sealing import put_out

    path = put_out(office, matter, sender=place.sender(), folder=place.out)
    tell(f"the package is {path}, with its signature beside it")
