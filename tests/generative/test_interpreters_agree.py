"""Laws and schemas made up from every part of the supported Cedar, on facts from every list.

Hypothesis chooses the policies and the codes that the law adds to the schema, and makes a law that
fails smaller; the facts are drawn by a seed.

Cedar is the reference; the circuit, the table and the solver must give the same whole answer.
"""

import json
import shutil
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clerestory.demands.determination import Outcome
from clerestory.law.codes import Vocabulary
from clerestory.law.packs import PackStack, load_stack
from clerestory.law.stages import STAGES, known_to, way
from clerestory.policy.circuit.circuit import All, Any_, Circuit, Has, Is, Not
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.interpreters.smt import CanBe, Solver
from clerestory.policy.interpreters.whole_answers import (
    cedar_answers,
    circuit_answer,
    columnar_answers,
)
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.shape import ENTITIES, Shape, shape_of
from whole import WHOLE

ROOT = Path(__file__).parents[2]
ON = date(2026, 3, 2)
NOTES = {
    "define": '@establishes("w{}")',
    "lift": '@lifts("w{}")',
    "disclose": '@bars("w{}")',
    "lift_coarsened": '@lifts("w{}") @coarsen_to("month{}")',
    "refer": "",
    "oblige": '@duty("d{}") @within("same day")',
}
AUTHORITY = """
[[authority]]
id = "{name}"
citation = "{name} section 1"
title = "a made-up law"
kind = "{kind}"
binds = ["all"]
basis = "{basis}"
confirmed = "yes"
effect = "It has this effect."
requester = "It says this to the requester."
person = "It says this to the person."
not_met = "It was not met."
"""
FACTS = ("paper.kind", "paper.status", "findings.order_stayed", "consent.given", "months")
SETS = ("grounds", "subject.flags", "raised", "papers")


# Lists that a made-up law adds codes to, with those of their groups; "aa" sorts first, so that the
# new codes are among the few that are used often.
GROWING = {
    "requester_class": "law_enforcement",
    "purpose": "criminal_investigation",
    "fields": "identity",
    "grounds": None,
    "flags": None,
    "instrument_kind": None,
}


class Maker:
    """Makes up conditions, few facts often, so that both answers are met."""

    def __init__(self, draw: Random, stage: str, vocabulary: Vocabulary, shape: Shape) -> None:
        self.draw, self.lists, self.shape = draw, vocabulary.lists, shape
        self.words = sorted(known_to(stage) - {"outcome"})
        self.kinds = [self.fact, self.within, self.set, self.word, self.flag]
        self.kinds += [self.outcome] if stage == "oblige" else []

    def text(self, depth: int = 3) -> str:
        if depth and self.draw.random() < 0.6:
            one, other = self.text(depth - 1), self.text(depth - 1)
            return self.draw.choice(
                [
                    f"({one} && {other})",
                    f"({one} || {other})",
                    f"!({one})",
                    f"(if {one} then {other} else {self.text(0)})",
                ]
            )
        return self.draw.choice(self.kinds)()

    def outcome(self) -> str:
        one, other = self.draw.sample([outcome.value for outcome in Outcome], 2)
        return self.draw.choice(
            [f'context.outcome == "{one}"', f'["{one}", "{other}"].contains(context.outcome)']
        )

    def fact(self) -> str:
        path = self.draw.choice(FACTS)
        code, more = self.codes(self.shape.facts[path]), self.codes(self.shape.facts[path])
        return self.draw.choice(
            [
                f'context.{path} == "{code}"',
                f'context.{path} != "{code}"',
                f'["{code}", "{more}"].contains(context.{path})',
                f'resource.name == "{self.codes(self.shape.facts["resource.name"])}"',
                f'resource.source == "{self.codes(self.shape.facts["resource.source"])}"',
            ]
        )

    def within(self) -> str:
        kind = self.draw.choice(sorted(ENTITIES))
        code = self.codes({code for name in ENTITIES[kind] for code in self.lists[name]})
        left = {"Requester": "principal", "Purpose": "context.purpose"}.get(kind, "resource")
        operator = self.draw.choice(["in", "==", "!="]) if left != "resource" else "in"
        return f'{left} {operator} {kind}::"{code}"'

    def set(self) -> str:
        path = self.draw.choice(SETS)
        one, other = self.codes(self.shape.sets[path]), self.codes(self.shape.sets[path])
        return self.draw.choice(
            [
                f'context.{path}.contains("{one}")',
                f'context.{path}.containsAny(["{one}", "{other}"])',
                f'context.{path}.containsAll(["{one}", "{other}"])',
                f'["{one}", "{other}"].containsAll(context.{path})',
                f"context.{path}.isEmpty()",
            ]
        )

    def word(self) -> str:
        if not self.words:
            return self.flag()
        path = self.draw.choice(self.words)
        return self.draw.choice(
            [
                f'context.{path}.contains("w{self.draw.randint(0, 3)}")',
                f'["w0", "w1"].containsAll(context.{path})',
                f'context.{path}.containsAny(["w1", "w2"])',
                f"context.{path}.isEmpty()",
            ]
        )

    def flag(self) -> str:
        return self.draw.choice(["resource.proxy", "true", "false"])

    def codes(self, known: Any) -> str:
        return str(self.draw.choice(sorted(known)[:6]))


