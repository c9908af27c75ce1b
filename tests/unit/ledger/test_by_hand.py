"""What stands for an act is written by its command, and never typed into an office's log."""

import pytest

from clerestory.kernel import Refusal
from clerestory.ledger import Event, EventType, Keeper
from clerestory.ledger.by_hand import check_by_hand, is_by_hand

BY_HAND = {
    EventType.DEMAND_WITHDRAWN,
    EventType.NOTICE_RECORDED,
    EventType.MATTER_UPDATED,
    EventType.AGREEMENT_RECORDED,
    EventType.POLICY_ADOPTED,
    EventType.REPORT_PUBLISHED,
    EventType.TALLY_PUBLISHED,
    EventType.KEY_ROTATED,
}


@pytest.mark.parametrize("kind", EventType)
def test_each_type_is_on_one_side(kind: EventType) -> None:
    assert is_by_hand(kind, Keeper.OFFICE) == (kind in BY_HAND)
    assert is_by_hand(kind, Keeper.OPERATOR) == (kind is not EventType.RETENTION_ERASED)


def test_no_numbered_event_is_typed_into_an_offices_log() -> None:
    assert not any(kind.is_numbered for kind in BY_HAND)


def test_the_refusal_names_the_event_and_its_command() -> None:
    updated = Event(type=EventType.MATTER_UPDATED, scope="a", matter="m", fields={"a": "b"})
    sealed = Event(type=EventType.ANSWER_SEALED, scope="a", matter="m", fields={"package": "x"})

    check_by_hand([updated, sealed], Keeper.OPERATOR)
    with pytest.raises(Refusal) as caught:
        check_by_hand([updated, sealed], Keeper.OFFICE)

    assert caught.value.code == "log-event-internal"
    assert str(caught.value).endswith("of type answer.sealed must not be appended by hand: event 2")
    assert "clerestory disclose" in caught.value.todo
