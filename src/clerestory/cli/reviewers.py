"""Who signed an answer: two people, however their names are written."""

from collections.abc import Sequence

from clerestory.demands import Determination
from clerestory.demands.determination import Outcome
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


def check_signed_refusal(
    determination: Determination, *, counsel: str | None, reviewers: Sequence[str]
) -> tuple[str, ...]:
    """Return who signed a refusal, two people or counsel where the law alone does not refuse.

    What the law refers is counsel's answer, and stays so when somebody lowers it. What the law lets
    leave is kept back by two people, as they let it go in ``disclose``, or by counsel.

    Raises:
        Refusal: Counsel is not named, nor are two people, or a name is not that of one person.
    """
    outcomes = {ruling.outcome for ruling in determination.rulings}
    # Of both, for what is lowered below a referral is no referral any more. Where something may
    # leave it is no refusal at all, and its letters say so.
    answers = outcomes | {ruling.lowered_from for ruling in determination.rulings}
    is_open = bool(outcomes & {Outcome.RELEASE, Outcome.COARSEN})
    if Outcome.REFER in answers and not is_open and not counsel:
        raise Refusal(
            "this demand is for counsel to answer",
            code="answer-needs-counsel",
            todo="give counsel the determination; once they decide to refuse, add --counsel NAME",
        )
    lowered = sorted(
        f"{r.item.program}/{r.item.ref}" for r in determination.rulings if r.lowered_from
    )
    if lowered and counsel is None and not reviewers:
        raise Refusal(
            "what the law lets leave is kept back by two people or by counsel, and nobody signed: "
            f"{', '.join(lowered)}",
            code="answer-needs-two",
            todo="add --reviewer NAME twice, once for each person who read the determination, or "
            "--counsel NAME",
        )
    return check_signed(counsel=counsel, reviewers=reviewers) if reviewers or counsel else ()


def check_signed(*, counsel: str | None, reviewers: Sequence[str]) -> tuple[str, ...]:
    """Return who signed: two people, counsel, or all three.

    Raises:
        Refusal: Counsel is not named, nor are two people, or a name is not that of one person.
    """
    if reviewers or counsel is None:
        check_reviewers(reviewers)
    if counsel is not None:
        check_name_of_signer(counsel)
    return (*reviewers, *([counsel] if counsel is not None else []))
