"""Whatever a demand, a key or a file is called: a terminal obeys nothing of it, and is told all."""

import contextlib
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from hostile.running import Done, type_in
from hostile.world import CASE, DEMAND, STORY, WHO, World, make_world

TITLE = (
    "\\x1b[2J\\x1b[31mRED\\x1b[0m \\x1b]8;;http://made-up.example\\aLINK\\x1b]8;;\\a \\x9b1m "
    "\\x1b]52;c;aGk=\\a\\b\\b\\b\\r  RELEASE\\n9. RELEASE tanf S9.address "
    "\\u202E\\u2066gnp\\u2069 \\u200B\\u00AD [bold]x[/y] [link=x] :smile: §"
)
HOSTILE = DEMAND.replace("Made-up: an officer asks where one person lives", TITLE).replace(
    "a made-up police office", TITLE
)
MARKUP = "[bold]x[/y] [link=x] [/] :smile: § [red]RED"
NAME = "a\x1b[31mb\x9b\u202e\r[bold].yaml"
STYLE = re.compile(r"\x1b\[[0-9;]*m")
PLAIN = {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("terminal"))


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    path = tmp_path / "hostile.yaml"
    path.write_text(HOSTILE, "utf-8")
    return path


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    """A demand that is read: its title has no codes, and all that a console might take for some."""
    path = tmp_path / "shown.yaml"
    path.write_text(HOSTILE.replace(TITLE, MARKUP), "utf-8")
    return path


def acting(text: str) -> set[str]:
    """The letters of a text that a terminal obeys or that hide others."""
    return {
        letter
        for letter in text
        if letter != "\n" and unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    }


def run(*words: str | Path, env: Mapping[str, str]) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(command(*words), env={**PLAIN, **env}, capture_output=True, check=False)


def command(*words: str | Path) -> list[str]:
    start = 'import sys; sys.argv[0] = "clerestory"; from clerestory.cli import main; main()'
    return [sys.executable, "-P", "-c", start, *map(str, words)]


def commands(demand: Path, world: World, folder: Path) -> Iterator[list[str | Path]]:
    """Every command that shows something of what it was given, with hostile names all over."""
    office: list[str | Path] = ["--office", world.office, "--at", "2026-10-21T15:00Z"]
    public = world.base / "office" / "public"
    yield ["decide", demand]
    yield ["decide", demand, "--why"]
    yield ["decide", demand, "--brief"]
    yield ["decide", demand, "--json"]
    yield ["decide", demand, "--lower", f"S1.address={TITLE}"]
    yield ["decide", demand, "--pack", NAME]
    yield ["decide", demand, "--case", NAME]
    yield ["receive", demand, *office]
    yield ["refuse", demand, *office]
    yield ["refuse", demand, *office, "--counsel", NAME]
    yield [
        "disclose",
        demand,
        *office,
        "--recipient",
        demand,
        "--reviewer",
        NAME,
        "--reviewer",
        "b",
    ]
    yield ["disclose", STORY, "--case", CASE, *office, "--who", demand, "--recipient", demand]
    yield [
        "disclose",
        STORY,
        "--case",
        CASE,
        *office,
        "--file",
        f"{NAME}={NAME}",
        "--recipient",
        demand,
    ]
    yield ["verify", demand, "--sender", NAME, "--log", NAME]
    yield ["verify", demand, "--sender", public / "sender.vkey", "--log", public / "log.vkey"]
    yield ["receipt", demand, demand, "--key", demand, *office]
    yield ["keys", "office", folder / NAME, "--origin", NAME, "--source", NAME, "--index", NAME]
    yield ["keys", "recipient", folder / f"{NAME}2", "--name", NAME]
    yield ["keys", "recipient", folder / f"{NAME}3", "--name", "made-up.example/r"]
    yield ["keys", "sign-receipt", demand, folder / NAME, "--demand", NAME, "--key", demand]
    yield ["holdings", "check", demand]
    yield ["holdings", "check", NAME, "--catalogue", demand]
    yield ["holdings", "find", demand, "--query", demand]
    yield ["holdings", "index", demand, folder / f"{NAME}4"]
    yield ["holdings", "make", folder / f"{NAME}5", "--persons", "8"]
    yield ["law", "show", NAME]
    yield ["law", "check", NAME]
    yield ["law", "cases", demand, "--verbose"]
    yield ["law", "rows", demand, "--out", folder / f"{NAME}6"]
    yield ["law", "diff", NAME, "us-me"]
    yield ["law", "replay", "--demands", demand, "--pack", NAME, "--pack", NAME]
    yield ["law", "prove", NAME]
    yield ["lab", "compare", demand, "--out", folder / f"{NAME}7"]
    yield ["log", "create", folder / f"{NAME}8", "--origin", NAME]
    yield ["log", "create", folder / f"{NAME}9", "--origin", "made-up.example/log"]
    yield ["log", "append", world.office / "log", demand]
    yield ["log", "verify", demand, "--vkey", NAME]
    yield ["log", "prove", world.base / "log", "0"]
    yield ["log", "audit", demand]
    yield [NAME]
    yield ["decide", f"--{NAME}"]


