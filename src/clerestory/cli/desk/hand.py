"""Who acts: an id of the office and the key file that only its owner can read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from clerestory.acts import Second, key_hash
from clerestory.cli.desk.place import Place, at_option, moment, office_option, place
from clerestory.kernel import Refusal
from clerestory.notes.key_files import read_signing_key

FILE = click.Path(path_type=Path)

as_option = click.option(
    "--as", "actor", required=True, metavar="ID", help="Who acts, by their id in the office."
)
key_option = click.option("--key", type=FILE, help="The file of their own signing key.")
_ONE = (
    as_option,
    key_option,
    click.option(
        "--write", type=FILE, help="Write the statement to this new file instead, for signing."
    ),
    office_option,
    at_option,
)
_TWO = (
    click.option("--second", required=True, metavar="ID", help="Who else signs it."),
    click.option("--second-key", type=FILE, help="The file of the second's own signing key."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who a statement names as its signers, with the hashes of their public keys."""

    actor: str
    key: str
    second: Second | None
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Whoever typed an act, with what they gave of themselves."""

    place: Place
    actor: str
    key: Path | None
    write: Path | None
    at: datetime | None
    second: str | None = None
    second_key: Path | None = None

    def check_keys(self) -> None:
        """Refuse to begin where a key is missing.

        Raises:
            Refusal: The act is to be done here and now, and somebody's key is not given.
        """
        files = [(self.actor, self.key, "--key")]
        if self.second is not None:
            files.append((self.second, self.second_key, "--second-key"))
        for who, path, option in files:
            if path is None and self.write is None:
                raise Refusal(
                    f"an act is signed by whoever does it, and no key of {who} is given",
                    code="office-no-key",
                    todo=f"give the key file of {who} with {option}; where they sit elsewhere, "
                    "write the statement with --write FILE and let them sign that",
                )

    def by(self, known: Callable[[str], str]) -> By:
        """Return whom the statement names; ``known`` tells the key that the office has of an id."""

        def hashed(who: str, path: Path | None) -> str:
            return known(who) if path is None else key_hash(read_signing_key(path).verifier)

        second = None
        if self.second is not None:
            second = Second(actor=self.second, key=hashed(self.second, self.second_key))
        return By(actor=self.actor, key=hashed(self.actor, self.key), second=second, at=self.at)


def by_one(run: Callable[..., None]) -> Callable[..., None]:
    """Let a command take one person who acts, as its ``hand``."""
    return _by(run, _ONE)


def by_two(run: Callable[..., None]) -> Callable[..., None]:
    """Let a command take two people who sign, as its ``hand``."""
    return _by(run, (*_ONE, *_TWO))


def _by(run: Callable[..., None], options: tuple[Any, ...]) -> Callable[..., None]:
    @wraps(run)
    def gathered(
        *,
        folder: Path | None,
        actor: str,
        key: Path | None,
        write: Path | None,
        at_text: str | None,
        second: str | None = None,
        second_key: Path | None = None,
        **given: Any,
    ) -> None:
        hand = Hand(
            place=place(folder), actor=actor, key=key, write=write, at=moment(at_text),
            second=second, second_key=second_key,
        )  # fmt: skip
        run(hand=hand, **given)

    found: Callable[..., None] = gathered
    for option in reversed(options):
        found = option(found)
    return found
