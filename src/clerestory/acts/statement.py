"""What somebody signs when they act, and how one act holds on to the one before it.

A statement is one JSON object in canonical form::

    {"act":"vote","actor":"P-2","facts":{"answer":"...","decision":"..."},"key":"...",
     "matter":"ME-2026-0041","office":"dhhs.maine.example/log","on":"2026-12-01","position":5,
     "previous":"...","v":1}

Each person signs ``"clerestory/statement/v1" || 0x00 || statement`` with their own Ed25519 key. An
act's digest is::

    SHA-256("clerestory/act/v1" || 0x00 || statement || signature of the actor [|| of the second])

``previous`` is the digest of the act before it in the same matter, for the first that of the
founding of the office, and for the founding itself 64 zeros. ``key`` is the SHA-256 of the
actor's public key. An act of two people names the other under ``second``, with their key.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from clerestory.acts.errors import BadStatement
from clerestory.kernel import Refusal, canonical_bytes
from clerestory.kernel.ids import wrong_in_id
from clerestory.kernel.time import BadTime, parse_day
from clerestory.notes import BadKey, Signer, Unsigned, Verifier

VERSION = 1
NOTHING_BEFORE = "0" * 64
OFFICE_CHAIN = "office"
"""Where a matter's id stands for acts on the office itself; no matter may be called so."""

_STATEMENT_TAG = b"clerestory/statement/v1\x00"
_ACT_TAG = b"clerestory/act/v1\x00"
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_KEYS = frozenset(
    {"v", "office", "act", "matter", "position", "previous", "actor", "key", "on", "facts"}
)
MAX_STATEMENT_BYTES = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """Who else signs an act of two people."""

    actor: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One act as it is signed.

    Attributes:
        office: The origin of the office's log.
        act: What is done.
        matter: The matter's id, or ``OFFICE_CHAIN``.
        position: Its place among the acts of the matter, from 1.
        previous: The digest of the act before it.
        actor: Who acts, as an id of the office.
        key: The SHA-256 of the actor's public key, as 64 hexadecimal digits.
        on: The office's local day.
        facts: What the act binds: names, and texts or digests. Never a person's name.
        second: Who else signs.

    Raises:
        Refusal: A part is not written as it must be.
    """

    office: str
    act: str
    matter: str
    position: int
    previous: str
    actor: str
    key: str
    on: date
    facts: Mapping[str, str] = field(repr=False)
    second: Second | None = None

    def __post_init__(self) -> None:
        for name, text in (("matter", self.matter), ("actor", self.actor)):
            if wrong := wrong_in_id(text):
                raise _bad(f"{name}: {wrong}")
        if not self.office or not _NAME.fullmatch(self.act):
            raise _bad("it names its office and its act")
        if self.position < 1:
            raise _bad("positions count from 1")
        digests = [self.previous, self.key, *([self.second.key] if self.second else [])]
        if not all(_DIGEST.fullmatch(digest) for digest in digests):
            raise _bad("a digest has 64 hexadecimal digits")
        if self.second is not None and wrong_in_id(self.second.actor):
            raise _bad("whoever else signs has an id")
        if taken := sorted(self.facts.keys() & _OWN_FIELDS):
            raise _bad(f"a fact may not be called {taken[0]}")
        if not all(_NAME.fullmatch(name) for name in self.facts):
            raise _bad("a fact's name is 1 to 64 small letters, digits and low lines")
        if PACKAGE in self.facts and self.act != "seal":
            # The entry of an act that is no seal would pass for that of a package.
            raise _bad(f"a seal alone binds a fact called {PACKAGE}")
        if len(self.content) > MAX_STATEMENT_BYTES:
            raise _bad(f"it has at most {MAX_STATEMENT_BYTES} bytes; bind a digest of what is long")

    @property
    def content(self) -> bytes:
        """The statement's one written form."""
        told: dict[str, Any] = {
            "v": VERSION,
            "office": self.office,
            "act": self.act,
            "matter": self.matter,
            "position": self.position,
            "previous": self.previous,
            "actor": self.actor,
            "key": self.key,
            "on": str(self.on),
            "facts": dict(self.facts),
        }
        if self.second is not None:
            told["second"] = {"actor": self.second.actor, "key": self.second.key}
        return canonical_bytes(told)

    @property
    def is_on_office(self) -> bool:
        """Whether it is an act on the office itself."""
        return self.matter == OFFICE_CHAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A statement with the signature of its actor, and of the second where there is one.

    Raises:
        Refusal: There are more or fewer signatures than the statement names people.
    """

    statement: Statement
    signatures: tuple[bytes, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.signatures) != (1 if self.statement.second is None else 2):
            raise _bad("each of those whom it names signs it, and nobody else")
        if any(len(signature) != 64 for signature in self.signatures):
            raise _bad("a signature has 64 bytes")

    @property
    def digest(self) -> str:
        """The act's digest, which the next act in the matter names."""
        content = self.statement.content + b"".join(self.signatures)
        return hashlib.sha256(_ACT_TAG + content).hexdigest()

    @property
    def fields(self) -> dict[str, str]:
        """What the act's entry in the log commits to, each field by itself."""
        told = self.statement
        fields = {
            **told.facts,
            "act": told.act,
            "position": str(told.position),
            "previous": told.previous,
            "actor": told.actor,
            "key": told.key,
            "on": str(told.on),
            "signed": self.digest,
        }
        if told.second is not None:
            fields |= {"second": told.second.actor, "second_key": told.second.key}
        return fields


