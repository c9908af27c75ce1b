"""An office answers by the law that was activated in it by act, and by no other files.

All demands, people and records are made up.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clerestory.acts import NotAllowed, Second, Signed, Statement, key_hash, sign
from clerestory.kernel import Refusal
from clerestory.policy.decide.engine import ENGINE
from made_up_acts import MadeUp
from made_up_office import own_record
from signed_acts import signer

ASKS = own_record("M-1", received="2026-12-01", program="mainecare", fields=["address"])
VERIFIED = "identity_of_subject_verified"
REVIEW = date(2027, 6, 1)
sqlite = pytest.mark.parametrize("peopled", ["sqlite"], indirect=True)


def last_led_to(made: MadeUp, matter: str) -> str:
    """Where the last act of a matter led, as it was signed."""
    return made.office.signed(made.office.rows(matter)[-1]).statement.facts["to"]  # type: ignore[no-any-return]


def second(who: str) -> Second:
    return Second(actor=who, key=key_hash(signer(who).verifier))


def signed(told: Statement) -> Signed:
    others = [told.second.actor] if told.second else []
    return sign(told, *(signer(who) for who in (told.actor, *others)))


def activate(made: MadeUp, *who: str, review_by: date = REVIEW) -> Any:
    from clerestory.office.standing_law import activate, draft_activation

    first, other = who or ("P-law", "P-off")
    told = draft_activation(
        made.office, review_by=review_by, actor=first, key=key_hash(signer(first).verifier),
        second=second(other),
    )  # fmt: skip
    return activate(made.office, signed(told))


def suspend(
    made: MadeUp, act: str, authority: str, *who: str, reason: str = "a made-up order"
) -> Any:
    from clerestory.office.standing_law import draft_suspension, suspend

    first, *others = who or ("P-law",)
    told = draft_suspension(
        made.office, act, authority=authority, reason=reason, actor=first,
        key=key_hash(signer(first).verifier), second=second(others[0]) if others else None,
    )  # fmt: skip
    return suspend(made.office, signed(told))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the law and the profiles, which the office reads from now on."""
    from clerestory.office import asked, standing_law

    for name in ("packs", "profiles"):
        shutil.copytree(name, tmp_path / name)
    for module in (asked, standing_law):
        monkeypatch.setattr(module, "installed_data", lambda: tmp_path)
    return tmp_path


def number_as_address(home: Path) -> None:
    path = home / "profiles/maine-dhhs/catalogue.toml"
    text = path.read_text("utf-8")
    assert 'column = "people.address"' in text
    path.write_text(text.replace('column = "people.address"', 'column = "people.ssn"'), "utf-8")


def other_letter(home: Path) -> None:
    path = sorted((home / "profiles/maine-dhhs/letters").rglob("*.toml"))[0]
    path.write_text(path.read_text("utf-8") + "\n# a word\n", "utf-8")


def other_policy(home: Path) -> None:
    path = home / "packs/us-federal/2-house.cedar"
    path.write_text(path.read_text("utf-8") + "\n// a word\n", "utf-8")


def no_promises(home: Path) -> None:
    (home / "packs/us-me/promises.toml").write_text("", "utf-8")


def no_gate(home: Path) -> None:
    (home / "packs/active.json").write_text("{}", "utf-8")


def other_gate(home: Path) -> None:
    path = home / "packs/active.json"
    text = path.read_text("utf-8")
    assert '"proved"' in text
    path.write_text(text.replace('"proved"', '"promised": 1, "proved"'), "utf-8")


@sqlite
@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (number_as_address, "law-not-activated"),
        (other_letter, "law-not-activated"),
        (other_policy, "law-not-proved"),
        (no_promises, "law-not-proved"),
        (no_gate, "law-not-proved"),
    ],
)
def test_a_file_of_law_or_profile_that_was_edited_stops_the_office(
    peopled: MadeUp, home: Path, edit: Callable[[Path], None], code: str
) -> None:
    matter = str(peopled.receive(paper=ASKS.encode()).matter)
    peopled.establish(matter, f"findings.{VERIFIED}")
    peopled.persons(matter)
    edit(home)

    for act in (peopled.decide, peopled.persons):
        with pytest.raises(Refusal) as fault:
            act(matter)
        assert fault.value.code == code


