"""A witness continues what it has seen and nothing else; a policy counts witnesses."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from clerestory.ledger import (
    Answer,
    BadNote,
    Checkpoint,
    Ed25519Cosigner,
    Ed25519Signer,
    Forked,
    Log,
    MLDSA44Cosigner,
    RolledBack,
    Torn,
    UnknownLog,
    Unsigned,
    Witness,
    ask_witnesses,
    parse_note,
    parse_trust_policy,
    request_for,
    sign_note,
)
from clerestory.ledger.storage import Epoch
from clerestory.ledger.witness import make_request, state_path
from clerestory.notes.note import MAX_NOTE_BYTES, Signature, cosign_note, with_signatures

Ask = Callable[..., Answer]


@pytest.fixture
def keys() -> list[Ed25519Cosigner | MLDSA44Cosigner]:
    return [
        Ed25519Cosigner(name="w.example/1", seed=bytes(32)),
        MLDSA44Cosigner(name="w.example/2", seed=bytes(32)),
    ]


@pytest.fixture
def witness(tmp_path: Path, log: Log, keys: list[Ed25519Cosigner | MLDSA44Cosigner]) -> Witness:
    return Witness(tmp_path / "state", cosigners=keys, logs=[log.verifier])


@pytest.fixture
def ask(log: Log, witness: Witness, at: datetime) -> Ask:
    """Ask to go from an old size to the log's latest checkpoint."""

    def ask(old: int) -> Answer:
        size = int(log.checkpoint().split("\n")[1])
        epoch = Epoch(size=size, note=log.checkpoint(), published=False)
        return witness.add_checkpoint(request_for(log, epoch, old_size=old), at=at)

    return ask


def signed(signer: Ed25519Signer, size: int, root: bytes) -> str:
    text = Checkpoint(origin=signer.verifier.name, size=size, root=root).text
    return sign_note(text, [signer]).content


def test_a_witness_follows_a_growing_log(
    log: Log, witness: Witness, ask: Ask, tmp_path: Path
) -> None:
    for old, size in ((0, 3), (3, 3), (3, 300), (300, 301)):
        if size > old:
            log.append([b"entry"] * (size - old))

        answer = ask(old)

        assert answer.status == 200
        assert answer.body.count("\n") == 2
        latest = witness.latest(log.origin)
        assert latest is not None
        assert latest[0].size == size
    assert (tmp_path / "state" / state_path(log.origin)).is_file()


def test_another_old_size_is_answered_with_the_right_one(log: Log, ask: Ask) -> None:
    log.append([b"entry"] * 5)
    assert ask(0).status == 200
    log.append([b"entry"] * 5)

    answer = ask(0)

    assert (answer.status, answer.body) == (409, "5\n")
    assert answer.content_type == "text/x.tlog.size"


def test_an_unknown_log_and_an_unsigned_checkpoint_are_refused(
    log: Log, witness: Witness, signer: Ed25519Signer, at: datetime
) -> None:
    log.append([b"entry"])
    stranger = Ed25519Signer(name="stranger.example", seed=bytes(32))
    thief = Ed25519Signer(name=signer.verifier.name, seed=bytes(32))
    for key, status in ((stranger, 404), (thief, 403)):
        request = make_request(old_size=0, proof=[], note=signed(key, 1, bytes(32))).body

        assert witness.add_checkpoint(request, at=at).status == status
    altered = make_request(old_size=0, proof=[], note=log.checkpoint()).body
    altered = altered.replace(b"\n1\n", b"\n2\n")
    assert witness.add_checkpoint(altered, at=at).status == 403
    assert witness.latest(log.origin) is None


def test_a_fork_signed_with_the_logs_own_key_gets_no_cosignature(
    log: Log, witness: Witness, ask: Ask, signer: Ed25519Signer, at: datetime
) -> None:
    log.append([b"entry"] * 5)
    assert ask(0).status == 200
    proof = [bytes(32)] * 3
    cases = [(5, []), (8, proof), (8, []), (6, proof)]

    for size, hashes in cases:
        note = signed(signer, size, b"\x01" * 32)
        request = make_request(old_size=5, proof=hashes, note=note).body

        assert witness.add_checkpoint(request, at=at).status == 422
    latest = witness.latest(log.origin)
    assert latest is not None
    assert latest[0].size == 5


def test_a_proof_from_nothing_is_refused(log: Log, witness: Witness, at: datetime) -> None:
    log.append([b"entry"] * 5)
    request = make_request(old_size=0, proof=[bytes(32)], note=log.checkpoint()).body

    assert witness.add_checkpoint(request, at=at).status == 422


