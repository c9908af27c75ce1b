"""``office hand-over``, ``take-receipt`` and ``take-back``: an answer leaves, or must not."""

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
@click.argument("sent", type=FILE)
@click.option("--receipt-key", type=FILE, help="The key with which the recipient will sign for it.")
@by_one
def hand_over(hand: Hand, matter: str, sent: Path, receipt_key: Path | None) -> None:
    """Let SENT leave, the package or the letter of MATTER; give it away once this has answered.

    Without --receipt-key no receipt can be taken later: nobody could tell whose it is.
    """
    beside = b"" if receipt_key is None else read_paper_file(receipt_key)

    def draft(office: "Office", by: By) -> Statement:
        from clerestory.office.asking import find_matter
        from clerestory.office.handing_over import draft_hand_over

        return draft_hand_over(
            office, find_matter(office, matter), sent=sent, sender=hand.place.sender().verifier,
            receipt_key=beside, actor=by.actor, key=by.key, at=by.at,
        )  # fmt: skip

    carry_out(hand, draft, paper=sent, given=Given(path=sent, beside=beside or None))


@click.command()
@click.argument("matter")
@click.argument("receipt", type=FILE)
@click.option("--signature", type=FILE, help="Its signature, where that is a file of its own.")
@by_one
def take_receipt(hand: Hand, matter: str, receipt: Path, signature: Path | None) -> None:
    """Keep RECEIPT of MATTER, signed by its recipient with the key given at the hand-over."""
    content = read_paper_file(receipt)
    beside = None if signature is None else read_paper_file(signature)

    def draft(office: "Office", by: By) -> Statement:
        from clerestory.office.asking import find_matter
        from clerestory.office.handing_over import draft_receipt_taken

        return draft_receipt_taken(
            office, find_matter(office, matter), receipt=content, signature=beside,
            actor=by.actor, key=by.key, at=by.at,
        )  # fmt: skip

    carry_out(hand, draft, paper=receipt, given=Given(paper=content, beside=beside))


@click.command()
@click.argument("matter")
@click.option("--reason", required=True, help="Why, in words that name nobody.")
@by_one
def take_back(hand: Hand, matter: str, reason: str) -> None:
    """Take back the answer of MATTER that has not left: its package is destroyed."""

    def draft(office: "Office", by: By) -> Statement:
        from clerestory.office.asking import find_matter
        from clerestory.office.taking_back import draft_take_back

        return draft_take_back(
            office, find_matter(office, matter), reason=reason, actor=by.actor, key=by.key,
            at=by.at,
        )  # fmt: skip

    carry_out(hand, draft)
