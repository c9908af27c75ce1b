"""Promises that are written out, of the program and of packs, as questions to a law."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from clerestory.audit.promises.question import LawRead, Question
from clerestory.law.promises import Promise, PromiseFile, read_promises
from clerestory.policy.circuit.supposing import Supposing, supposing
from clerestory.policy.errors import OutsideSubset

CORE = Path(__file__).with_name("core.toml")


@cache
def core() -> PromiseFile:
    """Return the promises that stand in the program: every law is judged by them."""
    return read_promises(CORE, "the program")


def ask_written(read: LawRead, promises: Sequence[Promise]) -> Iterator[Question]:
    """Yield the questions of promises that are written out.

    Raises:
        PackFault: A promise names a condition that is not there.
        OutsideSubset: One cannot be translated, supposes what can never be, or names a duty
            that no policy gives.
    """
    for promise in promises:
        when = read.condition(promise.when, promise.tree, name=_name(promise))
        wrong = _wrong(read, promise)
        yield Question(
            id=promise.id,
            says=promise.says,
            premise=_could_break(read, promise, when),
            broken=read.circuit.both([when, wrong]),
        )


def _name(promise: Promise) -> str:
    return f"promises.toml: {promise.id}"


def _could_break(read: LawRead, promise: Promise, when: int) -> int:
    """Return where some law could break it: what supposes the facts as they are changes nothing."""
    if not promise.as_if:
        return when
    circuit = read.circuit
    same = (circuit.is_one_of(path, [code]) for path, code in promise.as_if.items())
    return circuit.both([when, circuit.either(circuit.negate(place) for place in same)])


def _wrong(read: LawRead, promise: Promise) -> int:
    circuit = read.circuit
    if promise.must:
        answered = circuit.either(circuit.outcomes[answer] for answer in promise.after)
        left_out = [circuit.negate(_duty(read, promise, duty)) for duty in promise.must]
        return circuit.both([answered, circuit.either(left_out)])
    given = circuit.either(circuit.outcomes[answer] for answer in promise.never)
    if not promise.as_if:
        return given
    for path, code in promise.as_if.items():
        # What no request says would change nothing, and the promise would hold of nothing.
        if code not in circuit.shape.facts.get(path, ()):
            raise OutsideSubset(_name(promise), "as_if", f"{code}, which {path} never is")
    # What is suspended lowers an answer: with other facts it could be another ground that is met
    # and suspended. So two demands are compared as they stand without it.
    suspended = [("suspended", code) for code in circuit.shape.sets["suspended"]]
    (given,) = Supposing(circuit, [given]).instead({}, suspended)
    otherwise = supposing(circuit, given, promise.as_if)
    return circuit.both([given, circuit.negate(otherwise)])


def _duty(read: LawRead, promise: Promise, duty: str) -> int:
    known = {word for p in read.law.stack.policies for word in p.words("duty")}
    if duty.partition(" ")[0] not in known:
        raise OutsideSubset(_name(promise), "must", f"{duty}, which no policy obliges to")
    return read.circuit.duties.get(duty, read.circuit.no)
