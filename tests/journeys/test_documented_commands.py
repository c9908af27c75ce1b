"""The commands in the documents are commands of the program, and those that can be run do run."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from clerestory.cli.main import program

ROOT = Path(__file__).resolve().parents[2]
RUN = 'import sys; sys.argv[0] = "clerestory"; from clerestory.cli import main; main()'
BLOCK = re.compile(r"(<!-- a test runs these commands -->\n)?^```sh\n(.*?)^```$", re.M | re.S)
DOCUMENTS = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])
# Of the script, and not of the program.
SCRIPT = {"test"}


def commands(document: Path) -> Iterator[tuple[str, bool]]:
    """Yield each command of the program, and whether it is marked as one that a test runs."""
    for marked, block in BLOCK.findall(document.read_text("utf-8")):
        for line in block.replace("\\\n", " ").splitlines():
            if re.match(r"(?:\./)?clerestory ", line):
                yield line.removeprefix("./"), bool(marked)


def parse(words: list[str]) -> None:
    """Let the program read the words of a command, and do nothing."""
    command: click.Command = program
    context = click.Context(program, info_name="clerestory")
    while isinstance(command, click.Group):
        name, found, words = command.resolve_command(context, words)
        assert found is not None, name
        command, context = found, click.Context(found, parent=context, info_name=name)
    command.make_context(context.info_name, words, parent=context.parent)


WRITTEN = [
    pytest.param(line, id=f"{document.name}: {line[:60]}")
    for document in DOCUMENTS
    for line, _ in commands(document)
    if shlex.split(line)[1] not in SCRIPT
]
MARKED = [
    pytest.param([line for line, runs in commands(document) if runs], id=document.name)
    for document in DOCUMENTS
    if any(runs for _, runs in commands(document))
]


@pytest.mark.parametrize("line", WRITTEN)
def test_each_command_in_a_document_is_one_that_the_program_reads(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _, *words = shlex.split(line, comments=True)
    # An argument that must lie somewhere is somebody's own file: let it lie here.
    for word in words:
        if re.fullmatch(r"[\w./-]+\.(?:yaml|toml|json|parquet|cedar)", word):
            (tmp_path / word).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / word).touch()

    parse(words)


@pytest.mark.slow
@pytest.mark.parametrize("lines", MARKED)
def test_what_can_be_run_runs_as_written(lines: list[str], tmp_path: Path) -> None:
    for name in ("packs", "profiles", "casebook", "scenarios"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "clerestory").write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -c {shlex.quote(RUN)} "$@"\n'
    )
    (tmp_path / "clerestory").chmod(0o755)

    for line in lines:
        done = subprocess.run(
            ["sh", "-c", f"PATH=.:$PATH; {line}"], cwd=tmp_path, capture_output=True, text=True
        )

        # 1 is the answer no, such as "these laws differ"; all above is a command that failed.
        assert done.returncode in {0, 1}, f"{line}\n{done.stdout[-1000:]}{done.stderr[-1000:]}"
        assert done.stdout


# In a sentence or on a line of its own: words of the program, then arguments in capitals.
INLINE = re.compile(r"`(?:\./)?clerestory ([^`\n]+)`|^ {4}(?:\./)?clerestory (.+)$", re.M)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def unknown_words(said: str) -> list[str]:
    """The words of a command in a sentence that name nothing of the program."""
    command: click.Command = program
    words = re.sub(r"[\[\]]", "", said).split()
    while words and isinstance(command, click.Group) and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words[0])
        if found is None:
            return [] if re.fullmatch(r"[A-Z]+|test", words[0]) else words[:1]
        command, words = found, words[1:]
    options = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    return [word for word in words if word.startswith("--") and word not in options]


def test_each_command_in_a_sentence_has_words_that_the_program_knows() -> None:
    said = [
        (page.name, found[1] or found[2])
        for page in PAGES
        for found in INLINE.finditer(page.read_text("utf-8"))
    ]

    assert [(name, words) for name, words in said if unknown_words(words)] == []
    assert len(said) > 40


@pytest.mark.parametrize("slip", ["lw show X", "log verfy DIR", "log verify DIR --vky KEY"])
def test_a_slip_in_a_sentence_would_be_noticed(slip: str) -> None:
    assert unknown_words(slip)


def test_each_link_between_pages_leads_to_a_page_and_a_heading() -> None:
    lost = []
    for page in PAGES:
        for path, heading in LINK.findall(page.read_text("utf-8")):
            target = page.parent / path if path else page
            lines = target.read_text("utf-8").splitlines() if target.suffix == ".md" else []
            titles = [line.lstrip("# ").lower() for line in lines if line.startswith("#")]
            names = {re.sub(r"[^\w -]", "", title).replace(" ", "-") for title in titles}
            if not target.exists() or (heading and heading not in names):
                lost.append((page.name, path, heading))

    assert lost == []


def test_the_marked_commands_are_found() -> None:
    assert {param.id for param in MARKED} >= {"replay.md"}
    assert len(WRITTEN) > 15


@pytest.mark.parametrize(
    "line",
    ["law chek us-me", "decide --onn 2025-01-01 d.yaml", "decide", "lab compare --rows many"],
)
def test_a_command_with_a_slip_would_be_noticed(line: str) -> None:
    with pytest.raises(click.UsageError):
        parse(shlex.split(line))
