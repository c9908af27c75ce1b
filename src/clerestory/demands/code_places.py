"""Which list of codes fits which place of a demand, as the published schema says it."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from clerestory.demands.schema import schema


@cache
def code_places() -> Mapping[str, str]:
    """Return the list of codes of each place, for example of ``requester.class``.

    A place has no numbers: ``records.fields`` is that of every field of every record.

    >>> code_places()["requester.class"], code_places()["findings"]
    ('requester_class', 'findings')
    """
    whole = schema("demand")
    return dict(_below(whole, whole["$defs"], ()))


def _below(
    node: Mapping[str, Any], defs: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    if "codes" in node:
        yield ".".join(path), node["codes"]
    name = node.get("$ref", "").rpartition("/")[2]
    # A paper that came along is a paper again: its places are those of the first.
    if name == "instrument" and path == ("instrument",):
        yield from _below(defs[name], defs, path)
    for choice in node.get("anyOf", ()):
        yield from _below(choice, defs, path)
    for key, inner in node.get("properties", {}).items():
        yield from _below(inner, defs, (*path, key))
    for part in ("items", "propertyNames", "additionalProperties"):
        if isinstance(node.get(part), Mapping):
            yield from _below(node[part], defs, path)
