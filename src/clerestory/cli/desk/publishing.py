"""``office publish``: the log as plain files, for everybody."""

from pathlib import Path

import click

from clerestory.cli.desk.place import office_option, place
from clerestory.cli.terminal import tell_folded, tell_lines


@click.command()
@office_option
def publish(folder: Path | None) -> None:
    """Publish the log in the office's folder: it shows that and when, never whom."""
    here = place(folder)
    office = here.open()
    from clerestory.office.publishing import publish_log

    note = publish_log(office, here.log)
    tell_lines(note.rstrip("\n"))
    tell_folded(f"next: give {here.log} to whoever mirrors it; anybody checks it with clerestory "
                f"log verify {here.log} --vkey {here.public / 'log.vkey'}")  # fmt: skip
