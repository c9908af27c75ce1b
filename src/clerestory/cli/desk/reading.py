"""``office read``: the answer in words, for whoever votes on it."""

from pathlib import Path

import click

from clerestory.acts import key_hash
from clerestory.cli.desk.hand import FILE, as_option
from clerestory.cli.desk.place import at_option, moment, office_option, place
from clerestory.cli.desk.saying import tell_where
from clerestory.notes.key_files import read_signing_key


@click.command()
@click.argument("matter")
@as_option
@click.option("--key", type=FILE, required=True, help="The file of one's own signing key.")
@click.option(
    "--counsel", is_flag=True, help="With counsel's whole reasons and each clock's steps."
)
@office_option
@at_option
def read(
    matter: str, actor: str, key: Path, counsel: bool, folder: Path | None, at_text: str | None
) -> None:
    """Print what is decided of MATTER, in words: what one votes on.

    After two votes that lower differently it is the lower answer, which both vote on anew.
    """
    signer = read_signing_key(key)
    office = place(folder).open()
    from clerestory.cli.determination_view import Detail, DeterminationView
    from clerestory.office.asking import find_matter, where
    from clerestory.office.reading import answer_to_read, check_reader

    found = find_matter(office, matter)
    check_reader(office, found, actor, key_hash(signer.verifier), at=moment(at_text))
    decided = answer_to_read(office, found)
    detail = Detail.COUNSEL if counsel else Detail.WHY
    DeterminationView(decided, detail=detail, says_next=False).print()
    tell_where(office.table, where(office, found))
