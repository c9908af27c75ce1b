"""``office refuse``: a refusal that two people voted for is logged."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clerestory.acts import Statement
from clerestory.cli.desk.acting import carry_out
from clerestory.cli.desk.hand import FILE, By, Hand, by_one
from clerestory.cli.desk.intake import read_paper_file
from clerestory.cli.desk.performing import Given

if TYPE_CHECKING:
    from clerestory.office.office import Office


@click.command()
@click.argument("matter")
@click.argument("letter", type=FILE)
@by_one
def refuse(hand: Hand, matter: str, letter: Path) -> None:
    """Log the refusal of MATTER, with LETTER as it will leave."""
    content = read_paper_file(letter)

    def draft(office: "Office", by: By) -> Statement:
        from clerestory.office.asking import find_matter
        from clerestory.office.refusing import draft_refusal

        return draft_refusal(
            office, find_matter(office, matter), letter=content, actor=by.actor, key=by.key,
            at=by.at,
        )  # fmt: skip

    carry_out(hand, draft, paper=letter, given=Given(paper=content))
