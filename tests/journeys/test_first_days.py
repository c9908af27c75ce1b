"""Each user's first day, as the README shows it, typed in one made-up office."""

import re
import shutil
from pathlib import Path

import pytest

from hostile.running import inside, type_in
from shown import BLOCK, answer_to, fits, in_one_office, typed

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
DAY = re.compile(r"^### (.+?)\n(.*?)(?=^##)", re.MULTILINE | re.DOTALL)
USERS = [
    "The records custodian", "The agency's counsel", "The requester", "The auditor",
    "The person helped by legal aid",
]  # fmt: skip


def days() -> dict[str, list[tuple[str, str]]]:
    """Each user's commands, each with what the README shows after it."""
    text = README.read_text("utf-8")
    return {
        user: [pair for block in BLOCK.findall(day) for pair in typed(block)]
        for user, day in DAY.findall(text)
    }


@pytest.mark.slow
def test_each_users_first_day_runs_as_typed_and_answers_as_shown(tmp_path: Path) -> None:
    for name in ("casebook", "profiles/maine-dhhs/demo"):
        shutil.copytree(ROOT / name, tmp_path / name)

    files = tmp_path / "demo-files" / "office"
    with in_one_office(files), inside(tmp_path):
        # What the README says before the first day, with fewer people.
        assert type_in("demo", "--persons", "60").code == 0
        told = [
            (command, answer_to(command), shown)
            for user in USERS
            for command, shown in days()[user]
        ]

    wrong = [f"$ {command}\n{said}" for command, said, shown in told if not fits(said, shown)]
    assert not wrong, "\n".join(wrong)


def test_each_user_has_a_day_with_a_mistake_in_it() -> None:
    assert list(days()) == USERS
    for user, day in days().items():
        shown = "".join(shown for _, shown in day)
        assert len(day) > 2, user
        assert re.search(r"^error: |would become RELEASE if", shown, re.MULTILINE), user


@pytest.mark.parametrize(
    ("said", "shown", "is_same"),
    [
        ("a\nb\n", "a\nb\n", True), ("a\nb\n", "a\n", False), ("a\n", "", False),
        ("a\nb\nc\n", "a\n...\n", True), ("a\nb\nc\n", "a\n...\nc\n", True),
        ("a 12\n", "a ...\n", True), ("a 12\nb\n", "a ...\n", False), ("x\nb\n", "a\n...\n", False),
    ],
)  # fmt: skip
def test_an_answer_that_is_another_is_noticed(said: str, shown: str, is_same: bool) -> None:
    assert fits(said, shown) is is_same


def test_each_error_that_is_shown_stands_in_the_list_of_errors() -> None:
    codes = re.findall(r"^  code: (\S+)$", README.read_text("utf-8"), re.MULTILINE)
    listed = (ROOT / "docs" / "errors.md").read_text("utf-8")

    assert len(codes) >= 4
    assert [code for code in codes if f"| `{code}` |" not in listed] == []
