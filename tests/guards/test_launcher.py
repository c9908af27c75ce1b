"""``./clerestory`` sets itself up once, mends itself, and says what is missing.

The script is run as it is, on a small project of the same shape and with an installer that fetches
nothing and writes down what it was asked for.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

TOOLS = [
    "sh",
    "cat",
    "cksum",
    "cmp",
    "cp",
    "head",
    "id",
    "ls",
    "mkdir",
    "mktemp",
    "mv",
    "readlink",
    "rm",
    "rmdir",
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
PIP = """
import os, sys
if "pip" in sys.orig_argv:  # run, and not imported to see whether it is there
    print("install", file=open(os.environ["UV_LOG"], "a"))
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
        home = str(self.bin.parent / "home")
        return {"PATH": str(self.bin), "UV_LOG": str(self.log), "LC_ALL": "C.UTF-8", "HOME": home}

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

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"

    def site(self, venv: Path | None = None) -> Path:
        """Where the packages of an environment lie."""
        return next((venv or self.venv).glob("lib/python3.*/site-packages"))

    def belongs_to_another(self, path: Path) -> None:
        """Let ``ls`` say that ``path``, and nothing else, is another user's."""
        whole = shutil.which("ls")
        self.add_tool(
            "ls",
            f'#!/bin/sh\nif [ "$3" = "{path}" ]; then echo "drwxr-xr-x 2 4242 4242 1 Nov 1 a"\n'
            f'else exec {whole} "$@"; fi\n',
        )

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


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["./a check out/clerestory"], "./a check out/clerestory"),
        (["sh", "clerestory"], "./clerestory"),
    ],
)
def test_the_program_is_told_by_which_words_it_was_called(
    typed: list[str], told: str, checkout: Checkout
) -> None:
    program = checkout.folder / "src" / "clerestory" / "cli" / "__init__.py"
    program.write_text("def main():\n    import os\n    print(os.environ['CLERESTORY_COMMAND'])\n")
    here = checkout.folder if typed[0] == "sh" else checkout.folder.parent

    done = subprocess.run(
        typed, cwd=here, env=checkout.environment, capture_output=True, text=True, timeout=60
    )

    assert done.stdout == f"{told}\n", done.stderr


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
    (checkout.site() / "left-over").touch()
    (checkout.folder / "requirements.lock").write_text("# newer\n")

    done = checkout.run()

    assert done.returncode == 0
    assert not (checkout.site() / "left-over").exists()
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


