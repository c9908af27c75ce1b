"""``office refuse``: a refusal that two voted for is logged, with the letters that tell it."""

from typing import TYPE_CHECKING

import click

from clerestory.acts import Statement
from clerestory.cli.desk.acting import carry_out
from clerestory.cli.desk.hand import By, Hand, by_one
from clerestory.cli.desk.place import Place
from clerestory.cli.terminal import tell, tell_folded

if TYPE_CHECKING:
    from clerestory.office.office import Office


@click.command()
@click.argument("matter")
@by_one
def refuse(hand: Hand, matter: str) -> None:
    """Log the refusal of MATTER; its letter, which neither confirms nor denies, is written.

    What stopped in between is finished by typing the same again, on whatever day.
    """
    office = hand.place.open()
    from clerestory.office.asking import find_matter, where
    from clerestory.office.refusing import draft_refusal

    found = find_matter(office, matter)
    if hand.write is None and where(office, found).state == "refused":
        tell_folded("this refusal was logged before")
        put_out_letters_here(hand.place, office, found)
        return

    def draft(office: "Office", by: By) -> Statement:
        return draft_refusal(office, found, actor=by.actor, key=by.key, at=by.at)

    carry_out(hand, draft)


def put_out_letters_here(place: Place, office: "Office", matter: str) -> None:
    """Write the letters of a refusal into the office's folder, and say where they are."""
    from clerestory.office.refusing import put_out_letters

    letter, index = put_out_letters(office, matter, place.out)
    tell(f"the letter is {letter}")
    tell(f"what is withheld is listed in {index}")
