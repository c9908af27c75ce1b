"""What leaves is what was logged and proved, and only its recipient's receipt is taken.

All demands, people and records are made up.
"""

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509 import Certificate
from django.apps import apps
from django.db import connections, transaction

from clerestory.acts import NotAllowed, Signed, key_hash, sign
from clerestory.disclosure import Receipt, key_digest, sign_text
from clerestory.kernel import ClerestoryError, Corruption, Refusal
from clerestory.ledger import Event, EventType
from clerestory.notes import Ed25519Signer, OtherSigner
from made_up_acts import MadeUp
from made_up_office import own_record
from mail_program import make_certificate
from signed_acts import signer

ASKS = own_record("M-1", received="2026-12-01", program="mainecare", fields=["address", "phone"])
VERIFIED = "identity_of_subject_verified"
THEIRS = pyrage.x25519.Identity.generate()
THEIR_KEY, OTHER_KEY = (
    Ed25519Signer(name=f"{who}.example/receipts", seed=sha256(who.encode()).digest())
    for who in ("theirs", "others")
)
sqlite = pytest.mark.parametrize("peopled", ["sqlite"], indirect=True)


def vkey(key: Ed25519Signer = THEIR_KEY) -> bytes:
    return f"{key.verifier.vkey}\n".encode()


def state(matter: str) -> str:
    return str(apps.get_model("store", "MatterRow").objects.get(id=matter).state)


def sealed(made: MadeUp, folder: Path, text: str = ASKS, number: int = 1) -> tuple[str, Path]:
    matter = made.answered(text, VERIFIED, number=number)
    made.seal(matter, f"{THEIRS.to_public()}\n".encode())
    return matter, made.put_out(matter, folder)


def receipt(
    made: MadeUp, path: Path, key: Ed25519Signer = THEIR_KEY, *, demand: str = "M-1", hours: int = 1
) -> bytes:
    told = Receipt(
        demand_id=demand, package=sha256(path.read_bytes()).hexdigest(), by="a made-up office",
        received_at=made.clock() + timedelta(hours=hours),
    )  # fmt: skip
    return sign_text(f"{told.unsigned_bytes().decode()}\n", key)


def test_a_package_leaves_with_its_proof_and_its_receipt_is_kept(
    peopled: MadeUp, tmp_path: Path
) -> None:
    matter, path = sealed(peopled, tmp_path / "out")
    *_, before = peopled.office.rows(matter)
    digest = sha256(path.read_bytes()).hexdigest()

    handed = peopled.hand_over(matter, path, vkey())

    assert peopled.opened(handed) == {
        "act": "hand_over", "position": "8", "previous": before.digest, "actor": "P-clk",
        "key": key_hash(signer("P-clk").verifier), "on": "2026-12-01", "signed": handed.digest,
        "to": "handed_over", "answered": before.digest, "sent": digest,
        "receipt_key": key_digest(THEIR_KEY.verifier), "beside": "",
        "recipient": peopled.office.signed(before).statement.facts["recipient"],
    }  # fmt: skip
    assert state(matter) == "handed_over"
    told = receipt(peopled, path)
    peopled.clock.on(hours=2)
    taken = peopled.take_receipt(matter, told)
    fields = peopled.opened(taken)
    assert (len(fields.pop("receipt")), fields) == (64, {
        "act": "take_receipt", "position": "9", "previous": handed.digest, "actor": "P-clk",
        "key": key_hash(signer("P-clk").verifier), "on": "2026-12-01", "signed": taken.digest,
        "to": "receipted", "handed_over": handed.digest, "sent": digest,
        "receipt_key": key_digest(THEIR_KEY.verifier),
    })  # fmt: skip
    assert peopled.take_receipt(matter, told) == replace(taken, again=True)
    with pytest.raises(NotAllowed) as denied:
        peopled.take_receipt(matter, receipt(peopled, path, hours=0))
    assert denied.value.code == "act-wrong-state"
    assert peopled.audit() == []


