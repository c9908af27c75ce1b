"""``clerestory demo``: the real story, each step an act that anybody in the office could type.

What is shown is what is run, word for word, so that it can be pasted into a shell: the program by
the name by which it was called, each word quoted, and paths from here where they lie below.
"""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import click
from rich.console import Console

from clerestory.cli.demo_playing import play
from clerestory.cli.demo_story import Story, word
from clerestory.cli.desk.place import check_installed
from clerestory.cli.terminal import console, styled
from clerestory.kernel import Refusal

_COMMAND = "CLERESTORY_COMMAND"


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
@click.option("--no-serve", is_flag=True, help="Play it and end: no page is served so far.")
def demo(folder: Path, persons: int, again: bool, no_serve: bool) -> None:
    """Play the story in the terminal and leave its files to look at.

    What governments asked is real and taken from the casebook; the staff and their keys, the
    agency's records and the hospital's subpoena are made up. Attacks are played, and must be
    refused. No network is used.
    """
    del no_serve  # accepted from now on; nothing is served yet
    check_installed()
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
    screen = console()
    story = Story(folder, persons)
    story.write_papers()
    program = shlex.quote(os.environ.get(_COMMAND) or "clerestory")
    play(story, folder / "office", screen, program=program)
    _open_with_age(screen, folder)
    screen.print(
        styled(
            "The files are in ",
            (str(folder), "bold"),
            ": letters, the package, everybody's keys, the public log.",
        )
    )
    screen.print("To type the commands yourself, begin in another folder that is empty.")


def _open_with_age(screen: Console, folder: Path) -> None:
    """Open the package with somebody else's program, where the machine has it."""
    age = shutil.which("age")
    package = folder / "office" / "out" / "STORY-HOSPITAL+4.tar.age"
    identity = folder / "agents" / "identity.txt"
    command = f"age -d -i {word(identity)} {word(package)} | tar t"
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
