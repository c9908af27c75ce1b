"""What each act writes to the log: every field of every entry, opened and compared whole."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from clerestory.cli.committed import judged_text
from clerestory.cli.deciding import decide_file, demand_file
from clerestory.cli.logging_answers import is_about_a_class
from clerestory.cli.main import program
from clerestory.cli.office import open_office
from clerestory.cli.receipt_keys import check_one_name
from clerestory.cli.same_paper import question_of
from clerestory.cli.whom import marks_digest, read_whom
from clerestory.demands import asked_parts, demand_digest
from clerestory.demands.demand import Subject
from clerestory.disclosure import Receipt, key_digest, read_receipt_key
from clerestory.kernel import ClerestoryError, Refusal, digest_of
from clerestory.ledger import parse_leaf
from clerestory.notes.key_files import read_signing_key

HOME = Path(__file__).resolve().parents[2]
STORY = HOME / "packs" / "us-me" / "cases" / "story.yaml"
TOWNS = HOME / "packs" / "us-me" / "cases" / "second-towns-public.yaml"
WHO = HOME / "profiles" / "maine-dhhs" / "demo" / "who.yaml"
ID, CLASS_ID = "STORY-HOSPITAL", "NC-026"
COUNTS = ("S*.demand_counts_by_agency", "S*.demand_counts_by_outcome")


@dataclass(frozen=True)
class Said:
    """One entry: what everybody reads, and what only the office can open."""

    type: str
    period: str
    serial: int | None
    public: Mapping[str, str]
    fields: Mapping[str, str]


def type_command(*words: str | Path) -> str:
    result = CliRunner().invoke(program, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def logged(office: Path) -> list[Said]:
    """Open every entry of an office's log."""
    found = []
    with open_office(office).ledger() as ledger:
        with ledger.log.reading() as reader:
            size = reader.head().size
        for index in range(size):
            leaf = parse_leaf(ledger.entry(index))
            assert leaf.scope == "maine-dhhs"
            fields = ledger.payload(index).fields if leaf.commitment else {}
            found.append(Said(leaf.type.value, leaf.period, leaf.serial, leaf.public, fields))
    return found


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def asked(office: Path, at: str, *, file: Path = STORY, case: str = ID) -> list[str | Path]:
    return [file, "--case", case, "--office", office, "--at", at]


def disclose(office: Path, *more: str | Path) -> Path:
    type_command(
        "disclose", *asked(office, "2026-10-21T15:00Z"), "--who", WHO,
        "--recipient", office.parent / "agents" / "recipient.txt",
        "--reviewer", "Made-up One", "--reviewer", "Made-up Two", *more,
    )  # fmt: skip
    return office / "out" / f"{ID}.tar.age"


def looked_up(office: Path) -> str:
    """How far the record of look-ups goes: its lines, and the digest of the last one."""
    lines = (office / "lookups" / "lookups.jsonl").read_bytes().splitlines(keepends=True)
    return f"{len(lines)} {digest(lines[-1]) if lines else '0' * 64}"


def manifest_digest(office: Path, package: Path) -> str:
    """Open a package as its recipient does, and return the digest of what is in it."""
    opened, public = office.parent / "opened", office / "public"
    type_command(
        "verify", package, "--sender", public / "sender.vkey", "--log", public / "log.vkey",
        "--identity", office.parent / "agents" / "identity.txt", "--extract-to", opened,
    )  # fmt: skip
    return digest((opened / "manifest-sha256.txt").read_bytes())


def recipient_in(office: Path) -> str:
    return (office.parent / "agents" / "recipient.txt").read_text("ascii").strip()


