"""A run that is killed, a full disk, a gigabyte: never half a package, never more memory."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

# One program for all of these tests. It seals a package with one attachment, and may be told to
# kill itself at a step, to run out of disk, or to report its memory.
PROGRAM = """
import fcntl, hashlib, os, resource, signal, sys
from datetime import UTC, date, datetime
from pathlib import Path

import pyrage
from cryptography import x509

from clerestory.demands.demand import Item
from clerestory.demands.determination import Determination, Outcome, Reason, Ruling
from clerestory.disclosure.contents import prepare_contents
from clerestory.disclosure.minimising import Attachment, minimise
from clerestory.disclosure.opening import Identity
from clerestory.disclosure.recipients import AgeRecipient
from clerestory.notes import Ed25519Signer
from clerestory.audit.packages import evidence_of, seal_logged, verify_package
from clerestory.kernel import ClerestoryError
from clerestory.kernel.time import Zone
from clerestory.ledger import Event, EventType, FileKeyEncryptionKey, Ledger

what, folder, scan, step = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
identity_file = folder.parent / "identity"
if not identity_file.exists():
    identity_file.write_text(str(pyrage.x25519.Identity.generate()))
identity = identity_file.read_text()
recipient = str(pyrage.x25519.Identity.from_str(identity).to_public())
sender = Ed25519Signer(name="dhhs.example/sender", seed=b"s" * 32)
log = Ed25519Signer(name="ledger.example/test", seed=b"l" * 32)
kek = FileKeyEncryptionKey(b"k" * 32, entropy=os.urandom)
log_folder = folder.parent / "log"

def rule(field):
    return Ruling(
        item=Item("S1", "snap", field), outcome=Outcome.RELEASE, authorities=(), policies=(),
        considered_not_met=(), reason=Reason(counsel="", requester="", person=""),
    )

determination = Determination(
    demand_id="ME-1", on=date(2026, 3, 2), overall="release", rulings=(rule("case_file"),),
    duties=(), questions=(), packs=(), pack_digest="", facts_digest="", engine="",
)

def logged(contents):
    with (folder.parent / "log.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return logged_alone(contents)

def logged_alone(contents):
    made = log_folder.exists()
    ledger = Ledger.open(log_folder, log, kek) if made else Ledger.create(
        log_folder, log.verifier.name, log, kek
    )
    with ledger:
        if not made:
            answer = Event(
                type=EventType.ANSWER_SEALED, scope="made-up", matter="ME-1",
                fields={"package": contents.digest},
            )
            ledger.append([answer], datetime(2026, 3, 2, tzinfo=UTC), zone=Zone("UTC"))
        return evidence_of(ledger, 0)

def seal():
    values = {Item("S1", "snap", "case_file"): Attachment(source=scan, suffix=".bin")}
    contents = prepare_contents(minimise(determination, values), letter_pdf=b"letter")
    return seal_logged(
        contents, evidence=logged(contents), log=log.verifier,
        recipients=[AgeRecipient(text=recipient)], signer=sender, folder=folder,
        random_bytes=os.urandom,
    )

def verify(extract_to=None):
    return verify_package(
        folder / "ME-1.tar.age", sender=sender.verifier, log_vkey=log.verifier,
        identity=Identity(given=identity.encode()), extract_to=extract_to,
    )

def kill_at(step):
    done = 0
    for name in ("fsync", "link", "replace", "unlink", "open", "fdopen", "close"):
        def wrapped(*arguments, real=getattr(os, name), **more):
            nonlocal done
            for after in (False, True):
                done += 1
                if done == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                if not after:
                    answer = real(*arguments, **more)
            return answer
        setattr(os, name, wrapped)

try:
    if what == "kill":
        kill_at(step)
        seal()
        print("done")
    elif what == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (step, step))
        seal()
    elif what == "seal":
        seal()
    elif what == "full-open":
        resource.setrlimit(resource.RLIMIT_FSIZE, (step, step))
        verify(folder / "opened")
    elif what == "verify":
        print(verify().checked[-1].name)
    elif what == "memory":
        if step:
            verify()
        else:
            seal()
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
except (OSError, ClerestoryError) as fault:
    print(type(fault).__name__)
    sys.exit(9)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "program.py").write_text(PROGRAM)
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def start(what: str, folder: Path, scan: Path, step: int = 0) -> subprocess.CompletedProcess[str]:
    program = folder.parent / "program.py"
    return subprocess.run(
        [sys.executable, str(program), what, str(folder), str(scan), str(step)],
        capture_output=True,
        text=True,
        check=False,
    )


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.startswith(".sealing-")}


