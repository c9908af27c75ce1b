"""A stranger follows the tutorial with the wheel alone, and every block does what it says."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import clerestory

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs" / "tutorials" / "check-an-answer.md"
BLOCK = re.compile(r"(?:<!-- save as: (\S+) -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OFFERED = {"load_law", "read_demand", "decide", "verify_package", "verify_log"}

# Runs before every program of the environment. What the wheel does not need cannot be imported
# though it lies in a folder that is looked into, and nothing is reached outside the machine.
_GUARD = """
import sys
ABSENT = frozenset({absent!r})
WATCHED = frozenset(
    ["socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo",
     "socket.gethostbyname", "socket.gethostbyaddr"]
)
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"not on this machine: {{name}}", name=name)
sys.meta_path.insert(0, Absent())
def stop(event, arguments):
    if event in WATCHED:
        raise OSError(f"there is no network: {{event}}")
sys.addaudithook(stop)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """An environment into which the wheel was installed, and a folder to work in."""

    venv: Path
    work: Path

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    def run(self, *words: str | Path) -> str:
        """Run a program of the environment in the folder; return what it printed."""
        path = f"{self.venv / 'bin'}{os.pathsep}{os.defpath}"
        done = subprocess.run(
            words,
            cwd=self.work,
            env={"PATH": path, "HOME": str(self.work), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout


def absent_modules() -> set[str]:
    """Top names of all that is here and is not what the wheel asks for."""
    needed = needed_packages()
    return {
        top
        for top, names in metadata.packages_distributions().items()
        if not needed & {canonicalize_name(name) for name in names}
        and top not in sys.stdlib_module_names
    } - {"clerestory"}


def needed_packages() -> set[str]:
    """Names of what an installer brings along with the wheel when no option is asked for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed: set[str] = set()
    waiting = [Requirement(one) for one in project["dependencies"]]
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        if name in needed or (one.marker and not one.marker.evaluate()):
            continue
        needed.add(name)
        for own in map(Requirement, metadata.requires(one.name) or ()):
            extras = one.extras or {""}
            if own.marker is None or any(own.marker.evaluate({"extra": e}) for e in extras):
                waiting.append(Requirement(str(own).partition(";")[0]))
    return needed


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout with the locked build tools and no network."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def install(wheel: Path, venv: Path, site: Path) -> None:
    """Do what every installer does with a wheel of Python alone; pip may not be here."""
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    (points,) = site.glob("clerestory-*.dist-info/entry_points.txt")
    scripts = configparser.ConfigParser()
    scripts.read(points)
    for name, target in scripts["console_scripts"].items():
        module, _, function = target.partition(":")
        script = venv / "bin" / name
        # By way of sh: the first line of a script may not hold a path with a space.
        script.write_text(
            f"#!/bin/sh\nexec {shlex.quote(str(venv / 'bin' / 'python'))} -c "
            f'\'import sys; sys.argv[0] = "{name}"; from {module} import {function}; '
            f'{function}()\' "$@"\n'
        )
        script.chmod(0o755)


@pytest.fixture(scope="module")
def stranger(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Stranger:
    """A machine with the wheel and what it needs."""
    folder = tmp_path_factory.mktemp("a stranger's")
    made = Stranger(venv=folder / "venv", work=folder / "work")
    made.work.mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", made.venv], check=True)
    (site,) = made.venv.glob("lib/python3.*/site-packages")
    here = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    install(wheel, made.venv, site)
    # Only the folders: their own path files, which lead to this checkout, are not followed.
    (site / "needed.pth").write_text("\n".join(here) + "\n")
    (site / "a_guard.py").write_text(_GUARD.format(absent=sorted(absent_modules())))
    (site / "a_guard.pth").write_text("import a_guard\n")
    return made


def blocks(kind: str) -> list[tuple[str, str]]:
    """Return the blocks of one kind as file to save and text."""
    found = BLOCK.findall(TUTORIAL.read_text("utf-8"))
    return [(file, text) for file, block, text in found if block == kind]


def fits(said: str, promised: str) -> bool:
    """Whether the output is the one promised, where three dots stand for anything on a line."""
    return re.fullmatch(re.escape(promised).replace(r"\.\.\.", "[^\n]+"), said) is not None


@pytest.fixture(scope="module")
def played(stranger: Stranger) -> Stranger:
    """The stranger, with the files that the tutorial starts from."""
    # The agency's own machine plays it: it has the parts of an office, and the stranger has not.
    agency = stranger.work.parent / "agency"
    agency.mkdir()
    script = agency / "clerestory"
    run = 'import sys; sys.argv[0] = "clerestory"; from clerestory.cli import main; main()'
    script.write_text(
        f"#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT / 'src'))} "
        f'exec {shlex.quote(sys.executable)} -P -c {shlex.quote(run)} "$@"\n'
    )
    script.chmod(0o755)
    for _, commands in blocks("sh"):
        subprocess.run(
            ["sh", "-euc", commands], cwd=stranger.work, check=True, capture_output=True,
            env={"PATH": f"{agency}{os.pathsep}{os.defpath}", "HOME": str(agency),
                 "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
    for file, text in blocks("yaml"):
        (stranger.work / file).write_text(text, "utf-8")
    return stranger


@pytest.mark.slow
def test_the_tutorial_runs_as_typed(played: Stranger) -> None:
    program = "\nprint('=====')\n".join(text for _, text in blocks("python"))
    (played.work / "tutorial.py").write_text(program, "utf-8")

    said = played.run(played.python, "tutorial.py").split("=====\n")

    promised = [text for _, text in blocks("text")]
    assert len(said) == len(promised) > 5
    assert [pair for pair in zip(said, promised, strict=True) if not fits(*pair)] == []


LOOK = """
import clerestory
print(clerestory.__file__)
print(clerestory.__version__)
for name in "django", "psycopg", "pyspark", "pandas", "pytest", "hypothesis", "hatchling", "mypy":
    try:
        __import__(name)
    except ModuleNotFoundError:
        print(name)
"""


@pytest.mark.slow
def test_the_program_is_the_wheels_and_the_optional_parts_are_not_there(played: Stranger) -> None:
    file, version, *absent = played.run(played.python, "-c", LOOK).splitlines()

    assert Path(file).is_relative_to(played.venv)
    assert version == metadata.version("clerestory")
    assert absent == [
        "django",
        "psycopg",
        "pyspark",
        "pandas",
        "pytest",
        "hypothesis",
        "hatchling",
        "mypy",
    ]


def test_the_tutorial_uses_the_five_functions_and_no_other_room() -> None:
    program = "\n".join(text for _, text in blocks("python"))

    used = set(re.findall(r"clerestory\.(\w+)", program))
    assert used == OFFERED | {"Corruption", "Refusal"}
    assert re.findall(r"^(?:from|import) (clerestory\S*)", program, re.MULTILINE) == ["clerestory"]


PACKAGE = "office/out/STORY-HOSPITAL+4.tar.age"


@pytest.mark.slow
def test_paths_are_text_or_paths_and_keys_are_text_or_in_files(played: Stranger) -> None:
    files = played.work / "demo-files"
    package, identity = files / PACKAGE, files / "agents" / "identity.txt"
    sender, log_key = (files / "office" / "public" / f"{name}.vkey" for name in ("sender", "log"))
    public = files / "office" / "log" / "public"

    inside = clerestory.verify_package(package, sender=sender, log_key=log_key, identity=identity)
    log = clerestory.verify_log(public, log_key=log_key)

    assert inside.is_complete
    assert inside == clerestory.verify_package(
        str(package),
        sender=sender.read_text("utf-8"),
        log_key=log_key.read_text("utf-8"),
        identity=identity.read_bytes(),
    )
    assert inside == clerestory.verify_package(
        package, sender=sender, log_key=log_key, identity=str(identity)
    )
    assert log == clerestory.verify_log(str(public), log_key=log_key.read_text("utf-8"))
    assert (log.consistent_with, log.size > 0) == (None, True)
    again = clerestory.verify_log(public, log_key=log_key, earlier=log.checkpoint)
    assert again.consistent_with == log.size


@pytest.mark.slow
def test_what_is_not_there_or_is_no_key_is_a_refusal(played: Stranger, tmp_path: Path) -> None:
    files = played.work / "demo-files"
    package, sender = files / PACKAGE, files / "office" / "public" / "sender.vkey"
    log_key, no_text = files / "office" / "public" / "log.vkey", tmp_path / "no-text"
    no_text.write_bytes(b"\xff\xfe")

    for wrong in (tmp_path / "none", tmp_path, no_text, str(sender), ""):
        with pytest.raises(clerestory.Refusal):
            clerestory.verify_package(package, sender=wrong, log_key=log_key)
        with pytest.raises(clerestory.Refusal):
            clerestory.verify_package(package, sender=sender, log_key=wrong)
        with pytest.raises(clerestory.Refusal):
            clerestory.verify_log(files / "office" / "log" / "public", log_key=wrong)
    with pytest.raises(clerestory.Refusal, match="no file none"):
        clerestory.verify_package(
            package, sender=sender, log_key=log_key, identity=tmp_path / "none"
        )
    with pytest.raises(clerestory.Refusal, match="no-text is not UTF-8 text: byte 0"):
        clerestory.verify_log(files, log_key=no_text)


@pytest.mark.slow
def test_a_log_that_does_not_continue_what_was_seen_is_corruption(played: Stranger) -> None:
    files = played.work / "demo-files"
    log_key = files / "office" / "public" / "log.vkey"
    opened = files / "agents" / "opened" / "log" / "proof.tlog-proof"
    public = files / "office" / "log" / "public"
    log = clerestory.verify_log(public, log_key=log_key)
    # The checkpoint inside the package is an earlier one of the same log.
    earlier = opened.read_text("utf-8").partition("\n\n")[2]

    grown = clerestory.verify_log(public, log_key=log_key, earlier=earlier)

    assert 0 < (grown.consistent_with or 0) < log.size
    older = played.work / "older"
    shutil.copytree(public, older)
    (older / "checkpoint").write_text(earlier, "utf-8")
    with pytest.raises(clerestory.Corruption):
        clerestory.verify_log(older, log_key=log_key, earlier=log.checkpoint)
