"""From a determination to a package that leaves: log first, then seal."""

import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from secrets import token_bytes

from clerestory.audit.packages import evidence_of, seal_logged
from clerestory.cli.attaching import answers_in_files, value_of
from clerestory.cli.begun import begun_before
from clerestory.cli.deciding import Decided
from clerestory.cli.handed_in import read_handed_in
from clerestory.cli.logging_answers import log_answer
from clerestory.cli.office import Office, one_at_a_time
from clerestory.cli.one_answer import check_may_follow
from clerestory.cli.protections import as_told, decide_with_record, nothing_left
from clerestory.cli.received import Drawn, answerable
from clerestory.cli.recipient_keys import check_for_others
from clerestory.cli.reviewers import check_reviewers
from clerestory.cli.sealed_packages import note_sealed, put_out
from clerestory.cli.true_address import keep_true_address
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
from clerestory.holdings import (
    Catalogue,
    LookupReason,
    NamedPersons,
    PermittedField,
    PersonSearch,
    Purpose,
    Source,
    check_index_current,
    check_still_right,
    load_catalogue,
    open_index,
    open_source,
    read_fields,
    resolve_roster,
)
from clerestory.kernel import Period, Refusal
from clerestory.kernel.period import months_of, whole_months
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
            or the recipient's key is of the wrong kind. Nothing has been written then.
    """
    check_reviewers(reviewers)
    drawn = answerable(office, decided.demand)
    asked_period(decided.demand)  # a period to come is refused before anybody is looked up
    to = read_recipient(read_handed_in(recipient, KEY_FILE_BYTES), at=at)
    check_for_others(office, to)
    # Before anybody is looked up: a look that serves nothing is one too many.
    office.check_new(office.out / package_name(decided.demand.id, [to]))
    check_may_follow(office, decided)
    named = _named(office, decided, permitted_items(decided.determination), who)
    ready = _ready(office, decided, drawn, named, files, at, sealed_to=to.name, reviewers=reviewers)
    contents = ready.contents
    check_sealable(contents, [to], cbc=cbc)
    # Before anything is logged: an answer that cannot be signed does not leave.
    signer = office.signer()
    office.make_out()
    with office.ledger() as ledger:
        index = ready.index
        if index is None:
            index = log_answer(
                ledger, office, ready.told, drawn.number, contents.digest, reviewers, at,
                on=office.day(at), sealed_to=to.name, lookups=office.lookups().mark(),
            )  # fmt: skip
        sealed = _seal(office, signer, contents, evidence_of(ledger, index), to, cbc=cbc)
    # Until here a run that is cut short can be typed again: it finds its log entry and goes on.
    note_sealed(office, sealed, at=at, demand_id=decided.demand.id, signer=signer)
    written = put_out(office, sealed)
    answered = Answered(
        number=drawn.number, index=index, files=written, digest=contents.digest,
        lowered=ready.lowered,
    )  # fmt: skip
    return answered, sealed


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """What will be sealed; ``index`` is the log's entry of it, where there is one already."""

    told: Decided
    contents: Contents
    lowered: tuple[Item, ...]
    index: int | None = None


def _ready(
    office: Office,
    decided: Decided,
    drawn: Drawn,
    named: NamedPersons | None,
    files: Mapping[str, Path],
    at: datetime,
    *,
    sealed_to: str,
    reviewers: Sequence[str],
) -> _Ready:
    """Read the records as they are now, and write the letters of today, or of the day begun on."""

    def written(law: Decided, day: date, index: int | None = None) -> _Ready:
        told, values, lowered = _read_values(office, law, named, files, at)
        contents = _contents(office, as_told(told), drawn, values, named, day)
        return _Ready(told=told, contents=contents, lowered=lowered, index=index)

    today = office.day(at)
    begun = begun_before(office, decided, sealed_to=sealed_to, reviewers=reviewers, today=today)
    if begun is not None:
        ready = written(begun.decided, begun.day, begun.index)
        if ready.contents.digest == begun.digest:
            return ready
    # Nothing was begun, or the records say something else since.
    return written(decided, today)


def _contents(
    office: Office,
    decided: Decided,
    drawn: Drawn,
    values: Mapping[Item, Value],
    named: NamedPersons | None,
    day: date,
) -> Contents:
    """Cut what was read down to the rulings, and write the letters."""
    determination = decided.determination
    items = permitted_items(determination)
    minimised = minimise(determination, values, _tables(office, decided.demand))
    given = letter_input(office, decided, drawn, day)
    closed = len(determination.rulings) > len(items)
    return prepare_contents(
        minimised,
        letter_pdf=disclosure_letter(given),
        index_pdf=withholding_index(given) if closed else None,
        marks={str(one.ref): one.marks for one in named.persons} if named else None,
    )


