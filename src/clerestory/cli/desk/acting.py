"""What every act on the command line shares: drafted, signed here or written for signing, done."""

import shlex
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from clerestory.acts import Signed, Statement
from clerestory.cli.desk.explaining import tell_statement
from clerestory.cli.desk.hand import By, Hand
from clerestory.cli.desk.performing import OF_A_PAPER, Given, perform_signed
from clerestory.cli.desk.place import Place
from clerestory.cli.desk.saying import tell_done
from clerestory.cli.desk.written import Written
from clerestory.cli.terminal import tell_folded
from clerestory.notes.key_files import read_signing_key

if TYPE_CHECKING:
    from clerestory.office.office import Office


def carry_out(
    hand: Hand,
    draft: Callable[["Office", By], Statement],
    *,
    paper: Path | None = None,
    given: Given | None = None,
) -> None:
    """Do an act, or write its statement for others to sign.

    Args:
        hand: Who acts.
        draft: Writes the statement from what stands in the office.
        paper: The file that is given with it, for telling what to type next.
        given: What the act takes beside its statement.
    """
    hand.check_keys()
    office = hand.place.open()
    from clerestory.office.asking import known_key

    statement = draft(office, hand.by(lambda who: known_key(office, who)))
    written = sign_here(hand, Written(statement=statement))
    if hand.write is not None:
        hand_on(written, hand.write, paper)
        return
    do_here(hand.place, office, written.signed(), given or Given(), hand.at)


def do_here(
    place: Place, office: "Office", signed: Signed, given: Given, at: datetime | None
) -> None:
    """Do a signed act, with what follows from it at once, and say what stands."""
    acted = perform_signed(place, office, signed, given, at=at)
    if signed.statement.act == "seal":
        from clerestory.cli.desk.sealing import put_out_here

        put_out_here(place, office, acted.matter)
    if signed.statement.act == "refuse":
        from clerestory.cli.desk.refusing import put_out_letters_here

        put_out_letters_here(place, office, acted.matter)
    tell_done(office, acted, signed.statement)


def sign_here(hand: Hand, written: Written) -> Written:
    """Return a statement with the signatures of the keys that were given."""
    for who, path in ((hand.actor, hand.key), (hand.second, hand.second_key)):
        if who is not None and path is not None:
            written = written.signed_by(who, read_signing_key(path))
    return written


def hand_on(written: Written, path: Path, paper: Path | None = None) -> None:
    """Write a statement to its file, and say who does what with it."""
    written.write(path)
    tell_statement(written)
    tell_next(written, path, paper)


def tell_next(written: Written, path: Path, paper: Path | None = None) -> None:
    """Say what is typed next with a written statement."""
    name = shlex.quote(str(path))
    if written.missing:
        tell_folded(
            f"next: {' and '.join(written.missing)} read and sign it: clerestory office sign "
            f"{name} --as ID --key FILE"
        )
        return
    needs = written.statement.act in OF_A_PAPER
    beside = f" --paper {shlex.quote(str(paper or 'FILE'))}" if needs else ""
    tell_folded(f"next: all have signed; it is done with: clerestory office do {name}{beside}")
