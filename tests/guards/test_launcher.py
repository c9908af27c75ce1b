"""``./clerestory`` sets itself up once, mends itself, and says what is missing.

The script is run as it is, on a small project of the same shape and with an installer that fetches
nothing and writes down what it was asked for.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

TOOLS = [
    "sh",
    "cat",
    "cmp",
    "cp",
    "dirname",
    "head",
    "mkdir",
    "mktemp",
    "mv",
    "readlink",
    "rm",
    "touch",
]
UV = """#!/bin/sh
printf '%s\\n' "$*" >>"$UV_LOG"
case $1 in
venv) for last; do :; done; exec python3 -I -m venv --without-pip "$last" ;;
esac
[ ! -e "$UV_LOG.fails" ]
"""
PROGRAM = """
import os, sys
def main():
    print(sys.argv[1:], os.environ["CLERESTORY_HOME"], __file__)
    sys.exit(7 if "no" in sys.argv else 0)
"""
PYTEST = """
import sys
from pathlib import Path
report = next(word for word in sys.argv if word.startswith("--junitxml=")).partition("=")[2]
if "crash" not in sys.argv:
    Path(report).write_text(
        "<testsuites><testsuite><testcase/><testcase/><testcase><skipped/></testcase>"
        + "<testcase><failure/></testcase><testcase><error/></testcase>" * ("bad" in sys.argv)
        + "</testsuite></testsuites>"
    )
sys.exit(1 if {"bad", "crash"} & set(sys.argv) else 0)
"""


@dataclass
class Checkout:
    """A small project beside the real script, on a machine with nothing but a few tools."""

    folder: Path
    bin: Path
    log: Path

    @property
    def script(self) -> Path:
        return self.folder / "clerestory"

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": str(self.bin), "UV_LOG": str(self.log), "LC_ALL": "C.UTF-8"}

    def run(
        self, *words: str, at: Path | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(at or self.script), *words],
            env={**self.environment, **more},
            cwd=self.bin.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def calls(self) -> list[str]:
        """What the installer was asked for: the first word or two of each call."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line.split(" -")[0] for line in lines]

    def add_tool(self, name: str, text: str) -> None:
        (self.bin / name).unlink(missing_ok=True)
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Checkout:
    made = Checkout(folder=tmp_path / "a check out", bin=tmp_path / "bin", log=tmp_path / "log")
    program = made.folder / "src" / "clerestory" / "cli"
    program.mkdir(parents=True)
    made.bin.mkdir()
    shutil.copy2(root / "clerestory", made.script)
    (made.folder / "pyproject.toml").write_text(
        '[project]\nname = "clerestory"\nversion = "9.8.7"\ndescription = "A trial"\n'
        "dependencies = []\n"
    )
    for lock in ("requirements.lock", "requirements-test.lock", "requirements-build.lock"):
        (made.folder / lock).write_text(f"# {lock}\n")
    (program / "__init__.py").write_text(PROGRAM)
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (made.bin / tool).symlink_to(found)
    base = getattr(sys, "_base_executable", sys.executable)
    made.add_tool("python3", f'#!/bin/sh\nexec "{base}" "$@"\n')
    made.add_tool("uv", UV)
    return made


def test_the_program_gets_its_words_its_home_and_gives_its_exit_code(checkout: Checkout) -> None:
    done = checkout.run("say", "a b", "no")

    program = checkout.folder / "src" / "clerestory" / "cli" / "__init__.py"
    assert done.stdout == f"['say', 'a b', 'no'] {checkout.folder} {program}\n"
    assert done.returncode == 7


def test_it_works_through_links_from_another_folder(checkout: Checkout) -> None:
    inner, outer = checkout.bin.parent / "inner", checkout.bin.parent / "outer"
    inner.symlink_to(checkout.script)
    outer.symlink_to("inner")

    done = checkout.run(at=outer)

    assert (done.returncode, str(checkout.folder) in done.stdout) == (0, True), done.stderr


def test_the_version_can_be_looked_up(checkout: Checkout) -> None:
    checkout.run()

    look = "from importlib.metadata import version; print(version('clerestory'))"
    python = checkout.folder / ".venv" / "bin" / "python"
    done = subprocess.run([python, "-c", look], capture_output=True, text=True)

    assert done.stdout == "9.8.7\n"


def test_a_second_run_installs_nothing_and_says_nothing(checkout: Checkout) -> None:
    first = checkout.run()
    calls = checkout.calls()

    second = checkout.run()

    assert calls == ["venv", "pip install", "pip install"]
    assert (checkout.calls(), second.stderr) == (calls, "")
    assert "preparing" in first.stderr


