"""``office activate``, ``suspend`` and ``resume``: which law the office answers by.

It is the one that lies on this machine, after it came through the gate. No option chooses one.
"""

from datetime import date
from typing import TYPE_CHECKING

import click

from clerestory.acts import Statement
from clerestory.cli.clock import DAY
from clerestory.cli.desk.acting import carry_out
from clerestory.cli.desk.hand import By, Hand, by_one, by_two
from clerestory.kernel import Refusal

if TYPE_CHECKING:
    from clerestory.office.office import Office


@click.command()
@click.option(
    "--review-by", type=DAY, required=True, help="The day by which counsel reviews the law again."
)
@by_two
def activate(hand: Hand, review_by: date) -> None:
    """Activate the law, the profile and the program as they are on this machine.

    One of the two who sign is counsel. Until then an office whose files were changed answers
    nothing.
    """

    def draft(office: "Office", by: By) -> Statement:
        from clerestory.office.standing_law import draft_activation

        if by.second is None:  # pragma: no cover - the option is required
            raise Refusal("two people activate a law", code="act-two-people", todo="name both")
        return draft_activation(
            office, review_by=review_by, actor=by.actor, key=by.key, second=by.second, at=by.at
        )

    carry_out(hand, draft)


@click.command()
@click.argument("authority")
@click.option("--reason", required=True, help="The order that was served, or why; no names.")
@by_one
def suspend(hand: Hand, authority: str, reason: str) -> None:
    """Suspend AUTHORITY, by its id in the packs, from today on: counsel alone signs.

    What would leave by it is referred to counsel; nothing is opened by a suspension.
    """
    _suspend(hand, "suspend", authority, reason)


@click.command()
@click.argument("authority")
@click.option("--reason", required=True, help="What ended the suspension; no names.")
@by_two
def resume(hand: Hand, authority: str, reason: str) -> None:
    """Let AUTHORITY open again what it opened. Two sign, and one of them is counsel."""
    _suspend(hand, "resume", authority, reason)


def _suspend(hand: Hand, act: str, authority: str, reason: str) -> None:
    def draft(office: "Office", by: By) -> Statement:
        from clerestory.office.standing_law import draft_suspension

        return draft_suspension(
            office, act, authority=authority, reason=reason, actor=by.actor, key=by.key,
            second=by.second, at=by.at,
        )  # fmt: skip

    carry_out(hand, draft)
