"""What letters say, taken from a demand and its determination, in the words of a language."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from clerestory.demands.condition import Condition
from clerestory.demands.demand import Demand
from clerestory.demands.determination import Determination, Outcome, Ruling, Turn
from clerestory.demands.speaking import Speaker, sought
from clerestory.disclosure.stationery import Stationery, Words
from clerestory.disclosure.wording import fill
from clerestory.kernel import Refusal
from clerestory.law.authorities import Authority

OPEN = frozenset({Outcome.RELEASE, Outcome.COARSEN})

Entry = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterInput:
    """What every letter is written from.

    Attributes:
        on: The date of the letter.
        authorities: By id, all that the determination names.
        speaker: Says conditions to the requester.
    """

    stationery: Stationery
    demand: Demand
    determination: Determination
    on: date
    authorities: Mapping[str, Authority]
    speaker: Speaker

    @property
    def words(self) -> Words:
        """The words of the letter's language."""
        return self.stationery.words


def common(given: LetterInput) -> Entry:
    """Return the words that every letter may use."""
    words = given.words
    return {
        "demand": given.demand.id,
        "requester": given.demand.requester.body,
        "purpose": words.code("purposes", given.demand.purpose),
        "date": words.day(given.on),
        "received": words.day(given.demand.received_on),
        "decided_on": words.day(given.determination.on),
        "contact": given.stationery.contact,
        "agency": given.stationery.agency,
    }


def row(given: LetterInput, ruling: Ruling, number: int = 0) -> Entry:
    """Return one ruling as a letter to the requester says it."""
    words, item = given.words, ruling.item
    return {
        "number": str(number),
        "ref": item.subject,
        "subject": words.subject(item.subject),
        "program": words.code("programs", item.program),
        "field": words.code("fields", item.field),
        "outcome": words.code("outcomes", ruling.outcome.value),
        "precision": _precision(words, ruling),
        "reason": _said(words, ruling.reason.requester),
        "citations": citations_of(given, ruling.authorities),
    }


def own_row(given: LetterInput, ruling: Ruling) -> Entry:
    """Return one ruling as the notice to the person says it."""
    words = given.words
    return {
        "program": words.code("programs", ruling.item.program),
        "field": words.code("fields", ruling.item.field),
        "precision": _precision(words, ruling),
        "reason": ruling.reason.person,
    }


def _precision(words: Words, ruling: Ruling) -> str:
    if ruling.outcome is Outcome.COARSEN:
        return words.code("precisions", ruling.coarsen_to or "")
    return words.code("precisions", "whole")


def _said(words: Words, reason: str) -> str:
    neutral: str = words.table["neutral_reason"]
    return neutral if words.is_unsaid(reason) else reason


def reasons(given: LetterInput, rulings: Sequence[Ruling]) -> list[Entry]:
    """Return each reason once, with the fields it explains."""

    def key(ruling: Ruling) -> Hashable:
        return (_said(given.words, ruling.reason.requester), ruling.authorities)

    found = []
    for group in _groups(rulings, key):
        first = group[0]
        cited = citations_of(given, first.authorities)
        found.append(
            {
                **_named(given, group),
                "reason": _said(given.words, first.reason.requester),
                "citations": f"({cited})" if cited else "",
            }
        )
    return found


def referred(given: LetterInput, rulings: Sequence[Ruling]) -> list[Entry]:
    """Return what counsel looks at, one entry for each program."""
    return [_named(given, group) for group in _groups(rulings, lambda each: each.item.program)]


def near_misses(given: LetterInput) -> list[Entry]:
    """Return each authority that did not open the records, answered one by one."""
    missing: dict[str, list[str]] = {}
    for ruling in given.determination.rulings:
        for miss in ruling.considered_not_met:
            said = missing.setdefault(miss.authority, [])
            said += [text for text in _sayable(given, miss.missing) if text not in said]
    form: str = given.stationery.wording["refusal"]["words"]["missing"]
    found = []
    for authority, said in missing.items():
        known = _authority(given, authority)
        conditions = given.words.table["and"].join(said)
        found.append(
            {
                "citation": known.citation,
                "answer": known.not_met,
                "missing": fill(form, {"conditions": conditions}) if said else "",
            }
        )
    return found


