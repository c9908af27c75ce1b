"""From a signed statement to the office's own function of its act."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from clerestory.acts import Signed
from clerestory.kernel import Refusal

if TYPE_CHECKING:
    from clerestory.office.acting import Acted
    from clerestory.office.office import Office

OF_A_PAPER = frozenset({"receive", "amend", "withdraw", "establish", "refuse", "seal"})
"""The acts that are done with a paper beside the statement, which binds its digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an act takes beside its statement."""

    paper: bytes | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)

    def the_paper(self, act: str) -> bytes:
        """Return the paper.

        Raises:
            Refusal: None was given.
        """
        if self.paper is None:
            raise Refusal(
                f"{act} is done with the paper that its statement binds, and none is given",
                code="office-no-paper",
                todo="give the same file that was given when the statement was written: --paper "
                "FILE",
            )
        return self.paper


def perform_signed(
    office: "Office", signed: Signed, given: Given, *, at: datetime | None
) -> "Acted":
    """Do what a signed statement says.

    Raises:
        Refusal: The office does not let it be done, or no command does this act.
        Corruption: Whoever is named did not sign it.
    """
    act = signed.statement.act
    if signed.statement.is_on_office:
        from clerestory.office.people import change_people

        return change_people(office, signed, at=at)
    if act in OF_A_PAPER:
        return _with_paper(office, signed, given, at)
    if act == "decide":
        from clerestory.office.deciding import decide

        return decide(office, signed, at=at)
    from clerestory.office import voting

    without = {"vote": voting.vote, "recuse": voting.recuse}
    if act not in without:
        raise Refusal(
            f"no command does this act: {act!a}",
            code="act-unknown",
            todo="see docs/acts.md: which acts there are",
        )
    return without[act](office, signed, at=at)


def _with_paper(office: "Office", signed: Signed, given: Given, at: datetime | None) -> "Acted":
    act = signed.statement.act
    paper = given.the_paper(act)
    if act == "establish":
        from clerestory.office.claims import PERSONS
        from clerestory.office.establishing import establish
        from clerestory.office.resolving import establish_persons

        if signed.statement.facts.get("fact") == PERSONS:
            return establish_persons(office, signed, who=paper, at=at)
        return establish(office, signed, evidence=paper, at=at)
    if act == "seal":
        from clerestory.office.sealing import seal

        return seal(office, signed, recipient=paper, at=at)
    if act == "refuse":
        from clerestory.office.refusing import refuse

        return refuse(office, signed, letter=paper, at=at)
    from clerestory.office import receiving

    if act == "receive":
        if given.token is None:
            raise Refusal(
                "a paper is received under its intake token, and none lies beside it",
                code="office-no-token",
                todo="give the paper from where it lay when the statement was written",
            )
        return receiving.receive(office, signed, token=given.token, paper=paper, at=at)
    without = {"amend": receiving.amend, "withdraw": receiving.withdraw}
    return without[act](office, signed, paper=paper, at=at)
