"""What a statement binds, in plain words, for whoever is about to sign it."""

from clerestory.acts import Statement, load_table
from clerestory.acts.table import MATTER
from clerestory.cli.desk.saying import said
from clerestory.cli.desk.written import Written
from clerestory.cli.terminal import tell, tell_folded, visible

_WORDS = {
    "to": "where it leads",
    "site": "the site whose matter it is",
    "intake": "the digest of the intake token under which it comes in",
    "paper": "the SHA-256 of the paper",
    "instead_of": "the SHA-256 of the paper that it takes the place of",
    "letter": "the SHA-256 of the letter",
    "index": "the SHA-256 of the index of what is withheld",
    "sender": "the hash of the key under which the package leaves",
    "beside": "the SHA-256 of the index that leaves with the letter",
    "evidence": "the SHA-256 of the evidence",
    "reason": "the reason",
    "stands_on": "the act on whose facts it stands",
    "fact": "the fact",
    "answer": "the answer",
    "by": "as whom it is established",
    "claim": "the digest of what the demand claims there",
    "demand": "the digest of the demand with what is established",
    "determination": "the digest of the determination",
    "cells": "the digest of its answers, field by field",
    "stages": "the digest of the way of each field through the stages of the law",
    "law": "the digest of the law",
    "packs": "the packs of law",
    "profile": "the agency's profile",
    "catalogue": "the digest of who supplied each field",
    "engine": "the engine of the law",
    "judged": "the digest of the facts that were judged",
    "recipient": "the SHA-256 of the recipient's key as they sent it",
    "recipient_name": "the recipient's key by its name",
    "package": "the digest of what leaves",
    "kept_back": "what the records keep back of it",
    "answered": "the seal or the refusal that it is about",
    "sent": "the SHA-256 of what leaves",
    "receipt_key": "the key with which the recipient signs for it",
    "receipt": "the digest of the receipt",
    "handed_over": "the hand-over that it is about",
    "opinion": "the digest of counsel's answers",
    "closes": "the last act of the matter",
    "decision": "the decision that it is about",
    "votes": "the two votes that it rests on",
    "lowered": "what is lowered, and to what",
    "dissent": "what the voter thinks otherwise",
    "jurisdiction": "the jurisdiction",
    "zone": "the time zone of its calendar",
    "made_up": "whether the office is made up",
    "log_vkey": "the public key of its log",
    "person": "the person or job whom it is about",
    "kind": "whether that is a person or a job",
    "roles": "the roles",
    "from": "the first day of the roles",
    "acts": "the only acts that a job may do",
    "trained_to": "the first day on which the training is good no more",
    "vkey": "the public key",
    "lost": "the hash of the key that is lost",
}
_ON_DAYS = frozenset({"join", "assign"})


def tell_statement(written: Written) -> None:
    """Print what a statement binds, and who signed it."""
    told = written.statement
    act = load_table().act.get(told.act)
    tell_folded(f"{said(told.act)}: {act.says if act else 'no act that this program knows'}")
    tell(f"  office: {told.office}")
    where = "the office itself" if told.is_on_office else f"the matter {told.matter}"
    tell(f"  in: {where}, as its act {told.position}, after {told.previous}")
    tell(f"  on: {told.on}")
    for name, text in told.facts.items():
        if text:
            tell_folded(f"  {_word(told, name)}: {_text(told, name, text)}")
    for who, key in written.named.items():
        done = "signed" if who in written.signatures else "not signed yet"
        tell(f"  {who} ({done}), with the key {key}")


def _word(told: Statement, name: str) -> str:
    if told.act in _ON_DAYS and name == "to":
        return "the day after the last of the roles"
    for part, whose in (("actor_", told.actor), ("second_", told.second)):
        if told.act == "found" and name.startswith(part):
            who = whose if isinstance(whose, str) else whose.actor if whose else "the second"
            return f"{_WORDS.get(name.removeprefix(part), name)} of {who}"
    return _WORDS.get(name, name.replace("_", " "))


def _text(told: Statement, name: str, text: str) -> str:
    if name == "to" and told.act not in _ON_DAYS:
        says = [s.says for s in load_table().states_of(MATTER) if s.name == text]
        return f"{said(text)}: {says[0]}" if says else visible(text)
    return text