def law_of(
    on: date, *lower: str, file: Path = STORY, case: str = ID, by: str = "law"
) -> dict[str, str]:
    """Decide once more, and return what an entry must commit to of the law and the facts.

    ``by`` is who kept each field that nobody lowered.
    """
    decided = decide_file(file, case=case, on=on, lower=lower)
    determination = decided.determination
    cells = {
        f"{one.item.program}/{one.item.ref}": [
            " ".join(filter(None, (one.outcome.value, one.coarsen_to))),
            "people" if one.lowered_from else by,
        ]
        for one in determination.rulings
    }
    assert len(determination.pack_digest) == len(determination.facts_digest) == 64
    assert determination.pack_digest != determination.facts_digest
    return {
        "overall": determination.overall,
        "pack": determination.pack_digest,
        "facts": determination.facts_digest,
        "judged": judged_text(decided.demand),
        "cells": json.dumps(cells, sort_keys=True, separators=(",", ":")),
    }


def named_in(file: Path = WHO) -> str:
    """What an answer commits to of whom the demand names."""
    return marks_digest(read_whom(demand_file(STORY, case=ID, on=date(2026, 10, 21)), file))


def received(file: Path, case: str, on: date) -> dict[str, str]:
    """Read a demand once more, and return what the entry of its receipt must commit to."""
    demand = demand_file(file, case=case, on=on)
    return {
        "demand": demand.id,
        "paper": demand_digest(demand),
        "asked": digest_of(asked_parts(demand)),
        **question_of(demand),
        "on": str(on),
    }


RECEIVED = Said(
    "demand.received",
    "2026-Q3",
    1,
    {},
    received(STORY, ID, date(2026, 8, 19)),
)


def test_a_disclosure_is_logged_with_everything_it_rests_on(office: Path) -> None:
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))
    package = disclose(office)
    note = office.parent / "receipt.note"
    agents = office.parent / "agents"
    type_command(
        "keys", "sign-receipt", package, note, "--demand", ID, "--key", agents / "receipt.key",
        "--at", "2026-10-21T16:00Z",
    )  # fmt: skip
    type_command(
        "receipt", note, package, "--key", agents / "receipt.vkey", "--office", office,
        "--at", "2026-10-21T17:00Z",
    )  # fmt: skip

    common = {"demand": ID, "number": "1"}
    assert logged(office) == [
        RECEIVED,
        Said("demand.decided", "2026-Q4", None, {}, {**common, **law_of(date(2026, 10, 21))}),
        Said(
            "answer.sealed",
            "2026-Q4",
            None,
            {},
            {
                **common,
                "package": manifest_digest(office, package),
                "signed": "Made-up One; Made-up Two",
                "sealed_to": recipient_in(office),
                "lookups": looked_up(office),
                "on": "2026-10-21",
                "who": named_in(),
            },
        ),
        Said(
            "answer.received",
            "2026-Q4",
            None,
            {},
            {
                **common,
                "package": digest(package.read_bytes()),
                "received_at": "2026-10-21T16:00:00Z",
                "by": "agents.example/r",
                "signed_by": (agents / "receipt.vkey").read_text("utf-8").strip(),
                "key": key_digest(read_receipt_key((agents / "receipt.vkey").read_bytes())),
                "on": "2026-10-21",
            },
        ),
    ]


def test_what_was_lowered_is_logged_item_by_item(office: Path) -> None:
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))
    lower = ("S1.address=refer_to_counsel", "S1.discharge_date=refer_to_counsel")
    package = disclose(office, *(word for each in lower for word in ("--lower", each)))

    received, decided, sealed = logged(office)
    assert received == RECEIVED
    assert decided.fields == {
        "demand": ID,
        "number": "1",
        **law_of(date(2026, 10, 21), *lower),
        "lowered": "state_hospital/S1.discharge_date=refer_to_counsel; "
        "state_hospital/S1.address=refer_to_counsel",
        "lowered_by": "Made-up One; Made-up Two",
    }
    assert sealed.fields["package"] == manifest_digest(office, package)


