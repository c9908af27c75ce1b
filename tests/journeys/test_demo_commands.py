"""Whoever sees the demonstration can type it: each command that it shows, in a shell, as shown."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

RUN = 'import sys; sys.argv[0] = "clerestory"; from clerestory.cli import main; main()'
# As the launcher gives it from a checkout in a folder that nobody likes to quote.
CALLED, FILES = "./clere story", "made up, 'files'"


def machine(folder: Path) -> dict[str, str]:
    """Put the program into a new folder; return the environment."""
    folder.mkdir()
    script = folder / CALLED
    script.write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -c {shlex.quote(RUN)} "$@"\n'
    )
    script.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CLERESTORY")}
    return {**kept, "LC_ALL": "C", "COLUMNS": "40", "CLERESTORY_COMMAND": CALLED}


def names(folder: Path) -> set[str]:
    """What lies in a folder, without what is named by a digest."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    return {name for name in found if not name.startswith("office/sealed/")}


@pytest.mark.slow
def test_what_the_demo_shows_can_be_typed_in_another_folder(tmp_path: Path) -> None:
    shown, typed = tmp_path / "shown here", tmp_path / "typed here"

    environment = machine(shown)
    program = shlex.quote(CALLED)

    demo = in_shell(f"{program} demo --persons 60 --dir={shlex.quote(FILES)}", shown, environment)
    lines = [line[2:] for line in demo.splitlines() if line.startswith("$ ")]
    in_shell("\n".join(lines), typed, machine(typed))

    ours = [line for line in lines if line.startswith(f"{program} ")]
    assert len(ours) > 20
    assert not [line for line in ours if str(tmp_path) in line]
    assert names(typed / FILES) == names(shown / FILES) - {"MADE-UP.txt"}


def in_shell(text: str, folder: Path, environment: dict[str, str]) -> str:
    """Type lines into a shell; return what it said, and stop at the first that fails."""
    done = subprocess.run(
        ["sh", "-e"], input=text, cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def test_a_folder_that_no_terminal_can_show_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", RUN, "demo", "--dir", "a\nb"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 2
    assert "the folder's name must be one that a terminal can show" in done.stderr
    assert "code: demo-folder" in done.stderr
    assert list(tmp_path.iterdir()) == []
