"""A wrong folder, a wrong file and a wrong key are told apart from bytes that were tampered with.

Exit code 3 is an alarm, and somebody drops everything for it: only bytes that claim to be ours and
are not may raise it.
"""

import os
import shutil
from pathlib import Path

import pytest

from hostile.bytes_of import PNG
from hostile.running import type_in
from hostile.slots import SLOTS, Slot, lay
from hostile.world import DEMAND, World, make_world
from whole import WHOLE

# What is handed in instead, by name: a path below the world's folder, or bytes.
OTHERS: dict[str, bytes | str] = {
    "an empty file": b"",
    "a picture": PNG,
    "a demand": DEMAND.encode(),
    "a package": "given/STORY-HOSPITAL.tar.age",
    "a signature": "given/STORY-HOSPITAL.tar.age.sig",
    "a public key": "given/log.vkey",
    "a private key": "agents/identity.txt",
    "an index of persons": "agency/persons.index",
    "a log": "log/ledger.sqlite3",
    "a checkpoint": "given/old.note",
    "a proof": "given/p.tlog-proof",
    "a receipt": "given/receipt.note",
    "a table": "given/rows.parquet",
    "a scenario": "given/scenario.toml",
}

# Where another file truly stands in the place of ours: inside a published log, under the name of a
# package whose signature lies beside it, as the entry that a proof proves, or in an office's
# own record of look-ups.
IN_OUR_PLACE = {
    "verify package",
    "log verify tile/entries/000.p/4",
    "log verify tile/0/000.p/4",
    "log verify entry",
    "receive office log",
    "holdings lookups.jsonl",
    "holdings lookups.head",
    "log audit",
    "log audit repair",
    "log prove",
    "log checkpoint",
    "log erase",
    "log append database",
}

BY_PATH = [slot for slot in SLOTS if "{x}" in slot.words and not slot.beside]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("kinds"))


def content_of(other: bytes | str, world: World) -> bytes:
    return other if isinstance(other, bytes) else (world.base / other).read_bytes()


def some_others(number: int) -> list[tuple[str, bytes | str]]:
    """A third of the other files for each slot, and of those that take seconds a fifth.

    Another part for the next slot, so that each file is handed in to commands of every room;
    CLERESTORY_WHOLE=1 hands in all of them to all.
    """
    long = SLOTS[number].name.startswith(("disclose", "refuse", "law", "lab", "decide packs"))
    every = 1 if WHOLE else 5 if long else 3
    return list(OTHERS.items())[number % every :: every]


@pytest.mark.parametrize("number", range(len(SLOTS)), ids=[slot.name for slot in SLOTS])
def test_a_file_of_another_kind_is_refused_and_raises_no_alarm(
    number: int, world: World, tmp_path: Path
) -> None:
    wrong: dict[str, str] = {}
    slot = SLOTS[number]
    for name, other in some_others(number):
        folder = tmp_path / name.replace(" ", "-")
        folder.mkdir()
        content = content_of(other, world)
        if content == Path(slot.seed.format(**world.names())).read_bytes():
            continue
        laid = lay(slot, 0, world, folder, instead=content)
        before = world.state()
        done = type_in(*laid.words)
        if done.code not in (0, 1, 2) and not (done.code == 3 and slot.name in IN_OUR_PLACE):
            wrong[name] = f"{done.code}: {done.err[:200]}"
        if done.code == 2 and not (done.error_code and "\n  next: " in done.err):
            wrong[name] = f"without a code or a next step: {done.err[:200]}"
        if world.state() != before:
            if done.code == 2:
                wrong[name] = "something was written or logged"
            world.fresh_office()
        shutil.rmtree(folder)

    assert wrong == {}


