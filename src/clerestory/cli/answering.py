"""From a determination to a package that leaves: log first, then seal."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from secrets import token_bytes

from clerestory.audit.packages import evidence_of, seal_logged
from clerestory.cli.committed_lookups import check_lookups
from clerestory.cli.deciding import Decided
from clerestory.cli.handed_in import read_handed_in
from clerestory.cli.logging_answers import log_answer
from clerestory.cli.office import Office, one_at_a_time
from clerestory.cli.one_answer import Before, sealed_before, sealed_otherwise
from clerestory.cli.protections import as_told
from clerestory.cli.reading_records import read_values
from clerestory.cli.received import answerable
from clerestory.cli.sealed_packages import note_sealed, put_out
from clerestory.cli.whom import check_as_received, read_whom
from clerestory.demands import Demand, Item, asked_period
from clerestory.demands.determination import Change
from clerestory.disclosure import (
    KEY_FILE_BYTES,
    CoarseningTables,
    Contents,
    LetterInput,
    LogEvidence,
    Recipient,
    Sealed,
    Value,
    check_sealable,
    disclosure_letter,
    minimise,
    package_name,
    permitted_items,
    prepare_contents,
    read_coarsening,
    read_recipient,
    read_stationery,
    withholding_index,
)
from clerestory.holdings import NamedPersons
from clerestory.holdings.letters import plain, words_of
from clerestory.kernel import Refusal
from clerestory.kernel.period import months_of
from clerestory.notes import Signer, parse_vkey
from clerestory.policy.explain.words import fact_in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What was written: the demand's number, the entry in the log, and the files.

    ``lowered`` are the answers that fell because the record says what protects its person;
    ``again`` says that the log held the answer already.
    """

    number: int
    index: int
    files: tuple[Path, ...]
    digest: str
    lowered: tuple[Item, ...] = ()
    again: bool = False


@one_at_a_time
def disclose(
    office: Office,
    decided: Decided,
    *,
    who: Path | None,
    recipient: Path,
    files: Mapping[str, Path],
    reviewers: Sequence[str],
    at: datetime,
    cbc: bool = False,
) -> tuple[Answered, Sealed]:
    """Read what was ruled open, log it, and seal it to the recipient.

    One demand has one answer: done again after a run that was cut short, on whatever day, it is
    that of the first day, or none.

    Args:
        office: Whose records, keys and log.
        decided: The demand with its determination under the law of the day ``at`` there.
        who: A file that says, for each subject's ref, whom the demand names.
        recipient: The recipient's public key or certificate.
        files: Answers about nobody in particular, by reference such as ``S*.procedures``.
        reviewers: Two people who have read the determination and let it go.
        at: Now.
        cbc: Seal to a certificate with AES-256-CBC, for a program that reads nothing else.

    Raises:
        Refusal: Nothing may leave, the person cannot be told apart, two people have not signed,
            the recipient's key is of the wrong kind, or the demand was answered already and this
            would be another answer. Nothing has been written then.
        Corruption: The record of look-ups is not the one that an earlier answer commits to.
    """
    check_reviewers(reviewers)
    # Before anybody is looked up: a look that serves nothing is one too many.
    number = answerable(office, decided.demand)
    asked_period(decided.demand)
    to = read_recipient(read_handed_in(recipient, KEY_FILE_BYTES), at=at)
    before = _answered_before(office, decided, to)
    named = _named(office, decided, permitted_items(decided.determination), who)
    decided, values, lowered = read_values(office, decided, named, files, at, before)
    day = before.on if before and before.on else office.day(at)
    contents = _contents(office, as_told(decided), values, named, day)
    _check_same(decided, contents, before)
    check_sealable(contents, [to], cbc=cbc)
    # Before anything is logged: an answer that cannot be signed does not leave.
    signer = office.signer()
    office.make_out()
    with office.ledger() as ledger:
        index = log_answer(
            ledger, office, decided, number, contents.digest, reviewers, at, on=day,
            sealed_to=to.name, lookups=office.lookups().mark(),
        )  # fmt: skip
        sealed = _seal(office, signer, contents, evidence_of(ledger, index), to, cbc=cbc)
    # Until here a run that is cut short can be typed again: it finds its log entry and goes on.
    note_sealed(office, sealed, at=at, demand_id=decided.demand.id, signer=signer)
    files_out, digest = put_out(office, sealed), contents.digest
    return Answered(
        number=number, index=index, files=files_out, digest=digest, lowered=lowered
    ), sealed