def test_a_changed_lock_makes_the_environment_anew(checkout: Checkout) -> None:
    checkout.run()
    (checkout.folder / ".venv" / "left-over").touch()
    (checkout.folder / "requirements.lock").write_text("# newer\n")

    done = checkout.run()

    assert done.returncode == 0
    assert not (checkout.folder / ".venv" / "left-over").exists()
    assert checkout.calls() == ["venv", "pip install", "pip install"] * 2


def test_a_failed_set_up_is_said_and_the_next_run_begins_afresh(checkout: Checkout) -> None:
    fails = Path(f"{checkout.log}.fails")
    fails.touch()

    failed = checkout.run()
    fails.unlink()
    mended = checkout.run()

    assert failed.returncode == 4
    assert "next: check the network and the package index settings" in failed.stderr
    assert mended.returncode == 0
    assert checkout.calls() == ["venv", "pip install", "venv", "pip install", "pip install"]


def test_an_environment_made_by_somebody_else_is_added_to_and_kept(checkout: Checkout) -> None:
    venv = checkout.folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (venv / "theirs").touch()

    first = checkout.run()
    (checkout.folder / "requirements.lock").write_text("# newer\n")
    second = checkout.run()

    assert (first.returncode, second.returncode) == (0, 0)
    assert (venv / "theirs").exists()
    assert checkout.calls() == ["pip install"] * 4


def test_a_moved_checkout_runs_the_code_beside_it(checkout: Checkout) -> None:
    checkout.run()
    moved = checkout.folder.rename(checkout.folder.with_name("moved"))

    done = checkout.run(at=moved / "clerestory")

    assert str(moved / "src") in done.stdout


def test_two_set_ups_at_once_make_one_environment(checkout: Checkout) -> None:
    command = [str(checkout.script)]
    pair = [subprocess.Popen(command, env=checkout.environment) for _ in range(2)]

    codes = [process.wait(timeout=60) for process in pair]

    assert codes == [0, 0]
    assert checkout.calls() == ["venv", "pip install", "pip install"]


def test_a_machine_without_python_is_told_what_to_install(checkout: Checkout) -> None:
    (checkout.bin / "python3").unlink()

    done = checkout.run()

    assert done.returncode == 4
    assert "install the package python3 (version 3.11 or newer)" in done.stderr


def test_an_old_python_is_passed_over_for_a_newer_one(checkout: Checkout) -> None:
    (checkout.bin / "python3").rename(checkout.bin / "python3.12")
    checkout.add_tool("python3", "#!/bin/sh\nexit 1\n")
    checkout.add_tool("uv", UV.replace("python3 -I", "python3.12 -I"))

    done = checkout.run()

    assert done.returncode == 0, done.stderr


def test_a_python_that_cannot_make_environments_names_the_package(checkout: Checkout) -> None:
    whole = (checkout.bin / "python3").read_text()
    lame = '#!/bin/sh\ncase "$*" in *ensurepip*) exit 1 ;; esac\n'
    checkout.add_tool("python3", lame + whole.removeprefix("#!/bin/sh\n"))
    (checkout.bin / "uv").unlink()

    done = checkout.run()

    assert done.returncode == 4
    assert "the package python3-venv is missing" in done.stderr
    assert not (checkout.folder / ".venv").exists()


@pytest.mark.parametrize(
    ("word", "broken", "closing", "code"),
    [
        ("good", "", "6 passed, 0 failed, 1 skipped", 0),
        ("bad", "", "6 passed, 2 failed, 1 skipped", 1),
        ("good", "mypy", "5 passed, 1 failed, 1 skipped", 1),
        ("crash", "", "4 passed, 1 failed, 0 skipped", 1),
    ],
)
def test_the_closing_line_counts_checks_and_tests(
    word: str, broken: str, closing: str, code: int, checkout: Checkout
) -> None:
    source = checkout.folder / "src"
    (source / "importlinter").mkdir()
    (source / "importlinter" / "cli.py").write_text("def lint_imports_command(): raise SystemExit")
    for tool in ("ruff", "mypy"):
        (source / f"{tool}.py").write_text(f"raise SystemExit({int(tool == broken)})")
    (source / "pytest.py").write_text(PYTEST)

    done = checkout.run("test", word, TMPDIR=os.fspath(checkout.bin.parent))

    assert done.stdout.splitlines()[-1] == closing
    assert done.returncode == code
