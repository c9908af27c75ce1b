"""The table of acts: roles, states, and which act leads from which state to which."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

MATTER, OFFICE = "matter", "office"

KINDS = (MATTER, OFFICE)
"""What an act is done in: one matter, or the office itself."""

LEAVES = ("demand.received", "matter.updated", "demand.closed")
"""What the log shows of acts that concern named people: never an outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What a person is in the office for. Who reads only acts on nothing."""

    name: str
    says: str
    reads_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a matter or the office stands. In the first nothing was done yet."""

    of: str
    name: str
    says: str
    first: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """From one state to another. ``resets`` ends the round: votes that were cast count no more."""

    before: str
    to: str
    resets: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act and every rule about it.

    Attributes:
        of: What it is done in, a matter or the office.
        name: What it is called in statements, for ever.
        says: What it is, in words.
        roles: Who may do it: one of these roles is enough.
        moves: Where it leads, from each state that takes it.
        leaf: The type of its entry in the log.
        signers: How many different people sign it.
        trained: Whether its signers' training must be good on the day.
        once: Whether one person may do it only once in a round.
        not_by: Acts whose actors in this matter, in whatever round, may not do this one.
        proved: Whether every act before it must be proved to stand in the log.
        not_about_self: Whether the person whom it is about may not sign it.
        one_is: The role that at least one of its signers has; any, where nothing is said.
    """

    of: str
    name: str
    says: str
    roles: frozenset[str]
    moves: tuple[Move, ...]
    leaf: str
    signers: int = 1
    trained: bool = False
    once: bool = False
    not_by: frozenset[str] = frozenset()
    proved: bool = False
    not_about_self: bool = False
    one_is: str = ""

    def moves_from(self, state: str) -> tuple[Move, ...]:
        """Return the moves that the act has from a state."""
        return tuple(move for move in self.moves if move.before == state)


@dataclass(frozen=True, kw_only=True)
class Table:
    """All roles, states and acts, each in the order in which it is written."""

    roles: tuple[Role, ...]
    states: tuple[State, ...]
    acts: tuple[Act, ...]

    @cached_property
    def act(self) -> Mapping[str, Act]:
        """The acts by name."""
        return {act.name: act for act in self.acts}

    @cached_property
    def role_names(self) -> frozenset[str]:
        """The names of all roles."""
        return frozenset(role.name for role in self.roles)

    def states_of(self, kind: str) -> tuple[State, ...]:
        """Return the states of matters, or of the office."""
        return tuple(state for state in self.states if state.of == kind)

    def acts_of(self, kind: str) -> tuple[Act, ...]:
        """Return the acts in matters, or on the office."""
        return tuple(act for act in self.acts if act.of == kind)

    def first_state(self, kind: str) -> str:
        """Return where a matter or the office begins."""
        return next(state.name for state in self.states_of(kind) if state.first)
