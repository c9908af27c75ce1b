"""Reasons in plain words, for three readers, put together from what the authorities say."""

from collections.abc import Iterator, Sequence

from clerestory.demands.demand import Demand
from clerestory.demands.determination import NearMiss, Outcome, Reason
from clerestory.demands.speaking import Speaker
from clerestory.law.citations import authorities_cited, is_printed_citation
from clerestory.policy.decide.stages import CaseAnswer
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.papers import is_counted_short

# A letter gives the two most specific authorities in words; the citations name them all.
_TOLD = 2
_CITED = 20
_REQUESTER = {
    Outcome.RELEASE: "This is given.",
    Outcome.COARSEN: "A less exact answer is given.",
    Outcome.REFER: "This is not given now. The agency's counsel will answer.",
    Outcome.WITHHOLD: "This is not given.",
}
_PERSON = {
    Outcome.RELEASE: "We must or may share this part of your record.",
    Outcome.COARSEN: "We share a less exact answer about this part of your record.",
    Outcome.REFER: "We did not share this. Our lawyers are looking at the demand.",
    Outcome.WITHHOLD: "We did not share this part of your record.",
}
_COUNSEL = {
    Outcome.RELEASE: "Released under",
    Outcome.COARSEN: "A coarser answer is released under",
    Outcome.REFER: "For counsel to decide, on",
    Outcome.WITHHOLD: "Withheld under",
}


class Reasons:
    """Writes reasons for the rulings of one demand."""

    def __init__(self, law: LawOfTheDay, demand: Demand) -> None:
        self._law = law
        self._speaker = Speaker(sentences=law.stack.sentences)
        self._notices = tuple(_notices(law, demand))

    def of(
        self, answer: CaseAnswer, authorities: Sequence[str], misses: Sequence[NearMiss]
    ) -> Reason:
        """Put the reason for one ruling together. No text holds anything about a person."""
        outcome = answer.outcome
        cited = [self._law.stack.authorities[name] for name in authorities]
        first = cited[0]
        told = [a.requester for a in cited if a.basis == "law"][:_TOLD] or [first.requester]
        counsel = [f"{_COUNSEL[outcome]} {'; '.join(a.citation for a in cited)}."]
        counsel.append(first.effect)
        counsel += self._signed(answer)
        counsel += [self._miss(miss) for miss in misses]
        notices = self._notices if outcome is not Outcome.RELEASE else ()
        counsel += self._notices
        if answer.errors:
            counsel.append("ALARM: a policy could not be evaluated, so nothing may leave.")
        return Reason(
            counsel=" ".join(counsel),
            requester=" ".join([_REQUESTER[outcome], *dict.fromkeys((*told, *notices))]),
            person=f"{_PERSON[outcome]} {first.person}",
            notices=tuple(dict.fromkeys(notices)),
        )

    def _signed(self, answer: CaseAnswer) -> Iterator[str]:
        """Yield what counsel's own signed papers did to the answer."""
        if answer.opinions:
            ended = f"Counsel's opinion ended the referral on {', '.join(answer.opinions)}"
            open_now = answer.outcome is Outcome.RELEASE
            yield f"{ended}: {'in favor' if open_now else 'against'}."
        for name in answer.context["suspended"] if answer.suspended else ():
            if self._law.standing_on([name], answer.suspended):
                citation = self._law.stack.authorities[name].citation
                yield f"Counsel suspended {citation}; what would leave by it is referred."

    def _miss(self, miss: NearMiss) -> str:
        authority = self._law.stack.authorities[miss.authority]
        if miss.missing:
            missing = "; ".join(map(self._speaker.say, miss.missing))
            return f"{authority.citation} was considered; missing: {missing}."
        return f"{authority.citation} was considered: {authority.not_met}"


def _notices(law: LawOfTheDay, demand: Demand) -> Iterator[str]:
    """Yield what is to be said of the demand itself to whoever reads the answer."""
    if is_counted_short(demand):
        yield (
            "The demand asks about more persons than the paper counts, and the paper does not say "
            "which of them it means; it should name each."
        )
    # A long list of them is not repeated in every ruling.
    for number, text in enumerate(demand.cited[:_CITED], 1):
        if not authorities_cited(text, law.stack.authorities):
            # Whatever else stands there may be about a person, and is not repeated.
            said = text.strip() if is_printed_citation(text) else f"text number {number}"
            yield (
                f"The demand cites {said}, which was not found under that citation among the laws "
                "by which it was decided."
            )
