"""Nothing in the project points at one machine, one registry host or the way it was written."""

import re

import pytest

# The words are put together here, so that this file does not hold what it looks for.
HOSTS = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "registry.npm" + "js.org",
    "deb.debian" + ".org",
    "crates" + ".io",
    "proxy.golang" + ".org",
]
WORDS = [
    "anth" + "ropic",
    "cla" + "ude",
    "chat" + "gpt",
    "co" + "pilot",
    "open" + "ai",
    "co-authored" + "-by",
    "language " + "model",
    "sub-?" + "agents?",
    "helper " + "session",
    "design" + r"\.md",
    "stack" + r"\.md",
    "AGREE" + r"MENT\.md",
    r"\.\./" + "shared",
]
HOMES = ["work", "root", "home", "Users"]
MACHINE_PATH = re.compile(rf"(?<![\w.~-])/(?:{'|'.join(HOMES)})/[\w.]")
HOST = re.compile("|".join(re.escape(host) for host in HOSTS), re.IGNORECASE)
WORD = re.compile(rf"\b(?:{'|'.join(WORDS)})\b|(?<=\W){WORDS[-1]}", re.IGNORECASE)


def lines_with(pattern: re.Pattern[str], texts: dict[str, str]) -> list[str]:
    return [
        f"{name}:{number}: {found.group()}"
        for name, text in texts.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if (found := pattern.search(line))
    ]


def test_no_file_names_a_place_on_one_machine(tracked: dict[str, str]) -> None:
    assert lines_with(MACHINE_PATH, tracked) == []


def test_no_file_names_a_registry_host(tracked: dict[str, str]) -> None:
    assert lines_with(HOST, tracked) == []


def test_no_file_speaks_of_how_it_was_written(tracked: dict[str, str]) -> None:
    assert lines_with(WORD, tracked) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE_PATH, "open('/" + "root/x')"),
        (MACHINE_PATH, "see /" + "home/ada/notes"),
        (HOST, "index-url = https://" + HOSTS[0].upper() + "/simple"),
        (WORD, "as " + WORDS[0].title() + " wrote"),
        (WORD, "read " + "../" + "shared/law"),
        (WORD, "two sub" + "agents"),
    ],
)
def test_each_pattern_sees_what_it_looks_for(pattern: re.Pattern[str], text: str) -> None:
    assert lines_with(pattern, {"a.txt": f"first line\n{text}\n"})


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE_PATH, "https://example.gov/home/notices and framework/root/a"),
        (WORD, "the session of the legislature; an agent of the office"),
    ],
)
def test_plain_words_are_let_through(pattern: re.Pattern[str], text: str) -> None:
    assert lines_with(pattern, {"a.txt": text}) == []
