"""Reasons for three readers."""

from collections.abc import Callable

import pytest

from clerestory.demands import Demand, Determination
from clerestory.policy import Engine

Decide = Callable[..., Determination]


@pytest.mark.parametrize(
    ("parts", "counsel", "requester", "person"),
    [
        ({}, "Released under ", "This is given. ", "We must or may share this part"),
        (
            {"requester": {"class": "landlord"}},
            "Withheld under ",
            "This is not given. ",
            "We did not share this part of your record. ",
        ),
        (
            {
                "requester": {"class": "grand_jury"},
                "instrument": {"kind": "grand_jury_subpoena", "issuer": "grand_jury"},
                "purpose": "criminal_investigation",
            },
            "For counsel to decide, on ",
            "This is not given now. The agency's counsel will answer. ",
            "We did not share this. Our lawyers are looking at the demand. ",
        ),
    ],
)
def test_each_reader_is_told_in_their_own_words(
    parts: dict[str, object], counsel: str, requester: str, person: str, decide: Decide
) -> None:
    reason = decide(**parts).rulings[0].reason

    assert reason.counsel.startswith(counsel)
    assert reason.requester.startswith(requester)
    assert reason.person.startswith(person)


def test_a_coarser_answer_is_told_as_one(
    tiny: Callable[..., Engine], make: Callable[..., Demand]
) -> None:
    engine = tiny(
        """
        @id("may-leave") @authority("house-default-deny")
        permit (principal, action in Action::"disclose", resource)
        when { !context.lifted.isEmpty() };
        @id("coarser") @authority("act") @lifts("lock") @coarsen_to("month_yes_no")
        permit (principal, action == Action::"lift_coarsened", resource);
        """
    )

    reason = engine.decide(make()).rulings[0].reason

    assert reason.counsel == "A coarser answer is released under act section 1. It has this effect."
    assert reason.requester == "A less exact answer is given. It says this to the requester."
    assert reason.person == (
        "We share a less exact answer about this part of your record. It says this to the person."
    )


def test_counsel_reads_every_near_miss_and_nobody_else_does(decide: Decide) -> None:
    reason = decide(instrument={"written": "no"}).rulings[0].reason

    assert "was considered; missing: the request is in writing." in reason.counsel
    assert "considered" not in reason.requester + reason.person


def test_no_reason_tells_what_was_typed(decide: Decide) -> None:
    ruling = decide(
        title="About Made Up Name", requester={"class": "landlord", "body": "Made Up Homes"}
    ).rulings[0]

    assert "Made Up" not in repr(ruling.reason)
