"""What is installed is what the locks name, by content and from wherever the machine is told."""

import re
import tomllib
from pathlib import Path

import pytest

LOCKS = ["requirements.lock", "requirements-test.lock", "requirements-build.lock"]
PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)(?:\[[a-z0-9,-]+\])?==(\S+)(?: ; (.+?))? \\$")


def pins(text: str) -> dict[str, str]:
    found = (PIN.match(line) for line in text.splitlines())
    return {pin[1]: pin[2] for pin in found if pin}


def normal(need: str) -> str:
    """``Ruff_x>=0.17`` becomes ``ruff-x``."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", need)[0]).lower()


@pytest.fixture
def locks(root: Path) -> dict[str, str]:
    return {name: (root / name).read_text() for name in LOCKS}


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_is_a_pin_a_hash_or_a_comment(name: str, locks: dict[str, str]) -> None:
    digest = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")

    strange = [
        line
        for line in locks[name].splitlines()
        if not (PIN.match(line) or digest.match(line) or line.startswith("#"))
    ]

    assert strange == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash(name: str, locks: dict[str, str]) -> None:
    lines = locks[name].splitlines()

    bare = [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if PIN.match(line) and not after.startswith("    --hash=")
    ]

    assert bare == []
    assert pins(locks[name])


def test_the_locks_hold_all_that_the_project_asks_for(root: Path, locks: dict[str, str]) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    run = {normal(need) for need in project["dependencies"]}
    test = run | {normal(need) for need in project["optional-dependencies"]["test"]}

    assert run - set(pins(locks["requirements.lock"])) == set()
    assert test - set(pins(locks["requirements-test.lock"])) == set()


def test_no_two_locks_disagree_on_a_version(locks: dict[str, str]) -> None:
    run, test, build = (pins(locks[name]) for name in LOCKS)

    assert run.items() <= test.items()
    assert {
        name: version for name, version in build.items() if test.get(name, version) != version
    } == {}