def test_a_malformed_request_is_refused(log: Log, witness: Witness, at: datetime) -> None:
    log.append([b"entry"] * 5)
    note = log.checkpoint().encode()
    hashes = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    for body in (
        b"",
        note,
        b"old 6\n\n" + note,
        b"old 05\n\n" + note,
        b"old -1\n\n" + note,
        b"size 5\n\n" + note,
        b"old 5\nAAAA\n\n" + note,
        b"old 5\n" + hashes * 64 + b"\n" + note,
        b"old 5\n\n" + note[:-4],
        b"\xff\n\n" + note,
    ):
        assert witness.add_checkpoint(body, at=at).status == 400, body[:20]


def test_an_altered_state_stops_the_witness(log: Log, ask: Ask, tmp_path: Path) -> None:
    log.append([b"entry"] * 5)
    assert ask(0).status == 200
    state = tmp_path / "state" / state_path(log.origin)
    state.write_bytes(state.read_bytes().replace(b"\n5\n", b"\n4\n"))

    with pytest.raises(Torn, match="what it cosigned"):
        ask(4)


def test_publication_gathers_cosignatures_and_reports_who_is_awaited(
    log: Log, witness: Witness, keys: list[Ed25519Cosigner], at: datetime
) -> None:
    log.append([b"entry"] * 5)
    first = log.propose()
    known = [key.verifier for key in keys]

    def good(body: bytes) -> Answer:
        return witness.add_checkpoint(body, at=at)

    def down(_: bytes) -> Answer:
        raise ConnectionError

    def garbage(_: bytes) -> Answer:
        return Answer(status=200, body="<html>")

    def strange(_: bytes) -> Answer:
        return Answer(status=500, body="")

    asked = {
        "good": (known, good),
        "down": (known, down),
        "garbage": (known, garbage),
        "strange": (known, strange),
    }
    cosigned = ask_witnesses(log, first, asked)
    log.publish(cosigned.note)
    log.append([b"entry"] * 5)
    second = ask_witnesses(log, log.propose(), asked)

    assert cosigned.awaiting == ("down", "garbage", "strange")
    assert len(parse_note(cosigned.note).signatures) == 3
    assert len(parse_note(second.note).signatures) == 3
    assert (log.public.folder / "checkpoint").read_text() == cosigned.note


def test_a_witness_that_has_seen_more_or_another_history_is_an_alarm(log: Log) -> None:
    log.append([b"entry"] * 5)
    epoch = log.propose()

    with pytest.raises(RolledBack, match="has 9"):
        ask_witnesses(log, epoch, {"w": ([], lambda _: Answer(status=409, body="9\n"))})
    with pytest.raises(Forked, match="refuses the proof"):
        ask_witnesses(log, epoch, {"w": ([], lambda _: Answer(status=422, body=""))})


@pytest.fixture
def three() -> list[Ed25519Cosigner]:
    return [Ed25519Cosigner(name=f"w.example/{n}", seed=bytes([n] * 32)) for n in (1, 2, 3)]


def policy_text(signer: Ed25519Signer, three: list[Ed25519Cosigner], rule: str) -> str:
    lines = [f"log {signer.verifier.vkey}", "# made up", ""]
    lines += [
        f"\twitness w{n} {key.verifier.vkey} https://w.example" for n, key in enumerate(three)
    ]
    return "\n".join([*lines, rule, ""])


@pytest.mark.parametrize(
    ("rule", "needed"),
    [
        ("quorum none", 0),
        ("quorum w0", 1),
        ("group g any w0 w1 w2\nquorum g", 1),
        ("group g 2 w0 w1 w2\nquorum g", 2),
        ("group g all w0 w1 w2\nquorum g", 3),
        ("group a any w0 w1\ngroup b all a w2\nquorum b", 3),
    ],
)
def test_a_policy_counts_the_witnesses_it_names(
    rule: str, needed: int, signer: Ed25519Signer, three: list[Ed25519Cosigner], at: datetime
) -> None:
    policy = parse_trust_policy(policy_text(signer, three, rule))
    note = parse_note(signed(signer, 5, bytes(32)))
    lines = [cosign_note(note, key, at=at) for key in three]

    def holds(count: int) -> bool:
        try:
            policy.check_checkpoint(with_signatures(note, lines[:count]).content)
        except Unsigned:
            return False
        return True

    assert [holds(count) for count in range(4)] == [count >= needed for count in range(4)]


