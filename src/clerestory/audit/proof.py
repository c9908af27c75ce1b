"""Proving the promises of packs: for every demand, on every day on which the law differs.

A promise that the solver refutes is shown as a demand that Cedar decides again. If Cedar's answer
is another, the translation is wrong, and that is an alarm and no result.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from importlib.metadata import version
from typing import Any

from clerestory.demands import read_demand
from clerestory.demands.schema import check_shape
from clerestory.kernel import Corruption
from clerestory.kernel.canonical import Json
from clerestory.law.errors import PackFault
from clerestory.law.packs import PackStack
from clerestory.law.policies import Policy
from clerestory.law.promises import Promise, load_promises
from clerestory.policy import Engine
from clerestory.policy.circuit import Circuit
from clerestory.policy.circuit_of_law import circuit_of, read_condition
from clerestory.policy.counterexample import demand_of
from clerestory.policy.errors import OutsideSubset
from clerestory.policy.interpreters.smt import Solver, Verdict
from clerestory.policy.law_of_the_day import LawOfTheDay
from clerestory.policy.lowering import raising_reviews
from clerestory.policy.supposing import supposing
from clerestory.policy.well_formed import ordinary, well_formed
from clerestory.policy.whole_answers import WholeAnswer, answers_of_cases

# The promise that every stack of packs makes, whatever its promises.toml says.
RESTS = "release-rests-on-read-law"
# The one that is made by the program and not by the law.
REVIEW = "a-review-never-raises"
PROVED, REFUTED, NOT_PROVED = "proved", "refuted", "not proved"


class InterpretersDisagree(Corruption):
    """Two interpreters of one law gave two answers: nothing they say may be used."""

    code = "interpreters-disagree"
    todo = "do not use these packs; keep them as they are, and report their digests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How one promise came out. ``demand`` breaks it, on the day ``on``, where it is refuted."""

    promise: str
    says: str
    verdict: str
    on: date
    laws: int
    demand: Mapping[str, Any] | None = field(default=None, repr=False)
    policies: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """Return the proof for programs."""
        return {
            "promise": self.promise,
            "says": self.says,
            "verdict": self.verdict,
            "laws": self.laws,
            "on": self.on.isoformat(),
            "demand": dict(self.demand) if self.demand else None,
            "policies": list(self.policies),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofReport:
    """All promises of a stack of packs."""

    packs: tuple[str, ...]
    digest: str
    proofs: tuple[Proof, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether every promise was proved; without promises nothing is."""
        return bool(self.proofs) and all(proof.verdict == PROVED for proof in self.proofs)

    def lines(self, *, shown: bool = True) -> Iterator[str]:
        """Yield the report for people, with the demands that break a promise if ``shown``."""
        import yaml

        yield f"{' + '.join(self.packs)}, digest {self.digest[:16]}"
        for proof in self.proofs:
            yield f"{proof.verdict:10}  {proof.promise}: {proof.says}"
            if proof.demand is not None:
                yield f"            broken on {proof.on} by {', '.join(proof.policies)}"
                if shown:
                    yield yaml.safe_dump(dict(proof.demand), sort_keys=False)
        counts = [sum(p.verdict == v for p in self.proofs) for v in (PROVED, REFUTED, NOT_PROVED)]
        laws = self.proofs[0].laws if self.proofs else 0
        yield (
            f"{counts[0]} proved, {counts[1]} refuted, {counts[2]} not proved, each for all "
            f"demands under {laws} laws of different days ({self.seconds:.1f} s)"
        )

    def record(self) -> dict[str, Json]:
        """Return what is kept of a proof: the same packs and solver give the same record."""
        return {
            "packs": list(self.packs),
            "proved": [proof.promise for proof in self.proofs],
            "laws": max(proof.laws for proof in self.proofs),
            "solver": f"z3 {version('z3-solver')}",
        }

    def to_json(self) -> dict[str, Json]:
        """Return the report for programs."""
        return {
            "packs": list(self.packs),
            "digest": self.digest,
            "holds": self.holds,
            "proofs": [proof.to_json() for proof in self.proofs],
        }


def different_laws(stack: PackStack) -> list[date]:
    """Return one day for each set of policies that is in force at some time, in order."""
    boundaries = stack.boundaries()
    days = [min(boundaries, default=date(2026, 1, 1)) - timedelta(days=1), *boundaries]
    seen: dict[frozenset[str], date] = {}
    for day in days:
        seen.setdefault(frozenset(policy.id for policy in stack.in_force(day)), day)
    return sorted(seen.values())


def prove(
    stack: PackStack,
    *,
    timeout_ms: int = 30_000,
    say: Callable[[str], None] = lambda _: None,
) -> ProofReport:
    """Prove every promise of the packs, on every different law.

    Raises:
        PackFault: A promise cannot be read.
        OutsideSubset: A policy or a promise uses what cannot be translated.
        InterpretersDisagree: Cedar does not confirm a counterexample.
    """
    started = time.perf_counter()
    promises = load_promises([pack.folder for pack in stack.packs])
    _check_names(promises)
    days = different_laws(stack)
    found: dict[str, Proof] = {}
    about: set[str] = set()
    for number, day in enumerate(days, 1):
        for promise, proof in _prove_day(stack, day, promises, len(days), timeout_ms, about):
            # The first demand that breaks a promise outweighs a law that was left open.
            if promise not in found or _weight(proof) > _weight(found[promise]):
                found[promise] = proof
        say(f"{number} of {len(days)} laws")
    found[REVIEW] = _review(len(days), days[-1])
    about.add(REVIEW)
    return ProofReport(
        packs=stack.names,
        digest=stack.digest,
        proofs=tuple(_or_about_nothing(proof, about) for proof in found.values()),
        seconds=time.perf_counter() - started,
    )


def _weight(proof: Proof) -> int:
    return (PROVED, NOT_PROVED, REFUTED).index(proof.verdict)


def _check_names(promises: Sequence[Promise]) -> None:
    for promise in promises:
        if promise.id in {RESTS, REVIEW}:
            raise PackFault(
                f"{promise.pack}/promises.toml: {promise.id}: is promised of every pack already",
                todo="give the promise another id",
            )


def _prove_day(
    stack: PackStack,
    day: date,
    promises: Sequence[Promise],
    laws: int,
    timeout_ms: int,
    about: set[str],
) -> Iterator[tuple[str, Proof]]:
    law = LawOfTheDay.assemble(stack, day)
    circuit = circuit_of(law)
    broken = {promise.id: breaks(circuit, law, promise) for promise in promises}
    says = {promise.id: promise.says for promise in promises}
    broken[RESTS] = _rests_on_nothing(circuit, law)
    says[RESTS] = (
        "Whatever opens a record stands on an authority that was read, is in force that day, and "
        "is no mere background."
    )
    solver = Solver(circuit, timeout_ms)
    solver.require(well_formed(circuit))
    plain = ordinary(circuit)
    about |= {p.id for p in promises if p.id not in about and _concerns(solver, law, p)}
    for name, place in broken.items():
        answer = solver.ask(place, plain=plain)
        verdict = {Verdict.NEVER: PROVED, Verdict.OPEN: NOT_PROVED}.get(answer.verdict, REFUTED)
        demand: Mapping[str, Any] | None = None
        policies: tuple[str, ...] = ()
        if answer.facts is not None:
            demand, policies = _confirmed(stack, law, circuit, name, answer.facts)
        yield (
            name,
            Proof(
                promise=name, says=says[name], verdict=verdict, on=day, laws=laws,
                demand=demand, policies=policies,
            ),
        )  # fmt: skip


def _review(laws: int, on: date) -> Proof:
    """Run the program's own rule for reviews on everything that it can be given."""
    return Proof(
        promise=REVIEW,
        says="A reviewer lowers an answer and never raises one, and withholds no mandate.",
        verdict=REFUTED if raising_reviews() else PROVED,
        on=on,
        laws=laws,
    )


def breaks(circuit: Circuit, law: LawOfTheDay, promise: Promise) -> int:
    """Return the node that holds for the requests that break the promise.

    Raises:
        OutsideSubset: Its condition cannot be translated, or it supposes what can never be.
    """
    name = f"promises.toml: {promise.id}"
    when = read_condition(circuit, law, promise.tree, name=name)
    given = circuit.either(circuit.outcomes[answer] for answer in promise.never)
    if not promise.as_if:
        return circuit.both([when, given])
    for path, code in promise.as_if.items():
        # What no request says would change nothing, and the promise would hold of nothing.
        if code not in circuit.shape.facts.get(path, ()):
            raise OutsideSubset(name, "as_if", f"{code}, which {path} never is")
    otherwise = supposing(circuit, given, promise.as_if)
    return circuit.both([when, given, circuit.negate(otherwise)])


def _concerns(solver: Solver, law: LawOfTheDay, promise: Promise) -> bool:
    when = read_condition(solver.circuit, law, promise.tree, name=f"promises.toml: {promise.id}")
    return solver.ask(when).verdict is Verdict.POSSIBLE


def _or_about_nothing(proof: Proof, about: set[str]) -> Proof:
    """A promise about demands that cannot be made holds of nothing, and so proves nothing."""
    if proof.promise in about or proof.promise == RESTS or proof.verdict != PROVED:
        return proof
    return replace(proof, verdict=NOT_PROVED, says=f"{proof.says} (No demand fits its condition.)")


def _rests_on_nothing(circuit: Circuit, law: LawOfTheDay) -> int:
    """Return where something opens that stands on no law, or on law that nobody has read."""
    opening = [p for a in ("lift", "lift_coarsened") for p in law.by_action[a].by_id.values()]
    doubtful = [circuit.policies[p.id] for p in opening if not _is_read(law, p)]
    open_ = circuit.either([circuit.outcomes["release"], circuit.outcomes["coarsen"]])
    return circuit.both([open_, circuit.either(doubtful)])


def _is_read(law: LawOfTheDay, policy: Policy) -> bool:
    authorities = [law.stack.authorities[name] for name in policy.authorities]
    return authorities[0].kind != "context" and all(
        authority.confirmed != "no" and law.on in authority.in_force for authority in authorities
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What Cedar answered to facts that a solver made, and on what it rests."""

    whole: WholeAnswer
    policies: tuple[str, ...]
    authorities: tuple[str, ...]


def decide_facts(stack: PackStack, on: date, facts: Mapping[str, Any]) -> Decided:
    """Write flat facts as a demand, read it as any other, and let Cedar decide it."""
    document = demand_of(facts, on, name="PROOF")
    check_shape(document, "demand")
    demand = read_demand(document, stack.vocabulary)
    item = demand.items[0]
    sources = {(item.program, item.field): str(facts["resource.source"])}
    engine = Engine.of(stack, on, sources)
    ruling = next(r for r in engine.decide(demand, explain=False).rulings if r.item == item)
    docket = engine.docket(demand)
    case = docket.cases[docket.places[item]]
    (whole,) = answers_of_cases(engine.law, [case], docket.entities)
    return Decided(whole=whole, policies=ruling.policies, authorities=ruling.authorities)


def _confirmed(
    stack: PackStack, law: LawOfTheDay, circuit: Circuit, name: str, facts: Mapping[str, Any]
) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """Let Cedar decide the counterexample, and keep it only if Cedar answers the same."""
    values = circuit.evaluate(facts)
    wanted = next(answer for answer, place in circuit.outcomes.items() if values[place])
    decided = decide_facts(stack, law.on, facts)
    if decided.whole.outcome != wanted:
        raise InterpretersDisagree(
            f"the proof of {name} says {wanted} and cedar says {decided.whole.outcome}, on "
            f"{law.on}",
            todo="do not use these packs; report the pack digest and the promise",
        )
    return demand_of(facts, law.on, name=f"BREAKS-{name}"), decided.policies
