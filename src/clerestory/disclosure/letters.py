"""The letters as PDF. The same input gives the same bytes, so that a digest can be computed again.

What they say is put together in ``composing``; here it is set in type.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime

import typst

from clerestory.disclosure import composing
from clerestory.disclosure.composing import Letter
from clerestory.disclosure.letter_facts import Addressed, LetterInput
from clerestory.disclosure.shown import contained
from clerestory.disclosure.stationery import Stationery
from clerestory.kernel import Refusal
from clerestory.kernel.canonical import Json


def acknowledgement_letter(given: Addressed) -> bytes:
    """Return the letter that says that a demand arrived, as PDF."""
    return typeset(composing.acknowledgement(given), given.stationery, given.on)


def disclosure_letter(given: LetterInput) -> bytes:
    """Return the cover letter of a package as PDF: what is enclosed, by what law, and why."""
    return typeset(composing.disclosure(given), given.stationery, given.on)


def refusal_letter(given: LetterInput) -> bytes:
    """Return the refusal as PDF: the same whether a file exists or not.

    Raises:
        Refusal: The determination releases something, so this is not a refusal.
    """
    return typeset(composing.refusal(given), given.stationery, given.on)


def withholding_index(given: LetterInput) -> bytes:
    """Return the index of what is not given as PDF: each reason once, with its parts."""
    return typeset(composing.withheld(given), given.stationery, given.on)


def person_notice(given: LetterInput, *, subject: str, addressee: str) -> bytes:
    """Return the notice to one person as PDF; see :func:`composing.notice`.

    Raises:
        Refusal: The demand does not ask about that person.
    """
    letter = composing.notice(given, subject=subject, addressee=addressee)
    return typeset(letter, given.stationery, given.on)


def typeset(letter: Letter, stationery: Stationery, on: date) -> bytes:
    """Set a letter in type, as a tagged PDF.

    Raises:
        Refusal: The fonts lack a character, or the profile's page form cannot be used.
    """
    words, head = stationery.words, stationery.letterhead
    told: dict[str, Json] = {
        "title": letter.title,
        "foot": letter.foot,
        "page": words.table["page"],
        "author": head.agency,
        "notice": head.notice,
        "head": [contained(line, words.direction) for line in head.head],
        "signed": [
            words.table["for_the_agency"],
            *(contained(line, words.direction) for line in head.signed),
        ],
        "lang": words.language,
        "dir": words.direction,
        "blocks": [dict(block) for block in letter.blocks],
    }
    # Noon: a reader's program that shows this in its own zone still shows the letter's day.
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return _compiled(stationery, told, int(noon.timestamp()))


def _compiled(stationery: Stationery, told: Mapping[str, Json], at: int) -> bytes:
    try:
        pdf = typst.compile(
            stationery.template,
            font_paths=stationery.fonts,
            ignore_system_fonts=True,
            sys_inputs={"letter": json.dumps(told, sort_keys=True)},
            pdf_standards=["ua-1"],
            timestamp=at,
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
