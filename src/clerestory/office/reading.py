"""A matter's answer, made readable for whoever is about to vote on it.

What is read is worked out again from the acts, under the law that the decision binds, and must be
what was signed. After differing votes it is the lower answer, which both are to sign anew.
"""

from datetime import datetime

from clerestory.acts import Signed
from clerestory.kernel import Refusal
from clerestory.office.answer.decided import Decided
from clerestory.office.deciding import as_voted, judge
from clerestory.office.errors import OfficeAltered
from clerestory.office.matters import CHANGES_FACTS, acts_in
from clerestory.office.office import Office
from clerestory.office.voting import ballot_of
from clerestory.store.models import MatterRow


def check_reader(
    office: Office, matter: str, who: str, key: str, *, at: datetime | None = None
) -> None:
    """Refuse to open a matter to somebody who does nothing in matters, or is not who they say.

    Raises:
        Refusal: The key is not the one that the office knows of them today.
    """
    staff = office.staff()
    staff.verifier(who, key)
    site = MatterRow.objects.get(id=matter).site
    actor = staff.actor(who, on=office.day(office.moment(at)), site=site)
    may = {role for act in office.table.acts_of("matter") for role in act.roles} - {"job"}
    if actor.roles.isdisjoint(may):
        raise Refusal(
            f"a matter is read by those who act in it, and {who} has no such role here today",
            code="act-wrong-role",
            todo=f"ask somebody with one of: {', '.join(sorted(may))}",
        )


def answer_to_read(office: Office, matter: str) -> Decided:
    """Return the answer that stands in a matter, lowered as votes have left it.

    Raises:
        Refusal: Nothing is decided, or the law is another one since.
        Corruption: What stands is not what was signed.
    """
    acts = acts_in(office, matter)
    place = _decision(acts)
    decision = acts[place].statement
    before = acts[:place]
    judged = judge(office, matter, before, decision.on)
    differs = sorted(n for n, text in judged.facts.items() if decision.facts.get(n) != text)
    if {"law", "engine", "packs", "catalogue"} & set(differs):
        raise Refusal(
            f"a decision is read under the law that it binds, and another one is in force here: "
            f"{matter}",
            code="read-other-law",
            todo="have it decided again: clerestory office decide",
        )
    if differs:
        raise OfficeAltered(f"a decision is what the law makes of its facts: {matter}, "
                            f"{differs[0]} differs")  # fmt: skip
    cells = ballot_of(office, acts).cells
    decided = as_voted(judged, cells)
    told = decided.determination
    left = {(one.item.program, one.item.ref): one.outcome for one in told.rulings}
    if left != {name: cell.outcome for name, cell in cells.items()}:
        raise OfficeAltered(f"what is read is what votes have left: {matter}")
    return decided


def _decision(acts: list[Signed]) -> int:
    """Return the place of the decision that stands."""
    for place in range(len(acts) - 1, -1, -1):
        act = acts[place].statement.act
        if act in CHANGES_FACTS:
            break
        if act == "decide":
            return place
    raise Refusal(
        "what is read before a vote is a decision, and none stands",
        code="vote-undecided",
        todo="have the demand decided first: clerestory office decide",
    )