@pytest.mark.parametrize(
    ("counsel", "signed", "by"),
    [((), "nobody", "law"), (("--counsel", "Made-up"), "Made-up", "people")],
)
def test_a_refusal_is_logged_with_its_letters(
    office: Path, counsel: tuple[str, ...], signed: str, by: str
) -> None:
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))
    type_command("refuse", *asked(office, "2026-08-20T15:00Z"), *counsel)

    letter, index = sorted((office / "out").glob("*.pdf"))
    letters = {"letter": digest(letter.read_bytes()), "index": digest(index.read_bytes())}
    common = {"demand": ID, "number": "1"}
    assert logged(office) == [
        RECEIVED,
        Said("demand.decided", "2026-Q3", None, {}, {**common, **law_of(date(2026, 8, 20), by=by)}),
        Said(
            "answer.sealed",
            "2026-Q3",
            None,
            {},
            {
                **common,
                "package": digest(
                    json.dumps(letters, sort_keys=True, separators=(",", ":")).encode()
                ),
                "signed": signed,
                "sealed_to": "nobody",
                "on": "2026-08-20",
            },
        ),
    ]


def test_a_class_demand_is_public_but_for_who_signed(office: Path, tmp_path: Path) -> None:
    (tmp_path / "counts.csv").write_text("made up,12\n")
    towns = asked(office, "2026-10-06T15:00Z", file=TOWNS, case=CLASS_ID)
    type_command("receive", *towns)
    type_command(
        "disclose", *towns, "--recipient", office.parent / "agents" / "recipient.txt",
        "--reviewer", "Made-up One", "--reviewer", "Made-up Two",
        *(word for ref in COUNTS for word in ("--file", f"{ref}={tmp_path / 'counts.csv'}")),
    )  # fmt: skip

    demand = next(
        case["demand"]
        for case in yaml.safe_load(TOWNS.read_text("utf-8"))["cases"]
        if case["demand"]["id"] == CLASS_ID
    )
    package = manifest_digest(office, office / "out" / f"{CLASS_ID}.tar.age")
    common = {"demand": CLASS_ID, "number": "1"}
    law = law_of(date(2026, 10, 6), file=TOWNS, case=CLASS_ID)
    kept = {name: law.pop(name) for name in ("facts", "judged", "cells")}
    assert logged(office) == [
        Said(
            "class-demand.received",
            "2026-Q4",
            1,
            {"demand": CLASS_ID, "requester": demand["requester"]["class"]},
            received(TOWNS, CLASS_ID, date(2026, 10, 6)),
        ),
        # A digest of so few facts could be guessed: it is committed to, and not shown.
        Said("class-demand.decided", "2026-Q4", None, {**common, **law}, kept),
        Said(
            "class-demand.answered",
            "2026-Q4",
            None,
            {**common, "package": package},
            {
                "signed": "Made-up One; Made-up Two",
                "sealed_to": recipient_in(office),
                "lookups": looked_up(office),
                "on": "2026-10-06",
            },
        ),
    ]


CLASS = Subject(ref="S*", relation="class")
NAMED = Subject(ref="S1", relation="named")


@pytest.mark.parametrize(
    ("subjects", "public"),
    [
        ((CLASS,), True),
        ((NAMED,), False),
        ((CLASS, NAMED), False),
        ((NAMED, CLASS), False),
        # One person of whom nobody knows what they are to the household is one person.
        ((Subject(ref="S1", relation="unknown"),), False),
        ((Subject(ref="S1", relation="class"),), False),
        ((Subject(ref="S*", relation="unknown"),), False),
        ((), False),
    ],
)
def test_only_a_demand_about_nobody_in_particular_is_logged_in_the_clear(
    subjects: tuple[Subject, ...], public: bool
) -> None:
    demand = decide_file(STORY, case=ID, on=date(2026, 10, 21), explain=False).demand

    assert is_about_a_class(replace(demand, subjects=subjects)) is public


