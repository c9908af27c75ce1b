"""The published schemas are schemas, and the known demands follow them."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from clerestory.demands import BadDemand, load_document
from clerestory.demands.schema import check_shape, schema

ROOT = Path(__file__).parents[3]
FILES = sorted([*(ROOT / "casebook").glob("*.yaml"), *(ROOT / "packs").glob("*/cases/*.yaml")])


@pytest.mark.parametrize("name", ["demand", "case", "determination"])
def test_a_published_schema_is_a_schema_with_a_name_of_its_own(name: str) -> None:
    found = schema(name)

    jsonschema.Draft202012Validator.check_schema(found)
    assert found["$id"] == f"urn:clerestory:{name}:1"
    assert found["title"] == f"clerestory-{name}/1"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_known_case_and_its_demand_follow_the_schemas(path: Path) -> None:
    content = load_document(path).value
    cases = content["cases"] if isinstance(content, dict) else content

    assert cases
    for case in cases:
        check_shape(case, "case")
        check_shape(case["demand"], "demand")


def test_every_fault_is_named_with_its_place(document: dict[str, Any]) -> None:
    document["holder"] = {"agency": "me-dhhs"}
    document["instrument"]["written"] = "maybe"

    with pytest.raises(BadDemand) as caught:
        check_shape(document)

    assert [(fault.key, fault.what) for fault in caught.value.faults] == [
        ("holder.kind", "this key is missing"),
        ("holder.jurisdiction", "this key is missing"),
        ("instrument.written", "yes, no or unknown is wanted: maybe"),
    ]
    assert "holder.kind: this key is missing (and 2 more)" in str(caught.value)


def test_a_single_fault_is_not_counted(document: dict[str, Any]) -> None:
    document["id"] = ""

    with pytest.raises(BadDemand) as caught:
        check_shape(document)

    assert str(caught.value) == "the document, key id: an id has at least one letter or digit"


def test_a_code_is_looked_at_for_its_form_where_no_list_is_given(document: dict[str, Any]) -> None:
    document["purpose"] = "unheard_of"
    check_shape(document)
    document["purpose"] = "Locate Fugitive"

    with pytest.raises(BadDemand) as caught:
        check_shape(document)

    assert "key purpose: a code has small letters, digits and low lines" in str(caught.value)
    assert "`clerestory demand codes purpose`" in caught.value.todo


def test_a_sound_document_passes(document: dict[str, Any]) -> None:
    check_shape(document)


@pytest.mark.parametrize(
    ("duty", "what"),
    [
        ("log_demand", ""),
        ({"do": "log_demand", "to": "counsel"}, ""),
        (None, "nothing is written here and a text is wanted"),
        ({"to": "counsel"}, "this key is missing"),
        (7, "a text is wanted, and without quotes this is a number"),
    ],
)
def test_a_duty_of_a_case_is_a_word_or_a_group(duty: object, what: str) -> None:
    case = {"packs": ["us"], "demand": {"id": "A"}, "expect": [{"from": "x", "duties": [duty]}]}
    if not what:
        check_shape(case, "case")
        return

    with pytest.raises(BadDemand) as caught:
        check_shape(case, "case")

    assert str(caught.value).startswith("the document, key expect[0].duties[0]")
    assert what in str(caught.value)
