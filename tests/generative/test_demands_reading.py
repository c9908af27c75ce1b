"""Whatever a file holds, reading it ends in a demand or in a refusal that says what to do."""

import copy
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clerestory.demands import Demand, load_document, read_demand
from clerestory.kernel import Refusal
from clerestory.law.codes import Vocabulary, load_vocabulary

ROOT = Path(__file__).parents[2]
many = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.datetimes()
    | st.text(max_size=8)
    | st.sampled_from(["yes", "no", "S1.address", "snap", "2026-02-30", "S1"])
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


@cache
def vocabulary() -> Vocabulary:
    return load_vocabulary([ROOT / "packs" / "codes.yaml"])


@cache
def known() -> list[dict[str, Any]]:
    return [
        case["demand"] for case in load_document(ROOT / "casebook" / "federal.yaml").value["cases"]
    ]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document, as the keys that lead to it."""
    found = [path] if path else []
    if isinstance(value, Mapping):
        for key, inner in value.items():
            found += places(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            found += places(inner, (*path, number))
    return found


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    """A known demand with one to three places removed, or set to anything at all."""
    document = copy.deepcopy(draw(st.sampled_from(known())))
    for _ in range(draw(st.integers(1, 3))):
        *heads, last = draw(st.sampled_from(places(document)))
        holder = document
        for head in heads:
            holder = holder[head]
        if draw(st.booleans()):
            del holder[last]
        else:
            holder[last] = draw(ANYTHING)
        if not document:
            break
    return document


def read_or_refuse(document: Any) -> Demand | Refusal:
    try:
        return read_demand(document, vocabulary())
    except Refusal as refusal:
        return refusal


def load_or_refuse(path: Path) -> Demand | Refusal:
    try:
        return read_or_refuse(load_document(path))
    except Refusal as refusal:
        return refusal


@many
@given(document=spoiled() | ANYTHING)
def test_any_document_is_read_or_refused_with_a_next_step(document: Any) -> None:
    outcome = read_or_refuse(document)

    if isinstance(outcome, Refusal):
        assert str(outcome)
        assert outcome.todo
        assert all(len(line) < 400 for line in str(outcome).splitlines())
        assert len(str(outcome).splitlines()) <= 22
    else:
        assert outcome.items


@many
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_bytes_at_random_are_no_demand_and_are_refused_with_a_next_step(
    content: bytes, tmp_path: Path
) -> None:
    for name in ("demand.yaml", "demand.json"):
        path = tmp_path / name
        path.write_bytes(content)

        outcome = load_or_refuse(path)

        assert isinstance(outcome, Refusal)
        assert outcome.todo


@settings(many, max_examples=60)
@given(document=st.deferred(lambda: st.sampled_from(known())))
def test_yaml_and_json_of_a_demand_read_the_same(document: Any, tmp_path: Path) -> None:
    as_yaml, as_json = tmp_path / "demand.yaml", tmp_path / "demand.json"
    as_yaml.write_text(yaml.safe_dump(document))
    as_json.write_text(json.dumps(document, default=str))

    first = read_or_refuse(load_document(as_yaml))

    assert isinstance(first, Demand)
    assert read_or_refuse(load_document(as_json)) == first
