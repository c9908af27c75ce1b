"""What a policy that refers says of counsel's opinion: it is checked, and silence is named."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clerestory.audit.pack_check import check_packs

Damage = Callable[[str, str, str], int]
LAW = "law.cedar"
COMMENT = "// Made-up law."


def point(notes: str, *, authority: str = "aa-officer", effect: str = "permit") -> str:
    return (
        f'@id("aa-new")\n@authority("{authority}")\n{notes}\n'
        f'{effect} (principal, action == Action::"refer", resource)\n'
        'when { context.purpose == Purpose::"tenancy" };\n'
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (point('@opinion("maybe")'), "says of counsel's opinion what nobody reads: maybe"),
        (
            point('@opinion("none may_close")'),
            "says of counsel's opinion what nobody reads: none may_close",
        ),
        (
            point('@opinion("may_close")', effect="forbid"),
            "says of counsel's opinion what nobody reads: may_close",
        ),
        (point('@opinion("may_open")'), "must name in @lifts what counsel's opinion lifts"),
        (point('@opinion("none")\n@lifts("snap")'), "must name in @lifts"),
        (point('@lifts("snap")'), "must name in @lifts"),
        (
            point('@lifts("snap")', effect="forbid"),
            "says of counsel's opinion what nobody reads: nothing",
        ),
        (
            point('@opinion("may_open")\n@lifts("snap")', authority="aa-unread"),
            "cites aa-unread, whose text nobody read",
        ),
        (
            point('@opinion("may_open")\n@lifts("snap")', authority="aa-about"),
            "rests first on aa-about, which is context",
        ),
        (
            point('@opinion("may_open")\n@lifts("snap")', authority="aa-half-read"),
            "of which only a part was read",
        ),
    ],
)
def test_a_flaw_in_what_an_opinion_may_do_is_found(
    text: str, said: str, packs: Path, damage: Damage
) -> None:
    damage(LAW, COMMENT, text)

    assert said in "\n".join(map(str, check_packs(packs).faults))


def test_an_opinion_that_would_lift_a_lock_of_the_house_is_found(
    packs: Path, damage: Damage
) -> None:
    path = packs / "us-aa" / "authorities.toml"
    closed, rest = path.read_text().split('id = "aa-closed"')
    path.write_text(closed + 'id = "aa-closed"' + rest.replace('"law"', '"agency_policy"', 1))
    damage(LAW, COMMENT, point('@opinion("may_open")\n@lifts("snap")'))

    said = "\n".join(map(str, check_packs(packs).faults))

    assert "lets counsel's opinion lift snap, which a rule of the agency's own bars" in said


@pytest.mark.parametrize("notes", ['@opinion("none")', '@opinion("may_close")'])
def test_what_is_said_of_an_opinion_is_no_flaw(notes: str, packs: Path, damage: Damage) -> None:
    damage(LAW, COMMENT, point(notes))

    report = check_packs(packs)

    assert "opinion" not in "\n".join(map(str, (*report.faults, *report.warnings)))


def test_silence_on_an_opinion_is_a_warning(packs: Path, damage: Damage) -> None:
    damage(LAW, COMMENT, point(""))

    report = check_packs(packs)

    assert "aa-new refers and does not say what counsel's opinion may do: nothing" in [
        warning.text for warning in report.warnings
    ]
