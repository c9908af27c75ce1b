"""``clerestory demo``: the real story, each step a command that anybody could type.

What is shown is what is run, word for word, so that it can be pasted into a shell: the program by
the name by which it was called, each word quoted, and paths from here where they lie below.
"""

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.rule import Rule

from clerestory.cli.places import casebook_folder, packs_folder, profiles_folder
from clerestory.cli.terminal import console, styled
from clerestory.kernel import Refusal

_JULY, _CONGRESS, _NOVEMBER = (
    "DK-01-ME-SNAP-2025-07",
    "DK-10-ME-CONGRESS-2025-09",
    "DK-02-ME-SNAP-2025-11",
)
_HOSPITAL = "STORY-HOSPITAL"
_ORDERED = "--changed " + " --changed ".join(
    (
        "findings.issued_in_court_proceeding",
        "findings.order_stayed",
        "instrument.enforced_by_order",
    )
)
"""What the court's order changed since the refusal."""
_COMMAND = "CLERESTORY_COMMAND"


@dataclass(frozen=True, slots=True)
class Scene:
    """A heading, what happens, and the commands typed."""

    title: str
    said: str
    commands: tuple[str, ...]


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("demo-files"),
    show_default=True,
    help="Where the files are left.",
)
@click.option("--persons", default=40_000, show_default=True, help="How many people to make up.")
@click.option("--again", is_flag=True, help="Throw an earlier demonstration in the folder away.")
def demo(folder: Path, persons: int, again: bool) -> None:
    """Play the story in the terminal and leave its files to look at.

    What governments asked is real and taken from the casebook; the people, the agency's records
    and the hospital's subpoena are made up. No network is used.
    """
    if not str(folder).isprintable():
        raise Refusal(
            "the folder's name must be one that a terminal can show",
            code="demo-folder",
            todo="name another folder with --dir",
        )
    if folder.exists():
        if not again or not (folder / "MADE-UP.txt").exists():
            raise Refusal(
                f"there is something in {folder} already",
                code="demo-exists",
                todo="look at it, or run the same with --again, or name another folder with --dir",
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / "MADE-UP.txt").write_text(
        "Everything about persons in this folder is made up by a program.\n", "utf-8"
    )
    screen, typed = console(), _quoted(os.environ.get(_COMMAND) or "clerestory")
    for number, scene in enumerate(_story(folder, persons), 1):
        screen.print(Rule(styled((f"{number}. {scene.title}", "bold")), align="left"))
        screen.print(styled(scene.said))
        for command in scene.commands:
            screen.print()
            screen.print(styled((f"$ {typed} {command}", "bold cyan")), soft_wrap=True)
            _type(command)
        screen.print()
    _open_with_age(screen, folder)
    screen.print(
        styled(
            "The files are in ", (str(folder), "bold"), ": letters, the package, the public log."
        )
    )
    screen.print("To type the commands yourself, begin in another folder that is empty.")


def _type(command: str) -> None:
    from clerestory.cli.main import program

    program.main(args=shlex.split(command), standalone_mode=False)


def _story(folder: Path, persons: int) -> Iterator[Scene]:
    casebook = casebook_folder()
    if casebook is None:
        raise Refusal(
            "the casebook is not here",
            code="demo-no-casebook",
            todo="run the demonstration from a checkout, where casebook/ lies",
        )
    dockets = _quoted(casebook / "dockets.yaml")
    hospital = _quoted(next(packs_folder().glob("*/cases/story.yaml")))
    made_up = profiles_folder() / "maine-dhhs" / "demo"
    office = f"--office {_quoted(folder / 'office')}"
    yield from _opening(folder, persons)
    yield from _july(dockets, office)
    yield _congress(dockets, office, made_up, folder)
    yield from _ruled(dockets, office)
    yield from _hospital_story(hospital, office, made_up, folder)
    yield _public(folder)


def _opening(folder: Path, persons: int) -> Iterator[Scene]:
    agency, office = folder / "agency", folder / "office"
    yield Scene(
        "An agency and its office",
        f"{persons:,} made-up people with their records, the office's keys and an empty log.",
        (
            f"holdings make {_quoted(agency)} --persons {persons}",
            f"keys office {_quoted(office)} --origin log.dhhs.example/disclosures "
            f"--source {_quoted(agency / 'agency.sqlite')} "
            f"--index {_quoted(agency / 'persons.index')}",
            f"keys recipient {_quoted(folder / 'committee')} --name committee.example/receipts",
            f"keys recipient {_quoted(folder / 'agents')} --name agents.example/receipts",
        ),
    )


def _july(dockets: str, office: str) -> Iterator[Scene]:
    yield Scene(
        "July 2025: USDA asks for every SNAP household since 2020",
        "No protocol is agreed and no court has ruled: everything is held for counsel.",
        (
            f"receive {dockets} --case {_JULY} {office} --at 2025-07-23T14:00Z",
            f"decide {dockets} --case {_JULY} --brief",
        ),
    )


def _congress(dockets: str, office: str, made_up: Path, folder: Path) -> Scene:
    files = {
        "S*.procedures": made_up / "eligibility-procedures.txt",
        "S*.aggregate_counts": made_up / "recipients-total.csv",
        "S*.cost_totals": made_up / "cost-totals.csv",
    }
    given = " ".join(
        f"--file {_quoted(f'{ref}={_from_here(path)}')}" for ref, path in files.items()
    )
    return Scene(
        "September 2025: a committee of Congress asks for totals",
        "Totals and rules identify nobody and are given; internal papers go to counsel.",
        (
            f"receive {dockets} --case {_CONGRESS} {office} --at 2025-09-03T14:00Z",
            f"decide {dockets} --case {_CONGRESS} --brief",
            f"disclose {dockets} --case {_CONGRESS} {office} --at 2025-09-12T15:00Z "
            f"--recipient {_quoted(folder / 'committee' / 'recipient.txt')} "
            f"--reviewer 'first reviewer' --reviewer 'second reviewer' {given}",
        ),
    )


