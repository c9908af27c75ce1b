"""``office due``: what the law says is to be done by a day."""

import sys
from pathlib import Path

import click

from clerestory.cli.desk.place import at_option, moment, office_option, place
from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.terminal import tell, tell_folded


@click.command()
@office_option
@at_option
def due(folder: Path | None, at_text: str | None) -> None:
    """List what is due in the matters that are not done with; the answer is no where one is late.

    It is what the last decision of each matter says, less what an act shows to be done; of a duty
    that no act does, such as telling counsel, people know alone.
    """
    office = place(folder).open()
    from clerestory.demands.speaking import Speaker
    from clerestory.office.asked import own_law
    from clerestory.office.due import due_in

    today = office.day(office.moment(moment(at_text)))
    say = Speaker(sentences=own_law(office).stack.sentences).name
    late = 0
    for one in due_in(office):
        is_late = one.on < today
        late += is_late
        to = f" (to {say('duty_to', one.to)})" if one.to else ""
        mark = " LATE" if is_late else ""
        tell_folded(f"{one.on}{mark} number {one.number}: {say('duties', one.code)}{to}")
    if late:
        tell_folded(
            f"{late} late on {today}, as far as acts show what was done; tell the privacy officer "
            "what was not"
        )
        sys.exit(ExitCode.NO)
    tell(f"nothing is late on {today}")
