"""Sealing and opening beside raw AES-256-GCM and raw age, from file to file, in one run.

    python benchmarks/sealing.py [--small] [--json]

Each round takes every contestant once, so that a busy moment hits all of them. A round reads
one attachment from the disk and writes one file, with fsync. Sealing hashes every byte twice on
the way: the file, to be sure that it is still the one that was logged, and the sealed bytes, for
the signature. The target is half of the raw throughput of the cipher inside, and a peak of
memory that does not grow with the attachment, of sealing, verifying and unpacking together. Age
uses ChaCha20-Poly1305, CMS AES-256-GCM, or AES-256-CBC where it is asked for.
"""

import argparse
import contextlib
import functools
import hashlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyrage
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

from clerestory.audit.packages import evidence_of, seal_logged, verify_package
from clerestory.demands.demand import Item
from clerestory.demands.determination import Determination, Outcome, Reason, Ruling
from clerestory.disclosure.contents import Contents, prepare_contents
from clerestory.disclosure.logged import LogEvidence
from clerestory.disclosure.minimising import Attachment, minimise
from clerestory.disclosure.opening import Identity
from clerestory.disclosure.recipients import AgeRecipient, CertificateRecipient, Recipient
from clerestory.kernel.time import Zone
from clerestory.ledger import Event, EventType, FileKeyEncryptionKey, Ledger
from clerestory.notes import Ed25519Signer

PIECE = 1 << 20
SENDER = Ed25519Signer(name="dhhs.example/sender", seed=b"s" * 32)
ITEM = Item("S1", "snap", "case_file")
Step = Callable[[], object]


LOG = Ed25519Signer(name="ledger.example/test", seed=b"l" * 32)
AT = datetime(2026, 3, 2, tzinfo=UTC)


@functools.cache
def logged(contents: Contents) -> LogEvidence:
    """Log an answer in a new log, which the figures leave out: the log has its own benchmark."""
    kek = FileKeyEncryptionKey(b"k" * 32, entropy=os.urandom)
    answer = Event(
        type=EventType.ANSWER_SEALED,
        scope="made-up",
        matter=contents.demand_id,
        fields={"package": contents.digest},
    )
    with (
        tempfile.TemporaryDirectory() as name,
        Ledger.create(Path(name) / "log", LOG.verifier.name, LOG, kek) as ledger,
    ):
        (done,) = ledger.append([answer], AT, zone=Zone("UTC"))
        return evidence_of(ledger, done.index)


def contents_of(scan: Path) -> Contents:
    """Measure one attachment, as before it is logged."""
    ruling = Ruling(
        item=ITEM,
        outcome=Outcome.RELEASE,
        authorities=(),
        policies=(),
        considered_not_met=(),
        reason=Reason(counsel="", requester="", person=""),
    )
    determination = Determination(
        demand_id="ME-1",
        on=date(2026, 3, 2),
        overall="release",
        rulings=(ruling,),
        duties=(),
        questions=(),
        packs=(),
        pack_digest="",
        facts_digest="",
        engine="",
    )
    values = {ITEM: Attachment(source=scan, suffix=".bin")}
    return prepare_contents(minimise(determination, values), letter_pdf=b"letter")


