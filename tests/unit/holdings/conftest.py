"""One small made-up agency for all tests of the room."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from clerestory.holdings import Catalogue, PersonIndex, SearchKey, load_catalogue
from clerestory.holdings.index import build_index_of_rows
from clerestory.holdings.made_up import write_agency
from clerestory.holdings.source import Scalar

CATALOGUE = Path(__file__).parents[3] / "profiles" / "maine-dhhs" / "catalogue.toml"

MakeIndex = Callable[..., PersonIndex]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(CATALOGUE)


@pytest.fixture(scope="session")
def agency(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("holdings") / "agency"
    write_agency(catalogue, folder, seed=3, persons=400)
    return folder


@pytest.fixture
def make_index(tmp_path: Path) -> Iterator[MakeIndex]:
    """Build an index of a few people, written as given|family, born, and more by key."""
    opened: list[PersonIndex] = []

    def make(*people: dict[str, str]) -> PersonIndex:
        rows: list[dict[SearchKey, Scalar]] = []
        for number, person in enumerate(people, start=1):
            given, _, family = person["name"].partition("|")
            rows.append(
                {
                    SearchKey.PERSON_ID: f"M{number}",
                    SearchKey.GIVEN_NAMES: given,
                    SearchKey.FAMILY_NAMES: family,
                    SearchKey.BIRTH_DATE: date.fromisoformat(person["born"])
                    if person["born"]
                    else None,
                    **{
                        SearchKey(key): value
                        for key, value in person.items()
                        if key not in {"name", "born"}
                    },
                }
            )
        path = tmp_path / f"index-{len(opened)}"
        opened.append(build_index_of_rows(rows, catalogue_digest="", path=path))
        return opened[-1]

    yield make
    for index in opened:
        index.close()
