"""Whether what is kept with an act is what the act binds, for whoever audits an office."""

import json
from base64 import b64decode
from typing import Any

from clerestory.acts import Statement
from clerestory.disclosure import key_digest, read_receipt_key
from clerestory.kernel import Refusal
from clerestory.kernel.canonical import digest_of
from clerestory.office.papers import paper_digest

LETTERS = ("letter", "index")
"""What a refusal binds and keeps: the letter, and what is withheld, line by line."""

_PARTS = ("demand", "determination", "cells", "stages")
"""What a decision binds and keeps, each by its own digest."""

_PAPERS = {
    "receive": ("paper",), "amend": ("paper",), "withdraw": ("paper",),
    "establish": ("evidence", "answer"), "opine": ("opinion",), "seal": ("recipient",),
}  # fmt: skip
"""By which fact an act binds a paper that is kept with it; of a look it is what it came to."""


def keeps_paper(told: Statement) -> bool:
    """Whether something is kept with an act, beside what a decision keeps."""
    if told.act == "hand_over":
        return bool(told.facts.get("receipt_key"))
    return told.act in _PAPERS or told.act in {"refuse", "take_receipt"}


def is_as_bound(told: Statement, content: bytes) -> bool:
    """Whether it is what the act binds."""
    try:
        if told.act == "refuse":
            kept = letters_from(content)
            bound = {name: told.facts.get(name) for name in LETTERS}
            return {name: paper_digest(one) for name, one in kept.items()} == bound
        if told.act == "take_receipt":
            told_of = json.loads(content)
            receipt, signature = b64decode(told_of["receipt"]), b64decode(told_of["signature"])
            return paper_digest(receipt + b"\0" + signature) == told.facts.get("receipt")
        if told.act == "hand_over":
            return key_digest(read_receipt_key(content)) == told.facts.get("receipt_key")
    except (ValueError, KeyError, TypeError, AttributeError, Refusal):
        return False
    return paper_digest(content) in {told.facts.get(name) for name in _PAPERS[told.act]}


def decision_from(told: Statement, content: bytes) -> dict[str, Any] | None:
    """Return the parts of a decision where all are kept as it binds them, or else nothing."""
    try:
        parts = json.loads(content)
        bound = {name: told.facts.get(name) for name in _PARTS}
        kept = {name: digest_of(part) for name, part in parts.items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    return parts if kept == bound else None


def letters_from(content: bytes) -> dict[str, bytes]:
    """Return the letters of a refusal from what is kept with it."""
    return {name: b64decode(one, validate=True) for name, one in json.loads(content).items()}
