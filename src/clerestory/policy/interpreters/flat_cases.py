"""From flat rows of facts back to what Cedar is asked: the replay is held against it."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import cedarpy

from clerestory.law.stages import STAGE_SETS
from clerestory.policy.decide.stages import Case
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.schema import entities_json, field_entity, field_uid

Facts = Mapping[str, Any]


def case_of(facts: Facts, on: date) -> Case:
    """Return the case that a flat row stands for on a day (the inverse of ``flat_facts``)."""
    context: dict[str, Any] = {"on": {"__extn": {"fn": "datetime", "arg": on.isoformat()}}}
    for path, value in facts.items():
        head, _, part = path.partition(".")
        if head in {"principal", "resource"}:
            continue
        if part:
            context.setdefault(head, {})[part] = value
        else:
            context[head] = value
    context["purpose"] = {"__entity": {"type": "Purpose", "id": facts["purpose"]}}
    context |= {name: [] for name in STAGE_SETS}
    context["outcome"] = "none"
    resource = field_uid(facts["resource.program"], facts["resource.name"])
    return Case(facts["principal"], resource, context)


def by_source(rows: Iterable[Facts]) -> list[list[Facts]]:
    """Sort rows into lots in which every field has one source, since an entity has only one."""
    lots: list[dict[tuple[str, str], str]] = []
    sorted_rows: list[list[Facts]] = []
    for row in rows:
        key, source = (row["resource.program"], row["resource.name"]), row["resource.source"]
        for lot, held in zip(lots, sorted_rows, strict=True):
            if lot.setdefault(key, source) == source:
                held.append(row)
                break
        else:
            lots.append({key: source})
            sorted_rows.append([row])
    return sorted_rows


def entities_of(law: LawOfTheDay, rows: Iterable[Facts]) -> cedarpy.Entities:
    """Return the trees and the fields of one lot of rows."""
    fields = {}
    for row in rows:
        program, name = row["resource.program"], row["resource.name"]
        entity = field_entity(law.stack.vocabulary, program, name)
        entity["attrs"]["source"] = row["resource.source"]
        fields[program, name] = entity
    return law.groups.with_added_json_str(entities_json(fields.values()))