@pytest.mark.parametrize("relation", ["unknown", "named"])
def test_a_demand_that_names_a_person_is_received_without_showing_anything(
    office: Path, tmp_path: Path, relation: str
) -> None:
    case = next(
        each
        for each in yaml.safe_load(TOWNS.read_text("utf-8"))["cases"]
        if each["demand"]["id"] == CLASS_ID
    )
    demand = case["demand"]
    demand["subjects"].append({"ref": "S1", "relation": relation})
    (tmp_path / "mixed.yaml").write_text(yaml.safe_dump(demand), "utf-8")

    type_command(
        "receive", tmp_path / "mixed.yaml", "--office", office, "--at", "2026-10-06T15:00Z"
    )

    (entry,) = logged(office)
    assert (entry.type, entry.public) == ("demand.received", {})
    assert entry.fields["demand"] == CLASS_ID


def test_the_same_receipt_is_logged_once(office: Path) -> None:
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))
    package = disclose(office)
    agents, notes = office.parent / "agents", office.parent / "notes"
    notes.mkdir()
    record = ("--key", agents / "receipt.vkey", "--office", office, "--at", "2026-10-21T18:00Z")
    for name, at in (("first", "2026-10-21T16:00Z"), ("later", "2026-10-21T17:00Z")):
        type_command(
            "keys", "sign-receipt", package, notes / name, "--demand", ID,
            "--key", agents / "receipt.key", "--at", at,
        )  # fmt: skip

    first = type_command("receipt", notes / "first", package, *record)
    again = type_command("receipt", notes / "first", package, *record)
    with pytest.raises(Refusal, match="entry 3 is a receipt of this one of another time") as caught:
        type_command("receipt", notes / "later", package, *record)
    assert caught.value.code == "receipt-other-time"
    assert len(logged(office)) == 4
    later = type_command("receipt", notes / "later", package, *record, "--instead-of", "3")
    with pytest.raises(Refusal, match="entry 4 is a receipt") as caught:
        type_command("receipt", notes / "first", package, *record)

    assert first == f"The receipt of agents.example/r for {ID} is recorded: log entry 3.\n"
    assert again == (
        f"The receipt of agents.example/r for {ID} is recorded already: log\n"
        "    entry 3. Nothing was logged again.\n"
    )
    assert later.endswith("log entry 4.\n")
    assert [entry.type for entry in logged(office)[3:]] == ["answer.received"] * 2


def test_a_second_receipt_by_another_key_is_refused_and_not_logged(office: Path) -> None:
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))
    package, folder = disclose(office), office.parent
    type_command("keys", "recipient", folder / "others", "--name", "agents.example/r")
    for who in ("agents", "others"):
        type_command(
            "keys", "sign-receipt", package, folder / f"{who}.note", "--demand", ID,
            "--key", folder / who / "receipt.key", "--at", "2026-10-21T16:00Z",
        )  # fmt: skip
    type_command(
        "receipt", folder / "agents.note", package, "--key", folder / "agents" / "receipt.vkey",
        "--office", office, "--at", "2026-10-21T18:00Z",
    )  # fmt: skip
    before = logged(office)

    with pytest.raises(Refusal, match="the log's entry 3 has another") as caught:
        type_command(
            "receipt", folder / "others.note", package,
            "--key", folder / "others" / "receipt.vkey",
            "--office", office, "--at", "2026-10-21T18:00Z",
        )  # fmt: skip

    assert caught.value.code == "receipt-other-key"
    assert logged(office) == before


def in_one(told: str) -> str:
    """What was told, on one line."""
    return " ".join(told.split())


