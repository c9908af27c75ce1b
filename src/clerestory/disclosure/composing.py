"""The letters before they are set in type: a title and blocks of text, so that they can be read.

None of them is given a value of a record, so none can leak one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from clerestory.demands.asked_period import asked_period
from clerestory.demands.determination import Outcome, Ruling
from clerestory.disclosure.letter_facts import (
    OPEN,
    Addressed,
    LetterInput,
    answered,
    common,
    mark,
    neither,
    part_rows,
    precision,
    relations,
    represented,
    scope_of,
    stages,
)
from clerestory.disclosure.openings_said import capacities, lacks, near_misses, routes, ways
from clerestory.disclosure.reasons_said import Reasons
from clerestory.disclosure.shown import shown
from clerestory.disclosure.stationery import Stationery
from clerestory.disclosure.wording import Entry, Facts, blocks, fill
from clerestory.kernel import Refusal
from clerestory.kernel.canonical import Json
from clerestory.law.authorities import Authority
from clerestory.law.sentences import PERSON

Lists = Mapping[str, Sequence[Entry]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter's title and blocks, and what stands at the foot of each page."""

    title: str
    foot: str
    blocks: Sequence[Mapping[str, Json]]

    @property
    def lines(self) -> Iterator[str]:
        """Every text of the letter, in order: what a reader reads, and a test measures."""
        yield self.title
        for block in self.blocks:
            yield from _texts({key: block.get(key) for key in _SAID})


_SAID = ("text", "lines", "header", "rows", "items")


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def acknowledgement(given: Addressed) -> Letter:
    """Return the letter that says that a demand arrived, before anything is known of its answer."""
    name = "own-acknowledgement" if given.is_own else "acknowledgement"
    one = any(not subject.is_class for subject in given.demand.subjects)
    lists = {"persons": mark(one), "stages": stages(given)}
    return composed(given.stationery, name, Facts(words=common(given), lists=lists))


def disclosure(given: LetterInput) -> Letter:
    """Return the cover letter of a package: what was asked and is given, by what law, and why."""
    reasons = Reasons(given, given.given, reader=given.reader)
    someone = any(not given.is_about_nobody(each.item) for each in given.given)
    lists: dict[str, Sequence[Entry]] = {
        **_asked(given),
        "represented": represented(given),
        "own": mark(not represented(given)),
        "stages": stages(given, answered_by="given", receipt=True),
        "given": reasons.rows(),
        "given_reasons": reasons.entries(),
        "why": _why(given),
        "someone": mark(someone),
        "persons": mark(any(not ref.endswith("*") for ref in given.shown_persons)),
        "some_kept": mark(bool(given.kept)),
        "must": _duties(given, "must") if someone else [],
        "kept_to": _duties(given, "kept_to"),
    }
    period = given.words.period(asked_period(given.demand))
    words = {**answered(given), "period": period}
    name = "own-disclosure" if given.is_own else "disclosure"
    return composed(given.stationery, name, Facts(words=words, lists=lists))


def _asked(given: LetterInput) -> dict[str, Sequence[Entry]]:
    """Return what was asked, and of whom, where they are several."""
    return {
        "asked": part_rows(given, given.determination.rulings),
        "who": relations(given),
    }


def _why(given: LetterInput) -> list[Entry]:
    """Return for each kind of permission why it is given, and why no less would do."""
    kinds: dict[str, list[Ruling]] = {}
    for ruling in given.given:
        kinds.setdefault(_kind(given, ruling), []).append(ruling)
    found: list[Entry] = []
    for kind, rulings in kinds.items():
        coarser = given.words.row(list(dict.fromkeys(precision(given.words, r) for r in rulings)))
        scope = scope_of(given, rulings, given.given, whole_key="all_given")
        found.append({"why": given.words.said(f"why_{kind}", scope=scope, precision=coarser)})
    return found


def _kind(given: LetterInput, ruling: Ruling) -> str:
    if ruling.outcome is Outcome.COARSEN:
        return "coarser"
    if given.is_about_nobody(ruling.item):
        return "nobody"
    kinds = {given.authority(name).kind for name in ruling.authorities}
    ordered = {"limit_to_order"} & {duty.code for duty in given.determination.duties}
    if ordered and given.demand.instrument.kind not in {"letter", "email", "none"}:
        return "ordered"
    return "mandated" if "mandates" in kinds else "permitted"


def _duties(given: LetterInput, which: str) -> list[Entry]:
    """Return duties of ``which`` kind as full sentences, each once."""
    said: Mapping[str, str] = given.words.table["duties"][which]
    cited: dict[str, dict[str, None]] = {}
    for duty in given.determination.duties:
        if duty.code in said:
            cited.setdefault(duty.code, {})[given.citation_of(duty.authority)] = None
    return [
        {"duty": said[code], "citation": given.words.row(list(citations))}
        for code, citations in cited.items()
    ]


def refusal(given: LetterInput) -> Letter:
    """Return the refusal, written from the demand and the determination alone.

    What only a look into the records could tell is left out, so the letter is the same whether a
    file exists or not.

    Raises:
        Refusal: The determination releases something, so this is not a refusal.
    """
    if given.given:
        raise Refusal(
            f"a refusal gives nothing: {given.determination.overall}",
            code="letter-not-a-refusal",
            todo="write the disclosure instead: clerestory disclose",
        )
    lists = {
        **_asked(given),
        "stages": stages(given, answered_by="refused"),
        **_kept(given),
        **_openings(given),
    }
    name = "own-refusal" if given.is_own else "refusal"
    return composed(given.stationery, name, Facts(words=answered(given), lists=lists))


