"""Where matters stand, asked of the tables and proved from the log before it is told.

Nothing here opens a paper: what a matter is about is told by nobody who only asks how it stands.
"""

from dataclasses import dataclass
from datetime import date

from clerestory.acts import key_hash
from clerestory.kernel import Refusal
from clerestory.office.office import Office
from clerestory.store.models import MatterRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One act that was done: which, by whom, on which day, and where it led."""

    position: int
    act: str
    actor: str
    on: date
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where one matter stands."""

    matter: str
    number: int
    state: str
    received_on: date
    site: str
    steps: tuple[Step, ...]


def find_matter(office: Office, which: str) -> str:
    """Return the id of a matter that is named by its number or its id.

    Raises:
        Refusal: Nothing was received under it.
    """
    del office  # one process keeps one office; it must be open
    rows = MatterRow.objects.all()
    is_number = which.isascii() and which.isdigit() and len(which) < 10
    row = rows.filter(number=int(which)).first() if is_number else rows.filter(id=which).first()
    if row is None:
        raise Refusal(
            f"nothing was received as {which[:80]!a}",
            code="matter-unknown",
            todo="check the number: clerestory office status lists those there are",
        )
    return row.id


def where(office: Office, matter: str) -> Where:
    """Return where a matter stands.

    Raises:
        Refusal: Nothing was received under this id.
        Corruption: A row is not what its entry in the log says.
    """
    row = MatterRow.objects.filter(id=matter).first()
    rows = office.rows(matter)
    if row is None or not rows:
        raise Refusal(f"nothing was received as {matter}", code="matter-unknown",
                      todo="check the matter's id")  # fmt: skip
    office.check_rows(matter, rows, office.staff())
    state = office.chain(matter, rows).standing.state
    return Where(
        matter=matter, number=row.number, state=state, received_on=rows[0].on, site=row.site,
        steps=tuple(
            Step(position=one.position, act=one.act, actor=one.actor, on=one.on, state=one.state)
            for one in rows
        ),
    )  # fmt: skip


def numbers_by_state(office: Office) -> dict[str, list[int]]:
    """Return the numbers of the matters in each state, in the order of the states."""
    found: dict[str, list[int]] = {}
    for state, number in MatterRow.objects.order_by("number").values_list("state", "number"):
        found.setdefault(state, []).append(number)
    return {one.name: found[one.name] for one in office.table.states_of("matter")
            if one.name in found}  # fmt: skip


def known_key(office: Office, member: str) -> str:
    """Return the hash of the key that the office knows of somebody who is in it.

    Raises:
        Refusal: Nobody is in it under this id.
    """
    found = office.staff().members.get(member)
    if found is None or found.has_left:
        raise Refusal(
            f"nobody in this office has the id {member}",
            code="office-nobody",
            todo="check the id; a person joins by an act of two",
        )
    return key_hash(found.verifier)
