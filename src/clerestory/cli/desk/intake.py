"""``office receive``, ``amend`` and ``withdraw``: what comes in by the one door.

The intake token is drawn before anything is sent and lies in a file beside the paper. As long as
it lies there, the same command finds the same number, whatever stopped it in between.
"""

from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING

import click

from clerestory.acts import Statement
from clerestory.cli.desk.acting import carry_out
from clerestory.cli.desk.hand import FILE, By, Hand, by_one
from clerestory.cli.desk.performing import Given
from clerestory.cli.terminal import tell_folded
from clerestory.kernel import Refusal
from clerestory.kernel.files import read_limited, write_private
from clerestory.notes.key_files import read_key_text

if TYPE_CHECKING:
    from clerestory.office.office import Office

MAX_PAPER_BYTES = 50_000_000
_TOKEN_BYTES = 32


@click.command()
@click.argument("paper", type=FILE)
@click.option("--site", default="", help="Of which site it is, where the office has several.")
@by_one
def receive(hand: Hand, paper: Path, site: str) -> None:
    """Take PAPER in, a demand in its written form: it draws its number at once.

    A token is kept beside it, in PAPER.intake. Typed again with that file in its place this finds
    the same number; where a second paper says the same, give it a file of its own.
    """
    content = read_paper_file(paper)
    token = _token(paper, content)

    def draft(office: "Office", by: By) -> Statement:
        from clerestory.office.receiving import draft_receipt

        return draft_receipt(
            office, token=token, paper=content, site=site, actor=by.actor, key=by.key, at=by.at
        )

    carry_out(hand, draft, paper=paper, given=Given(paper=content, token=token))
    _tell_faults(paper)


@click.command()
@click.argument("matter")
@click.argument("paper", type=FILE)
@click.option("--reason", required=True, help="What was wrong, in words that name nobody.")
@by_one
def amend(hand: Hand, matter: str, paper: Path, reason: str) -> None:
    """Correct what was keyed in of MATTER, a number: PAPER is the whole as it should have been.

    What was decided or voted on it counts no more, and what it claims is established anew.
    """
    content = read_paper_file(paper)

    def draft(office: "Office", by: By) -> Statement:
        from clerestory.office.asking import find_matter
        from clerestory.office.receiving import draft_amendment

        return draft_amendment(
            office, find_matter(office, matter), paper=content, reason=reason, actor=by.actor,
            key=by.key, at=by.at,
        )  # fmt: skip

    carry_out(hand, draft, paper=paper, given=Given(paper=content))
    _tell_faults(paper)


@click.command()
@click.argument("matter")
@click.argument("paper", type=FILE)
@by_one
def withdraw(hand: Hand, matter: str, paper: Path) -> None:
    """Take note that whoever asked took MATTER back: PAPER is what says so."""
    content = read_paper_file(paper)

    def draft(office: "Office", by: By) -> Statement:
        from clerestory.office.asking import find_matter
        from clerestory.office.receiving import draft_withdrawal

        return draft_withdrawal(
            office, find_matter(office, matter), paper=content, actor=by.actor, key=by.key,
            at=by.at,
        )  # fmt: skip

    carry_out(hand, draft, paper=paper, given=Given(paper=content))


def _tell_faults(paper: Path) -> None:
    """Tell the clerk where a paper is no demand in its written form; its number stands."""
    from clerestory.cli.deciding import read_without_deciding
    from clerestory.demands import load_document

    try:
        read_without_deciding(load_document(paper))
    except Refusal as fault:
        tell_folded(f"it cannot be decided as it is keyed in: {fault}")
        tell_folded(
            "next: see each fault with clerestory demand check, and correct it with clerestory "
            "office amend"
        )


def read_paper_file(path: Path) -> bytes:
    """Read a paper that somebody hands in."""
    return read_limited(path, MAX_PAPER_BYTES)


def token_file(paper: Path) -> Path:
    """Return where the intake token of a paper lies."""
    return paper.with_name(f"{paper.name}.intake")


def token_beside(paper: Path, content: bytes) -> str | None:
    """Return the intake token that lies beside a paper, if one does.

    Raises:
        Refusal: It is another paper's, which lay here before.
    """
    path = token_file(paper)
    if not path.exists():
        return None
    token, _, digest = read_key_text(path).strip().partition(" ")
    if digest != _digest(content):
        raise Refusal(
            f"an intake token is one paper's, and the file was another one when {path.name} was "
            "drawn",
            code="office-other-paper",
            todo="give another paper a file of its own name; where this one was keyed in wrongly "
            "and has its number already, correct it with: clerestory office amend",
        )
    return token


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _token(paper: Path, content: bytes) -> str:
    """Return the intake token of a paper: the one that lies beside it, or a new one."""
    path = token_file(paper)
    kept = token_beside(paper, content)
    if kept is not None:
        tell_folded(f"{path.name} lies beside the paper: the number that it drew is found")
        return kept
    token = token_urlsafe(_TOKEN_BYTES)
    try:
        write_private(path, f"{token} {_digest(content)}\n")
    except FileExistsError as fault:
        raise Refusal(
            f"somebody else takes this paper in right now: {path.name}",
            code="office-token-drawn",
            todo="type the same again: it finds the number that was drawn",
        ) from fault
    tell_folded(
        f"drew an intake token into {path.name}, beside the paper; leave it there: whatever "
        "happens now, the same command finds the same number"
    )
    return token