@sqlite
def test_only_what_was_sealed_leaves(peopled: MadeUp, tmp_path: Path) -> None:
    matter = peopled.answered(ASKS, VERIFIED)
    with pytest.raises(Refusal) as fault:
        peopled.hand_over(matter, tmp_path / "never")
    assert fault.value.code == "hand-over-nothing"
    peopled.seal(matter, f"{THEIRS.to_public()}\n".encode())
    path = peopled.put_out(matter, tmp_path / "out")
    told = peopled.draft_hand_over(matter, path)
    whole = path.read_bytes()

    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(Corruption):
        peopled.hand_over(matter, path)
    path.write_bytes(whole)
    with pytest.raises(Refusal, match="its receipt_key differs"):
        peopled.hand_over(matter, path, vkey(), sign(told, signer("P-clk")))
    for name in ("sent", "beside", "recipient", "answered", "receipt_key", "to", "more"):
        bent = replace(told, facts={**told.facts, name: "0" * 64})
        with pytest.raises(Refusal, match=f"its {name} differs"):
            peopled.hand_over(matter, path, signed=sign(bent, signer("P-clk")))
    for own in ("P-bob", "sender"):
        with pytest.raises(Refusal) as fault:
            peopled.hand_over(matter, path, vkey(signer(own)))
        assert fault.value.code == "receipt-key-ours"
    assert state(matter) == "sealed"


@sqlite
def test_nothing_leaves_whose_entry_is_not_proved(peopled: MadeUp, tmp_path: Path) -> None:
    matter, path = sealed(peopled, tmp_path / "out")
    told = sign(peopled.draft_hand_over(matter, path), signer("P-clk"))
    rows = peopled.office.rows(matter)
    assert peopled.office.is_proved(rows)
    # An act that waits for its place in the log is proved by nobody.
    event = Event(type=EventType.MATTER_UPDATED, scope="maine-dhhs", matter=matter,
                  fields={"act": "made up"})  # fmt: skip
    statements = peopled.office.statements()
    with transaction.atomic():
        (waits,) = peopled.office.keys.ledger.record(
            statements, [event], peopled.clock(), zone=peopled.office.zone
        )
        rows[-1].entry = waits.entry_id
        assert not peopled.office.is_proved(rows)
        transaction.set_rollback(True)
    with statements.translated():
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in statements.execute(triggers).fetchall():
            statements.execute(f"DROP TRIGGER {name}")
        # Another entry of the log, of which nothing is read here.
        statements.execute("UPDATE entry SET leaf = zeroblob(9) WHERE leaf_index = 1")

    with pytest.raises(Corruption):
        peopled.hand_over(matter, path, signed=told)

    assert state(matter) == "sealed"


@sqlite
def test_a_receipt_is_the_recipients_of_this_package_and_demand(
    peopled: MadeUp, tmp_path: Path
) -> None:
    matter, path = sealed(peopled, tmp_path / "out")
    with pytest.raises(Refusal) as fault:
        peopled.take_receipt(matter, receipt(peopled, path))
    assert fault.value.code == "receipt-no-key"
    peopled.hand_over(matter, path, vkey())
    other = tmp_path / "other"
    other.write_bytes(b"made up")
    good = receipt(peopled, path)
    peopled.clock.on(hours=2)

    for given, code in (
        (receipt(peopled, path, OTHER_KEY, hours=-1), OtherSigner.code),
        (receipt(peopled, path, demand="M-2", hours=-1), "receipt-other-demand"),
        (receipt(peopled, other, hours=-1), "receipt-other-package"),
        (receipt(peopled, path, hours=1), "receipt-time-impossible"),
        (receipt(peopled, path, hours=-48), "receipt-time-impossible"),
        (good.replace(b"a made-up office", b"a made-up Office"), "receipt-signature-invalid"),
    ):
        with pytest.raises(ClerestoryError) as wrong:
            peopled.take_receipt(matter, given)
        assert wrong.value.code == code
    assert state(matter) == "handed_over"
    peopled.take_receipt(matter, good)
    assert state(matter) == "receipted"


@sqlite
def test_what_is_handed_over_without_a_key_has_no_receipt(peopled: MadeUp, tmp_path: Path) -> None:
    matter, path = sealed(peopled, tmp_path / "out")
    assert peopled.opened(peopled.hand_over(matter, path))["receipt_key"] == ""

    with pytest.raises(Refusal) as fault:
        peopled.take_receipt(matter, receipt(peopled, path))

    assert fault.value.code == "receipt-no-key"


