"""The profile's tables can be read, and say what is so."""

from pathlib import Path

import pytest

from clerestory.disclosure.coarsening import coarsen
from clerestory.disclosure.stationery import read_coarsening
from clerestory.kernel import Refusal

PROFILE = Path(__file__).parents[3] / "profiles" / "maine-dhhs"


@pytest.mark.parametrize(
    ("town", "county"),
    [
        ("Augusta", "Kennebec"),
        ("Bangor", "Penobscot"),
        ("Lewiston", "Androscoggin"),
        ("Portland", "Cumberland"),
        ("Presque Isle", "Aroostook"),
        ("Dover-Foxcroft", "Piscataquis"),
    ],
)
def test_a_town_is_in_its_county(town: str, county: str) -> None:
    tables = read_coarsening(PROFILE)

    assert coarsen("county", [f"1 Made-up Road, {town}, ME 00011"], tables) == f"{county} County"


def test_the_table_names_all_sixteen_counties() -> None:
    assert len(set(read_coarsening(PROFILE).counties.values())) == 16


def test_a_town_in_two_counties_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "coarsening.toml").write_text(
        'yes_words = []\nno_words = []\n[counties]\nOne = ["Ton"]\nTwo = ["ton"]\n'
    )

    with pytest.raises(Refusal) as caught:
        read_coarsening(tmp_path)

    assert caught.value.code == "letter-file-unusable"
