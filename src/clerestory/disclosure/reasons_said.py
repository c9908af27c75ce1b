"""Why something is not given, or is: each reason once, numbered, and which parts rest on it."""

from collections.abc import Iterable
from dataclasses import dataclass

from clerestory.demands.demand import Item
from clerestory.demands.determination import Outcome, Ruling
from clerestory.disclosure.letter_facts import (
    OPEN,
    LetterInput,
    Part,
    part_words,
    parts_of,
    precision,
)
from clerestory.disclosure.wording import Entry


@dataclass(frozen=True, slots=True)
class _Reason:
    text: str
    citation: str = ""


class Reasons:
    """The reasons of some rulings, each once, in the order in which they come up."""

    def __init__(
        self, given: LetterInput, rulings: Iterable[Ruling], *, reader: str = "requester"
    ) -> None:
        self._given = given
        self._reader = reader
        self._rulings = tuple(rulings)
        self._numbers: dict[_Reason, int] = {}
        self._of: dict[Item, tuple[int, ...]] = {}
        known: dict[object, tuple[int, ...]] = {}
        for ruling in self._rulings:
            # A list of thousands has few different reasons.
            key = (ruling.authorities, ruling.reason, ruling.item.subject in given.shown_persons)
            if key not in known:
                known[key] = tuple(
                    self._numbers.setdefault(reason, len(self._numbers) + 1)
                    for reason in self._told(ruling)
                )
            self._of[ruling.item] = known[key]

    def entries(self) -> list[Entry]:
        """Return each reason with its number."""
        return [
            {"number": str(number), "reason": self._say(reason)}
            for reason, number in self._numbers.items()
        ]

    def rows(self) -> list[Entry]:
        """Return what each reason stands for: persons, program, fields, answer, numbers."""
        return [
            self._row(part, number)
            for number, part in enumerate(parts_of(self._given, self._rulings, self._key), 1)
        ]

    def _key(self, ruling: Ruling) -> object:
        return (ruling.outcome, ruling.coarsen_to, self._of[ruling.item])

    def _row(self, part: Part, number: int) -> Entry:
        words, first = self._given.words, part.rulings[0]
        numbers = [str(each) for each in sorted(self._of[first.item])]
        key = "reason_number" if len(numbers) == 1 else "reason_numbers"
        return {
            **part_words(self._given, part),
            "number": str(number),
            "outcome": words.code("outcomes", self._outcome(first)),
            "precision": precision(words, first),
            "reasons": words.row(numbers),
            "named": words.said(key, numbers=words.row(numbers)),
        }

    def _outcome(self, ruling: Ruling) -> str:
        # A demand is refused only once counsel has decided on what was referred to them.
        refused = ruling.outcome is Outcome.REFER and not self._given.given
        return "counsel_refused" if refused else ruling.outcome.value

    def _say(self, reason: _Reason) -> str:
        key = "reason" if reason.citation else "reason_alone"
        return self._given.words.said(key, text=reason.text, citation=reason.citation)

    def _told(self, ruling: Ruling) -> Iterable[_Reason]:
        """Yield what the authorities say, and what is said of the demand itself beside them."""
        words, neutral = self._given.words, str(self._given.words.table["neutral_reason"])
        found: dict[_Reason, None] = {}
        for name in ruling.authorities:
            known = self._given.authority(name)
            text = self._given.text_of(name)
            if words.is_unsaid(text) or self._is_no_secret(ruling, known.decides):
                found[_Reason(neutral)] = None
            else:
                found[_Reason(text, self._given.citation_of(name))] = None
        if self._reader == "requester" and self._may_say_more(ruling):
            for notice in ruling.reason.notices:
                found[_Reason(neutral if words.is_unsaid(notice) else notice)] = None
        return found

    def _is_no_secret(self, ruling: Ruling, decides: str) -> bool:
        """Whether "neither confirmed nor denied" would stand beside an answer about the person."""
        shown = ruling.item.subject in self._given.shown_persons
        return decides == "protection" and ruling.outcome not in OPEN and shown

    def _may_say_more(self, ruling: Ruling) -> bool:
        """Whether a reader is told more of a ruling than what its authorities say."""
        decides = {self._given.authority(name).decides for name in ruling.authorities}
        return ruling.outcome is not Outcome.RELEASE and "protection" not in decides
