"""The parts of the documents that are made from the program say what the program says.

Run this file as a program to write them anew.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from clerestory.audit.pack_check_policies import FILLED, READ_FOR
from clerestory.demands.reading import read_demand
from clerestory.demands.schema import check_shape, schema
from clerestory.law.codes import load_vocabulary
from clerestory.law.fact import ESTABLISHERS, Fact
from clerestory.law.fact_table import FACTS as TABLE
from clerestory.law.sentences import COUNSEL, load_sentences
from clerestory.law.stages import STAGE_SETS
from clerestory.policy.model.shape import ENTITIES, WITHOUT_CODES

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
SENTENCES = load_sentences(ROOT / "packs", [])
BOUNDARY = ROOT / "tests" / "conformance" / "policy" / "boundary.toml"
_PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->\n)", re.DOTALL)


_MANY = {
    "text": "texts",
    "code": "codes",
    "reference": "references",
    "code of a field, or reference": "codes of fields, or references",
    "group": "groups",
    "an instrument": "instruments",
}


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def annotations() -> str:
    rows = (
        (action, ", ".join(f"`@{name}`" for name in sorted(notes)) or "none")
        for action, notes in READ_FOR.items()
    )
    return table(("action", "annotations that are read"), rows)


def in_words(fact: Fact) -> str:
    clause = SENTENCES.clause("facts", fact.path, COUNSEL)
    return clause.yes if clause else ""


def facts() -> str:
    rows = [
        (
            f"`{fact.path if fact.head == 'resource' else f'context.{fact.path}'}`",
            held(fact.lists, fact.codes) or "ids of authorities",
            f"`{fact.place}`" if fact.place else "",
            fact.by,
            in_words(fact),
        )
        for fact in TABLE
        if fact.path not in {*WITHOUT_CODES, *STAGE_SETS, "principal"} and not fact.staged
    ]
    findings = ("`context.findings.` and its parts", "list `answer`", "`findings`")
    rows += [(*findings, "custodian, or counsel: `by` of its code", "the sentence of its code")]
    rows += [
        (f'`{name}::"..."`', held(lists, frozenset()), "", "demand", "")
        for name, lists in ENTITIES.items()
    ]
    return table(("fact", "its codes", "stated at", "established by", "in words"), iter(rows))


def held(lists: tuple[str, ...], more: frozenset[str]) -> str:
    named = [f"list `{name}`" for name in lists]
    return ", ".join([*named, *(f"`{code}`" for code in sorted(more))])


def establishers() -> str:
    return table(("established by", "which means"), iter(ESTABLISHERS.items()))


def stages() -> str:
    rows = (
        (action, ", ".join(f"`context.{name}`" for name in sorted(filled)) or "none")
        for action, filled in FILLED.items()
    )
    return table(("action", "filled in by then"), rows)


def form(name: str) -> str:
    whole = schema(name)
    rows = list(keys(whole, whole.get("$defs", {}), ""))
    return table(("key", "holds"), iter(rows))


def keys(node: Mapping[str, Any], defs: Mapping[str, Any], above: str) -> Iterator[tuple[str, str]]:
    required = set(node.get("required", ()))
    for key, inner in node.get("properties", {}).items():
        path = f"{above}{key}"
        said, below, mark = holds(inner, defs)
        yield (f"**`{path}`**" if key in required else f"`{path}`", said)
        if below is not None and not (above and "#/$defs/instrument" in str(inner)):
            yield from keys(below, defs, f"{path}{mark}.")


def holds(
    node: Mapping[str, Any], defs: Mapping[str, Any]
) -> tuple[str, Mapping[str, Any] | None, str]:
    """Say what a key holds, and return what lies below it with the mark of a list."""
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        if "properties" not in defs[name]:
            return defs[name]["title"], None, ""
        return f"an {name}", defs[name], ""
    for choice in node.get("anyOf", ()):
        if choice.get("type") != "null" and "not" not in choice:
            said, below, mark = holds(choice, defs)
            return said, below, mark
    if "const" in node:
        return f"`{node['const']}`", None, ""
    if "enum" in node:
        values = [v for v in node["enum"] if isinstance(v, str)]
        if values == ["yes", "no", "unknown"]:
            return "answer", None, ""
        return " ".join(f"`{value}`" for value in values), None, ""
    return of_type(node, defs)


def of_type(
    node: Mapping[str, Any], defs: Mapping[str, Any]
) -> tuple[str, Mapping[str, Any] | None, str]:
    kinds = node.get("type", "anything")
    kind = next((k for k in kinds if k != "null"), "") if isinstance(kinds, list) else kinds
    if kind == "array":
        said, below, _ = holds(node.get("items", {}), defs)
        return f"list of {_MANY.get(said, said)}", below, "[]"
    if kind == "object":
        each = node.get("additionalProperties")
        if isinstance(each, dict):
            said, _, _ = holds(each, defs)
            named = "codes" if said == "answer" else "references"
            return (
                f"{named}, each with one of: {said}".replace("one of: answer", "an answer"),
                None,
                "",
            )
        return "group", node if node.get("properties") else None, ""
    pattern = node.get("pattern", "")
    if node.get("format") == "date":
        return "day", None, ""
    if pattern.startswith("^[0-9a-f]"):
        return "SHA-256 in hexadecimal digits", None, ""
    return {"string": "text", "integer": "number", "anything": "anything"}[kind], None, ""


def boundary() -> str:
    known = tomllib.loads(BOUNDARY.read_text("utf-8"))
    ordered = sorted(known["outside"].items(), key=lambda item: (-item[1], item[0]))
    many, few = ordered[:8], ordered[8:]
    worked_out = sum(known["worked_out"].values())
    rows = [
        ("inside, and asks something of the request", known["inside"]["asking"]),
        ("inside, and comes down to always or never", known["inside"]["constant"]),
        *((f"outside by `{operator}`", cases) for operator, cases in many),
        (f"outside by one of {len(few)} further operators", sum(cases for _, cases in few)),
        ("together", known["cases"]),
        ("of those outside: read once Cedar has worked out what holds no fact", worked_out),
        ("of those outside: Cedar itself met an error", known["failing"]),
    ]
    return table(("Cedar's own test cases", "cases"), (tuple(map(str, row)) for row in rows))


PARTS: Mapping[str, tuple[str, Callable[[], str]]] = {
    "annotations": ("writing-law.md", annotations),
    "facts": ("writing-law.md", facts),
    "establishers": ("writing-law.md", establishers),
    "stages": ("writing-law.md", stages),
    "boundary": ("writing-law.md", boundary),
    "demand": ("written-forms.md", lambda: form("demand")),
    "case": ("written-forms.md", lambda: form("case")),
    "determination": ("written-forms.md", lambda: form("determination")),
}


def anew(text: str) -> str:
    """Return a document with its generated parts written anew."""
    return _PART.sub(lambda part: f"{part[1]}\n{PARTS[part[2]][1]()}\n{part[3]}", text)


@pytest.mark.parametrize("name", sorted({name for name, _ in PARTS.values()}))
def test_the_generated_parts_of_a_document_are_up_to_date(name: str) -> None:
    text = (DOCS / name).read_text("utf-8")

    assert text == anew(text)


@pytest.mark.parametrize("part", PARTS)
def test_every_generated_part_stands_in_its_document(part: str) -> None:
    name, _ = PARTS[part]

    assert f"<!-- generated: {part} -->" in (DOCS / name).read_text("utf-8")


def test_the_demand_of_the_document_can_be_read() -> None:
    text = (DOCS / "written-forms.md").read_text("utf-8")
    example = yaml.safe_load(text.partition("```yaml\n")[2].partition("```")[0])

    check_shape(example, "demand")
    demand = read_demand(example, load_vocabulary([ROOT / "packs" / "codes.yaml"]))

    assert [item.ref for item in demand.items] == ["S1.address", "S1.phone"]


if __name__ == "__main__":
    for document in {name for name, _ in PARTS.values()}:
        path = DOCS / document
        path.write_text(anew(path.read_text("utf-8")), "utf-8")