def conditions(given: LetterInput) -> list[str]:
    """Return every condition that was not shown, once."""
    found: dict[str, None] = {}
    for ruling in given.determination.rulings:
        for miss in ruling.considered_not_met:
            found.update(dict.fromkeys(_sayable(given, miss.missing)))
    return list(found)


def changes(given: LetterInput) -> list[Entry]:
    """Return the smallest sets of facts that would turn rulings, and which rulings."""
    turned: dict[tuple[str, str], list[Ruling]] = {}
    for ruling in given.determination.rulings:
        for turn in ruling.would_change:
            said = _turn(given, turn)
            if said:
                turned.setdefault((turn.outcome.value, said), []).append(ruling)
    return [
        {
            **_named(given, rulings),
            "outcome": given.words.code("outcomes", outcome),
            "changes": said,
        }
        for (outcome, said), rulings in turned.items()
    ]


def authority_rows(
    given: LetterInput, rulings: Iterable[Ruling], *, reader: str = "requester"
) -> list[Entry]:
    """Return the determining authorities, each once, with what it says to ``reader``."""
    ids = dict.fromkeys(name for ruling in rulings for name in ruling.authorities)
    found = []
    for name in ids:
        known = _authority(given, name)
        text = known.person if reader == "person" else known.requester
        found.append({"citation": known.citation, "text": text})
    return found


def citation(given: LetterInput, authority: str) -> str:
    """Return how an authority is cited."""
    return _authority(given, authority).citation


def _authority(given: LetterInput, name: str) -> Authority:
    known = given.authorities.get(name)
    if known is None:
        raise Refusal(
            f"a letter cites only authorities of the packs: {name}",
            code="letter-authority-unknown",
            todo="give the letter the authorities of the packs that decided",
        )
    return known


def citations_of(given: LetterInput, authorities: Iterable[str]) -> str:
    """Return how several authorities are cited, each once."""
    joint: str = given.words.table["and"]
    return joint.join(dict.fromkeys(citation(given, each) for each in authorities))


def mark(stands: bool) -> list[Entry]:
    """Return a list that lets a section stand, or not, and says nothing itself."""
    return [{}] if stands else []


def _named(given: LetterInput, rulings: Iterable[Ruling]) -> Entry:
    words = given.words
    fields: dict[str, list[str]] = {}
    programs: dict[str, None] = {}
    for ruling in rulings:
        subject = words.subject(ruling.item.subject)
        fields.setdefault(subject, []).append(words.code("fields", ruling.item.field))
        programs[words.code("programs", ruling.item.program)] = None
    said = [f"{subject}: {', '.join(dict.fromkeys(own))}" for subject, own in fields.items()]
    return {"fields": words.table["and"].join(said), "programs": ", ".join(programs)}


def _groups(rulings: Iterable[Ruling], key: Callable[[Ruling], Hashable]) -> list[list[Ruling]]:
    groups: dict[Hashable, list[Ruling]] = {}
    for ruling in rulings:
        groups.setdefault(key(ruling), []).append(ruling)
    return list(groups.values())


def _sayable(given: LetterInput, conditions: Iterable[Condition]) -> Iterator[str]:
    """Yield conditions in words, but those that would tell whether the agency holds a file."""
    return (given.speaker.say(one) for one in conditions if not given.speaker.tells_of_files(one))


def _turn(given: LetterInput, turn: Turn) -> str:
    said = [text for change in turn.changes for text in _sayable(given, [sought([change])])]
    joint: str = given.words.table["and"]
    return joint.join(said)
