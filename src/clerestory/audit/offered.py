"""What ``import clerestory`` offers: the law, a demand, its answer, a package, a log.

Paths may be given as text or as :class:`~pathlib.Path`. Keys are given as text, as they are
published; a :class:`~pathlib.Path` means the file that holds one.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from clerestory.audit.installed import installed_data
from clerestory.audit.packages import Verified
from clerestory.audit.sources_of_fields import FieldSources, sources_of
from clerestory.demands import Demand, Determination, load_document
from clerestory.demands import read_demand as read_document
from clerestory.audit.packages import verify_package as verify_sealed
from clerestory.disclosure import Identity
from clerestory.kernel import BadFile, Refusal
from clerestory.kernel.files import read_limited
from clerestory.law.packs import PackStack, available_packs, load_stack
from clerestory.ledger import verify_directory
from clerestory.ledger.directory import VerifiedDirectory as VerifiedLog
from clerestory.policy import Engine

__all__ = [
    "Law",
    "Verified",
    "VerifiedLog",
    "decide",
    "load_law",
    "read_demand",
    "verify_log",
    "verify_package",
]

StrPath = str | os.PathLike[str]
Key = str | os.PathLike[str]
"""A published key as text, or the path of the file that holds it."""

_KEY_BYTES = 100_000
_CHECKPOINT_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """Packs in use together, of every day that they know; made by :func:`load_law`.

    Attributes:
        stack: The packs as they were read.
        profiles: The folder of agencies' profiles, which say where each field comes from.
    """

    stack: PackStack = field(repr=False)
    profiles: Path = field(repr=False)

    @property
    def packs(self) -> tuple[str, ...]:
        """Each pack with its version, such as ``us-me 2026.11+d14cba12a453``, and the codes'."""
        return self.stack.names

    @property
    def digest(self) -> str:
        """The SHA-256 over all of it, as 64 hexadecimal digits; a determination names the same."""
        return self.stack.digest

    def sources_of(self, agency: str) -> FieldSources:
        """Return who supplied each field of an agency; nothing where no profile is its own."""
        return sources_of(agency, self.profiles)


def load_law(*packs: str, folder: StrPath | None = None, profiles: StrPath | None = None) -> Law:
    """Read packs, and all that they require, as the law of every day.

    Args:
        packs: Names such as ``"us-me"``; what a pack requires comes with it.
        folder: The folder in which they lie; those that come with the program where none is
            given.
        profiles: The folder of agencies' profiles; ``profiles`` beside the packs where none is
            given and there is one, else those that come with the program.

    Raises:
        Refusal: No pack is named, one is missing or at fault, or two contradict each other; the
            message names file and line.

    Since: 0.1.0
    """
    home = installed_data()
    lie = Path(folder) if folder is not None else home / "packs"
    if not packs:
        raise Refusal(
            "the law must be named by at least one pack", code="law-no-pack",
            todo=f"choose from: {', '.join(available_packs(lie)) or f'none found in {lie}'}",
        )  # fmt: skip
    beside = lie.parent / "profiles"
    agencies = Path(profiles) if profiles else beside if beside.is_dir() else home / "profiles"
    return Law(stack=load_stack(lie, packs), profiles=agencies)


def read_demand(source: StrPath | Mapping[str, object], law: Law) -> Demand:
    """Read a demand in its written form, ``clerestory-demand/1``.

    Args:
        source: The YAML or JSON file, or the same form as a mapping.
        law: The law whose codes the demand uses.

    Raises:
        Refusal: The form is not followed, the facts contradict each other, or a code is not known;
            the message names the place.

    Since: 0.1.0
    """
    document = source if isinstance(source, Mapping) else load_document(Path(source))
    return read_document(document, law.stack.vocabulary)


def decide(demand: Demand, law: Law, on: date) -> Determination:
    """Decide a demand, person by person and field by field, under the law of one day.

    What is not known is not taken for yes, and what no policy opens is withheld. The same demand,
    law and day give the same determination, whoever decides.

    Args:
        demand: The demand with the findings that were made.
        law: The law, of which the part in force on the day decides.
        on: The holder's local day.

    Returns:
        A ruling for each person and field asked for, with its authorities, reasons, and what would
        change it. ``alarms`` names every policy that could not be evaluated: what it touches is
        withheld, and the pack is to be mended.

    Raises:
        TypeError: ``on`` is not a day; a time is none, since its day depends on where one is.

    Since: 0.1.0
    """
    # A datetime is a date by inheritance, and would be taken for the day of its own time zone.
    if type(on) is not date:
        raise TypeError(f"on must be a datetime.date and nothing more: {on!r}")
    engine = Engine.of(law.stack, on, law.sources_of(demand.holder.agency))
    return engine.decide(demand)


def verify_package(
    path: StrPath, *, sender: Key, log_key: Key, identity: StrPath | bytes | None = None
) -> Verified:
    """Verify a package that was handed over: its seal, and with an identity all that is in it.

    Args:
        path: The sealed file; its signature lies beside it as ``<name>.sig``.
        sender: The sender's published key, from elsewhere than the package.
        log_key: The log's published key, from elsewhere than the package.
        identity: The recipient's private key: the file that holds it, or its bytes. Without it
            nobody but the sender can look inside, and only the seal is checked.

    Returns:
        What was found true, and of which package; nothing of its contents is kept or written.

    Raises:
        Corruption: A part does not hold; ``code`` names which.
        Refusal: A file or a key is not there or not the right one; nothing is said of the package.

    Since: 0.1.0
    """
    given = identity
    if given is not None and not isinstance(given, bytes):
        given = read_limited(Path(given), _KEY_BYTES)
    return verify_sealed(
        Path(path),
        sender=_text_of(sender, _KEY_BYTES).strip(),
        log_vkey=_text_of(log_key, _KEY_BYTES).strip(),
        identity=None if given is None else Identity(given=given),
    )


def verify_log(folder: StrPath, *, log_key: Key, earlier: Key | None = None) -> VerifiedLog:
    """Verify a public log whole: every entry, every tile, and the signed root.

    Args:
        folder: The log's public files: ``checkpoint`` and the folder ``tile``.
        log_key: The log's published key, from elsewhere than the folder.
        earlier: A checkpoint seen before, as text or as the path of its file. The log must have
            grown from it; without it a log that was replaced whole passes.

    Returns:
        The log's name, its size in entries, its root (32 bytes), and the checkpoint to keep for
        the next time.

    Raises:
        Corruption: The files are not what the log signed, or not what it signed before.
        Refusal: A file or a key is not there or not the right one.

    Since: 0.1.0
    """
    # As it stands: a checkpoint is signed to the last line break.
    seen = None if earlier is None else _text_of(earlier, _CHECKPOINT_BYTES)
    return verify_directory(Path(folder), _text_of(log_key, _KEY_BYTES).strip(), seen)


def _text_of(given: Key, max_bytes: int) -> str:
    """Return the text, or that of the file; which of the two is told by type and never guessed."""
    if isinstance(given, str):
        return given
    path = Path(given)
    try:
        return read_limited(path, max_bytes).decode()
    except UnicodeDecodeError as fault:
        raise BadFile(
            f"{path.name} is not UTF-8 text: byte {fault.start}",
            todo="give the file as it was published",
            file=path.name,
        ) from fault
