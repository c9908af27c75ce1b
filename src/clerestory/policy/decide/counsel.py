"""What counsel has signed, heeded after the stages: opinions end referrals, suspensions make them.

An item may be referred on several points, and the referral is over only when an opinion answers
each of them:

- All are in favor, and every policy says that an opinion may open its point: what these policies
  name in ``@lifts`` is lifted as well, and the locks are asked again. Through a lock of the house
  no opinion goes.
- One is against, and every policy says that an opinion may close its point: the item is withheld,
  unless a judge or a law orders it. That stays with counsel, who answers the order and does not
  drop it.

What would leave by a definition or a permit that stands on a suspended authority is referred. All
else stays as it is: a suspended restriction still closes. So a suspension only ever lowers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import Enum, auto

import cedarpy

from clerestory.demands.determination import Outcome
from clerestory.policy.decide.cases import Case, CaseAnswer
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.schema import request

_LEAVES = frozenset({Outcome.RELEASE, Outcome.COARSEN})


class End(Enum):
    """What opinions make of a referral; one that is left open ends in nothing."""

    OPENS = auto()
    CLOSES = auto()


def heed_counsel(
    law: LawOfTheDay,
    cases: Sequence[Case],
    answers: Sequence[CaseAnswer],
    entities: cedarpy.Entities,
) -> list[CaseAnswer]:
    """Return the answers of the law as what counsel has signed leaves them, in order."""
    heeded = list(answers)
    tried: list[int] = []
    for place, answer in enumerate(answers):
        end = _end(law, answer)
        if end is End.CLOSES and not is_ordered(law, answer):
            heeded[place] = _closed(answer)
        # A lock of the house is no question of law that counsel could answer for it.
        if end is End.OPENS and law.house_locks.isdisjoint(answer.bars):
            tried.append(place)
    for place, opened in zip(tried, _opened(law, cases, answers, tried, entities), strict=True):
        heeded[place] = opened
    return [_doubted(law, answer) for answer in heeded]


def ending(
    law: LawOfTheDay, points: Iterable[str], opinion: Mapping[str, Sequence[str]]
) -> End | None:
    """Say how the opinions of an item end its referral.

    Args:
        law: The law of the day.
        points: The policies that refer the item, at least one.
        opinion: The points that are answered in ``favor`` and ``against``.
    """
    referred, against = frozenset(points), frozenset(opinion["against"])
    favor = frozenset(opinion["favor"]) - against
    if not referred <= favor | against:
        return None
    if not referred.isdisjoint(against):
        return End.CLOSES if referred <= law.closed_by_opinion else None
    return End.OPENS if referred <= law.opened_by_opinion else None


def is_ordered(law: LawOfTheDay, answer: CaseAnswer) -> bool:
    """Whether a judge, or an authority that orders release, opens an item."""
    by_law = not law.mandates.isdisjoint(answer.lifts)
    compelling = law.stack.vocabulary.compelling
    return by_law or not compelling.isdisjoint(answer.context["established"])


def _end(law: LawOfTheDay, answer: CaseAnswer) -> End | None:
    if answer.outcome is not Outcome.REFER or answer.errors:
        return None
    return ending(law, answer.refers, answer.context["opinion"])


def _closed(answer: CaseAnswer) -> CaseAnswer:
    return replace(
        answer, outcome=Outcome.WITHHOLD, opinions=answer.refers, refusals=answer.refers,
        refers=(),
    )  # fmt: skip


def _opened(
    law: LawOfTheDay,
    cases: Sequence[Case],
    answers: Sequence[CaseAnswer],
    tried: Sequence[int],
    entities: cedarpy.Entities,
) -> list[CaseAnswer]:
    """Ask the locks again with what the opinions lift; where one is left, counsel still decides."""
    if not tried:
        return []
    contexts = [
        {
            **answers[place].context,
            "lifted": law.words((*answers[place].lifts, *answers[place].refers), "lifts"),
            "barred": [],
        }
        for place in tried
    ]
    requests = [
        request(cases[place].principal, "release", cases[place].resource, context)
        for place, context in zip(tried, contexts, strict=True)
    ]
    opened: list[CaseAnswer] = []
    responses = law.by_action["disclose"].decide(requests, entities)
    for place, context, response in zip(tried, contexts, responses, strict=True):
        answer = answers[place]
        if response.errors:
            answer = replace(answer, outcome=Outcome.WITHHOLD, errors=response.errors)
        elif response.allowed:
            answer = replace(
                answer, outcome=Outcome.RELEASE, context=context, opinions=answer.refers,
                lifts=tuple(sorted({*answer.lifts, *answer.refers})), bars=(), refers=(),
            )  # fmt: skip
        opened.append(answer)
    return opened


def _doubted(law: LawOfTheDay, answer: CaseAnswer) -> CaseAnswer:
    if answer.outcome not in _LEAVES:
        return answer
    opening = (*answer.defined, *answer.lifts)
    suspended = law.standing_on(answer.context["suspended"], opening)
    if not suspended:
        return answer
    return replace(
        answer, outcome=Outcome.REFER, coarsen_to=None, suspended=suspended, opinions=(), bars=(),
    )  # fmt: skip
