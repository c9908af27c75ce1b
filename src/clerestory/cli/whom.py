"""Whom a demand names: read from a file for ``--who``, and bound to what was received.

Two refs that are swapped, or another demand's file under this one's id, would answer about another
person than the paper names. So who keeps the file when the paper comes gives it to ``receive``: the
log then commits to every mark in it, and an answer is about the same persons or is not given. Each
answer commits to them too, so that a second one is never about somebody else than the first.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path

from clerestory.cli.office import Office
from clerestory.cli.same_paper import repeated_by, said_unless_erased
from clerestory.demands import Demand
from clerestory.holdings import NamedPersons, read_who
from clerestory.kernel import Refusal, canonical_bytes
from clerestory.ledger import EventType, Ledger
from clerestory.office.answer.looking_up import refs_named


def read_whom(demand: Demand, path: Path, *, needed: Collection[str] = ()) -> NamedPersons:
    """Read whom a demand names: everybody whom its paper names stands there once, and no stranger.

    Args:
        demand: The demand.
        path: The file.
        needed: Refs that must be there also where the paper names nobody, such as a household's.

    Raises:
        RosterFault: The file is another demand's, or somebody is missing, twice or too many.
    """
    refs, named = refs_named(demand, needed)
    return read_who(path, demand=demand.id, refs=refs, needed=named)


def marks_digest(named: NamedPersons) -> str:
    """Return what the entry of a receipt commits to of the persons named: each mark of each ref.

    Mark by mark, so that more marks of the same person may be asked for afterwards.
    """
    told = {
        str(one.ref): {key: _digest(str(one.ref), key, value) for key, value in one.marks.items()}
        for one in named.persons
    }
    return canonical_bytes(told).decode()


def check_as_received(office: Office, demand: Demand, named: NamedPersons) -> None:
    """Refuse persons other than those that were named when the demand came or was answered.

    Where nothing was said when it came, the first answer says it for every later one.

    Raises:
        Refusal: A ref that was named is missing, or a mark of it is another now.
    """
    with office.ledger() as ledger:
        check_persons(ledger, demand.id, repeated_by(ledger, demand.id), named)


def check_persons(
    ledger: Ledger, demand_id: str, repeated: Collection[str], named: NamedPersons | None
) -> None:
    """Refuse persons other than those that a demand, or one that it repeats, was about.

    Raises:
        Refusal: A ref that was named is missing, or a mark of it is another now.
    """
    if named is None:
        return
    now: Mapping[str, Mapping[str, str]] = json.loads(marks_digest(named))
    for index, told in _said(ledger, [demand_id, *repeated]):
        before: Mapping[str, Mapping[str, str]] = json.loads(told)
        other = sorted(ref for ref, marks in before.items() if _differs(marks, now.get(ref)))
        if not other:
            continue
        raise Refusal(
            f"the file names others than were named when {demand_id} came or was answered, log "
            f"entry {index}: {', '.join(other)}",
            code="answer-other-person",
            todo="give whom the paper names as each ref, with every mark as it was received; more "
            "marks may be added. Where a mark was wrong, receive the corrected paper under an id "
            "of its own",
        )


def check_bound(office: Office, demand: Demand, named: NamedPersons) -> None:
    """Refuse to name persons of a demand that came before and is not bound to them.

    Whoever names them would take its answer for bound, and an answer could be about others.

    Raises:
        Refusal: It was received without saying whom it names, or with others.
    """
    with office.ledger() as ledger:
        said = _said(ledger, [demand.id, *repeated_by(ledger, demand.id)])
    if not said:
        raise Refusal(
            f"the demand {demand.id} was received already, without saying whom its paper names",
            code="answer-who-late",
            todo="leave out --who and give the file to those who answer: the first answer is "
            "bound to its own --who, and every later one to the same persons",
        )
    check_as_received(office, demand, named)


def _said(ledger: Ledger, demand_ids: Collection[str]) -> list[tuple[int, str]]:
    """What the entries of demands say of whom they name: of their receipts, and their answers."""
    return [
        (index, told["who"])
        for demand_id in demand_ids
        for index, told in said_unless_erased(ledger, frozenset(EventType), demand_id)
        if "who" in told
    ]


def _differs(received: Mapping[str, str], now: Mapping[str, str] | None) -> bool:
    return now is None or any(now.get(key) != digest for key, digest in received.items())


def _digest(ref: str, key: str, value: str) -> str:
    # The ref goes in, so that no two persons with one birth date look alike.
    return hashlib.sha256("\0".join((ref, key, value)).encode()).hexdigest()
