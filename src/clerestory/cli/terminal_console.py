"""The console for words in color; apart from ``terminal`` because rich is slow to import."""

import os
import sys
from typing import IO, NoReturn, cast

from rich.console import Console

from clerestory.cli.terminal import OutputLost

_NARROWEST = 20  # columns; below it a table of rulings cannot be read at all


class _Console(Console):
    def on_broken_pipe(self) -> NoReturn:
        # rich would end with exit code 1, which here means that the answer is no.
        raise OutputLost from sys.exc_info()[1]


def plain_console() -> Console:
    """Return a console for styled words; nothing that is printed on it is read as markup."""
    found = _Console(
        file=cast("IO[str]", sys.stdout) if sys.stdout else None,
        markup=False,
        emoji=False,
        highlight=False,
    )
    if found.width < _NARROWEST:
        found.width = _NARROWEST
    # A dumb terminal knows no cursor and no color, whatever COLORTERM says.
    if os.environ.get("TERM") in {"dumb", "unknown"}:
        found.no_color = True
    return found