def seal(contents: Contents, folder: Path, recipient: Recipient, *, cbc: bool = False) -> Path:
    """Seal into a folder that is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return seal_logged(
        contents,
        evidence=logged(contents),
        log=LOG.verifier,
        recipients=[recipient],
        signer=SENDER,
        folder=folder,
        random_bytes=os.urandom,
        cbc=cbc,
    ).path


def gcm(scan: Path, to: Path) -> None:
    """Encrypt in pieces with AES-256-GCM and nothing else."""
    cipher = AESGCM(os.urandom(32))
    with scan.open("rb") as source, to.open("wb") as sink:
        number = 0
        while piece := source.read(PIECE):
            sink.write(cipher.encrypt(number.to_bytes(12, "big"), piece, None))
            number += 1
        _sync(sink.fileno(), sink.flush)


def cbc(scan: Path, to: Path) -> None:
    """Encrypt in pieces with AES-256-CBC and nothing else."""
    cipher = Cipher(algorithms.AES(os.urandom(32)), modes.CBC(os.urandom(16))).encryptor()
    with scan.open("rb") as source, to.open("wb") as sink:
        while piece := source.read(PIECE):
            sink.write(cipher.update(piece))
        _sync(sink.fileno(), sink.flush)


def gcm_in_memory(scan: Path) -> None:
    """Encrypt in pieces with AES-256-GCM, writing nothing."""
    cipher = AESGCM(os.urandom(32))
    with scan.open("rb") as source:
        number = 0
        while piece := source.read(PIECE):
            cipher.encrypt(number.to_bytes(12, "big"), piece, None)
            number += 1


def raw_age(scan: Path, to: Path, recipient: pyrage.x25519.Recipient) -> None:
    """Encrypt with the age library, from file to file."""
    pyrage.encrypt_file(str(scan), str(to), [recipient])
    with to.open("rb+") as sink:
        _sync(sink.fileno(), sink.flush)


def age_program(scan: Path, to: Path, recipient: str) -> None:
    """Encrypt with the age program."""
    subprocess.run(["age", "-r", recipient, "-o", str(to), str(scan)], check=True)
    with to.open("rb+") as sink:
        _sync(sink.fileno(), sink.flush)


def _sync(handle: int, flush: Callable[[], None]) -> None:
    flush()
    os.fsync(handle)


def certificate_of(key: rsa.RSAPrivateKey) -> CertificateRecipient:
    """Make a certificate of a made-up office."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Made-up Records Office")])
    starts = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(starts)
        .not_valid_after(starts + timedelta(days=999))
        .sign(key, hashes.SHA256())
    )
    return CertificateRecipient(der=certificate.public_bytes(serialization.Encoding.DER))


def contestants(scan: Path, work: Path) -> dict[str, Step]:
    """Return what is timed, by name, in the order of a round."""
    identity = pyrage.x25519.Identity.generate()
    text = str(identity.to_public())
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    contents = contents_of(scan)
    age_to, cms_to = AgeRecipient(text=text), certificate_of(key)
    opened = {
        "age": (seal(contents, work / "open-age", age_to), Identity(given=str(identity).encode())),
        "cms": (seal(contents, work / "open-cms", cms_to), Identity(given=pem)),
    }
    raw = work / "opened.age"
    pyrage.encrypt_file(str(scan), str(raw), [identity.to_public()])

    def verify(kind: str) -> None:
        path, key_of = opened[kind]
        verify_package(path, sender=SENDER.verifier, log_vkey=LOG.verifier, identity=key_of)

    steps: dict[str, Step] = {
        "raw AES-256-GCM, writing nothing": lambda: gcm_in_memory(scan),
        "raw AES-256-GCM": lambda: gcm(scan, work / "gcm"),
        "raw AES-256-CBC": lambda: cbc(scan, work / "cbc"),
        "raw age (pyrage)": lambda: raw_age(scan, work / "raw.age", identity.to_public()),
        "measure and lay out": lambda: contents_of(scan),
        "seal (age)": lambda: seal(contents, work / "age", age_to),
        "seal (CMS)": lambda: seal(contents, work / "cms", cms_to),
        "seal (CMS, CBC)": lambda: seal(contents, work / "cms-cbc", cms_to, cbc=True),
        "measure and seal (age)": lambda: seal(contents_of(scan), work / "age2", age_to),
        "raw age opening (pyrage)": lambda: pyrage.decrypt_file(
            str(raw), str(work / "plain"), [identity]
        ),
        "verify and open (age)": lambda: verify("age"),
        "verify and open (CMS)": lambda: verify("cms"),
        "SHA-256 of the file": lambda: _hash(scan),
    }
    if shutil.which("age"):
        steps["raw age (age program)"] = lambda: age_program(scan, work / "prog.age", text)
    else:
        print("not measured, optional program not found: age", file=sys.stderr)
    return steps


def _hash(path: Path) -> None:
    with path.open("rb") as file:
        hashlib.file_digest(file, "sha256")


