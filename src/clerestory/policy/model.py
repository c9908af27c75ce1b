"""The one model of the Cedar schema, the entities and the request, made from the vocabulary."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from clerestory.law.codes import Vocabulary

Request = Mapping[str, Any]

# What the earlier stages hand to the later ones; see ``stages``.
STAGE_SETS = ("established", "lifted", "mandated", "barred")

_SCHEMA = """
entity Requester in [Requester];
entity Purpose in [Purpose];
entity Program in [Program];
entity Category in [Category];
entity Field in [Program, Category] = {{
  name: String, program: String, source: String, proxy: Bool
}};
type Findings = {{ {findings} }};
type Paper = {{
  kind: String, form: String, issuer: String, court: String, written: String, persons: String,
  fields: String, status: String, in_date: String, enforced_by_order: String, names_field: String
}};
type Facts = {{
  on: datetime,
  holder: {{ agency: String, kind: String, jurisdiction: String }},
  component: String,
  channel: String,
  purpose: Purpose,
  grounds: Set<String>,
  cited: Set<String>,
  threats: Set<String>,
  paper: Paper,
  papers: Set<String>,
  forms: Set<String>,
  months: String,
  subject: {{
    relation: String, alone: String, applicant: String, represented_by: String,
    flags: Set<String>, defined_by: Set<String>
  }},
  findings: Findings,
  raised: Set<String>,
  consent: {{
    given: String, recipient: String, purpose: String, field: String, in_date: String,
    revoked: String, elements: String
  }},
  agreement: {{
    stated: String, party: String, purpose: String, field: String, in_force: String,
    agreed_by_holder: String, bars_onward_sharing: String
  }},
  hold: String,
  nondisclosure: {{ asked: String, ordered: String }},
  established: Set<String>,
  lifted: Set<String>,
  mandated: Set<String>,
  barred: Set<String>,
  outcome: String
}};
action disclose;
action define, lift, lift_coarsened, refer, consider, oblige
  appliesTo {{ principal: Requester, resource: Field, context: Facts }};
action release, coarsen in [disclose]
  appliesTo {{ principal: Requester, resource: Field, context: Facts }};
"""


def schema_text(vocabulary: Vocabulary) -> str:
    """Return the Cedar schema of every request. Findings are spelled out so that typing is caught.

    Every attribute is required: no policy can fail for want of one.
    """
    findings = ", ".join(f"{code}: String" for code in sorted(vocabulary.lists["findings"]))
    return _SCHEMA.format(findings=findings)


def field_uid(program: str, field: str) -> str:
    """Return the id of a programme's field.

    >>> field_uid("snap", "address")
    'snap.address'
    """
    return f"{program}.{field}"


def group_entities(vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """Return the trees of requesters, purposes, programmes, categories and actions as entities."""
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
    """Return a Cedar request."""
    return {
        "principal": {"type": "Requester", "id": principal},
        "action": {"type": "Action", "id": action},
        "resource": {"type": "Field", "id": resource},
        "context": context,
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
