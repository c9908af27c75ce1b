"""``office vote`` and ``office recuse``: two people let an answer stand, each by themselves."""

from typing import TYPE_CHECKING

import click

from clerestory.acts import Statement
from clerestory.cli.desk.acting import carry_out
from clerestory.cli.desk.hand import By, Hand, by_one
from clerestory.kernel import Refusal

if TYPE_CHECKING:
    from clerestory.office.office import Office


@click.command()
@click.argument("matter")
@click.option(
    "--lower", multiple=True, metavar="FIELD=ANSWER",
    help="Lower one answer, such as snap/S1.address=withhold; again for more.",
)  # fmt: skip
@click.option("--dissent", default="", help="What one thinks otherwise, in words that name nobody.")
@by_one
def vote(hand: Hand, matter: str, lower: tuple[str, ...], dissent: str) -> None:
    """Let the answer of MATTER stand as it was read, or lower it; it is never raised.

    Read it first: clerestory office read.
    """
    wishes = _wishes(lower)

    def draft(office: "Office", by: By) -> Statement:
        from clerestory.office.asking import find_matter
        from clerestory.office.voting import draft_vote

        return draft_vote(
            office, find_matter(office, matter), actor=by.actor, key=by.key, lower=wishes,
            dissent=dissent, at=by.at,
        )  # fmt: skip

    carry_out(hand, draft)


@click.command()
@click.argument("matter")
@click.option("--reason", required=True, help="Why, in words that name nobody else.")
@by_one
def recuse(hand: Hand, matter: str, reason: str) -> None:
    """Take no part in the votes on MATTER, now or later."""

    def draft(office: "Office", by: By) -> Statement:
        from clerestory.office.asking import find_matter
        from clerestory.office.voting import draft_recusal

        return draft_recusal(
            office, find_matter(office, matter), actor=by.actor, key=by.key, reason=reason,
            at=by.at,
        )  # fmt: skip

    carry_out(hand, draft)


def _wishes(lower: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=")[::2] for text in lower]
    wishes = dict(pairs)
    if len(wishes) != len(pairs):
        raise Refusal(
            "each answer is lowered once",
            code="review-twice",
            todo="give --lower once for each field",
        )
    return wishes
