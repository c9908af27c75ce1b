"""The shape of the written forms, as published JSON Schemas."""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from clerestory.demands.errors import BadDemand


@cache
def schema(name: str) -> Mapping[str, Any]:
    """Return a published schema: ``demand``, ``case`` or ``determination``."""
    folder = resources.files("clerestory.demands") / "schemas"
    content = json.loads((folder / f"{name}.schema.json").read_text("utf-8"))
    assert isinstance(content, dict)  # noqa: S101 (our own file)
    return content


def check_shape(document: object, name: str = "demand") -> None:
    """Check a parsed document against a schema.

    Raises:
        BadDemand: It does not follow the form; the message names the first place and its fault.
    """
    import jsonschema

    validator = jsonschema.Draft202012Validator(schema(name))
    try:
        faults = sorted(validator.iter_errors(document), key=lambda f: list(map(str, f.path)))
    except RecursionError as fault:
        raise BadDemand(
            "the document is nested without end", todo="write each part where the form has it"
        ) from fault
    if faults:
        first = jsonschema.exceptions.best_match(faults) or faults[0]
        place = first.json_path.removeprefix("$.").replace("$", "the document")
        more = f" (and {len(faults) - 1} more faults)" if len(faults) > 1 else ""
        raise BadDemand(
            f"the form is not followed at {place}: {_shorten(first.message)}{more}",
            todo="compare the file with docs/written-forms.md; every key has its place there",
        )


def _shorten(message: str) -> str:
    return message if len(message) <= 160 else message[:157] + "..."
