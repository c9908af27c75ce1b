"""The story played: each command shown as it is typed, run, and each attack seen to be refused."""

import io
import os
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from rich.console import Console
from rich.rule import Rule

from clerestory.cli.demo_story import Command, Story
from clerestory.cli.faults import answer_for
from clerestory.cli.terminal import styled, tell_lines
from clerestory.kernel import Corruption

_OFFICE, _DATABASE = "CLERESTORY_OFFICE", "DATABASE_URL"


def play(story: Story, office: Path, screen: Console, *, program: str) -> None:
    """Play all scenes.

    Args:
        story: What is played.
        office: The folder of the office that is made up.
        screen: Where it is shown.
        program: The program by the name by which it was called.

    Raises:
        Corruption: An attack was not refused.
    """
    with _alone(office):
        for number, scene in enumerate(story.scenes(), 1):
            screen.print(Rule(styled((f"{number}. {scene.title}", "bold")), align="left"))
            screen.print(styled(scene.said))
            if number == 1:
                screen.print()
                screen.print(styled((f"$ export {_OFFICE}={office}", "bold cyan")), soft_wrap=True)
            for command in scene.commands:
                _type(command, screen, program)
            screen.print()


@contextmanager
def _alone(office: Path) -> Iterator[None]:
    """Let every command act in the office that is made up, and in no other's database."""
    before = {name: os.environ.get(name) for name in (_OFFICE, _DATABASE)}
    os.environ[_OFFICE] = str(office)
    os.environ.pop(_DATABASE, None)
    try:
        yield
    finally:
        for name, text in before.items():
            if text is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = text


def _type(command: Command, screen: Console, program: str) -> None:
    shown = command.typed if command.of_shell else f"{program} {command.typed}"
    screen.print()
    screen.print(styled((f"$ {shown}", "bold cyan")), soft_wrap=True)
    if command.of_shell:
        subprocess.run(["sh", "-c", command.typed], check=True)  # noqa: S603, S607 (our own words)
    elif command.attack:
        _attack(command)
    elif command.brief:
        with redirect_stdout(io.StringIO()) as said:
            _run(command)
        tell_lines(_in_brief(said.getvalue()))
    else:
        _run(command)


def _attack(command: Command) -> None:
    if answer_for(lambda: _run(command)) == 0:
        raise Corruption(
            "an attack that is played must be refused, and this one was not",
            code="demo-not-refused",
            todo="trust nothing that this copy of the program answers, and report it",
        )


def _run(command: Command) -> None:
    from clerestory.cli.main import program

    program.main(args=shlex.split(command.typed), standalone_mode=False)


def _in_brief(said: str) -> str:
    """Return the last sentence that says what stands: what follows is told in full elsewhere."""
    told: list[str] = []
    for line in said.rstrip("\n").split("\n"):
        if line.startswith("next:") or line.startswith("for the office"):
            break
        told = [*told, line] if line.startswith(" ") else [line]
    return "\n".join(told)