def withheld(given: LetterInput) -> Letter:
    """Return the index of what is not given: each reason once, and the parts it stands for.

    Beside a refusal, which says it already, the index does not say again what would open them.
    """
    partly = bool(given.given)
    marks = {"partly": mark(partly), "whole": mark(not partly)}
    lists = {**_kept(given), **marks, **(_openings(given) if partly else _no_openings())}
    name = "own-withheld" if given.is_own else "withheld"
    return composed(given.stationery, name, Facts(words=answered(given), lists=lists))


def _kept(given: LetterInput) -> dict[str, Sequence[Entry]]:
    """Return what is not given, and why."""
    reasons = Reasons(given, given.kept, reader=given.reader)
    rows = reasons.rows()
    referred = [each for each in given.kept if each.outcome is Outcome.REFER]
    return {
        "reasons": reasons.entries(),
        "not_given": rows,
        "rows": rows if len(rows) > 1 else [],
        "referred": _referred(given, referred),
        "untold": mark(any(_is_untold(given, each) for each in given.kept)),
        "represented": represented(given),
        **neither(given),
    }


def _is_untold(given: LetterInput, ruling: Ruling) -> bool:
    """Whether nothing is said of who closed it, so that counsel may have it or nobody."""
    decides = {given.authority(name).decides for name in ruling.authorities}
    return ruling.outcome is Outcome.WITHHOLD and "protection" in decides


def _referred(given: LetterInput, rulings: Sequence[Ruling]) -> list[Entry]:
    if not rulings:
        return []
    key = "own_referred" if given.is_own else "referred"
    return [{"line": given.words.said(key, scope=scope_of(given, rulings, given.kept))}]


def _openings(given: LetterInput) -> dict[str, Sequence[Entry]]:
    """Return what was missing, and what would open what is not given."""
    release = ways(given, Outcome.RELEASE)
    # What brings a stranger's demand before counsel is no way for the person.
    refer = [] if given.is_own else ways(given, Outcome.REFER)
    acting = capacities(given)
    closed = any(each.outcome is Outcome.WITHHOLD for each in given.kept)
    return {
        "near_misses": near_misses(given),
        "acting": acting,
        "ways": release,
        "counsel_ways": refer,
        "no_way": mark(closed and not (acting or release or refer or lacks(given))),
        # Beside something that is given, a duty may follow from what protects its person.
        "routes": [] if given.given else routes(given),
        "again": mark(True),
        "public_records": mark(given.demand.instrument.kind == "public_records_request"),
    }


def _no_openings() -> dict[str, Sequence[Entry]]:
    names = (
        "near_misses", "acting", "ways", "counsel_ways", "no_way", "routes", "again",
        "public_records",
    )  # fmt: skip
    return dict.fromkeys(names, ())


def notice(given: LetterInput, *, subject: str, addressee: str) -> Letter:
    """Return the notice to one person.

    Args:
        given: What the letter is written from; only ``subject``'s own rulings are read.
        subject: The reference of the person in the demand.
        addressee: The person's name and address, as the safe contact gives them.

    Raises:
        Refusal: The demand does not ask about that person.
    """
    own = [each for each in given.determination.rulings if each.item.subject == subject]
    if not own or subject.endswith("*"):
        raise Refusal(
            f"a notice goes to one person whom the demand asks about: {subject}",
            code="letter-no-such-subject",
            todo="name a subject of the demand",
        )
    released = [ruling for ruling in own if ruling.outcome in OPEN]
    lists: dict[str, Sequence[Entry]] = {
        "stages": stages(given, answered_by="given" if released else "refused"),
        "given": _own_rows(given, released, lambda each: precision(given.words, each)),
        "nothing_given": mark(not released),
        "not_given": _own_rows(
            given, [each for each in own if each not in released], lambda each: each.reason.person
        ),
        "authorities": [
            {"citation": given.citation_of(known.id), "text": given.text_of(known.id, PERSON)}
            for known in _authorities(given, own)
        ],
    }
    # Others' names and what they asked of others are no business of this reader's.
    words = {**answered(given), "addressee": shown(addressee)}
    return composed(given.stationery, "notice", Facts(words=words, lists=lists))


def _own_rows(
    given: LetterInput, rulings: Sequence[Ruling], said: Callable[[Ruling], str]
) -> list[Entry]:
    """Return the fields of a program of which the same is ``said``, in one row."""
    # Whoever asked, the reader of a notice is the person.
    name = replace(given.speaker, reader=PERSON).name
    alike: dict[tuple[str, str], list[Ruling]] = {}
    for ruling in rulings:
        alike.setdefault((ruling.item.program, said(ruling)), []).append(ruling)
    return [
        {
            "program": name("program", program),
            "field": given.words.row([name("fields", each.item.field) for each in together]),
            "precision": precision(given.words, together[0]),
            "reason": together[0].reason.person,
        }
        for (program, _), together in alike.items()
    ]


def _authorities(given: LetterInput, rulings: Sequence[Ruling]) -> list[Authority]:
    names = dict.fromkeys(name for ruling in rulings for name in ruling.authorities)
    return [given.authority(name) for name in names]


def composed(stationery: Stationery, name: str, facts: Facts) -> Letter:
    """Put the facts into the wording ``name``.

    Raises:
        Refusal: The wording has a key, a list or a slot that no letter has.
    """
    wording, words = stationery.wording[name], stationery.words
    return Letter(
        title=fill(wording["title"], facts.words, direction=words.direction),
        foot=fill(str(words.table["foot"]), facts.words, direction=words.direction),
        blocks=blocks(wording, facts, language=words.language, direction=words.direction),
    )