@pytest.mark.parametrize("slot", BY_PATH, ids=[slot.name for slot in BY_PATH])
@pytest.mark.parametrize("what", ["a folder", "nothing", "below a file", "a loop", "a pipe"])
def test_a_path_that_is_no_file_is_said_to_be_so(
    slot: Slot, what: str, world: World, tmp_path: Path
) -> None:
    if what == "a folder" and slot.name in {"holdings check", "holdings index"}:
        pytest.skip("a folder of tables is a source")
    if what == "nothing" and slot.name in {"log create key", "log verify remember"}:
        pytest.skip("a file that is not there yet is made")
    laid = lay(slot, 0, world, tmp_path, spoil=False)
    path = tmp_path / "hostile"
    # A file of a tree stands where the tree has it.
    if not path.exists():
        pytest.skip("the file lies in a folder")
    path.unlink()
    words = laid.words
    if what == "a folder":
        path.mkdir()
    elif what == "a pipe":
        # Nobody writes into it: whoever opens it as a file waits for ever.
        os.mkfifo(path)
    elif what == "below a file":
        (tmp_path / "file").write_bytes(b"x")
        words = tuple(word.replace(str(path), str(tmp_path / "file" / "x")) for word in words)
    elif what == "a loop":
        path.symlink_to(path)

    done = type_in(*words)
    world.fresh_office()

    # A key that is given as words is no path, and is read as the words that it is.
    assert done.code in (1, 2, 4), (done.code, done.err)
    assert done.code != 1 or slot.name.startswith("law cases")
    assert done.error_code not in {"", "program-fault"}, done.err
    assert done.code != 4 or done.error_code in {"source-vanished", "source-locked"}, done.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("verify {package} --sender {other_sender} --log {log}", 2),
        ("verify {package} --sender {sender} --log {other_log} --identity {identity}", 2),
        ("verify {package} --sender {log} --log {log}", 2),
        ("verify {package} --sender {sender} --log {log} --identity {other_identity}", 2),
        ("receipt {receipt} {package} --key {other_receipt_key} --office {office}", 2),
        ("receipt {receipt} {package} --key {identity} --office {office}", 2),
        ("receipt {receipt} {package} --key {receipt_key} --office {unsealed}", 2),
        ("log verify {public} --vkey {other_vkey}", 2),
        ("log verify {proof} --entry {entry} --vkey {other_vkey}", 2),
        ("log verify {public} --vkey {vkey} --old {other_checkpoint}", 2),
        ("log append {ledger} {events} --key {other_log_key}", 2),
        ("log witness {new} {request} --key {witness} --log {other_vkey}", 2),
        ("holdings find {ledger}/ledger.sqlite3 --query {query}", 2),
    ],
)
def test_another_offices_key_is_a_wrong_key_and_no_alarm(
    words: str, code: int, world: World, tmp_path: Path
) -> None:
    base, other = world.base, tmp_path / "other"
    type_in(
        "keys", "office", other, "--origin", "log.example/another", "--source", "x",
        "--index", "y",
    )  # fmt: skip
    type_in("keys", "recipient", tmp_path / "agents", "--name", "agents.example/another")
    type_in("log", "checkpoint", other / "log", "--publish")
    public, given = base / "office" / "public", base / "given"
    names: dict[str, Path | str] = {
        "package": world.package, "sender": public / "sender.vkey", "log": public / "log.vkey",
        "other_sender": other / "public" / "sender.vkey",
        "other_log": other / "public" / "log.vkey",
        "identity": base / "agents" / "identity.txt",
        "other_identity": tmp_path / "agents" / "identity.txt",
        "receipt": given / "receipt.note", "receipt_key": base / "agents" / "receipt.vkey",
        "other_receipt_key": tmp_path / "agents" / "receipt.vkey",
        "office": world.sealed, "unsealed": world.office, "public": base / "log" / "public",
        "vkey": (given / "log.vkey").read_text().strip(),
        "other_vkey": (other / "public" / "log.vkey").read_text().strip(),
        "proof": given / "p.tlog-proof", "entry": given / "entry.bin",
        "other_checkpoint": other / "log" / "public" / "checkpoint",
        "ledger": base / "log", "events": given / "events.json",
        "other_log_key": other / "log" / "keys" / "log.key",
        "other_kek": other / "log" / "keys" / "encryption.key",
        "new": tmp_path / "new", "request": given / "request.txt", "witness": base / "witness.key",
        "query": given / "query.yaml", "index": base / "agency" / "persons.index",
    }  # fmt: skip
    before = world.state()

    done = type_in(*(word.format(**names) for word in words.split()))

    assert done.code == code, (done.code, done.err, done.out)
    assert done.error_code not in {"", "program-fault"}
    assert world.state() == before
