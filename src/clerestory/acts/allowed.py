"""Whether an act is allowed: one pure function over the table, for every caller there is.

The office asks it before it writes an act, the screens ask it which buttons to show, and the audit
asks it again of every act that is written. None of them has a rule of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from clerestory.acts.errors import NotAllowed
from clerestory.acts.table import Act, Move, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, as they stand on the day and at the matter's site.

    ``acts`` is a job's closed list; a person has none and does whatever the roles permit.
    """

    id: str
    roles: frozenset[str]
    trained: bool = False
    acts: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """An act that was done, and by whom."""

    act: str
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a matter, or the office, stands.

    Attributes:
        state: Its state.
        done: Who did what in it, in whatever round.
        round: The part of that since the last act that resets.
        proved: Whether every act so far was proved to stand in the log.
    """

    state: str
    done: frozenset[Done] = frozenset()
    round: frozenset[Done] = frozenset()
    proved: bool = False

    def after(self, move: Move, done: Done) -> "Standing":
        """Return where it stands once a move was made. What resets is itself of no round."""
        return Standing(
            state=move.to,
            done=self.done | {done},
            round=frozenset() if move.resets else self.round | {done},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """Why an act is not allowed."""

    code: str
    what: str
    todo: str

    def error(self) -> NotAllowed:
        """Return the denial as an error to raise."""
        return NotAllowed(self.what, code=self.code, todo=self.todo)


def allowed(
    table: Table,
    name: str,
    *,
    standing: Standing,
    actor: Actor,
    to: str | None = None,
    second: Actor | None = None,
    about: str | None = None,
) -> Move | Denial:
    """Say whether an act is allowed, and which move it makes.

    Args:
        table: The table of acts.
        name: The act.
        standing: Where the matter or the office stands.
        actor: Who acts.
        to: The state that the act leads to, where it can lead to several.
        second: Who else signs it, for an act of two people.
        about: The person whom an act on the office is about.
    """
    act = table.act.get(name)
    if act is None:
        return Denial(code="act-unknown", what=f"there is no act {name!a}", todo=_SEE)
    moves = [move for move in act.moves_from(standing.state) if to in (None, move.to)]
    if not moves:
        return _wrong_state(act, standing.state, to)
    if len(moves) > 1:
        choices = ", ".join(sorted(move.to for move in moves))
        return Denial(
            code="act-which-way",
            what=f"{name} leads from {standing.state} to one of several states: {choices}",
            todo="say which",
        )
    for denial in (
        *_signers_wrong(act, actor, second, about),
        *_matter_wrong(act, standing, actor),
    ):
        return denial
    return moves[0]


def check_allowed(
    table: Table,
    name: str,
    *,
    standing: Standing,
    actor: Actor,
    to: str | None = None,
    second: Actor | None = None,
    about: str | None = None,
) -> Move:
    """Return the move of an act that is allowed.

    Raises:
        NotAllowed: It is not; the code says which rule stopped it.
    """
    answer = allowed(table, name, standing=standing, actor=actor, to=to, second=second, about=about)
    if isinstance(answer, Denial):
        raise answer.error()
    return answer


_SEE = "see docs/acts.md: which acts there are, who may do them, and in which state"


def _wrong_state(act: Act, state: str, to: str | None) -> Denial:
    led = f" to {to}" if to else ""
    takes = ", ".join(dict.fromkeys(move.before for move in act.moves))
    return Denial(
        code="act-wrong-state",
        what=f"{act.name} does not lead from {state}{led}",
        todo=f"it is done from: {takes}; see docs/acts.md",
    )


def _signers_wrong(
    act: Act, actor: Actor, second: Actor | None, about: str | None
) -> Iterator[Denial]:
    """Find what keeps those who sign from doing the act anywhere."""
    if act.signers == 2 and (second is None or second.id == actor.id):
        yield Denial(
            code="act-two-people",
            what=f"{act.name} is signed by two people",
            todo="have another person with one of its roles sign the same statement",
        )
        return
    if act.signers == 1 and second is not None:
        yield Denial(
            code="act-two-people",
            what=f"{act.name} is signed by one person",
            todo="leave the second signature out",
        )
        return
    signers = (actor, second) if second is not None else (actor,)
    for signer in signers:
        yield from _signer_wrong(act, signer, about)
    if act.one_is and not any(act.one_is in signer.roles for signer in signers):
        yield Denial(
            code="act-needs-role",
            what=f"one of those who sign {act.name} is {act.one_is}",
            todo=f"ask somebody with the role {act.one_is}",
        )


def _signer_wrong(act: Act, signer: Actor, about: str | None) -> Iterator[Denial]:
    if not signer.roles & act.roles or (signer.acts is not None and act.name not in signer.acts):
        yield Denial(
            code="act-wrong-role",
            what=f"{signer.id} has no role for {act.name} here today",
            todo=f"ask somebody with one of: {', '.join(sorted(act.roles))}",
        )
    if act.trained and not signer.trained:
        yield Denial(
            code="act-untrained",
            what=f"the training of {signer.id} must be good on the day for {act.name}",
            todo="have the training recorded first, or ask somebody else",
        )
    if act.not_about_self and about == signer.id:
        yield Denial(
            code="act-about-self",
            what=f"nobody signs {act.name} about themselves: {signer.id}",
            todo="ask two others",
        )


def _matter_wrong(act: Act, standing: Standing, actor: Actor) -> Iterator[Denial]:
    """Find what keeps the actor from doing the act in this matter."""
    for other in sorted(act.not_by):
        if Done(other, actor.id) in standing.done:
            yield Denial(
                code="act-separation",
                what=f"{actor.id} did {other} in this matter, and so may not {act.name}",
                todo="ask somebody who had no such part in it",
            )
    if act.once and Done(act.name, actor.id) in standing.round:
        yield Denial(
            code="act-twice",
            what=f"one person does {act.name} once: {actor.id}",
            todo="ask another person",
        )
    if act.proved and not standing.proved:
        yield Denial(
            code="act-not-proved",
            what=f"before {act.name} every act in the matter must be proved to stand in the log",
            todo="have the log sequenced, then try again",
        )
