"""Cedar policies as a pack holds them: text, annotations, syntax tree, file and line."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import cedarpy

from clerestory.law.cedar_tree import Asked, parse_conditions, parse_scopes
from clerestory.law.errors import Fault
from clerestory.law.stages import BY_ACTION, STAGES

ACTIONS = tuple(BY_ACTION)
ANNOTATIONS = frozenset({"id", "authority", "rests_on"}.union(*(stage.reads for stage in STAGES)))
MAY_OPEN, MAY_CLOSE, NEITHER = "may_open", "may_close", "none"
"""What ``@opinion`` of a policy that refers says of counsel's signed opinion on its point: in favor
it may open it, against it may close it, or neither ends the referral."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One Cedar policy.

    ``tree`` is Cedar's own JSON form. ``authorities`` must all be in force for it to stand;
    the first is the one that decides. ``starts`` says which day a duty's clock starts from.
    """

    id: str
    effect: str
    action: str
    authorities: tuple[str, ...]
    notes: Mapping[str, str]
    tree: Mapping[str, Any]
    file: str
    line: int

    @cached_property
    def scopes(self) -> tuple[Asked, ...]:
        """Whom and what it is about, where that is not everyone and everything."""
        return parse_scopes(self.tree, ("principal", "resource"))

    @cached_property
    def conditions(self) -> tuple[Asked, ...]:
        """Each ``when`` and ``unless``, in order, read from ``tree`` once."""
        return parse_conditions(self.tree)

    @property
    def asks(self) -> tuple[Asked, ...]:
        """All that it asks: its scopes and its conditions."""
        return self.scopes + self.conditions

    def words(self, annotation: str) -> tuple[str, ...]:
        """Return an annotation that lists codes, split at spaces."""
        return tuple(self.notes.get(annotation, "").split())

    @property
    def refers(self) -> bool:
        """Whether it sends a point to counsel."""
        return self.action == "refer" and self.effect == "permit"

    def may_end(self, how: str) -> bool:
        """Whether counsel's signed opinion may open its point, or close it.

        Silence is no: a policy must say so itself.
        """
        return self.refers and how in self.words("opinion")

    def text(self) -> str:
        """Return the policy as Cedar text, without its comments."""
        return policies_text([self])


def policies_text(policies: Sequence[Policy]) -> str:
    """Write policies as Cedar text, each under its own id."""
    document = {
        "templates": {},
        "staticPolicies": {policy.id: policy.tree for policy in policies},
        "templateLinks": [],
    }
    return cedarpy.policies_from_json_str(json.dumps(document))


def load_policies(path: Path) -> tuple[list[Policy], list[Fault]]:
    """Read one ``.cedar`` file; return its policies and every fault with its line."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        return [], [Fault(path.name, 1, f"cannot be read: {fault}")]
    if deep := _too_deep(text):
        return [], [Fault(path.name, deep, f"brackets are nested deeper than {_MOST_NESTED}")]
    try:
        trees = json.loads(cedarpy.policies_to_json_str(text))
    except ValueError as fault:
        return [], [Fault(path.name, _line_of_error(text, str(fault)), f"is not Cedar: {fault}")]
    except RecursionError:
        # Cedar reads deeper than Python does.
        return [], [Fault(path.name, 1, "holds a condition of too many parts to be read")]
    lines = _lines_of_ids(text)
    policies: list[Policy] = []
    faults: list[Fault] = []
    if trees.get("templates"):
        faults.append(Fault(path.name, 1, "holds a template; a pack holds static policies only"))
    for tree in trees["staticPolicies"].values():
        notes = {key: value or "" for key, value in tree.get("annotations", {}).items()}
        line = lines.get(notes.get("id", ""), 1)
        wrong = _wrong_with(notes, tree)
        faults += [Fault(path.name, line, text) for text in wrong]
        if not wrong:
            policies.append(
                Policy(
                    id=notes["id"],
                    effect=tree["effect"],
                    action=tree["action"]["entity"]["id"],
                    authorities=tuple(notes["authority"].split()),
                    notes=notes,
                    tree=tree,
                    file=path.name,
                    line=line,
                )
            )
    return policies, faults


_MOST_NESTED = 100
# Strings and comments are passed over whole, so that a bracket in them counts for nothing.
_BRACKET = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|([(\[{])|([)\]}])')


def _too_deep(text: str) -> int:
    """Return the line on which brackets are nested too deep, or 0.

    Cedar's own parser ends the process there.
    """
    depth = 0
    for found in _BRACKET.finditer(text):
        depth += bool(found[1]) - bool(found[2])
        if depth > _MOST_NESTED:
            return text.count("\n", 0, found.start()) + 1
    return 0


def _wrong_with(notes: Mapping[str, str], tree: Mapping[str, Any]) -> list[str]:
    name = notes.get("id") or "a policy without @id"
    wrong = [f"{name} has no @{key}" for key in ("id", "authority") if not notes.get(key)]
    wrong += [
        f"{name} has an annotation nobody reads: @{key}" for key in sorted(set(notes) - ANNOTATIONS)
    ]
    action = tree["action"].get("entity", {}).get("id")
    if action not in ACTIONS or tree["action"].get("op") not in {"==", "in"}:
        wrong.append(f"{name} must name one action of {', '.join(ACTIONS)}")
        return wrong
    stage, forbids = BY_ACTION[action], tree["effect"] == "forbid"
    if forbids and stage.forbids is None:
        may = " and ".join(one.action for one in STAGES if one.forbids is not None)
        wrong.append(f"{name} forbids {action}; only {may} may be forbidden")
    needed = (*stage.needs, *((stage.forbids or ()) if forbids else ()))
    wrong += [
        f"{name} has no @{note}{_MEANT.get(note, '')}" for note in needed if not notes.get(note)
    ]
    return wrong


_MEANT = {
    "coarsen_to": ": name the coarser answer",
    "bars": ": name the lock that it puts on the field",
}


def _lines_of_ids(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        for name in re.findall(r'@id\("([^"]+)"\)', line):
            found.setdefault(name, number)
    return found


def _line_of_error(text: str, message: str) -> int:
    match = re.search(r"(?:offset|position|at) (\d+)", message)
    return text.count("\n", 0, int(match.group(1))) + 1 if match else 1
