"""A matter is closed: nothing more is done in it; the log shows the same whatever it came to."""

from datetime import datetime

from clerestory.acts import Signed, Statement
from clerestory.kernel import Refusal
from clerestory.office.acting import Acted, draft
from clerestory.office.matters import acts_in, bound_key, check_act, do, is_done
from clerestory.office.office import Office
from clerestory.office.voting import decided_parts

_NOTICE = "notify_subject"


def draft_closing(
    office: Office, matter: str, *, actor: str, key: str, at: datetime | None = None
) -> Statement:
    """Write the statement by which a matter is closed, for its actor to sign.

    Args:
        office: Whose matter.
        matter: Which one.
        actor: Who closes it.
        key: The hash of the key that they sign with.
        at: When, in an office that is made up.

    Raises:
        Refusal: Somebody must be told of it first.
    """
    facts = _facts(office, acts_in(office, matter))
    return draft(office, "close", matter, actor=actor, key=key, at=at, facts=facts)


def close(office: Office, signed: Signed, *, at: datetime | None = None) -> Acted:
    """Close a matter that was handed over, receipted or taken back by whoever asked.

    Raises:
        Refusal: Somebody must be told of it first, or the statement is not the next act.
        NotAllowed: Whoever signed may not, or the matter stands elsewhere.
        Corruption: Whoever is named did not sign it, or what is kept is not what an act binds.
    """
    told = signed.statement
    check_act(told, "close")
    key, facts = bound_key(told), None
    if not is_done(key):
        facts = _facts(office, acts_in(office, told.matter, told.position))
    return do(office, signed, facts, key=key, at=at)


def _facts(office: Office, acts: list[Signed]) -> dict[str, str]:
    told = [act.statement for act in acts]
    done = {one.act for one in told}
    decided = next((one for one in reversed(told) if one.act == "decide"), None)
    if decided is not None and not done & {"notify", "withdraw"}:
        duties = decided_parts(office, decided)["determination"]["duties"]
        if any(duty["code"] == _NOTICE for duty in duties):
            raise Refusal(
                "a matter is closed once whoever it is about was told, where the law says so",
                code="close-not-notified",
                todo="tell them through a contact that is safe, and have that logged first",
            )
    return {"to": "closed", "closes": acts[-1].digest}
