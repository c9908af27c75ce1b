"""``clerestory doctor``: which parts are on this machine, and what is off without the others."""

import platform
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from textwrap import wrap

import click

from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.half_files import half_files
from clerestory.cli.places import profiles_folder
from clerestory.cli.terminal import WIDTH, tell, tell_folded, tell_json
from clerestory.kernel.reading import read_toml

_PYTHON = "3.11"
_SQLITE = "3.37"  # the first with STRICT tables
_CONTACT_FILE = "security.toml"
_AGAIN = "move the folder .venv away and run ./clerestory again, or install the program once more"
# Required all the same, so that what one machine writes the next one writes too.
_ONLY = {"vl-convert-python": "no pictures: `law replay` and `lab compare` stop where they draw"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the machine.

    Attributes:
        found: Whether it is there and new enough.
        version: What it says of itself; empty when it is missing or does not say.
        without: What is off while it is missing.
        get: What to install.
    """

    name: str
    required: bool
    found: bool
    version: str
    without: str
    get: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """An optional program: the first of ``names`` on the path is asked for its version."""

    part: str
    names: Sequence[str]
    ask: Sequence[str]
    without: str
    get: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionalPackage:
    """A Python package that one extra part of the program asks for."""

    name: str
    extra: str
    without: str


OPTIONAL_PACKAGES = (
    OptionalPackage(
        name="psycopg",
        extra="postgresql",
        without="no records and no demand rows from PostgreSQL; SQLite and Parquet are read",
    ),
    OptionalPackage(
        name="pyspark",
        extra="spark",
        without="no replay on Spark, and its tests are skipped; `law replay` runs without it",
    ),
    OptionalPackage(
        name="pandas",
        extra="spark",
        without="no replay on Spark, which hands over its rows by way of it",
    ),
    OptionalPackage(
        name="django",
        extra="office",
        without="no office with a database of its own; whoever checks its answers needs none",
    ),
)
PROGRAMS = (
    Program(
        part="openssl",
        names=("openssl",),
        ask=("version",),
        without="no second opinion on CMS packages: the tests that use openssl are skipped",
        get="openssl",
    ),
    Program(
        part="age",
        names=("age",),
        ask=("--version",),
        without="no second opinion on age packages: the tests that use age are skipped",
        get="age",
    ),
    Program(
        part="go",
        names=("go",),
        ask=("version",),
        without="the log is not checked against the Go checkpoint and note code: tests skipped",
        get="golang-go and golang-golang-x-mod-dev",
    ),
    Program(
        part="strace",
        names=("strace",),
        ask=("-V",),
        without="the order of writes to the disk is not watched: the tests that do so are skipped",
        get="strace",
    ),
    Program(
        part="PostgreSQL",
        names=("postgres", "psql"),
        ask=("--version",),
        without="sources in PostgreSQL are not tested on this machine; SQLite and Parquet are",
        get="postgresql",
    ),
    Program(
        part="java",
        names=("java",),
        ask=("-version",),
        without="no replay on Spark, and its tests are skipped; `law replay` runs without it",
        get="default-jre-headless (17 or newer)",
    ),
    Program(
        part="chromium",
        names=("chromium", "chromium-browser", "google-chrome"),
        ask=("--version",),
        without="pages are not tested in a browser on this machine",
        get="chromium",
    ),
)


def python_part() -> Part:
    """Report the Python that runs this program."""
    return _required("python", platform.python_version(), at_least=_PYTHON, get="python3")


def sqlite_part() -> Part:
    """Report the SQLite library that this Python was built with."""
    return _required("sqlite", sqlite3.sqlite_version, at_least=_SQLITE, get="libsqlite3-0")


def package_parts() -> Iterator[Part]:
    """Report each Python package that this program asks for, in alphabetical order."""
    needs = [need for need in metadata.requires("clerestory") or [] if "extra ==" not in need]
    for name in sorted(re.split(r"[^\w.-]", need)[0] for need in needs):
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            version = ""
        yield Part(
            name=name,
            required=True,
            found=bool(version),
            version=version,
            without=_ONLY.get(name, "the program does not run"),
            get=_AGAIN,
        )


def optional_package_part(package: OptionalPackage) -> Part:
    """Report a package that only one extra part of the program asks for."""
    try:
        version = metadata.version(package.name)
    except metadata.PackageNotFoundError:
        version = ""
    return Part(
        name=package.name,
        required=False,
        found=bool(version),
        version=version,
        without=package.without,
        get=f"the extra part called {package.extra}, such as "
        f"pip install clerestory[{package.extra}]",
    )


def contact_parts(profiles: Path) -> Iterator[Part]:
    """Report for each agency's profile whether it says whom to tell of a weakness.

    Raises:
        BadFile: A profile's ``security.toml`` cannot be read.
    """
    for profile in sorted(profiles.glob("*/profile.toml")):
        path = profile.parent / _CONTACT_FILE
        contact = read_toml(path).get("contact") if path.exists() else None
        yield Part(
            name=f"contact of {profile.parent.name}",
            required=False,
            found=isinstance(contact, str) and bool(contact.strip()),
            version="",
            without="whoever finds a weakness in this agency's installation cannot tell it",
            get=f"write one into {profile.parent.name}/{_CONTACT_FILE}, see SECURITY.md",
        )


def program_part(program: Program, *, which: Callable[[str], str | None] = shutil.which) -> Part:
    """Find one optional program and ask it for its version; nothing else is run."""
    path = next((found for name in program.names if (found := which(name))), None)
    return Part(
        name=program.part,
        required=False,
        found=path is not None,
        version=_ask(path, program.ask) if path else "",
        without=program.without,
        get=program.get,
    )


def all_parts() -> list[Part]:
    """List every part, the required ones first."""
    return [
        python_part(),
        sqlite_part(),
        *package_parts(),
        *(program_part(program) for program in PROGRAMS),
        *(optional_package_part(package) for package in OPTIONAL_PACKAGES),
        *contact_parts(profiles_folder()),
    ]


@click.command(short_help="List the parts of this machine and what is off without each.")
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
@click.option("--clear", is_flag=True, help="Take away what was left half done in FOLDERS.")
@click.option("--json", "as_json", is_flag=True, help="Write the list for a program to read.")
def doctor(folders: tuple[Path, ...], *, clear: bool, as_json: bool) -> None:
    """List the required and the optional parts, and what is off without each.

    In FOLDERS, such as that of an office, also what runs that were killed left half done.
    """
    if clear and not folders:
        raise click.UsageError("--clear wants the folders in which to look")
    left = [str(one) for folder in folders for one in half_files(folder, clear=clear)]
    parts = all_parts()
    if as_json:
        tell_json({"parts": [asdict(part) for part in parts], "half": left}, indent=2)
    else:
        for line in _lines(parts):
            tell(line)
        if folders:
            tell("half done, and taken away" if clear else "half done, of no use; see --clear")
        for one in left:
            tell_folded(f"  {one}")
        if folders and not left:
            tell("  nothing")
    if any(part.required and not part.found for part in parts):
        sys.exit(ExitCode.MACHINE)


def _required(name: str, version: str, *, at_least: str, get: str) -> Part:
    return Part(
        name=name,
        required=True,
        found=_numbers(version) >= _numbers(at_least),
        version=version,
        without=f"the program does not run: it needs {at_least} or newer",
        get=f"{get} ({at_least} or newer)",
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def _ask(path: str, arguments: Sequence[str]) -> str:
    try:
        # The path is the machine's own, found by name, and no argument comes from a person.
        done = subprocess.run(  # noqa: S603
            [path, *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    said = re.search(r"\d+(?:\.\d+)+", done.stdout + done.stderr)
    return said.group() if said else ""


def _lines(parts: Sequence[Part]) -> Iterator[str]:
    width = max(len(part.name) for part in parts)
    for required, title in ((True, "required"), (False, "optional")):
        yield title
        for part in parts:
            if part.required is not required:
                continue
            state = "found" if part.found else "missing"
            yield f"  {part.name:<{width}}  {state:<7}  {part.version}".rstrip()
            if not part.found:
                indent = " " * (width + 4)
                for said in (f"off: {part.without}", f"get: {part.get}"):
                    # No word is cut: a path that does not fit is copied whole.
                    yield from wrap(
                        said, WIDTH, initial_indent=indent, subsequent_indent=f"{indent}     ",
                        break_long_words=False, break_on_hyphens=False,
                    )  # fmt: skip
