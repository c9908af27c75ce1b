"""What the commands of ``clerestory law`` share: their options, and how far the work is."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
import yaml

from clerestory.cli.terminal import show_progress, tell
from clerestory.kernel.files import write_whole

packs_dir_option = click.option(
    "--packs-dir", type=click.Path(path_type=Path), help="Folder that holds the packs."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer for a program.")

out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the demands found; `clerestory decide` runs them.",
)
seconds_option = click.option(
    "--seconds",
    type=click.FloatRange(min=0.001),
    default=30.0,
    show_default=True,
    help="Longest time for one question; what is open then is not proved.",
)


def milliseconds(seconds: float) -> int:
    """Return the longest time for one question as the solver takes it."""
    return max(1, int(seconds * 1000))


def write_demands(out: Path | None, demands: Mapping[str, object], *, quiet: bool) -> None:
    """Write demands that were found, each to a file of its own name."""
    if out is None or not demands:
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, demand in demands.items():
        path = out / f"{name}.yaml"
        write_whole(path, yaml.safe_dump(demand, sort_keys=False).encode())
        if not quiet:
            tell(f"wrote {path}")


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    """Give a function that shows how far the work is, on a terminal only."""
    alive = sys.stderr is not None and sys.stderr.isatty() and not quiet

    def say(text: str) -> None:
        if alive:
            show_progress(text)

    try:
        yield say
    finally:
        if alive:
            show_progress(None)
