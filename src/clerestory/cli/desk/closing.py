"""``office close``: nothing more is done in a matter."""

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
def close(hand: Hand, matter: str) -> None:
    """Close MATTER: it was handed over or taken back, and whoever must be told was told."""

    def draft(office: "Office", by: By) -> Statement:
        from clerestory.office.asking import find_matter
        from clerestory.office.closing import draft_closing

        return draft_closing(
            office, find_matter(office, matter), actor=by.actor, key=by.key, at=by.at
        )

    carry_out(hand, draft)
