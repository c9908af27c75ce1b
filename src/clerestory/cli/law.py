"""``clerestory law``: check packs, show an authority, run known answers."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clerestory.cli.clock import DAY, DEFAULT_PROFILE, profile_option, today_in
from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.law_activate import activate
from clerestory.cli.law_answer import answer
from clerestory.cli.law_options import (
    json_option,
    milliseconds,
    packs_dir_option,
    progress,
    seconds_option,
)
from clerestory.cli.law_prove import diff, prove
from clerestory.cli.law_replay import replay, simulate
from clerestory.cli.law_rows import rows
from clerestory.cli.places import casebook_folder, packs_folder
from clerestory.cli.terminal import tell, tell_json
from clerestory.kernel.files import write_whole

if TYPE_CHECKING:
    from clerestory.audit.grading import Wanted
    from clerestory.audit.pack_check import PackReport
    from clerestory.law.packs import Pack


@click.group()
def law() -> None:
    """The law as data: check it, read it, and hold it against known answers."""


@law.command()
@click.argument("packs", nargs=-1)
@packs_dir_option
@json_option
@click.option(
    "--conditions",
    is_flag=True,
    help="Name each condition that no known answer shows, and say how grave that is.",
)
@click.option(
    "--draft",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the known answers that are wanted: demands, with blanks for the answers.",
)
@click.option("--on", type=DAY, help="Make these demands under this day's law.  [default: today]")
@seconds_option
def check(
    packs: tuple[str, ...],
    packs_dir: Path | None,
    as_json: bool,
    conditions: bool,
    draft: Path | None,
    on: date | None,
    seconds: float,
) -> None:
    """Check PACKS whole (or all of them), and name file and line of every fault.

    The exit code is 1 when there is a fault. A warning is for a lawyer to look at, and no fault.
    """
    from clerestory.audit.case_score import list_case_files
    from clerestory.audit.pack_check import check_packs

    folder = packs_folder(packs_dir)
    beside = casebook_folder(packs_dir)
    casebook = list_case_files([beside]) if beside else []
    wanted: Sequence[Wanted] = ()
    with progress(as_json) as say:
        report = check_packs(folder, packs, casebook=casebook, say=say)
        if (conditions or draft) and report.coverage.missing:
            from clerestory.audit.grading import Grading

            grading = Grading(
                folder,
                on or today_in(DEFAULT_PROFILE),
                plain=draft is not None,
                timeout_ms=milliseconds(seconds),
            )
            graded, wanted = grading.grade(report.coverage, say)
            report = replace(report, coverage=graded)
    _show_check(report, wanted, draft, conditions=conditions, as_json=as_json)
    sys.exit(ExitCode.NO if report.faults else ExitCode.DONE)


def _show_check(
    report: "PackReport",
    wanted: "Sequence[Wanted]",
    draft: Path | None,
    *,
    conditions: bool,
    as_json: bool,
) -> None:
    if as_json:
        tell_json(report.to_json(), indent=2)
    else:
        covered = report.coverage
        named = (*covered.missing, *covered.weak, *covered.exempt)
        for missing in named if conditions else ():
            tell(str(missing))
        for line in report.lines():
            tell(line)
    if draft is not None and wanted:
        from clerestory.audit.case_drafts import drafts

        _write_drafts(draft, drafts(wanted), quiet=as_json)


def _write_drafts(folder: Path, files: "Mapping[str, str]", *, quiet: bool) -> None:
    """Write each file but those that are there: somebody may have filled them in."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = folder / f"{name}.yaml"
        is_there = path.exists()
        if not is_there:
            write_whole(path, text.encode())
        if not quiet:
            tell(f"kept {path}, which was there" if is_there else f"wrote {path}")


@law.command()
@click.argument("authority", required=False)
@click.option("--on", type=DAY, help="Say whether it is in force on this day.  [default: today]")
@profile_option
@packs_dir_option
@json_option
def show(
    authority: str | None, on: date | None, profile: str, packs_dir: Path | None, as_json: bool
) -> None:
    """Print an AUTHORITY, the policies that rest on it and the known answers about it.

    Without an AUTHORITY: list the packs, with the days on which their law changes.
    """
    from clerestory.audit.law_index import card_of
    from clerestory.law.packs import available_packs, load_pack

    folder = packs_folder(packs_dir)
    packs = [load_pack(folder / name) for name in available_packs(folder)]
    if authority is None:
        _list_packs(packs, as_json=as_json)
        return
    card = card_of(authority, packs, _known_answers(packs, packs_dir))
    day = on or today_in(profile)
    if as_json:
        tell_json(card.to_json(day), indent=2)
    else:
        for line in card.lines(day):
            tell(line)


def _list_packs(packs: "Sequence[Pack]", *, as_json: bool) -> None:
    from clerestory.audit.law_index import pack_summary

    summaries = [pack_summary(pack) for pack in packs]
    if as_json:
        tell_json({"packs": summaries}, indent=2)
        return
    for pack in summaries:
        tell(f"{pack['name']} {pack['version']}: {pack['title']}")
        tell(f"  {pack['authorities']} authorities, {pack['policies']} policies")
        tell(f"  digest      {pack['digest']}")
        days = pack["boundaries"]
        tell(f"  law changes {', '.join(map(str, days)) if isinstance(days, list) else ''}")
        if pack["faults"]:
            tell(f"  {pack['faults']} faults: run `clerestory law check {pack['name']}`")


def _known_answers(packs: "Sequence[Pack]", packs_dir: Path | None) -> list[Path]:
    from clerestory.audit.case_score import list_case_files

    beside = casebook_folder(packs_dir)
    own = [path for pack in packs for path in sorted((pack.folder / "cases").glob("*.yaml"))]
    return [*own, *(list_case_files([beside]) if beside else [])]


@law.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@packs_dir_option
@json_option
@click.option("--verbose", is_flag=True, help="Name every case, and what its answer left unnamed.")
def cases(files: tuple[Path, ...], packs_dir: Path | None, as_json: bool, verbose: bool) -> None:
    """Run the known answers in FILES (or folders of them) and print the score.

    The exit code is 1 when any case misses. Cases of packs that are not here are not covered:
    they are named and count as neither passed nor failed.
    """
    from clerestory.audit.case_score import CaseTally, list_case_files, score_files

    paths = list_case_files(files)
    tally = CaseTally()
    with progress(as_json) as say:
        for number, score in enumerate(score_files(packs_folder(packs_dir), paths), 1):
            tally.add(score)
            say(f"{number} cases, {tally.failed} failed")
    if as_json:
        tell_json(tally.to_json(), indent=2)
    else:
        for line in tally.lines(verbose=verbose):
            tell(line)
    sys.exit(ExitCode.NO if tally.failed else ExitCode.DONE)


law.add_command(prove)
law.add_command(activate)
law.add_command(diff)
law.add_command(answer)
law.add_command(replay)
law.add_command(rows)
law.add_command(simulate)