PACKAGE = "package"
"""The fact by which a seal binds what leaves."""
_OWN_FIELDS = frozenset(
    {"act", "position", "previous", "actor", "key", "on", "signed", "second", "second_key"}
)


def key_hash(verifier: Verifier) -> str:
    """Return the hash of the bytes of a public key, whatever name it goes by."""
    return hashlib.sha256(verifier.public_bytes).hexdigest()


def sign(statement: Statement, *signers: Signer) -> Signed:
    """Sign a statement: its actor first, then the second.

    Raises:
        Refusal: A key is not the one that the statement names.
    """
    named = [statement.key, *([statement.second.key] if statement.second else [])]
    if [key_hash(signer.verifier) for signer in signers] != named:
        raise Refusal(
            f"a statement is signed with the keys that it names, its actor's first: "
            f"{len(signers)} of {len(named)} given",
            code="act-signing-key",
            todo="give the key file of each person whom the statement names, in this order",
        )
    signatures = tuple(signature_of(statement, signer) for signer in signers)
    return Signed(statement=statement, signatures=signatures)


def signature_of(statement: Statement, signer: Signer) -> bytes:
    """Return one person's signature over a statement, whoever else is to sign it."""
    return signer.sign(_STATEMENT_TAG + statement.content)


def check_signatures(signed: Signed, *verifiers: Verifier) -> None:
    """Prove that those whom a statement names signed it.

    Args:
        signed: The statement and its signatures.
        verifiers: The public keys that the office knows of them, the actor's first.

    Raises:
        BadStatement: A key is not the one that it names, or a signature fails.
    """
    told = signed.statement
    named = [told.key, *([told.second.key] if told.second else [])]
    if [key_hash(verifier) for verifier in verifiers] != named:
        raise BadStatement(f"a statement must name the keys of those who sign it: {told.act}")
    message = _STATEMENT_TAG + told.content
    for verifier, signature in zip(verifiers, signed.signatures, strict=True):
        try:
            verifier.check(message, signature)
        except Unsigned as fault:
            raise BadStatement(
                f"the statement of {told.act} must be signed by whom it names"
            ) from fault


def parse_statement(content: bytes) -> Statement:
    """Read a statement, strictly: byte for byte what this program writes.

    Raises:
        BadStatement: It is not.
    """
    try:
        told = json.loads(content)
        statement = _statement_from(told)
        same = statement.content == content
    except (ValueError, TypeError, KeyError, RecursionError, BadTime, BadKey, Refusal) as fault:
        raise BadStatement(f"a statement must be one of version {VERSION}") from fault
    if not same:
        raise BadStatement("a statement must be written in its one form")
    return statement


def signed_from(
    fields: Mapping[str, str], *, office: str, matter: str, signatures: bytes
) -> Signed:
    """Put an act together again from what its entry commits to, and its signatures.

    Raises:
        BadStatement: They are not those of one act.
    """
    second = fields.get("second")
    try:
        statement = Statement(
            office=office,
            act=fields["act"],
            matter=matter,
            position=int(fields["position"]),
            previous=fields["previous"],
            actor=fields["actor"],
            key=fields["key"],
            on=parse_day(fields["on"]),
            facts={name: text for name, text in fields.items() if name not in _OWN_FIELDS},
            second=None if second is None else Second(actor=second, key=fields["second_key"]),
        )
        parts = tuple(signatures[at : at + 64] for at in range(0, len(signatures), 64))
        signed = Signed(statement=statement, signatures=parts)
    except (ValueError, KeyError, Refusal) as fault:
        raise BadStatement("an entry of an act must hold a whole statement") from fault
    if signed.fields != dict(fields):
        raise BadStatement(f"an entry must commit to its own act: {statement.act}")
    return signed


def _statement_from(told: dict[str, Any]) -> Statement:
    if not isinstance(told, dict) or told.keys() - {"second"} != _KEYS or told["v"] != VERSION:
        raise ValueError("its keys or its version are unknown")
    second = told.get("second")
    if type(told["position"]) is not int or not isinstance(told["facts"], dict):
        raise TypeError("a part is of another kind")
    return Statement(
        office=str(told["office"]),
        act=str(told["act"]),
        matter=str(told["matter"]),
        position=told["position"],
        previous=str(told["previous"]),
        actor=str(told["actor"]),
        key=str(told["key"]),
        on=parse_day(str(told["on"])),
        facts={name: str(text) for name, text in told["facts"].items()},
        second=None if second is None else Second(actor=second["actor"], key=second["key"]),
    )


def _bad(what: str) -> Refusal:
    # Never a fact's value: it may say something of a person.
    return Refusal(
        f"a statement must be whole: {what}",
        code="act-statement-form",
        todo="have the program write the statement anew, and sign that",
    )
