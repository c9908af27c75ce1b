"""The console for words in color; apart from ``terminal`` because rich is slow to import."""

import os
import re
import sys
from typing import IO, Any, NoReturn, cast

from rich.console import Console

from clerestory.cli.terminal import WIDTH, OutputLost, write_out

_NARROWEST = 20  # columns; below it a table of rulings cannot be read at all
# rich fills each line of a table and of an indented text with blanks.
_FILLING = re.compile(r" +$", re.MULTILINE)


class _Console(Console):
    def print(self, *objects: Any, **options: Any) -> None:
        # Copied into a letter, or compared line by line, blanks that nobody sees are in the way.
        with self.capture() as held:
            super().print(*objects, **options)
        write_out(_FILLING.sub("", held.get()))

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
    found.width = min(max(found.width, _NARROWEST), WIDTH)
    # A dumb terminal knows no cursor and no color, whatever COLORTERM says.
    if os.environ.get("TERM") in {"dumb", "unknown"}:
        found.no_color = True
    return found
