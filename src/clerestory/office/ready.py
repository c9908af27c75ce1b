"""What lies ready to leave, by its name: the demand's number, and which answer to it this is.

A package's name is signed with it. So no other package of the office passes for it: not one of
another matter, and not one that was sealed, taken back and kept somewhere.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from clerestory.acts import Signed
from clerestory.audit.packages import verify_package
from clerestory.disclosure.sealing import AGE_SUFFIX, CMS_SUFFIX, OF_ANSWER, SIGNATURE_SUFFIX
from clerestory.kernel import Refusal
from clerestory.kernel.files import sync_folder
from clerestory.ledger import parse_leaf
from clerestory.notes import Verifier
from clerestory.office.errors import OfficeAltered
from clerestory.office.matters import acts_in
from clerestory.office.office import Office
from clerestory.store.models import ActRow

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


def number_of(office: Office, matter: str) -> int:
    """Return a matter's number as its entry in the log shows it."""
    index = entry_of(office, matter, 1)
    serial = parse_leaf(office.keys.ledger.entry(office.statements(), index)).serial
    if serial is None:
        raise OfficeAltered(f"a matter has the number that its entry shows: {matter}")
    return serial


def answer_name(office: Office, acts: Sequence[Signed]) -> str:
    """Return what tells the last answer in a matter from any other of the office, in a file's name.

    Args:
        office: Whose answer.
        acts: The acts of the matter up to the answer or beyond it.
    """
    number = number_of(office, acts[0].statement.matter)
    answers = sum(act.statement.act in ANSWERS for act in acts)
    return f"{number}" if answers == 1 else f"{number}.{answers}"


def packages_of(folder: Path, answer: str) -> Iterator[Path]:
    """Yield the packages of an answer that lie in a folder."""
    for suffix in (AGE_SUFFIX, CMS_SUFFIX):
        yield from sorted(folder.glob(f"*{OF_ANSWER}{answer}{suffix}"))


def check_package(office: Office, path: Path, *, sender: Verifier, answer: str) -> str:
    """Prove that a file is the package of one answer; return its SHA-256.

    Args:
        office: Whose answer.
        path: The package, with its signature beside it.
        sender: The key under which the office's packages leave.
        answer: What tells the answer from any other; see :func:`answer_name`.

    Raises:
        Refusal: It is missing, or the package of another answer.
        Corruption: It is not byte for byte what was sealed.
    """
    found = verify_package(path, sender=sender, log_vkey=office.keys.log_key)
    if found.name.partition(".tar.")[0].partition(OF_ANSWER)[2] != answer:
        raise Refusal(
            "what leaves is the package of this answer, and this is the package of another",
            code="hand-over-other",
            todo="give the package that was written for this answer: clerestory office seal",
        )
    return found.sha256


def letter_paths(folder: Path, answer: str) -> tuple[Path, Path]:
    """Return where a letter of refusal lies, and the index of what is withheld."""
    letter = folder / f"{answer}-refusal.pdf"
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
    void = [answer_name(office, acts[:position]) for position in _void(acts)]
    paths = [path for answer in void for path in letter_paths(folder, answer)]
    for answer in void:
        for path in packages_of(folder, answer):
            paths += [path, path.with_name(path.name + SIGNATURE_SUFFIX)]
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
