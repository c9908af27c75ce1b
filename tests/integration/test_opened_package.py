"""An opened package is plain text of a person's records: for its owner only, or not there."""

import errno
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyrage
import pytest
from click.testing import CliRunner

from clerestory.cli.main import program
from clerestory.disclosure.age import open_age, seal_age
from clerestory.disclosure.recipient_kinds import AgeRecipient
from clerestory.disclosure.streams import FeedWriter, SealedWriter

HOME = Path(__file__).resolve().parents[2]
STORY = HOME / "packs" / "us-me" / "cases" / "story.yaml"


def type_command(*words: str | Path) -> None:
    result = CliRunner().invoke(program, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Seal the story's answer and return the words that verify it."""
    folder = tmp_path_factory.mktemp("sealed")
    office, asked = folder / "office", (STORY, "--case", "STORY-HOSPITAL")
    type_command("holdings", "make", folder / "agency", "--persons", "60")
    type_command(
        "keys", "office", office, "--origin", "log.example/test",
        "--source", folder / "agency" / "agency.sqlite",
        "--index", folder / "agency" / "persons.index",
    )  # fmt: skip
    type_command("keys", "recipient", folder / "agents", "--name", "agents.example/r")
    type_command("receive", *asked, "--office", office, "--at", "2026-08-19T14:00Z")
    type_command(
        "disclose", *asked, "--office", office, "--at", "2026-10-21T15:00Z",
        "--who", HOME / "profiles" / "maine-dhhs" / "demo" / "who.yaml",
        "--recipient", folder / "agents" / "recipient.txt",
        "--reviewer", "one", "--reviewer", "two",
    )  # fmt: skip
    words = (
        "verify", office / "out" / "STORY-HOSPITAL.tar.age",
        "--sender", office / "public" / "sender.vkey", "--log", office / "public" / "log.vkey",
        "--identity", folder / "agents" / "identity.txt",
    )  # fmt: skip
    return [str(word) for word in words]


def test_what_is_opened_is_for_its_owner_only(sealed: list[str], tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        type_command(*sealed, "--extract-to", tmp_path / "opened")
    finally:
        os.umask(umask)

    held = [tmp_path / "opened", *(tmp_path / "opened").rglob("*")]
    modes = {path.name: path.stat().st_mode & 0o777 for path in held}
    assert {modes[path.name] for path in held if path.is_dir()} == {0o700}
    assert {modes[path.name] for path in held if path.is_file()} == {0o600}
    assert {"data", "log", "records", "S1.json", "letter.pdf"} <= set(modes)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_while_a_package_is_opened_leaves_nothing_of_it(
    name: str, sealed: list[str], tmp_path: Path
) -> None:
    # The child is sent the signal when it opens the file of the person's answers.
    signalled = (
        "import os, signal, sys\n"
        # Whoever runs these tests may have had them ignore a hang-up.
        f"signal.signal(signal.{name}, signal.default_int_handler if '{name}' == 'SIGINT'"
        " else signal.SIG_DFL)\n"
        "def hook(event, args):\n"
        "    if event == 'open' and str(args[0]).endswith('records/S1.json'):\n"
        f"        os.kill(os.getpid(), signal.{name})\n"
        "sys.addaudithook(hook)\n"
        "from clerestory.cli import main; main()"
    )

    stopped = subprocess.run(
        [sys.executable, "-c", signalled, *sealed, "--extract-to", str(tmp_path / "opened")],
        check=False, capture_output=True, text=True,
    )  # fmt: skip

    assert stopped.returncode == 5, stopped.stderr
    assert "code: stopped" in stopped.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_hang_up_that_is_ignored_stays_ignored() -> None:
    run = (
        "import signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from clerestory.cli import main\n"
        "try: main()\n"
        "finally: assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN"
    )

    done = subprocess.run([sys.executable, "-c", run, "--version"], check=False)

    assert done.returncode == 0


def stop(_piece: bytes) -> None:
    raise KeyboardInterrupt


def stopped() -> Iterator[bytes]:
    yield b"x"
    raise KeyboardInterrupt


class Stopping(io.BytesIO):
    def write(self, _piece: object) -> int:
        raise KeyboardInterrupt


KEY = pyrage.x25519.Identity.generate()
RECIPIENT = AgeRecipient(text=str(KEY.to_public()))


@pytest.mark.parametrize(
    "seal",
    [
        lambda: seal_age(iter([b"x"]), [RECIPIENT], FeedWriter(stop)),
        lambda: seal_age(iter([b"x"]), [RECIPIENT], SealedWriter(Stopping())),
        lambda: seal_age(stopped(), [RECIPIENT], FeedWriter(lambda _: None)),
    ],
)
def test_ctrl_c_while_sealing_is_not_told_as_a_fault_of_the_key(seal: Callable[[], None]) -> None:
    with pytest.raises(KeyboardInterrupt):
        seal()


def test_ctrl_c_while_opening_is_not_told_as_tampering() -> None:
    sealed = io.BytesIO()
    seal_age(iter([b"x" * 200_000]), [RECIPIENT], SealedWriter(sealed))
    sealed.seek(0)

    with pytest.raises(KeyboardInterrupt):
        open_age(sealed, str(KEY).encode(), FeedWriter(stop))


@pytest.mark.parametrize("size", [0, 1, 1000, 65_536, 65_537, 200_000])
def test_no_write_that_fails_is_taken_for_done(size: int) -> None:
    pieces = list[bytes]()
    seal_age(iter([b"x" * size]), [RECIPIENT], FeedWriter(pieces.append))

    for place in range(len(pieces)):
        left = iter(range(place))

        def write(_piece: bytes, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise OSError(errno.ENOSPC, "made-up full disk")

        with pytest.raises(OSError, match="full disk"):
            seal_age(iter([b"x" * size]), [RECIPIENT], FeedWriter(write))
