"""An answer that was logged and has not left is void: its package is destroyed, its votes count no
more.
"""

from datetime import datetime
from pathlib import Path

from clerestory.acts import Signed, Statement
from clerestory.kernel import Refusal
from clerestory.office.acting import Acted, draft
from clerestory.office.handing_over import answer_act
from clerestory.office.matters import acts_in, bound_key, check_act, do, is_done
from clerestory.office.office import Office
from clerestory.office.ready import destroy_void


def draft_take_back(
    office: Office,
    matter: str,
    *,
    reason: str,
    actor: str,
    key: str,
    at: datetime | None = None,
) -> Statement:
    """Write the statement by which an answer that has not left is void, for its actor to sign.

    Args:
        office: Whose matter.
        matter: Which one.
        reason: Why, in words that name nobody.
        actor: Who takes it back.
        key: The hash of the key that they sign with.
        at: When, in an office that is made up.

    Raises:
        Refusal: No answer stands, or no reason is said.
    """
    facts = _facts(acts_in(office, matter), reason)
    return draft(office, "take_back", matter, actor=actor, key=key, at=at, facts=facts)


def take_back(office: Office, signed: Signed, *, folder: Path, at: datetime | None = None) -> Acted:
    """Take an answer back, then destroy its package; done again, it destroys what is left of it.

    Args:
        office: Whose act it is.
        signed: Its signed statement.
        folder: Where the package was put.
        at: When, in an office that is made up.

    Raises:
        Refusal: No answer stands, the statement says no reason, or it is not the next act.
        NotAllowed: Whoever signed may not, or the matter stands elsewhere.
        Corruption: Whoever is named did not sign it.
    """
    told = signed.statement
    check_act(told, "take_back")
    key, facts = bound_key(told), None
    if not is_done(key):
        acts = acts_in(office, told.matter, told.position)
        facts = _facts(acts, told.facts.get("reason", ""))
    done = do(office, signed, facts, key=key, at=at)
    destroy_void(office, told.matter, folder)
    return done


def _facts(acts: list[Signed], reason: str) -> dict[str, str]:
    if not reason.strip():
        raise Refusal(
            "an answer is taken back with the reason",
            code="take-back-no-reason",
            todo="say why, in words that name nobody",
        )
    return {"to": "received", "answered": answer_act(acts).digest, "reason": reason}
