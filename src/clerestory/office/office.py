"""The office as its acts see it: what it is bound to, its log, its keys and its clock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256

from django.db import connection

from clerestory.acts import (
    NOTHING_BEFORE,
    OFFICE_CHAIN,
    Signed,
    Staff,
    Standing,
    Table,
    signed_from,
)
from clerestory.acts.allowed import Done
from clerestory.acts.table import MATTER, OFFICE, Move
from clerestory.kernel import Refusal
from clerestory.kernel.time import Zone, check_moment, local_day, parse_day
from clerestory.ledger import EmbeddedLedger, KeyEncryptionKey, Statements
from clerestory.ledger.proving import proof_of
from clerestory.ledger.storage import Reader
from clerestory.notes import Verifier
from clerestory.notes.key_files import Entropy
from clerestory.office.answer.looking_up import Holdings
from clerestory.office.errors import OfficeAltered
from clerestory.office.seen import Seen
from clerestory.office.whole import current_statements
from clerestory.store.models import ActRow

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What the office's account alone holds, and no database.

    ``seen`` is what it saw of its log last.
    """

    ledger: EmbeddedLedger
    kek: KeyEncryptionKey
    entropy: Entropy
    log_key: Verifier
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Where one matter, or the office itself, stands.

    ``round`` is the position of the act that began the round of votes.
    """

    standing: Standing
    position: int
    last: str
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the table of acts says before an act.

    ``last`` is the digest of the last act on the office, ``latest`` the latest day of any act;
    whether the act is done, and whether its chain is begun.
    """

    last: str
    latest: date | None
    is_done: bool
    is_begun: bool


_LOOK = (
    "SELECT (SELECT digest FROM store_actrow WHERE chain = %s ORDER BY position DESC LIMIT 1), "
    '(SELECT max("on") FROM store_actrow), '
    "EXISTS (SELECT 1 FROM store_actrow WHERE key = %s), "
    "EXISTS (SELECT 1 FROM store_actrow WHERE chain = %s)"
)


