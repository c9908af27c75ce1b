"""From a determination to a package that leaves: log first, then seal."""

import shutil
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from secrets import token_bytes

from clerestory.audit.packages import evidence_of, seal_logged
from clerestory.cli.attaching import answers_in_files
from clerestory.cli.begun import begun_before
from clerestory.cli.found_records import Records, looked_up, whom_named
from clerestory.cli.handed_in import read_handed_in
from clerestory.cli.later_answer import Earlier, check_follows
from clerestory.cli.logging_answers import log_answer
from clerestory.cli.office import Office, one_at_a_time
from clerestory.cli.received import Drawn, answerable
from clerestory.cli.recipient_keys import check_for_others
from clerestory.cli.reviewers import check_reviewers
from clerestory.cli.sealed_packages import drop_unsent, note_sealed, put_out
from clerestory.demands import Item, asked_period
from clerestory.disclosure import (
    KEY_FILE_BYTES,
    Contents,
    LetterInput,
    LogEvidence,
    Recipient,
    Sealed,
    Value,
    check_sealable,
    package_name,
    permitted_items,
    read_recipient,
)
from clerestory.holdings import NamedPersons
from clerestory.ledger import Ledger
from clerestory.notes import Signer, parse_vkey
from clerestory.office.answer.contents import letter_of, package_contents
from clerestory.office.answer.decided import Decided
from clerestory.office.answer.protections import as_told, nothing_left


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What was written: the demand's number, the entry in the log, and the files.

    ``lowered`` are the answers that fell because the record says what protects its person;
    ``again`` says that the log held the answer already, ``sealed_since`` which entry answered with
    a package what this one refused.
    """

    number: int
    index: int
    files: tuple[Path, ...]
    digest: str
    lowered: tuple[Item, ...] = ()
    again: bool = False
    sealed_since: int | None = None


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
    changed: Collection[str] = (),
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
        changed: What changed since an earlier answer to the demand, each by its name.

    Raises:
        Refusal: Nothing may leave, a person cannot be told apart, two people have not signed, the
            key is of the wrong kind, or an earlier answer stands. Nothing was written then.
    """
    check_reviewers(reviewers)
    drawn = answerable(office, decided.demand)
    asked_period(decided.demand)  # a period to come is refused before anybody is looked up
    to = read_recipient(read_handed_in(recipient, KEY_FILE_BYTES), at=at)
    check_for_others(office, to)
    # Before anybody is looked up: a look that serves nothing is one too many.
    office.check_new(office.out / package_name(decided.demand.id, [to]))
    earlier = check_follows(office, decided, changed, office.day(at))
    named = whom_named(office, decided, who)
    ready = _ready(
        office, decided, drawn, named, files, at, to=to, reviewers=reviewers, earlier=earlier
    )
    check_sealable(ready.contents, [to], cbc=cbc)
    # Before anything is logged: an answer that cannot be signed does not leave.
    signer = office.signer()
    office.make_out()
    with office.ledger() as ledger:
        index = _entry(
            ledger, office, ready, drawn.number, reviewers, at, sealed_to=to.name, changed=changed,
            named=named,
        )  # fmt: skip
        sealed = _seal(office, signer, ready.contents, evidence_of(ledger, index), to, cbc=cbc)
    # Until here a run that is cut short can be typed again: it finds its log entry and goes on.
    note_sealed(office, sealed, at=at, demand_id=decided.demand.id, entry=index, signer=signer)
    answered = Answered(
        number=drawn.number, index=index, files=put_out(office, sealed),
        digest=ready.contents.digest, lowered=ready.lowered,
    )  # fmt: skip
    return answered, sealed


def _entry(
    ledger: Ledger,
    office: Office,
    ready: "_Ready",
    number: int,
    reviewers: Sequence[str],
    at: datetime,
    *,
    sealed_to: str,
    changed: Collection[str],
    named: NamedPersons | None,
) -> int:
    """Return the log's entry of an answer: the one that is there, or one that is written now."""
    if ready.index is not None:
        return ready.index
    return log_answer(
        ledger, office, ready.told, number, ready.contents.digest, reviewers, at,
        on=office.day(at), sealed_to=sealed_to, lookups=office.lookups().mark(),
        by_record=ready.lowered, changed=changed, who=named,
    )  # fmt: skip


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
    drop_unsent(office)
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
    to: Recipient,
    reviewers: Sequence[str],
    earlier: Sequence[Earlier],
) -> _Ready:
    """Read the records as they are now, and write the letters of today, or of the day begun on."""

    # Before anybody is looked up: a look that serves nothing is one too many.
    given = answers_in_files(permitted_items(decided.determination), files)
    today = office.day(at)
    begun = begun_before(office, decided, sealed_to=to.name, reviewers=reviewers, today=today)
    with looked_up(office, decided, named, at) if named else nullcontext() as records:

        def written(law: Decided, day: date, index: int | None = None) -> _Ready:
            told, values, lowered = _read(law, given, records)
            for one in earlier:
                one.check_record(told.determination)
            contents = package_contents(
                letter_input(office, as_told(told), drawn, day), values,
                profile=office.profile, marks=_marks(named),
            )  # fmt: skip
            return _Ready(told=told, contents=contents, lowered=lowered, index=index)

        if begun is not None:
            ready = written(begun.decided, begun.day, begun.index)
            same = ready.told.determination.facts_digest == begun.facts
            if same and ready.contents.digest == begun.digest:
                return ready
        # Nothing was begun, or the records say something else since.
        return written(decided, today)


def _read(
    decided: Decided, given: Mapping[Item, Value], records: Records | None
) -> tuple[Decided, Mapping[Item, Value], tuple[Item, ...]]:
    """Return the answer as the records leave it, what leaves, and what the records lowered."""
    if records is None:
        return decided, given, ()
    protected, found = records.read(decided)
    open_items = permitted_items(protected.decided.determination)
    if not open_items:
        raise nothing_left()
    kept = {item: value for item, value in {**given, **found}.items() if item in open_items}
    return protected.decided, kept, protected.lowered


def _marks(named: NamedPersons | None) -> Mapping[str, Mapping[str, str]] | None:
    return None if named is None else {str(one.ref): one.marks for one in named.persons}


def letter_input(office: Office, decided: Decided, drawn: Drawn, day: date) -> LetterInput:
    """Return what the letters are written from."""
    return letter_of(
        decided, profile=office.profile, made_up=office.is_made_up, number=drawn.number,
        entry=drawn.entry, on=day,
    )  # fmt: skip
