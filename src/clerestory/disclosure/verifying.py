"""Verifying a package offline: each part is checked, and the first that fails is named."""

import hashlib
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from clerestory.disclosure import bag
from clerestory.disclosure.contents import DETERMINATION_PATH, manifest_of
from clerestory.disclosure.logged import LogChecks, LogEvidence, check_logged
from clerestory.disclosure.opening import Identity, OpenedFile, open_package
from clerestory.disclosure.released import EnclosedRulings, check_released, read_rulings
from clerestory.disclosure.sealing import SIGNATURE_SUFFIX
from clerestory.disclosure.signing import open_signed
from clerestory.kernel import Corruption, Refusal
from clerestory.notes import Verifier

_SEAL = re.compile(r"clerestory-seal/1\n(0|[1-9]\d*)\n([0-9a-f]{64})  (\S+)\n")
_PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A package that holds. ``checks`` are what was found true, in order.

    ``contents_digest`` and ``demand_id`` are ``None`` when no identity was given, since then
    only the seal could be checked.
    """

    sha256: str
    size: int
    checks: tuple[str, ...]
    demand_id: str | None = None
    contents_digest: str | None = None


def verify_package(
    path: Path,
    *,
    sender: Verifier,
    checks: LogChecks,
    identity: Identity | None = None,
    extract_to: Path | None = None,
) -> Verified:
    """Verify a package, and with the recipient's identity all that is in it.

    Args:
        path: The sealed file; its signature lies beside it as ``<name>.sig``.
        sender: The sender's published key, from elsewhere than the package.
        checks: How inclusion proofs are checked, and the log's key.
        identity: The recipient's private key; without it only the seal is checked.
        extract_to: A new folder for the files, made only if everything holds.

    Raises:
        Corruption: A part does not hold; ``code`` names it.
        Refusal: The signature is not there, or the identity is not a recipient's.
    """
    sha256, size = _check_seal(path, sender)
    found = ["seal: the signature is the sender's, and not one bit is changed or missing"]
    if identity is None:
        return Verified(sha256=sha256, size=size, checks=tuple(found))
    if extract_to is None:
        files = open_package(path, identity, keep=_is_kept)
        demand_id, digest = _check_opened(files, sender, checks, found)
    else:
        _check_new(extract_to)
        staging = Path(tempfile.mkdtemp(prefix=".opening-", dir=extract_to.parent))
        try:
            files = open_package(path, identity, keep=_is_kept, extract_to=staging)
            demand_id, digest = _check_opened(files, sender, checks, found)
            (staging / bag.folder_of(demand_id)).rename(extract_to)
        finally:
            shutil.rmtree(staging)
    return Verified(
        sha256=sha256,
        size=size,
        checks=tuple(found),
        demand_id=demand_id,
        contents_digest=digest,
    )


def _check_new(folder: Path) -> None:
    if folder.exists():
        raise Refusal(
            f"a package is opened into a new folder: {folder.name}",
            code="package-folder-exists",
            todo="name a folder that does not exist yet",
        )


def _check_seal(path: Path, sender: Verifier) -> tuple[str, int]:
    signature = path.with_name(path.name + SIGNATURE_SUFFIX)
    for file in (path, signature):
        if not file.is_file():
            raise Refusal(
                f"the package and its signature must lie side by side: {file.name} is missing",
                code="package-signature-missing" if file == signature else "package-missing",
                todo=f"put {file.name} into the same folder",
            )
    text = open_signed(signature.read_bytes(), sender, what="package")
    match = _SEAL.fullmatch(text)
    if match is None:
        raise Corruption("the seal's text is not in its form", code="package-signature-invalid")
    wanted_size, wanted = int(match.group(1)), match.group(2)
    sha256, size = _measure(path)
    if size < wanted_size:
        raise Corruption(
            f"the package is cut short: {size} of {wanted_size} bytes", code="package-cut-short"
        )
    if sha256 != wanted:
        raise Corruption("the package is not the one that was signed", code="package-altered")
    return sha256, size


def _measure(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


def _is_kept(name: str) -> bool:
    # Everything that says something is read; letters and attachments are only measured.
    return "/data/" not in name or name.endswith((".json", ".csv"))


def _check_opened(
    named: dict[str, OpenedFile], sender: Verifier, checks: LogChecks, found: list[str]
) -> tuple[str, str]:
    files = _check_folder(named)
    _check_manifests(files)
    found.append("bag: every file is the one in the manifests, and there is no other")
    rulings = read_rulings(_body(files, DETERMINATION_PATH))
    if {name.split("/")[0] for name in named} != {bag.folder_of(rulings.demand_id)}:
        raise Corruption("the folder is not named for the demand", code="package-bag-invalid")
    _check_about(files, rulings)
    digest = files[bag.MANIFEST].sha256
    _check_signature(files, rulings.demand_id, digest, sender)
    found.append("contents: the manifest is signed by the sender")
    evidence = LogEvidence(
        entry=_body(files, bag.ENTRY),
        opening=_body(files, bag.OPENING),
        proof=_text(files, bag.PROOF),
    )
    check_logged(evidence, digest, checks)
    found.append("log: the entry is in the log and commits to exactly these contents")
    check_released(files, rulings)
    found.append("rulings: nothing is in the package that the determination does not release")
    return rulings.demand_id, digest


def _check_folder(named: dict[str, OpenedFile]) -> dict[str, OpenedFile]:
    files = {name.partition("/")[2]: file for name, file in named.items()}
    if len(files) != len(named) or not {*bag.TAG_FILES, bag.TAG_MANIFEST} <= set(files):
        raise Corruption("a file of the bag is missing", code="package-bag-invalid")
    return files


def _check_manifests(files: dict[str, OpenedFile]) -> None:
    payload = {path: file for path, file in files.items() if path.startswith("data/")}
    tags = {path: file for path, file in files.items() if path not in payload}
    del tags[bag.TAG_MANIFEST]
    if set(tags) != set(bag.TAG_FILES):
        raise Corruption("the bag has a file that no package has", code="package-bag-invalid")
    for manifest, listed in ((bag.MANIFEST, payload), (bag.TAG_MANIFEST, tags)):
        wanted = manifest_of([file.as_part(path) for path, file in listed.items()])
        if _body(files, manifest) != wanted:
            raise Corruption(
                f"the files are not those of {manifest}", code="package-manifest-invalid"
            )


def _check_about(files: dict[str, OpenedFile], rulings: EnclosedRulings) -> None:
    payload = [file.as_part(path) for path, file in files.items() if path.startswith("data/")]
    info = bag.bag_info(rulings.demand_id, rulings.on, payload)
    if _body(files, bag.INFO) != info or _body(files, "bagit.txt") != bag.BAGIT:
        raise Corruption("the bag says of itself what is not so", code="package-bag-invalid")


def _check_signature(
    files: dict[str, OpenedFile], demand_id: str, digest: str, sender: Verifier
) -> None:
    if _body(files, bag.SENDER) != bag.sender_text(sender):
        raise Corruption("the package names another sender", code="package-sender-other")
    text = open_signed(_body(files, bag.SIGNATURE), sender, what="contents")
    if text != bag.contents_text(demand_id, digest):
        raise Corruption("the sender signed another manifest", code="contents-signature-invalid")


def _body(files: dict[str, OpenedFile], path: str) -> bytes:
    file = files.get(path)
    if file is None or file.body is None:
        raise Corruption(f"a file of the bag is missing: {path}", code="package-bag-invalid")
    return file.body


def _text(files: dict[str, OpenedFile], path: str) -> str:
    try:
        return _body(files, path).decode()
    except UnicodeDecodeError as fault:
        raise Corruption(
            "the inclusion proof must be text", code="package-proof-invalid"
        ) from fault
