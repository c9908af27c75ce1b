"""A determination as JSON."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clerestory.demands import (
    BadDemand,
    Determination,
    Item,
    Outcome,
    Ruling,
    determination_json,
    determination_text,
)
from clerestory.demands.condition import Asked
from clerestory.demands.determination import Change, DueDate, Duty, NearMiss, Question, Reason, Turn
from clerestory.demands.schema import check_shape
from clerestory.demands.speaking import Speaker
from clerestory.kernel import canonical_bytes
from clerestory.law.sentences import load_sentences

SPEAKER = Speaker(sentences=load_sentences(Path(__file__).parents[3] / "packs", []))
WHOLE = Determination(
    demand_id="T-1",
    on=date(2026, 3, 2),
    overall="partial",
    rulings=(
        Ruling(
            item=Item("S1", "mainecare", "program_participation"),
            outcome=Outcome.COARSEN,
            authorities=("act", "habit"),
            policies=("coarser",),
            considered_not_met=(
                NearMiss(authority="mandate", missing=(Asked("paper.written", ("yes",)),)),
            ),
            reason=Reason(counsel="c", requester="r", person="p"),
            would_change=(
                Turn(
                    outcome=Outcome.RELEASE,
                    changes=(Change(fact="findings.part2_order", value="yes"),),
                ),
            ),
            coarsen_to="month_yes_no",
            opinions=("ask",),
            suspended=("opens",),
        ),
    ),
    duties=(
        Duty(
            code="acknowledge",
            basis="law",
            authority="act",
            within="5 working days",
            to="court",
            content=("a", "b"),
            due=DueDate(
                on=date(2026, 3, 9), starts_on=date(2026, 3, 2), provision="act 1", steps=("x",)
            ),
        ),
        Duty(code="log_demand", basis="agency_policy", authority="habit"),
    ),
    questions=(Question(fact="findings.part2_order", by="counsel", turns=("snap/S1.x",)),),
    packs=("us-federal 1",),
    pack_digest="a" * 64,
    facts_digest="b" * 64,
    engine="clerestory 0",
    alarms=("broken",),
)


def test_every_part_of_a_determination_is_written() -> None:
    assert determination_json(WHOLE, SPEAKER) == {
        "format": "clerestory-determination/1",
        "demand": "T-1",
        "on": "2026-03-02",
        "overall": "partial",
        "rulings": [
            {
                "subject": "S1",
                "program": "mainecare",
                "field": "program_participation",
                "outcome": "coarsen",
                "coarsen_to": "month_yes_no",
                "lowered_from": None,
                "opinions": ["ask"],
                "suspended": ["opens"],
                "authorities": ["act", "habit"],
                "policies": ["coarser"],
                "considered_not_met": [
                    {"authority": "mandate", "missing": ["the request is in writing"]}
                ],
                "reason": {"counsel": "c", "requester": "r", "person": "p"},
                "would_change": [
                    {
                        "outcome": "release",
                        "changes": [{"fact": "findings.part2_order", "value": "yes"}],
                    }
                ],
            }
        ],
        "duties": [
            {
                "do": "acknowledge",
                "basis": "law",
                "authority": "act",
                "within": "5 working days",
                "to": "court",
                "content": ["a", "b"],
                "due": {
                    "on": "2026-03-09",
                    "starts_on": "2026-03-02",
                    "provision": "act 1",
                    "steps": ["x"],
                },
            },
            {
                "do": "log_demand",
                "basis": "agency_policy",
                "authority": "habit",
                "within": None,
                "to": None,
                "content": [],
                "due": None,
            },
        ],
        "questions": [
            {
                "fact": "findings.part2_order",
                "text": "Is it so that a court has issued an order under 42 CFR 2.61 to 2.67 for "
                "these records?",
                "by": "counsel",
                "turns": ["snap/S1.x"],
            }
        ],
        "packs": ["us-federal 1"],
        "pack_digest": "a" * 64,
        "facts_digest": "b" * 64,
        "engine": "clerestory 0",
        "alarms": ["broken"],
    }


def test_what_is_written_follows_the_published_schema_and_has_one_byte_string() -> None:
    written = determination_json(WHOLE, SPEAKER)

    check_shape(written, "determination")
    assert canonical_bytes(written) == canonical_bytes(determination_json(WHOLE, SPEAKER))


@pytest.mark.parametrize(
    ("key", "value"),
    [("overall", "perhaps"), ("pack_digest", "short"), ("rulings", [{}]), ("more", 1)],
)
def test_the_schema_refuses_what_no_determination_is(key: str, value: Any) -> None:
    with pytest.raises(BadDemand):
        check_shape({**determination_json(WHOLE, SPEAKER), key: value}, "determination")


def test_the_text_made_part_by_part_is_the_one_made_at_once() -> None:
    first = WHOLE.rulings[0]
    other = replace(first, outcome=Outcome.WITHHOLD, coarsen_to=None, lowered_from=Outcome.RELEASE)
    several = [
        replace(ruling, item=Item(ref, program, name))
        for ref in ("S1", 'a "quoted" \\ é', "S3")
        for program, name in (("snap", "ssn"), ("snap", "name"), ("tanf", "ssn"))
        for ruling in (first, other)
    ]

    for rulings in ((), WHOLE.rulings, tuple(several)):
        answer = replace(WHOLE, rulings=rulings)

        assert "".join(determination_text(answer, SPEAKER)) == json.dumps(
            determination_json(answer, SPEAKER), indent=1
        )


def test_what_rulings_share_is_written_out_once() -> None:
    shared = WHOLE.rulings[0]
    many = tuple(replace(shared, item=Item(f"S{n}", "snap", "ssn")) for n in range(1, 101))

    parts = list(determination_text(replace(WHOLE, rulings=many), SPEAKER))

    assert len(parts) == 102
    assert max(map(len, parts[1:-1])) < 900
