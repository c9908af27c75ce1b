"""What leaves, cut down to the rulings, with the letters that tell of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from clerestory.demands import Demand, Item, asked_period
from clerestory.disclosure import (
    CoarseningTables,
    Contents,
    LetterInput,
    Value,
    disclosure_letter,
    minimise,
    permitted_items,
    prepare_contents,
    read_coarsening,
    read_stationery,
    withholding_index,
)
from clerestory.kernel.period import months_of
from clerestory.office.answer.decided import Decided


def letter_of(
    decided: Decided, *, profile: Path, made_up: bool, number: int, entry: int, on: date
) -> LetterInput:
    """Return what the letters of an answer are written from.

    Args:
        decided: The answer, as its requester may read it.
        profile: The folder of the agency's profile.
        made_up: Whether the office exists for show only.
        number: The demand's number.
        entry: The log's entry of its receipt.
        on: The day of the letters.
    """
    return LetterInput(
        stationery=read_stationery(profile, made_up=made_up),
        demand=decided.demand,
        number=number,
        entry=entry,
        determination=decided.determination,
        on=on,
        authorities=decided.stack.authorities,
        speaker=decided.speaker,
        vocabulary=decided.stack.vocabulary,
    )


def package_contents(
    letter: LetterInput,
    values: Mapping[Item, Value],
    *,
    profile: Path,
    marks: Mapping[str, Mapping[str, str]] | None,
) -> Contents:
    """Cut what was read down to the rulings, and write the letters.

    Args:
        letter: What the letters are written from.
        values: What was read, or given in files.
        profile: The folder of the agency's profile.
        marks: What the paper says of each person, where it names any.
    """
    determination = letter.determination
    home = letter.persons.home
    # Of whom nothing is given and the paper names nobody, the recipient learns no reference either.
    shown = tuple(one for one in determination.rulings if one.item.subject not in home)
    minimised = minimise(
        replace(determination, rulings=shown), values, _tables(profile, letter.demand)
    )
    closed = len(determination.rulings) > len(permitted_items(determination))
    return prepare_contents(
        minimised,
        letter_pdf=disclosure_letter(letter),
        index_pdf=withholding_index(letter) if closed else None,
        marks=None if marks is None else {r: told for r, told in marks.items() if r not in home},
    )


def _tables(profile: Path, demand: Demand) -> CoarseningTables:
    span = asked_period(demand)
    months = months_of(span) if span.valid_from is not None else ()
    return read_coarsening(profile, months=months)
