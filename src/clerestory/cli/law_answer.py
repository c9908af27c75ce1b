"""``clerestory law answer``: demand rows answered under one law, row by row."""

from pathlib import Path

import click

from clerestory.cli.clock import profile_option, today_in
from clerestory.cli.law_options import json_option, packs_dir_option, progress
from clerestory.cli.places import packs_folder
from clerestory.cli.terminal import tell, tell_json

_file = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--demands", required=True, type=_file, help="Parquet file of demand rows.")
@click.option("--pack", "pack", required=True, help="The law, such as us-me@2026-03-02.")
@click.option("--out", required=True, type=_file, help="Parquet file to write; it must be new.")
@packs_dir_option
@profile_option
@json_option
def answer(
    demands: Path, pack: str, out: Path, packs_dir: Path | None, profile: str, as_json: bool
) -> None:
    """Answer each row of a file under one law: the answer, the policies behind it, the duties.

    The answers stand in the order of the rows. Some of every batch are put to Cedar as well, and
    where it answers otherwise nothing is written.
    """
    from clerestory.audit.law_choice import choose_law
    from clerestory.audit.replay.answered import write_answers

    choice = choose_law(pack, packs_folder(packs_dir), today_in(profile))
    with progress(as_json) as say:
        found = write_answers(demands, choice, out, out.parent, say)
    if as_json:
        tell_json(
            {
                "law": choice.name,
                "pack_digest": choice.stack.digest,
                "rows": found.rows,
                "answers": dict(found.answers),
                "checked_with_cedar": found.checked_with_cedar,
                "made_up": found.made_up,
            },
            indent=2,
        )
        return
    if found.made_up:
        tell("every demand in this file is made up")
    for label, count in sorted(found.answers.items(), key=lambda one: -one[1]):
        tell(f"  {label:<42} {count:>12,}")
    tell(f"{found.checked_with_cedar:,} rows were put to cedar as well, with the same answers")
    tell(f"wrote the answers to {found.rows:,} rows to {out}")
