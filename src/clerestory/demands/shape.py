"""The shape of a document against its published schema: every fault, in words of our own.

The schemas are JSON Schema, so that anybody can check a document with a program of their own.
That such a program and this one take and refuse the same documents is tested.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from clerestory.demands.leaves import CHECKS, Problem, close_to, kind_of
from clerestory.kernel.bad_file import Path, show
from clerestory.law.codes import Vocabulary

MAX_DEPTH = 60

_Node = Mapping[str, Any]


def find_problems(
    value: Any, schema: _Node, vocabulary: Vocabulary | None = None
) -> Iterator[Problem]:
    """Yield everything in a document that does not follow its schema.

    Args:
        value: A parsed document.
        schema: One of the published schemas.
        vocabulary: The codes that may be used; where it is absent, codes are looked at for their
            form only.
    """
    yield from _Shape(schema, vocabulary).at(schema, value, ())


class _Shape:
    def __init__(self, root: _Node, vocabulary: Vocabulary | None) -> None:
        self._root = root
        self._vocabulary = vocabulary

    def at(self, node: _Node, value: Any, path: Path) -> Iterator[Problem]:
        if len(path) > MAX_DEPTH:
            yield Problem(path=path[:3], what="the document is nested without end",
                          write_instead="write each part where the form has it")  # fmt: skip
        elif "$ref" in node:
            yield from self._named(node, value, path)
        elif "anyOf" in node:
            yield from self._any_of(node, value, path)
        elif "const" in node or "enum" in node:
            yield from _one_of(node, value, path)
        elif "type" in node:
            yield from self._of_type(node, value, path)

    def _named(self, node: _Node, value: Any, path: Path) -> Iterator[Problem]:
        name = node["$ref"].rpartition("/")[2]
        if name in CHECKS:
            yield from CHECKS[name](value, path, node, self._vocabulary)
        else:
            yield from self.at(self._root["$defs"][name], value, path)

    def _any_of(self, node: _Node, value: Any, path: Path) -> Iterator[Problem]:
        """Check against the one form that is not `nothing`; our schemas have no other choice."""
        forms = [form for form in node["anyOf"] if form.get("type") != "null"]
        if value is None and len(forms) < len(node["anyOf"]):
            return
        # Where a form is a word or a group (a duty of a case), what is written says which.
        fitting = [f for f in forms if (f.get("type") == "object") == isinstance(value, dict)]
        yield from self.at((fitting or forms)[0], value, path)

    def _of_type(self, node: _Node, value: Any, path: Path) -> Iterator[Problem]:
        kinds = node["type"] if isinstance(node["type"], list) else [node["type"]]
        if value is None and "null" in kinds:
            return
        kind = next(kind for kind in kinds if kind != "null")
        if kind == "object":
            yield from self._group(node, value, path)
        elif kind == "array":
            yield from self._row(node, value, path)
        else:
            yield from CHECKS["day" if node.get("format") == "date" else "text"](
                value, path, node, None
            )
            yield from _fits(node, value, path)

    def _row(self, node: _Node, value: Any, path: Path) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem(path=path, what=_wanted("a list", value),
                          write_instead="write - before each, also before one alone")  # fmt: skip
            return
        if len(value) < node.get("minItems", 0):
            yield Problem(path=path, what="the list is empty",
                          write_instead="write at least one, with - before it")  # fmt: skip
        for place, inner in enumerate(value):
            yield from self.at(node.get("items", {}), inner, (*path, place))

    def _group(self, node: _Node, value: Any, path: Path) -> Iterator[Problem]:
        known = node.get("properties", {})
        if not isinstance(value, dict):
            keys = f" such as {next(iter(known))}: ..." if known else ""
            yield Problem(path=path, what=_wanted("a group of keys", value),
                          write_instead=f"write its keys here, each on its line{keys}")  # fmt: skip
            return
        for key in node.get("required", ()):
            if key not in value:
                yield Problem(path=(*path, key), what="this key is missing",
                              write_instead=f"add {key}: ...")  # fmt: skip
        for key, inner in value.items():
            yield from self._entry(node, key, inner, path)

    def _entry(self, node: _Node, key: Any, inner: Any, path: Path) -> Iterator[Problem]:
        known = node.get("properties", {})
        here = (*path, str(key))
        if key in known:
            yield from self.at(known[key], inner, here)
            return
        others = node.get("additionalProperties", True)
        if others is False:
            near = close_to(str(key), list(known))
            yield Problem(
                path=here, what="nobody reads this key",
                write_instead=f"did you mean {near}?" if near
                else f"leave it out; the keys here are {', '.join(known)}",
            )  # fmt: skip
            return
        if "propertyNames" in node:
            yield from self.at(node["propertyNames"], key, here)
        if isinstance(others, Mapping):
            yield from self.at(others, inner, here)


def _fits(node: _Node, value: Any, path: Path) -> Iterator[Problem]:
    """A text of a written form of its own, such as a digest; only programs write those."""
    # Whole, and not up to a line's end as the library takes the sign for the end.
    wanted = node.get("pattern", "").removeprefix("^").removesuffix("$")
    if wanted and isinstance(value, str) and not re.fullmatch(wanted, value):
        yield Problem(path=path, what=f"this is not written as the form has it: {show(value)}",
                      write_instead="compare with docs/written-forms.md")  # fmt: skip


def _one_of(node: _Node, value: Any, path: Path) -> Iterator[Problem]:
    allowed = node.get("enum", [node.get("const")])
    if any(value == each and type(value) is type(each) for each in allowed):
        return
    words = [each for each in allowed if isinstance(each, str)]
    near = close_to(value, words) if isinstance(value, str) and len(words) > 1 else ""
    shown = show(value) if isinstance(value, str) else kind_of(value)
    # Of several words none is proposed: the first of the answers of a case is "release".
    one = f"write {words[0]}" if len(words) == 1 else "write one of them"
    yield Problem(
        path=path, what=f"{' or '.join(words)} is wanted here: {shown}",
        write_instead=f"did you mean {near}?" if near else one,
    )  # fmt: skip


def _wanted(kind: str, value: object) -> str:
    if value is None:
        return f"nothing is written here and {kind} is wanted"
    return f"{kind} is wanted and this is {kind_of(value)}"