@sqlite
def test_the_letter_of_a_refusal_that_leaves_is_the_one_that_was_logged(
    peopled: MadeUp, tmp_path: Path
) -> None:
    matter = str(peopled.receive(paper=ASKS.encode()).matter)
    peopled.establish(matter, f"findings.{VERIFIED}", "no")
    peopled.decide(matter)
    for who in ("P-ann", "P-bob"):
        peopled.vote(matter, who)
    peopled.refuse(matter)
    letter, index = peopled.put_out_letters(matter, tmp_path / "out")
    for path in (letter, index):
        whole = path.read_bytes()
        for other in (whole + b".", None):
            path.unlink() if other is None else path.write_bytes(other)
            with pytest.raises(Refusal) as fault:
                peopled.hand_over(matter, letter)
            assert fault.value.code in {"hand-over-other", "file-unreadable"}
        path.write_bytes(whole)

    handed = peopled.opened(peopled.hand_over(matter, letter))

    assert (handed["sent"], handed["beside"], handed["recipient"]) == (
        sha256(letter.read_bytes()).hexdigest(), sha256(index.read_bytes()).hexdigest(), "",
    )  # fmt: skip
    assert state(matter) == "handed_over"
    assert peopled.audit() == []


def test_an_answer_that_is_taken_back_is_destroyed_and_its_votes_count_no_more(
    peopled: MadeUp, tmp_path: Path
) -> None:
    matter, path = sealed(peopled, tmp_path / "out")
    *_, before = peopled.office.rows(matter)
    with pytest.raises(Refusal) as fault:
        peopled.take_back(matter, tmp_path / "out", " ")
    assert fault.value.code == "take-back-no-reason"

    back = peopled.take_back(matter, tmp_path / "out")

    assert peopled.opened(back) == {
        "act": "take_back", "position": "8", "previous": before.digest, "actor": "P-off",
        "key": key_hash(signer("P-off").verifier), "on": "2026-12-01", "signed": back.digest,
        "to": "received", "answered": before.digest, "reason": "a made-up slip",
    }  # fmt: skip
    assert list((tmp_path / "out").iterdir()) == []
    assert state(matter) == "received"
    for act in (
        lambda: peopled.seal(matter, f"{THEIRS.to_public()}\n".encode()),
        lambda: peopled.hand_over(matter, path),
        lambda: peopled.put_out(matter, tmp_path / "out"),
    ):
        with pytest.raises(Refusal) as fault:
            act()
        assert fault.value.code in {"answer-unvoted", "hand-over-nothing", "seal-none"}
    # Decided and voted on anew it is another answer.
    peopled.decide(matter)
    for who in ("P-ann", "P-bob"):
        assert not peopled.vote(matter, who).again
    assert not peopled.seal(matter, f"{THEIRS.to_public()}\n".encode()).again
    path = peopled.put_out(matter, tmp_path / "out")
    peopled.hand_over(matter, path)
    with pytest.raises(Refusal) as fault:
        peopled.take_back(matter, tmp_path / "out")
    assert fault.value.code == "hand-over-nothing"
    assert path.exists()
    assert peopled.audit() == []


def altered(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))


@sqlite
def test_no_other_package_of_the_office_passes_for_this_one(
    peopled: MadeUp, tmp_path: Path
) -> None:
    from clerestory.office.ready import destroy_void

    out, kept = tmp_path / "out", tmp_path / "kept"
    first, path = sealed(peopled, out)
    # Another paper that says the same: its demand has the same id, its package another name.
    second, other = sealed(peopled, out, number=2)
    assert path != other
    assert len(list(out.iterdir())) == 4
    shutil.copytree(out, kept)
    for matter, sent in ((first, other), (second, path)):
        with pytest.raises(Refusal) as fault:
            peopled.hand_over(matter, sent)
        assert fault.value.code == "hand-over-other"
    # Taken back, and kept by somebody; then decided, voted on and sealed anew.
    peopled.take_back(first, out)
    assert sorted(out.iterdir()) == [other, other.with_name(f"{other.name}.sig")]
    peopled.decide(first)
    for who in ("P-ann", "P-bob"):
        peopled.vote(first, who)
    peopled.seal(first, f"{THEIRS.to_public()}\n".encode())
    new = peopled.put_out(first, out)
    with pytest.raises(Refusal) as fault:
        peopled.hand_over(first, kept / path.name)
    assert fault.value.code == "hand-over-other"
    for ending in ("", ".sig"):
        (kept / f"{path.name}{ending}").rename(kept / f"{new.name}{ending}")
    with pytest.raises(Refusal) as fault:
        peopled.hand_over(first, kept / new.name)
    assert fault.value.code == "package-renamed"
    peopled.hand_over(first, new)
    peopled.hand_over(second, other)
    for matter in (first, second):
        destroy_void(peopled.office, matter, out)
    assert new.exists()
    assert other.exists()
    assert peopled.audit() == []


