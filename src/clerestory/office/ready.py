"""What lies ready to leave, by its name: a package by its answer's entry, letters by the number.

A package's name is signed with it. So the entry in the name tells which answer it is of, and no
other package of the office passes for it: not one of another matter, and not one that was sealed,
taken back and kept somewhere.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from clerestory.acts import Signed
from clerestory.audit.packages import verify_package
from clerestory.disclosure.sealing import AGE_SUFFIX, BY_ENTRY, CMS_SUFFIX, SIGNATURE_SUFFIX
from clerestory.kernel import Refusal
from clerestory.kernel.files import sync_folder
from clerestory.notes import Verifier
from clerestory.office.matters import acts_in
from clerestory.office.office import Office
from clerestory.store.models import ActRow, MatterRow

ANSWERS = frozenset({"seal", "refuse"})
"""The acts by which an answer is logged."""

_VOIDS = frozenset({"take_back", "withdraw"})


def entry_of(office: Office, matter: str, position: int) -> int:
    """Return where in the log an act stands.

    Raises:
        Refusal: It waits for its place.
    """
    row = ActRow.objects.get(chain=matter, position=position)
    index = office.keys.ledger.index_of(office.statements(), row.entry)
    if index is None:  # pragma: no cover - an act is sequenced in its own transaction
        raise Refusal(
            "an act is proved once its entry is in the log", code="act-not-proved",
            todo="have the log sequenced, then try again",
        )  # fmt: skip
    return index


def packages_of(folder: Path, entry: int) -> Iterator[Path]:
    """Yield the packages in a folder that are named by an entry."""
    for suffix in (AGE_SUFFIX, CMS_SUFFIX):
        yield from sorted(folder.glob(f"*{BY_ENTRY}{entry}{suffix}"))


def check_package(office: Office, path: Path, *, sender: Verifier, entry: int) -> str:
    """Prove that a file is the package of one answer; return its SHA-256.

    Args:
        office: Whose answer.
        path: The package, with its signature beside it.
        sender: The key under which the office's packages leave.
        entry: The log's entry of the answer.

    Raises:
        Refusal: It is missing, or the package of another answer.
        Corruption: It is not byte for byte what was sealed.
    """
    found = verify_package(path, sender=sender, log_vkey=office.keys.log_key)
    _, by_entry, told = found.name.partition(".tar.")[0].partition(BY_ENTRY)
    if not by_entry or told != str(entry):
        raise Refusal(
            "what leaves is the package of this answer, and this is the package of another",
            code="hand-over-other",
            todo="give the package that was written for this answer: clerestory office seal",
        )
    return found.sha256


def letter_paths(matter: str, folder: Path) -> tuple[Path, Path]:
    """Return where a matter's letter of refusal lies, and the index of what is withheld."""
    number = MatterRow.objects.values_list("number", flat=True).get(id=matter)
    letter = folder / f"{number}-refusal.pdf"
    return letter, beside(letter)


def beside(letter: Path) -> Path:
    """Return where the index of what is withheld lies: beside its letter."""
    return letter.with_name(letter.name.removesuffix(".pdf").removesuffix("-refusal")
                            + "-withheld.pdf")  # fmt: skip


def destroy_void(office: Office, matter: str, folder: Path) -> None:
    """Destroy whatever lies in a folder of a matter's answers that are void.

    Harmless to repeat, so that it is finished wherever it stopped.
    """
    acts = acts_in(office, matter)
    void = _void(acts)
    paths = [
        found
        for position in void
        for path in packages_of(folder, entry_of(office, matter, position))
        for found in (path, path.with_name(path.name + SIGNATURE_SUFFIX))
    ]
    if void and acts[-1].statement.act != "refuse":
        # A refusal that stands has its letters under the same names.
        paths += letter_paths(matter, folder)
    for path in paths:
        path.unlink(missing_ok=True)
    if folder.is_dir():
        sync_folder(folder)


def _void(acts: list[Signed]) -> list[int]:
    """Return the positions of the answers that were taken back, or withdrawn before they left."""
    told = [act.statement for act in acts]
    return [
        answer.position
        for answer, after in pairwise(told)
        if answer.act in ANSWERS and after.act in _VOIDS
    ]
