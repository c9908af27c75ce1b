"""What was missing, what would open a record, and which way the law leaves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from clerestory.demands.condition import Asked, Condition
from clerestory.demands.demand import Item
from clerestory.demands.determination import Change, NearMiss, Outcome, Ruling, Turn
from clerestory.demands.speaking import Line, sought
from clerestory.disclosure.letter_facts import LetterInput, scope_of
from clerestory.disclosure.wording import UNDER, Bullet, Entry
from clerestory.law.citations import authorities_cited
from clerestory.law.fact_table import whole_of

Said = tuple[Bullet, ...]
# What a stranger brings. A person who asks for their own file has no use of a court's paper, and a
# permission to oneself shows nothing.
_STRANGERS = frozenset({"consent", "agreement", "paper", "papers"})
_IN_WRITING = "paper.written"
_WHAT_IS_ASKED = frozenset({"resource", "resource.name"})
_FINDING = "findings."
# A permission that covers all that is asked is there, and names who asks.
_PERMISSION = frozenset(Asked(path, (code,)) for path, code in whole_of("consent"))
_IN_PERMISSION = frozenset({
    Asked("findings.consent_names_requester", ("yes",)),
    Asked("findings.written_permission_held", ("yes",)),
})  # fmt: skip
# What a paper can show not to be so. Of anything else that would have to be absent a letter makes
# no way: nobody can show it, and to ask for it would tell what is suspected.
_ANSWERED_OTHERWISE = {"yes": "no", "no": "yes"}
_SHOWN_NOT = frozenset({
    "findings.order_stayed", "findings.agency_consent_only",
    "findings.representative_rights_limited",
})  # fmt: skip


def near_misses(given: LetterInput) -> list[Entry]:
    """Return what was looked at and did not open the records, with what was missing of it.

    Authorities of which the same was missing stand in one line, and each condition once. An
    authority of which nothing was missing is answered in its own words. Not so where it was met and
    is not enough, or where the answer gives something: its words deny of the whole paper what is
    so, or what another part of the answer may rest on.
    """
    missing: dict[str, dict[Bullet, list[Ruling]]] = {}
    answered: dict[str, str] = {}
    by_capacity = acts_for_another(given)
    for (miss, is_met), rulings in _by_miss(given.kept).items():
        citation = given.citation_of(miss.authority)
        for bullet in () if by_capacity else _bullets(given, miss.missing):
            missing.setdefault(citation, {}).setdefault(bullet, []).extend(rulings)
        if not miss.missing and _is_for_reader(given, miss.authority):
            answered.setdefault(citation, "" if is_met else miss.authority)
    alike: dict[tuple[Said, bool], list[str]] = {}
    for citation, bullets in missing.items():
        alike.setdefault(_of_parts(given, bullets), []).append(citation)
    return [
        _lacking(given, citations, said, is_whole=is_whole)
        for (said, is_whole), citations in alike.items()
    ] + [
        {"line": _answer(given, citation, authority), UNDER: ()}
        for citation, authority in answered.items()
        if citation not in missing
    ]


def acts_for_another(given: LetterInput) -> bool:
    """Whether the reader asks in the name of the person.

    What such a reader has to show hangs on whether the person is a minor, has died or is known,
    which is nothing that a letter may tell. So it is said by what they say that they are, alone.
    """
    subjects = given.demand.subjects
    return given.is_own and (
        given.demand.requester.kind != "subject" or any(one.represented_by for one in subjects)
    )


def capacities(given: LetterInput) -> list[Entry]:
    """Return what whoever asks in another's name can show, of each person who got nothing."""
    if not acts_for_another(given):
        return []
    closed = {ruling.item.subject for ruling in given.kept} - given.shown_persons
    acting: dict[str, list[str]] = {}
    for one in given.demand.subjects:
        if one.ref in closed:
            acting.setdefault(one.represented_by or "unstated", []).append(one.ref)
    said = {code: given.voice.phrase(f"acting_{code}") for code in acting}
    if len(said) < 2:
        return [{"line": text, UNDER: ()} for text in said.values()]
    words = given.words
    return [
        {
            "line": words.said("acting", persons=given.persons.say(acting[code]), text=text),
            UNDER: (),
        }
        for code, text in said.items()
    ]


def lacks(given: LetterInput) -> bool:
    """Whether the letter says of anything that it would have to be so."""
    if acts_for_another(given):
        return False
    return any(_bullets(given, miss.missing) for miss, _ in _by_miss(given.kept))


def _is_for_reader(given: LetterInput, authority: str) -> bool:
    """Whether a reader is answered on an authority: a person only on one that they named.

    What is looked at beside a demand is what an officer or a court might rely on.
    """
    named = (authorities_cited(text, given.authorities) for text in given.demand.cited)
    return not given.is_own or any(authority in names for names in named)


def _of_parts(given: LetterInput, bullets: Mapping[Bullet, Sequence[Ruling]]) -> tuple[Said, bool]:
    """Say of each condition for which parts it was missing, and whether that was for all."""
    every = {ruling.item for ruling in given.kept}
    said, is_whole = [], True
    for bullet, rulings in bullets.items():
        if {ruling.item for ruling in rulings} == every:
            said.append(bullet)
        else:
            is_whole = False
            scope = scope_of(given, rulings, given.kept)
            text = given.words.said("for_parts", text=bullet.text, scope=scope)
            said.append(Bullet(text=text, under=bullet.under))
    return tuple(said), is_whole


