"""How any act is done: one transaction that holds its state, its number and its entry in the log.

1. The ledger's turn is taken first: nobody acts between what is checked and what is written.
2. Whoever is named signed it, with the key that the office knows of them today.
3. The act's own key is looked up: what was done already is answered again and never doubled.
4. Roles, training, state, place and day are checked, and what was done before in the matter is
   proved from the log.
5. The entry is recorded, which draws the number; the rows follow; the log is sequenced.
6. After the commit, and not before, the signed checkpoint is read and the act is answered.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from clerestory.acts import (
    OFFICE_CHAIN,
    Move,
    Second,
    Signed,
    Staff,
    Statement,
    check_allowed,
    check_signatures,
)
from clerestory.kernel import Refusal
from clerestory.ledger import Event, EventType
from clerestory.ledger.rows import Written
from clerestory.office.errors import ClockBack, MovedOn, translated
from clerestory.office.office import Chain, Look, Office
from clerestory.office.whole import check_begun, one_transaction
from clerestory.store.models import ActRow, MatterRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """An act that stands: it is committed, and its entry is under a signed checkpoint.

    ``again`` says that it stood already, and that this call found it.
    """

    matter: str
    position: int
    digest: str
    index: int
    checkpoint: str
    number: int | None = None
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What an act is about to write, for the rows that are its own.

    ``staff`` is who was in the office before it; nobody, where it is founded.
    """

    signed: Signed
    move: Move
    chain: Chain
    written: Written
    staff: Staff
    row: ActRow


Save = Callable[[Step], None]
"""Writes the rows of one act, inside its transaction."""


def draft(
    office: Office,
    act: str,
    matter: str,
    *,
    actor: str,
    key: str,
    facts: dict[str, str],
    second: Second | None = None,
    at: datetime | None = None,
) -> Statement:
    """Write the statement of the next act in a matter, for its actor to sign.

    Args:
        office: Whose act it is.
        act: Which act.
        matter: In which matter; ``OFFICE_CHAIN`` for the office itself.
        actor: Who will sign it.
        key: The hash of the public key that they sign with.
        facts: What the act binds.
        second: Who else will sign it.
        at: When, in an office that is made up.
    """
    with translated():
        chain = office.chain(matter, office.rows(matter))
    return Statement(
        office=office.origin,
        act=act,
        matter=matter,
        position=chain.position + 1,
        previous=chain.last,
        actor=actor,
        key=key,
        on=office.day(office.moment(at)),
        facts=facts,
        second=second,
    )


def perform(
    office: Office, signed: Signed, *, key: str, save: Save, at: datetime | None = None
) -> Acted:
    """Do an act, or find that it is done.

    Args:
        office: Whose act it is.
        signed: Its signed statement.
        key: What names the act: one with the same key is the same act, done again.
        save: Writes the act's own rows.
        at: When, in an office that is made up.

    Raises:
        NotAllowed: The table of acts does not let them do it, now and here.
        Refusal: The statement is not the next one of its matter or of another day, or the key
            names another act.
        Corruption: Whoever is named did not sign it.
    """
    moment = office.moment(at)
    ledger, told = office.keys.ledger, signed.statement
    with translated():
        with one_transaction():
            statements = office.take_turn()
            look = office.look(key, told.matter)
            staff = office.staff(look.last)
            # Before anything is answered: who asks again must be somebody, too.
            _check_signed(signed, staff)
            row = find_again(office, signed, key) if look.is_done else None
            again, drawn = row is not None, None
            if row is None:
                row, drawn = _write(office, signed, staff, look, key, save, moment)
            check_begun()
            ledger.sequence(statements)
        number = _number(told.matter) if drawn is None else drawn
        return answer(office, row, again=again, number=number)


def find_again(office: Office, signed: Signed, key: str) -> ActRow | None:
    """Return the act that stands under a key, if there is one.

    Raises:
        Refusal: It is another act, or binds something else.
    """
    row = ActRow.objects.filter(key=key).first()
    if row is None:
        return None
    told, before = signed.statement, office.signed(row).statement
    if (told.act, told.matter, told.facts) != (before.act, before.matter, before.facts):
        raise Refusal(
            f"an act that was done already is found by what it bound, and this {told.act} binds "
            "something else",
            code="act-key-used",
            todo="give what was given first; another paper comes in under an intake token of its "
            "own",
        )
    return row