def _answered_before(office: Office, decided: Decided, to: Recipient) -> Before | None:
    """Return the answer that was logged already, where its package is still to be put out."""
    office.check_new(office.out / package_name(decided.demand.id, [to]))
    with office.ledger() as ledger:
        check_lookups(office, ledger)
        return sealed_before(ledger, decided)


def _check_same(decided: Decided, contents: Contents, before: Before | None) -> None:
    if before and contents.digest != before.digest:
        raise sealed_otherwise(decided, before.index)


def _seal(
    office: Office,
    signer: Signer,
    contents: Contents,
    evidence: LogEvidence,
    to: Recipient,
    *,
    cbc: bool,
) -> Sealed:
    """Seal into a folder of its own, of which nothing stays if the disk is full, say."""
    folder = office.staging()
    try:
        return seal_logged(
            contents,
            evidence=evidence,
            log=parse_vkey(office.log_vkey()),
            recipients=[to],
            signer=signer,
            folder=folder,
            random_bytes=token_bytes,
            cbc=cbc,
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _contents(
    office: Office,
    decided: Decided,
    values: Mapping[Item, Value],
    named: NamedPersons | None,
    day: date,
) -> Contents:
    """Cut what was read down to the rulings, and write the letters."""
    determination = decided.determination
    items = permitted_items(determination)
    minimised = minimise(determination, values, _tables(office, decided.demand))
    given = letter_input(office, decided, day)
    closed = len(determination.rulings) > len(items)
    return prepare_contents(
        minimised,
        letter_pdf=disclosure_letter(given),
        index_pdf=withholding_index(given) if closed else None,
        marks={str(one.ref): one.marks for one in named.persons} if named else None,
    )


def check_reviewers(reviewers: Sequence[str]) -> None:
    """Refuse unless two different people have signed.

    Raises:
        Refusal: Fewer than two, or the same one twice.
    """
    # As a person reads them: capitals, accents, signs and the order of the words make no second
    # person.
    people = {tuple(sorted(words_of(plain(name)))) for name in reviewers} - {()}
    if len(people) < 2:
        raise Refusal(
            f"two different people must have signed: {len(reviewers)} named",
            code="answer-needs-two",
            todo="add --reviewer NAME twice, once for each person who read the determination",
        )


def letter_input(office: Office, decided: Decided, day: date) -> LetterInput:
    """Return what the letters are written from."""
    vocabulary = decided.stack.vocabulary

    def say_change(change: Change) -> str:
        return fact_in_words(change.fact, change.value, vocabulary)

    return LetterInput(
        stationery=read_stationery(office.profile),
        demand=decided.demand,
        determination=decided.determination,
        on=day,
        authorities=decided.stack.authorities,
        say_change=say_change,
    )


def _named(
    office: Office, decided: Decided, items: Sequence[Item], who: Path | None
) -> NamedPersons | None:
    """Return whom the demand names, as its paper says it; ``None`` where nobody is read."""
    needed = {item.subject for item in items if not item.subject.endswith("*")}
    if not needed:
        return None
    if who is None:
        raise Refusal(
            f"nothing says whom the demand names as {', '.join(sorted(needed))}",
            code="answer-who-missing",
            todo=f"write demand: {decided.demand.id}, and below it name, birth_date and one more "
            "mark of each, in a file for --who",
        )
    named = read_whom(decided.demand, who, needed=needed)
    check_as_received(office, decided.demand, named)
    return named


def _tables(office: Office, demand: Demand) -> CoarseningTables:
    span = asked_period(demand)
    months = months_of(span) if span.valid_from is not None else ()
    return read_coarsening(office.profile, months=months)
