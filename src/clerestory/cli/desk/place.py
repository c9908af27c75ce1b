"""Where an office lies: a folder with its keys, its database or the name of one, and what it saw.

No act chooses a law, an agency or a calendar: those are the office's. A time is given only in an
office that is made up.
"""

import os
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING
from urllib.parse import quote

import click

from clerestory.cli.clock import read_clock
from clerestory.cli.desk.records import holdings_of
from clerestory.kernel import Refusal
from clerestory.kernel.time import parse_moment
from clerestory.ledger import FileKeyEncryptionKey
from clerestory.notes import Ed25519Signer
from clerestory.notes.key_files import read_signing_key

if TYPE_CHECKING:
    from clerestory.office.office import Keys, Office

FOLDER, DATABASE = "CLERESTORY_OFFICE", "DATABASE_URL"

office_option = click.option(
    "--office",
    "folder",
    envvar=FOLDER,
    type=click.Path(path_type=Path),
    help=f"The office's folder.  [default: what {FOLDER} says]",
)
at_option = click.option(
    "--at",
    "at_text",
    metavar="TIME",
    help="Now, with its zone; only an office that is made up takes another time than the clock's.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An office's folder."""

    folder: Path

    @property
    def log_key(self) -> Path:
        """The file of the key that signs the log."""
        return self.folder / "keys" / "log.key"

    @property
    def package_key(self) -> Path:
        """The file of the key under which packages leave."""
        return self.folder / "keys" / "package.key"

    @property
    def public(self) -> Path:
        """The folder of the public keys that are given out."""
        return self.folder / "public"

    @property
    def log(self) -> Path:
        """The folder of the published log."""
        return self.folder / "log" / "public"

    @property
    def out(self) -> Path:
        """The folder of packages and letters that are to leave."""
        return self.folder / "out"

    @property
    def kek(self) -> Path:
        """The file of the key that wraps the keys of the matters."""
        return self.folder / "keys" / "encryption.key"

    @property
    def url(self) -> str:
        """The database: the one that the environment names, or else a file in the folder."""
        given = os.environ.get(DATABASE)
        return given or f"sqlite:///{quote(str(self.folder.absolute() / 'office.sqlite'))}"

    @property
    def seen(self) -> Path:
        """The file of what the office saw of its log last."""
        return self.folder / "office.seen"

    def open(self) -> "Office":
        """Open the office.

        Raises:
            Refusal: There is none, or a key of it is missing or another one's.
            Corruption: It is not what its founders signed, or an older copy.
        """
        if not self.log_key.exists():
            raise Refusal(
                f"there is no office in this folder: {self.folder}",
                code="office-not-founded",
                todo=f"name its folder with --office or {FOLDER}; a new one begins with: "
                "clerestory office found",
            )
        from clerestory.office.opening import open_office

        office = open_office(
            self.url, log_key=read_signing_key(self.log_key), kek=self._wrapping(), clock=now,
            seen_file=self.seen, public=self.log if self.log.is_dir() else None,
        )  # fmt: skip
        return replace(office, holdings=holdings_of(self.folder, office.profile))

    def sender(self) -> Ed25519Signer:
        """Return the key under which the office's packages leave.

        Raises:
            Refusal: It is not the one that the office gives out: whoever got a package would take
                it for a forged one.
        """
        signer = read_signing_key(self.package_key)
        public = (self.public / "sender.vkey").read_text("utf-8").strip()
        if signer.verifier.vkey != public:
            raise Refusal(
                f"a key of this office must be the one that it publishes: {signer.verifier.said} "
                "is another",
                code="office-keys-differ",
                todo="seal nothing; bring back the key that was replaced, and find out by whom",
            )
        return signer

    def keys(self) -> "Keys":
        """Put together what the office's account holds, before there is an office."""
        from clerestory.office.opening import make_keys

        return make_keys(read_signing_key(self.log_key), self._wrapping(), token_bytes, self.seen)

    def _wrapping(self) -> FileKeyEncryptionKey:
        return FileKeyEncryptionKey.read(self.kek, entropy=token_bytes)


def now() -> datetime:
    """Return what the machine's clock says."""
    return read_clock(None)


def moment(at_text: str | None) -> datetime | None:
    """Return the time that was given, if one was.

    Raises:
        BadTime: It cannot be read, or says no zone.
    """
    return None if at_text is None else parse_moment(at_text)


def place(folder: Path | None) -> Place:
    """Return the office that was named.

    Raises:
        Refusal: None was, or what keeps an office is not installed.
    """
    if folder is None:
        raise Refusal(
            "an act is done in an office, and none is named",
            code="office-unnamed",
            todo=f"name its folder with --office, or once for all with {FOLDER}",
        )
    check_installed()
    return Place(folder=folder)


def check_installed() -> None:
    """Refuse early where the parts that keep an office are not installed.

    Raises:
        Refusal: They are not; what an auditor needs is there without them.
    """
    if find_spec("django") is None:
        raise Refusal(
            "an office is kept with parts that are not installed here",
            code="office-not-installed",
            todo="install them where the office is kept: clerestory[office]",
        )
