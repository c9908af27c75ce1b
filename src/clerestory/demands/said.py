"""What is said of a paper, a person, a consent or an agreement: made from the table of facts.

Each group of a demand has its facts as one mapping, from the name of the fact to what is said. A
new row of the table is read, written and published in the JSON Schema by these functions alone.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from clerestory.kernel.canonical import Json
from clerestory.law.fact import ANSWER, Fact
from clerestory.law.fact_table import FACTS, said_of

Said = Mapping[str, str]
"""What is said of one group: for each of its facts a code, never missing."""


def nothing_said(head: str) -> Said:
    """Return what is said of a group of which nothing is written.

    >>> nothing_said("nondisclosure")
    {'asked': 'unknown', 'ordered': 'unknown'}
    """
    return {fact.part: fact.silence for fact in said_of(head)}


def read_said(head: str, group: Mapping[str, Any]) -> Said:
    """Return what a group of the written form says, once its shape was checked."""
    return {fact.part: code_of(group.get(fact.key), fact.silence) for fact in said_of(head)}


def write_said(head: str, said: Said) -> dict[str, Json]:
    """Return what is said of a group as its keys in the written form."""
    return {fact.key: said[fact.part] for fact in said_of(head)}


def code_of(value: bool | str | None, silence: str = "unknown") -> str:
    """Return what is written as a code: yes and no may be written as such or as true and false."""
    if value is None:
        return silence
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def with_facts(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Put each fact that a demand can state at its place in the JSON Schema of demands.

    Args:
        schema: The published schema, which is changed and returned.
    """
    for fact in FACTS:
        if not fact.place or not fact.lists:
            continue
        *groups, key = fact.place.split(".")
        group = schema
        for name in groups:
            group = _inside(schema, group["properties"][name])
        group["properties"][key] = _node(fact)
        if _must_stand(fact) and key not in group["required"]:
            group["required"].append(key)
    return schema


def _inside(whole: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the group itself: behind a name, in a list, or where it may be left out."""
    while "properties" not in node:
        if "$ref" in node:
            node = whole["$defs"][node["$ref"].rpartition("/")[2]]
        else:
            node = node["items"] if "items" in node else next(_present(node["anyOf"]))
    return node


def _present(forms: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (form for form in forms if form.get("type") != "null")


def _must_stand(fact: Fact) -> bool:
    return not (fact.silence or fact.many)


def _node(fact: Fact) -> dict[str, Any]:
    if fact.lists == ANSWER:
        return {"$ref": "#/$defs/answer"}
    (codes,) = fact.lists
    one = {"$ref": "#/$defs/code", "codes": codes}
    form = {"type": "array", "items": one} if fact.many else one
    return form if _must_stand(fact) else {"anyOf": [form, {"type": "null"}]}
