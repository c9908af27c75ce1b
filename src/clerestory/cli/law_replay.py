"""``clerestory law replay`` and ``law simulate``: years of demands under two laws."""

import csv
import json
from datetime import datetime
from pathlib import Path

import click

from clerestory.cli.places import packs_folder


@click.command()
@click.option("--demands", type=click.Path(path_type=Path), required=True, help="A Parquet file.")
@click.option(
    "--pack", "packs", multiple=True, required=True, metavar="OLD --pack NEW",
    help="Twice: the law to compare with, then the law to look at.",
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the table and the notes.")
@click.option("--packs-dir", type=click.Path(path_type=Path), help="Folder that holds the packs.")
@click.option("--json", "as_json", is_flag=True, help="Answer for a program.")
def replay(
    demands: Path, packs: tuple[str, ...], out: Path | None, packs_dir: Path | None, as_json: bool
) -> None:
    """Decide a file of demands again under two laws, and count which answers flip.

    With --out a run that was stopped goes on where it was.
    """
    from clerestory.audit.law_choice import choose_law
    from clerestory.audit.replay import replay as replay_file
    from clerestory.cli.law import progress

    if len(packs) != 2:
        raise click.UsageError("give --pack twice: OLD, then NEW, for example us-me@2026-03-02")
    folder, today = packs_folder(packs_dir), datetime.now().astimezone().date()
    old, new = (choose_law(name, folder, today) for name in packs)
    with progress(as_json) as say:
        tally = replay_file(demands, old, new, notes=out / "notes" if out else None, say=say)
    if out is not None:
        with (out / "flips.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["by", "code", "before", "after", "answers"])
            writer.writerows(tally.table())
    if as_json:
        rows = [list(row) for row in tally.table()]
        counts = {"rows": tally.rows, "pairs": dict(tally.pairs), "exposed": len(tally.exposed)}
        click.echo(json.dumps({**counts, "nulls": tally.nulls, "flips": rows}, indent=1))
        return
    for line in tally.lines():
        click.echo(line)
    for what in ("requester", "instrument", "program", "field", "month"):
        for key, count in tally.flips_by(what).most_common(5):
            code, before, after = key.split()
            click.echo(f"  {what:10} {code:28} {before} to {after}: {count}")


@click.command()
@click.option("--rows", type=click.IntRange(min=1), required=True, help="How many answers.")
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same rows.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file to write.")
@click.option("--packs-dir", type=click.Path(path_type=Path), help="Folder that holds the packs.")
def simulate(rows: int, seed: int, out: Path, packs_dir: Path | None) -> None:
    """Write a file of made-up demands with the mix of the known ones, about nobody."""
    from clerestory.audit.case_score import list_case_files
    from clerestory.audit.known_rows import known_rows
    from clerestory.audit.simulator import Mix
    from clerestory.audit.simulator import simulate as write_made_up
    from clerestory.cli.law import progress
    from clerestory.cli.places import casebook_folder
    from clerestory.law.packs import available_packs, load_stack
    from clerestory.policy.shape import shape_of

    folder = packs_folder(packs_dir)
    beside = casebook_folder(packs_dir)
    files = list_case_files([*([beside] if beside else []), *sorted(folder.glob("*/cases"))])
    shape = shape_of(load_stack(folder, available_packs(folder)))
    mix = Mix.of([(row.demand, row.facts) for row in known_rows(folder, files)], shape)
    with progress(False) as say:
        write_made_up(mix, shape, out, rows=rows, seed=seed, say=say)
    click.echo(f"wrote {rows} made-up answers to {out}")
