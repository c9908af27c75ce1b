"""Who signed an answer: two people, however their names are written."""

from collections.abc import Sequence

from clerestory.holdings.letters import plain, words_of
from clerestory.kernel import Refusal


def check_reviewers(reviewers: Sequence[str]) -> None:
    """Refuse unless two different people have signed.

    Raises:
        Refusal: Fewer than two, or the same one twice.
    """
    # As a person reads them: capitals, accents, signs and the order of the words make no second
    # person.
    people = {tuple(sorted(words_of(plain(name)))) for name in reviewers} - {()}
    if len(people) < 2:
        raise Refusal(
            f"two different people must have signed: {len(reviewers)} named",
            code="answer-needs-two",
            todo="add --reviewer NAME twice, once for each person who read the determination",
        )
