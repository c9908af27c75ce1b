"""``clerestory law prove`` and ``law diff``: what a law does for every demand there can be."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
import yaml

from clerestory.cli.clock import DAY, profile_option, today_in
from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.law_options import (
    json_option,
    milliseconds,
    out_option,
    packs_dir_option,
    progress,
    seconds_option,
    write_demands,
)
from clerestory.cli.places import packs_folder
from clerestory.cli.terminal import tell, tell_json, tell_lines

if TYPE_CHECKING:
    from clerestory.audit.law_diff import LawDiff
    from clerestory.audit.proof import ProofReport


@click.command()
@click.argument("packs", nargs=-1)
@packs_dir_option
@out_option
@seconds_option
@profile_option
@json_option
def prove(
    packs: tuple[str, ...], packs_dir: Path | None, out: Path | None, seconds: float,
    profile: str, as_json: bool,
) -> None:  # fmt: skip
    """Prove every promise of PACKS (or of all of them) for all demands.

    A promise that does not hold is shown as a demand file that breaks it. The exit code is 1 unless
    every promise is proved.
    """
    from clerestory.audit.law_choice import choose_law
    from clerestory.audit.proof import prove as prove_stack
    from clerestory.law.packs import available_packs

    folder = packs_folder(packs_dir)
    reports: list[ProofReport] = []
    for name in packs or available_packs(folder):
        stack = choose_law(name, folder, today_in(profile)).stack
        with progress(as_json) as say:
            reports.append(prove_stack(stack, timeout_ms=milliseconds(seconds), say=say))
    _show(reports, out, as_json=as_json)
    sys.exit(ExitCode.DONE if all(report.holds for report in reports) else ExitCode.NO)


def _show(reports: "list[ProofReport]", out: Path | None, *, as_json: bool) -> None:
    if as_json:
        tell_json([report.to_json() for report in reports], indent=2)
    for report in reports:
        broken = [proof.demand for proof in report.proofs if proof.demand is not None]
        write_demands(out, {str(demand["id"]): demand for demand in broken}, quiet=as_json)
        if not as_json:
            for line in report.lines(shown=out is None):
                tell_lines(line)


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--on", type=DAY, help="The day, where none is given.  [default: today]")
@packs_dir_option
@out_option
@seconds_option
@profile_option
@json_option
def diff(
    old: str, new: str, on: date | None, packs_dir: Path | None, out: Path | None,
    seconds: float, profile: str, as_json: bool,
) -> None:  # fmt: skip
    """Show for which demands the answers of NEW differ from those of OLD.

    Each is a pack's name or folder, with a day if wanted: us-me, drafts/us-me, us-me@2026-03-02.
    The exit code is 1 where something differs or stays open. "No difference" is a proof.
    """
    from clerestory.audit.law_choice import choose_law
    from clerestory.audit.law_diff import diff_laws

    folder, day = packs_folder(packs_dir), on or today_in(profile)
    found = diff_laws(
        choose_law(old, folder, day), choose_law(new, folder, day),
        timeout_ms=milliseconds(seconds),
    )  # fmt: skip
    write_demands(
        out, {str(change.demand["id"]): change.demand for change in found.changes}, quiet=as_json
    )
    if as_json:
        tell_json(found.to_json(), indent=2)
    else:
        _tell(found, shown=out is None)
    sys.exit(ExitCode.DONE if found.is_none else ExitCode.NO)


def _tell(found: "LawDiff", *, shown: bool) -> None:
    for change in found.changes:
        for line in change.lines():
            tell_lines(line)
        if shown:
            tell("       for example:")
            tell_lines(as_yaml(change.demand))
    for question in found.open_questions:
        tell(f"open   {question}: not settled in the time given")
    if found.is_none:
        tell(f"no difference: proved for every demand ({found.seconds:.1f} s)")
    else:
        tell(f"{len(found.changes)} kinds of change ({found.seconds:.1f} s)")


def as_yaml(document: object) -> str:
    """Return a demand as it would be written by hand, indented for the terminal."""
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
    return "\n".join(f"         {line}" for line in text.splitlines())
