"""A refusal is logged: it points to its decision and to both votes."""

from datetime import datetime

from clerestory.acts import Signed, Statement
from clerestory.kernel import Refusal
from clerestory.office.acting import Acted, draft
from clerestory.office.cells import cells_digest, releases_nothing
from clerestory.office.matters import acts_in, bound_key, check_act, do, is_done
from clerestory.office.office import Office
from clerestory.office.papers import check_paper, paper_digest
from clerestory.office.voting import Ballot, ballot_of, two_votes


def draft_refusal(
    office: Office,
    matter: str,
    *,
    letter: bytes,
    actor: str,
    key: str,
    at: datetime | None = None,
) -> Statement:
    """Write the statement by which a refusal is logged, for its actor to sign.

    Args:
        office: Whose matter.
        matter: Which one.
        letter: The letter that tells it, as it will leave.
        actor: Who logs it.
        key: The hash of the key that they sign with.
        at: When, in an office that is made up.

    Raises:
        Refusal: Two did not vote for it, or not all of it is withheld.
    """
    ballot = ballot_of(office, acts_in(office, matter))
    return draft(
        office, "refuse", matter, actor=actor, key=key, at=at, facts=_facts(ballot, letter)
    )


def refuse(office: Office, signed: Signed, *, letter: bytes, at: datetime | None = None) -> Acted:
    """Log a refusal, once two people let stand that everything is withheld.

    Raises:
        Refusal: Two did not vote for it, or not all of it is withheld, or the statement is of
            another letter.
        NotAllowed: Whoever signed may not, or the matter stands elsewhere.
        Corruption: Whoever is named did not sign it.
    """
    told = signed.statement
    check_act(told, "refuse")
    check_paper(letter)
    key, facts = bound_key(told), None
    if not is_done(key):
        acts = acts_in(office, told.matter, told.position)
        facts = _facts(ballot_of(office, acts), letter)
    return do(office, signed, facts, key=key, content=letter, at=at)


def _facts(ballot: Ballot, letter: bytes) -> dict[str, str]:
    cells, votes = two_votes(ballot)
    if not releases_nothing(cells):
        raise Refusal(
            "a refusal withholds everything, and this answer lets something leave",
            code="refuse-not-all",
            todo="seal what leaves, with the letter that tells what does not",
        )
    return {
        "to": "refused", "decision": ballot.decision, "answer": cells_digest(cells),
        "votes": " ".join(votes),
        "letter": paper_digest(letter),
    }  # fmt: skip
