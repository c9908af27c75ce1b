"""What counsel's signed papers can do to an answer, and never do: the same promises for every law.

Opinions and suspensions are facts of a demand, so the law is asked twice in one circuit: with them,
and as if nothing had been signed.
"""

from collections.abc import Iterator, Sequence

from clerestory.audit.promises.question import LawRead, Question
from clerestory.policy.circuit.circuit import OUTCOMES
from clerestory.policy.circuit.supposing import Supposing

HOUSE = "an-opinion-opens-no-house-lock"
REFERRED = "an-opinion-ends-only-a-referral"
ORDERED = "no-opinion-refuses-an-order"
LOWERS = "a-suspension-only-lowers"
SIGNED = frozenset({HOUSE, REFERRED, ORDERED, LOWERS})
_OPINIONS = ("opinion.favor", "opinion.against")


def ask_signed(read: LawRead) -> Iterator[Question]:
    """Yield the questions; where no policy lets an opinion end anything, none is about opinions."""
    law = read.law
    if law.opened_by_opinion and law.house_locks:
        yield _house(read)
    if law.opened_by_opinion or law.closed_by_opinion:
        yield _referred(read)
        yield _ordered(read)
    yield _lowers(read)


def _house(read: LawRead) -> Question:
    """No lock of the house may lie on what opinions opened, before they lifted anything."""
    circuit, law = read.circuit, read.law
    locks = circuit.either(circuit.policies[name] for name in sorted(law.house_locks))
    plain = _without(read, _OPINIONS)
    opened = circuit.both([read.opened, circuit.negate(plain["release"])])
    return Question(
        id=HOUSE,
        says="Where a rule of the agency's own closes a field, no opinion of counsel opens it.",
        premise=circuit.both([circuit.holds_any("opinion.favor"), locks]),
        broken=circuit.both([opened, circuit.negate(plain["coarsen"]), locks]),
    )


def _referred(read: LawRead) -> Question:
    circuit, plain = read.circuit, _without(read, _OPINIONS)
    same = [circuit.both([circuit.outcomes[name], plain[name]]) for name in OUTCOMES]
    return Question(
        id=REFERRED,
        says="An opinion of counsel changes no answer but one that the law itself refers.",
        premise=circuit.both([circuit.holds_any(*_OPINIONS), circuit.negate(plain["refer"])]),
        broken=circuit.negate(circuit.either([plain["refer"], *same])),
    )


def _ordered(read: LawRead) -> Question:
    circuit = read.circuit
    compelling = read.law.stack.vocabulary.compelling
    ordered = circuit.either(
        place
        for (stage, word), place in circuit.words.items()
        if stage == "mandated" or (stage == "established" and word in compelling)
    )
    plain = _without(read, _OPINIONS)
    return Question(
        id=ORDERED,
        says="What a law or a judge orders is never withheld for an opinion of counsel.",
        premise=circuit.both([circuit.holds_any("opinion.against"), ordered]),
        broken=circuit.both(
            [circuit.outcomes["withhold"], circuit.negate(plain["withhold"]), ordered]
        ),
    )


def _lowers(read: LawRead) -> Question:
    """No set of suspended authorities opens more than none does, or refuses in silence."""
    circuit, plain = read.circuit, _without(read, ["suspended"])
    raised = []
    for place, name in enumerate(OUTCOMES):
        at_least = circuit.either(plain[more] for more in OUTCOMES[: place + 1])
        raised.append(circuit.both([circuit.outcomes[name], circuit.negate(at_least)]))
    refused = [circuit.outcomes["withhold"], circuit.negate(plain["withhold"])]
    return Question(
        id=LOWERS,
        says="Whatever counsel suspends, no answer becomes more open, and none that was open is "
        "withheld: it goes to counsel.",
        premise=circuit.both([circuit.holds_any("suspended"), read.opened]),
        broken=circuit.either([*raised, circuit.both(refused)]),
    )


def _without(read: LawRead, paths: Sequence[str]) -> dict[str, int]:
    """Return the answers as if counsel had signed nothing of these kinds."""
    circuit = read.circuit
    gone = [(path, code) for path in paths for code in circuit.shape.sets[path]]
    asked = [circuit.outcomes[name] for name in OUTCOMES]
    return dict(zip(OUTCOMES, Supposing(circuit, asked).instead({}, gone), strict=True))
