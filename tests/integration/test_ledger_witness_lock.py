"""Two witness processes over one state folder cosign one of two forked requests, never both."""

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from clerestory.ledger import Ed25519Signer, Log, request_for

# A witness that stops before it writes its state, says so, and goes on when it is told.
PROGRAM = """
import sys
from datetime import UTC, datetime
from pathlib import Path

from clerestory.ledger import Ed25519Cosigner, Ed25519Signer, Witness

folder, request = Path(sys.argv[1]), Path(sys.argv[2])
log = Ed25519Signer(name="ledger.example/made-up", seed=b"l" * 32).verifier

def steps(step):
    if step == "write state":
        print("holds the lock", flush=True)
        sys.stdin.readline()

witness = Witness(
    folder, cosigners=[Ed25519Cosigner(name="w.example", seed=b"w" * 32)], logs=[log], steps=steps
)
answer = witness.add_checkpoint(request.read_bytes(), at=datetime(2026, 11, 23, tzinfo=UTC))
print(answer.status, answer.body.strip().partition(" ")[0], flush=True)
"""


@pytest.fixture
def requests(tmp_path: Path) -> list[Path]:
    """Two requests from size 0 that tell two histories of one log."""
    signer = Ed25519Signer(name="ledger.example/made-up", seed=b"l" * 32)
    paths = []
    for story in (b"one story", b"another"):
        folder = tmp_path / story.decode()
        Log.create(folder, signers=[signer])
        with Log(folder, signers=[signer]) as log:
            log.append([story, b"and so on"])
            path = tmp_path / f"{story.decode()}.request"
            path.write_bytes(request_for(log, log.propose(), old_size=0))
            paths.append(path)
    return paths


def start(tmp_path: Path, request: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "state"), str(request)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_of_two_forked_requests_at_once_one_is_cosigned(
    tmp_path: Path, requests: list[Path]
) -> None:
    first = start(tmp_path, requests[0])
    assert first.stdout is not None
    assert first.stdout.readline() == "holds the lock\n"
    # Between reading the old state and writing the new one nobody else may read the old one.
    with (tmp_path / "state" / ".lock").open("r+b") as lock, pytest.raises(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    second = start(tmp_path, requests[1])

    told_first, _ = first.communicate("go on\n")
    told_second, _ = second.communicate("go on\n")

    # The second finds the first one's state: it is asked from size 0, and knows size 2.
    assert told_first.split()[0] == "200"
    assert told_second == "409 2\n"
    assert b"w.example" in next((tmp_path / "state").glob("*/checkpoint")).read_bytes()
