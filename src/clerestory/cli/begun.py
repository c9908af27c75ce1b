"""An answer that a run logged and did not hand out, found again by a run on a later day.

The letter in a package bears its day, so that the same answer of another day has other contents.
Without a look into the log it would be logged a second time, and the accounting would show two
answers where one left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clerestory.cli.deciding import decide_again
from clerestory.cli.office import Office
from clerestory.cli.one_answer import Before, answers_before, facts_judged
from clerestory.kernel import Refusal
from clerestory.office.answer.decided import Decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An answer in the log: its entry, the digests of contents and facts, its day, and its law."""

    index: int
    digest: str
    facts: str
    day: date
    decided: Decided


def begun_before(
    office: Office, decided: Decided, *, sealed_to: str, reviewers: Sequence[str], today: date
) -> Begun | None:
    """Return what the log holds of this answer from another day, if the law says the same today.

    Where today's law rules otherwise, or for other reasons, the old answer may not leave any more:
    then it is none that could be gone on with.

    Args:
        office: Whose log.
        decided: The demand under the law of today.
        sealed_to: To whom the package is sealed.
        reviewers: Who signed.
        today: The office's own day.
    """
    found: Before | None = None
    with office.ledger() as ledger:
        for one in answers_before(ledger, decided.demand.id):
            same = one.sealed_to == sealed_to and one.signed == "; ".join(reviewers)
            if same and not one.ended and one.on not in {None, today}:
                found = one
        if found is None or found.on is None:
            return None
        facts = facts_judged(ledger, decided.demand.id, found.index)
    try:
        then = decide_again(decided, found.on)
    except Refusal:
        return None  # the law of that day answers no more
    if then.determination.rulings != decided.determination.rulings:
        return None
    return Begun(index=found.index, digest=found.digest, facts=facts, day=found.on, decided=then)
