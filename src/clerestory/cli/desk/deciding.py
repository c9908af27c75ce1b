"""``office decide``: the office's own law of today is applied; nobody chooses it."""

from typing import TYPE_CHECKING

import click

from clerestory.acts import Statement
from clerestory.cli.desk.acting import carry_out
from clerestory.cli.desk.hand import By, Hand, by_one

if TYPE_CHECKING:
    from clerestory.office.office import Office


@click.command()
@click.argument("matter")
@by_one
def decide(hand: Hand, matter: str) -> None:
    """Have MATTER, a number, decided under the office's law of today, as its facts stand.

    To ask what another law or another day would answer: clerestory decide.
    """

    def draft(office: "Office", by: By) -> Statement:
        from clerestory.office.asking import find_matter
        from clerestory.office.deciding import draft_decision

        return draft_decision(
            office, find_matter(office, matter), actor=by.actor, key=by.key, at=by.at
        )

    carry_out(hand, draft)
