"""How some promises come out, without a demand for each that is broken: quick, for many slips."""

from clerestory.audit.every_day import EveryDay
from clerestory.audit.promises.gathering import Promises
from clerestory.audit.proof import NOT_PROVED, PROVED, REFUTED
from clerestory.law.packs import PackStack
from clerestory.policy.circuit.well_formed import well_formed
from clerestory.policy.interpreters.smt import CanBe, Solver


def asked_of(stack: PackStack, *heads: str) -> dict[str, str]:
    """Return the result of each promise of which the id begins in one of these ways."""
    promises = Promises.of(stack)
    law = EveryDay.of(stack, promises.days([stack]))
    solver = Solver(law.circuit)
    solver.require(well_formed(law.circuit))
    questions = [q for q in promises.ask(law) if q.id.startswith(heads)]
    all_hold = solver.ask(law.circuit.either(q.broken for q in questions)).can_be is CanBe.NEVER
    results: dict[str, str] = {}
    for question in questions:
        if not all_hold and solver.ask(question.broken).can_be is not CanBe.NEVER:
            results[question.id] = REFUTED
        elif solver.ask(question.premise).can_be is CanBe.POSSIBLE:
            results[question.id] = PROVED
        else:
            results[question.id] = NOT_PROVED
    return results
