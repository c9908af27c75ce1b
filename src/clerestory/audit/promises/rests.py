"""What opens a record rests on law that was read and is in force: permits, and words as well."""

from collections.abc import Iterable
from dataclasses import replace

from clerestory.audit.promises.question import LawRead, Question
from clerestory.law.policies import Policy
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.interpreters.cedar import PolicySet
from clerestory.policy.model.law_of_the_day import LawOfTheDay

# The promise that every stack of packs makes, whatever its promises.toml says.
RESTS = "release-rests-on-read-law"


def rests_on_nothing(read: LawRead) -> Question:
    """Return where something opens that stands on no law, or on law that nobody has read.

    Of a permit it is enough that it is met while something leaves. A defined word counts where
    nothing would leave without it: the law is written once more without the doubtful words.
    """
    circuit, law = read.circuit, read.law
    opening = [p for a in ("lift", "lift_coarsened") for p in law.by_action[a].by_id.values()]
    doubtful = circuit.either(
        [
            *(circuit.policies[p.id] for p in opening if not _is_read(law, p)),
            # A point is met wherever it would be referred; it opens where it decides what leaves.
            *(
                circuit.determining[name]
                for name in sorted(law.opened_by_opinion)
                if not _is_read(law, law.policies[name])
            ),
        ]
    )
    unread = [p for p in law.by_action["define"].by_id.values() if not _is_read(law, p)]
    less = LawRead(circuit_of(_without(law, unread), circuit), law, {}, {}) if unread else read
    only_by_word = circuit.negate(less.opened) if unread else circuit.no
    return Question(
        id=RESTS,
        says="Whatever opens a record, a word that the law defines included, stands on an "
        "authority that was read, is in force that day, and is no mere background.",
        premise=circuit.yes,
        broken=circuit.both([read.opened, circuit.either([doubtful, only_by_word])]),
    )


def _is_read(law: LawOfTheDay, policy: Policy) -> bool:
    authorities = [law.stack.authorities[name] for name in policy.authorities]
    return authorities[0].kind != "context" and all(
        authority.confirmed != "no" and law.on in authority.in_force for authority in authorities
    )


def _without(law: LawOfTheDay, policies: Iterable[Policy]) -> LawOfTheDay:
    left = dict(law.by_action["define"].by_id)
    for policy in policies:
        del left[policy.id]
    return replace(law, by_action={**law.by_action, "define": PolicySet.parse([*left.values()])})
