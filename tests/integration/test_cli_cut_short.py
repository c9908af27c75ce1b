"""What the clerk reads after an answer, and an answer that was cut short between its files."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from clerestory.cli.main import program
from clerestory.kernel import Refusal

HOME = Path(__file__).resolve().parents[2]
STORY = HOME / "packs" / "us-me" / "cases" / "story.yaml"
WHO = HOME / "profiles" / "maine-dhhs" / "demo" / "who.yaml"
ID = "STORY-HOSPITAL"


def type_command(*words: str | Path) -> str:
    result = CliRunner().invoke(program, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def office(office: Path) -> Path:
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))
    return office


def asked(office: Path, at: str) -> list[str | Path]:
    return [STORY, "--case", ID, "--office", office, "--at", at]


def disclose(office: Path, *more: str) -> str:
    return type_command(
        "disclose", *asked(office, "2026-10-21T15:00Z"), "--who", WHO,
        "--recipient", office.parent / "agents" / "recipient.txt",
        "--reviewer", "one", "--reviewer", "two", *more,
    )  # fmt: skip


def refuse(office: Path) -> str:
    return type_command("refuse", *asked(office, "2026-08-20T15:00Z"))


def said_in(office: Path, told: str) -> list[str]:
    """The lines that were said, where a terminal's width did not break them."""
    return told.replace("\n", "").replace(str(office), "OFFICE").replace("    ", "  ").split("  ")


def entries(office: Path) -> int:
    told = type_command("log", "audit", office / "log")
    return int(told.split("audited ")[1].split()[0])


def test_a_clerk_is_told_number_entry_key_and_every_file(office: Path) -> None:
    key = (office.parent / "agents" / "recipient.txt").read_text("utf-8").strip()

    told = disclose(office)

    assert said_in(office, told) == [
        "The answer to number 1 is sealed: log entry 2.",
        f"sealed to {key}:",
        "compare it with the recipient by phone",
        f"OFFICE/out/{ID}.tar.age",
        f"OFFICE/out/{ID}.tar.age.sig",
    ]
    assert sorted(path.name for path in (office / "out").iterdir()) == [
        f"{ID}.tar.age", f"{ID}.tar.age.sig",
    ]  # fmt: skip
    assert not (office / "sealing").exists()


def test_a_clerk_is_told_both_letters_of_a_refusal(office: Path) -> None:
    assert said_in(office, refuse(office)) == [
        "Demand number 1 is refused: log entry 2.",
        f"OFFICE/out/{ID}-2026-08-20-refusal.pdf",
        f"OFFICE/out/{ID}-2026-08-20-withheld.pdf",
    ]


def test_a_refusal_that_was_cut_short_between_its_letters_goes_on(office: Path) -> None:
    refuse(office)
    letter = office / "out" / f"{ID}-2026-08-20-refusal.pdf"
    withheld = office / "out" / f"{ID}-2026-08-20-withheld.pdf"
    whole = (letter.read_bytes(), withheld.read_bytes())
    withheld.unlink()

    told = refuse(office)

    assert (letter.read_bytes(), withheld.read_bytes()) == whole
    assert "log entry 2" in told
    assert refuse(office) == told
    assert entries(office) == 3


def everything_but_lookups(office: Path) -> dict[Path, bytes]:
    return {
        path: path.read_bytes()
        for path in office.rglob("*")
        if path.is_file() and "lookups" not in path.parts
    }


def test_a_second_answer_is_neither_logged_nor_written_over_the_first(office: Path) -> None:
    disclose(office)
    before = everything_but_lookups(office)

    with pytest.raises(Refusal) as caught:
        disclose(office)

    assert caught.value.code == "answer-exists"
    assert everything_but_lookups(office) == before


def test_what_cannot_be_sealed_as_asked_is_refused_before_it_is_logged(office: Path) -> None:
    before = everything_but_lookups(office)

    with pytest.raises(Refusal) as caught:
        disclose(office, "--cms-cbc")

    assert caught.value.code == "recipient-cbc-without-certificate"
    assert everything_but_lookups(office) == before
    assert entries(office) == 1
