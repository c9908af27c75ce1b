"""A determination as JSON, the form that programs read and digests are taken over."""

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from operator import attrgetter

from clerestory.demands.determination import Determination, Duty, Question, Ruling
from clerestory.demands.speaking import Speaker
from clerestory.kernel.canonical import Json

FORMAT = "clerestory-determination/1"
# All parts of a ruling but its item.
_shared_parts = attrgetter(*(part.name for part in fields(Ruling) if part.name != "item"))
_text = json.encoder.encode_basestring_ascii


def determination_json(determination: Determination, speaker: Speaker) -> dict[str, Json]:
    """Return the determination in the form of ``schemas/determination.schema.json``.

    What is missing and what is asked stand there in the words of ``speaker``.
    """
    return {
        "format": FORMAT,
        "demand": determination.demand_id,
        "on": determination.on.isoformat(),
        "overall": determination.overall,
        "rulings": [_ruling(ruling, speaker) for ruling in determination.rulings],
        "duties": [_duty(duty) for duty in determination.duties],
        "questions": [_question(question, speaker) for question in determination.questions],
        "packs": list(determination.packs),
        "pack_digest": determination.pack_digest,
        "facts_digest": determination.facts_digest,
        "engine": determination.engine,
        "alarms": list(determination.alarms),
    }


def determination_text(determination: Determination, speaker: Speaker) -> Iterator[str]:
    """Yield the text of :func:`determination_json`, each level set in by one, part by part.

    Persons of whom the same is known have rulings that differ in the item alone. What they share
    is written out once and kept, so that a list of very many persons takes little memory.
    """
    whole = determination_json(replace(determination, rulings=()), speaker)
    parts = list(whole.items())
    place = list(whole).index("rulings")
    before, after = dict(parts[:place]), dict(parts[place + 1 :])
    yield f'{json.dumps(before, indent=1)[:-2]},\n "rulings": ['
    shared: dict[tuple[object, ...], str] = {}
    joint = "\n  "
    for ruling in determination.rulings:
        item = ruling.item
        key = (item.program, item.field, *map(id, _shared_parts(ruling)))
        if key not in shared:
            shared[key] = _after_subject(ruling, speaker)
        yield f'{joint}{{\n   "subject": {_text(item.subject)},{shared[key]}'
        joint = ",\n  "
    end = "\n ]" if determination.rulings else "]"
    yield f"{end},{json.dumps(after, indent=1)[1:]}"


def _after_subject(ruling: Ruling, speaker: Speaker) -> str:
    rest = _ruling(ruling, speaker)
    del rest["subject"]
    # A ruling stands in a list within the whole.
    return json.dumps(rest, indent=1)[1:].replace("\n", "\n  ")


def _ruling(ruling: Ruling, speaker: Speaker) -> dict[str, Json]:
    return {
        "subject": ruling.item.subject,
        "program": ruling.item.program,
        "field": ruling.item.field,
        "outcome": ruling.outcome.value,
        "coarsen_to": ruling.coarsen_to,
        "lowered_from": ruling.lowered_from.value if ruling.lowered_from else None,
        "opinions": list(ruling.opinions),
        "suspended": list(ruling.suspended),
        "authorities": list(ruling.authorities),
        "policies": list(ruling.policies),
        "considered_not_met": [
            {"authority": miss.authority, "missing": [speaker.say(one) for one in miss.missing]}
            for miss in ruling.considered_not_met
        ],
        "reason": {
            "counsel": ruling.reason.counsel,
            "requester": ruling.reason.requester,
            "person": ruling.reason.person,
        },
        "would_change": [
            {
                "outcome": turn.outcome.value,
                "changes": [{"fact": c.fact, "value": c.value} for c in turn.changes],
            }
            for turn in ruling.would_change
        ],
    }


def _duty(duty: Duty) -> dict[str, Json]:
    due: dict[str, Json] | None = None
    if duty.due is not None:
        due = {
            "on": duty.due.on.isoformat(),
            "starts_on": duty.due.starts_on.isoformat(),
            "provision": duty.due.provision,
            "steps": list(duty.due.steps),
        }
    return {
        "do": duty.code,
        "basis": duty.basis,
        "authority": duty.authority,
        "within": duty.within,
        "to": duty.to,
        "content": list(duty.content),
        "due": due,
    }


def _question(question: Question, speaker: Speaker) -> dict[str, Json]:
    return {
        "fact": question.fact,
        "text": speaker.question(question),
        "by": question.by,
        "turns": list(question.turns),
    }
