"""A matter is closed once it came to its end, and the log shows the same whatever that was."""

from dataclasses import replace
from typing import Any

import pytest

from clerestory.acts import NotAllowed, key_hash, sign
from clerestory.kernel import Refusal
from clerestory.ledger import parse_leaf
from clerestory.ledger.storage import Reader
from made_up_acts import MadeUp
from made_up_office import own_record
from signed_acts import signer

ASKS = own_record("M-1", received="2026-12-01", program="snap", fields=["address", "phone"])
VERIFIED = "findings.identity_of_subject_verified"


def close(made: MadeUp, matter: str, who: str = "P-cus", **facts: str) -> Any:
    from clerestory.office.closing import close, draft_closing

    told = draft_closing(made.office, matter, actor=who, key=key_hash(signer(who).verifier))
    told = replace(told, facts={**told.facts, **facts})
    return close(made.office, sign(told, signer(who)))


def test_a_closed_matter_takes_no_act_and_shows_nothing_of_its_outcome(peopled: MadeUp) -> None:
    matter = str(peopled.receive(paper=ASKS.encode()).matter)
    peopled.establish(matter, VERIFIED, "no")
    with pytest.raises(NotAllowed) as early:
        close(peopled, matter)
    assert early.value.code == "act-wrong-state"
    withdrawn = peopled.withdraw(matter)
    with pytest.raises(Refusal, match="its closes differs"):
        close(peopled, matter, closes="0" * 64)
    with pytest.raises(NotAllowed):
        close(peopled, matter, who="P-law")

    closed = close(peopled, matter)

    assert peopled.opened(closed) == {
        "act": "close", "position": "4", "previous": withdrawn.digest, "actor": "P-cus",
        "key": key_hash(signer("P-cus").verifier), "on": "2026-12-01", "signed": closed.digest,
        "to": "closed", "closes": withdrawn.digest,
    }  # fmt: skip
    (entry,) = Reader(peopled.office.statements()).entries(closed.index, closed.index + 1)
    leaf = parse_leaf(entry)
    assert (leaf.type.value, leaf.serial) == ("demand.closed", None)
    with pytest.raises(NotAllowed):
        peopled.withdraw(matter, paper=b"made up: again")
    assert peopled.audit() == []
