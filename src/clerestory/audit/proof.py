"""Proving the promises of packs: for every demand, on every day on which the law differs.

A promise that the solver refutes is shown as a demand that Cedar decides again. If Cedar's answer
is another, the translation is wrong, and that is an alarm and no result. A question that the solver
does not settle in its time is not proved, and neither is a promise that no demand could break.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from clerestory.audit.every_day import DAY, EveryDay, all_days
from clerestory.audit.promises.gathering import REVIEW, Promises
from clerestory.audit.promises.question import Question
from clerestory.audit.promises.rests import RESTS
from clerestory.audit.proof_cedar import Decided, InterpretersDisagree, confirmed, decide_facts
from clerestory.audit.proof_report import NOT_PROVED, PROVED, REFUTED, Proof, ProofReport
from clerestory.law.packs import PackStack
from clerestory.policy.circuit.well_formed import ordinary, well_formed
from clerestory.policy.decide.lowering import raising_reviews
from clerestory.policy.interpreters.smt import Answer, CanBe, Solver

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
    laws = different_laws(stack)
    proving = _Proving(stack, Promises.of(stack), len(laws), timeout_ms)
    say(f"writing {len(laws)} laws")
    proving.prove(say)
    return ProofReport(
        packs=stack.names,
        digest=stack.digest,
        proofs=(*proving.proofs(), _review(len(laws), laws[-1])),
        seconds=time.perf_counter() - started,
    )


@dataclass
class _Proving:
    """All days in one circuit and one solver: the day is one more fact of a demand."""

    stack: PackStack
    promises: Promises
    laws: int
    timeout_ms: int
    _found: dict[str, Proof] = field(default_factory=dict)
    _met: set[str] = field(default_factory=set)
    _asked: dict[int, Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._law = EveryDay.of(self.stack, self.promises.days([self.stack]))
        self._circuit = self._law.circuit
        self._solver = self._new_solver()
        # What is broken today says more than what was broken once.
        latest = self._circuit.is_one_of(DAY, [max(self._law.days)])
        self._plain = [latest, *ordinary(self._circuit)]

    def prove(self, say: Callable[[str], None]) -> None:
        questions = list(self.promises.ask(self._law))
        say(f"asking {len(questions)} promises")
        self._ask_together(questions)
        for question in questions:
            self._found[question.id] = self._prove(question)
        say("asking what the promises are about")
        self._meet(questions)

    def _prove(self, question: Question) -> Proof:
        answer = self._ask(question.broken)
        proof = Proof(
            promise=question.id,
            says=question.says,
            result={CanBe.NEVER: PROVED, CanBe.OPEN: NOT_PROVED}.get(answer.can_be, REFUTED),
            on=min(self._law.days.values()),
            laws=self.laws,
        )
        if answer.facts is None:
            return proof
        answer = self._solver.ask(question.broken, plain=self._plain)
        if answer.facts is None:
            return replace(proof, result=NOT_PROVED)
        demand, policies, on = confirmed(self._law, question.id, answer.facts)
        source = str(answer.facts["resource.source"])
        return replace(proof, demand=demand, policies=policies, on=on, source=source)

    def _meet(self, questions: Sequence[Question]) -> None:
        """Find demands that the promises are about; one demand is mostly about many of them."""
        waiting = list(questions)
        rests = self._circuit.reached(question.premise for question in questions)
        # Most of what is promised of rests on little of the law: a solver of its own is quicker.
        solver = self._new_solver()
        while waiting:
            facts = solver.ask(waiting[0].premise).facts
            if facts is None:
                waiting = waiting[1:]
                continue
            values = self._circuit.evaluate_of(rests, facts)
            self._met |= {q.id for q in waiting if values[q.premise]}
            waiting = [q for q in waiting if not values[q.premise]]

    def _new_solver(self) -> Solver:
        solver = Solver(self._circuit, self.timeout_ms)
        solver.require(well_formed(self._circuit))
        return solver

    def _ask_together(self, questions: Sequence[Question]) -> None:
        """Ask whether any of the promises can be broken: where none can, all of them hold.

        A demand that breaks one is told of all that it breaks, and the others are asked again.
        """
        waiting = {question.broken for question in questions}
        while waiting:
            answer = self._solver.ask(self._circuit.either(waiting))
            if answer.can_be is CanBe.OPEN:
                return
            met = waiting
            if answer.facts is not None:
                values = self._circuit.evaluate_of(self._circuit.reached(waiting), answer.facts)
                met = {place for place in waiting if values[place]}
            self._asked |= dict.fromkeys(met, answer)
            waiting = waiting - met

    def _ask(self, place: int) -> Answer:
        """Ask by itself what was left open together."""
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


def _review(laws: int, on: date) -> Proof:
    """Run the program's own rule for reviews on everything that it can be given."""
    return Proof(
        promise=REVIEW,
        says="A reviewer lowers an answer and never raises one, and withholds no mandate.",
        result=REFUTED if raising_reviews() else PROVED,
        on=on,
        laws=laws,
    )
