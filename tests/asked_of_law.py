"""How some promises come out, or one of them, without asking all: quick, for many slips."""

from clerestory.audit.every_day import EveryDay
from clerestory.audit.promises.gathering import Promises
from clerestory.audit.proof_cedar import confirmed
from clerestory.audit.proof_report import NOT_PROVED, PROVED, REFUTED, Proof
from clerestory.law.packs import PackStack
from clerestory.policy.circuit.well_formed import ordinary, well_formed
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


def shown_for(stack: PackStack, promise: str) -> Proof | None:
    """Return the demand that breaks one promise as ``prove`` shows it, or None where it holds."""
    promises = Promises.of(stack)
    law = EveryDay.of(stack, promises.days([stack]))
    solver = Solver(law.circuit)
    solver.require(well_formed(law.circuit))
    (question,) = (q for q in promises.ask(law) if q.id == promise)
    facts = solver.ask(question.broken, plain=ordinary(law.circuit)).facts
    if facts is None:
        return None
    demand, policies, on = confirmed(law, promise, facts)
    source = str(facts["resource.source"])
    return Proof(
        promise=promise, says=question.says, result=REFUTED, on=on, laws=1,
        demand=demand, policies=policies, source=source,
    )  # fmt: skip
