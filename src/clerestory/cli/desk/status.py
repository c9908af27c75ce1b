"""``office status``: where a matter stands, or how many stand where, and never about whom."""

from pathlib import Path

import click

from clerestory.cli.desk.place import office_option, place
from clerestory.cli.desk.saying import next_in, said, state_says, tell_where
from clerestory.cli.in_short import in_short
from clerestory.cli.terminal import tell, tell_folded


@click.command()
@click.argument("matter", required=False)
@click.option("--number", type=click.IntRange(min=1), help="The matter, by its number.")
@office_option
def status(matter: str | None, number: int | None, folder: Path | None) -> None:
    """Tell where MATTER stands, by its number or its id; without one, how many stand where."""
    office = place(folder).open()
    from clerestory.office.asking import find_matter, numbers_by_state, where

    which = matter if number is None else str(number)
    if which is not None:
        stands = where(office, find_matter(office, which))
        tell(f"number {stands.number}, {stands.matter}, received on {stands.received_on}")
        for step in stands.steps:
            tell(f"  {step.position}. {step.on} {said(step.act)} by {step.actor}: "
                 f"{said(step.state)}")  # fmt: skip
        tell_where(office.table, stands)
        return
    found = numbers_by_state(office)
    for state, numbers in found.items():
        tell_folded(
            f"{said(state)}: {len(numbers)} ({in_short(map(str, numbers))}), "
            f"{state_says(office.table, state)}"
        )
        tell_folded(f"  {next_in(office.table, state)}")
    if found:
        tell_folded("what is due by which day: clerestory office due")
    else:
        tell("nothing came in yet")
        tell_folded("next: a paper is taken in with clerestory office receive")
