"""Which packs answer demands: those that came through the gate, as they stood then.

``active.json`` in the folder of packs holds the digest of each stack that answers, and with what
it was proved. Beside it, ``active/<mark>/`` keeps the files of that law, so that a draft can always
be compared with the law that answers today, and ``active/reviewed/`` keeps for good what was
reviewed for each change. A pack that was changed by one letter has another digest and is not active
until it came through the gate again. To see what a draft would say needs no activation; to answer a
demand does.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from clerestory.kernel import BadFile
from clerestory.kernel.bad_file import show
from clerestory.kernel.canonical import Json
from clerestory.kernel.files import write_whole
from clerestory.kernel.reading import read_document
from clerestory.law import manifest
from clerestory.law.errors import PackFault
from clerestory.law.packs import PackStack, available_packs

FILE = "active.json"
KEPT = manifest.KEPT
_REVIEWED = "reviewed"
_MARK_LENGTH = 16
# What a pack's digest is over (see ``packs.load_pack``): known answers are no law.
_LAW = ("*.cedar", "*.toml", "codes.yaml")


def list_active(packs_folder: Path) -> dict[str, Json]:
    """Return the stacks that are active, by digest.

    Raises:
        PackFault: The file is there and cannot be read.
    """
    path = packs_folder / FILE
    if not os.path.lexists(path):
        return {}
    try:
        active = read_document(path).value
    except BadFile as fault:
        raise _unreadable(str(fault)) from fault
    if not isinstance(active, dict):
        raise _unreadable("it is no group of digests")
    for digest, record in active.items():
        # What does not say that something was proved is no record of a proof.
        if not isinstance(record, dict) or not record.get("proved"):
            raise _unreadable(f"it does not say what was proved of {show(digest[:16])}")
    return active


def _unreadable(why: str) -> PackFault:
    return PackFault(
        f"{FILE} cannot be read: {why}",
        todo=f"bring {FILE} and the folder {KEPT} back from version control, both from one state, "
        "and run `clerestory law activate`",
    )


def check_active(stack: PackStack, packs_folder: Path) -> None:
    """Stop unless the stack is active as it stands.

    Raises:
        PackFault: It did not come through the gate since it was last changed.
    """
    if stack.digest not in list_active(packs_folder):
        raise PackFault(
            f"the law of {' and '.join(stack.names)} is not active: its promises are not proved "
            f"as it stands now (digest {stack.digest[:16]})",
            code="law-not-proved",
            todo="run `clerestory law activate`; it shows a demand for each promise that is broken "
            "and for each answer that changes",
        )


def mark_of(digests: Iterable[str]) -> str:
    """Return what a law is called that several stacks make up, by their digests."""
    whole = hashlib.sha256("\n".join(sorted(digests)).encode())
    return whole.hexdigest()[:_MARK_LENGTH]


def kept_law(packs_folder: Path) -> Path | None:
    """Return the folder with the files of the active law; ``None`` where none was ever active.

    Raises:
        PackFault: They are not there although a law is active, or are not the files that it was
            made of.
    """
    active = list_active(packs_folder)
    kept = packs_folder / KEPT
    if not active:
        if kept.is_dir() and any(path.name != _REVIEWED for path in kept.iterdir()):
            raise _missing(f"{KEPT} holds a law and {FILE} names none")
        return None
    mark = mark_of(active)
    folder = kept / mark
    if not folder.is_dir():
        raise _missing(f"the files of the active law are not there: {KEPT}/{mark}")
    content = digest_of_files(folder)
    if any(not isinstance(e, dict) or e.get("kept") != content for e in active.values()):
        raise PackFault(
            f"the kept files of the active law were altered: {KEPT}/{mark} is not what "
            f"{FILE} names",
            code="law-kept-altered",
            todo=f"bring {FILE} and the folder {KEPT} back from version control, both from one "
            "state; nobody edits them by hand",
        )
    return folder


def _missing(message: str) -> PackFault:
    return PackFault(
        message,
        code="law-kept-missing",
        todo=f"bring {FILE} and the folder {KEPT} back from version control, both from one state; "
        "they always go together",
    )


def digest_of_files(folder: Path) -> str:
    """Return the digest over every file below a folder, by path, length and content."""
    whole = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        content = path.read_bytes()
        whole.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def activate(packs_folder: Path, proved: Mapping[str, Json], reviewed: bytes = b"") -> None:
    """Make exactly these stacks active, keep their files, and what was reviewed for it.

    ``active.json`` is replaced last of all that counts: until then the law before is active, with
    its files.

    Args:
        packs_folder: The folder of packs.
        proved: For each digest of a stack, what was proved and with what.
        reviewed: What was reviewed for this change, as it was written; empty where nothing was.
    """
    before, mark = mark_of(list_active(packs_folder)), mark_of(proved)
    kept = packs_folder / KEPT / mark
    content = _keep(packs_folder, kept)
    if reviewed:
        _archive(packs_folder / KEPT / _REVIEWED, f"{before}-{mark}", reviewed)
    entries = {digest: {**_as_table(entry), "kept": content} for digest, entry in proved.items()}
    text = json.dumps(entries, indent=1, sort_keys=True) + "\n"
    write_whole(packs_folder / FILE, text.encode())
    for folder in (packs_folder / KEPT).iterdir():
        if folder.name not in {mark, _REVIEWED}:
            shutil.rmtree(folder)


def _as_table(entry: Json) -> dict[str, Json]:
    return dict(entry) if isinstance(entry, Mapping) else {}


def _keep(packs_folder: Path, kept: Path) -> str:
    """Copy the files of the packs as they stand, and return the digest over the copies."""
    draft = kept.with_name(f".{kept.name}")
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir(parents=True)
    _copy(packs_folder / "codes.yaml", draft)
    for name in available_packs(packs_folder):
        (draft / name).mkdir()
        for pattern in _LAW:
            for path in sorted((packs_folder / name).glob(pattern)):
                _copy(path, draft / name)
    content = digest_of_files(draft)
    # The same law once more: what stands there is left, so that it is never away.
    if kept.is_dir() and digest_of_files(kept) == content:
        shutil.rmtree(draft)
        return content
    if kept.exists():
        shutil.rmtree(kept)
    draft.rename(kept)
    return content


def _copy(path: Path, into: Path) -> None:
    write_whole(into / path.name, path.read_bytes())


def _archive(folder: Path, name: str, reviewed: bytes) -> None:
    """Keep what was reviewed for good, also where a law becomes active for the second time."""
    folder.mkdir(parents=True, exist_ok=True)
    number, path = 1, folder / f"{name}.toml"
    while path.exists() and path.read_bytes() != reviewed:
        number += 1
        path = folder / f"{name}-{number}.toml"
    write_whole(path, reviewed)
