"""Whether a paper is for this office: its own agency, under its own law, and not yet a template."""

from clerestory.cli.office import Office
from clerestory.cli.places import packs_folder
from clerestory.demands import Demand
from clerestory.demands.holder import check_holder
from clerestory.holdings import load_catalogue
from clerestory.kernel import Refusal
from clerestory.kernel.reading import read_toml
from clerestory.law.packs import available_packs
from clerestory.office.answer.decided import Decided

_TEMPLATE = "FILL-IN"


def check_addressed(office: Office, demand: Demand) -> None:
    """Refuse a demand for another holder, or one that says another law than the office is under.

    The law is chosen by the holder that the file names: with another one, a State's own
    restrictions would be left out in silence.

    Raises:
        Refusal: The holder is not this office's, or the profile does not say whose law it is under.
    """
    told = read_toml(office.profile / "profile.toml").get("jurisdiction")
    if not isinstance(told, str):
        raise Refusal(
            f"{office.scope}/profile.toml must say whose law the agency is under",
            code="profile-jurisdiction",
            todo='write into it a line such as jurisdiction = "us-me"',
        )
    agency = load_catalogue(office.profile / "catalogue.toml").agency
    check_holder(demand, agency=agency, jurisdiction=told)


def check_own_law(decided: Decided) -> None:
    """Refuse an answer under chosen packs that leave out the law of the demand's holder.

    Raises:
        Refusal: There is a pack of that law, and it is not among those decided under.
    """
    place = decided.demand.holder.jurisdiction
    names = [pack.name for pack in decided.stack.packs]
    if place not in names and place in available_packs(packs_folder()):
        raise Refusal(
            f"an answer is given under the law of its holder, {place}, and the packs are "
            f"{', '.join(names)}",
            code="answer-other-law",
            todo=f"leave out --pack, or add --pack {place}; to see what another law says, decide "
            "under it",
        )


def check_filled_in(demand: Demand) -> None:
    """Refuse a template's own id: the next paper would be taken for this one.

    Raises:
        Refusal: The id is still the template's.
    """
    if demand.id.upper().startswith(_TEMPLATE):
        raise Refusal(
            f"the demand still has the id of the template: {demand.id}",
            code="answer-template-id",
            todo="write your own number of this paper behind id:, and see that all else is the "
            "paper's too",
        )