def test_no_command_lets_a_name_or_a_title_act_on_the_terminal(
    hostile: Path, world: World, tmp_path: Path
) -> None:
    named = tmp_path / NAME
    shutil.copy(hostile, named)

    for demand in (hostile, named):
        folder = tmp_path / demand.name / "new" if demand == named else tmp_path / "new"
        folder = tmp_path / f"new-{len(demand.name)}"
        folder.mkdir()
        for words in commands(demand, world, folder):
            done = type_in(*words)
            world.fresh_office()
            assert acting(done.out + done.err) == set(), words[:2]
            assert done.error_code != "program-fault", (words[:2], done.err)
            assert [line for line in done.err.splitlines() if line.startswith("9. RELEASE")] == []


def test_a_title_is_shown_whole_and_read_as_no_markup(shown: Path) -> None:
    done = type_in("decide", shown, "--brief")

    # The console breaks a long title where it must.
    assert "[bold]x[/y][link=x][/]:smile:§[red]RED" in "".join(done.out.split())
    assert not any(line.startswith("9. RELEASE") for line in done.out.splitlines())


def test_the_same_words_come_in_json_and_nothing_in_it_acts(shown: Path) -> None:
    done = type_in("decide", shown, "--json")

    assert done.out.isascii()
    assert json.loads(done.out)["overall"] == "release"


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
        {"LANG": "C", "LC_ALL": "C"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"TERM": "dumb"},
        {"NO_COLOR": "1", "TERM": "xterm-256color"},
        {"COLUMNS": "20"},
        {"COLUMNS": "1"},
        {"COLUMNS": "0"},
    ],
    ids=lambda env: " ".join(f"{name}={value}" for name, value in env.items()),
)
def test_no_alphabet_and_no_width_stops_the_answer(env: dict[str, str], shown: Path) -> None:
    done = run("decide", shown, "--why", env=env)

    assert done.returncode == 0
    assert done.stderr == b""
    alphabet = env.get("PYTHONIOENCODING", "utf-8")
    out = done.stdout.decode(alphabet)
    assert acting(out) == set()
    assert "RELEASE" in "".join(out.split())


def test_an_alphabet_of_ascii_gets_words_for_signs(shown: Path) -> None:
    done = run("decide", shown, "--brief", env={"PYTHONIOENCODING": "ascii"})

    assert ":smile:sec." in "".join(done.stdout.decode("ascii").split())


