"""``clerestory decide``: a determination that a custodian can read and sign."""

from datetime import date
from pathlib import Path

import click

from clerestory.cli.clock import DAY
from clerestory.cli.deciding import decide_file
from clerestory.cli.demand_options import lower_option
from clerestory.cli.terminal import tell_json_text
from clerestory.demands import Determination, determination_text
from clerestory.office.answer.decided import Decided
from clerestory.policy.errors import EvaluationAlarm


@click.command()
@click.argument("demand", type=click.Path(path_type=Path))
@click.option("--on", type=DAY, help="The day whose law decides.")
@click.option("--case", help="Take this case of a casebook, as it stood on the day.")
@click.option("--pack", "packs", multiple=True, help="A law pack; give it again for more.")
@click.option("--packs-dir", type=click.Path(path_type=Path), help="Where the packs are.")
@click.option("--json", "as_json", is_flag=True, help="Print the determination as JSON.")
@click.option("--brief", is_flag=True, help="Print the answer and its authorities only.")
@lower_option
@click.option("--why", is_flag=True, help="Print the reasons, the open questions and the duties.")
@click.option(
    "--counsel", is_flag=True, help="Print these as counsel reads them, with each step of a clock."
)
def decide(
    demand: Path,
    on: date | None,
    case: str | None,
    packs: tuple[str, ...],
    packs_dir: Path | None,
    as_json: bool,
    brief: bool,
    lower: tuple[str, ...],
    why: bool,
    counsel: bool,
) -> None:
    """Decide DEMAND (YAML or JSON, clerestory-demand/1) under the law of a day.

    Without --on the law of the day of receipt decides. Without --pack the packs of the holder's
    jurisdiction do. Nothing is released by this command.
    """
    decided = decide_file(
        demand, on=on, case=case, packs=packs, packs_dir=packs_dir,
        lower=lower,
    )  # fmt: skip
    if as_json:
        tell_json_text(determination_text(decided.determination, decided.speaker))
    else:
        show(decided, brief=brief, why=why, counsel=counsel)
    check_alarms(decided.determination)


def check_alarms(determination: Determination) -> None:
    """Raise the alarm where a policy could not be evaluated.

    Raises:
        EvaluationAlarm: At least one could not; the determination withholds what it touched.
    """
    if determination.alarms:
        raise EvaluationAlarm(
            f"{len(determination.alarms)} policies could not be evaluated",
            todo="run clerestory law check, mend what it names, then decide again",
        )


def show(
    decided: Decided, *, brief: bool = False, why: bool = False, counsel: bool = False
) -> None:
    """Print a determination for people; where several are asked for, the fuller one counts."""
    from clerestory.cli.determination_view import Detail, DeterminationView

    asked = {Detail.COUNSEL: counsel, Detail.WHY: why, Detail.BRIEF: brief}
    detail = next((detail for detail, is_asked in asked.items() if is_asked), Detail.ANSWER)
    DeterminationView(decided, detail=detail).print()