@pytest.mark.slow
def test_a_run_killed_at_any_step_leaves_no_half_package(folder: Path) -> None:
    scan = folder.parent / "scan.bin"
    scan.write_bytes(os.urandom(1 << 20))
    outcomes = []

    for step in range(1, 60):
        for path in folder.iterdir():
            path.unlink()
        killed = start("kill", folder, scan, step)
        if killed.stdout == "done\n":
            break
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        left = names(folder)
        outcomes.append("ME-1.tar.age" in left)
        if "ME-1.tar.age" in left:
            assert start("verify", folder, scan).returncode == 0
        else:
            assert left <= {"ME-1.tar.age.sig"}
            again = start("seal", folder, scan)
            assert again.returncode == 0, again.stdout
            assert start("verify", folder, scan).returncode == 0
    else:
        pytest.fail("the sealing has more steps than this test tries")

    # Both sides of the moment that counts were tried, and it came once.
    assert outcomes == sorted(outcomes)
    assert {True, False} == set(outcomes)


def test_a_full_disk_stops_the_sealing_and_leaves_nothing(folder: Path) -> None:
    scan = folder.parent / "scan.bin"
    scan.write_bytes(os.urandom(3 << 20))

    stopped = start("full", folder, scan, 1 << 20)

    assert (stopped.returncode, stopped.stdout) == (9, "OSError\n"), stopped.stderr
    assert list(folder.iterdir()) == []


def test_a_full_disk_stops_the_opening_and_is_not_called_tampering(folder: Path) -> None:
    scan = folder.parent / "scan.bin"
    scan.write_bytes(os.urandom(3 << 20))
    assert start("seal", folder, scan).returncode == 0

    stopped = start("full-open", folder, scan, 1 << 20)

    assert (stopped.returncode, stopped.stdout) == (9, "OSError\n"), stopped.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["ME-1.tar.age", "ME-1.tar.age.sig"]


def test_two_that_seal_at_once_make_one_package_with_its_own_signature(folder: Path) -> None:
    scan = folder.parent / "scan.bin"
    scan.write_bytes(os.urandom(2 << 20))
    start("verify", folder, scan)  # makes the identity that both seal to
    command = [sys.executable, str(folder.parent / "program.py"), "seal", str(folder), str(scan)]

    running = [subprocess.Popen([*command, "0"], stdout=subprocess.PIPE) for _ in range(3)]
    codes = [each.wait() for each in running]
    for each in running:
        each.communicate()

    assert sorted(codes) == [0, 9, 9]
    assert start("verify", folder, scan).returncode == 0
    assert {path.name for path in folder.iterdir()} == {"ME-1.tar.age", "ME-1.tar.age.sig"}


@pytest.mark.slow
@pytest.mark.parametrize("step", [0, 1], ids=["sealing", "verifying"])
def test_memory_does_not_grow_with_the_attachment(folder: Path, step: int) -> None:
    peaks = {}
    for size in (1 << 20, 256 << 20):
        scan = folder.parent / f"scan-{size}.bin"
        with scan.open("wb") as file:
            file.truncate(size)
        if step:
            assert start("seal", folder, scan).returncode == 0
        peaks[size] = int(start("memory", folder, scan, step).stdout)
        for path in folder.iterdir():
            path.unlink()
        shutil.rmtree(folder.parent / "log")  # the next size is another answer

    small, large = peaks.values()
    assert large - small < 24, f"peak memory in MiB: {peaks}"
