"""``office audit``: every act of the office is checked again, from its log and signatures alone."""

import sys
from pathlib import Path

import click

from clerestory.audit.chain import ChainCheck
from clerestory.cli.desk.place import office_option, place
from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.terminal import tell, tell_folded


@click.command()
@click.option("--founding", help="The digest of the founding, as the founders gave it on paper.")
@office_option
def audit(founding: str | None, folder: Path | None) -> None:
    """Check every act in the order of the log, and tell each finding with its code."""
    office = place(folder).open()
    from clerestory.office.walking import walk

    check = ChainCheck(office.table, origin=office.origin, founding=founding or office.founding)
    seen = found = 0
    for entry in walk(office):
        seen += 1
        for each in check.take(entry):
            found += 1
            where = f", {each.matter} position {each.position}" if each.matter else ""
            tell_folded(f"{each.code}: entry {each.index}{where}: {each.what}")
    if found:
        tell(f"{found} findings in {seen} entries of the log")
        sys.exit(ExitCode.CORRUPTION)
    tell_folded(
        f"{seen} entries of the log: each is an act that was allowed, signed and in its place"
    )
    if founding is None:
        tell_folded(
            f"next: compare the founding {office.founding} with the digest that the founders gave "
            "on paper, or give that with --founding"
        )
