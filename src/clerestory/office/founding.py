"""The founding of an office: the one act that nobody in the office could have signed before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from clerestory.acts import (
    NOTHING_BEFORE,
    OFFICE_CHAIN,
    Second,
    Signed,
    Staff,
    Standing,
    Statement,
    key_hash,
)
from clerestory.acts.table import OFFICE
from clerestory.kernel import Refusal
from clerestory.kernel.ids import is_made_up
from clerestory.kernel.time import Zone, local_day
from clerestory.notes import Verifier
from clerestory.office.acting import Acted, answer, check_day, find_again, write_rows
from clerestory.office.binding import NO, YES, bound_office, office_of, write_office
from clerestory.office.errors import translated
from clerestory.office.office import Chain, Clock, Keys, Office, own_key
from clerestory.office.people import keep_member
from clerestory.office.standing_law import first_law
from clerestory.office.whole import one_transaction
from clerestory.store.models import ActRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Founder:
    """One of the two who found an office."""

    id: str
    roles: str
    key: Verifier
    trained_to: date | None = None

    def facts(self, part: str) -> dict[str, str]:
        """Return what the founding says of them."""
        facts = {f"{part}_roles": self.roles, f"{part}_vkey": self.key.vkey}
        if self.trained_to is not None:
            facts[f"{part}_trained_to"] = str(self.trained_to)
        return facts


def draft_founding(
    first: Founder,
    second: Founder,
    *,
    log_key: Verifier,
    binding: Mapping[str, str],
    at: datetime,
) -> Statement:
    """Write the statement that both founders sign.

    Args:
        first: Who signs it first.
        second: Who else signs it.
        log_key: The public key of the log, whose name is the office's origin.
        binding: The office's ``profile``, ``jurisdiction``, ``packs`` and ``zone``.
        at: Now.
    """
    made_up = YES if is_made_up(log_key.name) else NO
    return Statement(
        office=log_key.name,
        act="found",
        matter=OFFICE_CHAIN,
        position=1,
        previous=NOTHING_BEFORE,
        actor=first.id,
        key=key_hash(first.key),
        on=local_day(at, Zone(binding["zone"])),
        facts={
            **binding,
            **first_law(binding["packs"], binding["profile"]),
            "made_up": made_up,
            "log_vkey": log_key.vkey,
            **first.facts("actor"),
            **second.facts("second"),
        },
        second=Second(actor=second.id, key=key_hash(second.key)),
    )


def found_office(
    signed: Signed, *, keys: Keys, clock: Clock, at: datetime | None = None
) -> tuple[Office, Acted]:
    """Found the office in tables that are made and empty, or find that it is founded so.

    Raises:
        Refusal: Another office is there, something is left out, or the founders cannot found one.
        Corruption: Whoever is named did not sign it.
    """
    office = office_of(signed, keys, clock)
    moment, key = office.moment(at), own_key("found")
    keys.seen.begin(keys.ledger.beginning)
    with translated():
        with one_transaction():
            statements = office.statements()
            with statements.translated():
                statements.take_turn()
            present = bound_office(keys, clock)
            again = present is not None
            if present is None:
                keys.seen.check_none()
            else:
                present.take_turn()
            if present is not None:
                if present.founding != signed.digest:
                    raise Refusal(
                        "an office is founded once, and another one is in this database",
                        code="office-exists",
                        todo="use it, or name another database",
                    )
                row = find_again(present, signed, key)
            else:
                row = _write(office, signed, key, moment)
            keys.ledger.sequence(statements)
        if row is None:
            raise Refusal("a founding is found again by its key", code="office-exists",
                          todo="use the office that is there")  # fmt: skip
        return office, answer(office, row, again=again, number=None)


def _write(office: Office, signed: Signed, key: str, moment: datetime) -> ActRow:
    told = signed.statement
    if (told.act, told.matter, told.position, told.previous) != (
        "found", OFFICE_CHAIN, 1, NOTHING_BEFORE,
    ):  # fmt: skip
        raise Refusal("an office begins with its founding", code="office-founding",
                      todo="have the statement of its founding written, and sign that")  # fmt: skip
    check_day(office, told.on, moment, latest=None)
    staff = Staff(table=office.table).after_signed(signed)
    first = office.table.first_state(OFFICE)
    chain = Chain(standing=Standing(state=first), position=0, last=NOTHING_BEFORE, round=0)
    (move,) = office.table.act[told.act].moves_from(first)
    office.keys.ledger.begin(office.statements())

    def save(_step: object) -> None:
        write_office(office)
        for member in staff.members.values():
            keep_member(member)

    row, _ = write_rows(office, signed, key=key, chain=chain, move=move, save=save, moment=moment)
    return row