@sqlite
def test_a_package_leaves_under_the_key_that_its_seal_binds(
    peopled: MadeUp, tmp_path: Path
) -> None:
    from clerestory.office.handing_over import draft_hand_over
    from clerestory.office.sealing import put_out

    matter = peopled.answered(ASKS, VERIFIED)
    peopled.seal(matter, f"{THEIRS.to_public()}\n".encode())

    with pytest.raises(Refusal) as fault:
        put_out(peopled.office, matter, sender=signer("P-cus"), folder=tmp_path / "out")
    assert (fault.value.code, (tmp_path / "out").exists()) == ("seal-other-sender", False)
    path = peopled.put_out(matter, tmp_path / "out")
    with pytest.raises(Refusal, match="under another key") as fault:
        draft_hand_over(
            peopled.office, matter, sent=path, sender=signer("P-cus").verifier, actor="P-clk",
            key=key_hash(signer("P-clk").verifier),
        )  # fmt: skip
    assert fault.value.code == "hand-over-other"


@sqlite
def test_a_package_that_lies_there_is_found_only_as_it_was_written(
    peopled: MadeUp, tmp_path: Path
) -> None:
    assert peopled.records is not None
    peopled.records = Path(shutil.copytree(peopled.records, tmp_path / "agency"))
    peopled.open()
    matter, path = sealed(peopled, tmp_path / "out")
    with closing(sqlite3.connect(peopled.records / "agency.sqlite")) as connection:
        connection.execute("UPDATE people SET phone = '207-555-0000'")
        connection.commit()
    # The records went on, and the package is what was logged.
    assert peopled.put_out(matter, tmp_path / "out") == path

    altered(path)

    with pytest.raises(Corruption) as fault:
        peopled.put_out(matter, tmp_path / "out")
    assert fault.value.code == "package-altered"


class _Interrupted(Ed25519Signer):
    """The sender's key in a process in whose middle somebody else acts."""

    meanwhile: Callable[[], object]

    def sign(self, message: bytes) -> bytes:
        if act := self.__dict__.pop("meanwhile", None):
            act()
        return super().sign(message)


@sqlite
def test_what_is_taken_back_while_its_package_is_written_does_not_lie_there(
    peopled: MadeUp, tmp_path: Path
) -> None:
    from clerestory.office.sealing import put_out

    matter = peopled.answered(ASKS, VERIFIED)
    peopled.seal(matter, f"{THEIRS.to_public()}\n".encode())
    slow = _Interrupted(name=signer("sender").verifier.name, seed=sha256(b"sender").digest())
    slow.meanwhile = lambda: peopled.take_back(matter, tmp_path / "out")

    with pytest.raises(Refusal) as fault:
        put_out(peopled.office, matter, sender=slow, folder=tmp_path / "out")

    assert fault.value.code == "seal-none"
    assert list((tmp_path / "out").iterdir()) == []


@sqlite
def test_what_is_withdrawn_or_refused_is_destroyed_where_it_is_void(
    peopled: MadeUp, tmp_path: Path
) -> None:
    from clerestory.office.ready import destroy_void

    out = tmp_path / "out"
    matter, path = sealed(peopled, out)
    destroy_void(peopled.office, matter, out)
    assert path.exists()
    peopled.withdraw(matter)
    destroy_void(peopled.office, matter, out)
    assert list(out.iterdir()) == []
    other = str(peopled.receive(2, paper=ASKS.encode()).matter)
    peopled.establish(other, f"findings.{VERIFIED}", "no")
    for again in (False, True):
        peopled.decide(other)
        for who in ("P-ann", "P-bob"):
            peopled.vote(other, who)
        peopled.refuse(other)
        letter, index = peopled.put_out_letters(other, out)
        assert sorted(out.iterdir()) == [letter, index]
        altered(letter)
        with pytest.raises(Corruption) as fault:
            peopled.put_out_letters(other, out)
        assert fault.value.code == "answer-letter-altered"
        if not again:
            peopled.take_back(other, out)
            assert list(out.iterdir()) == []
            with pytest.raises(Refusal) as none:
                peopled.put_out_letters(other, out)
            assert none.value.code == "refuse-none"


