"""Whatever a file holds, reading it ends in a demand or in a refusal that says what to do."""

import copy
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from clerestory.demands import Demand, load_document, read_demand
from clerestory.demands.schema import schema
from clerestory.demands.shape import find_problems
from clerestory.kernel import Refusal
from clerestory.kernel.ids import wrong_in_id
from clerestory.law.codes import Vocabulary, load_vocabulary

ROOT = Path(__file__).parents[2]
VALIDATOR = jsonschema.Draft202012Validator(schema("demand"))
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


# ---- One line or one value of a sound file spoiled.

LINES = st.sampled_from(
    [
        "again", "drop", "tab", "alias", "anchor", "tag", "merge", "octal", "invisible", "turned",
        "document", "bytes", "quote", "colon",
    ]
)  # fmt: skip


def spoil(lines: list[str], place: int, how: str) -> str:
    """A file with one of its lines spoiled."""
    line = lines[place]
    changed = {
        "again": f"{line}\n{line}",
        "drop": "",
        "tab": "\t" + line,
        "alias": line.replace(": ", ": *x ", 1),
        "anchor": line.replace(": ", ": &x ", 1),
        "tag": line.replace(": ", ": !!str ", 1),
        "merge": f"{line}\n<<: {{id: other}}",
        "octal": line.replace(": ", ": 010 # ", 1),
        "invisible": line.replace(":", "\u200b:", 1),
        "turned": line.replace(": ", ": \u202e", 1),
        "document": f"{line}\n---",
        "bytes": line + " \udcff",
        "quote": line.replace(": ", ': "', 1),
        "colon": line.replace(": ", ": a: ", 1),
    }[how]
    return "\n".join([*lines[:place], changed, *lines[place + 1 :]])


@many
@given(data=st.data(), how=LINES)
def test_a_file_with_one_spoiled_line_is_refused_or_says_the_same_or_less(
    data: st.DataObject, how: str, tmp_path: Path
) -> None:
    document = data.draw(st.sampled_from(known()))
    lines = yaml.safe_dump(document, sort_keys=False, width=10_000).rstrip("\n").split("\n")
    place = data.draw(st.integers(0, len(lines) - 1))
    path = tmp_path / "demand.yaml"
    path.write_bytes(spoil(lines, place, how).encode("utf-8", "surrogateescape"))

    outcome = load_or_refuse(path)

    if isinstance(outcome, Refusal):
        assert outcome.todo
        assert str(outcome).startswith("demand.yaml")
        return
    sound = read_demand(document, vocabulary())
    # A line of a list that stands twice says nothing new; one that is left out says less; the
    # title is for people. Nothing else that was read may differ.
    assert how in {"again", "drop", "anchor", "octal", "merge"} or outcome == sound
    assert {item.ref for item in outcome.items} <= {item.ref for item in sound.items}
    assert set(outcome.findings.items()) <= set(sound.findings.items())
    assert outcome.requester.kind == sound.requester.kind
    assert outcome.purpose == sound.purpose


@many
@given(document=spoiled() | ANYTHING)
def test_the_published_schema_and_the_program_refuse_the_same_documents(document: Any) -> None:
    """Anybody may check a document with a program for JSON Schema instead of this one."""
    ours = list(find_problems(document, schema("demand")))
    theirs = list(VALIDATOR.iter_errors(document))

    if theirs:
        assert ours
    else:
        # What JSON Schema cannot say: a day that no calendar has, and one that no paper bears; and
        # that 1.0 is no number of persons.
        words = ("day", "month", "year", "a number that is not whole")
        assert all(any(word in p.what for word in words) for p in ours)


@settings(many, max_examples=60)
@given(text=st.text(max_size=70) | st.from_regex(r"\A[A-Za-z0-9._-]{1,70}\Z"))
def test_the_published_form_of_an_id_is_that_of_the_program(text: str) -> None:
    form = {"$ref": "#/$defs/id", "$defs": schema("demand")["$defs"]}

    # In JSON Schema's own regular expressions the sign $ is the end; in this library's it is not.
    assume(not text.endswith("\n"))

    assert (not wrong_in_id(text)) == jsonschema.Draft202012Validator(form).is_valid(text)
