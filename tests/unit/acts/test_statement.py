"""What is signed, in its one form, and how an act's digest and entry follow from it."""

import hashlib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from clerestory.acts import BadStatement
from clerestory.acts.statement import (
    NOTHING_BEFORE,
    Second,
    Signed,
    Statement,
    check_signatures,
    key_hash,
    parse_statement,
    sign,
)
from clerestory.kernel import Refusal
from clerestory.notes import Verifier
from signed_acts import ORIGIN, signer

ANN, BOB = signer("P-ann"), signer("P-bob")
VOTE = Statement(
    office=ORIGIN, act="vote", matter="ME-1", position=3, previous="a" * 64, actor="P-ann",
    key=key_hash(ANN.verifier), on=date(2026, 12, 1), facts={"answer": "b" * 64, "to": "one_vote"},
)  # fmt: skip
JOIN = replace(
    VOTE, act="join", matter="office", second=Second(actor="P-bob", key=key_hash(BOB.verifier))
)


def test_the_statement_is_written_in_one_form() -> None:
    key = hashlib.sha256(ANN.verifier.public_bytes).hexdigest()

    assert VOTE.content.decode() == (
        '{"act":"vote","actor":"P-ann","facts":{"answer":"' + "b" * 64 + '","to":"one_vote"},'
        '"key":"' + key + '","matter":"ME-1","office":"office.agency.example/log",'
        '"on":"2026-12-01","position":3,"previous":"' + "a" * 64 + '","v":1}'
    )
    assert parse_statement(VOTE.content) == VOTE
    assert parse_statement(JOIN.content) == JOIN


def test_the_act_digest_covers_statement_and_signatures() -> None:
    message = b"clerestory/statement/v1\x00" + JOIN.content

    signed = sign(JOIN, ANN, BOB)

    assert signed.signatures == (ANN.sign(message), BOB.sign(message))
    content = b"clerestory/act/v1\x00" + JOIN.content + b"".join(signed.signatures)
    assert signed.digest == hashlib.sha256(content).hexdigest()
    check_signatures(signed, ANN.verifier, BOB.verifier)


def test_the_entry_commits_to_each_part_by_itself() -> None:
    signed = sign(JOIN, ANN, BOB)

    assert signed.fields == {
        "answer": "b" * 64, "to": "one_vote", "act": "join", "position": "3",
        "previous": "a" * 64, "actor": "P-ann", "key": key_hash(ANN.verifier),
        "on": "2026-12-01", "signed": signed.digest, "second": "P-bob",
        "second_key": key_hash(BOB.verifier),
    }  # fmt: skip
    assert "second" not in sign(VOTE, ANN).fields


@pytest.mark.parametrize(
    "change",
    [{"act": "seal"}, {"matter": "ME-2"}, {"position": 4}, {"previous": "c" * 64},
     {"actor": "P-bob"}, {"on": date(2026, 12, 2)}, {"office": "other.example"},
     {"facts": {"answer": "c" * 64, "to": "one_vote"}}],
)  # fmt: skip
def test_a_signature_holds_for_no_other_statement(change: dict[str, Any]) -> None:
    signed = Signed(statement=replace(VOTE, **change), signatures=sign(VOTE, ANN).signatures)

    with pytest.raises(BadStatement, match="must be signed by whom it names"):
        check_signatures(signed, ANN.verifier)


@pytest.mark.parametrize("keys", [(), (BOB.verifier,), (ANN.verifier, BOB.verifier)])
def test_only_the_key_that_is_named_proves_it(keys: tuple[Verifier, ...]) -> None:
    with pytest.raises(BadStatement, match="must name the keys of those who sign it: vote"):
        check_signatures(sign(VOTE, ANN), *keys)


def test_a_statement_is_signed_only_with_the_keys_that_it_names() -> None:
    for keys in ((BOB,), (ANN, BOB), ()):
        with pytest.raises(Refusal) as fault:
            sign(VOTE, *keys)
        assert fault.value.code == "act-signing-key"
    with pytest.raises(Refusal):
        sign(JOIN, BOB, ANN)


@pytest.mark.parametrize("count", [0, 2])
def test_as_many_sign_as_are_named(count: int) -> None:
    with pytest.raises(Refusal, match="each of those whom it names signs it"):
        Signed(statement=VOTE, signatures=(bytes(64),) * count)
    with pytest.raises(Refusal, match="a signature has 64 bytes"):
        Signed(statement=VOTE, signatures=(bytes(63),))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"position": 0}, "positions count from 1"),
        ({"previous": "A" * 64}, "a digest has 64 hexadecimal digits"),
        ({"key": "a" * 63}, "a digest has 64 hexadecimal digits"),
        ({"matter": "a/b"}, "matter: an id has letters"),
        ({"actor": ""}, "actor: an id has at least one letter"),
        ({"office": ""}, "it names its office and its act"),
        ({"act": "Vote"}, "it names its office and its act"),
        ({"facts": {"signed": "x"}}, "a fact may not be called signed"),
        ({"facts": {"Name": "x"}}, "a fact's name is 1 to 64 small letters"),
        ({"facts": {"long": "x" * 60_000}}, "it has at most 60000 bytes"),
        ({"second": Second(actor="..", key="a" * 64)}, "whoever else signs has an id"),
    ],
)  # fmt: skip
def test_a_part_that_is_not_whole_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(Refusal) as fault:
        replace(VOTE, **change)

    assert told in str(fault.value)
    assert fault.value.code == "act-statement-form"


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{}", VOTE.content + b" ", VOTE.content.replace(b'"v":1', b'"v":2'),
        VOTE.content.replace(b'"v":1', b'"v":1,"w":1'), VOTE.content.replace(b":3", b':"3"'),
        VOTE.content.replace(b":3", b":true"), VOTE.content.replace(b"2026-12-01", b"2026-12-32"),
        VOTE.content.replace(b'"to":"one_vote"', b'"to":1'), b"[" * 2000,
        VOTE.content.replace(b'"v":1', b'"second":"P-bob","v":1'),
        VOTE.content.replace(b'{"act":"vote",', b'{"act":"vote","act":"vote",'),
    ],
)  # fmt: skip
def test_nothing_but_the_one_form_is_read(content: bytes) -> None:
    with pytest.raises(BadStatement):
        parse_statement(content)


def test_the_founding_has_nothing_before_it() -> None:
    assert NOTHING_BEFORE == "0" * 64
