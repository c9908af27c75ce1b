"""The bag: payload, manifests and evidence as one ordered set of files.

Source: RFC 8493 (BagIt 1.0), sections 2.1 and 2.2.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clerestory.disclosure.cms import CBC_CAUTION
from clerestory.disclosure.contents import Contents, Part, manifest_of, part_of
from clerestory.disclosure.logged import LogEvidence
from clerestory.disclosure.signing import sign_text
from clerestory.disclosure.tar import BLOCK, END, Member, write_tar
from clerestory.kernel import Corruption
from clerestory.notes import Signer, Verifier

BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
SIGNATURE = "manifest-sha256.txt.sig"
ENTRY, OPENING, PROOF = "log/entry.bin", "log/opening.json", "log/proof.tlog-proof"
SENDER = "sender.vkey"
INFO = "bag-info.txt"
ATTACHMENTS_ARE = (
    "text as it was; of a PDF its pages, of a picture or recording what is seen or heard, without "
    "the rest of the file"
)
TAG_FILES = (INFO, "bagit.txt", ENTRY, OPENING, PROOF, MANIFEST, SIGNATURE, SENDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bag:
    """All files of a package under one folder, sorted."""

    folder: str
    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        """The length of the tar in bytes."""
        return len(END) + sum(BLOCK + part.size + -part.size % BLOCK for part in self.parts)

    def tar(self) -> Iterator[bytes]:
        """Yield the tar, checking each file once more against the digest it was logged with.

        Raises:
            Corruption: A file changed since it was measured.
        """
        return write_tar(self._member(part) for part in self.parts)

    def _member(self, part: Part) -> Member:
        return Member(
            name=f"{self.folder}/{part.path}", size=part.size, pieces=lambda: _checked(part)
        )


def make_bag(
    contents: Contents, evidence: LogEvidence, signer: Signer, *, cbc: bool = False
) -> Bag:
    """Put the payload, its evidence and its manifests together."""
    info = bag_info(contents.demand_id, contents.on.isoformat(), contents.parts, cbc=cbc)
    tags = [
        part_of(INFO, info),
        part_of("bagit.txt", BAGIT),
        part_of(ENTRY, evidence.entry),
        part_of(OPENING, evidence.opening),
        part_of(PROOF, evidence.proof.encode()),
        part_of(MANIFEST, contents.manifest),
        part_of(SIGNATURE, sign_text(contents_text(contents.demand_id, contents.digest), signer)),
        part_of(SENDER, sender_text(signer.verifier)),
    ]
    tags.append(part_of(TAG_MANIFEST, manifest_of(tags)))
    ordered = sorted((*contents.parts, *tags), key=lambda part: part.path)
    return Bag(folder=folder_of(contents.demand_id), parts=tuple(ordered))


def folder_of(demand_id: str) -> str:
    """Return the name of the folder in which the package unpacks."""
    return f"package-{demand_id}"


def contents_text(demand_id: str, digest: str) -> str:
    """Return what the sender signs inside the package."""
    return f"clerestory-contents/1\n{demand_id}\n{digest}  {MANIFEST}\n"


def bag_info(demand_id: str, on: str, payload: Sequence[Part], *, cbc: bool) -> bytes:
    """Return ``bag-info.txt``: dates and sums, nothing about a person.

    With ``cbc`` it repeats that the envelope did not vouch for what is inside.
    """
    octets = sum(part.size for part in payload)
    lines = [
        ("Bag-Software-Agent", "clerestory-package/1"),
        ("Bagging-Date", on),
        ("External-Identifier", demand_id),
        ("Payload-Oxum", f"{octets}.{len(payload)}"),
    ]
    if any(part.path.startswith("data/attachments/") for part in payload):
        lines.append(("Attachments", ATTACHMENTS_ARE))
    if cbc:
        lines.append(("Envelope-Caution", CBC_CAUTION))
    return "".join(f"{name}: {value}\n" for name, value in lines).encode()


def sender_text(key: Verifier) -> bytes:
    """Return what ``sender.vkey`` must hold."""
    return f"{key.vkey}\n".encode()


def _checked(part: Part) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for piece in part.pieces():
        digest.update(piece)
        yield piece
    if digest.hexdigest() != part.sha256:
        raise Corruption(
            f"a file changed while it was packed: {part.path}", code="package-file-changed"
        )