def _answer(given: LetterInput, citation: str, authority: str) -> str:
    if given.given or not authority:
        return given.words.said("opens_not", citation=citation)
    text = given.not_met_of(authority)
    if given.words.is_unsaid(text):
        text = str(given.words.table["neutral_reason"])
    if text.startswith(citation):
        return text
    return given.words.said("answered", citation=citation, text=text)


def _lacking(given: LetterInput, cited: Sequence[str], said: Said, *, is_whole: bool) -> Entry:
    citations = given.words.row(cited)
    if len(said) == 1 and not said[0].under:
        key = "lacking_one" if is_whole else "lacking_one_of"
        return {"line": given.words.said(key, citations=citations, one=said[0].text), UNDER: ()}
    if choice := _choice(given, said):
        return {"line": given.words.said("lacking_any", citations=citations), UNDER: choice}
    return {"line": given.words.said("lacking", citations=citations), UNDER: said}


def _choice(given: LetterInput, said: Said) -> Said:
    """Return the alternatives, where they are all that is said."""
    head = given.voice.phrase("one_of_head")
    return said[0].under if len(said) == 1 and said[0].text == head else ()


def ways(given: LetterInput, outcome: Outcome) -> list[Entry]:
    """Return by which facts rulings would turn into ``outcome``: each smallest set is enough.

    The sets that would turn the same parts stand under one line. What would only raise a doubt for
    counsel is no way, nor what somebody would have to show not to be so.
    """
    turned: dict[Said, list[Ruling]] = {}
    for ruling in () if acts_for_another(given) else given.kept:
        for turn in _that_hang_on_it(ruling.would_change):
            if turn.outcome is outcome and (said := _turn(given, turn)):
                turned.setdefault(said, []).append(ruling)
    parts: dict[frozenset[Item], list[Said]] = {}
    for said, rulings in turned.items():
        parts.setdefault(frozenset(ruling.item for ruling in rulings), []).append(said)
    return [
        _way(given, sets, [one for one in given.kept if one.item in items], outcome)
        for items, sets in parts.items()
    ]


def _way(
    given: LetterInput, sets: Sequence[Said], rulings: Sequence[Ruling], outcome: Outcome
) -> Entry:
    words = given.words
    scope = scope_of(given, rulings, given.kept)
    key = "way_release" if outcome is Outcome.RELEASE else "way_refer"
    key = f"own_{key}" if given.is_own else key
    if len(sets) > 1:
        each = tuple(
            said[0] if len(said) == 1 else Bullet(text=words.said("all_of_these"), under=said)
            for said in sets
        )
        return {"line": words.said(f"{key}_any", scope=scope), UNDER: each}
    [said] = sets
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
            to = given.name("duty_to", duty.to) if duty.to else words.said("body_unnamed")
            found[form.format(to=to, citation=given.citation_of(duty.authority))] = None
    return [{"route": text} for text in found]


def _by_miss(rulings: Iterable[Ruling]) -> dict[tuple[NearMiss, bool], list[Ruling]]:
    # Most rulings of a long list share one row of them.
    rows: dict[int, tuple[tuple[NearMiss, ...], list[Ruling]]] = {}
    for ruling in rulings:
        row = ruling.considered_not_met
        rows.setdefault(id(row), (row, []))[1].append(ruling)
    found: dict[tuple[NearMiss, bool], list[Ruling]] = {}
    for row, own in rows.values():
        for miss in row:
            found.setdefault((miss, miss.is_met), []).extend(own)
    return found


def _that_hang_on_it(turns: Iterable[Turn]) -> list[Turn]:
    """Leave out of each set a finding that does as well when it is yes as when it is no.

    It has only to be settled, which is for the agency: nobody can show it both ways.
    """
    sets = {(turn.outcome, frozenset(turn.changes)) for turn in turns}
    found: dict[tuple[Outcome, tuple[Change, ...]], None] = {}
    for turn in turns:
        changes = tuple(
            one
            for one in turn.changes
            if (other := _ANSWERED_OTHERWISE.get(one.value)) is None
            or not one.fact.startswith(_FINDING)
            or (turn.outcome, frozenset(turn.changes) ^ {one, replace(one, value=other)})
            not in sets
        )
        found[(turn.outcome, changes)] = None
    return [Turn(outcome=outcome, changes=changes) for outcome, changes in found if changes]


def _turn(given: LetterInput, turn: Turn) -> Said:
    if given.is_own and any(
        one.fact != _IN_WRITING and one.fact.partition(".")[0] in _STRANGERS for one in turn.changes
    ):
        return ()
    findings = [change for change in turn.changes if change.fact.startswith(_FINDING)]
    if turn.outcome is Outcome.REFER and findings:
        return ()
    if any(one.value != "yes" and one.fact not in _SHOWN_NOT for one in findings):
        return ()
    return _bullets(given, [sought([change]) for change in turn.changes])


def _bullets(given: LetterInput, conditions: Iterable[Condition]) -> Said:
    """Return conditions as lines, but those that would tell whether the agency holds a file."""
    told = [one for one in conditions if not given.voice.tells_of_files(one)]
    if set(told) >= _PERMISSION:
        told = [one for one in told if one not in _IN_PERMISSION]
    if any(_is_of_what_is_asked(one, wanted=True) for one in told):
        # What it would have to be says already that it is something else.
        told = [one for one in told if not _is_of_what_is_asked(one, wanted=False)]
    return tuple(map(_bullet, given.voice.lines(told)))


def _is_of_what_is_asked(one: Condition, *, wanted: bool) -> bool:
    return isinstance(one, Asked) and one.fact in _WHAT_IS_ASKED and one.wanted is wanted


def _bullet(line: Line) -> Bullet:
    return Bullet(text=line.text, under=tuple(map(_bullet, line.under)))
