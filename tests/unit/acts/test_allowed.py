"""Who may do what, in which state: each rule by itself, with its code."""

import pytest

from clerestory.acts import (
    Actor,
    Denial,
    Done,
    Move,
    NotAllowed,
    Standing,
    allowed,
    load_table,
)
from clerestory.acts.allowed import check_allowed

TABLE = load_table()
CLERK = Actor(id="P-clerk", roles=frozenset({"clerk"}))
ANN = Actor(id="P-ann", roles=frozenset({"reviewer", "clerk", "custodian"}), trained=True)
ADMIN = Actor(id="P-admin", roles=frozenset({"administrator"}))
OFFICER = Actor(id="P-officer", roles=frozenset({"privacy_officer"}))
JOB = Actor(id="J-decides", roles=frozenset({"job"}), acts=frozenset({"decide"}))


def at(state: str, *, proved: bool = True, done: str = "", round: str = "") -> Standing:
    return Standing(
        state=state, proved=proved,
        done=frozenset({Done(done, ANN.id)} if done else ()),
        round=frozenset({Done(round, ANN.id)} if round else ()),
    )  # fmt: skip


def code(name: str, standing: Standing, actor: Actor, **more: object) -> str:
    answer = allowed(TABLE, name, standing=standing, actor=actor, **more)  # type: ignore[arg-type]
    return answer.code if isinstance(answer, Denial) else f"-> {answer.to}"


@pytest.mark.parametrize(
    ("name", "standing", "actor", "more", "answer"),
    [
        ("receive", at("absent"), CLERK, {}, "-> received"),
        ("receive", at("received"), CLERK, {}, "act-wrong-state"),
        ("receive", at("absent"), ADMIN, {}, "act-wrong-role"),
        ("receive", at("absent"), CLERK, {"second": ADMIN}, "act-two-people"),
        ("amend", at("voted"), CLERK, {}, "-> received"),
        ("amend", at("sealed"), CLERK, {}, "act-wrong-state"),
        ("decide", at("received"), ANN, {}, "act-which-way"),
        ("decide", at("received"), ANN, {"to": "referred"}, "-> referred"),
        ("decide", at("received"), JOB, {"to": "decided"}, "-> decided"),
        ("decide", at("received"), ANN, {"to": "voted"}, "act-wrong-state"),
        ("close", at("withdrawn"), JOB, {}, "act-wrong-role"),
        ("vote", at("decided"), ANN, {}, "-> one_vote"),
        ("vote", at("decided", done="receive"), ANN, {}, "act-separation"),
        ("vote", at("decided", done="amend"), ANN, {}, "act-separation"),
        ("vote", at("decided", done="recuse"), ANN, {}, "act-separation"),
        ("vote", at("decided", done="establish"), ANN, {}, "-> one_vote"),
        ("vote", at("decided", done="vote"), ANN, {}, "-> one_vote"),
        ("vote", at("one_vote", round="vote"), ANN, {"to": "voted"}, "act-twice"),
        ("vote", at("one_vote"), ANN, {"to": "voted"}, "-> voted"),
        ("establish", at("received"), CLERK, {}, "act-untrained"),
        ("hand_over", at("sealed", proved=False), ANN, {}, "act-not-proved"),
        ("hand_over", at("sealed"), ANN, {}, "-> handed_over"),
        ("close", at("closed"), ANN, {}, "act-wrong-state"),
        ("join", at("open"), ADMIN, {"second": OFFICER, "about": "P-new"}, "-> open"),
        ("join", at("open"), ADMIN, {"about": "P-new"}, "act-two-people"),
        ("join", at("open"), ADMIN, {"second": ADMIN, "about": "P-new"}, "act-two-people"),
        ("join", at("open"), ADMIN, {"second": ANN, "about": "P-new"}, "act-wrong-role"),
        ("join", at("unfounded"), ADMIN, {"second": OFFICER}, "act-wrong-state"),
        ("train", at("open"), ADMIN, {"second": OFFICER, "about": "P-admin"}, "act-about-self"),
        ("train", at("open"), ADMIN, {"second": OFFICER, "about": "P-officer"}, "act-about-self"),
        ("export", at("received"), ANN, {}, "act-unknown"),
    ],
)  # fmt: skip
def test_each_rule_answers_with_its_code(
    name: str, standing: Standing, actor: Actor, more: dict[str, object], answer: str
) -> None:
    assert code(name, standing, actor, **more) == answer


def test_a_denial_names_the_rule_and_a_next_step() -> None:
    with pytest.raises(NotAllowed, match="P-ann did receive in this matter") as fault:
        check_allowed(TABLE, "vote", standing=at("decided", done="receive"), actor=ANN)

    assert fault.value.code == "act-separation"
    assert fault.value.todo == "ask somebody who had no such part in it"


def test_what_resets_begins_a_round_and_belongs_to_none() -> None:
    standing = Standing(state="one_vote", proved=True, round=frozenset({Done("vote", "P-a")}))

    again = standing.after(Move(before="one_vote", to="decided", resets=True), Done("vote", "P-b"))
    on = standing.after(Move(before="one_vote", to="voted"), Done("vote", "P-b"))

    assert again == Standing(state="decided", done=frozenset({Done("vote", "P-b")}))
    assert on.round == {Done("vote", "P-a"), Done("vote", "P-b")}
    assert not on.proved


def test_only_the_door_draws_a_number_and_only_the_end_is_shown() -> None:
    leaves = {act.name: act.leaf for act in TABLE.acts}

    assert {name for name, leaf in leaves.items() if leaf == "demand.received"} == {"receive"}
    assert {name for name, leaf in leaves.items() if leaf == "demand.closed"} == {"close"}


def test_every_act_on_the_office_takes_two_people_but_the_one_that_only_lowers() -> None:
    acts = {act.name: act for act in TABLE.acts_of("office")}
    people = {"join", "assign", "train", "replace_key", "leave"}

    assert acts.keys() == people | {"found", "activate", "suspend", "resume"}
    assert {name for name, act in acts.items() if act.signers == 1} == {"suspend"}
    assert {name for name, act in acts.items() if act.not_about_self} == people
    assert {name: act.one_is for name, act in acts.items() if act.one_is} == {
        "activate": "counsel", "resume": "counsel",
    }  # fmt: skip
    assert acts["suspend"].roles == {"counsel"}


def test_one_of_two_who_let_a_law_answer_is_counsel() -> None:
    law, off, adm = (
        Actor(id=f"P-{role}", roles=frozenset({role}), trained=True)
        for role in ("counsel", "privacy_officer", "administrator")
    )
    for first, second, code in ((law, off, None), (off, law, None), (off, adm, "act-needs-role")):
        answer = allowed(
            TABLE, "activate", standing=Standing(state="open"), actor=first, second=second
        )
        assert getattr(answer, "code", None) == code


def test_administrators_and_readers_act_in_no_matter() -> None:
    acting = {role for act in TABLE.acts_of("matter") for role in act.roles}

    assert acting == {"clerk", "custodian", "reviewer", "counsel", "privacy_officer", "job"}