def measure(mebibytes: int, rounds: int) -> dict[str, list[float]]:
    """Return MiB per second by contestant, one number a round."""
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        scan = work / "scan.bin"
        with scan.open("wb") as file:
            for _ in range(mebibytes):
                file.write(os.urandom(PIECE))
        steps = contestants(scan, work)
        for _ in range(rounds):
            for label, step in steps.items():
                start = time.perf_counter()
                step()
                found.setdefault(label, []).append(mebibytes / (time.perf_counter() - start))
    return found


def peak(kind: str, mebibytes: int) -> int:
    """Return the peak memory in MiB of a process that seals and unpacks one attachment."""
    with tempfile.TemporaryDirectory() as name:
        scan = Path(name) / "scan.bin"
        with scan.open("wb") as file:
            file.truncate(mebibytes << 20)
        done = subprocess.run(
            [sys.executable, __file__, "--peak-of", kind, str(scan)],
            capture_output=True,
            check=True,
            text=True,
        )
    return int(done.stdout)


def _be_peak(kind: str, scan: Path) -> None:
    work = scan.parent
    identity = pyrage.x25519.Identity.generate()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    to: Recipient = AgeRecipient(text=str(identity.to_public()))
    given = str(identity).encode()
    if kind.startswith("cms"):
        to = certificate_of(key)
        given = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    path = seal(contents_of(scan), work / "out", to, cbc=kind == "cms-cbc")
    verify_package(
        path, sender=SENDER.verifier, log_vkey=LOG.verifier, identity=Identity(given=given),
        extract_to=work / "opened",
    )  # fmt: skip
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


RATIOS = (
    ("seal (age)", "raw age (pyrage)"),
    ("seal (age)", "raw age (age program)"),
    ("seal (age)", "raw AES-256-GCM"),
    ("measure and seal (age)", "raw age (pyrage)"),
    ("measure and seal (age)", "raw AES-256-GCM"),
    ("seal (CMS)", "raw AES-256-GCM"),
    ("seal (CMS, CBC)", "raw AES-256-CBC"),
    ("verify and open (age)", "raw age opening (pyrage)"),
    ("verify and open (CMS)", "raw AES-256-GCM"),
)


def main() -> None:
    """Measure, print, and say which target is missed."""
    parser = argparse.ArgumentParser(description="Sealing beside raw ciphers.")
    parser.add_argument("--small", action="store_true", help="64 MiB instead of 512, 3 rounds")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--peak-of", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.peak_of:
        _be_peak(asked.peak_of[0], Path(asked.peak_of[1]))
        return
    speeds = measure(64 if asked.small else 512, 3 if asked.small else 5)
    medians = {label: statistics.median(each) for label, each in speeds.items()}
    ratios = {
        f"{ours} / {theirs}": statistics.median(
            a / b for a, b in zip(speeds[ours], speeds[theirs], strict=True)
        )
        for ours, theirs in RATIOS
        if theirs in speeds
    }
    sizes = (1, 64) if asked.small else (1, 1024)
    peaks = {kind: {size: peak(kind, size) for size in sizes} for kind in ("age", "cms", "cms-cbc")}
    with contextlib.suppress(BrokenPipeError):
        if asked.json:
            print(json.dumps({"mib_per_s": medians, "ratios": ratios, "peak_mib": peaks}))
        else:
            _print(speeds, ratios, peaks)


def _print(
    speeds: dict[str, list[float]],
    ratios: dict[str, float],
    peaks: dict[str, dict[int, int]],
) -> None:
    print("MiB/s: median [min..max]")
    for label, each in speeds.items():
        print(f"  {label:36} {statistics.median(each):7.0f} [{min(each):.0f}..{max(each):.0f}]")
    print("ratio to a raw peer (median over rounds)")
    for label, ratio in ratios.items():
        print(f"  {label:60} {ratio:5.2f}{'' if ratio >= 0.5 else '  below a half'}")
    print("peak memory of sealing, verifying and unpacking, MiB")
    for kind, by_size in peaks.items():
        said = ", ".join(f"{size} MiB attachment: {used}" for size, used in by_size.items())
        print(f"  {kind}: {said}")


if __name__ == "__main__":
    main()
