"""People come, act and go by signed acts; each act that cannot be is refused by name."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clerestory.acts import BadStatement, load_table
from clerestory.acts.staff import BadPeople, Staff
from clerestory.acts.statement import key_hash
from clerestory.kernel import ClerestoryError, Refusal
from signed_acts import DAY, LAPSES, Paper, signer, staffed

TABLE = load_table()


def people(paper: Paper) -> Staff:
    staff = Staff(table=TABLE)
    for signed in paper.acts:
        staff = staff.after(signed.statement)
    return staff


def test_the_founders_and_those_they_let_in_have_their_roles_and_keys() -> None:
    staff = people(staffed())

    assert list(staff.members) == [
        "P-adm", "P-off", "P-clk", "P-cus", "P-ann", "P-bob", "P-law", "J-dec",
    ]  # fmt: skip
    ann, job, adm = (staff.actor(name, on=DAY) for name in ("P-ann", "J-dec", "P-adm"))
    assert (ann.roles, job.roles, adm.roles) == (
        frozenset({"reviewer", "clerk"}),
        frozenset({"job"}),
        frozenset({"administrator"}),
    )
    assert (ann.trained, job.trained, adm.trained) == (True, False, False)
    assert (ann.acts, job.acts, adm.acts) == (None, frozenset({"decide"}), None)
    assert staff.actor("P-nobody", on=DAY).roles == frozenset()
    assert staff.verifier("P-ann", key_hash(signer("P-ann").verifier)) == signer("P-ann").verifier


def test_training_is_good_until_the_day_on_which_it_lapses() -> None:
    staff, lapses = people(staffed()), date.fromisoformat(LAPSES)

    assert staff.actor("P-ann", on=lapses - timedelta(days=1)).trained
    assert not staff.actor("P-ann", on=lapses).trained


def test_roles_hold_on_their_days_and_at_their_site() -> None:
    paper = staffed()
    paper.join("P-dep", "reviewer", **{"from": "2026-12-05", "to": "2026-12-08", "site": "bangor"})
    staff = people(paper)

    def roles(day: int, site: str) -> set[str]:
        return set(staff.actor("P-dep", on=date(2026, 12, day), site=site).roles)

    assert [roles(day, "bangor") for day in (4, 5, 7, 8)] == [
        set(), {"reviewer"}, {"reviewer"}, set(),
    ]  # fmt: skip
    assert roles(5, "portland") == roles(5, "") == set()
    assert staff.actor("P-ann", on=DAY, site="bangor").roles == {"reviewer", "clerk"}


def test_a_lost_key_signs_nothing_once_another_took_its_place() -> None:
    paper, new = staffed(), signer("P-ann-again")
    old = key_hash(signer("P-ann").verifier)
    paper.office("replace_key", person="P-ann", lost=old, vkey=new.verifier.vkey)
    staff = people(paper)

    assert staff.verifier("P-ann", key_hash(new.verifier)) == new.verifier
    with pytest.raises(Refusal) as fault:
        staff.verifier("P-ann", old)
    assert fault.value.code == "act-key"


def test_who_left_has_no_role_and_no_key_and_never_comes_back_under_the_id() -> None:
    paper = staffed()
    paper.office("leave", person="P-ann")
    staff = people(paper)

    assert staff.actor("P-ann", on=DAY).roles == frozenset()
    with pytest.raises(Refusal):
        staff.verifier("P-ann", key_hash(signer("P-ann").verifier))
    paper.keys["P-ann"] = signer("P-ann-again")
    with pytest.raises(BadPeople, match="an id is one person's"):
        staff.after(paper.join("P-ann", "reviewer").statement)


def test_other_roles_take_the_place_of_those_before() -> None:
    paper = staffed()
    paper.office("assign", person="P-ann", roles="custodian")

    assert people(paper).actor("P-ann", on=DAY).roles == {"custodian"}


NEW = signer("P-new").verifier.vkey
OLD = key_hash(signer("P-ann").verifier)


@pytest.mark.parametrize(
    ("act", "facts", "told"),
    [
        ("join", {"person": "P-ann", "vkey": NEW}, "an id is one person's"),
        ("join", {"person": "../x", "vkey": NEW}, "whoever joins has an id"),
        ("join", {"person": "", "vkey": NEW}, "join says its person"),
        ("join", {"vkey": signer("P-ann").verifier.vkey}, "a key is one person's"),
        ("join", {"vkey": "x"}, "a signing key is an ed25519 key"),
        ("join", {"vkey": ""}, "join says its vkey"),
        ("join", {"roles": "king"}, "whoever joins has roles that there are"),
        ("join", {"roles": ""}, "join says its roles"),
        ("join", {"kind": "cat"}, "is a person or a job"),
        ("join", {"roles": "job"}, "a job has the role job and no other, and no person has it"),
        ("join", {"kind": "job", "acts": "decide"}, "a job has the role job and no other"),
        ("join", {"kind": "job", "roles": "job reviewer", "acts": "decide"}, "and no other"),
        ("join", {"kind": "job", "roles": "job", "acts": ""}, "a closed list of acts"),
        ("join", {"kind": "job", "roles": "job", "acts": "decide vote"}, "a closed list of acts"),
        ("join", {"from": "2026-11-30"}, "a role is not given for days that are over"),
        ("join", {"from": "2026-12-05", "to": "2026-12-05"}, "a role ends after it begins"),
        ("join", {"from": "soon"}, "from is a day of the calendar"),
        ("join", {"trained_to": "soon"}, "trained_to is a day of the calendar"),
        ("assign", {"person": "P-gone", "roles": "clerk"}, "somebody who is in the office"),
        ("assign", {"person": "P-ann", "roles": "job"}, "no person has it"),
        ("assign", {"person": "J-dec", "roles": "reviewer"}, "a job has the role job"),
        ("assign", {"person": "P-ann", "roles": "clerk", "from": "2026-11-30"}, "that are over"),
        ("train", {"person": "P-ann", "trained_to": "2026-12-01"}, "a day that is still to come"),
        ("train", {"person": "P-ann"}, "a day that is still to come"),
        ("replace_key", {"person": "P-ann", "lost": "0" * 64, "vkey": NEW}, "has now"),
        ("replace_key", {"person": "P-ann", "lost": OLD,
                         "vkey": signer("P-bob").verifier.vkey}, "a key is one person's"),
        ("replace_key", {"person": "P-ann", "lost": OLD,
                         "vkey": signer("P-ann").verifier.vkey}, "a key is one person's"),
        ("leave", {"person": "P-gone"}, "somebody who is in the office"),
        ("found", {"actor_roles": "clerk"}, "an office is founded once"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(act: str, facts: dict[str, str], told: str) -> None:
    paper = staffed()
    staff = people(paper)
    joins = {"person": "P-new", "kind": "person", "roles": "clerk", "vkey": NEW}

    with pytest.raises(BadPeople) as fault:
        staff.after(paper.office(act, **(joins | facts if act == "join" else facts)).statement)

    assert told in str(fault.value)
    assert fault.value.code == "office-people"


@pytest.mark.parametrize(
    ("act", "facts"),
    [
        ("leave", {"person": "P-off"}),
        ("assign", {"person": "P-adm", "roles": "clerk"}),
        ("assign", {"person": "P-adm", "roles": "administrator", "to": "2027-01-01"}),
        ("assign", {"person": "P-adm", "roles": "administrator", "site": "bangor"}),
    ],
)
def test_two_who_can_sign_for_the_office_stay(act: str, facts: dict[str, str]) -> None:
    paper = Paper()
    paper.found()
    staff = people(paper)

    with pytest.raises(BadPeople) as fault:
        staff.after(paper.office(act, **facts).statement)

    assert fault.value.code == "office-last-two"
    # With a third who can sign, the same is done.
    assert staff.after(paper.join("P-law", "counsel").statement).after(
        paper.office(act, **facts).statement
    )


def test_one_person_founds_no_office() -> None:
    paper = Paper()
    alone = paper.do("found", "office", "P-adm", actor_roles="administrator")
    twice = paper.statement("found", "office", "P-adm", {}, "P-adm")

    for statement in (alone.statement, twice):
        with pytest.raises(BadPeople, match="founded by two people"):
            Staff(table=TABLE).after(statement)


def test_founders_who_cannot_sign_for_the_office_found_none() -> None:
    paper = Paper()
    facts = dict(paper.found().statement.facts) | {"actor_roles": "clerk"}

    with pytest.raises(BadPeople) as fault:
        Staff(table=TABLE).after(paper.statement("found", "office", "P-adm", facts, "P-off"))

    assert fault.value.code == "office-last-two"


def test_an_act_of_whatever_time_was_signed_with_a_key_of_who_did_it() -> None:
    paper = staffed()
    early = paper.do("receive", "ME-1", "P-ann", to="received")
    paper.office("replace_key", person="P-ann", lost=OLD, vkey=NEW)
    paper.keys["P-ann"] = signer("P-new")
    late = paper.do("receive", "ME-2", "P-ann", to="received")
    staff = people(paper)

    for signed in (*paper.acts, early, late):
        staff.check_signed(signed)
    paper.keys["P-ann"] = signer("P-bob")
    wrong = [
        paper.do("receive", "ME-3", "P-ann", to="received"),
        paper.do("receive", "ME-3", "P-nobody", to="received"),
        replace(late, signatures=early.signatures),
        paper.do("leave", "office", "P-adm", "P-nobody", person="P-bob"),
    ]
    for signed in wrong:
        with pytest.raises(BadStatement):
            staff.check_signed(signed)


def test_people_are_let_in_by_two_who_signed_and_may() -> None:
    paper = staffed()
    staff = Staff(table=TABLE)
    for signed in paper.acts:
        staff = staff.after_signed(signed)
    assert staff.members == people(paper).members

    facts = {"person": "P-ann", "trained_to": "2030-01-01"}
    good = paper.office("train", **facts)
    wrong = {
        "act-wrong-role": paper.do("train", "office", "P-adm", "P-clk", **facts),
        "act-about-self": paper.office("train", **(facts | {"person": "P-off"})),
        "act-two-people": paper.do("train", "office", "P-adm", **facts),
        "act-key": paper.do("train", "office", "P-adm", "P-nobody", **facts),
        "act-statement": replace(good, signatures=good.signatures[::-1]),
        "act-unknown": paper.office("crown", **facts),
    }
    for code, signed in wrong.items():
        with pytest.raises(ClerestoryError) as fault:
            staff.after_signed(signed)
        assert fault.value.code == code
    joins = paper.do("join", "office", "P-adm", "P-new", person="P-new", kind="person",
                     roles="counsel", vkey=NEW)  # fmt: skip
    with pytest.raises(Refusal) as refused:
        staff.after_signed(joins)
    assert refused.value.code == "act-key"
