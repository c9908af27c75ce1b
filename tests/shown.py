"""Commands as a page shows them, typed in this process, each with the answer that is shown."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hostile.running import type_in
from office_databases import go_to

OFFICE = ("CLERESTORY_OFFICE", "DATABASE_URL")
"""What a page may export, and what a test takes away before and after it."""
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@contextmanager
def in_one_office(folder: Path) -> Iterator[None]:
    """Keep an office in a folder, with nothing exported that names another."""
    kept = {name: os.environ.pop(name, None) for name in OFFICE}
    go_to(f"sqlite:///{folder}/office.sqlite")
    try:
        yield
    finally:
        for name, text in kept.items():
            os.environ.pop(name, None)
            if text is not None:
                os.environ[name] = text


def typed(block: str) -> Iterator[tuple[str, str]]:
    """Each command of a block with what is shown after it."""
    for one in re.split(r"^\$ ", block.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
        command, _, shown = one.partition("\n")
        yield command, shown


def answer_to(command: str) -> str:
    """Type a command, and return what it says to the person who typed it.

    What is exported stands in this process afterwards, as in a shell: take it away after the page.
    """
    name, *words = shlex.split(command)
    if name == "export":
        variable, _, text = words[0].partition("=")
        os.environ[variable] = text
        return ""
    if name != "./clerestory":
        subprocess.run(["sh", "-euc", command], check=True)
        return ""
    done = type_in(*words)
    assert (done.code >= 2) == bool(done.err), command
    return done.out + done.err


def fits(said: str, shown: str) -> bool:
    """Whether an answer is as shown: dots alone on a line are any lines, within one any words."""
    lines = (
        "(?:.*\n)*" if line == "..." else re.escape(line).replace(r"\.\.\.", ".+") + "\n"
        for line in shown.splitlines()
    )
    return re.fullmatch("".join(lines), said) is not None
