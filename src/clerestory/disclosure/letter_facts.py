"""What letters say of a demand and its rulings, in the words of a language."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from clerestory.demands.demand import Demand, Item
from clerestory.demands.determination import Determination, Outcome, Ruling
from clerestory.demands.speaking import Speaker
from clerestory.disclosure.persons_said import PersonsSaid
from clerestory.disclosure.shown import shown
from clerestory.disclosure.stationery import Stationery, Words
from clerestory.disclosure.wording import Entry
from clerestory.kernel import Refusal
from clerestory.law.authorities import Authority
from clerestory.law.citations import is_printed_citation
from clerestory.law.codes import Vocabulary
from clerestory.law.sentence_file import HELPER
from clerestory.law.sentences import PERSON, REQUESTER

OPEN = frozenset({Outcome.RELEASE, Outcome.COARSEN})
OWN_SIDE = frozenset({"subject", "representative_of_subject"})
"""Who asks for the person's own record: the person, or somebody in the person's name."""


@dataclass(frozen=True, kw_only=True)
class Addressed:
    """A letter about one demand, before anything is said of its answer.

    Attributes:
        on: The date of the letter.
        speaker: Calls codes by their names, and says conditions.
        number: The demand's number, where it was received.
        entry: The log's entry of its receipt.
    """

    stationery: Stationery
    demand: Demand
    on: date
    speaker: Speaker
    number: int | None = None
    entry: int | None = None

    @property
    def words(self) -> Words:
        """The words of the letter's language."""
        return self.stationery.words

    @property
    def is_own(self) -> bool:
        """Whether the reader is the person asked about, or asks in the person's name."""
        return self.demand.requester.kind in OWN_SIDE

    @property
    def reader(self) -> str:
        """For which reader of the law's sentences the letter is."""
        if not self.is_own:
            return REQUESTER
        return PERSON if self.demand.requester.kind == "subject" else HELPER

    @cached_property
    def voice(self) -> Speaker:
        """The speaker, as the reader of the letter hears it."""
        return replace(self.speaker, reader=self.reader)

    def name(self, list_name: str, code: str) -> str:
        """Return what a code is called: the law's own name, which stands in one place.

        Raises:
            Refusal: It has none for the reader of the letter.
        """
        return self.voice.name(list_name, code)


@dataclass(frozen=True, kw_only=True)
class LetterInput(Addressed):
    """What every letter that answers is written from.

    Attributes:
        authorities: By id, all that the determination names.
        vocabulary: Tells which fields are about nobody in particular.
    """

    determination: Determination
    authorities: Mapping[str, Authority]
    vocabulary: Vocabulary | None = None

    @property
    def kept(self) -> tuple[Ruling, ...]:
        """The rulings that give nothing."""
        return tuple(each for each in self.determination.rulings if each.outcome not in OPEN)

    @property
    def given(self) -> tuple[Ruling, ...]:
        """The rulings that give something."""
        return tuple(each for each in self.determination.rulings if each.outcome in OPEN)

    @cached_property
    def persons(self) -> PersonsSaid:
        """How the persons of the demand are called."""
        asked = {ruling.item.subject for ruling in self.determination.rulings}
        return PersonsSaid.of(
            self.words, self.demand, asked=asked, given=self.shown_persons, own=self.is_own
        )

    @cached_property
    def shown_persons(self) -> frozenset[str]:
        """The refs of whom something is given: that they have a record is no secret any more."""
        return frozenset(ruling.item.subject for ruling in self.given)

    def authority(self, name: str) -> Authority:
        """Return an authority of the packs that decided.

        Raises:
            Refusal: No pack in use has it.
        """
        known = self.authorities.get(name)
        if known is None:
            raise Refusal(
                f"a letter cites only authorities of the packs: {name}",
                code="letter-authority-unknown",
                todo="give the letter the authorities of the packs that decided",
            )
        return known

    def text_of(self, name: str, reader: str = "") -> str:
        """Return what an authority says to a reader, in the letter's language.

        Args:
            name: Its id.
            reader: Who reads; the reader of the letter, where none is given.
        """
        known, reader = self.authority(name), reader or self.reader
        own = known.requester if reader == REQUESTER else known.person
        return self._plainer(name, reader) or own

    def citation_of(self, name: str) -> str:
        """Return how an authority is cited in the letter's language."""
        return self._plainer(name, "citation") or self.authority(name).citation

    def not_met_of(self, name: str) -> str:
        """Return what answers a reader who relies on an authority in vain."""
        return self.voice.not_met(self.authority(name))

    def _plainer(self, name: str, key: str) -> str:
        return self.voice.sentences.text("authorities", name, key)

    def is_about_nobody(self, item: Item) -> bool:
        """Whether a field of a class is about nobody in particular, such as a total."""
        if self.vocabulary is None or not item.subject.endswith("*"):
            return False
        groups = self.vocabulary.groups_of("fields", item.field)
        return not groups.isdisjoint(self.words.table["impersonal"])


