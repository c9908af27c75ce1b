"""An office's folder: its keys, its log, where its records are. What the commands share."""

import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from secrets import token_bytes
from typing import Any, Concatenate, ParamSpec, TypeVar

from clerestory.cli.clock import is_made_up, zone_of
from clerestory.cli.places import profiles_folder
from clerestory.cli.terminal import tell_cleared
from clerestory.demands import Demand, asked_parts
from clerestory.holdings import Lookups
from clerestory.kernel import Corruption, Refusal, canonical_bytes
from clerestory.kernel.bad_file import BadFile
from clerestory.kernel.files import clear_drafts, read_limited, write_whole
from clerestory.kernel.folders import OFFICE, held, make_lasting, put_in_place, staged
from clerestory.kernel.reading import read_toml
from clerestory.kernel.time import Zone, local_day
from clerestory.ledger import FileKeyEncryptionKey, Keeper, Ledger
from clerestory.ledger.vault import write_encryption_key
from clerestory.notes import Ed25519Signer
from clerestory.notes.key_files import read_signing_key, write_signing_key

_SETTINGS = "office.toml"
_SEEN = "log.seen"
_LOOKUPS = "lookups"
_SEEN_BYTES = 1_000_000
_RECORD_BYTES = 100_000
_Args = ParamSpec("_Args")
_Done = TypeVar("_Done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The folder of one disclosing office.

    ``scope`` is the agency's short name in the log; ``source`` and ``index`` say where the
    agency's records and the index of persons are; ``zone`` is where the agency's calendar hangs.
    ``late`` lets an act be logged after later ones of other demands.
    """

    folder: Path
    scope: str
    origin: str
    source: str
    index: Path
    zone: Zone
    late: bool = False

    def day(self, at: datetime) -> date:
        """Return the day at that moment on the office's own calendar."""
        return local_day(at, self.zone)

    @property
    def profile(self) -> Path:
        """The profile's folder: catalogue and letters."""
        return profiles_folder() / self.scope

    @property
    def is_made_up(self) -> bool:
        """Whether the office exists for show only, as the name of its log says."""
        return is_made_up(self.origin)

    @property
    def out(self) -> Path:
        """Where packages and letters are put."""
        return self.folder / "out"

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """Open the office's log for writing, and keep what it showed last.

        The checkpoint is kept outside the log's own folder: a log that is put back from a copy of
        yesterday would draw today's numbers a second time.

        Raises:
            Unseen: What this office has seen of it last was taken away.
            RolledBack: The log is shorter than what this office has seen of it.
            Forked: It is another one.
            Refusal: The log's key is not the one that this office publishes.
        """
        log, path = self.folder / "log", self.folder / _SEEN
        kek = FileKeyEncryptionKey.read(log / "keys" / "encryption.key", entropy=token_bytes)
        key = _published(read_signing_key(log / "keys" / "log.key"), self.log_vkey(), "log.vkey")
        # Begun with the office: without it any older log would pass for the newest.
        if not path.exists():
            raise Unseen(f"what this office saw of its log last must be there: {_SEEN} is missing")
        kept = read_limited(path, _SEEN_BYTES, error=BadRecord)
        with Ledger.open(log, key, kek, seen=[(_SEEN, kept)], late=self.late) as ledger:
            yield ledger
            note = ledger.checkpoint().encode()
        if note != kept:
            write_whole(path, note, mode=0o600)

    def lookups(self) -> Lookups:
        """Open the office's record of look-ups.

        Raises:
            LookupsAltered: It is missing, or a part of it: it was begun with the office.
        """
        return Lookups.open(self.folder / _LOOKUPS, entropy=token_bytes, begun=True)

    def signer(self) -> Ed25519Signer:
        """Return the key that signs packages.

        Raises:
            Refusal: It is not the one that this office publishes: whoever got a package would
                take it for a forged one.
        """
        key = read_signing_key(self.folder / "keys" / "package.key")
        return _published(key, self.sender_vkey(), "sender.vkey")

    def sender_vkey(self) -> str:
        """Return the public key of the packages."""
        return (self.folder / "public" / "sender.vkey").read_text("utf-8").strip()

    def log_vkey(self) -> str:
        """Return the log's public key."""
        return (self.folder / "public" / "log.vkey").read_text("utf-8").strip()

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Keep other processes from acting in this office at the same time.

        Else two clerks with one demand would draw two numbers, and two who seal would each remove
        the folder that the other works in.
        """
        with held(self.folder):
            self._clear()
            yield

    def find_number(self, demand_id: str) -> int | None:
        """Return the number that the demand drew when it was received, if it was."""
        told = read_record(self._matter(demand_id), demand_id, "number")
        return told["number"] if told else None

    def number_of(self, demand_id: str) -> int:
        """Return the number of a received demand.

        Raises:
            Refusal: It was never received: nothing leaves that did not come in by the one door.
        """
        number = self.find_number(demand_id)
        if number is None:
            raise Refusal(
                f"the demand {demand_id} has not been received",
                code="answer-not-received",
                todo="log it first: clerestory receive DEMAND --office FOLDER",
            )
        return number

    def asked(self, demand_id: str) -> dict[str, str] | None:
        """Return the digests of what a received demand asks, where its note says them."""
        told = read_record(self._matter(demand_id), demand_id, "number") or {}
        asked = told.get("asked")
        # A note of an earlier version does not say what was asked.
        return asked if isinstance(asked, dict) else None

    def note_number(self, demand: Demand, number: int) -> None:
        """Keep the number of a received demand, and what it asks."""
        path = self._matter(demand.id)
        make_lasting(path.parent)
        told = {"demand": demand.id, "number": number, "asked": asked_parts(demand)}
        write_whole(path, json.dumps(told).encode(), mode=0o600)

    def check_new(self, path: Path) -> None:
        """Refuse to answer twice.

        Raises:
            Refusal: The answer is there already; nothing is logged a second time.
        """
        if path.exists():
            raise Refusal(
                f"an answer is never written over another: {path.name}",
                code="answer-exists",
                todo="hand over the one that is there; where it was sealed to a key that is not "
                "its recipient's, hand it to nobody, keep it and its signature in another folder, "
                "and run the same again with the right key; an answer to new facts is a new demand",
            )

    def make_out(self) -> None:
        """Make the folder of answers where it is missing: just before something is put there."""
        make_lasting(self.out)

    def staging(self) -> Path:
        """Return an empty folder for work that may be cut short."""
        folder = self.folder / "sealing"
        # A link is taken away, and never what it leads to.
        if folder.is_symlink() or folder.is_file():
            folder.unlink()
        elif folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(mode=0o700)
        return folder

    def _clear(self) -> None:
        """Take away the half files that runs left which were killed, wherever an act writes."""
        with os.scandir(self.folder) as found:
            below = [self.folder / one.name for one in found if one.is_dir(follow_symlinks=False)]
        for folder in (self.folder, *below, self.folder / "log" / "keys"):
            for path in clear_drafts(folder):
                tell_cleared(path.relative_to(self.folder))

    def _matter(self, demand_id: str) -> Path:
        return self.folder / "matters" / f"{demand_id}.json"


class BadSettings(BadFile):
    """The settings of an office cannot be used as they are written."""

    code = "office-unreadable"
    todo = "it holds profile, origin, source and index, each a text in quotes"


class BadRecord(BadFile):
    """What an office noted of a matter cannot be read again."""

    code = "office-record-unreadable"
    todo = "restore the office's folder from a copy; what was logged stands in the log"


class Unseen(Corruption):
    """What an office saw last of its log is gone, so that nobody can tell whether it is whole."""

    code = "office-log-unseen"
    todo = (
        "answer nothing; find out who wrote to the folder, compare its log with its last copy and "
        "with what was published of it, and bring back log.seen from that copy"
    )


def _published(key: Ed25519Signer, vkey: str, name: str) -> Ed25519Signer:
    if key.verifier.vkey != vkey:
        raise Refusal(
            f"a key of this office must be the one that it publishes: {key.verifier.said} signs, "
            f"and public/{name} is another",
            code="office-keys-differ",
            todo="answer nothing; compare both with the key that was given out, bring back the "
            "one that was replaced, and find out who wrote to the folder",
        )
    return key


def one_at_a_time(
    act: Callable[Concatenate[Office, _Args], _Done],
) -> Callable[Concatenate[Office, _Args], _Done]:
    """Let the acts of one office wait for each other, in whatever process they are."""

    @wraps(act)
    def alone(office: Office, /, *args: _Args.args, **named: _Args.kwargs) -> _Done:
        with office.acting():
            return act(office, *args, **named)

    return alone


def read_record(path: Path, demand_id: str, holds: str) -> dict[str, Any] | None:
    """Read what this office noted of a demand, if it noted anything.

    Args:
        path: The record.
        demand_id: The demand that it is of: a disk may take two names for one, by their capitals.
        holds: The name of the whole number in it.

    Raises:
        BadRecord: The file is not as the office wrote it.
    """
    if not path.exists():
        return None
    try:
        told = json.loads(read_limited(path, _RECORD_BYTES, error=BadRecord))
        # What has no digest, such as a fraction or half a letter, no office wrote.
        canonical_bytes(told)
    except (ValueError, TypeError, RecursionError) as fault:
        raise BadRecord(f"a record of this office must be json: {path.name}") from fault
    # A bool is an int to Python, and no number of a demand.
    if not isinstance(told, dict) or type(told.get(holds)) is not int:
        raise BadRecord(f"a record of this office must hold its {holds}: {path.name}")
    if told.get("demand") != demand_id:
        raise BadRecord(f"a record of this office must be of {demand_id}: {path.name}")
    return dict(told)


def open_office(folder: Path, *, late: bool = False) -> Office:
    """Read an office's settings.

    Raises:
        Refusal: There is no office, or a setting is missing.
    """
    path = folder / _SETTINGS
    if not path.is_file():
        raise Refusal(
            f"there is no office in {folder}",
            code="office-not-found",
            todo="make one: clerestory keys office FOLDER --origin NAME --source RECORDS",
        )
    settings = read_toml(path, error=BadSettings)
    for name in ("profile", "origin", "source", "index"):
        if not isinstance(settings.get(name), str):
            raise BadSettings(f"{path.name} must hold {name}, a text in quotes")
    office = Office(
        folder=folder,
        scope=settings["profile"],
        origin=settings["origin"],
        source=settings["source"],
        index=Path(settings["index"]),
        zone=zone_of(profiles_folder() / settings["profile"]),
        late=late,
    )
    _check_name(office)
    return office


def _check_name(office: Office) -> None:
    """Refuse settings that name another office than its key does.

    An office that exists for show is known by its name alone, and takes the time of another day.
    """
    if not (office.folder / "public" / "log.vkey").is_file():
        return  # told when the log is opened, before anything is written to it
    name = office.log_vkey().partition("+")[0]
    if name != office.origin:
        raise Refusal(
            f"an office must be called as its key is: {_SETTINGS} says {office.origin}, and "
            f"public/log.vkey is of {name}",
            code="office-keys-differ",
            todo=f"answer nothing; bring back {_SETTINGS} and the key as they were given out, and "
            "find out who wrote to the folder",
        )


def make_office(folder: Path, *, profile: str, origin: str, source: str, index: Path) -> Office:
    """Make an office's folder with its keys, an empty log and an empty record of look-ups.

    The folder is there whole or not at all: keys of an office that was cut short would be in the
    way of the next try, and nobody could tell whether anything was ever signed with them.

    Raises:
        Refusal: One is there already, or something else is, or there is no such profile.
    """
    if (folder / _SETTINGS).exists():
        raise Refusal(
            f"there is an office in {folder} already",
            code="office-exists",
            todo="use it, or name another folder",
        )
    if folder.is_dir() and any(folder.iterdir()):
        raise Refusal(
            f"an office is made in a new folder, and {folder} holds something",
            code="office-exists",
            todo="name a folder that does not exist yet; if an office was there, restore its "
            "office.toml from a copy",
        )
    zone_of(profiles_folder() / profile)
    settings = {"profile": profile, "origin": origin, "source": source, "index": str(index)}
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    with staged(folder.absolute(), prefix=OFFICE) as making:
        _fill_office(making, origin, settings)
        # As the account gives new folders, and not closed as the folder of a draft.
        making.chmod(stat.S_IMODE((making / "public").stat().st_mode))
        put_in_place(making, folder.absolute())
    return open_office(folder)


def _fill_office(folder: Path, origin: str, settings: dict[str, str]) -> None:
    keys, log, public = folder / "keys", folder / "log", folder / "public"
    public.mkdir()
    # What tells which matters there are is for the office's account only.
    log.mkdir(mode=0o700)
    sender = write_signing_key(keys / "package.key", name=origin, entropy=token_bytes).verifier
    log_key = write_signing_key(log / "keys" / "log.key", name=origin, entropy=token_bytes)
    write_encryption_key(log / "keys" / "encryption.key", entropy=token_bytes)
    kek = FileKeyEncryptionKey.read(log / "keys" / "encryption.key", entropy=token_bytes)
    with Ledger.create(log, origin, log_key, kek, keeper=Keeper.OFFICE) as ledger:
        write_whole(folder / _SEEN, ledger.checkpoint().encode(), mode=0o600)
    write_whole(public / "log.vkey", f"{log_key.verifier.vkey}\n".encode())
    write_whole(public / "sender.vkey", f"{sender.vkey}\n".encode())
    write_whole(public / "sender.pem", sender.pem())
    # Begun here, so that one that is missing later was taken away.
    Lookups.open(folder / _LOOKUPS, entropy=token_bytes)
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in settings.items()]
    write_whole(folder / _SETTINGS, "".join(lines).encode())
