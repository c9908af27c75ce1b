"""A casebook whose lists hold something else than names is refused by place, and scores nothing."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from clerestory.audit.casebook import cases_of
from clerestory.demands import BadDemand
from clerestory.demands.reading import load_document

STORY = Path(__file__).parents[3] / "packs" / "us-me" / "cases" / "story.yaml"


@pytest.mark.parametrize(
    ("key", "entry", "place"),
    [
        ("authorities", {"id": "made-up"}, "authorities[0]"),
        ("near_misses", ["made-up"], "near_misses[0]"),
        ("must_not_decide", 7, "must_not_decide[0]"),
        ("duties", {"do": ["made-up"]}, "duties[0]"),
    ],
)
def test_an_entry_that_is_no_name_is_refused_and_its_place_named(
    key: str, entry: Any, place: str
) -> None:
    case = deepcopy(dict(cases_of(load_document(STORY), STORY.name)[0]))
    case["expect"][0][key] = [entry]

    with pytest.raises(BadDemand) as caught:
        cases_of({"cases": [case]}, "made-up.yaml")

    assert f"expect[0].{place}" in str(caught.value)
