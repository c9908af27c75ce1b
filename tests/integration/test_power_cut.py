"""The power fails after the log was written: what was put in place lasts, or is put there again."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clerestory.cli.office import open_office
from hostile.running import must
from hostile.world import STORY, WHO

CASE = "STORY-HOSPITAL"
PACKAGE, SIGNATURE = f"{CASE}.tar.age", f"{CASE}.tar.age.sig"
Words = list[str | Path]
_RUN = "import sys; from clerestory.cli import main; sys.argv[0] = 'clerestory'; main()"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("cut")
    must("holdings", "make", base / "agency", "--persons", "8", "--seed", "3")
    must(
        "keys", "office", base / "office", "--origin", "log.example/test",
        "--source", base / "agency" / "agency.sqlite", "--index", base / "agency/persons.index",
    )  # fmt: skip
    must("keys", "recipient", base / "agents", "--name", "agents.example/r")
    must("receive", STORY, "--case", CASE, "--office", base / "office", "--at", "2026-08-19T14:00Z")
    return base


@pytest.fixture
def office(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made / "office", tmp_path / "office")


def refuse(office: Path, _made: Path) -> Words:
    return ["refuse", STORY, "--case", CASE, "--office", office, "--at", "2026-08-20T15:00Z"]


def disclose(office: Path, made: Path) -> Words:
    return ["disclose", STORY, "--case", CASE, "--office", office, "--who", WHO,
            "--at", "2026-10-21T15:00Z", "--reviewer", "one", "--reviewer", "two",
            "--recipient", made / "agents" / "recipient.txt"]  # fmt: skip


def receipt(office: Path, made: Path) -> Words:
    must(
        "keys", "sign-receipt", office / "out" / PACKAGE, office / "receipt", "--demand", CASE,
        "--key", made / "agents" / "receipt.key", "--at", "2026-10-22T15:00Z",
    )  # fmt: skip
    return ["receipt", office / "receipt", office / "out" / PACKAGE, "--office", office,
            "--key", made / "agents" / "receipt.vkey", "--at", "2026-10-23T15:00Z"]  # fmt: skip


def entries(office: Path) -> int:
    with open_office(office).ledger() as ledger, ledger.log.reading() as reader:
        return reader.head().size


@pytest.mark.parametrize(
    "lost",
    [
        [PACKAGE],
        [PACKAGE, SIGNATURE],
        ["."],
        [PACKAGE, "../sealed"],
        [".", "../sealed", "../log.seen"],
    ],
)
def test_what_a_power_cut_took_of_a_package_is_made_again_by_the_same_words(
    lost: list[str], office: Path, made: Path
) -> None:
    seen = (office / "log.seen").read_bytes()
    must(*disclose(office, made))
    for name in lost:
        path = (office / "out" / name).resolve()
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if "../log.seen" in lost:
        # It is there from the beginning: the cut brings back the one before.
        (office / "log.seen").write_bytes(seen)

    assert "The answer to number 1 is sealed: log entry 2" in must(*disclose(office, made))

    assert entries(office) == 3
    # A pair that belongs together, and one that its receipt is taken for.
    public = office / "public"
    must("verify", office / "out" / PACKAGE, "--sender", public / "sender.vkey",
         "--log", public / "log.vkey", "--identity", made / "agents/identity.txt")  # fmt: skip
    assert "log entry 3" in must(*receipt(office, made))


@pytest.mark.parametrize("lost", ["*withheld.pdf", "*"])
def test_what_a_power_cut_took_of_a_refusal_is_written_again_as_it_was(
    lost: str, office: Path, made: Path
) -> None:
    must(*refuse(office, made))
    before = {path.name: path.read_bytes() for path in (office / "out").iterdir()}
    for path in (office / "out").glob(lost):
        path.unlink()

    must(*refuse(office, made))

    assert {path.name: path.read_bytes() for path in (office / "out").iterdir()} == before
    assert entries(office) == 3


def forced(office: Path, made: Path) -> list[str]:
    """Disclose, and list what is renamed into the office's folder, and forced to disk there."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: what is forced to disk cannot be seen here")
    done = subprocess.run(
        ["strace", "-f", "-y", "-s", "4096", "-e", "trace=fsync,rename,mkdir", sys.executable,
         "-P", "-c", _RUN, *map(str, disclose(office, made))],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if "PTRACE" in done.stderr:
        pytest.skip("strace may not trace here")
    assert done.returncode == 0, done.stderr
    found = re.findall(
        rf'(?:(fsync)\(\d+<|(mkdir)\("|(rename)\(".*", "){re.escape(str(office))}/?([^">]*)',
        done.stderr,
    )
    return [" ".join(filter(None, one)) for one in found]


def test_each_name_of_an_answer_is_forced_to_disk_before_the_next_and_its_folder_too(
    office: Path, made: Path
) -> None:
    steps = forced(office, made)

    put = steps.index(f"rename out/{SIGNATURE}")
    assert steps[put : put + 4] == [
        f"rename out/{SIGNATURE}", "fsync out", f"rename out/{PACKAGE}", "fsync out",
    ]  # fmt: skip
    for folder in ("out", "sealed"):
        made_at = steps.index(f"mkdir {folder}")
        assert steps[made_at + 1] == "fsync", folder