def test_a_later_law_is_activated_by_counsel_and_another(peopled: MadeUp, home: Path) -> None:
    matter = str(peopled.receive(paper=ASKS.encode()).matter)
    peopled.establish(matter, f"findings.{VERIFIED}")
    peopled.persons(matter)
    other_letter(home)
    with pytest.raises(Refusal, match="profile_files differs"):
        peopled.decide(matter)

    acted = activate(peopled)

    fields = peopled.opened(acted)
    assert (fields["engine"], fields["review_by"]) == (ENGINE, "2027-06-01")
    assert {len(fields[name]) for name in ("law", "profile_files", "gate")} == {64}
    peopled.decide(matter)
    assert peopled.audit() == []
    peopled.clock.on(days=181)
    peopled.establish(matter, f"findings.{VERIFIED}", evidence=b"made up, on the last day")
    peopled.clock.on(days=1)
    with pytest.raises(Refusal) as fault:
        peopled.decide(matter)
    assert fault.value.code == "law-review-lapsed"
    activate(peopled, review_by=date(2028, 1, 1))
    peopled.establish(matter, f"findings.{VERIFIED}", evidence=b"made up, then")
    peopled.decide(matter)


@sqlite
def test_nobody_else_activates_and_no_other_law(peopled: MadeUp, home: Path) -> None:
    from clerestory.office.standing_law import activate as act
    from clerestory.office.standing_law import draft_activation

    for who, code in (
        (("P-off", "P-adm"), "act-needs-role"),
        (("P-law", "P-cus"), "act-wrong-role"),
        (("P-law", "P-law"), "act-two-people"),
    ):
        with pytest.raises((NotAllowed, Refusal)) as denied:
            activate(peopled, *who)
        assert denied.value.code == code
    with pytest.raises(Refusal) as fault:
        activate(peopled, review_by=date(2026, 12, 1))
    assert fault.value.code == "activate-review"
    told = draft_activation(
        peopled.office, review_by=REVIEW, actor="P-law", key=key_hash(signer("P-law").verifier),
        second=second("P-off"),
    )  # fmt: skip
    for name in ("law", "profile_files", "engine", "gate", "review_by", "more"):
        bent = replace(told, facts={**told.facts, name: "2030-01-01"})
        if name == "review_by":
            continue
        with pytest.raises(Refusal, match=f"its {name} differs"):
            act(peopled.office, signed(bent))
    other_gate(home)
    with pytest.raises(Refusal, match="its gate differs"):
        act(peopled.office, signed(told))


@sqlite
def test_a_suspended_authority_opens_nothing_from_its_day_on_until_two_resume_it(
    peopled: MadeUp,
) -> None:
    from clerestory.office.papers import read_paper

    matter = str(peopled.receive(paper=ASKS.encode()).matter)
    peopled.establish(matter, f"findings.{VERIFIED}")
    peopled.persons(matter)
    peopled.decide(matter)
    opened = last_led_to(peopled, matter)
    told = read_paper(peopled.office, matter, 4).decode()
    authority = told.split('"authorities":["')[1].split('"')[0]
    assert opened == "decided"

    for act, name, who, reason, code in (
        ("suspend", "no-such", ["P-law"], "made up", "suspension-unknown-authority"),
        ("suspend", authority, ["P-law"], " ", "suspend-no-reason"),
        ("resume", authority, ["P-law", "P-off"], "made up", "suspend-stands"),
        ("suspend", authority, ["P-off"], "made up", "act-wrong-role"),
    ):
        with pytest.raises(Refusal) as fault:
            suspend(peopled, act, name, *who, reason=reason)
        assert fault.value.code == code
    acted = suspend(peopled, "suspend", authority)
    assert peopled.opened(acted)["authority"] == authority
    with pytest.raises(Refusal) as fault:
        suspend(peopled, "suspend", authority)
    assert fault.value.code == "suspend-stands"

    peopled.establish(matter, f"findings.{VERIFIED}", evidence=b"made up, once more")
    peopled.decide(matter)
    assert last_led_to(peopled, matter) == "referred"
    with pytest.raises(Refusal) as fault:
        suspend(peopled, "resume", authority)
    assert fault.value.code == "act-two-people"
    suspend(peopled, "resume", authority, "P-off", "P-law")
    peopled.establish(matter, f"findings.{VERIFIED}", evidence=b"made up, and again")
    peopled.decide(matter)
    assert last_led_to(peopled, matter) == "decided"
    assert peopled.audit() == []


@sqlite
def test_the_command_line_says_which_law_answers_and_what_is_suspended(
    peopled: MadeUp, capsys: pytest.CaptureFixture[str]
) -> None:
    from clerestory.cli.desk.saying import tell_done

    told = [activate(peopled), suspend(peopled, "suspend", "snap-7usc2020e8-E")]
    for acted in told:
        row = peopled.office.rows("office")[acted.position - 1]
        tell_done(peopled.office, acted, peopled.office.signed(row).statement)

    said = " ".join(capsys.readouterr().out.split())
    assert "reviewed by 2027-06-01" in said
    assert "suspended since 2026-12-01: snap-7usc2020e8-E" in said
    assert "clerestory office resume" in said
