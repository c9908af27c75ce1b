"""What people may do to an answer of the law: lower it, and never raise it.

The law sets the ceiling. A reviewer may withhold what it would release, or send it to counsel. What
a judge or an authority orders released goes to counsel at most: nobody is led into contempt, and a
mandate is never withheld in silence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

from clerestory.demands.demand import Item
from clerestory.demands.determination import Outcome
from clerestory.kernel import Refusal
from clerestory.policy.decide.counsel import is_ordered
from clerestory.policy.decide.stages import CaseAnswer
from clerestory.policy.model.law_of_the_day import LawOfTheDay

OPENNESS = tuple(Outcome)


def lowered(outcome: Outcome, to: Outcome, *, mandated: bool) -> Outcome:
    """Return what a reviewer leaves of an answer.

    Args:
        outcome: The answer of the law.
        to: What the reviewer wants instead: ``withhold`` or ``refer_to_counsel``.
        mandated: Whether a judge, or an authority that orders release, opened it.

    Raises:
        Refusal: The reviewer would raise it, or withhold a mandate in silence.
    """
    if to not in {Outcome.WITHHOLD, Outcome.REFER} or OPENNESS.index(to) < OPENNESS.index(outcome):
        raise Refusal(
            f"a reviewer may only lower an answer: from {outcome.value} to {to.value}",
            code="review-would-raise",
            todo="lower it to withhold or refer_to_counsel, or leave it as it is",
        )
    if mandated and to is Outcome.WITHHOLD and outcome is not Outcome.WITHHOLD:
        raise Refusal(
            "a judge or an authority orders this released, so no reviewer may withhold it",
            code="review-mandate",
            todo="lower it to refer_to_counsel: counsel answers what is ordered",
        )
    return to


def raising_reviews() -> list[tuple[Outcome, Outcome, bool]]:
    """Return every review that would raise an answer or withhold a mandate: there must be none.

    All answers, all wishes and both kinds of authority are tried, so an empty list is a proof.
    """
    broken: list[tuple[Outcome, Outcome, bool]] = []
    for outcome, to, mandated in product(Outcome, Outcome, (False, True)):
        try:
            left = lowered(outcome, to, mandated=mandated)
        except Refusal:
            continue
        silent = mandated and left is Outcome.WITHHOLD and outcome is not Outcome.WITHHOLD
        if silent or OPENNESS.index(left) < OPENNESS.index(outcome):
            broken.append((outcome, to, mandated))
    return broken


def lower_answers(
    law: LawOfTheDay,
    places: Mapping[Item, int],
    answers: Sequence[CaseAnswer],
    lowerings: Mapping[Item, Outcome],
) -> tuple[Mapping[Item, int], Sequence[CaseAnswer], list[int]]:
    """Give each item that is lowered an answer of its own.

    Returns:
        The items' places, all answers, and for each answer added the place of the one that it
        was made from.

    Raises:
        Refusal: An item is not asked for, or would be raised.
    """
    if not lowerings:
        return places, answers, []
    moved, kept, origins = dict(places), list(answers), list[int]()
    for item, to in lowerings.items():
        if item not in places:
            raise Refusal(
                f"nothing of this name is asked for: {item.program}/{item.ref}",
                code="review-unknown-item",
                todo="name an answer of the determination, such as S1.address=withhold",
            )
        found = answers[places[item]]
        ordered = is_ordered(law, found)
        outcome = lowered(found.outcome, to, mandated=ordered)
        if outcome is found.outcome:
            continue
        moved[item] = len(kept)
        kept.append(
            replace(
                found, outcome=outcome, lowered_from=found.outcome, coarsen_to=None,
                bars=(), refers=(), refusals=(), opinions=(), suspended=(),
            )
        )  # fmt: skip
        origins.append(places[item])
    return moved, kept, origins
