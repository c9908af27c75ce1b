"""The commands of the demonstration can be typed as shown, whatever the folder is called."""

import shlex
import subprocess
from pathlib import Path

import pytest

from clerestory.cli.demo_playing import _attack, _in_brief
from clerestory.cli.demo_story import Command, Story, word
from clerestory.kernel import Corruption
from hostile.running import inside, type_in

# As the launcher gives it from a checkout in a folder that nobody likes to quote.
CALLED = "./clere story"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("demo-files", "demo-files"),
        ("-x/agency", "./-x/agency"),
        ("a b/it's", "a b/it's"),
        ("/elsewhere/x", "/elsewhere/x"),
    ],
)
def test_a_path_is_told_so_that_it_is_no_option(
    path: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert shlex.split(word(Path(path))) == [told]
    assert shlex.split(word(tmp_path / path)) == [told]


def test_a_shell_reads_each_command_that_is_shown_as_the_program_ran_it(tmp_path: Path) -> None:
    script = tmp_path / CALLED
    script.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\" END\n")
    script.chmod(0o755)

    with inside(tmp_path):
        story = list(Story(tmp_path / "made up, 'files'", 60).scenes())
        commands = [command for scene in story for command in scene.commands]
        shown = [command.typed for command in commands if not command.of_shell]
        lines = "\n".join(f"{shlex.quote(CALLED)} {command}" for command in shown)
        read = subprocess.run(
            ["sh", "-e"], input=lines, capture_output=True, text=True, check=True
        ).stdout

    assert len(shown) > 40
    assert sum(command.attack for command in commands) == 3
    assert not [command for command in shown if str(tmp_path) in command]
    assert read == "".join("\n".join([*shlex.split(command), "END\n"]) for command in shown)


def test_an_attack_that_is_not_refused_is_an_alarm() -> None:
    with pytest.raises(Corruption) as alarm:
        _attack(Command("demand new", attack=True))

    assert alarm.value.code == "demo-not-refused"
    _attack(Command("office status", attack=True))


def test_in_brief_only_what_stands_is_said() -> None:
    said = "a=yes:\nnumber 1 is received: it\n    may change\nnext: decide (x)\n    more\n"

    assert _in_brief(said) == "number 1 is received: it\n    may change"
    assert _in_brief("made the key\nits half\nnext: x\n") == "its half"


def test_a_folder_that_no_terminal_can_show_is_refused(tmp_path: Path) -> None:
    with inside(tmp_path):
        done = type_in("demo", "--dir", "a\nb")

    assert (done.code, done.error_code) == (2, "demo-folder")
    assert "the folder's name must be one that a terminal can show" in done.err
    assert list(tmp_path.iterdir()) == []
