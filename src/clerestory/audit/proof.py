"""Proving the promises of packs: for every demand, on every day on which the law differs.

A promise that the solver refutes is shown as a demand that Cedar decides again. If Cedar's answer
is another, the translation is wrong, and that is an alarm and no result. A question that the solver
does not settle in its time is not proved, and neither is a promise that no demand could break.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from clerestory.audit.promises.gathering import REVIEW, Promises
from clerestory.audit.promises.question import Question
from clerestory.audit.promises.rests import RESTS
from clerestory.audit.proof_cedar import Decided, InterpretersDisagree, confirmed, decide_facts
from clerestory.audit.proof_report import NOT_PROVED, PROVED, REFUTED, Proof, ProofReport
from clerestory.audit.two_laws import all_days
from clerestory.law.packs import PackStack
from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.circuit.well_formed import ordinary, well_formed
from clerestory.policy.decide.lowering import raising_reviews
from clerestory.policy.interpreters.smt import Answer, CanBe, Solver
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.shape import shape_of

__all__ = [
    "NOT_PROVED", "PROVED", "REFUTED", "RESTS", "REVIEW", "Decided", "InterpretersDisagree",
    "Proof", "ProofReport", "decide_facts", "different_laws", "prove",
]  # fmt: skip


def different_laws(stack: PackStack) -> list[date]:
    """Return one day for each set of policies that is in force at some time, in order."""
    seen: dict[frozenset[str], date] = {}
    for day in all_days([stack]):
        seen.setdefault(frozenset(policy.id for policy in stack.in_force(day)), day)
    return sorted(seen.values())


def prove(
    stack: PackStack,
    *,
    timeout_ms: int = 30_000,
    say: Callable[[str], None] = lambda _: None,
) -> ProofReport:
    """Prove every promise of the program and of the packs, on every different law.

    Raises:
        PackFault: A promise cannot be read, or rests on what is not there.
        OutsideSubset: A policy or a promise uses what cannot be translated.
        InterpretersDisagree: Cedar does not confirm a counterexample.
    """
    started = time.perf_counter()
    days = different_laws(stack)
    proving = _Proving(stack, Promises.of(stack), len(days), timeout_ms)
    for number, day in enumerate(days, 1):
        proving.prove_day(day)
        say(f"{number} of {len(days)} laws")
    return ProofReport(
        packs=stack.names,
        digest=stack.digest,
        proofs=(*proving.proofs(), _review(len(days), days[-1])),
        seconds=time.perf_counter() - started,
    )


@dataclass
class _Proving:
    """All days in one circuit and one solver: what is the same on two days is asked once."""

    stack: PackStack
    promises: Promises
    laws: int
    timeout_ms: int
    _found: dict[str, Proof] = field(default_factory=dict)
    _met: set[str] = field(default_factory=set)
    _asked: dict[int, Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._base = Circuit(shape_of(self.stack))
        self._solver = Solver(self._base, self.timeout_ms)
        self._solver.require(well_formed(self._base))
        self._plain = ordinary(self._base)

    def prove_day(self, day: date) -> None:
        law = LawOfTheDay.assemble(self.stack, day)
        circuit = circuit_of(law, self._base)
        questions = list(self.promises.ask(circuit, law))
        self._ask_together([question.broken for question in questions])
        for question in questions:
            proof = self._prove(question, law, circuit)
            before = self._found.get(question.id)
            # The first demand that breaks a promise outweighs a law that was left open.
            if before is None or _weight(proof) > _weight(before):
                self._found[question.id] = proof
        self._meet(questions, circuit)

    def _prove(self, question: Question, law: LawOfTheDay, circuit: Circuit) -> Proof:
        answer = self._ask(question.broken)
        proof = Proof(
            promise=question.id,
            says=question.says,
            result={CanBe.NEVER: PROVED, CanBe.OPEN: NOT_PROVED}.get(answer.can_be, REFUTED),
            on=law.on,
            laws=self.laws,
        )
        known = self._found.get(question.id)
        if answer.facts is None or (known and known.result == REFUTED):
            return proof
        answer = self._solver.ask(question.broken, plain=self._plain)
        if answer.facts is None:
            return replace(proof, result=NOT_PROVED)
        demand, policies = confirmed(self.stack, law, circuit, question.id, answer.facts)
        return replace(proof, demand=demand, policies=policies)

    def _meet(self, questions: Sequence[Question], circuit: Circuit) -> None:
        """Find demands that the promises are about; one demand is mostly about many of them."""
        waiting = [question for question in questions if question.id not in self._met]
        while waiting:
            facts = self._ask(waiting[0].premise).facts
            if facts is None:
                waiting = waiting[1:]
                continue
            values = circuit.evaluate(facts)
            self._met |= {q.id for q in waiting if values[q.premise]}
            waiting = [q for q in waiting if not values[q.premise]]

    def _ask_together(self, places: Sequence[int]) -> None:
        """Ask whether any of the nodes can hold: where none can, that is the answer of each."""
        new = sorted({place for place in places if place not in self._asked})
        answer = self._solver.ask(self._base.either(new))
        if answer.can_be is CanBe.NEVER:
            self._asked |= dict.fromkeys(new, answer)

    def _ask(self, place: int) -> Answer:
        if place not in self._asked:
            self._asked[place] = self._solver.ask(place)
        return self._asked[place]

    def proofs(self) -> list[Proof]:
        """Return how each promise came out; one about no demand proves nothing."""
        return [
            proof
            if name in self._met or proof.result != PROVED
            else replace(
                proof, result=NOT_PROVED, says=f"{proof.says} (No demand fits its condition.)"
            )
            for name, proof in self._found.items()
        ]


def _weight(proof: Proof) -> int:
    return (PROVED, NOT_PROVED, REFUTED).index(proof.result)


def _review(laws: int, on: date) -> Proof:
    """Run the program's own rule for reviews on everything that it can be given."""
    return Proof(
        promise=REVIEW,
        says="A reviewer lowers an answer and never raises one, and withholds no mandate.",
        result=REFUTED if raising_reviews() else PROVED,
        on=on,
        laws=laws,
    )
