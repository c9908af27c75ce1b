"""A card holds everything about an authority, for people and for programs."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from clerestory.audit.law_index import Coverage, card_of, decides_in_words, pack_summary
from clerestory.law.errors import UnknownCode
from clerestory.law.packs import load_pack


def test_a_card_holds_the_policies_with_line_and_text(packs: Path) -> None:
    pack = load_pack(packs / "us-aa")

    card = card_of("aa-officer", [pack], [packs / "us-aa" / "cases" / "cases.yaml"])

    [resting] = card.policies
    lines = (packs / "us-aa" / "law.cedar").read_text().splitlines()
    assert resting.file == "us-aa/law.cedar"
    assert lines[resting.line - 1] == '@id("aa-officer-lifts")'
    assert resting.text.splitlines() == lines[resting.line - 1 : resting.line + 9]
    assert resting.decides == "lifts the lock snap"
    assert card.coverage == Coverage(decides=("AA-1",), named=(), near_miss=(), must_not_decide=())


def test_a_card_says_whether_the_authority_is_in_force_on_the_day(packs: Path) -> None:
    card = card_of("aa-ended", [load_pack(packs / "us-aa")], [])

    before, after = (card.to_json(date(year, 1, 1)) for year in (2018, 2019))

    assert (before["in_force"], after["in_force"]) == (True, False)
    assert any("on 2019-01-01: no" in line for line in card.lines(date(2019, 1, 1)))
    assert "policies that rest on it: none" in list(card.lines(date(2019, 1, 1)))


def test_an_unknown_authority_is_refused_with_close_ones(packs: Path) -> None:
    with pytest.raises(UnknownCode, match="no pack defines the authority aa-oficer") as refused:
        card_of("aa-oficer", [load_pack(packs / "us-aa")], [])

    assert refused.value.todo.startswith("close to it: aa-officer")


def test_an_unknown_authority_is_refused_by_a_pack_that_is_not_in_order_too(
    packs: Path, tmp_path: Path
) -> None:
    shutil.copytree(packs / "us-aa", tmp_path / "us-aa")
    file = tmp_path / "us-aa" / "authorities.toml"
    file.write_text(file.read_text().replace('id = "aa-ended"', "id = 5"))

    with pytest.raises(UnknownCode, match="no pack defines the authority aa-ended"):
        card_of("aa-ended", [load_pack(tmp_path / "us-aa")], [])


def test_every_kind_of_policy_says_what_it_decides(packs: Path) -> None:
    said = {p.id: decides_in_words(p) for p in load_pack(packs / "us-aa").policies}

    assert said == {
        "aa-person-named": "defines person_named",
        "aa-by-status": "defines by_status",
        "aa-lets-out": "lets out what some authority lifts",
        "aa-snap-closed": "puts on the lock snap",
        "aa-no-lists": "puts on the lock lists",
        "aa-officer-lifts": "lifts the lock snap",
        "aa-lists-to-counsel": "goes to counsel",
        "aa-reasons": "obliges to written_reasons, 5 working days",
    }


def test_a_pack_is_summed_up_with_the_days_on_which_its_law_changes(packs: Path) -> None:
    pack = load_pack(packs / "us-aa")

    summary = pack_summary(pack)

    assert summary["boundaries"] == ["2019-01-01", "2020-01-01"]
    assert (summary["authorities"], summary["policies"], summary["faults"]) == (7, 8, 0)
    assert summary["digest"] == pack.digest
