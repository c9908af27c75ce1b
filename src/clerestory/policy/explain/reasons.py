"""Reasons in plain words, for three readers, put together from what the authorities say."""

from collections.abc import Iterator, Sequence

from clerestory.demands.demand import Demand
from clerestory.demands.determination import NearMiss, Outcome, Reason
from clerestory.demands.speaking import Speaker
from clerestory.law.authorities import Authority
from clerestory.law.citations import authorities_cited, is_printed_citation
from clerestory.law.sentences import PERSON, REQUESTER
from clerestory.policy.decide.stages import CaseAnswer
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.papers import is_counted_short

# A letter gives the two most specific authorities in words; the citations name them all.
_TOLD = 2
_CITED = 20
_LEADS = {outcome: f"lead_{outcome.value}" for outcome in Outcome}
PHRASES = frozenset({
    *_LEADS.values(), "considered", "considered_answered", "opinion_in_favor", "opinion_against",
    "suspended", "alarm", "counted_short", "cited_unfound", "cited_number",
})  # fmt: skip
"""The phrases of the law's sentences that reasons are made of."""


class Reasons:
    """Writes reasons for the rulings of one demand, in the words of the law's sentences."""

    def __init__(self, law: LawOfTheDay, demand: Demand) -> None:
        self._law = law
        self._speaker = Speaker(sentences=law.stack.sentences)
        self._notices = tuple(self._of_demand(demand))

    def of(
        self, answer: CaseAnswer, authorities: Sequence[str], misses: Sequence[NearMiss]
    ) -> Reason:
        """Put the reason for one ruling together. No text holds anything about a person."""
        lead = _LEADS[answer.outcome]
        cited = [self._law.stack.authorities[name] for name in authorities]
        first = cited[0]
        told = [a.requester for a in cited if a.basis == "law"][:_TOLD] or [first.requester]
        notices = self._notices if answer.outcome is not Outcome.RELEASE else ()
        counsel = [self._say(lead, citations="; ".join(a.citation for a in cited)), first.effect]
        counsel += self._signed(answer)
        counsel += [self._miss(miss) for miss in misses]
        counsel += self._notices
        if answer.errors:
            counsel.append(self._say("alarm"))
        return Reason(
            counsel=" ".join(counsel),
            requester=_text([self._lead(lead, REQUESTER), *dict.fromkeys((*told, *notices))]),
            person=_text([self._lead(lead, PERSON), self._for_person(first)]),
            notices=tuple(dict.fromkeys(notices)),
        )

    def _say(self, key: str, **slots: str) -> str:
        return self._speaker.phrase(key, **slots)

    def _lead(self, key: str, reader: str) -> str:
        # A word that nobody wrote may not stop a decision; `law check` finds it.
        return self._speaker.sentences.text("phrases", key, reader)

    def _for_person(self, authority: Authority) -> str:
        """Say an authority as a letter says it: shorter, where the sentences have it so."""
        said = self._speaker.sentences.text("authorities", authority.id, PERSON)
        return said or authority.person

    def _signed(self, answer: CaseAnswer) -> Iterator[str]:
        """Yield what counsel's own signed papers did to the answer."""
        if answer.opinions:
            is_open = answer.outcome is Outcome.RELEASE
            key = "opinion_in_favor" if is_open else "opinion_against"
            yield self._say(key, points=", ".join(answer.opinions))
        for name in answer.context["suspended"] if answer.suspended else ():
            if self._law.standing_on([name], answer.suspended):
                yield self._say("suspended", citation=self._law.stack.authorities[name].citation)

    def _miss(self, miss: NearMiss) -> str:
        known = self._law.stack.authorities[miss.authority]
        if not miss.missing:
            text = self._speaker.not_met(known)
            return self._say("considered_answered", citation=known.citation, text=text)
        missing = "; ".join(map(self._speaker.say, miss.missing))
        return self._say("considered", citation=known.citation, missing=missing)

    def _of_demand(self, demand: Demand) -> Iterator[str]:
        """Yield what is to be said of the demand itself to whoever reads the answer."""
        if is_counted_short(demand):
            yield self._say("counted_short")
        # A long list of them is not repeated in every ruling.
        for number, text in enumerate(demand.cited[:_CITED], 1):
            if not authorities_cited(text, self._law.stack.authorities):
                # Whatever else stands there may be about a person, and is not repeated.
                unread = self._say("cited_number", number=str(number))
                said = text.strip() if is_printed_citation(text) else unread
                yield self._say("cited_unfound", text=said)


def _text(parts: Sequence[str]) -> str:
    return " ".join(part for part in parts if part)
