"""What a package shows by itself: its seal, its bag and its sender's word.

Whether its entry is in the log is for ``clerestory.audit.packages``, which takes these steps in
their order.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from clerestory.disclosure import bag
from clerestory.disclosure.cms import CBC, CBC_CAUTION
from clerestory.disclosure.contents import DETERMINATION_PATH, manifest_of
from clerestory.disclosure.logged import LogEvidence
from clerestory.disclosure.opening import OpenedFile, envelope_of
from clerestory.disclosure.released import EnclosedRulings, read_rulings
from clerestory.disclosure.sealing import AGE_SUFFIX, CMS_SUFFIX, OF_ANSWER, SIGNATURE_SUFFIX
from clerestory.disclosure.signing import check_is_signed, open_signed
from clerestory.kernel import Corruption, Refusal
from clerestory.kernel.files import open_regular
from clerestory.notes import OtherSigner, Verifier

_SEAL = re.compile(
    rf"clerestory-seal/1\n(0|[1-9][0-9]{{0,18}})\n({re.escape(CBC_CAUTION)}\n)?"
    r"([0-9a-f]{64})  (\S+)\n",
    re.ASCII,
)
_PIECE_BYTES = 1 << 20
_MAX_SIGNATURE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What the sender signed beside the package.

    ``cbc`` is whether it says that the envelope does not authenticate.
    """

    name: str
    size: int
    sha256: str
    cbc: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBag:
    """A bag whose files are those of its manifests.

    ``files`` are named without the folder; ``contents_digest`` is that of the payload manifest.
    """

    files: Mapping[str, OpenedFile]
    rulings: EnclosedRulings
    contents_digest: str
    evidence: LogEvidence

    @property
    def folder(self) -> str:
        """The folder that the package unpacks into."""
        return bag.folder_of(self.rulings.demand_id)


def read_seal(path: Path, sender: Verifier) -> Seal:
    """Read the signature beside a package, which must be the sender's.

    Raises:
        Refusal: The package or its signature is not there, or what lies there is no signature.
        OtherSigner: Another key than the sender's signed it.
        Corruption: The signature fails (``package-signature-invalid``).
    """
    signature = path.with_name(path.name + SIGNATURE_SUFFIX)
    for file in (path, signature):
        if not file.is_file():
            raise _missing(path, file)
    with open_regular(signature) as file_of_signature:
        content = file_of_signature.read(_MAX_SIGNATURE_BYTES)
    check_is_signed(content, what="package")
    match = _SEAL.fullmatch(open_signed(content, sender, what="package"))
    if match is None:
        raise Corruption(
            "the seal's text must be in its form",
            code="package-signature-invalid",
            todo="do not use the package; tell the sender",
        )
    size, caution, sha256, name = match.groups()
    return Seal(name=name, size=int(size), sha256=sha256, cbc=caution is not None)


def check_name(path: Path, seal: Seal) -> None:
    """Refuse a package under another name than the one it was sealed with.

    Raises:
        Refusal: It was renamed, or another package stands in its place.
    """
    # A package put in another's place with its own signature holds in all but its name.
    if path.name != seal.name:
        raise Refusal(
            f"a package must keep the name that it was sealed with: {seal.name}, not {path.name}",
            code="package-renamed",
            todo=f"if it was renamed on the way, call it {seal.name} again, and its signature "
            f"{seal.name}{SIGNATURE_SUFFIX}; if you expected another package, ask the sender",
        )


def check_seal(sealed: BinaryIO, seal: Seal) -> str:
    """Prove that the file is byte for byte what was sealed, and return how it is sealed.

    Raises:
        Corruption: It is shorter (``package-cut-short``), another (``package-altered``), or the
            seal does not say that its envelope does not authenticate (``package-envelope-unsaid``).
    """
    digest, size = hashlib.sha256(), 0
    # Of a file that is longer nobody waits for the end: zeros without end cost nothing to make.
    while size <= seal.size and (piece := sealed.read(_PIECE_BYTES)):
        digest.update(piece)
        size += len(piece)
    if size < seal.size:
        raise Corruption(
            f"the package must be whole: {size} of {seal.size} bytes",
            code="package-cut-short",
            todo="fetch it again; if it stays short, tell the sender",
        )
    if (size, digest.hexdigest()) != (seal.size, seal.sha256):
        raise Corruption(
            "the package must be the one that was signed",
            code="package-altered",
            todo="do not open it; keep it, and tell the sender",
        )
    envelope = envelope_of(sealed)
    if (envelope == CBC.name) != seal.cbc:
        raise Corruption(
            f"the seal must say whether its envelope authenticates, and says another: {envelope}",
            code="package-envelope-unsaid",
            todo="do not open it; keep it, and tell the sender",
        )
    return envelope


def is_kept(name: str) -> bool:
    """Say which files of a package are read whole: all that say something.

    Letters and attachments are only measured, since they may be large.
    """
    of_ours = "/data/attachments/" not in name and name.endswith((".json", ".csv"))
    return "/data/" not in name or of_ours


