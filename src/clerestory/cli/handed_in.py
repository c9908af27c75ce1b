"""Reading what is named on the command line: a file, and neither a folder, a pipe nor a device."""

import sys
from dataclasses import dataclass
from pathlib import Path

import click

from clerestory.kernel import BadFile
from clerestory.kernel.files import read_limited

# Keys, proofs, checkpoints, receipts and lists of events are all far smaller.
_MAX_BYTES = 16_000_000


class WrongFile(BadFile):
    """What was named cannot be read as a file."""

    code = "given-file-unusable"
    todo = "check the path; nothing was read"


def read_handed_in(path: Path, max_bytes: int = _MAX_BYTES) -> bytes:
    """Return the bytes of a file that somebody named.

    Raises:
        WrongFile: It is not there, is no file, may not be read, or is far too large.
    """
    return read_limited(path, max_bytes, error=WrongFile)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """What somebody handed in by name, or through standard input (``-``)."""

    name: str
    content: bytes


class HandedInFile(click.ParamType[HandedIn]):
    """A file to read, or ``-`` for standard input.

    Unlike the library's own it opens no pipe by name: that would wait for ever for a writer.
    """

    name = "file"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,  # noqa: ARG002 (the library's signature)
        ctx: click.Context | None,  # noqa: ARG002
    ) -> HandedIn:
        """Read the file that ``value`` names."""
        if isinstance(value, HandedIn):
            return value
        if value == "-":
            content: bytes = sys.stdin.buffer.read(_MAX_BYTES + 1)
            if len(content) > _MAX_BYTES:
                raise WrongFile(f"standard input is larger than {_MAX_BYTES} bytes")
            return HandedIn(name="-", content=content)
        return HandedIn(name=str(value), content=read_handed_in(Path(str(value))))
