"""Commands as a page shows them, typed in this process, each with the answer that is shown."""

import re
import shlex
import subprocess
from collections.abc import Iterator

from hostile.running import type_in

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def typed(block: str) -> Iterator[tuple[str, str]]:
    """Each command of a block with what is shown after it."""
    for one in re.split(r"^\$ ", block.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
        command, _, shown = one.partition("\n")
        yield command, shown


def answer_to(command: str) -> str:
    """Type a command, and return what it says to the person who typed it."""
    name, *words = shlex.split(command)
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
