"""``clerestory law activate``: the gate that a law passes before it answers demands."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

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
from clerestory.kernel.files import write_whole

if TYPE_CHECKING:
    from clerestory.audit.gate import GateReport


@click.command()
@packs_dir_option
@out_option
@click.option(
    "--draft",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the tables that would allow the changes, with blanks to fill in.",
)
@seconds_option
@json_option
def activate(
    packs_dir: Path | None, out: Path | None, draft: Path | None, seconds: float, as_json: bool
) -> None:
    """Let the packs answer demands, if they pass the gate.

    Four steps in order: the check, the proof of every promise, every known answer, and the
    comparison with the law that is active. Whatever that law answers otherwise must be listed in
    changes.toml in the folder of packs, each with the source of law that it rests on, a known
    answer that shows it, and who reviewed it.

    Only active packs answer: `disclose` and `refuse` stop at any other. A pack that was changed is
    not active until this is run again. Unless every step passes, nothing is written but --out and
    --draft.
    """
    from clerestory.audit.case_score import list_case_files
    from clerestory.audit.gate import pass_gate
    from clerestory.cli.places import casebook_folder

    folder = packs_folder(packs_dir)
    # Packs that were copied somewhere by themselves are held against the casebook that came with
    # the program: fewer known answers would only let more through.
    beside = casebook_folder(packs_dir) or casebook_folder()
    files = list_case_files([beside]) if beside else []
    with progress(as_json) as say:
        report = pass_gate(folder, files, timeout_ms=milliseconds(seconds), say=say)
    _show(report, out, draft, as_json=as_json)
    sys.exit(ExitCode.DONE if report.activated else ExitCode.NO)


def _show(report: "GateReport", out: Path | None, draft: Path | None, *, as_json: bool) -> None:
    if as_json:
        tell_json(report.to_json(), indent=2)
    else:
        for line in report.lines(shown=out is None):
            tell_lines(line)
    demands = {str(one["id"]): one for one in report.demands()}
    write_demands(out, demands, quiet=as_json)
    if draft is not None and report.found:
        write_whole(draft, report.draft().encode())
        if not as_json:
            tell(f"wrote {draft}")
