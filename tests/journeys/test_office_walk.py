"""The founding of an office and a demand in it, typed as docs/office.md shows them."""

import re
from pathlib import Path

from hostile.running import inside
from shown import BLOCK, answer_to, fits, in_one_office, typed

PAGE = Path(__file__).resolve().parents[2] / "docs" / "office.md"


def test_each_command_of_the_page_runs_as_typed_and_answers_as_shown(tmp_path: Path) -> None:
    wrong, count = [], 0
    with in_one_office(tmp_path / "office"), inside(tmp_path):
        for block in BLOCK.findall(PAGE.read_text("utf-8")):
            for command, shown in typed(block):
                count += 1
                said = answer_to(command)
                if not fits(said, shown):
                    wrong.append(f"$ {command}\n{said}")

    assert not wrong, "\n".join(wrong)
    assert count > 25


def test_every_act_about_people_and_every_step_of_a_refusal_is_shown() -> None:
    text = " ".join(BLOCK.findall(PAGE.read_text("utf-8")))

    for act in ("key", "found", "join", "train", "assign", "replace-key", "leave", "show", "sign",
                "do", "receive", "establish", "decide", "read", "vote", "refuse", "status",
                "audit"):  # fmt: skip
        assert re.search(rf"clerestory office {act}\s", text), act
