"""The walk along the log: each entry with its act, each act with the one before it.

Entries are given in the order of the log, one by one, and nothing is kept of a matter but where it
stands: a log of any length is checked in the memory that its open matters need.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from clerestory.acts import BadStatement, Denial, Done, Move, Standing, Table, allowed
from clerestory.acts.staff import BadPeople, Staff
from clerestory.acts.statement import (
    NOTHING_BEFORE,
    OFFICE_CHAIN,
    Signed,
    check_signatures,
)
from clerestory.acts.table import LEAVES, MATTER, OFFICE
from clerestory.audit.chain.answers import Answering
from clerestory.audit.chain.discrepancy import Discrepancy, Logged, Wrong
from clerestory.audit.chain.leaving import Leaving
from clerestory.kernel import Refusal
from clerestory.kernel.time import quarter_text


@dataclass(slots=True)
class _Thread:
    """Where one matter, or the office itself, stands."""

    standing: Standing
    last: str
    position: int = 0
    site: str = ""
    answering: Answering = field(default_factory=Answering)
    leaving: Leaving = field(default_factory=Leaving)


class ChainCheck:
    """Checks all acts of one office, entry by entry."""

    def __init__(self, table: Table, *, origin: str, founding: str | None = None) -> None:
        """Begin before the first entry.

        Args:
            table: The table of acts.
            origin: The origin of the office's log.
            founding: The digest of its founding, as it was given out; ``None`` takes any.
        """
        self._table = table
        self._origin = origin
        self._founding = founding
        self._staff = Staff(table=table)
        self._threads: dict[str, _Thread] = {}
        self._left: set[bytes] = set()
        self._last_on = date.min
        self._numbers = 0
        self._first_digest = NOTHING_BEFORE
        self._law = ""

    @property
    def staff(self) -> Staff:
        """Who is in the office after what was taken so far."""
        return self._staff

    def take(self, logged: Logged) -> tuple[Discrepancy, ...]:
        """Check the next entry of the log."""
        matter, position = "", None
        if logged.signed is not None:
            told = logged.signed.statement
            matter, position = told.matter, told.position
        return tuple(
            Discrepancy(code=code, what=what, index=logged.index, matter=matter, position=position)
            for what, code in self._wrong(logged)
        )

    def take_unlogged(self, signed: Signed) -> Discrepancy:
        """Tell of an act that the office keeps and that no entry stands for."""
        told = signed.statement
        return Discrepancy(
            code="chain-not-logged",
            what=f"every act has its entry in the log: {told.act}",
            matter=told.matter,
            position=told.position,
        )

    def _wrong(self, logged: Logged) -> Iterator[Wrong]:
        """Yield what is wrong with an entry, and move on past it."""
        signed, leaf = logged.signed, logged.leaf
        # 1. Numbers have no gap, whatever stands behind them.
        if leaf.serial is not None:
            self._numbers += 1
            if leaf.serial != self._numbers:
                yield Wrong(f"numbers follow each other: {leaf.serial}", code="chain-number-gap")
                self._numbers = leaf.serial
        # 2. What stands for an act has its act.
        if signed is None:
            if leaf.type.value in LEAVES and not logged.is_erased:
                yield self._nothing_behind(logged)
            return
        yield from self._entry_wrong(logged, signed)
        # 3. The days never run backwards, in the order in which acts were logged.
        on = signed.statement.on
        if on < self._last_on:
            yield Wrong(f"acts are logged in the order of their days: {on}", code="chain-backwards")
        self._last_on = max(on, self._last_on)
        if leaf.period != quarter_text(on):
            yield Wrong(
                f"an entry shows the quarter of its act: {leaf.period}", code="chain-quarter"
            )
        # 4. The act follows the one before it, by somebody who may do it.
        yield from self._act_wrong(signed)

    def _nothing_behind(self, logged: Logged) -> Wrong:
        if logged.leaf.serial is not None:
            return Wrong(
                code="chain-number-unreceived",
                what=f"a number has its demand: {logged.leaf.serial}",
            )
        return Wrong("an entry of this type stands for an act", code="chain-entry-without-act")

    def _entry_wrong(self, logged: Logged, signed: Signed) -> Iterator[Wrong]:
        act = self._table.act.get(signed.statement.act)
        if act is not None and logged.leaf.type.value != act.leaf:
            yield Wrong(
                f"the entry of {act.name} is of type {act.leaf}", code="chain-entry-differs"
            )
        # Field by field: an entry that leaves one out binds nothing of it.
        if dict(logged.fields) != signed.fields:
            names = sorted(
                name
                for name in logged.fields.keys() | signed.fields.keys()
                if logged.fields.get(name) != signed.fields.get(name)
            )
            yield Wrong(
                code="chain-entry-differs",
                what=f"an entry commits to its act: {', '.join(names)[:200]}",
            )

    def _act_wrong(self, signed: Signed) -> Iterator[Wrong]:
        told = signed.statement
        if told.office != self._origin:
            yield Wrong(
                code="chain-other-office",
                what="a statement is of the office whose log it stands in",
            )
        founding = told.act == "found"
        if founding and self._founding not in (None, signed.digest):
            yield Wrong("the founding is the one that was given out", code="chain-other-office")
        office = self._threads.get(OFFICE_CHAIN)
        if office is None and not founding:
            yield Wrong("the first act is the founding of the office", code="chain-not-founded")
        thread = self._threads.get(told.matter)
        if thread is None:
            thread = self._begin(told.matter, signed)
        if (told.position, told.previous) != (thread.position + 1, thread.last):
            yield Wrong(
                f"an act names the one before it: position {told.position}", code="chain-link"
            )
        # People first: who joins by this very act signs nothing before it, founders aside.
        before, after = self._staff, self._staff
        try:
            after = before.after(told) if told.is_on_office else before
        except BadPeople as fault:
            yield Wrong(str(fault), code="chain-people")
        signers = after if founding else before
        yield from self._signers_wrong(signed, signers)
        yield from self._rules_wrong(signed, thread, signers)
        self._staff = after
        thread.position, thread.last = told.position, signed.digest

    def _begin(self, matter: str, signed: Signed) -> _Thread:
        kind = OFFICE if matter == OFFICE_CHAIN else MATTER
        thread = _Thread(
            standing=Standing(state=self._table.first_state(kind)),
            last=NOTHING_BEFORE if kind == OFFICE else self._first_digest,
            site=signed.statement.facts.get("site", ""),
        )
        if kind == OFFICE:
            self._first_digest = signed.digest
        self._threads[matter] = thread
        return thread

    def _signers_wrong(self, signed: Signed, staff: Staff) -> Iterator[Wrong]:
        told = signed.statement
        named = [(told.actor, told.key)]
        if told.second is not None:
            named.append((told.second.actor, told.second.key))
        try:
            keys = [staff.verifier(member, key) for member, key in named]
        except Refusal as fault:
            yield Wrong(str(fault), code="chain-key")
            return
        try:
            check_signatures(signed, *keys)
        except BadStatement as fault:
            yield Wrong(str(fault), code="chain-signature")

    def _rules_wrong(self, signed: Signed, thread: _Thread, staff: Staff) -> Iterator[Wrong]:
        told = signed.statement
        act = self._table.act.get(told.act)
        kind = OFFICE if told.is_on_office else MATTER
        if act is not None and act.of != kind:
            yield Wrong(f"{told.act} is not done in a {kind}", code="act-wrong-state")
        # Of an act on the office a fact called ``to`` is the end of somebody's roles.
        to = None if told.is_on_office else told.facts.get("to")
        answer = allowed(
            self._table,
            told.act,
            # Whatever stands before it in the log is proved by the log's own audit.
            standing=Standing(
                state=thread.standing.state,
                done=thread.standing.done,
                round=thread.standing.round,
                proved=True,
            ),
            actor=staff.actor(told.actor, on=told.on, site=thread.site),
            to=to,
            second=staff.actor(told.second.actor, on=told.on) if told.second else None,
            about=told.facts.get("person"),
        )
        if isinstance(answer, Denial):
            yield Wrong(answer.what, code=answer.code)
            # Gone on from where the act says that it leads: one fault is told once.
            answer = Move(before=thread.standing.state, to=to or thread.standing.state)
        if kind == MATTER:
            yield from thread.answering.take(signed)
            yield from thread.leaving.take(signed, self._left)
            # A decision that names no law is by no law; other acts rest on their decision's.
            unnamed = "" if told.act == "decide" else self._law
            if self._law and told.facts.get("law", unnamed) != self._law:
                yield Wrong(
                    f"an office answers by the law that was activated in it: {told.act}",
                    code="chain-law-not-in-force",
                )
        elif told.act in {"found", "activate"}:
            self._law = told.facts.get("law", "")
        thread.standing = thread.standing.after(answer, Done(told.act, told.actor))
