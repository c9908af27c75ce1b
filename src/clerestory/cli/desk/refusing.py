"""``office refuse``: a refusal that two voted for is logged, with the letter that tells it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clerestory.acts import Statement
from clerestory.cli.desk.acting import carry_out
from clerestory.cli.desk.hand import FILE, By, Hand, by_one
from clerestory.cli.desk.intake import read_paper_file
from clerestory.cli.desk.performing import Given
from clerestory.cli.terminal import tell
from clerestory.kernel.files import write_whole
from clerestory.kernel.folders import make_lasting

if TYPE_CHECKING:
    from clerestory.office.office import Office


@click.command()
@click.argument("matter")
@click.option("--letter", type=FILE, help="Counsel's own letter in the place of the office's.")
@by_one
def refuse(hand: Hand, matter: str, letter: Path | None) -> None:
    """Log the refusal of MATTER; its letter, which neither confirms nor denies, is written."""
    office = hand.place.open()
    from clerestory.office.asking import find_matter, where
    from clerestory.office.letters import letter_of_refusal
    from clerestory.office.refusing import draft_refusal

    found = find_matter(office, matter)
    if letter is None:
        content = letter_of_refusal(office, found, office.day(office.moment(hand.at)))
    else:
        content = read_paper_file(letter)

    def draft(office: "Office", by: By) -> Statement:
        return draft_refusal(office, found, letter=content, actor=by.actor, key=by.key, at=by.at)

    path = letter
    if path is None:
        number = where(office, found).number
        path = hand.place.out / f"{number}-refusal.pdf"
    if hand.write is not None and letter is None:
        # Whoever does it later does it with these very bytes.
        path = hand.write.with_name(f"{hand.write.name}.pdf")
        write_whole(path, content, mode=0o600)
    carry_out(hand, draft, paper=path, given=Given(paper=content))
    if hand.write is None and letter is None:
        make_lasting(path.parent)
        write_whole(path, content, mode=0o600)
        tell(f"the letter is {path}")