@dataclass(frozen=True, kw_only=True)
class Office:
    """One office. What it is bound to was signed by its founders, and is no option of any act."""

    origin: str
    profile: str
    jurisdiction: str
    packs: str
    zone: Zone
    made_up: bool
    founding: str
    keys: Keys
    clock: Clock
    table: Table
    holdings: Holdings | None = None
    _staff: dict[str, Staff] = field(default_factory=dict, repr=False)

    def moment(self, at: datetime | None = None) -> datetime:
        """Return the moment in which an act is done.

        Raises:
            Refusal: Another than that of the clock was given, and the office is a real one.
        """
        if at is None:
            return check_moment(self.clock())
        if not self.made_up:
            raise Refusal(
                "an act of a real office is done now: a time was given",
                code="office-own-clock",
                todo="leave the time out; only an office that is made up takes another",
            )
        return check_moment(at)

    def day(self, moment: datetime) -> date:
        """Return the day of a moment on the office's own calendar."""
        return local_day(moment, self.zone)

    def statements(self) -> Statements:
        """Return the ledger's view of this thread's connection."""
        return current_statements()

    def take_turn(self) -> Statements:
        """Let nobody else act until the transaction ends, in the newest database that there is.

        Raises:
            Corruption: The database is older than what this office has seen of its log.
        """
        statements = self.statements()
        with statements.translated():
            statements.take_turn()
            head = Reader(statements).head()
        self.keys.seen.check(head)
        return statements

    # -- what was done -----------------------------------------------------------------------

    def signed(self, row: ActRow) -> Signed:
        """Return an act as it was signed, from what its entry in the log commits to.

        Raises:
            Corruption: The row, the entry and the signatures are not of one act.
            Refusal: The matter was erased.
        """
        statements = self.statements()
        index = self.keys.ledger.index_of(statements, row.entry)
        if index is None:
            raise Refusal(
                f"an act is read once its entry is in the log: {row.act}",
                code="act-not-proved",
                todo="have the log sequenced, then try again",
            )
        return signed_from(
            self.keys.ledger.payload(statements, index).fields,
            office=self.origin, matter=row.chain, signatures=bytes(row.signatures),
        )  # fmt: skip

    def rows(self, name: str) -> list[ActRow]:
        """Return the acts of a matter, or with ``OFFICE_CHAIN`` of the office, in their order."""
        return list(ActRow.objects.filter(chain=name).order_by("position"))

    def chain(self, name: str, rows: Sequence[ActRow]) -> Chain:
        """Return where a matter, or the office, stands after these acts."""
        kind = OFFICE if name == OFFICE_CHAIN else MATTER
        standing = Standing(state=self.table.first_state(kind))
        last, position, begun = self.founding, 0, 0
        for row in rows:
            moves = self.table.act[row.act].moves_from(standing.state)
            move = next(
                (move for move in moves if move.to == row.state),
                Move(before=standing.state, to=row.state),
            )
            standing = standing.after(move, Done(row.act, row.actor))
            last, position = row.digest, row.position
            if move.resets:
                begun = position
        return Chain(standing=standing, position=position, last=last, round=begun)

    def check_rows(self, name: str, rows: Sequence[ActRow], staff: Staff) -> None:
        """Prove each act of a matter from the log and its signatures, before another rests on it.

        Whoever keeps the database can write a row of two votes. Nobody can write the entries and
        the signatures that belong to them.

        Raises:
            Corruption: A row is not what its entry says, is out of its place, or was not signed by
                whom it names.
        """
        last = self.founding
        for position, row in enumerate(rows, 1):
            signed = self.signed(row)
            told = signed.statement
            staff.check_signed(signed)
            kept = (row.position, row.previous, row.digest, row.act, row.actor, row.state, row.on)
            said = (position, last, signed.digest, told.act, told.actor, told.facts.get("to"),
                    told.on)  # fmt: skip
            if (told.position, told.previous) != (position, last) or kept != said:
                raise OfficeAltered(
                    f"an act in the tables is what its entry says: {name}, position {row.position}"
                )
            last = signed.digest

    def is_proved(self, rows: Sequence[ActRow]) -> bool:
        """Whether each act's entry is proved to be in the log, under its signed checkpoint.

        Raises:
            Corruption: A proof that the log gives does not hold.
        """
        statements = self.statements()
        with statements.translated():
            reader = Reader(statements)
            for row in rows:
                index = reader.index_of(row.entry)
                if index is None:
                    return False
                proof_of(reader, index, self.keys.log_key)
        return True

    def look(self, key: str, chain: str) -> "Look":
        """Return in one question what an act asks of the table of acts before it is checked."""
        with connection.cursor() as cursor:
            cursor.execute(_LOOK, (OFFICE_CHAIN, key, chain))
            last, latest, is_done, is_begun = cursor.fetchone()
        if isinstance(latest, str):  # SQLite has no days of its own
            latest = parse_day(latest)
        return Look(last=last or "", latest=latest, is_done=bool(is_done), is_begun=bool(is_begun))

    def staff(self, last: str | None = None) -> Staff:
        """Return who is in the office, read off its acts and not off its tables of people.

        Args:
            last: The digest of the last act on the office, where it is known already.
        """
        acts = ActRow.objects.filter(chain=OFFICE_CHAIN)
        if last is None:
            last = acts.order_by("-position").values_list("digest", flat=True).first() or ""
        known = self._staff.get(last)
        if known is not None:
            return known
        staff = self._proven_staff(list(acts.order_by("position")))
        # Kept under the act that made them so: whoever wrote another is read anew.
        self._staff.clear()
        self._staff[last] = staff
        return staff

    def _proven_staff(self, rows: Sequence[ActRow]) -> Staff:
        """Read the people off signed acts, each of which two people did who may."""
        staff, last = Staff(table=self.table), NOTHING_BEFORE
        for position, row in enumerate(rows, 1):
            signed = self.signed(row)
            told = signed.statement
            if (told.position, told.previous, row.digest) != (position, last, signed.digest):
                raise OfficeAltered(f"an act on the office is missing before position {position}")
            try:
                staff = staff.after_signed(signed)
            except Refusal as fault:
                raise OfficeAltered(
                    f"people are let in by two who may: position {position}, {fault}"
                ) from fault
            last = signed.digest
        return staff


def own_key(*parts: str) -> str:
    """Return what names an act that is done once: the digest of what it binds."""
    digest = sha256(b"clerestory/own-key/v1\x00")
    for part in parts:
        content = part.encode()
        digest.update(len(content).to_bytes(4, "big") + content)
    return digest.hexdigest()
