"""Printed citations and the authorities that they mean."""

from pathlib import Path

import pytest

from clerestory.law.citations import authorities_cited, fold_citation, is_printed_citation
from clerestory.law.packs import load_stack

PACKS = Path(__file__).parents[3] / "packs"


@pytest.mark.parametrize(
    ("printed", "other"),
    [
        ("7 U.S.C. 2020(e)(8)(E)", "7 USC § 2020(e)(8)(E)"),
        ("22 M.R.S. §4314(1)", "22 M.R.S.A. section 4314(1)"),
        ("45 CFR 164.512(f)(2)", "45 C.F.R. §164.512(f)(2)"),
        ("22-A M.R.S. §206", "22-A MRSA sec. 206"),
    ],
)
def test_spellings_of_one_citation_fold_to_one(printed: str, other: str) -> None:
    assert fold_citation(printed) == fold_citation(other)
    assert is_printed_citation(printed)
    assert is_printed_citation(other)


def test_a_citation_is_found_whole_by_its_part_and_by_what_it_is_part_of() -> None:
    known = load_stack(PACKS, ["us-me"]).authorities

    def cited(text: str) -> set[str]:
        return {known[name].citation for name in authorities_cited(text, known)}

    assert cited("22 MRSA § 4314(1)") == cited("22 M.R.S. 4314") == {"22 M.R.S. §4314(1)"}
    assert cited("7 USC 2020(e)(8)(E)(ii)") == {"7 U.S.C. 2020(e)(8)(E)"}
    assert cited("snap-7usc2020e8-E") == {"7 U.S.C. 2020(e)(8)(E)"}
    assert cited("22 M.R.S. section 3173") == cited("22 MRSA 3173(2)") == {"22 M.R.S. §§3172-3174"}
    assert (
        cited("22 M.R.S. §§ 3172-3174") == cited("22 MRSA §§3173 and 3174") == cited("22 MRS 3172")
    )
    assert cited("22 MRS §§3174, 3762") == cited("22 MRS 3172") | cited("22 MRS 3762")
    assert cited("22 M.R.S. 3175") == cited("22 M.R.S. 3171") == set()
    assert cited("22 MRS §3781-A") == cited("22 MRS 3762") == {"22 M.R.S. §§3762 and 3781-A"}
    assert cited("1 MRS 410") == {"1 M.R.S. §§408-A, 409, 410, 413"}
    assert cited("22 M.R.S. section 133") == cited("22 M.R.S. 431") == cited("") == set()


@pytest.mark.parametrize("text", ["", "Jo Madeup, 22 M.R.S. 1", "22 M.R.S. 1 about Jo", "133"])
def test_what_is_more_than_a_citation_is_not_taken_for_one(text: str) -> None:
    assert not is_printed_citation(text)
