"""The four letters. None of them is given a value of a record, so none can leak one.

The same input gives the same bytes, so that a letter's digest can be computed again later.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import typst

from clerestory.demands import asked_period
from clerestory.demands.determination import Outcome
from clerestory.disclosure import letter_facts
from clerestory.disclosure.letter_facts import OPEN, LetterInput
from clerestory.disclosure.wording import Facts, blocks, fill
from clerestory.kernel import Refusal
from clerestory.kernel.canonical import Json

_BINDING = frozenset(
    {"recipient_bound_by_confidentiality", "limit_to_order", "limit_to_dates", "strip_fti"}
)


def disclosure_letter(given: LetterInput) -> bytes:
    """Return the cover letter of a package as PDF: what is enclosed, what not, and why."""
    rulings = given.determination.rulings
    released = [ruling for ruling in rulings if ruling.outcome in OPEN]
    kept = [ruling for ruling in rulings if ruling.outcome not in OPEN]
    bound = [duty for duty in given.determination.duties if duty.code in _BINDING]
    facts = {
        "given": [letter_facts.row(given, ruling) for ruling in released],
        "given_authorities": letter_facts.authority_rows(given, released),
        "not_given": [letter_facts.row(given, ruling) for ruling in kept],
        "bound": [
            {
                "duty": given.words.code("duties", duty.code),
                "citation": letter_facts.citation(given, duty.authority),
            }
            for duty in bound
        ],
    }
    period = given.words.period(asked_period(given.demand))
    return _typeset(given, "disclosure", facts, {"period": period})


def refusal_letter(given: LetterInput) -> bytes:
    """Return the refusal as PDF.

    It is written from the demand and the determination alone. What only a look into the
    records could tell is left out, so the letter is the same whether a file exists or not.

    Raises:
        Refusal: The determination releases something, so this is not a refusal.
    """
    rulings = given.determination.rulings
    if any(ruling.outcome in OPEN for ruling in rulings):
        raise Refusal(
            f"a refusal gives nothing: {given.determination.overall}",
            code="letter-not-a-refusal",
            todo="write the disclosure instead: clerestory disclose",
        )
    referred = [ruling for ruling in rulings if ruling.outcome is Outcome.REFER]
    facts: dict[str, list[dict[str, str]]] = {
        "reasons": letter_facts.reasons(given, [each for each in rulings if each not in referred]),
        "authorities": letter_facts.authority_rows(given, rulings),
        "near_misses": letter_facts.near_misses(given),
        "missing": [{"condition": text} for text in letter_facts.conditions(given)],
        "changes": letter_facts.changes(given),
        "referred": letter_facts.referred(given, referred),
        "public_records": letter_facts.mark(
            given.demand.instrument.kind == "public_records_request"
        ),
    }
    return _typeset(given, "refusal", facts)


def withholding_index(given: LetterInput) -> bytes:
    """Return the index of what is not given as PDF, one row for each ruling."""
    kept = [each for each in given.determination.rulings if each.outcome not in OPEN]
    rows = [letter_facts.row(given, ruling, number) for number, ruling in enumerate(kept, 1)]
    return _typeset(given, "withheld", {"not_given": rows})


def person_notice(given: LetterInput, *, subject: str, addressee: str) -> bytes:
    """Return the notice to one person as PDF.

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
    facts = {
        "given": [letter_facts.own_row(given, ruling) for ruling in released],
        "nothing_given": letter_facts.mark(not released),
        "not_given": [letter_facts.own_row(given, each) for each in own if each not in released],
        "authorities": letter_facts.authority_rows(given, own, reader="person"),
    }
    return _typeset(given, "notice", facts, {"addressee": addressee})


def _typeset(
    given: LetterInput,
    name: str,
    lists: Mapping[str, Sequence[Mapping[str, str]]],
    more: Mapping[str, str] | None = None,
) -> bytes:
    stationery, words = given.stationery, given.words
    wording = stationery.wording[name]
    facts = Facts(words={**letter_facts.common(given), **(more or {})}, lists=lists)
    letter: dict[str, Json] = {
        "title": fill(wording["title"], facts.words),
        "author": stationery.agency,
        "lang": words.language,
        "dir": words.direction,
        "head": [{"text": line} for line in stationery.head],
        "blocks": blocks(wording, facts, language=words.language, direction=words.direction),
    }
    # Noon: a reader's program that shows this in its own zone still shows the letter's day.
    noon = datetime(given.on.year, given.on.month, given.on.day, 12, tzinfo=UTC)
    try:
        pdf = typst.compile(
            stationery.template,
            font_paths=stationery.fonts,
            ignore_system_fonts=True,
            sys_inputs={"letter": json.dumps(letter, sort_keys=True)},
            pdf_standards=["ua-1"],
            timestamp=int(noon.timestamp()),
        )
    except typst.TypstError as fault:
        raise _unprintable(fault) from None
    return pdf


def _unprintable(fault: typst.TypstError) -> Refusal:
    # The library's message may quote the letter, and the letter may hold a name.
    if "could not be displayed" in fault.message:
        return Refusal(
            "a letter has a character that the profile's fonts lack",
            code="letter-character-missing",
            todo="add a static font with that script to the profile's fonts folder",
        )
    return Refusal(
        "the page form of the letters cannot be used",
        code="letter-form-unusable",
        todo="mend letter.typ in the profile; compile it with typst to see the fault",
    )