def answer(office: Office, row: ActRow, *, again: bool, number: int | None) -> Acted:
    """Return a committed act with the checkpoint that it is under."""
    statements = office.statements()
    index = office.keys.ledger.index_of(statements, row.entry)
    if index is None:  # pragma: no cover - the same transaction sequenced it
        raise Refusal("an act is answered once its entry is in the log", code="act-not-proved",
                      todo="have the log sequenced, then try again")  # fmt: skip
    checkpoint = office.keys.ledger.note(statements)
    # Before it leaves: who was answered under it may never meet an office that forgot it.
    office.keys.seen.keep(checkpoint)
    return Acted(
        matter=row.chain,
        position=row.position,
        digest=row.digest,
        index=index,
        checkpoint=checkpoint,
        number=number,
        again=again,
    )


def _number(matter: str) -> int | None:
    row = MatterRow.objects.filter(id=matter).first()
    return None if row is None else row.number


def _write(
    office: Office,
    signed: Signed,
    staff: Staff,
    look: Look,
    key: str,
    save: Save,
    moment: datetime,
) -> tuple[ActRow, int | None]:
    chain, move = _checked(office, signed, staff, look, moment)
    return write_rows(
        office, signed, key=key, chain=chain, move=move, save=save, moment=moment, staff=staff
    )


def write_rows(
    office: Office,
    signed: Signed,
    *,
    key: str,
    chain: Chain,
    move: Move,
    save: Save,
    moment: datetime,
    staff: Staff | None = None,
) -> tuple[ActRow, int | None]:
    """Record the entry of an act that was checked and write its rows; say which number it drew."""
    told = signed.statement
    event = Event(
        type=EventType(office.table.act[told.act].leaf),
        scope=office.profile,
        matter=told.matter,
        fields=signed.fields,
    )
    (written,) = office.keys.ledger.record(office.statements(), [event], moment, zone=office.zone)
    row = ActRow.objects.create(
        chain=told.matter,
        position=told.position,
        act=told.act,
        state=move.to,
        actor=told.actor,
        on=told.on,
        key=key,
        previous=told.previous,
        digest=signed.digest,
        signatures=b"".join(signed.signatures),
        entry=written.entry_id,
    )
    staff = staff or Staff(table=office.table)
    save(Step(signed=signed, move=move, chain=chain, written=written, staff=staff, row=row))
    return row, written.demand_number


def _checked(
    office: Office, signed: Signed, staff: Staff, look: Look, moment: datetime
) -> tuple[Chain, Move]:
    """Return where the matter stands and where the act leads, once all rules are kept."""
    told = signed.statement
    if told.office != office.origin:
        raise Refusal(
            f"a statement is of this office: {told.office}",
            code="act-other-office",
            todo="have the statement written by the office in which you act",
        )
    check_day(office, told.on, moment, latest=look.latest)
    rows = office.rows(told.matter) if look.is_begun else []
    chain = office.chain(told.matter, rows)
    if (told.position, told.previous) != (chain.position + 1, chain.last):
        raise MovedOn(f"a statement names the act before it: position {told.position}")
    if told.matter != OFFICE_CHAIN:
        office.check_rows(told.matter, rows, staff)
    # From the log itself, and only where an act needs it.
    needs = told.act in office.table.act and office.table.act[told.act].proved
    proved = needs and office.is_proved(rows)
    site = _site(told) if rows else told.facts.get("site", "")
    move = check_allowed(
        office.table,
        told.act,
        standing=replace(chain.standing, proved=proved),
        actor=staff.actor(told.actor, on=told.on, site=site),
        # Of an act on the office a fact called ``to`` is the end of somebody's roles.
        to=None if told.is_on_office else told.facts.get("to"),
        second=staff.actor(told.second.actor, on=told.on) if told.second else None,
        about=told.facts.get("person"),
    )
    if told.matter == OFFICE_CHAIN:
        # Refused here, before anything is written: people who cannot be.
        staff.after(told)
    return chain, move


def _check_signed(signed: Signed, staff: Staff) -> None:
    told = signed.statement
    signers = [(told.actor, told.key)]
    if told.second is not None:
        signers.append((told.second.actor, told.second.key))
    check_signatures(signed, *(staff.verifier(who, key) for who, key in signers))


def check_day(office: Office, on: date, moment: datetime, *, latest: date | None) -> None:
    """Refuse a statement of another day than today, and a clock that went back.

    Raises:
        ClockBack: An act of a later day is logged.
        Refusal: The statement is of another day.
    """
    today = office.day(moment)
    if latest is not None and today < latest:
        raise ClockBack(f"time does not run backwards: today is {today}, and an act is of {latest}")
    if on != today:
        raise Refusal(
            f"a statement is of the office's own day: {on}, and today is {today}",
            code="act-other-day",
            todo="have the statement written anew, and sign that",
        )


def _site(told: Statement) -> str:
    row = MatterRow.objects.filter(id=told.matter).first()
    return "" if row is None else row.site
