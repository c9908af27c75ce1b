"""A law is named by its pack or its folder, and a day; what names none is refused."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from clerestory.audit.law_choice import choose_law
from clerestory.law.errors import PackFault
from clerestory.law.packs import PackStack

TODAY = date(2026, 3, 2)


def editions(stack: PackStack) -> list[str]:
    return [f"{pack.name} {pack.edition}" for pack in stack.packs]


@pytest.fixture
def draft(packs: Path, tmp_path: Path) -> Path:
    """A copy of the pack in a folder of its own."""
    return Path(shutil.copytree(packs / "us-aa", tmp_path / "drafts" / "us-aa"))


def test_a_pack_in_use_is_named_by_its_name_on_today_or_on_a_day(packs: Path) -> None:
    today = choose_law("us-aa", packs, TODAY)
    then = choose_law("us-aa@2019-05-01", packs, TODAY)

    assert (today.name, today.on) == ("us-aa", TODAY)
    assert (then.name, then.on) == ("us-aa@2019-05-01", date(2019, 5, 1))
    assert today.stack.names == then.stack.names
    assert editions(today.stack) == ["us-aa 1"]
    assert today.stack.digest == then.stack.digest


def test_a_draft_is_named_by_its_folder(packs: Path, draft: Path) -> None:
    (draft / "pack.toml").write_text('name = "us-aa"\nversion = "2"\nrequires = []\n')

    found = choose_law(f"{draft}@2026-01-01", packs, TODAY)

    assert (found.name, found.on) == (f"{draft}@2026-01-01", date(2026, 1, 1))
    assert editions(found.stack) == ["us-aa 2"]


def test_what_a_draft_requires_comes_from_the_packs_in_use(packs: Path, tmp_path: Path) -> None:
    draft = tmp_path / "us-bb"
    draft.mkdir()
    (draft / "pack.toml").write_text('name = "us-bb"\nversion = "1"\nrequires = ["us-aa"]\n')
    (draft / "authorities.toml").write_text("")

    found = choose_law(str(draft), packs, TODAY)

    assert editions(found.stack) == ["us-aa 1", "us-bb 1"]


def test_a_draft_that_requires_what_is_not_in_use_is_refused(packs: Path, draft: Path) -> None:
    (draft / "pack.toml").write_text('name = "us-aa"\nversion = "1"\nrequires = ["us-zz"]\n')

    with pytest.raises(
        PackFault, match=r"^there is no pack called us-zz, and us-aa requires it$"
    ) as refused:
        choose_law(str(draft), packs, TODAY)

    assert (refused.value.code, refused.value.todo) == ("law-no-pack", "choose one of: us-aa")


def test_a_draft_at_fault_is_refused_with_its_first_fault(packs: Path, draft: Path) -> None:
    (draft / "law.cedar").write_text('@id("p") permit (principal, action, resource);')

    with pytest.raises(
        PackFault, match=r"^pack us-aa has 2 faults: law\.cedar:1: p has"
    ) as refused:
        choose_law(str(draft), packs, TODAY)

    assert refused.value.code == "law-pack-fault"
    assert refused.value.todo == "run `clerestory law check us-aa` and mend each line it names"


def test_a_pack_in_use_that_is_at_fault_is_refused(
    packs: Path, damage: Callable[[str, str, str], int]
) -> None:
    damage("law.cedar", '@id("aa-reasons")\n', "")

    with pytest.raises(PackFault, match=r"^pack us-aa has 1 faults: "):
        choose_law("us-aa", packs, TODAY)


def test_a_law_that_is_not_here_is_refused_with_those_that_are(packs: Path) -> None:
    with pytest.raises(PackFault, match=r"^there is no pack called us-zz$") as refused:
        choose_law("us-zz@2026-03-02", packs, TODAY)

    assert (refused.value.code, refused.value.todo) == ("law-no-pack", "choose one of: us-aa")


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "02.03.2026", "2026-3-2", "a@b"])
def test_a_day_that_cannot_be_read_is_refused(day: str, packs: Path) -> None:
    with pytest.raises(PackFault, match=f"^not a day: {day}$") as refused:
        choose_law(f"us-aa@{day}", packs, TODAY)

    assert (refused.value.code, refused.value.todo) == (
        "law-not-a-day",
        "write it as us-me@2026-03-02",
    )


def test_a_law_with_a_mark_and_no_day_is_not_taken_for_today(packs: Path) -> None:
    with pytest.raises(PackFault, match=r"^not a day: us-aa@$"):
        choose_law("us-aa@", packs, date(2026, 11, 2))
