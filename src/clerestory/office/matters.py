"""What every act in a matter shares: what it must bind, by what it is found, and what it writes.

An act is drafted from what stands in the matter. When it comes back signed, the same is worked out
again from the acts before it, and each fact of the statement must be that and nothing beside it.
"""

from collections.abc import Mapping
from datetime import datetime

from clerestory.acts import Signed, Statement
from clerestory.kernel import Refusal
from clerestory.office.acting import Acted, Save, Step, perform
from clerestory.office.office import Office, own_key
from clerestory.office.papers import keep_paper
from clerestory.store.models import ActRow, MatterRow

CHANGES_FACTS = frozenset({"receive", "amend", "establish", "opine", "take_back"})
"""The acts after which whatever was decided counts no more."""


def acts_in(office: Office, matter: str, before: int | None = None) -> list[Signed]:
    """Return the acts of a matter in their order, each from its entry in the log.

    Args:
        office: Whose matter.
        matter: Which one.
        before: Only the acts before this position; all where nothing is said.

    Raises:
        Refusal: Nothing was received under this id, or the matter was erased.
        Corruption: A row is not what its entry says.
    """
    acts = [
        office.signed(row) for row in office.rows(matter) if before is None or row.position < before
    ]
    if not acts:
        raise Refusal(
            f"nothing was received as {matter}",
            code="matter-unknown",
            todo="check the matter's id",
        )
    return acts


def stands_on(acts: list[Signed]) -> str:
    """Return the digest of the act that changed the facts last: it stands on all before it."""
    return next(act.digest for act in reversed(acts) if act.statement.act in CHANGES_FACTS)


def do(
    office: Office,
    signed: Signed,
    facts: Mapping[str, str] | None,
    *,
    key: str,
    content: bytes | None = None,
    also: Save | None = None,
    at: datetime | None = None,
) -> Acted:
    """Do an act in a matter, or find that it is done.

    Args:
        office: Whose act it is.
        signed: Its signed statement.
        facts: What it must bind, no more and no less; ``None`` where it is known to be done.
        key: What names the act.
        content: What is kept with it, sealed under the matter's key.
        also: What else it writes.
        at: When, in an office that is made up.

    Raises:
        Refusal: The statement binds something else, or is not the next one of its matter.
        NotAllowed: Whoever signed may not do it, now and here.
        Corruption: Whoever is named did not sign it.
    """
    told = signed.statement
    if facts is not None:
        check_same(told.facts, facts)

    def save(step: Step) -> None:
        if facts is None:  # pragma: no cover - acts are never taken away
            raise unbound("act")
        MatterRow.objects.filter(id=told.matter).update(state=step.move.to)
        if content is not None:
            keep_paper(office, told.matter, told.position, content)
        if also is not None:
            also(step)

    return perform(office, signed, key=key, save=save, at=at)


def is_done(key: str) -> bool:
    """Whether an act stands under a key."""
    return ActRow.objects.filter(key=key).exists()


def bound_key(told: Statement) -> str:
    """Return what names an act that is found by all that it binds, and by nothing else."""
    facts = (f"{name}={told.facts[name]}" for name in sorted(told.facts))
    return own_key(told.act, told.matter, *facts)


def check_act(told: Statement, act: str) -> None:
    """Refuse a statement of another act.

    Raises:
        Refusal: It is of another one.
    """
    if told.act != act:
        raise unbound("act")


def check_same(given: Mapping[str, str], facts: Mapping[str, str]) -> None:
    """Refuse a statement that binds other facts, more of them or fewer.

    Raises:
        Refusal: The first that differs is named.
    """
    for name in sorted(given.keys() | facts.keys()):
        if given.get(name) != facts.get(name):
            raise unbound(name)


def unbound(name: str) -> Refusal:
    """Return the refusal of a statement that is not of what it is given for."""
    return Refusal(
        f"a statement is of the act that it is given for, and its {name} differs",
        code="act-unbound",
        todo="have the statement written from what is given, and sign that",
    )


def perform_on_office(office: Office, signed: Signed, *, at: datetime | None = None) -> Acted:
    """Do an act on the office that writes no rows of its own, or find that it is done.

    The same signed statement is the same act, done again; another statement is another act.
    """
    key = own_key("office", signed.statement.content.decode())
    return perform(office, signed, key=key, save=lambda _step: None, at=at)
