"""``office audit``: every act is checked again, and every determination decided again."""

import sys
from pathlib import Path

import click

from clerestory.cli.desk.place import office_option, place
from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.terminal import tell, tell_folded


@click.command()
@click.option("--founding", help="The digest of the founding, as the founders gave it on paper.")
@click.option(
    "--sample", type=click.FloatRange(0, 1), default=0.05, show_default=True,
    help="Which share of the determinations Cedar decides again too.",
)  # fmt: skip
@click.option(
    "--seed", type=int, default=0, show_default=True, help="What that sample is drawn with."
)
@office_option
def audit(founding: str | None, sample: float, seed: int, folder: Path | None) -> None:
    """Check all that the office keeps against its log, and decide again what was decided.

    Nothing is written, and it may be stopped anywhere.
    """
    office = place(folder).open()
    from clerestory.office.auditing import OfficeAudit

    run = OfficeAudit(
        office=office, founding=founding, seed=seed, share=sample,
        progress=_tell_progress,
    )  # fmt: skip
    for each in run.run():
        entry = f": entry {each.index}" if each.index is not None else ""
        where = f", {each.matter}" if each.matter else ""
        where += f" position {each.position}" if each.position else ""
        tell_folded(f"{each.code}{entry}{where}: {each.what}")
    told = run.counted
    if told.found:
        tell(f"{told.found} findings in {told.entries} entries of the log")
        sys.exit(ExitCode.CORRUPTION)
    tell_folded(
        f"{told.entries} entries of the log: each is an act that was allowed, signed and in its "
        f"place. {told.matters} matters, {told.papers} papers as their acts bind them; "
        f"{told.decided} determinations decided again, {told.sampled} of them by Cedar too "
        f"(seed {seed}): the law makes the same of them."
    )
    if founding is None:
        tell_folded(
            f"next: compare the founding {office.founding} with the digest that the founders gave "
            "on paper, or give that with --founding"
        )


def _tell_progress(done: int) -> None:
    if done % 5_000 == 0:
        tell(f"{done} entries checked", err=True)
