"""The walk along the log finds each thing that acts never leave, by its code, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from clerestory.acts import load_table
from clerestory.acts.statement import Signed, key_hash
from clerestory.audit.chain import ChainCheck, Logged
from clerestory.ledger import EventType
from signed_acts import DAY, ORIGIN, Paper, answered, bent, digest, entries, signer, staffed

TABLE = load_table()


def found(log: list[Logged], founding: str | None = None) -> list[str]:
    """The codes of all that is found, each with the place of its entry."""
    check = ChainCheck(TABLE, origin=ORIGIN, founding=founding)
    return [f"{each.index} {each.code}" for logged in log for each in check.take(logged)]


@pytest.fixture
def paper() -> Paper:
    """An office in which two demands were answered; its acts 0 to 6 let its people in."""
    made = staffed()
    answered(made, "ME-1")
    answered(made, "ME-2", act="refuse")
    return made


def test_acts_as_they_should_be_are_left_alone(paper: Paper) -> None:
    assert found(entries(paper.acts), founding=paper.acts[0].digest) == []


def test_what_is_found_says_where(paper: Paper) -> None:
    log = entries(paper.acts)
    log[9] = replace(log[9], fields=dict(log[9].fields) | {"answer": "9" * 64})
    check = ChainCheck(TABLE, origin=ORIGIN)

    [one] = [each for logged in log for each in check.take(logged)]

    assert (one.code, one.index, one.matter, one.position) == (
        "chain-entry-differs", 9, "ME-1", 3,
    )  # fmt: skip
    assert one.what == "an entry commits to its act: answer"
    unlogged = check.take_unlogged(paper.acts[9])
    assert (unlogged.code, unlogged.matter, unlogged.position) == ("chain-not-logged", "ME-1", 3)


def only_acts(change: Callable[[Paper], list[Signed]]) -> Callable[[Paper], list[Logged]]:
    return lambda paper: entries(change(paper))


def received_without_demand(paper: Paper) -> list[Logged]:
    log = entries(paper.acts)
    return [*log, replace(log[7], index=19, signed=None, leaf=replace(log[7].leaf, serial=3))]


def erased(paper: Paper) -> list[Logged]:
    return [replace(each, is_erased=True) for each in received_without_demand(paper)]


def entry_by_hand(paper: Paper) -> list[Logged]:
    log = entries(paper.acts)
    return [*log, replace(log[8], index=19, signed=None)]


def gap(paper: Paper) -> list[Logged]:
    log = entries(paper.acts)
    log[13] = replace(log[13], leaf=replace(log[13].leaf, serial=3))
    return log


def twice(paper: Paper) -> list[Logged]:
    log = entries(paper.acts)
    log[13] = replace(log[13], leaf=replace(log[13].leaf, serial=1))
    return log


def typed(paper: Paper) -> list[Logged]:
    log = entries(paper.acts)
    log[11] = replace(log[11], leaf=replace(log[11].leaf, type=EventType.ANSWER_SEALED))
    return log


def quarter(paper: Paper) -> list[Logged]:
    log = entries(paper.acts)
    log[11] = replace(log[11], leaf=replace(log[11].leaf, period="2027-Q1"))
    return log


def left_out(paper: Paper) -> list[Logged]:
    log = entries(paper.acts)
    fields = {name: text for name, text in log[11].fields.items() if name != "votes"}
    log[11] = replace(log[11], fields=fields)
    return log


def at_the_end(act: Callable[[Paper], object]) -> Callable[[Paper], list[Logged]]:
    def changed(paper: Paper) -> list[Logged]:
        act(paper)
        return entries(paper.acts)

    return changed


def begun(paper: Paper, *, by: str = "P-clk") -> Signed:
    paper.do("receive", "ME-3", by, to="received", paper="3" * 64)
    return paper.do("decide", "ME-3", "P-cus", to="decided", determination="4" * 64)


def undecided(paper: Paper) -> None:
    paper.do("receive", "ME-3", "P-clk", to="received", paper="3" * 64)
    paper.answer("refuse", "ME-3", paper.acts[0])


def unvoted(paper: Paper) -> None:
    decision = begun(paper)
    paper.answer("seal", "ME-3", decision, paper.vote("ME-3", "P-ann", "one_vote",
                                                      decision=decision))  # fmt: skip


def voted(paper: Paper, *who: str) -> None:
    decision = begun(paper)
    votes = [
        paper.vote("ME-3", each, to, decision=decision)
        for each, to in zip(who, ("one_vote", "voted"), strict=True)
    ]
    paper.answer("seal", "ME-3", decision, *votes)


def raised(paper: Paper) -> None:
    """What is sealed is not what the two let stand."""
    decision = begun(paper)
    votes = [paper.vote("ME-3", who, to, decision=decision)
             for who, to in (("P-ann", "one_vote"), ("P-bob", "voted"))]  # fmt: skip
    paper.answer("seal", "ME-3", decision, *votes, left="1" * 64)


def keyed_in(paper: Paper) -> None:
    decision = begun(paper, by="P-ann")
    paper.vote("ME-3", "P-ann", "one_vote", decision=decision)


def keyed_in_and_sealed(paper: Paper) -> None:
    decision = begun(paper, by="P-ann")
    votes = [
        paper.vote("ME-3", who, to, decision=decision)
        for who, to in (("P-ann", "one_vote"), ("P-bob", "voted"))
    ]
    paper.answer("seal", "ME-3", decision, *votes)


def amended_and_refused(paper: Paper) -> None:
    begun(paper)
    paper.do("amend", "ME-3", "P-clk", to="received", reason="5" * 64)
    paper.answer("refuse", "ME-3", paper.acts[0])


def unsealed(paper: Paper) -> None:
    decision = begun(paper)
    paper.vote("ME-3", "P-ann", "one_vote", decision=decision)
    paper.vote("ME-3", "P-bob", "voted", decision=decision)
    paper.hand_over("ME-3")


def lowered(paper: Paper, *, names: str) -> None:
    """Two lower differently; then both vote on what both keep."""
    decision = begun(paper)
    paper.vote("ME-3", "P-ann", "one_vote", decision=decision)
    lower = paper.vote("ME-3", "P-bob", "decided", decision=decision)
    stands = {"the lower": lower, "the first": decision}[names]
    votes = [
        paper.vote("ME-3", who, to, decision=stands)
        for who, to in (("P-ann", "one_vote"), ("P-bob", "voted"))
    ]
    paper.answer("seal", "ME-3", stands, *votes)


def sealed(paper: Paper, act: str = "seal") -> None:
    decision = begun(paper)
    votes = [
        paper.vote("ME-3", who, to, decision=decision)
        for who, to in (("P-ann", "one_vote"), ("P-bob", "voted"))
    ]
    paper.answer(act, "ME-3", decision, *votes)


def left_as(act: str, **other: str) -> Callable[[Paper], list[Logged]]:
    """Something else leaves than what was logged."""

    def attack(paper: Paper) -> None:
        sealed(paper, act)
        paper.hand_over("ME-3", **other)

    return at_the_end(attack)


def receipted(handed: dict[str, str], **other: str) -> Callable[[Paper], list[Logged]]:
    def attack(paper: Paper) -> None:
        sealed(paper)
        paper.hand_over("ME-3", **handed)
        paper.take_receipt("ME-3", **other)

    return at_the_end(attack)


def signed_for(paper: Paper) -> None:
    sealed(paper)
    paper.take_receipt("ME-3")


def taken_back(**other: str) -> Callable[[Paper], list[Logged]]:
    def attack(paper: Paper) -> None:
        sealed(paper)
        answer = paper.last("ME-3")
        assert answer is not None
        told = {"to": "received", "answered": answer.digest, "reason": "made up"} | other
        paper.do("take_back", "ME-3", "P-cus", **told)

    return at_the_end(attack)


def back_and_out(paper: Paper) -> None:
    taken_back()(paper)
    paper.do("hand_over", "ME-3", "P-cus", to="handed_over", sent="0" * 64)


def bound_to_nothing(paper: Paper) -> None:
    decision = begun(paper)
    votes = [
        paper.vote("ME-3", who, to, decision=decision)
        for who, to in (("P-ann", "one_vote"), ("P-bob", "voted"))
    ]
    paper.do(
        "seal", "ME-3", "P-cus", to="sealed", decision=decision.digest, answer="0" * 64,
        votes=" ".join(vote.digest for vote in votes), package="0" * 64, sender="0" * 63,
    )  # fmt: skip


def lets_themselves_in(paper: Paper) -> None:
    paper.do(
        "join", "office", "P-adm", "P-new", person="P-new", kind="person",
        roles="administrator", vkey=signer("P-new").verifier.vkey,
    )  # fmt: skip


def stale(paper: Paper) -> None:
    decision = begun(paper)
    paper.do("amend", "ME-3", "P-clk", to="received", reason="5" * 64)
    again = paper.do("decide", "ME-3", "P-cus", to="decided", determination="6" * 64)
    assert again != decision
    paper.vote("ME-3", "P-bob", "one_vote", decision=decision)


def elsewhere(paper: Paper) -> None:
    decision = begun(paper)
    first = paper.vote("ME-3", "P-ann", "one_vote", decision=decision)
    paper.vote("ME-3", "P-bob", "voted", decision=decision)
    paper.answer("seal", "ME-3", decision, first, first)


def lapsed(paper: Paper) -> None:
    paper.on = date(2027, 12, 1)
    decision = begun(paper)
    paper.vote("ME-3", "P-bob", "one_vote", decision=decision)


def stolen(paper: Paper) -> None:
    paper.keys["P-bob"] = signer("P-thief")
    paper.vote("ME-3", "P-bob", "one_vote", decision=begun(paper))


def lost(paper: Paper) -> None:
    old = paper.key("P-bob")
    paper.office("replace_key", person="P-bob", lost=key_hash(old.verifier),
                 vkey=signer("P-bob-again").verifier.vkey)  # fmt: skip
    paper.vote("ME-3", "P-bob", "one_vote", decision=begun(paper))


def left(paper: Paper) -> None:
    paper.office("leave", person="P-bob")
    paper.vote("ME-3", "P-bob", "one_vote", decision=begun(paper))


def backwards(paper: Paper) -> None:
    paper.on = DAY + timedelta(days=1)
    paper.do("receive", "ME-3", "P-clk", to="received", paper="3" * 64)
    paper.on = DAY
    paper.do("receive", "ME-4", "P-clk", to="received", paper="4" * 64)


def alone(paper: Paper) -> None:
    paper.do("join", "office", "P-adm", person="P-new", kind="person", roles="clerk",
             vkey=signer("P-new").verifier.vkey)  # fmt: skip


def by_law(*laws: str, **facts: str) -> Callable[[Paper], None]:
    """Activate each law in turn, then decide under what the facts say."""

    def done(paper: Paper) -> None:
        for law in laws:
            paper.do("activate", "office", "P-law", "P-off", law=law)
        paper.do("receive", "ME-3", "P-clk", to="received", paper="3" * 64)
        paper.do("decide", "ME-3", "P-cus", to="decided", determination="4" * 64, **facts)

    return done


def about_oneself(paper: Paper) -> None:
    paper.office("train", person="P-off", trained_to="2030-01-01")


def no_key(paper: Paper) -> None:
    paper.office("join", person="P-new", kind="person", roles="clerk", vkey="x")


def resigned(paper: Paper) -> list[Signed]:
    """Somebody writes an act anew with the same key; whoever came after named the old one."""
    acts = list(paper.acts)
    acts[7] = bent(acts[7], paper, facts={"to": "received", "paper": "9" * 64})
    return acts


def forged(paper: Paper) -> list[Signed]:
    """Somebody without the key changes the last act."""
    last = paper.acts[-1]
    statement = replace(last.statement, facts={**last.statement.facts, "whom": "other"})
    return [*paper.acts[:-1], Signed(statement=statement, signatures=last.signatures)]


def dropped(paper: Paper) -> list[Signed]:
    return [act for place, act in enumerate(paper.acts) if place != 10]


def unfounded(paper: Paper) -> list[Signed]:
    return paper.acts[7:8]


ATTACKS: dict[str, tuple[Callable[[Paper], list[Logged]], list[str]]] = {
    "a number without a demand": (received_without_demand, ["19 chain-number-unreceived"]),
    "one that was erased": (erased, []),
    "an entry without an act": (entry_by_hand, ["19 chain-entry-without-act"]),
    "a gap in the numbers": (gap, ["13 chain-number-gap"]),
    "a number twice": (twice, ["13 chain-number-gap"]),
    "an entry of another type": (typed, ["11 chain-entry-differs"]),
    "an entry of another quarter": (quarter, ["11 chain-quarter"]),
    "an entry that leaves the votes out": (left_out, ["11 chain-entry-differs"]),
    "an answer without a decision": (at_the_end(undecided), [
        "20 act-wrong-state", "20 chain-answer-undecided", "20 chain-answer-unvoted",
        "20 chain-answer-elsewhere",
    ]),
    "a seal with one vote": (at_the_end(unvoted), ["22 act-wrong-state",
                                                   "22 chain-answer-unvoted"]),
    "a seal with one person's two votes": (at_the_end(lambda p: voted(p, "P-bob", "P-bob")), [
        "22 act-twice", "23 chain-answer-unvoted", "23 chain-answer-elsewhere",
    ]),
    "a voter who keyed it in": (at_the_end(keyed_in), ["21 act-separation"]),
    "a vote by nobody": (at_the_end(lambda p: p.vote("ME-3", "nobody", "one_vote",
                                                    decision=begun(p))), [
        "21 chain-key", "21 act-wrong-role",
    ]),
    "a vote of a job": (at_the_end(lambda p: voted(p, "P-bob", "J-dec")), [
        "22 act-wrong-role",
    ]),
    "a vote by a clerk": (at_the_end(lambda p: voted(p, "P-bob", "P-law")), ["22 act-wrong-role"]),
    "a seal on the vote of who keyed it in": (at_the_end(keyed_in_and_sealed), [
        "21 act-separation", "23 chain-voter-keyed-in",
    ]),
    "an answer to what was amended since": (at_the_end(amended_and_refused), [
        "22 act-wrong-state", "22 chain-answer-undecided", "22 chain-answer-unvoted",
        "22 chain-answer-elsewhere",
    ]),
    "something that leaves unsealed": (at_the_end(unsealed), [
        "23 act-wrong-state", "23 chain-nothing-sealed",
    ]),
    "a seal of more than was voted for": (at_the_end(raised), ["23 chain-answer-elsewhere"]),
    "votes on the lower answer": (at_the_end(lambda p: lowered(p, names="the lower")), []),
    "votes on the answer before": (at_the_end(lambda p: lowered(p, names="the first")), [
        "23 chain-vote-elsewhere", "24 chain-vote-elsewhere", "25 chain-answer-elsewhere",
    ]),
    "a package with its receipt": (receipted({}), []),
    "a package of another seal": (left_as("seal", answered="0" * 64), ["24 chain-left-other"]),
    "a package to somebody else": (left_as("seal", recipient="0" * 64), ["24 chain-left-other"]),
    "a package with a letter beside it": (left_as("seal", beside="0" * 64), [
        "24 chain-left-other",
    ]),
    "another's package once more": (left_as("seal", sent=digest("ME-1")), ["24 chain-left-twice"]),
    "a package without a digest": (left_as("seal", sent="it"), ["24 chain-leaving-unbound"]),
    "another letter": (left_as("refuse", sent="0" * 64), ["24 chain-left-other"]),
    "another index": (left_as("refuse", beside="0" * 64), ["24 chain-left-other"]),
    "a seal of nothing": (at_the_end(bound_to_nothing), [
        "23 chain-leaving-unbound", "23 chain-leaving-unbound",
    ]),
    "a receipt by a stranger": (receipted({}, receipt_key="0" * 64), ["25 chain-receipt-key"]),
    "a receipt where no key was bound": (receipted({"receipt_key": ""}), ["25 chain-receipt-key"]),
    "a receipt without a key at all": (receipted({"receipt_key": ""}, receipt_key=""), [
        "25 chain-leaving-unbound", "25 chain-receipt-key",
    ]),
    "what was taken back leaves": (at_the_end(back_and_out), [
        "25 act-wrong-state", "25 chain-nothing-sealed", "25 chain-answer-undecided",
        "25 chain-answer-unvoted",
    ]),
    "a receipt of another package": (receipted({}, sent="0" * 64), ["25 chain-receipt-other"]),
    "a receipt of another hand-over": (receipted({}, handed_over="0" * 64), [
        "25 chain-receipt-other",
    ]),
    "a receipt of what never left": (at_the_end(signed_for), [
        "24 act-wrong-state", "24 chain-receipt-other",
    ]),
    "an answer that is taken back": (taken_back(), []),
    "another answer that is taken back": (taken_back(answered="0" * 64), ["24 chain-left-other"]),
    "somebody who lets themselves in": (at_the_end(lets_themselves_in), [
        "19 chain-key", "19 act-wrong-role",
    ]),
    "a vote on what was decided before": (at_the_end(stale), ["23 chain-vote-elsewhere"]),
    "a seal on one vote named twice": (at_the_end(elsewhere), ["23 chain-answer-elsewhere"]),
    "training that lapsed": (at_the_end(lapsed), ["21 act-untrained"]),
    "a key of somebody else": (at_the_end(stolen), ["21 chain-key"]),
    "a key that was lost": (at_the_end(lost), ["22 chain-key"]),
    "somebody who left": (at_the_end(left), ["22 chain-key", "22 act-wrong-role"]),
    "a day that runs backwards": (at_the_end(backwards), ["20 chain-backwards"]),
    "somebody let in by one": (at_the_end(alone), ["19 act-two-people"]),
    "a decision under the law that was activated": (at_the_end(by_law("a", law="a")), []),
    "a decision under another law": (at_the_end(by_law("a", law="b")), [
        "21 chain-law-not-in-force",
    ]),
    "a decision under the law before": (at_the_end(by_law("a", "b", law="a")), [
        "22 chain-law-not-in-force",
    ]),
    "a decision that names no law": (at_the_end(by_law("a")), ["21 chain-law-not-in-force"]),
    "training signed by the trained": (at_the_end(about_oneself), ["19 act-about-self"]),
    "somebody let in without a key": (at_the_end(no_key), ["19 chain-people"]),
    "an act written anew": (only_acts(resigned), ["8 chain-link"]),
    "an act changed without its key": (only_acts(forged), ["18 chain-signature"]),
    "an act taken away": (only_acts(dropped), [
        "10 chain-link", "10 act-wrong-state", "10 chain-answer-unvoted",
        "10 chain-answer-elsewhere", "11 chain-answer-unvoted",
    ]),
    "an act before the founding": (only_acts(unfounded), [
        "0 chain-not-founded", "0 chain-link", "0 chain-key", "0 act-wrong-role",
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_each_attack_is_found_and_nothing_beside_it(name: str, paper: Paper) -> None:
    attack, codes = ATTACKS[name]

    assert found(attack(paper)) == codes


def test_another_founding_than_the_one_given_out_is_found(paper: Paper) -> None:
    assert found(entries(paper.acts), founding="f" * 64) == ["0 chain-other-office"]


def test_a_statement_of_another_office_is_found(paper: Paper) -> None:
    acts = [*paper.acts, paper.sign(replace(
        paper.statement("receive", "ME-3", "P-clk", {"to": "received"}), office="other.example"
    ))]  # fmt: skip

    assert found(entries(acts)) == ["19 chain-other-office"]


def test_a_table_that_was_edited_hides_no_answer_without_votes(paper: Paper) -> None:
    unvoted(paper)
    seal = TABLE.act["seal"]
    moves = (*seal.moves, replace(seal.moves[0], before="one_vote"))
    acts = tuple(replace(each, moves=moves) if each.name == "seal" else each for each in TABLE.acts)
    check = ChainCheck(replace(TABLE, acts=acts), origin=ORIGIN)

    codes = [each.code for logged in entries(paper.acts) for each in check.take(logged)]

    assert codes == ["chain-answer-unvoted"]


def test_the_staff_is_read_off_the_log(paper: Paper) -> None:
    check = ChainCheck(TABLE, origin=ORIGIN)
    for logged in entries(paper.acts):
        check.take(logged)

    assert check.staff.actor("P-bob", on=DAY).roles == {"reviewer"}


def test_the_log_knows_the_type_of_every_acts_entry() -> None:
    types = {EventType(act.leaf) for act in TABLE.acts}

    assert types == {EventType.DEMAND_RECEIVED, EventType.MATTER_UPDATED, EventType.DEMAND_CLOSED}
    assert not any(kind.is_public for kind in types)
    assert {kind for kind in types if kind.is_numbered} == {EventType.DEMAND_RECEIVED}
    assert len({kind.entry_bytes for kind in types}) == 1
