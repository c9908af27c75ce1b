"""``office show``, ``sign`` and ``do``: a statement that goes from one person to the next."""

from pathlib import Path

import click

from clerestory.acts import Signed
from clerestory.cli.desk.acting import do_here, tell_next
from clerestory.cli.desk.explaining import tell_statement
from clerestory.cli.desk.founding import do_founding
from clerestory.cli.desk.hand import FILE, as_option
from clerestory.cli.desk.intake import read_paper_file, token_beside
from clerestory.cli.desk.performing import Given
from clerestory.cli.desk.place import at_option, moment, office_option, place
from clerestory.cli.desk.written import read_written
from clerestory.notes.key_files import read_signing_key


@click.command()
@click.argument("file", type=FILE)
def show(file: Path) -> None:
    """Tell in plain words what the statement in FILE binds, and who has signed it."""
    written = read_written(file)
    tell_statement(written)
    tell_next(written, file)


@click.command()
@click.argument("file", type=FILE)
@as_option
@click.option("--key", type=FILE, required=True, help="The file of one's own signing key.")
def sign(file: Path, actor: str, key: Path) -> None:
    """Add one's signature to the statement in FILE; what it binds is told first."""
    written = read_written(file).signed_by(actor, read_signing_key(key))
    written.rewrite(file)
    tell_statement(written)
    tell_next(written, file)


@click.command()
@click.argument("file", type=FILE)
@click.option("--paper", type=FILE, help="The paper that the statement binds, where it does.")
@click.option(
    "--beside", type=FILE, help="The key for receipts, or the signature of one, where given."
)
@office_option
@at_option
def do(
    file: Path, paper: Path | None, beside: Path | None, folder: Path | None, at_text: str | None
) -> None:
    """Do what the statement in FILE says, once all whom it names have signed it."""
    written = read_written(file)
    signed, at = written.signed(), moment(at_text)
    if signed.statement.act == "found":
        do_founding(place(folder), signed, at)
        return
    here = place(folder)
    do_here(here, here.open(), signed, _given(signed, paper, beside), at)


def _given(signed: Signed, paper: Path | None, beside: Path | None) -> Given:
    act = signed.statement.act
    extra = None if beside is None else read_paper_file(beside)
    if paper is None or act == "hand_over":
        return Given(path=paper, beside=extra)
    content = read_paper_file(paper)
    token = token_beside(paper, content) if act == "receive" else None
    return Given(paper=content, token=token, beside=extra)
