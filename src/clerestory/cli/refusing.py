"""Refuse in writing: log the letters first, then put them out; one demand is refused once."""

import hashlib
from datetime import date, datetime
from pathlib import Path

from clerestory.cli.answering import Answered, letter_input
from clerestory.cli.deciding import Decided, decide_again
from clerestory.cli.logging_answers import ANSWERS, log_answer
from clerestory.cli.office import Office, one_at_a_time
from clerestory.cli.protections import as_told
from clerestory.cli.received import answerable
from clerestory.disclosure import refusal_letter, withholding_index
from clerestory.kernel import Corruption, Refusal, digest_of
from clerestory.kernel.files import write_whole
from clerestory.kernel.time import parse_day
from clerestory.ledger import Ledger
from clerestory.ledger.repeats import said_of

Letters = dict[Path, bytes]


@one_at_a_time
def refuse(office: Office, decided: Decided, *, counsel: str | None, at: datetime) -> Answered:
    """Write the refusal letter and the withholding index, and log them, once.

    No look is taken into the records: the letter is the same whether a file exists or not. Done
    again, on whatever day, it finds its entry, logs nothing, and puts out the letters of the first
    day where they are missing.

    Raises:
        Refusal: Something may be released, the answer is counsel's and no counsel is named, or
            the demand was refused already and this would be another answer.
        Corruption: A letter that lies there is not the one that was logged.
    """
    if decided.determination.overall == "refer_to_counsel" and not counsel:
        raise Refusal(
            "this demand is for counsel to answer",
            code="answer-needs-counsel",
            todo="give counsel the determination; once they decide to refuse, add --counsel NAME",
        )
    number = answerable(office, decided.demand)
    with office.ledger() as ledger:
        before = _refused(ledger, decided.demand.id)
        if before is None:
            letters, digest = _letters(office, decided, office.day(at))
            for path in letters:
                office.check_new(path)
            # Before anything is logged: letters that nobody could put out are not logged.
            office.make_out()
            index = log_answer(
                ledger, office, decided, number, digest, [counsel] if counsel else [], at
            )
        else:
            index, logged, day = before
            letters, digest = _letters_again(office, decided, index, day or office.day(at))
            if digest != logged:
                raise _refused_otherwise(decided, index)
    _put_out(office, letters)
    return Answered(
        number=number, index=index, files=tuple(letters), digest=digest, again=before is not None
    )


def _refused(ledger: Ledger, demand_id: str) -> tuple[int, str, date | None] | None:
    """The entry of this demand's refusal, the digest of its letters and their day, if any."""
    for index, told in said_of(ledger, ANSWERS, demand_id):
        if told["sealed_to"] == "nobody":
            # An entry of an earlier version does not say its day.
            on = told.get("on")
            return index, told["package"], parse_day(on) if on else None
    return None


def _letters(office: Office, decided: Decided, day: date) -> tuple[Letters, str]:
    """Return the letters of one day, and the digest that the log commits to."""
    given = letter_input(office, as_told(decided), day)
    letter, index = refusal_letter(given), withholding_index(given)
    stem = f"{decided.demand.id}-{day}"
    letters = {
        office.out / f"{stem}-refusal.pdf": letter,
        office.out / f"{stem}-withheld.pdf": index,
    }
    return letters, digest_of({"letter": _sha256(letter), "index": _sha256(index)})


def _letters_again(office: Office, decided: Decided, index: int, day: date) -> tuple[Letters, str]:
    """Return the letters as they were written on the day of the first run."""
    try:
        if decided.determination.on != day:
            decided = decide_again(decided, day)
        return _letters(office, decided, day)
    except Refusal as fault:
        # With what is known now, that day's answer would be another, or none.
        raise _refused_otherwise(decided, index) from fault


def _refused_otherwise(decided: Decided, index: int) -> Refusal:
    return Refusal(
        f"the demand {decided.demand.id} was refused already, log entry {index}, and this would "
        "be another refusal",
        code="answer-refused-already",
        todo="the first one stands: hand over its letters; give the demand as it was refused to "
        "have them again, and receive an answer to new facts as a demand of its own",
    )


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
