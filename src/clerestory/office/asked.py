"""What a matter asks, read from its paper under the office's own law, which nobody chooses.

Packs, day and profile are the office's. An option for any of them would choose the answer.
"""

from dataclasses import dataclass, field
from pathlib import Path

from clerestory.acts import Signed
from clerestory.audit.installed import installed_data
from clerestory.demands import BadDemand, Demand, read_demand
from clerestory.demands.holder import check_holder
from clerestory.demands.reading import MAX_NODES
from clerestory.holdings import load_catalogue
from clerestory.kernel import Refusal
from clerestory.kernel.reading import parse_document
from clerestory.law import PackStack, load_stack
from clerestory.law.activation import check_active
from clerestory.office.errors import OfficeAltered
from clerestory.office.office import Office
from clerestory.office.papers import paper_digest, read_paper
from clerestory.office.standing_law import check_in_force


@dataclass(frozen=True)
class OwnLaw:
    """The law that an office is bound to, where it lies on this machine."""

    stack: PackStack = field(repr=False)
    profiles: Path
    agency: str


def own_law(office: Office) -> OwnLaw:
    """Return the law that an office is bound to.

    Raises:
        PackFault: It did not come through the gate as it stands.
        Refusal: The profile cannot be read.
    """
    law = law_here(office)
    check_active(law.stack, law.stack.folder)
    profile = law.profiles / office.profile
    check_in_force(office, law.stack, profile, office.day(office.clock()))
    return law


def law_here(office: Office) -> OwnLaw:
    """Return the law of an office as it lies on this machine, whether it may answer or not.

    Raises:
        PackFault: It cannot be read.
        Refusal: The profile cannot be read.
    """
    home = installed_data()
    stack = load_stack(home / "packs", office.packs.split())
    profiles = home / "profiles"
    agency = load_catalogue(profiles / office.profile / "catalogue.toml").agency
    return OwnLaw(stack=stack, profiles=profiles, agency=agency)


def asked(office: Office, law: OwnLaw, matter: str, acts: list[Signed]) -> Demand:
    """Read the demand of a matter as it was keyed in last.

    Raises:
        BadDemand: What came in is no demand in its written form.
        Refusal: It is for another holder, or says what only counsel can.
        Corruption: The paper is not what the act binds.
    """
    last = [act.statement for act in acts if act.statement.act in {"receive", "amend"}][-1]
    paper = read_paper(office, matter, last.position)
    if paper_digest(paper) != last.facts["paper"]:
        raise OfficeAltered(f"a paper is what its act binds: {matter}, position {last.position}")
    document = parse_document(
        paper, file=matter, kind="yaml", private=True, max_nodes=MAX_NODES, error=BadDemand
    )
    demand = read_demand(document, law.stack.vocabulary)
    check_holder(demand, agency=law.agency, jurisdiction=office.jurisdiction)
    if demand.opinions or demand.suspensions:
        raise Refusal(
            "an opinion and a suspension are acts of counsel and stand in no paper",
            code="decide-counsels-own",
            todo="amend the demand without them, and have counsel answer by an act",
        )
    return demand