def check_bag(named: Mapping[str, OpenedFile], seal: Seal) -> OpenedBag:
    """Prove that every file is the one in the manifests, and that there is no other.

    Raises:
        Corruption: A file is missing, added or altered, or the bag says of itself what is not so.
    """
    files = _check_folder(named)
    _check_manifests(files)
    rulings = read_rulings(_body(files, DETERMINATION_PATH))
    if {name.split("/")[0] for name in named} != {bag.folder_of(rulings.demand_id)}:
        raise _broken("the folder must be named for the demand")
    if seal.name.partition(".tar.")[0].partition(OF_ANSWER)[0] != rulings.demand_id:
        raise _broken("the package must be named for the demand")
    _check_about(files, rulings, cbc=seal.cbc)
    evidence = LogEvidence(
        entry=_body(files, bag.ENTRY),
        opening=_body(files, bag.OPENING),
        proof=_text(files, bag.PROOF),
    )
    return OpenedBag(
        files=files,
        rulings=rulings,
        contents_digest=files[bag.MANIFEST].sha256,
        evidence=evidence,
    )


def check_contents_signature(opened: OpenedBag, sender: Verifier) -> None:
    """Prove that the sender signed these contents, and not only the envelope around them.

    Raises:
        Corruption: Another sender is named or signed (``package-sender-other``), the signature
            fails, or it is over another manifest (``contents-signature-invalid``).
    """
    if _body(opened.files, bag.SENDER) != bag.sender_text(sender):
        raise _other_sender("the package names another sender than the one who sealed it")
    try:
        text = open_signed(_body(opened.files, bag.SIGNATURE), sender, what="contents")
    except OtherSigner as fault:
        # The seal was this sender's, so the key is right: somebody else's word was put inside.
        raise _other_sender(str(fault)) from fault
    if text != bag.contents_text(opened.rulings.demand_id, opened.contents_digest):
        raise Corruption(
            "the sender must have signed this manifest, and signed another",
            code="contents-signature-invalid",
            todo="do not use the package; keep it, and tell the sender",
        )


def _missing(path: Path, file: Path) -> Refusal:
    if path.name.endswith(SIGNATURE_SUFFIX):
        return Refusal(
            f"a signature was given where the package belongs: {path.name}",
            code="package-missing",
            todo=f"give {path.name.removesuffix(SIGNATURE_SUFFIX)}",
        )
    if not path.name.endswith((AGE_SUFFIX, CMS_SUFFIX)):
        return Refusal(
            f"a package must be named as it was sealed, {AGE_SUFFIX} or {CMS_SUFFIX}: {path.name}",
            code="package-missing" if file == path else "package-signature-missing",
            todo="unpack what it came in, and give the package; its signature lies beside it",
        )
    return Refusal(
        f"the package and its signature must lie side by side: {file.name} is missing",
        code="package-missing" if file == path else "package-signature-missing",
        todo=f"put {file.name} into the same folder",
    )


def _check_folder(named: Mapping[str, OpenedFile]) -> dict[str, OpenedFile]:
    files = {name.partition("/")[2]: file for name, file in named.items()}
    if len(files) != len(named) or not {*bag.TAG_FILES, bag.TAG_MANIFEST} <= set(files):
        raise _broken("every file of a bag must be there")
    return files


def _check_manifests(files: Mapping[str, OpenedFile]) -> None:
    payload = {path: file for path, file in files.items() if path.startswith("data/")}
    tags = {
        path: file
        for path, file in files.items()
        if path not in payload and path != bag.TAG_MANIFEST
    }
    if set(tags) != set(bag.TAG_FILES):
        raise _broken("the bag has a file that no package has")
    for manifest, listed in ((bag.MANIFEST, payload), (bag.TAG_MANIFEST, tags)):
        wanted = manifest_of([file.as_part(path) for path, file in listed.items()])
        if _body(files, manifest) != wanted:
            raise Corruption(
                f"the files must be those of {manifest}",
                code="package-manifest-invalid",
                todo="do not use the package; keep it, and tell the sender",
            )


def _check_about(files: Mapping[str, OpenedFile], rulings: EnclosedRulings, *, cbc: bool) -> None:
    payload = [file.as_part(path) for path, file in files.items() if path.startswith("data/")]
    info = bag.bag_info(rulings.demand_id, rulings.on, payload, cbc=cbc)
    if _body(files, bag.INFO) != info or _body(files, "bagit.txt") != bag.BAGIT:
        raise _broken("the bag says of itself what is not so")


def _body(files: Mapping[str, OpenedFile], path: str) -> bytes:
    file = files.get(path)
    if file is None or file.body is None:
        raise _broken(f"a file of the bag is missing: {path}")
    return file.body


def _text(files: Mapping[str, OpenedFile], path: str) -> str:
    try:
        return _body(files, path).decode()
    except UnicodeDecodeError as fault:
        raise Corruption(
            "the inclusion proof must be text",
            code="package-proof-invalid",
            todo="do not use the package; keep it, and tell the sender",
        ) from fault


def _broken(message: str) -> Corruption:
    return Corruption(
        message,
        code="package-bag-invalid",
        todo="do not use the package; keep it, and tell the sender",
    )


def _other_sender(message: str) -> Corruption:
    return Corruption(
        message,
        code="package-sender-other",
        todo="do not use the package; keep it, and tell the sender",
    )