@sqlite
def test_who_has_a_certificate_opens_the_package_and_signs_for_it_with_that(
    peopled: MadeUp, tmp_path: Path
) -> None:
    certificate, key = make_certificate()
    pem = certificate.public_bytes(Encoding.PEM)
    matter = peopled.answered(ASKS, VERIFIED)
    peopled.seal(matter, pem)
    path = peopled.put_out(matter, tmp_path / "out")
    assert path.name == "M-1+1.tar.p7m"
    (tmp_path / "crt").write_bytes(pem)
    (tmp_path / "key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    opened = subprocess.run(
        ["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", path, "-recip",
         tmp_path / "crt", "-inkey", tmp_path / "key"],
        capture_output=True, check=True,
    )  # fmt: skip
    assert b"91 Demonstration Lane" in opened.stdout
    peopled.hand_over(matter, path, pem)
    peopled.clock.on(hours=2)
    told = Receipt(
        demand_id="M-1", package=sha256(path.read_bytes()).hexdigest(), by="a made-up office",
        received_at=peopled.clock(),
    ).unsigned_bytes()  # fmt: skip

    def signature_of(cert: Certificate, with_key: RSAPrivateKey) -> bytes:
        return (
            PKCS7SignatureBuilder().set_data(told).add_signer(cert, with_key, SHA256())
            .sign(Encoding.DER, [PKCS7Options.DetachedSignature, PKCS7Options.Binary])
        )  # fmt: skip

    with pytest.raises(ClerestoryError):
        peopled.take_receipt(matter, told, signature=signature_of(*make_certificate()))
    assert state(matter) == "handed_over"
    peopled.take_receipt(matter, told, signature=signature_of(certificate, key))
    assert (state(matter), peopled.audit()) == ("receipted", [])


class _Stopped(Ed25519Signer):
    """The sender's key in a process that stops before its n-th signature."""

    left = 0

    def sign(self, message: bytes) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return super().sign(message)


@sqlite
def test_a_package_that_was_stopped_in_between_is_finished_by_the_same_again(
    peopled: MadeUp, tmp_path: Path
) -> None:
    from clerestory.office.sealing import put_out

    out = tmp_path / "out"
    matter = peopled.answered(ASKS, VERIFIED)
    peopled.seal(matter, f"{THEIRS.to_public()}\n".encode())
    stops = _Stopped(name=signer("sender").verifier.name, seed=sha256(b"sender").digest())
    for number in range(2):
        stops.left = number
        with pytest.raises(KeyboardInterrupt):
            put_out(peopled.office, matter, sender=stops, folder=out)
        assert list(out.iterdir()) == []

    peopled.hand_over(matter, peopled.put_out(matter, out))

    assert (state(matter), peopled.audit()) == ("handed_over", [])


def test_of_two_seals_of_the_same_votes_at_once_one_stands(peopled: MadeUp) -> None:
    from clerestory.office.sealing import seal

    matter = peopled.answered(ASKS, VERIFIED)
    keys = [f"{pyrage.x25519.Identity.generate().to_public()}\n".encode() for _ in range(2)]
    drafts = [sign(peopled.draft_seal(matter, key), signer("P-cus")) for key in keys]
    codes: list[str] = []

    def run(signed: Signed, recipient: bytes) -> None:
        try:
            seal(peopled.office, signed, recipient=recipient, sender=signer("sender").verifier)
            codes.append("")
        except Refusal as fault:
            codes.append(fault.code)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=each) for each in zip(drafts, keys, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(codes) == ["", "act-moved-on"]
    assert (len(peopled.office.rows(matter)), peopled.audit()) == (7, [])
