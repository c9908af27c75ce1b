"""A made-up office on paper: its people with their keys, and signed acts one after the other.

Nothing is stored. Each act is signed over the one before it and paired with the entry that a log
would have of it, so that a test can bend any one of them.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from clerestory.acts.statement import (
    NOTHING_BEFORE,
    OFFICE_CHAIN,
    Second,
    Signed,
    Statement,
    key_hash,
    sign,
)
from clerestory.audit.chain import Logged
from clerestory.kernel.time import quarter_text
from clerestory.ledger import EventType, Leaf
from clerestory.notes import Ed25519Signer

ORIGIN = "office.agency.example/log"
DAY = date(2026, 12, 1)
LAPSES = "2027-12-01"


def digest(name: str) -> str:
    """The digest of something made up: the same in every run."""
    return hashlib.sha256(name.encode()).hexdigest()


def signer(name: str) -> Ed25519Signer:
    """The made-up key of a made-up person: the same in every run."""
    seed = hashlib.sha256(name.encode()).digest()
    return Ed25519Signer(name=f"office.agency.example/{name}", seed=seed)


@dataclass(kw_only=True)
class Paper:
    """The acts of one office so far."""

    on: date = DAY
    acts: list[Signed] = field(default_factory=list)
    keys: dict[str, Ed25519Signer] = field(default_factory=dict)

    def key(self, who: str) -> Ed25519Signer:
        return self.keys.get(who) or signer(who)

    def last(self, matter: str) -> Signed | None:
        return next((act for act in reversed(self.acts) if act.statement.matter == matter), None)

    def statement(
        self, act: str, matter: str, actor: str, facts: Mapping[str, str], second: str = ""
    ) -> Statement:
        before = self.last(matter)
        first = self.acts[0].digest if self.acts and matter != OFFICE_CHAIN else NOTHING_BEFORE
        return Statement(
            office=ORIGIN, act=act, matter=matter,
            position=before.statement.position + 1 if before else 1,
            previous=before.digest if before else first,
            actor=actor, key=key_hash(self.key(actor).verifier), on=self.on, facts=facts,
            second=Second(actor=second, key=key_hash(self.key(second).verifier))
            if second else None,
        )  # fmt: skip

    def sign(self, statement: Statement) -> Signed:
        second = [self.key(statement.second.actor)] if statement.second else []
        return sign(statement, self.key(statement.actor), *second)

    def do(self, act: str, matter: str, actor: str, second: str = "", **facts: str) -> Signed:
        signed = self.sign(self.statement(act, matter, actor, facts, second))
        self.acts.append(signed)
        return signed

    def office(self, act: str, **facts: str) -> Signed:
        return self.do(act, OFFICE_CHAIN, "P-adm", "P-off", **facts)

    def found(self) -> Signed:
        return self.office(
            "found", profile="maine-dhhs", made_up="yes",
            actor_roles="administrator", actor_vkey=self.key("P-adm").verifier.vkey,
            second_roles="privacy_officer", second_vkey=self.key("P-off").verifier.vkey,
            second_trained_to=LAPSES,
        )  # fmt: skip

    def join(self, who: str, roles: str, **facts: str) -> Signed:
        told = {
            "person": who, "kind": "person", "roles": roles, "trained_to": LAPSES,
            "vkey": self.key(who).verifier.vkey,
        }  # fmt: skip
        return self.office("join", **(told | facts))

    def vote(self, matter: str, who: str, to: str, *, decision: Signed) -> Signed:
        return self.do("vote", matter, who, to=to, answer="0" * 64, decision=decision.digest)

    def answer(
        self, act: str, matter: str, decision: Signed, *votes: Signed, left: str = "0" * 64
    ) -> Signed:
        to = {"seal": "sealed", "refuse": "refused"}[act]
        binds = {"seal": ("package", "recipient", "sender"), "refuse": ("letter", "index")}[act]
        return self.do(
            act, matter, "P-cus", to=to, decision=decision.digest, answer=left,
            votes=" ".join(vote.digest for vote in votes), **{name: digest(name) for name in binds},
        )  # fmt: skip

    def hand_over(self, matter: str, **other: str) -> Signed:
        answer = self.last(matter)
        assert answer is not None
        if answer.statement.act == "seal":
            leaves = {"sent": digest(matter), "beside": "", "recipient": digest("recipient")}
        else:
            leaves = {"sent": digest("letter"), "beside": digest("index"), "recipient": ""}
        told = {"to": "handed_over", "answered": answer.digest, "receipt_key": digest("key")}
        return self.do("hand_over", matter, "P-cus", **(told | leaves | other))

    def take_receipt(self, matter: str, **other: str) -> Signed:
        handed = self.last(matter)
        assert handed is not None
        told = {
            "to": "receipted", "handed_over": handed.digest, "receipt": digest("receipt"),
            "sent": handed.statement.facts.get("sent", ""), "receipt_key": digest("key"),
        }  # fmt: skip
        return self.do("take_receipt", matter, "P-clk", **(told | other))


def staffed() -> Paper:
    """An office with a clerk, a custodian, two reviewers, counsel and a job."""
    paper = Paper()
    paper.found()
    paper.join("P-clk", "clerk")
    paper.join("P-cus", "custodian")
    paper.join("P-ann", "reviewer clerk")
    paper.join("P-bob", "reviewer")
    paper.join("P-law", "counsel")
    paper.join("J-dec", "job", kind="job", acts="decide", trained_to="")
    return paper


def answered(paper: Paper, matter: str, *, act: str = "seal") -> None:
    """One demand from the door to the hand-over."""
    paper.do("receive", matter, "P-clk", to="received", paper="1" * 64)
    decision = paper.do("decide", matter, "P-cus", to="decided", determination="2" * 64)
    first = paper.vote(matter, "P-ann", "one_vote", decision=decision)
    second = paper.vote(matter, "P-bob", "voted", decision=decision)
    paper.answer(act, matter, decision, first, second)
    paper.hand_over(matter)


def entries(acts: list[Signed]) -> list[Logged]:
    """The log of these acts, as it would be."""
    log: list[Logged] = []
    number = 0
    for index, signed in enumerate(acts):
        receives = signed.statement.act == "receive"
        number += receives
        leaf = Leaf(
            type=EventType.DEMAND_RECEIVED if receives else EventType.MATTER_UPDATED,
            period=quarter_text(signed.statement.on), scope="maine-dhhs",
            serial=number if receives else None, commitment=bytes(32),
        )  # fmt: skip
        log.append(Logged(index=index, leaf=leaf, fields=signed.fields, signed=signed))
    return log


def bent(signed: Signed, paper: Paper, **changes: Any) -> Signed:
    """The act with something else in its statement, signed anew by the same people."""
    return paper.sign(replace(signed.statement, **changes))
