"""What is said after an act: what stands now, what is next, and who may do it.

All of it is read off the table of acts, so that no command has a rule of its own.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from clerestory.acts import Statement, Table
from clerestory.acts.table import MATTER, Act
from clerestory.cli.terminal import tell_folded

if TYPE_CHECKING:
    from clerestory.office.acting import Acted
    from clerestory.office.asking import Where
    from clerestory.office.office import Office

_FEW = 2
_PREPARES = frozenset({"establish"})
"""What is done before a matter can go on, and leaves it where it stands."""
_OF_LAW = frozenset({"activate", "suspend", "resume"})
_RELEASES = frozenset({"opine"})
"""What lets a matter go on that was held."""


def tell_done(office: "Office", acted: "Acted", told: Statement) -> None:
    """Say what an act left."""
    if acted.again:
        tell_folded("this was done before: the office found it, and nothing was done twice")
    if told.act in _OF_LAW:
        tell_law(office, entry=acted.index)
        return
    if told.is_on_office:
        tell_people(office, told.facts.get("person", ""), entry=acted.index)
        return
    from clerestory.office.asking import where

    tell_where(office.table, where(office, acted.matter), entry=acted.index)


def tell_where(table: Table, stands: "Where", entry: int | None = None) -> None:
    """Say in two sentences where a matter stands and what is next."""
    says = state_says(table, stands.state)
    logged = "" if entry is None else f"; this act is entry {entry} of the log"
    tell_folded(f"number {stands.number} is {said(stands.state)}: {says}{logged}")
    tell_folded(next_in(table, stands.state))


def tell_law(office: "Office", *, entry: int) -> None:
    """Say which law the office answers by, until when, and what of it is suspended."""
    from clerestory.office.standing_law import standing_law

    law = standing_law(office)
    until = f", reviewed by {law.review_by}" if law.review_by else ""
    tell_folded(
        f"the office answers by the law {law.bound['law'][:12]}{until}; this act is entry {entry} "
        "of the log"
    )
    for authority, told in sorted(law.suspended.items()):
        tell_folded(f"suspended since {told.on}: {authority}; what would leave by it is referred")
    if law.suspended:
        tell_folded(
            "next: have each matter decided again that rests on it; two people, one of them "
            "counsel, end a suspension: clerestory office resume"
        )


def tell_people(office: "Office", person: str, *, entry: int) -> None:
    """Say what an act on the office left: who somebody is now, and whether too few can sign."""
    staff = office.staff()
    member = staff.members.get(person)
    if member is not None:
        tell_folded(f"{_person(member)}; this act is entry {entry} of the log")
    may = {role for act in office.table.acts_of("office") for role in act.roles}
    can = [
        one.id for one in staff.members.values()
        if not one.has_left and any(post.roles & may for post in one.posts)
    ]  # fmt: skip
    if len(can) <= _FEW:
        tell_folded(
            f"next: only {listed(can, 'and')} can sign for the office; let a third who can join "
            "at once, or a lost key can never be replaced: clerestory office join"
        )
    else:
        tell_folded(f"for the office sign two of: {', '.join(can)}")


def _person(member: object) -> str:
    from clerestory.acts import Member

    assert isinstance(member, Member)  # noqa: S101
    if member.has_left:
        return f"{member.id} has left: roles and key signed for the last time"
    roles = sorted({role for post in member.posts for role in post.roles})
    trained = f", training good until {member.trained_to}" if member.trained_to else ""
    return f"{member.id} is in the office as {listed(roles, 'and')}{trained}"


def next_in(table: Table, state: str) -> str:
    """Say which acts lead on from a state, and who may do each."""
    order = [one.name for one in table.states_of(MATTER)]
    found = []
    for act in table.acts_of(MATTER):
        moves = act.moves_from(state)
        onward = any(order.index(move.to) > order.index(state) for move in moves)
        prepares = act.name in _PREPARES and any(move.to == state for move in moves)
        if onward or prepares or (moves and act.name in _RELEASES):
            found.append(_offered(act))
    if not found:
        return "nothing is next: nothing more is done in it"
    return f"next: {'; '.join(found)}"


def _offered(act: Act) -> str:
    parts = [listed(sorted(said(role) for role in act.roles), "or")]
    if act.trained:
        parts.append("with training that is good")
    if act.not_by:
        done = listed(sorted(said(name) for name in act.not_by), "or")
        parts.append(f"not by who did {done} in it")
    return f"{said(act.name)} ({', '.join(parts)})"


def state_says(table: Table, state: str) -> str:
    """Return what a state says."""
    return next(one.says for one in table.states_of(MATTER) if one.name == state)


def said(name: str) -> str:
    """Return a name of the table as it is typed and read: ``hand-over``."""
    return name.replace("_", "-")


def listed(names: Iterable[str], word: str) -> str:
    """Return names in a sentence.

    >>> listed(["a", "b", "c"], "or")
    'a, b or c'
    """
    first = list(names)
    return (
        f" {word} ".join([", ".join(first[:-1]), first[-1]]) if len(first) > 1 else "".join(first)
    )
