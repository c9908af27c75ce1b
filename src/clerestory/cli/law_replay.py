"""``clerestory law replay`` and ``law simulate``: past demands under another law."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clerestory.cli.clock import profile_option, today_in
from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.law_options import json_option, packs_dir_option, progress
from clerestory.cli.places import known_files, packs_folder
from clerestory.cli.terminal import tell, tell_json
from clerestory.kernel.files import write_whole

if TYPE_CHECKING:
    from clerestory.audit.law_choice import LawChoice
    from clerestory.audit.replay.replay import Replayed
    from clerestory.audit.replay.spark import SparkReplay

_file = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option(
    "--demands",
    required=True,
    metavar="FILE|URL",
    help="Parquet file of demand rows, or the URL of a PostgreSQL database that holds them.",
)
@click.option("--table", metavar="[SCHEMA.]TABLE", help="The database's table or view of rows.")
@click.option(
    "--pack",
    "packs",
    multiple=True,
    required=True,
    metavar="OLD --pack NEW",
    help="Twice: the law to compare with, then the law to look at; such as us-me@2026-03-02.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("replay"),
    show_default=True,
    help="Folder for the table, the picture and the batches that are done.",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "spark"]),
    default="local",
    show_default=True,
    help="What answers the rows; with Spark, FILE may be a folder of files or an address.",
)
@click.option(
    "--spark-master",
    default="local[*]",
    show_default=True,
    help="Where Spark runs: all cores of this machine, or a cluster's address.",
)
@packs_dir_option
@profile_option
@json_option
def replay(
    demands: str, table: str | None, engine: str, spark_master: str, packs: tuple[str, ...],
    out: Path, packs_dir: Path | None, profile: str, as_json: bool,
) -> None:  # fmt: skip
    """Answer past demands under two laws, and count where the answers differ.

    A run that was stopped goes on where it was when it is started again. The exit code is 1 where
    an answer differs.
    """
    if len(packs) != 2:
        raise click.UsageError("give --pack twice: the old law, then the new")
    if ("://" in demands and not table and engine == "local") or (table and "://" not in demands):
        raise click.UsageError("give --table with the URL of a database, and only there")
    from clerestory.audit.law_choice import choose_law
    from clerestory.audit.replay.replay import Replay
    from clerestory.audit.replay.spark import SparkReplay

    folder, today = packs_folder(packs_dir), today_in(profile)
    old, new = (choose_law(name, folder, today) for name in packs)
    with progress(as_json) as say:
        rows = str(_copied(demands, table, (old, new), out, say)) if table else demands
        if engine == "spark":
            found = _on_spark(SparkReplay(rows, old, new, folder, out / "spark"), spark_master, say)
        else:
            found = Replay(Path(rows), old, new, out / "batches").run(say)
    _write(found, out)
    _tell(found, out, as_json=as_json)
    sys.exit(ExitCode.NO if found.changed else ExitCode.DONE)


def _copied(
    url: str, table: str, laws: "tuple[LawChoice, LawChoice]", out: Path, say: Callable[[str], None]
) -> Path:
    """Return the file to which the rows of a table were copied."""
    from clerestory.audit.rows.columns import DemandColumns
    from clerestory.audit.rows.table import DemandTable
    from clerestory.policy.model.shape import shape_of

    columns = DemandColumns.of([shape_of(law.stack) for law in laws])
    return DemandTable.open(url, table, columns).copy(out / "rows", say)


def _on_spark(rows: "SparkReplay", master: str, say: Callable[[str], None]) -> "Replayed":
    from clerestory.cli.spark_session import spark_session

    say("starting Spark")
    with spark_session(master, rows.work) as session:
        return rows.run(session, say)


def _write(found: "Replayed", out: Path) -> None:
    from clerestory.audit.replay.picture import picture
    from clerestory.audit.replay.report import table, to_json

    write_whole(out / "flips.csv", table(found).encode())
    write_whole(out / "replay.json", json.dumps(to_json(found), indent=2).encode())
    write_whole(out / "months.svg", picture(found).encode())


def _tell(found: "Replayed", out: Path, *, as_json: bool) -> None:
    from clerestory.audit.replay.report import lines, to_json

    if as_json:
        tell_json(to_json(found), indent=2)
        return
    for line in lines(found):
        tell(line)
    tell()
    tell(f"wrote {out}/flips.csv, replay.json and months.svg")


@click.command()
@click.option("--rows", type=click.IntRange(min=1), required=True, help="Number of rows.")
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same rows.")
@click.option("--out", type=_file, required=True, help="Parquet file to write; it must be new.")
@packs_dir_option
def simulate(rows: int, seed: int, out: Path, packs_dir: Path | None) -> None:
    """Make up demand rows for `law replay`, with a mix like that of the known demands.

    The file says in its metadata that everything in it is made up.
    """
    from clerestory.audit.rows.simulator import known_mix
    from clerestory.audit.rows.simulator import simulate as write_rows

    mix, shape = known_mix(packs_folder(packs_dir), known_files(packs_dir))
    with progress(False) as say:
        write_rows(mix, shape, out, rows=rows, seed=seed, say=say)
    tell(f"wrote {rows:,} made-up rows to {out}")