def test_the_right_receipt_stands_in_place_of_a_wrong_one_that_it_names(office: Path) -> None:
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))
    package, folder = disclose(office), office.parent
    type_command("keys", "recipient", folder / "others", "--name", "others.example/r")

    def record(who: str, *more: str) -> str:
        keys = folder / who
        words = receipt_by(office, package, keys / "receipt.key", keys / "receipt.vkey")
        (folder / "receipt.note").rename(folder / f"{who}.note")
        words[1] = folder / f"{who}.note"
        try:
            return type_command(*words, *more).strip()
        finally:
            (folder / f"{who}.note").unlink()

    assert record("others").endswith("log entry 3.")
    for more, code, todo in (
        ((), "receipt-other-key", "add --instead-of 3"),
        (("--instead-of", "2"), "receipt-replaces-nothing", "leave out --instead-of"),
        (("--instead-of", "4"), "receipt-replaces-nothing", "leave out --instead-of"),
    ):
        before = logged(office)
        with pytest.raises(Refusal) as caught:
            record("agents", *more)
        assert (caught.value.code, todo in caught.value.todo) == (code, True)
        assert logged(office) == before

    named = record("agents", "--instead-of", "3")
    assert named == f"The receipt of agents.example/r for {ID} is recorded: log entry 4."
    assert logged(office)[4].fields["instead_of"] == "3"
    for more in ((), ("--instead-of", "3")):
        assert "is recorded already: log entry 4." in in_one(record("agents", *more))
    # The wrong one stands no more: neither by itself, nor to be replaced once more.
    for who, more, code in (
        ("others", (), "receipt-other-key"),
        ("others", ("--instead-of", "3"), "receipt-replaces-nothing"),
    ):
        with pytest.raises(Refusal) as caught:
            record(who, *more)
        assert caught.value.code == code
    assert [entry.type for entry in logged(office)[3:]] == ["answer.received"] * 2
    # Where they are taken back in turn, the one that stands is found, and not logged once more.
    assert record("others", "--instead-of", "4").endswith("log entry 5.")
    assert record("agents", "--instead-of", "5").endswith("log entry 6.")
    for more in ((), ("--instead-of", "5")):
        assert "is recorded already: log entry 6." in in_one(record("agents", *more))
    assert len(logged(office)) == 7


def receipt_by(office: Path, package: Path, key: Path, vkey: Path) -> list[str | Path]:
    note = office.parent / f"{key.stem}.note"
    type_command(
        "keys", "sign-receipt", package, note, "--demand", ID, "--key", key,
        "--at", "2026-10-21T16:00Z",
    )  # fmt: skip
    return ["receipt", note, package, "--key", vkey, "--office", office,
            "--at", "2026-10-21T18:00Z"]  # fmt: skip


@pytest.mark.parametrize(
    ("private", "named"),
    [
        ("keys/package.key", "keys/package.key"),
        ("log/keys/log.key", "log/keys/log.key"),
        ("keys/elsewhere.key", "keys/elsewhere.key"),
        (None, "public/left.vkey"),
        (None, "public/left.pem"),
    ],
)
@pytest.mark.parametrize("renamed", [False, True])
def test_a_receipt_by_a_key_of_the_office_is_refused_and_not_logged(
    private: str | None, named: str, renamed: bool, office: Path
) -> None:
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))
    package, agents = disclose(office), office.parent / "agents"
    key = office / private if private else agents / "receipt.key"
    if named == "keys/elsewhere.key":
        shutil.copy(agents / "receipt.key", key)
    own = read_signing_key(key).verifier
    if named.endswith("left.vkey"):
        (office / named).write_text(own.vkey)
    if named.endswith("left.pem"):
        (office / named).write_bytes(own.pem())
    shown = replace(own, name="agents.example/r") if renamed else own
    vkey = office.parent / "shown.vkey"
    vkey.write_text(shown.vkey)
    before = logged(office)

    with pytest.raises(Refusal, match="this key is the office's own: ") as caught:
        type_command(*receipt_by(office, package, key, vkey))

    assert caught.value.code == "receipt-key-ours"
    assert str(caught.value).endswith(named)
    assert logged(office) == before


