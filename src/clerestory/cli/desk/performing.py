"""From a signed statement to the office's own function of its act."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from clerestory.acts import Signed
from clerestory.cli.desk.place import Place
from clerestory.kernel import Refusal

if TYPE_CHECKING:
    from clerestory.office.acting import Acted
    from clerestory.office.office import Office

OF_A_PAPER = frozenset(
    {
        "receive",
        "amend",
        "withdraw",
        "establish",
        "seal",
        "hand_over",
        "take_receipt",
        "opine",
    }
)
"""The acts that are done with a paper beside the statement, which binds its digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an act takes beside its statement."""

    paper: bytes | None = field(default=None, repr=False)
    beside: bytes | None = field(default=None, repr=False)
    """The recipient's key for receipts, or the signature of a receipt."""
    path: Path | None = None
    """Where what leaves lies."""
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
    place: Place, office: "Office", signed: Signed, given: Given, *, at: datetime | None
) -> "Acted":
    """Do what a signed statement says.

    Raises:
        Refusal: The office does not let it be done, or no command does this act.
        Corruption: Whoever is named did not sign it.
    """
    act = signed.statement.act
    if signed.statement.is_on_office:
        from clerestory.office.people import change_people
        from clerestory.office.standing_law import activate, suspend

        if act == "activate":
            return activate(office, signed, at=at)
        if act in {"suspend", "resume"}:
            return suspend(office, signed, at=at)
        return change_people(office, signed, at=at)
    if act in {"hand_over", "take_receipt", "take_back"}:
        return _leaving(place, office, signed, given, at)
    if act in OF_A_PAPER:
        return _with_paper(place, office, signed, given, at)
    from clerestory.office import closing, counsel, deciding, refusing, voting

    alone = {
        "decide": deciding.decide, "vote": voting.vote, "recuse": voting.recuse,
        "refer": counsel.refer, "refuse": refusing.refuse, "close": closing.close,
    }  # fmt: skip
    if act not in alone:
        raise Refusal(
            f"no command does this act: {act!a}",
            code="act-unknown",
            todo="see docs/acts.md: which acts there are",
        )
    return alone[act](office, signed, at=at)


def _leaving(
    place: Place, office: "Office", signed: Signed, given: Given, at: datetime | None
) -> "Acted":
    act = signed.statement.act
    if act == "take_back":
        from clerestory.office.taking_back import take_back

        return take_back(office, signed, folder=place.out, at=at)
    from clerestory.office.handing_over import hand_over, take_receipt

    if act == "take_receipt":
        return take_receipt(
            office, signed, receipt=given.the_paper(act), signature=given.beside, at=at
        )
    if given.path is None:
        given.the_paper(act)
    return hand_over(
        office, signed, sent=given.path or Path(), sender=place.sender().verifier,
        receipt_key=given.beside or b"", at=at,
    )  # fmt: skip


def _with_paper(
    place: Place, office: "Office", signed: Signed, given: Given, at: datetime | None
) -> "Acted":
    act = signed.statement.act
    paper = given.the_paper(act)
    if act == "opine":
        from clerestory.cli.desk.counsel import opinions_from
        from clerestory.office.counsel import opine

        return opine(office, signed, opinions=opinions_from(paper), at=at)
    if act == "establish":
        from clerestory.office.claims import PERSONS
        from clerestory.office.establishing import establish
        from clerestory.office.resolving import establish_persons

        if signed.statement.facts.get("fact") == PERSONS:
            return establish_persons(office, signed, who=paper, at=at)
        return establish(office, signed, evidence=paper, at=at)
    if act == "seal":
        from clerestory.office.sealing import seal

        return seal(office, signed, recipient=paper, sender=place.sender().verifier, at=at)
    from clerestory.office import receiving

    if act == "receive":
        if given.token is None:
            raise Refusal(
                "a paper is received under its intake token, and none lies beside it",
                code="office-no-token",
                todo="give the paper from where it lay when the statement was written",
            )
        return receiving.receive(office, signed, token=given.token, paper=paper, at=at)
    if act == "amend":
        return receiving.amend(office, signed, paper=paper, at=at)
    from clerestory.office.ready import destroy_void

    acted = receiving.withdraw(office, signed, paper=paper, at=at)
    destroy_void(office, acted.matter, place.out)
    return acted
