"""What was received, by the log itself: the office's own note of it can be edited, lost or old."""

from collections.abc import Mapping
from dataclasses import dataclass

from clerestory.cli.office import Office
from clerestory.demands import Demand, asked_parts, changed_parts
from clerestory.kernel import Corruption, Refusal, digest_of
from clerestory.ledger import Ledger
from clerestory.ledger.repeats import check_open, find_numbered

_STOP = (
    "answer nothing; keep the office's folder as it is, find out who wrote to it, and compare it "
    "with its last copy"
)


def asked_digest(asked: Mapping[str, str]) -> str:
    """Return what a demand's entry commits to of what the demand asks."""
    return digest_of(dict(asked))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The number that a demand drew when it was received, and the log's entry of that."""

    number: int
    entry: int


def answerable(office: Office, demand: Demand) -> Drawn:
    """Return what a demand drew that asks what was received under its id.

    Raises:
        Refusal: It was never received, or asks something else; the parts are named.
        Corruption: The office's note of it is not what the log says.
    """
    number = office.number_of(demand.id)
    received, parts = office.asked(demand.id), asked_parts(demand)
    with office.ledger() as ledger:
        drawn = check_noted(ledger, demand.id, number, received)
    if received is None:
        return drawn
    if other := changed_parts(received, parts):
        raise Refusal(
            f"the file asks something else than what was received as {demand.id}, number "
            f"{number}: {', '.join(other)}",
            code="answer-other-demand",
            todo="give the file as it was received, with what was found out since; another "
            "paper, or a correction of these parts, is received under an id of its own",
        )
    return drawn


def check_noted(
    ledger: Ledger, demand_id: str, number: int, asked: Mapping[str, str] | None
) -> Drawn:
    """Compare the office's note of a demand with the entry of its receipt; return what it drew.

    Raises:
        Refusal: The matter was erased.
        Corruption: The log does not know the demand, or under another number or asking otherwise.
    """
    logged = find_numbered(ledger, demand_id)
    if logged is None:
        check_open(ledger, demand_id)
        raise _other(f"{demand_id} has number {number} in it, and none in the log")
    index, drawn = logged
    if drawn != number:
        raise _other(f"{demand_id} has number {number} in it, and {drawn} in the log")
    committed = ledger.payload(index).fields.get("asked")
    # An entry of an earlier version commits to the whole demand only.
    if committed is not None and (asked is None or asked_digest(asked) != committed):
        raise _other(f"{demand_id} asks something else in it than in the log")
    return Drawn(number=drawn, entry=index)


def _other(how: str) -> Corruption:
    return Corruption(
        f"the office's note of a demand must be what the log says: {how}",
        code="office-record-altered",
        todo=_STOP,
    )