def theirs(checkout: Checkout) -> Path:
    """An environment that nobody asked this script to make, with something of theirs."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", checkout.venv], check=True)
    (checkout.venv / "theirs").touch()
    return checkout.venv / "theirs"


def broken(checkout: Checkout) -> Path:
    kept = theirs(checkout)
    for python in (checkout.venv / "bin").glob("python*"):
        python.unlink()
    return kept


def too_old(checkout: Checkout) -> Path:
    kept = broken(checkout)
    (checkout.venv / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    (checkout.venv / "bin" / "python").chmod(0o755)
    return kept


def half_made(checkout: Checkout) -> Path:
    kept = broken(checkout)
    (checkout.venv / "clerestory").mkdir()
    (checkout.venv / "clerestory" / "unfinished").touch()
    return kept


def a_file(checkout: Checkout) -> Path:
    checkout.venv.write_text("a list of wishes")
    return checkout.venv


def no_environment(checkout: Checkout) -> Path:
    checkout.venv.mkdir()
    (checkout.venv / "thesis.txt").write_text("years of work")
    return checkout.venv / "thesis.txt"


def a_hidden_file(checkout: Checkout) -> Path:
    checkout.venv.mkdir()
    (checkout.venv / "..keys").write_text("hidden")
    return checkout.venv / "..keys"


def ours_with_more(checkout: Checkout) -> Path:
    checkout.run()
    (checkout.venv / "thesis.txt").write_text("years of work")
    (checkout.folder / "requirements.lock").write_text("# newer\n")
    return checkout.venv / "thesis.txt"


def linked(checkout: Checkout) -> Path:
    elsewhere = checkout.bin.parent / "elsewhere"
    elsewhere.mkdir()
    checkout.venv.symlink_to(elsewhere)
    (elsewhere / "thesis.txt").write_text("years of work")
    return elsewhere / "thesis.txt"


def dangling(checkout: Checkout) -> Path:
    checkout.venv.symlink_to("nowhere")
    return checkout.venv


def others(checkout: Checkout) -> Path:
    kept = theirs(checkout)
    checkout.belongs_to_another(checkout.venv)
    return kept


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (broken, "was not made by this script, and holds no Python 3.11 or newer that runs"),
        (too_old, "was not made by this script, and holds no Python 3.11 or newer that runs"),
        (half_made, "was not made by this script, and holds no Python 3.11 or newer that runs"),
        (a_file, "is not a folder"),
        (no_environment, "was not made by this script"),
        (a_hidden_file, "was not made by this script"),
        (ours_with_more, "must be made anew, and holds what is not part of it: thesis.txt"),
        (linked, "is a link"),
        (dangling, "is a link"),
        (others, "belongs to another user"),
    ],
)
def test_what_this_script_did_not_make_is_never_removed_or_written_to(
    there: Callable[[Checkout], Path], said: str, checkout: Checkout
) -> None:
    kept = there(checkout)
    before = (sorted(checkout.venv.rglob("*")), os.lstat(kept).st_mtime_ns, checkout.calls())

    done = checkout.run()

    assert done.returncode == 4
    assert done.stderr.splitlines() == [
        done.stderr.splitlines()[0],
        "clerestory: next: move it away, or name another folder in CLERESTORY_VENV, and run the "
        "same again",
    ]
    assert done.stderr.startswith(f"clerestory: {checkout.venv} {said}")
    assert done.stderr.splitlines()[0].endswith(": it is left as it is")
    assert before == (
        sorted(checkout.venv.rglob("*")),
        os.lstat(kept).st_mtime_ns,
        checkout.calls(),
    )


def test_an_empty_folder_and_a_set_up_stopped_at_once_are_filled(checkout: Checkout) -> None:
    (checkout.venv / "clerestory").mkdir(parents=True)

    done = checkout.run()

    assert (done.returncode, checkout.calls()) == (0, ["venv", "pip install", "pip install"])


def test_what_is_ready_runs_wherever_it_lies_and_whosever_it_is(checkout: Checkout) -> None:
    checkout.run()
    checkout.belongs_to_another(checkout.venv)
    moved = checkout.venv.rename(checkout.bin.parent / "elsewhere")
    checkout.venv.symlink_to(moved)

    done = checkout.run()

    assert (done.returncode, done.stderr) == (0, "")


def test_another_folder_can_be_named(checkout: Checkout) -> None:
    kept = broken(checkout)
    named = checkout.bin.parent / "some where" / "else"

    done = checkout.run(CLERESTORY_VENV=f"{named}//")
    again = checkout.run(CLERESTORY_VENV=str(named))

    assert (done.returncode, again.returncode, again.stderr) == (0, 0, "")
    assert (named / "clerestory" / "made-here").exists()
    assert kept.exists()


@pytest.mark.parametrize("place", ["venv", "./venv", "~/venv", "/", "//"])
def test_a_folder_must_be_named_by_its_whole_path(place: str, checkout: Checkout) -> None:
    done = checkout.run(CLERESTORY_VENV=place)

    assert done.returncode == 4
    assert f"CLERESTORY_VENV must be a whole path to a folder: {place}\n" in done.stderr
    assert checkout.calls() == []


@pytest.mark.parametrize("of_checkout", [True, False])
def test_a_folder_that_holds_other_things_is_no_place_for_it(
    of_checkout: bool, checkout: Checkout
) -> None:
    place = checkout.folder if of_checkout else checkout.bin

    done = checkout.run(CLERESTORY_VENV=str(place))

    assert done.returncode == 4
    assert f"{place} was not made by this script" in done.stderr
    assert checkout.script.exists()


@pytest.mark.parametrize("named", [True, False])
def test_in_another_users_checkout_it_lies_with_the_users_own_data(
    named: bool, checkout: Checkout
) -> None:
    checkout.belongs_to_another(checkout.folder)
    data = checkout.bin.parent / "the data"
    more = {"XDG_DATA_HOME": str(data)} if named else {}

    done = checkout.run(at=checkout.script, **more)
    again = checkout.run(at=checkout.script, **more)

    own = data if named else checkout.bin.parent / "home" / ".local" / "share"
    (venv,) = (own / "clerestory").iterdir()
    assert (done.returncode, again.returncode, again.stderr) == (0, 0, "")
    assert f"preparing {venv} " in done.stderr
    assert not checkout.venv.exists()


def test_two_checkouts_of_another_user_do_not_share_one(checkout: Checkout) -> None:
    second = shutil.copytree(checkout.folder, checkout.bin.parent / "second")
    for folder in (checkout.folder, second):
        checkout.belongs_to_another(folder)
        assert checkout.run(at=folder / "clerestory").returncode == 0

    data = checkout.bin.parent / "home" / ".local" / "share" / "clerestory"
    assert len(list(data.iterdir())) == 2


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"HOME": ""}, "and there is no home folder"),
        ({"XDG_DATA_HOME": "data"}, "and there is no home folder"),
        ({"HOME": "/dev"}, "and /dev is not yours"),
    ],
)
def test_where_it_could_lie_nowhere_the_way_out_is_named(
    more: dict[str, str], said: str, checkout: Checkout
) -> None:
    checkout.belongs_to_another(checkout.folder)
    if more.get("HOME") == "/dev":
        whole = (checkout.bin / "ls").read_text()
        checkout.add_tool("ls", whole.replace(f'"{checkout.folder}" ]', '"/dev" ] || [ 1 ]'))

    done = checkout.run(at=checkout.script, **more)

    assert done.returncode == 4
    assert f"cannot be made in {checkout.folder}, {said}\n" in done.stderr
    assert "in CLERESTORY_VENV, by its whole path" in done.stderr
    assert checkout.calls() == []


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_checkout_is_left_as_it_is(checkout: Checkout) -> None:
    checkout.folder.chmod(0o555)

    done = checkout.run()

    checkout.folder.chmod(0o755)
    assert done.returncode == 0
    assert not checkout.venv.exists()


@pytest.mark.parametrize("name", ["a\nb", "b\n"])
def test_a_line_break_in_the_path_is_said(name: str, checkout: Checkout) -> None:
    moved = checkout.folder.rename(checkout.folder.with_name(name))

    done = checkout.run(at=moved / "clerestory")

    assert done.returncode == 4
    assert "there is a line break in the path of this folder" in done.stderr
    assert checkout.calls() == []


@pytest.mark.parametrize("name", ["-n", "$HOME `id`", "*", "it's", '"', "\\", "é"])
def test_any_other_name_of_the_folder_will_do(name: str, checkout: Checkout) -> None:
    moved = checkout.folder.rename(checkout.folder.with_name(name))

    done = checkout.run("word", at=moved / "clerestory")

    assert done.returncode == 0, done.stderr
    assert str(moved / "src") in done.stdout


def test_without_uv_pip_installs_from_the_locks(checkout: Checkout) -> None:
    (checkout.bin / "uv").unlink()
    whole = (checkout.bin / "python3").read_text().removeprefix("#!/bin/sh\n")
    real = whole.strip().removeprefix("exec ").removesuffix(' "$@"')
    pip = checkout.bin.parent / "pip.py"
    pip.write_text(PIP)
    checkout.add_tool(
        "python3",
        '#!/bin/sh\ncase "$1 $2 $3" in\n'
        f'"-I -m venv") {real} -I -m venv --without-pip "$4" || exit 1\n'
        f'for site in "$4"/lib/python3.*/site-packages; do cp "{pip}" "$site"; done\n'
        f"exit 0 ;;\nesac\n{whole}",
    )

    done = checkout.run()

    assert done.returncode == 0, done.stderr
    assert checkout.calls() == ["install", "install"]


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


def test_a_half_made_environment_of_a_running_set_up_is_waited_for(checkout: Checkout) -> None:
    gate = checkout.bin.parent / "gate"
    os.mkfifo(gate)
    waits = f'[ "$1" = venv ] || [ ! -p "{gate}" ] || {{ read -r _ <"{gate}"; rm "{gate}"; }}\n'
    checkout.add_tool("uv", UV.replace("case $1", f"{waits}case $1"))
    command = [str(checkout.script)]
    first = subprocess.Popen(command, env=checkout.environment)
    with gate.open("w") as opened:  # it opens once the first set-up reads from it
        assert (checkout.venv / "clerestory" / "unfinished").exists()
        second = subprocess.Popen(command, env=checkout.environment)
        opened.write("on\n")

    assert [process.wait(timeout=60) for process in (first, second)] == [0, 0]
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
