"""Refuse in writing: log the letters first, then put them out; one demand is refused once."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from clerestory.cli.answering import Answered, letter_input
from clerestory.cli.logging_answers import log_answer
from clerestory.cli.office import Office, one_at_a_time
from clerestory.cli.one_answer import RefusedBefore, as_on, refused_before
from clerestory.cli.order_of_acts import check_not_before
from clerestory.cli.received import Drawn, answerable
from clerestory.cli.reviewers import check_signed_refusal
from clerestory.disclosure import refusal_letter, withholding_index
from clerestory.kernel import Corruption, Refusal, digest_of
from clerestory.kernel.files import write_whole
from clerestory.office.answer.decided import Decided
from clerestory.office.answer.protections import as_told

Letters = dict[Path, bytes]


@one_at_a_time
def refuse(
    office: Office,
    decided: Decided,
    *,
    counsel: str | None,
    at: datetime,
    reviewers: Sequence[str] = (),
) -> Answered:
    """Write the refusal letter and the withholding index, and log them, once.

    No look is taken into the records: the letter is the same whether a file exists or not. Done
    again, on whatever day, it finds its entry, logs nothing, and puts out the letters of the first
    day where they are missing.

    Args:
        office: Whose log.
        decided: The demand under the law of the day ``at`` there, as people lowered it.
        counsel: Counsel who decided it, if they did.
        at: Now.
        reviewers: Two people who lowered what the law lets leave, where counsel did not.

    Raises:
        Refusal: Something may be released, the answer is counsel's and no counsel is named, nobody
            has signed what was lowered, or the demand was answered already and this would be
            another answer.
        Corruption: A letter that lies there is not the one that was logged.
    """
    signed = check_signed_refusal(decided.determination, counsel=counsel, reviewers=reviewers)
    told = as_told(decided)
    # What the letter says was put before counsel, so that it does not tell whether the person was
    # found, must have been put before counsel.
    check_signed_refusal(told.determination, counsel=counsel, reviewers=reviewers)
    drawn = answerable(office, decided.demand)
    with office.ledger() as ledger:
        before = refused_before(ledger, decided)
        if before is None:
            day = office.day(at)
            check_not_before(office, ledger, decided.demand.id, day)
            letters, digest = _letters(office, told, drawn, day)
            for path in letters:
                office.check_new(path)
            # Before anything is logged: letters that nobody could put out are not logged.
            office.make_out()
            index = log_answer(
                ledger, office, decided, drawn.number, digest, signed, at, on=day,
                by_counsel=counsel is not None,
            )  # fmt: skip
        else:
            index, day = before.refusal.index, before.refusal.on or office.day(at)
            letters, digest = _letters_again(office, decided, drawn, before, day)
            if digest != before.refusal.digest:
                raise before.otherwise(decided)
    _put_out(office, letters)
    since = before.sealed.index if before and before.sealed else None
    return Answered(
        number=drawn.number, index=index, files=tuple(letters), digest=digest,
        again=before is not None, sealed_since=since,
    )  # fmt: skip


def _letters(office: Office, told: Decided, drawn: Drawn, day: date) -> tuple[Letters, str]:
    """Return the letters of one day, and the digest that the log commits to."""
    given = letter_input(office, told, drawn, day)
    letter, index = refusal_letter(given), withholding_index(given)
    stem = f"{told.demand.id}-{day}"
    letters = {
        office.out / f"{stem}-refusal.pdf": letter,
        office.out / f"{stem}-withheld.pdf": index,
    }
    return letters, digest_of({"letter": _sha256(letter), "index": _sha256(index)})


def _letters_again(
    office: Office, decided: Decided, drawn: Drawn, before: RefusedBefore, day: date
) -> tuple[Letters, str]:
    """Return the letters as they were written on the day of the first run."""
    try:
        return _letters(office, as_told(as_on(decided, day)), drawn, day)
    except Refusal as fault:
        # With what is known now, that day's answer would be another, or none.
        raise before.otherwise(decided) from fault


def _put_out(office: Office, letters: Letters) -> None:
    for path, content in letters.items():
        if path.exists() and path.read_bytes() != content:
            raise Corruption(
                f"a letter must be the one that was logged: {path.name}",
                code="answer-letter-altered",
                todo="hand it to nobody; keep it elsewhere, find out who wrote it, and run the "
                "same again: the letter is put out as it was logged",
            )
    office.make_out()
    for path, content in letters.items():
        if not path.exists():
            write_whole(path, content, mode=0o600)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