def _ruled(dockets: str, office: str) -> Iterator[Scene]:
    yield Scene(
        "18 September 2025: a court rules",
        "The same letter, the same question, another day: now it is refused, with reasons.",
        (
            f"decide {dockets} --case {_JULY} --on 2025-09-18 --brief",
            f"refuse {dockets} --case {_JULY} {office} --at 2025-09-19T15:00Z",
        ),
    )
    yield Scene(
        "November 2025: the demand comes again, with a protocol",
        "A protocol that the State has not agreed to does not meet the Act.",
        (
            f"receive {dockets} --case {_NOVEMBER} {office} --at 2025-11-24T14:00Z",
            f"decide {dockets} --case {_NOVEMBER} --on 2026-02-26 --brief",
            f"refuse {dockets} --case {_NOVEMBER} {office} --at 2026-02-27T15:00Z",
        ),
    )


def _hospital_story(case: str, office: str, made_up: Path, folder: Path) -> Iterator[Scene]:
    asked = f"{case} --case {_HOSPITAL}"
    package = _quoted(folder / "office" / "out" / f"{_HOSPITAL}.tar.age")
    public = f"--sender {_quoted(folder / 'office' / 'public' / 'sender.vkey')} " + (
        f"--log {_quoted(folder / 'office' / 'public' / 'log.vkey')}"
    )
    yield Scene(
        "August 2026 (made up): a subpoena names one hospital patient",
        "An officer signed it. It compels nothing by itself, and the refusal says what would.",
        (
            f"receive {asked} {office} --at 2026-08-19T14:00Z --acknowledge",
            f"decide {asked} --on 2026-08-19",
            f"refuse {asked} {office} --at 2026-08-20T15:00Z",
        ),
    )
    yield Scene(
        "October 2026 (made up): a court orders it obeyed",
        "Three items of the person named are released to the order's terms. The diagnosis and the "
        "other person are not.",
        (
            f"decide {asked} --on 2026-10-20 --brief",
            f"disclose {asked} {office} --at 2026-10-21T15:00Z {_ORDERED} "
            f"--who {_quoted(made_up / 'who.yaml')} "
            f"--recipient {_quoted(folder / 'agents' / 'recipient.txt')} "
            "--reviewer 'first reviewer' --reviewer 'second reviewer'",
        ),
    )
    receipt = _quoted(folder / "agents" / "receipt.note")
    agents = folder / "agents"
    yield Scene(
        "The recipient verifies it offline and signs for it",
        "Without the agency's database: seal, contents, and its own entry in the log.",
        (
            f"verify {package} {public} --identity {_quoted(agents / 'identity.txt')} "
            f"--extract-to {_quoted(agents / 'opened')}",
            f"keys sign-receipt {package} {receipt} --demand {_HOSPITAL} "
            f"--key {_quoted(agents / 'receipt.key')} --at 2026-10-21T16:00Z",
            f"receipt {receipt} {package} --key {_quoted(agents / 'receipt.vkey')} {office} "
            "--at 2026-10-21T17:00Z",
        ),
    )


def _public(folder: Path) -> Scene:
    log = folder / "office" / "log"
    vkey = folder / "office" / "public" / "log.vkey"
    return Scene(
        "The log, for everybody",
        "Published as plain files. It shows that and when, never whom; demand numbers have no gap.",
        (
            f"log checkpoint {_quoted(log)} --propose",
            f"log checkpoint {_quoted(log)} --publish",
            f"log verify {_quoted(log / 'public')} --vkey {_quoted(vkey)} --count",
            f"log audit {_quoted(log)}",
        ),
    )


def _open_with_age(screen: Console, folder: Path) -> None:
    """Open the package with somebody else's program, where the machine has it."""
    age = shutil.which("age")
    package = folder / "office" / "out" / f"{_HOSPITAL}.tar.age"
    identity = folder / "agents" / "identity.txt"
    command = f"age -d -i {_quoted(identity)} {_quoted(package)} | tar t"
    if age is None:
        told = styled("With the program age the recipient would type: ", (command, "bold"))
        screen.print(told, soft_wrap=True)
        screen.print()
        return
    screen.print(styled((f"$ {command}", "bold cyan")), soft_wrap=True)
    opened = subprocess.run(  # noqa: S603 (our own arguments)
        [age, "-d", "-i", str(identity), str(package)], check=True, capture_output=True
    ).stdout
    listed = subprocess.run(["tar", "t"], input=opened, check=True, capture_output=True)  # noqa: S607
    for name in listed.stdout.decode(errors="replace").splitlines():
        screen.print(styled(name), soft_wrap=True)


def _quoted(text: Path | str) -> str:
    """Return a word for the shell; a path is told from here where it lies below."""
    if isinstance(text, Path):
        text = _from_here(text)
    return shlex.quote(text)


def _from_here(path: Path) -> str:
    here = Path.cwd()
    near = path.relative_to(here) if path.is_relative_to(here) else path
    # A name that begins with a dash would be taken for an option.
    return f"./{near}" if str(near).startswith("-") else str(near)
