"""The one model of the Cedar schema, the entities and the request, made from the vocabulary."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from clerestory.law.codes import Vocabulary
from clerestory.law.errors import PackFault
from clerestory.law.fact import Fact
from clerestory.law.fact_table import FACTS, FINDINGS, STAGED, in_context

Request = Mapping[str, Any]

_SCHEMA = """
entity Requester in [Requester];
entity Purpose in [Purpose];
entity Program in [Program];
entity Category in [Category];
entity Field in [Program, Category] = {{
{field}
}};
type Facts = {{
{facts}
}};
action disclose;
action define, lift, lift_coarsened, refer, consider, oblige
  appliesTo {{ principal: Requester, resource: Field, context: Facts }};
action release, coarsen in [disclose]
  appliesTo {{ principal: Requester, resource: Field, context: Facts }};
"""

_GROUP_LISTS = ("program_group", "category")


def schema_text(vocabulary: Vocabulary) -> str:
    """Return the Cedar schema of every request. Findings are spelled out so that typing is caught.

    Every attribute is required: no policy can fail for want of one.
    """
    field = {fact.part: _cedar_type(fact) for fact in FACTS if fact.head == "resource"}
    facts: dict[str, str] = {}
    for fact in in_context():
        same = [one for one in FACTS if one.head == fact.head and one.part]
        facts[fact.head] = (
            _record({one.part: _cedar_type(one) for one in same}) if same else _cedar_type(fact)
        )
    facts[FINDINGS] = _record(dict.fromkeys(sorted(vocabulary.lists[FINDINGS]), "String"))
    return _SCHEMA.format(field=_attributes(field), facts=_attributes(facts))


def _cedar_type(fact: Fact) -> str:
    return fact.cedar or ("Set<String>" if fact.many else "String")


def _record(parts: Mapping[str, str]) -> str:
    return f"{{\n{_attributes(parts)}\n}}"


def _attributes(parts: Mapping[str, str]) -> str:
    return ",\n".join(f"  {name}: {kind}" for name, kind in parts.items())


def field_uid(program: str, field: str) -> str:
    """Return the id of a programme's field.

    >>> field_uid("snap", "address")
    'snap.address'
    """
    return f"{program}.{field}"


def group_entities(vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """Return the trees of requesters, purposes, programmes, categories and actions as entities.

    Raises:
        PackFault: The vocabulary lacks a list from which a fact takes its codes or groups.
    """
    wanted = {name for fact in FACTS for name in fact.lists}.union(_GROUP_LISTS)
    if missing := sorted(wanted - vocabulary.lists.keys()):
        raise PackFault(
            f"codes.yaml lacks the list {missing[0]}, from which facts take their codes",
            todo="put the list back; packs/codes.yaml of the program's own packs has them all",
        )
    trees = (
        ("Requester", ("requester_class",)),
        ("Purpose", ("purpose",)),
        ("Program", ("program", "program_group")),
        ("Category", ("category",)),
    )
    codes = [
        _entity(kind, code.name, [(kind, group) for group in code.groups])
        for kind, lists in trees
        for name in lists
        for code in vocabulary.lists[name].values()
    ]
    actions = [_entity("Action", name, [("Action", "disclose")]) for name in ("release", "coarsen")]
    return [*codes, *actions, _entity("Action", "disclose", [])]


def field_entity(
    vocabulary: Vocabulary, program: str, field: str, source: str | None = None
) -> dict[str, Any]:
    """Return one programme's field as a Cedar entity.

    Args:
        vocabulary: The codes in use.
        program: Programme code.
        field: Field code.
        source: Who supplied the value, where the agency's catalogue knows better than the codes.
    """
    code = vocabulary.get("fields", field)
    parents = [("Program", program), *(("Category", group) for group in code.groups)]
    attributes = {
        "name": field,
        "program": program,
        "source": source or code.source,
        "proxy": code.proxy,
    }
    return _entity("Field", field_uid(program, field), parents, attributes)


def request(principal: str, action: str, resource: str, context: Mapping[str, Any]) -> Request:
    """Return a Cedar request, without what the stages alone read."""
    return {
        "principal": {"type": "Requester", "id": principal},
        "action": {"type": "Action", "id": action},
        "resource": {"type": "Field", "id": resource},
        "context": {name: value for name, value in context.items() if name not in STAGED},
    }


def entities_json(entities: Iterable[Mapping[str, Any]]) -> str:
    """Return entities as Cedar's JSON."""
    return json.dumps(list(entities))


def _entity(
    kind: str,
    name: str,
    parents: Iterable[tuple[str, str]],
    attributes: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "uid": {"type": kind, "id": name},
        "attrs": dict(attributes or {}),
        "parents": [{"type": parent_kind, "id": parent} for parent_kind, parent in parents],
    }
