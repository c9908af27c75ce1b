"""What comes from outside is shown on the terminal, and never obeyed by it."""

import io
import json
import sys

import pytest
from rich.console import Console

from clerestory.cli.terminal import (
    close_streams,
    folded,
    prepare_streams,
    shortened,
    styled,
    tell,
    tell_json,
    visible,
)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("plain words, Müller, ሀ, عبد, 😀, §", "plain words, Müller, ሀ, عبد, 😀, §"),
        ("\x1b[2J", r"\x1b[2J"),
        ("\x1b]52;c;aGk=\x07", r"\x1b]52;c;aGk=\x07"),
        ("a\x9b31mb", r"a\x9b31mb"),
        ("a\x00\x08\x7f", r"a\x00\x08\x7f"),
        ("a\nRELEASE\r\tb", r"a\nRELEASE\r\tb"),
        ("a\u202eb\u2066\u2069\u061c", r"a\u202eb\u2066\u2069\u061c"),
        ("a\u200b\u200d\ufeff\u00ad", r"a\u200b\u200d\ufeff\xad"),
        ("a\u2028b\u2029", r"a\u2028b\u2029"),
        ("\udc80", r"\udc80"),
        ("\U000e0041\ue000\uffff", r"\U000e0041\ue000\uffff"),
        (7, "7"),
    ],
)
def test_every_code_that_a_terminal_obeys_is_written_out(given: object, shown: str) -> None:
    assert visible(given) == shown


def test_a_title_is_cut_where_it_would_flood_the_screen() -> None:
    assert shortened("a" * 300) == "a" * 300
    assert shortened("a" * 301) == "a" * 300 + "... (1 characters more)"
    assert shortened("\x1b" * 301).startswith(r"\x1b" * 300 + "...")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("", [""]),
        ("Demand D-1 is received as number 1.", ["Demand D-1 is received as number 1."]),
        ("a" * 80, ["a" * 80]),
        ("a" * 81, ["a" * 80, "    a"]),
        ("a" * 40 + " " + "b" * 39, ["a" * 40 + " " + "b" * 39]),
        ("a" * 40 + " " + "b" * 40, ["a" * 40, "    " + "b" * 40]),
        ("  in " + "b" * 76, ["  in", "    " + "b" * 76]),
        ("  in " + "b" * 77, ["  in", "    " + "b" * 76, "    b"]),
        # A wide letter takes two columns, an accent none, and a code is written out first.
        ("字" * 41, ["字" * 40, "    字"]),
        ("e\u0301" * 80, ["e\u0301" * 80]),
        ("\x1b" * 21, [r"\x1b" * 20, r"    \x1b"]),
        ("x\nRELEASE " + "b" * 76, [r"x\nRELEASE", "    " + "b" * 76]),
    ],
)
def test_a_long_line_goes_on_further_in_than_any_line_begins(line: str, shown: list[str]) -> None:
    assert folded(line) == shown


def test_one_line_told_is_one_line_written(capsys: pytest.CaptureFixture[str]) -> None:
    tell("received \n  code: \x1b[32mRELEASE")
    tell("to the other stream", err=True)

    assert capsys.readouterr() == (
        "received \\n  code: \\x1b[32mRELEASE\n",
        "to the other stream\n",
    )


def test_json_passes_every_pipe_and_is_read_back_whole(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"title": "\x1b[0m\x7f\x9b\u202eé\ud800"}

    tell_json(value)

    written = capsys.readouterr().out
    assert written.isascii()
    assert not {"\x1b", "\x7f"} & set(written)
    assert json.loads(written) == value


def test_no_markup_is_read_in_words_with_a_style() -> None:
    screen = Console(file=io.StringIO(), markup=False, emoji=False, color_system="truecolor")

    screen.print(styled(("[bold]a[/x]\x1b[5m :smile:", "red")))

    assert screen.file.getvalue() == (  # type: ignore[attr-defined]  # a StringIO, given above
        "\x1b[31m[bold]a[/x]\\x1b[5m :smile:\x1b[0m\n"
    )


@pytest.mark.parametrize(
    ("alphabet", "written"),
    [
        ("ascii", b"42 U.S.C. sec. 1320 - M\\xfcller -> 'a'...\n"),
        ("latin-1", b"42 U.S.C. \xa7 1320 - M\xfcller -> 'a'...\n"),
        ("utf-8", "42 U.S.C. § 1320 – Müller → ‘a’…\n".encode()),
    ],
)
def test_an_alphabet_that_lacks_a_sign_gets_words_for_it(
    alphabet: str, written: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(held, encoding=alphabet))
    prepare_streams()

    said = "42 U.S.C. § 1320 – Müller → ‘a’…"
    tell(said if alphabet != "ascii" else said.replace("§ ", "§ "))

    assert close_streams(0) == 0
    assert held.getvalue() == written


def test_a_stream_that_the_caller_closed_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)

    prepare_streams()
    tell("to nobody")
    tell("to nobody", err=True)

    assert close_streams(3) == 3
