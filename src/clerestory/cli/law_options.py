"""What the commands of ``clerestory law`` share: their options, and how far the work is."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from clerestory.cli.terminal import show_progress

packs_dir_option = click.option(
    "--packs-dir", type=click.Path(path_type=Path), help="Folder that holds the packs."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer for a program.")


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