def common(given: Addressed) -> dict[str, str]:
    """Return the words that every letter may use."""
    words, demand = given.words, given.demand
    asker = demand.requester
    cited = [text.strip() for text in demand.cited if is_printed_citation(text)]
    return {
        "demand": demand.id,
        "number": "" if given.number is None else f"{given.number:,}",
        "entry": "" if given.entry is None else f"{given.entry:,}",
        "requester": shown(asker.body) or words.said("unnamed"),
        "reference": shown(asker.reference),
        "purpose": given.name("purpose", demand.purpose),
        "paper": _paper(given),
        "cited": words.row(cited),
        "date": words.day(given.on),
        "received": words.day(demand.received_on),
        "contact": given.stationery.letterhead.contact,
        "agency": given.stationery.letterhead.agency,
        "whose": words.said("whose_own" if asker.kind == "subject" else "whose_represented"),
    }


def answered(given: LetterInput) -> dict[str, str]:
    """Return the words that every letter with an answer may use."""
    return {
        **common(given),
        "decided_on": given.words.day(given.determination.on),
        "parts": _counted(given, given.determination.rulings),
        "parts_given": _counted(given, given.given),
        "parts_kept": _counted(given, given.kept),
    }


def _counted(given: LetterInput, rulings: Iterable[Ruling]) -> str:
    """Count parts as the letter calls their persons: how large a household is, it may not tell."""
    called = given.persons.called
    parts = {(one.item.program, one.item.field, called(one.item.subject)) for one in rulings}
    return f"{len(parts):,}"


def stages(given: Addressed, *, answered_by: str = "", receipt: bool = False) -> list[Entry]:
    """Return the stages of a demand as the row of windows shows them.

    Args:
        given: The letter; before an answer only the receipt of the demand is behind it.
        answered_by: What the answer is called in this row, where the letter answers.
        receipt: Whether a receipt is still to come.
    """
    words = given.words
    days = {"received": given.demand.received_on}
    if answered_by and isinstance(given, LetterInput):
        days |= {"decided": given.determination.on, answered_by: given.on}
    names = ["received", "decided", answered_by or "answered", *(["receipt"] if receipt else [])]
    return [
        {
            "stage": words.code("windows", name),
            "on": words.day(days[name]) if name in days else words.code("windows", "not_yet"),
            "lit": "yes" if name in days else "no",
        }
        for name in names
    ]


