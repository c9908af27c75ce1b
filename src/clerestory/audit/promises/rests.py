"""What opens a record rests on law that was read and is in force: permits, and words as well."""

from clerestory.audit.every_day import DAY
from clerestory.audit.promises.question import LawRead, Question, opened
from clerestory.law.policies import Policy

# The promise that every stack of packs makes, whatever its promises.toml says.
RESTS = "release-rests-on-read-law"


def rests_on_nothing(read: LawRead) -> Question:
    """Return where something opens that stands on no law, or on law that nobody has read.

    Of a permit it is enough that it is met while something leaves. A defined word counts where
    nothing would leave without it: the law is written once more without the doubtful words.
    """
    circuit, law = read.circuit, read.law
    permits = [p for a in ("lift", "lift_coarsened") for p in law.by_action[a].by_id.values()]
    met = {policy.id: circuit.policies[policy.id] for policy in permits}
    # A point is met wherever it would be referred; it opens where it decides what leaves.
    met |= {name: circuit.determining[name] for name in law.opened_by_opinion}
    doubtful = circuit.either(
        circuit.both([place, circuit.is_one_of(DAY, _unread(read, law.policies[name]))])
        for name, place in met.items()
    )
    words = law.by_action["define"].by_id.values()
    unread = {policy.id: days for policy in words if (days := _unread(read, policy))}
    less = opened(read.every_day.without(unread)) if unread else read.opened
    only_by_word = circuit.negate(less) if unread else circuit.no
    return Question(
        id=RESTS,
        says="Whatever opens a record, a word that the law defines included, stands on an "
        "authority that was read, is in force that day, and is no mere background.",
        premise=circuit.yes,
        broken=circuit.both([read.opened, circuit.either([doubtful, only_by_word])]),
    )


def _unread(read: LawRead, policy: Policy) -> frozenset[str]:
    """Return the days on which a policy stands, and stands on law not read or not in force."""
    known, standing = read.law.stack.authorities, read.every_day.stands[policy.id]
    authorities = [known[name] for name in policy.authorities]
    if authorities[0].kind == "context" or any(one.confirmed == "no" for one in authorities):
        return standing
    days = read.every_day.days
    return frozenset(c for c in standing if any(days[c] not in a.in_force for a in authorities))
