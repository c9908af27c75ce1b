"""A mandate that may reach immigration enforcement rests on a law of the program's own list."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from clerestory.audit.pack_check_mandates import check_mandates
from clerestory.audit.promises.immigration import laws_to_immigration
from clerestory.law.packs import load_pack, load_stack

PACKS = Path(__file__).parents[3] / "packs"
CODES = load_stack(PACKS, ["us-federal"]).vocabulary
ROW = """
[[mandate]]
id = "a-made-up-one"
authority = "{authority}"
cite = "made up"
{whom}
"""


def found(folder: Path, *, whom: str, authority: str = "wic-7cfr246-26g") -> Sequence[str]:
    """What the check says of the federal pack with one mandate more."""
    own = folder / "us-federal"
    shutil.copytree(PACKS / "us-federal", own, ignore=shutil.ignore_patterns("cases", "words"))
    path = own / "exceptions.toml"
    path.write_text(path.read_text("utf-8") + ROW.format(whom=whom, authority=authority), "utf-8")
    return [str(flaw) for flaw in check_mandates(load_pack(own), CODES)]


@pytest.mark.parametrize(
    "whom",
    [
        "", 'for = ["program_audit"]', 'to = ["federal_immigration"]', 'to = ["ice"]',
        'to = ["school", "uscis"]', 'who = ["cbp"]',
        # Groups in which its officers stand.
        'to = ["law_enforcement_officer"]', 'to = ["law_enforcement"]', 'to = ["federal_agency"]',
    ],
)  # fmt: skip
def test_a_mandate_for_immigration_enforcement_rests_on_a_listed_law(
    whom: str, tmp_path: Path
) -> None:
    (said,) = found(tmp_path, whom=whom)

    lines = (tmp_path / "us-federal/exceptions.toml").read_text("utf-8").splitlines()
    line = lines.index('id = "a-made-up-one"')  # Counted from 0: the line before it.
    assert said.startswith(
        f"us-federal/exceptions.toml:{line}: a-made-up-one may order a release to immigration "
        "enforcement under 7 CFR 246.26(g), "
    )


@pytest.mark.parametrize(
    ("whom", "authority"),
    [
        ('to = ["school"]', "wic-7cfr246-26g"),
        ('to = ["state_or_local_police"]', "wic-7cfr246-26g"),
        ('who = ["law_enforcement"]', "wic-7cfr246-26g"),
        ('to = ["federal_agency"]\nwho = ["fns"]', "wic-7cfr246-26g"),
        ('to = ["federal_immigration"]', "tanf-42usc611a"),
        # What no pack has is told by the proof, which finds no such authority.
        ('to = ["federal_immigration"]', "nobody-wrote-this"),
    ],
)
def test_another_mandate_is_no_matter_of_that_list(
    whom: str, authority: str, tmp_path: Path
) -> None:
    assert found(tmp_path, whom=whom, authority=authority) == []


def test_the_list_is_short_and_each_law_of_it_is_one_that_was_read() -> None:
    listed = {row.text("cite") for row in laws_to_immigration()}
    known = {a.citation: a for a in load_stack(PACKS, ["us-federal"]).authorities.values()}

    assert listed == {
        "7 U.S.C. 2020(e)(15)", "42 U.S.C. 611a",
        "7 U.S.C. 2020(e)(8)(E)", "7 U.S.C. 2020(e)(8)(C)",
    }  # fmt: skip
    assert {(known[c].kind, known[c].confirmed) for c in listed} == {("mandates", "yes")}
