"""What was missing, what would open a record, and which way the law leaves."""

from collections.abc import Iterable, Mapping, Sequence

from clerestory.demands.condition import Condition
from clerestory.demands.demand import Item
from clerestory.demands.determination import NearMiss, Outcome, Ruling, Turn
from clerestory.demands.speaking import Line, sought
from clerestory.disclosure.letter_facts import LetterInput, scope_of
from clerestory.disclosure.wording import UNDER, Bullet, Entry

Said = tuple[Bullet, ...]


def near_misses(given: LetterInput) -> list[Entry]:
    """Return what was looked at and did not open the records, with what was missing of it.

    Authorities of which the same was missing stand in one line. An authority that nothing was
    missing of is answered in its own words, unless the answer gives something: such words deny of
    the whole paper what another part of the same answer may rest on.
    """
    missing: dict[Said, dict[str, list[Ruling]]] = {}
    answered: dict[str, str] = {}
    for miss, rulings in _by_miss(given.kept).items():
        known = given.authority(miss.authority)
        if said := _missing(given, miss):
            missing.setdefault(said, {}).setdefault(known.citation, []).extend(rulings)
        else:
            answered.setdefault(known.citation, known.not_met)
    named = {citation for cited in missing.values() for citation in cited}
    return [
        _lacking(given, citations, said, rulings)
        for said, cited in missing.items()
        for citations, rulings in _same_parts(cited)
    ] + [
        {"line": _answer(given, citation, text), UNDER: ()}
        for citation, text in answered.items()
        if citation not in named
    ]


def _same_parts(cited: Mapping[str, Sequence[Ruling]]) -> list[tuple[list[str], list[Ruling]]]:
    """Put citations together of which the same parts are spoken."""
    found: dict[frozenset[Item], tuple[list[str], list[Ruling]]] = {}
    for citation, rulings in cited.items():
        items = frozenset(ruling.item for ruling in rulings)
        citations, _ = found.setdefault(items, ([], list(rulings)))
        citations.append(citation)
    return list(found.values())


def _answer(given: LetterInput, citation: str, text: str) -> str:
    if given.given:
        return given.words.said("opens_not", citation=citation)
    if given.words.is_unsaid(text):
        text = str(given.words.table["neutral_reason"])
    return given.words.said("answered", citation=citation, text=text)


def _lacking(
    given: LetterInput, cited: Sequence[str], said: Said, rulings: Sequence[Ruling]
) -> Entry:
    words = given.words
    one = len(said) == 1 and not said[0].under
    whole = {ruling.item for ruling in rulings} == {ruling.item for ruling in given.kept}
    key = f"lacking{'_one' if one else ''}{'' if whole else '_of'}"
    line = words.said(
        key,
        citations=words.row(cited),
        scope=scope_of(given, rulings, given.kept),
        one=said[0].text,
    )
    return {"line": line, UNDER: () if one else said}


def ways(given: LetterInput, outcome: Outcome) -> list[Entry]:
    """Return each smallest set of facts that would turn rulings into ``outcome``."""
    turned: dict[Said, list[Ruling]] = {}
    for ruling in given.kept:
        for turn in ruling.would_change:
            if turn.outcome is outcome and (said := _turn(given, turn)):
                turned.setdefault(said, []).append(ruling)
    return [_way(given, said, rulings, outcome) for said, rulings in turned.items()]


def _way(given: LetterInput, said: Said, rulings: Sequence[Ruling], outcome: Outcome) -> Entry:
    words = given.words
    scope = scope_of(given, rulings, given.kept)
    key = "way_release" if outcome is Outcome.RELEASE else "way_refer"
    if len(said) == 1 and not said[0].under:
        return {"line": words.said(f"{key}_one", scope=scope, one=said[0].text), UNDER: ()}
    return {"line": words.said(key, scope=scope), UNDER: said}


def routes(given: LetterInput) -> list[Entry]:
    """Return where else the demand may be answered, and on which form, as the duties say it."""
    words = given.words
    found: dict[str, None] = {}
    for duty in given.determination.duties:
        form = words.table["routes"].get(duty.code)
        if form is not None:
            to = words.code("bodies", duty.to) if duty.to else words.said("body_unnamed")
            found[form.format(to=to, citation=given.authority(duty.authority).citation)] = None
    return [{"route": text} for text in found]


def _by_miss(rulings: Iterable[Ruling]) -> dict[NearMiss, list[Ruling]]:
    # Most rulings of a long list share one row of them.
    rows: dict[int, tuple[tuple[NearMiss, ...], list[Ruling]]] = {}
    for ruling in rulings:
        row = ruling.considered_not_met
        rows.setdefault(id(row), (row, []))[1].append(ruling)
    found: dict[NearMiss, list[Ruling]] = {}
    for row, own in rows.values():
        for miss in row:
            found.setdefault(miss, []).extend(own)
    return found


def _missing(given: LetterInput, miss: NearMiss) -> Said:
    return _bullets(given, miss.missing)


def _turn(given: LetterInput, turn: Turn) -> Said:
    return _bullets(given, [sought([change]) for change in turn.changes])


def _bullets(given: LetterInput, conditions: Iterable[Condition]) -> Said:
    """Return conditions as lines, but those that would tell whether the agency holds a file."""
    told = [one for one in conditions if not given.speaker.tells_of_files(one)]
    return tuple(map(_bullet, given.speaker.lines(told)))


def _bullet(line: Line) -> Bullet:
    return Bullet(text=line.text, under=tuple(map(_bullet, line.under)))