def test_one_key_signs_for_one_recipient(office: Path) -> None:
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))
    package, agents = disclose(office), office.parent / "agents"
    type_command(*receipt_by(office, package, agents / "receipt.key", agents / "receipt.vkey"))
    own = read_signing_key(agents / "receipt.key")
    receipt, bare, pem = (office.parent / name for name in ("r.json", "r.sig", "r.pem"))
    pem.write_bytes(own.verifier.pem())

    def record(by: str) -> str:
        told = Receipt(
            demand_id=ID, package=digest(package.read_bytes()), by=by,
            received_at=datetime(2026, 10, 21, 16, tzinfo=UTC),
        )  # fmt: skip
        receipt.write_bytes(told.unsigned_bytes())
        bare.write_bytes(own.sign(receipt.read_bytes()))
        return type_command(
            "receipt", receipt, package, "--key", pem, "--signature", bare,
            "--office", office, "--at", "2026-10-21T18:00Z",
        )  # fmt: skip

    before = logged(office)
    with pytest.raises(Refusal, match="the log's entry 3 has one of another") as caught:
        record("another.example/r")
    assert caught.value.code == "receipt-key-shared"
    assert logged(office) == before
    # The same recipient may show the same key in another dress, and write its name in capitals.
    assert record("AGENTS.example/r").endswith("log entry 4.\n")
    assert logged(office)[4].fields["key"] == before[3].fields["key"]


def test_one_key_for_two_names_is_seen_across_demands(office: Path) -> None:
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))
    package, agents = disclose(office), office.parent / "agents"
    type_command(*receipt_by(office, package, agents / "receipt.key", agents / "receipt.vkey"))
    own = read_signing_key(agents / "receipt.key")
    told = Receipt(
        demand_id="D-OTHER", package="0" * 64, by="another.example/r", signed_by="",
        received_at=datetime(2026, 10, 21, 17, tzinfo=UTC),
    )  # fmt: skip
    cosign = Ed25519PublicKey.from_public_bytes(own.verifier.public_bytes)
    with open_office(office).ledger() as ledger:
        for key in (own.verifier, cosign):
            with pytest.raises(Refusal) as caught:
                check_one_name(ledger, told, key)
            assert caught.value.code == "receipt-key-shared"
            check_one_name(ledger, replace(told, by="agents.example/r"), key)


@pytest.mark.parametrize("place", ["receipt", "key", "signature"])
def test_a_pipe_among_the_files_of_a_receipt_is_refused_and_not_waited_for(
    place: str, office: Path
) -> None:
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))
    package, given = disclose(office), office.parent / "given"
    given.mkdir()
    for name in ("receipt", "key", "signature"):
        (given / name).write_bytes((office.parent / "agents" / "receipt.vkey").read_bytes())
    (given / place).unlink()
    os.mkfifo(given / place)
    before = logged(office)

    with pytest.raises(ClerestoryError) as caught:
        type_command(
            "receipt", given / "receipt", package, "--key", given / "key", "--signature",
            given / "signature", "--office", office, "--at", "2026-10-21T18:00Z",
        )  # fmt: skip

    assert caught.value.code == "given-file-unusable"
    assert logged(office) == before


def test_a_receipt_for_another_demand_than_its_package_answers_is_refused(office: Path) -> None:
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))
    type_command("receive", *asked(office, "2026-10-06T15:00Z", file=TOWNS, case=CLASS_ID))
    package, note = disclose(office), office.parent / "note"
    agents = office.parent / "agents"
    type_command(
        "keys", "sign-receipt", package, note, "--demand", CLASS_ID,
        "--key", agents / "receipt.key", "--at", "2026-10-21T16:00Z",
    )  # fmt: skip
    before = logged(office)

    with pytest.raises(Refusal) as caught:
        type_command(
            "receipt", note, package, "--key", agents / "receipt.vkey", "--office", office,
            "--at", "2026-10-21T17:00Z",
        )  # fmt: skip

    assert caught.value.code == "receipt-other-demand"
    assert logged(office) == before