def _paper(given: Addressed) -> str:
    words, paper = given.words, given.demand.instrument
    said = given.name("instrument_kind", paper.kind)
    if paper.form:
        said = words.said("paper_form", paper=said, form=given.name("form", paper.form))
    if paper.signed_on:
        said = words.said("paper_signed", paper=said, day=words.day(paper.signed_on))
    return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Fields of one program that were asked of the same persons and share one answer."""

    program: str
    subjects: tuple[str, ...]
    rulings: tuple[Ruling, ...]
    fields: tuple[str, ...]


def parts_of(
    given: LetterInput,
    rulings: Iterable[Ruling],
    key: Callable[[Ruling], object] = lambda _: None,
) -> list[Part]:
    """Put rulings together that one line can say: same program, same key, same persons."""
    groups: dict[tuple[str, object], dict[str, list[Ruling]]] = {}
    for ruling in rulings:
        fields = groups.setdefault((ruling.item.program, key(ruling)), {})
        fields.setdefault(ruling.item.field, []).append(ruling)
    found = []
    for (program, _), fields in groups.items():
        by_persons: dict[tuple[str, ...], list[str]] = {}
        for name, own in fields.items():
            called = dict.fromkeys(given.persons.called(one.item.subject) for one in own)
            by_persons.setdefault(tuple(called), []).append(name)
        for subjects, names in by_persons.items():
            together = tuple(ruling for name in names for ruling in fields[name])
            found.append(
                Part(program=program, subjects=subjects, rulings=together, fields=tuple(names))
            )
    return found


def part_words(given: LetterInput, part: Part) -> dict[str, str]:
    """Return how one part is called."""
    words = given.words
    nobody = all(given.is_about_nobody(ruling.item) for ruling in part.rulings)
    return {
        "persons": given.persons.say(part.subjects, about_nobody=nobody),
        "program": given.name("program", part.program),
        "fields": words.row([given.name("fields", name) for name in part.fields]),
    }


def part_rows(given: LetterInput, rulings: Iterable[Ruling]) -> list[Entry]:
    """Return what was asked, a line for each program and its persons."""
    return [part_words(given, part) for part in parts_of(given, rulings)]


def relations(given: LetterInput) -> list[Entry]:
    """Return what each person of several is to the demand, as its paper was read."""
    persons = [
        one for one in given.demand.subjects if not one.is_several and one.ref in given.persons.refs
    ]
    if len(persons) < 2:
        return []
    groups: dict[str, list[str]] = {}
    for person in persons:
        groups.setdefault(person.relation, []).append(person.ref)
    words = given.words
    return [
        {
            "who": words.said(
                "who", persons=given.persons.say(refs), relation=given.name("relation", relation)
            )
        }
        for relation, refs in groups.items()
    ]


def scope_of(
    given: LetterInput,
    rulings: Sequence[Ruling],
    whole: Sequence[Ruling],
    *,
    whole_key: str = "every_part",
) -> str:
    """Return which of ``whole`` are meant, in one phrase."""
    if set(map(_item, rulings)) == set(map(_item, whole)):
        return given.words.said(whole_key)
    said = []
    for part in parts_of(given, rulings):
        nobody = all(given.is_about_nobody(ruling.item) for ruling in part.rulings)
        key = "part" if not nobody and given.persons.are_several else "part_alone"
        said.append(given.words.said(key, **part_words(given, part)))
    joint: str = given.words.table["and"]
    return joint.join(said)


def _item(ruling: Ruling) -> Item:
    return ruling.item


def precision(words: Words, ruling: Ruling) -> str:
    """Return how exact an answer is."""
    if ruling.outcome is Outcome.COARSEN:
        return words.code("precisions", ruling.coarsen_to or "")
    return words.code("precisions", "whole")


def mark(stands: bool) -> list[Entry]:
    """Return a list that lets a section stand, or not, and says nothing itself."""
    return [{}] if stands else []


def represented(given: Addressed) -> list[Entry]:
    """Return the mark that the reader asks in the name of the person whom the law speaks to."""
    return mark(given.is_own and given.demand.requester.kind != "subject")


def neither(given: LetterInput) -> dict[str, list[Entry]]:
    """Return the marks that say of whom a letter neither confirms nor denies a record.

    Of somebody of whom something is given it would be no longer true, and so it is not said.
    """
    hidden = {each.item.subject for each in given.kept} - given.shown_persons
    persons = {ref for ref in hidden if not ref.endswith("*")}
    return {
        "neither": mark(bool(persons) and not given.given),
        "neither_others": mark(bool(persons) and bool(given.given)),
        "no_person": mark(not persons),
    }
