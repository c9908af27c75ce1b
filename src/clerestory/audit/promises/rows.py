"""Rows of a pack's tables: what a row's condition comes to on the days on which it stands."""

from clerestory.audit.promises.question import LawRead
from clerestory.law.authorities import Authority
from clerestory.law.errors import PackFault
from clerestory.law.promise_rows import Row
from clerestory.policy.circuit.circuit import Circuit

# Whom an authority may bind that stands for every holder.
_ALL = frozenset({"everyone"})


def condition_of(read: LawRead, row: Row) -> int:
    """Return the node of a row's condition on the days on which it stands."""
    place = read.condition(row.condition, row.tree, name=f"{row.where}: {row.id}")
    return read.circuit.both([place, read.every_day.within(row.days)])


def authority_of(read: LawRead, row: Row) -> Authority:
    """Return the authority that a row rests on.

    Raises:
        PackFault: No pack in use has it: the row rests on nothing.
    """
    name = row.text("authority")
    if name not in read.law.stack.authorities:
        raise PackFault(
            f"{row.where}: {row.id}: there is no authority called {name}",
            todo="mend the name, or take the row out: nothing opens on it",
        )
    return read.law.stack.authorities[name]


def resting(read: LawRead, row: Row) -> int:
    """Return the node of a row where its authority is in force; of never if nobody read that."""
    authority, place = authority_of(read, row), condition_of(read, row)
    if not authority.may_open:
        return read.circuit.no
    return read.circuit.both([place, read.every_day.within(authority.in_force)])


def ordered(read: LawRead, row: Row) -> int:
    """Return the node of a row that is a mandate: an order of law that binds the holder.

    Its authority must order release (``mandates``), have been read whole, be in force on the
    day, and bind this kind of holder.
    """
    authority, place = authority_of(read, row), condition_of(read, row)
    if authority.kind != "mandates" or authority.confirmed != "yes":
        return read.circuit.no
    in_force = read.every_day.within(authority.in_force)
    return read.circuit.both([place, in_force, _binds(read.circuit, authority)])


def _binds(circuit: Circuit, authority: Authority) -> int:
    if authority.binds & _ALL:
        return circuit.yes
    return circuit.is_one_of("holder.kind", authority.binds)
