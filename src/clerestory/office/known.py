"""What is known of a demand before anybody is looked up, and of whom something could leave."""

from collections.abc import Sequence
from dataclasses import replace

from clerestory.acts import Signed
from clerestory.demands import Demand, Item, demand_json, read_demand
from clerestory.disclosure import permitted_items
from clerestory.office.asked import OwnLaw, asked
from clerestory.office.claims import (
    FINDINGS,
    FOUND,
    names_persons,
    settle,
    since_the_paper,
)
from clerestory.office.counsel import opinions_in, written_opinions
from clerestory.office.office import Office
from clerestory.office.standing_law import standing_law
from clerestory.policy import Engine


def known_demand(office: Office, law: OwnLaw, matter: str, acts: Sequence[Signed]) -> Demand:
    """Return a demand with what people established of it in the place of what it claims.

    Raises:
        BadDemand: What came in is no demand in its written form.
        Refusal: It is for another holder, or a claim is not established.
    """
    demand = asked(office, law, matter, list(acts))
    written = demand_json(demand)
    if names_persons(written):
        # Whatever whoever keyed it in says of it: a look into the records alone tells.
        written[FINDINGS] = {n: said for n, said in demand.findings.items() if n != FOUND}
    written["opinions"] = written_opinions(opinions_in(office, matter, acts))
    written["suspensions"] = standing_law(office).written_suspensions()
    vocabulary = law.stack.vocabulary
    return read_demand(settle(written, since_the_paper(acts), vocabulary), vocabulary)


def open_items(engine: Engine, demand: Demand) -> list[Item]:
    """Return what would leave about single persons, were they found.

    Args:
        engine: The law of a day.
        demand: What is known of the demand.
    """
    found = replace(demand, findings={**demand.findings, FOUND: "yes"})
    told = engine.decide(found, explain=False)
    return [item for item in permitted_items(told) if not item.subject.endswith("*")]
