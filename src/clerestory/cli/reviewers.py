"""Who signed an answer: two people, however their names are written."""

from collections.abc import Sequence

from clerestory.holdings.letters import plain, words_of
from clerestory.kernel import Refusal

_LONGEST = 200


def check_name_of_signer(*names: str) -> None:
    """Refuse what is more than the name of one person: the log joins names with a semicolon.

    Raises:
        Refusal: A name holds a semicolon, is of several lines, is empty or very long.
    """
    for name in names:
        if not 0 < len(name.strip()) <= _LONGEST or ";" in name or not name.isprintable():
            raise Refusal(
                "who signed is one name on one line, without semicolon, of at most "
                f"{_LONGEST} characters: {len(name)} given",
                code="answer-signer-unclear",
                todo="write one name, and give the option once for each person",
            )


def check_reviewers(reviewers: Sequence[str]) -> None:
    """Refuse unless two different people have signed.

    Raises:
        Refusal: Fewer than two, the same one twice, or what is not the name of one person.
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
    check_name_of_signer(*reviewers)