def policy(draw: Random, number: int, stage: str, vocabulary: Vocabulary, shape: Shape) -> str:
    effect = draw.choice(["permit", "forbid"]) if stage in {"disclose", "refer"} else "permit"
    word = NOTES[stage].replace("{}", str(draw.randint(0, 3)))
    if stage == "refer" and effect == "permit":
        # What counsel's opinion may open, may only close, or may not end.
        opens = f'@opinion("may_open may_close") @lifts("w{draw.randint(0, 3)}")'
        word = draw.choice([opens, opens, opens, '@opinion("may_close")', ""])
    action = 'action in Action::"disclose"' if stage == "disclose" else (
        f'action == Action::"{stage}"'
    )  # fmt: skip
    principal = draw.choice(
        ["principal", 'principal in Requester::"law_enforcement"', 'principal == Requester::"ice"']
    )
    resource = draw.choice(
        ["resource", 'resource in Program::"snap"', 'resource in Category::"identity"']
    )
    make = Maker(draw, stage, vocabulary, shape)
    unless = f" unless {{ {make.text()} }}" if draw.random() < 0.5 else ""
    return (
        f'@id("p{number}") @authority("{draw.choice(["act", "mandate", "house-rule"])}") {word}\n'
        f"{effect} ({principal}, {action}, {resource}) when {{ {make.text()} }}{unless};"
    )


def opening(draw: Random) -> str:
    """Return a permit that a lock alone can open, so that coarser answers are met as well."""
    return (
        f'@id("open") @authority("act") permit (principal, action in Action::"disclose", resource) '
        f'when {{ context.lifted.contains("w{draw.randint(0, 3)}") }};'
    )


def point(draw: Random) -> str:
    """Return a point whose opinion lifts a lock, so that opinions open something as well."""
    return (
        '@id("point") @authority("act") @opinion("may_open may_close") @lifts("w0 w1 w2 w3")\n'
        'permit (principal, action == Action::"refer", resource) '
        f'when {{ context.paper.status != "{draw.choice(["live", "stayed"])}" }};'
    )


def more_codes(draw: Random) -> str:
    """Return a pack's own codes: some of them in a group of its own, or in a known one."""
    lists: dict[str, dict[str, Any]] = {}
    for name, group in GROWING.items():
        for number in range(draw.randint(0, 2)):
            groups = {"in": [draw.choice([group, "aa0"]) if number else group]} if group else {}
            lists.setdefault(name, {})[f"aa{number}"] = {"means": "a made-up code.", **groups}
    return json.dumps(lists)


def made_up_law(draw: Random, folder: Path) -> PackStack:
    stages = [*NOTES, "lift_coarsened", *(draw.choice(list(NOTES)) for _ in range(12))]
    pack = folder / "tiny"
    pack.mkdir()
    shutil.copy(ROOT / "packs" / "codes.yaml", folder)
    (pack / "codes.yaml").write_text(more_codes(draw))
    (pack / "pack.toml").write_text('name = "tiny"\nversion = "1"\nrequires = []\n')
    kinds = {"house-default-deny": "restricts", "act": "permits", "mandate": "mandates",
             "house-rule": "restricts"}  # fmt: skip
    bases = dict.fromkeys(kinds, "law") | {"house-rule": "agency_policy"}
    (pack / "authorities.toml").write_text(
        "".join(
            AUTHORITY.format(name=name, kind=kind, basis=bases[name])
            for name, kind in kinds.items()
        ).replace('id = "house-default-deny"', 'id = "house-default-deny"\ndecides = "silence"')
    )
    stack = load_stack(folder, [pack.name])
    told = (stack.vocabulary, shape_of(stack))
    text = "\n".join(policy(draw, number, stage, *told) for number, stage in enumerate(stages))
    (pack / "law.cedar").write_text(f"{text}\n{opening(draw)}\n{point(draw)}")
    return load_stack(folder, [pack.name])


def made_up_facts(draw: Random, shape: Shape) -> dict[str, Any]:
    facts: dict[str, Any] = {p: draw.choice(sorted(shape.facts[p])[:6]) for p in shape.facts}
    for path in shape.sets:
        codes = sorted(shape.sets[path])[:6]
        facts[path] = sorted(draw.sample(codes, min(len(codes), draw.randint(0, 2))))
    return facts