def on_a_terminal(*words: str | Path, env: Mapping[str, str]) -> str:
    """Run a command on a terminal and return what arrives there."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command(*words), env={**PLAIN, **env}, stdout=theirs, stderr=theirs)
    os.close(theirs)
    told = b""
    # Linux ends the reading side of a terminal with an error once nobody writes to it.
    with contextlib.suppress(OSError):
        while piece := os.read(ours, 65_536):
            told += piece
    os.close(ours)
    process.wait()
    return told.decode().replace("\r\n", "\n")


def test_a_terminal_gets_the_programs_own_colors_and_nothing_else(shown: Path) -> None:
    told = on_a_terminal("decide", shown, env={"TERM": "xterm-256color"})

    assert STYLE.search(told)
    assert acting(STYLE.sub("", told)) == set()
    assert "[red]RED" in STYLE.sub("", told)


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"TERM": "xterm", "NO_COLOR": "1"}])
def test_a_terminal_without_colors_gets_none(env: dict[str, str], shown: Path) -> None:
    told = on_a_terminal("decide", shown, env=env)

    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", told)
    assert acting(STYLE.sub("", told)) == set()


def shell(line: str, *words: str | Path) -> Done:
    """Run a command inside a line of the shell, which redirects its streams."""
    done = subprocess.run(
        ["bash", "-c", line, "bash", *command(*words)], env=PLAIN, capture_output=True, check=False
    )
    return Done(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())


@pytest.mark.parametrize(
    ("line", "words", "code"),
    [
        ('"$@" >/dev/full', ("decide", "{demand}"), 4),
        ('"$@" >/dev/full', ("decide", "{demand}", "--json"), 4),
        ('"$@" >/dev/full', ("--help",), 4),
        ('"$@" >/dev/full', ("law", "show"), 4),
        ('"$@" >&-', ("decide", "{demand}"), 0),
        ('"$@" >&- 2>&-', ("decide", "{demand}"), 0),
        ('"$@" 2>&-', ("decide", "nothing"), 2),
        ('"$@" 2>/dev/full', ("decide", "nothing"), 2),
        ('"$@" 2>/dev/full', ("bogus",), 2),
        ('"$@" | true; exit ${PIPESTATUS[0]}', ("decide", "{demand}"), 5),
        ('"$@" | true; exit ${PIPESTATUS[0]}', ("law", "show", "--json"), 5),
        ('"$@" | true; exit ${PIPESTATUS[0]}', ("decide", "nothing"), 2),
        ('"$@" <&-', ("holdings", "find", "{demand}"), 2),
    ],
)
def test_a_stream_that_is_full_or_closed_ends_in_the_right_code_without_a_traceback(
    line: str, words: tuple[str, ...], code: int, shown: Path
) -> None:
    done = shell(line, *(word.format(demand=shown) for word in words))

    assert done.code == code, done.err
    assert "Traceback" not in done.err
    assert "Exception ignored" not in done.err


def test_an_alarm_stays_an_alarm_where_nobody_can_be_told(world: World, tmp_path: Path) -> None:
    for suffix in ("", ".sig"):
        shutil.copy(f"{world.package}{suffix}", tmp_path)
    with (tmp_path / world.package.name).open("ab") as package:
        package.write(b"x")
    public = world.base / "office" / "public"

    done = shell(
        '"$@" >/dev/full 2>/dev/full', "verify", tmp_path / world.package.name,
        "--sender", public / "sender.vkey", "--log", public / "log.vkey",
    )  # fmt: skip

    assert done.code == 3


def test_who_is_not_told_on_the_terminal(world: World) -> None:
    office = ["--office", str(world.office), "--at", "2026-10-21T15:00Z"]

    done = type_in(
        "disclose", STORY, "--case", CASE, *office, "--who", WHO, "--recipient", WHO,
        "--reviewer", "one", "--reviewer", "two",
    )  # fmt: skip

    assert done.code == 2
    for word in ("Pinkham", "Robert", "1974", "Demonstration"):
        assert word not in done.out + done.err


def test_a_duty_stands_once_and_denies_no_record_of_whom_something_is_given(
    tmp_path: Path,
) -> None:
    letter = STORY.parents[3] / "profiles" / "maine-dhhs" / "demo" / "letter.yaml"
    long = tmp_path / "long.yaml"
    title = "title: folded " + "over " * 14 + "next is clerestory disclose"
    long.write_text(re.sub("(?m)^title: .*$", title, letter.read_text("utf-8")), "utf-8")

    one = type_in("decide", long).out
    two = type_in("decide", STORY, "--case", CASE, "--on", "2026-10-20").out

    assert "do not say whether the person has a record" not in one
    assert "do not say whether the person has a record (S2)" in two
    assert two.count("bring the demand on the day it arrives") == 1
    assert "(to the Maine Attorney General)" in two
    [folded] = [line for line in one.splitlines() if line.endswith("clerestory disclose")][:1]
    assert folded.startswith("  ")
