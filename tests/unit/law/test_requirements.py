"""What packs require comes first, once, in one order; circles and gaps are named."""

import pytest

from clerestory.law.errors import PackFault
from clerestory.law.requirements import order_required

PACKS = {
    "federal": [],
    "state": ["federal"],
    "other-state": ["federal"],
    "county": ["state"],
    "town": ["county", "state"],
    "border": ["other-state", "state"],
    "selfish": ["selfish"],
    "hen": ["egg"],
    "egg": ["chick"],
    "chick": ["federal", "hen"],
    "farm": ["hen"],
    "broken": ["gone"],
    "above": ["broken"],
}


def requires(name: str) -> list[str]:
    if name not in PACKS:
        raise PackFault(f"there is no pack called {name}", code="law-no-pack", todo="choose")
    return PACKS[name]


@pytest.mark.parametrize(
    ("names", "ordered"),
    [
        ([], []),
        (["federal"], ["federal"]),
        (["state"], ["federal", "state"]),
        (["county"], ["federal", "state", "county"]),
        (["town"], ["federal", "state", "county", "town"]),
        (["border"], ["federal", "other-state", "state", "border"]),
        (["state", "federal"], ["federal", "state"]),
        (["state", "state"], ["federal", "state"]),
        (["state", "other-state"], ["federal", "state", "other-state"]),
        (["other-state", "state"], ["federal", "other-state", "state"]),
        (["town", "border"], ["federal", "state", "county", "town", "other-state", "border"]),
    ],
)
def test_each_pack_stands_once_and_after_all_that_it_requires(
    names: list[str], ordered: list[str]
) -> None:
    assert order_required(names, requires) == ordered


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("selfish", "selfish > selfish"),
        ("hen", "hen > egg > chick > hen"),
        ("chick", "chick > hen > egg > chick"),
        ("farm", "hen > egg > chick > hen"),
    ],
)
def test_a_circle_is_named_by_its_path(name: str, path: str) -> None:
    with pytest.raises(PackFault) as refused:
        order_required([name], requires)

    assert str(refused.value) == f"packs require each other in a circle: {path}"
    assert refused.value.code == "law-packs-circle"
    assert "pack.toml" in refused.value.todo


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gone", "there is no pack called gone"),
        ("broken", "there is no pack called gone, and broken requires it"),
        ("above", "there is no pack called gone, and broken requires it"),
    ],
)
def test_a_pack_that_is_not_there_is_named_with_the_one_that_requires_it(
    name: str, said: str
) -> None:
    with pytest.raises(PackFault) as refused:
        order_required([name], requires)

    assert (str(refused.value), refused.value.code) == (said, "law-no-pack")
    assert refused.value.todo == "choose"


def test_another_fault_of_a_required_pack_is_told_as_it_is() -> None:
    def at_fault(name: str) -> list[str]:
        if name == "federal":
            raise PackFault("pack federal has 1 faults", todo="mend it")
        return requires(name)

    with pytest.raises(PackFault, match=r"^pack federal has 1 faults$") as refused:
        order_required(["state"], at_fault)

    assert refused.value.code == "law-pack-fault"