def table_of(rows: list[dict[str, Any]], shape: Shape) -> pa.Table:
    kinds = {path: pa.list_(pa.string()) if path in shape.sets else pa.string()
             for path in shape.columns}  # fmt: skip
    return pa.table({path: pa.array([row[path] for row in rows], kinds[path]) for path in kinds})


def by_solver(circuit: Circuit, facts: dict[str, Any]) -> list[str]:
    solver = Solver(circuit)
    for path, codes in circuit.shape.facts.items():
        if len(codes) > 1:
            solver.require(circuit.is_one_of(path, [facts[path]]))
    for path, codes in circuit.shape.sets.items():
        for code in codes:
            held = circuit.holds(path, code)
            solver.require(held if code in facts[path] else circuit.negate(held))
    return [a for a, p in circuit.outcomes.items() if solver.ask(p).can_be is not CanBe.NEVER]


def law_of(draw: Random) -> LawOfTheDay:
    with TemporaryDirectory() as folder:
        return LawOfTheDay.assemble(made_up_law(draw, Path(folder)), ON)


@pytest.mark.slow
@settings(max_examples=120 if WHOLE else 40, deadline=None, suppress_health_check=list(HealthCheck))
@given(draw=st.randoms(use_true_random=False), seed=st.integers(0, 1000))
def test_cedar_the_circuit_the_table_and_the_solver_agree(draw: Random, seed: int) -> None:
    law = law_of(draw)
    circuit = circuit_of(law)
    rows = [made_up_facts(Random(f"{seed} {n}"), circuit.shape) for n in range(12)]

    expected = cedar_answers(law, rows)

    assert [circuit_answer(circuit, row) for row in rows] == expected
    assert columnar_answers(circuit, table_of(rows, circuit.shape)) == expected
    assert [by_solver(circuit, row) for row in rows[:2]] == [[a.outcome] for a in expected[:2]]


@pytest.mark.parametrize("seed", range(12))
def test_they_agree_in_whatever_order_the_stages_stand(seed: int) -> None:
    draw = Random(seed)
    law = law_of(draw)
    order = draw.sample(way(STAGES), draw.choice([4, 5, 5]))
    law = replace(law, stages=(*order, *(stage for stage in STAGES if stage.beside)))
    circuit = circuit_of(law)
    # What counsel signed is weighed against the stages as they are declared, in no other order.
    unsigned: dict[str, list[str]] = {"opinion.favor": [], "opinion.against": [], "suspended": []}
    rows = [made_up_facts(draw, circuit.shape) | unsigned for _ in range(40)]

    expected = cedar_answers(law, rows)

    assert [circuit_answer(circuit, row) for row in rows] == expected
    assert columnar_answers(circuit, table_of(rows, circuit.shape)) == expected


def test_every_part_of_the_supported_cedar_is_generated() -> None:
    met: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    for seed in range(40):
        law = law_of(Random(seed))
        circuit = circuit_of(law)
        met.update(type(node).__name__ for node in circuit.nodes)
        for made in law.policies.values():
            met.update(operators(made.tree["conditions"]))
            met[made.effect] += 1
            met["a code of the made-up schema"] += '"aa' in json.dumps(made.tree)
            met.update(f"scope {made.tree[part]['op']}" for part in ("principal", "resource"))
        draw = Random(seed)
        for _ in range(20):
            facts = made_up_facts(draw, circuit.shape)
            answer = circuit_answer(circuit, facts)
            answers.update([answer.label, *answer.duties])

    operations = {"&&", "||", "!", "if-then-else", "==", "!=", "in", ".", "Value", "Set", "Var"}
    operations |= {"contains", "containsAny", "containsAll", "isEmpty"}
    nodes = {kind.__name__ for kind in (Is, Has, Not, All, Any_)}
    assert met["a code of the made-up schema"] > 40
    scopes = {"permit", "forbid", "scope All", "scope in", "scope =="}
    assert (operations | nodes | scopes) - set(met) == set()
    assert {"release", "refer", "withhold"} <= set(answers)
    assert len([label for label in answers if label.startswith("coarsen to")]) > 1
    assert len([label for label in answers if label.endswith("within same day")]) > 1


def operators(tree: Any) -> Counter[str]:
    known = json.dumps(tree)
    names = [*("&&", "||", "!", "if-then-else", "==", "!=", "in", ".", "Value", "Set", "Var")]
    names += ["contains", "containsAny", "containsAll", "isEmpty"]
    return Counter(name for name in names if f'"{name}": ' in known)