def test_a_policy_refuses_other_logs(signer: Ed25519Signer) -> None:
    policy = parse_trust_policy(f"log {signer.verifier.vkey}\nquorum none\n")
    other = Ed25519Signer(name="other.example", seed=bytes(32))
    thief = Ed25519Signer(name=signer.verifier.name, seed=bytes(32))

    with pytest.raises(UnknownLog):
        policy.check_checkpoint(signed(other, 5, bytes(32)))
    with pytest.raises(Unsigned):
        policy.check_checkpoint(signed(thief, 5, bytes(32)))


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "quorum w9",
        "quorum none\nquorum none",
        "group g 0 w0\nquorum g",
        "group g 2 w0\nquorum g",
        "group g any\nquorum g",
        "group w0 any w1\nquorum w0",
        "group none any w1\nquorum none",
        "group a any w0\ngroup b any w0\nquorum b",
        "group g any none\nquorum g",
        "quorum g\ngroup g any w0",
        "something else",
        "log w0",
    ],
)
def test_a_malformed_policy_is_refused(
    rule: str, signer: Ed25519Signer, three: list[Ed25519Cosigner]
) -> None:
    with pytest.raises(BadNote):
        parse_trust_policy(policy_text(signer, three, rule))


def test_a_key_of_the_wrong_type_is_refused_with_its_line(
    signer: Ed25519Signer, three: list[Ed25519Cosigner]
) -> None:
    with pytest.raises(BadNote, match="line 1"):
        parse_trust_policy(f"log {three[0].verifier.vkey}\nquorum none\n")
    with pytest.raises(BadNote, match="line 2: a key must be of a type"):
        parse_trust_policy(f"\nwitness w {signer.verifier.vkey}\nquorum w\n")
    vkey = three[0].verifier.vkey
    with pytest.raises(BadNote, match="listed once"):
        parse_trust_policy(f"witness a {vkey}\nwitness b {vkey}\nquorum a\n")


def junk_lines(log: Log, keys: list[Ed25519Cosigner | MLDSA44Cosigner]) -> dict[str, str]:
    """Signature lines that anybody can add to a public checkpoint, and that prove nothing."""
    stranger = [
        Signature(name=f"stranger{number}.example", key_id=b"made", content=bytes(64))
        for number in range(99)
    ]
    one_key = [
        Signature(name=key.name, key_id=key.key_id, content=bytes(72))
        for key in (keys[0].verifier, keys[1].verifier, log.verifier)
    ]
    long = [Signature(name="stranger.example", key_id=b"made", content=bytes(740_000))]
    cases = {"up to the limit": stranger, "in the witness's name": one_key[:1]}
    cases |= {"in both its names": one_key[:2], "in the log's name": one_key[2:], "long": long}
    return {name: "".join(line.line for line in lines) for name, lines in cases.items()}


@pytest.mark.parametrize(
    "case",
    [
        "up to the limit",
        "in the witness's name",
        "in both its names",
        "in the log's name",
        "long",
    ],
)
def test_lines_that_somebody_added_to_a_request_never_become_the_witnesss_state(
    log: Log, witness: Witness, ask: Ask, keys: list[Ed25519Cosigner | MLDSA44Cosigner],
    at: datetime, case: str,
) -> None:  # fmt: skip
    log.append([b"entry"] * 5)
    note = log.checkpoint() + junk_lines(log, keys)[case]
    request = make_request(old_size=0, proof=[], note=note).body

    assert witness.add_checkpoint(request, at=at).status == 200

    latest = witness.latest(log.origin)
    assert latest is not None
    kept = parse_note(latest[1])
    assert [line.name for line in kept.signatures] == [log.origin, "w.example/1", "w.example/2"]
    assert kept.signatures[0].line in log.checkpoint()
    log.append([b"entry"] * 5)
    assert ask(5).status == 200


def test_a_checkpoint_that_leaves_no_room_for_a_cosignature_is_refused_and_not_kept(
    log: Log, witness: Witness, ask: Ask, signer: Ed25519Signer, at: datetime
) -> None:
    log.append([b"entry"] * 5)
    text = log.checkpoint().partition("\n\n")[0] + "\n" + "x" * (MAX_NOTE_BYTES - 1_000) + "\n"
    note = sign_note(text.encode(), [signer]).content
    request = make_request(old_size=0, proof=[], note=note).body

    answer = witness.add_checkpoint(request, at=at)

    assert answer.status == 400
    assert "no room is left for a cosignature" in answer.body
    assert witness.latest(log.origin) is None
    assert ask(0).status == 200


@pytest.mark.parametrize("cosigned", [True, False])
def test_groups_may_lie_in_groups_however_deep(
    log: Log, keys: list[Ed25519Cosigner | MLDSA44Cosigner], at: datetime, cosigned: bool
) -> None:  # fmt: skip
    log.append([b"entry"])
    deep = "".join(f"group g{number + 1} any g{number}\n" for number in range(3_000))
    policy = parse_trust_policy(
        f"log {log.verifier}\nwitness g0 {keys[0].verifier}\n{deep}quorum g3000\n"
    )
    note = parse_note(log.checkpoint())
    if cosigned:
        note = with_signatures(note, [cosign_note(note, keys[0], at=at)])
        assert policy.check_checkpoint(note.content).size == 1
    else:
        with pytest.raises(Unsigned, match="quorum g3000: nobody"):
            policy.check_checkpoint(note.content)