def letter_input(office: Office, decided: Decided, drawn: Drawn, day: date) -> LetterInput:
    """Return what the letters are written from."""
    vocabulary = decided.stack.vocabulary

    def say_change(change: Change) -> str:
        return fact_in_words(change.fact, change.value, vocabulary)

    return LetterInput(
        stationery=read_stationery(office.profile, made_up=office.is_made_up),
        demand=decided.demand,
        number=drawn.number,
        entry=drawn.entry,
        determination=decided.determination,
        on=day,
        authorities=decided.stack.authorities,
        say_change=say_change,
        vocabulary=vocabulary,
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


def _read_values(
    office: Office,
    decided: Decided,
    named: NamedPersons | None,
    files: Mapping[str, Path],
    at: datetime,
) -> tuple[Decided, dict[Item, Value], tuple[Item, ...]]:
    """Read what is ruled open, after the records have said what protects the persons found."""
    items = permitted_items(decided.determination)
    values = answers_in_files(items, files)
    refs = {item.subject for item in items if not item.subject.endswith("*")}
    if named is None:
        return decided, values, ()
    asked = named.only(refs)
    catalogue = load_catalogue(office.profile / "catalogue.toml")
    persons = _persons(office, catalogue, decided.demand, named, refs, at)
    source = open_source(office.source, zone=office.zone.name)
    try:
        for person in asked.persons:
            check_still_right(source, catalogue, persons[str(person.ref)], person.query)
        _check_index(office, source, catalogue)
        protected = decide_with_record(
            decided, source=source, catalogue=catalogue, persons=persons, on=office.day(at)
        )
        open_items = permitted_items(protected.decided.determination)
        if items and not open_items:
            raise nothing_left()
        found = _from_records(protected.decided, source, catalogue, open_items, persons)
    finally:
        source.close()
    protected = keep_true_address(protected, catalogue, found)
    open_items = permitted_items(protected.decided.determination)
    if not open_items:
        raise nothing_left()
    kept = {item: value for item, value in (values | found).items() if item in open_items}
    return protected.decided, kept, protected.lowered


def _check_index(office: Office, source: Source, catalogue: Catalogue) -> None:
    """Refuse where somebody came into the records, or was renamed, since the index was built."""
    index = open_index(office.index, catalogue=catalogue)
    try:
        check_index_current(index, source, catalogue)
    finally:
        index.close()


def _from_records(
    decided: Decided,
    source: Source,
    catalogue: Catalogue,
    items: Sequence[Item],
    persons: Mapping[str, str],
) -> dict[Item, Value]:
    asked = [item for item in items if not item.subject.endswith("*")]
    span = asked_period(decided.demand)
    # An answer for a month is of the whole month, whichever of its days the paper names.
    by_month = {
        ruling.item
        for ruling in decided.determination.rulings
        if ruling.coarsen_to == "month_yes_no"
    }
    permitted = [
        PermittedField(
            person_id=persons[item.subject],
            program=item.program,
            field=item.field,
            period=(_months_held(decided.demand, span) if item in by_month else span)
            if catalogue.get_field(item.program, item.field).dated
            else None,
        )
        for item in asked
    ]
    found = read_fields(source, catalogue, permitted)
    return {item: value_of(value) for item, value in zip(asked, found, strict=True)}


def _persons(
    office: Office,
    catalogue: Catalogue,
    demand: Demand,
    named: NamedPersons,
    refs: Collection[str],
    at: datetime,
) -> dict[str, str]:
    """Return whose records each of ``refs`` is about; every look-up is recorded.

    Everybody who is named is looked up: else nobody would see that one person stands there for two,
    of whom one is answered about. Nothing of the others is read.
    """
    index = open_index(office.index, catalogue=catalogue)
    lookups = office.lookups()
    purpose = Purpose(
        reason=LookupReason.DEMAND, demand=demand.id, number=office.find_number(demand.id)
    )
    try:
        resolved = resolve_roster(PersonSearch(index, lookups), named, purpose=purpose, at=at)
    finally:
        index.close()
    answered = [one for one in resolved if one.ref in refs]
    if unsure := [one for one in answered if one.person_id is None]:
        # The requester reads this: it is one sentence, whoever is held and whatever agreed. The
        # reasons stand in the office's record of look-ups.
        told = dict.fromkeys(sentence for one in unsure for sentence in one.told)
        raise Refusal(
            f"{', '.join(str(one.ref) for one in unsure)}: {'; '.join(told)}",
            code="answer-person-uncertain",
            todo="ask the requester for more marks of the person, without saying what matched; "
            "the reasons are for staff, in the office's record of look-ups; where two records are "
            "of one person, have them joined and the index built anew; where no more can be "
            "had, write identifier_matches_one_person: no among the findings, decide it again "
            "and refuse it: the letter neither confirms nor denies",
        )
    return {str(one.ref): str(one.person_id) for one in answered}


def _months_held(demand: Demand, span: Period) -> Period:
    """The whole months of which a demand asks a day, but of no day after it came."""
    whole, after = whole_months(span), demand.received_on + timedelta(days=1)
    return replace(whole, valid_to=min(whole.valid_to or after, after))


def _tables(office: Office, demand: Demand) -> CoarseningTables:
    span = asked_period(demand)
    months = months_of(span) if span.valid_from is not None else ()
    return read_coarsening(office.profile, months=months)
