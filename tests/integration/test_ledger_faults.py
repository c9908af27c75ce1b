"""Killed, torn, rolled back, crowded and full: the ledger recovers or refuses."""

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clerestory.kernel import ClerestoryError, Refusal
from clerestory.kernel.time import Zone
from clerestory.ledger import (
    BadNote,
    Busy,
    Ed25519Cosigner,
    Ed25519Signer,
    Event,
    EventType,
    FileKeyEncryptionKey,
    Forked,
    Ledger,
    Log,
    RolledBack,
    StorageFailed,
    Torn,
    UnknownLog,
    Witness,
    audit_ledger,
    parse_note,
    request_for,
    verify_directory,
    verify_proof,
)
from clerestory.ledger.prover import Prover
from clerestory.notes import base64s

AT = datetime(2026, 11, 23, tzinfo=UTC)
EASTERN = Zone("America/New_York")
SIGNER = Ed25519Signer(name="ledger.example/made-up", seed=bytes(range(32)))
EVENT = Event(
    type=EventType.DEMAND_RECEIVED, scope="made-up", matter="m/1", fields={"office": "first"}
)

AFTER = Event(
    type=EventType.DEMAND_RECEIVED, scope="made-up", matter="m/2", fields={"office": "second"}
)


def open_ledger(directory: Path, steps: Callable[[str], None] = lambda _: None) -> Ledger:
    kek = FileKeyEncryptionKey(bytes(range(32)), entropy=os.urandom)
    return Ledger(directory, SIGNER, kek, steps=steps, patience_seconds=5)


def create(directory: Path) -> None:
    Log.create(directory, signers=[SIGNER])


def story(ledger: Ledger, tell: Callable[[int, str], None]) -> None:
    """Appends, a recorded event, an erasure and two publications; tells what was acknowledged."""
    for count in (1, 2, 255, 3):
        for one in ledger.append([EVENT] * count, AT, zone=EASTERN):
            tell(one.index, one.checkpoint)
    ledger.publish(ledger.propose().note)
    ledger.record([EVENT], AT, zone=EASTERN)
    ledger.sequence()
    erased = ledger.erase("m/1", scope="made-up", authority="made up", at=AT, zone=EASTERN)
    tell(erased.index, erased.checkpoint)
    ledger.publish(ledger.propose().note)


def run_and_die(directory: Path, at_step: int) -> tuple[bool, list[str]]:
    """Run the story in a child that kills itself at a step; return what it had acknowledged."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        taken = 0

        def steps(_: str) -> None:
            nonlocal taken
            taken += 1
            if taken == at_step:
                os.kill(os.getpid(), signal.SIGKILL)

        def tell(index: int, checkpoint: str) -> None:
            size = checkpoint.split("\n")[1]
            root = checkpoint.split("\n")[2]
            os.write(write_end, f"{index} {size} {root}\n".encode())

        code = 1
        try:
            story(open_ledger(directory, steps), tell)
            code = 0
        finally:
            os._exit(code)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        told = pipe.read().splitlines()
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status)
    assert killed or os.WEXITSTATUS(status) == 0
    return killed, told


def check_recovered(directory: Path, told: list[str]) -> None:
    """Nothing acknowledged is lost, and every checkpoint that left is still a prefix."""
    with open_ledger(directory) as ledger:
        ledger.append(
            [Event(type=EVENT.type, scope="made-up", matter="m/2", fields={"a": "b"})],
            AT,
            zone=EASTERN,
        )
        for line in told:
            index, size, root = line.split()
            assert verify_proof(
                ledger.prove(int(index)), ledger.entry(int(index)), SIGNER.verifier
            ).index == int(index)
            with ledger.log.reading() as reader:
                assert base64s.encode(Prover(int(size), reader.tile).root()) == root
        if (directory / "public" / "checkpoint").exists():
            verify_directory(directory / "public", SIGNER.verifier)
        assert audit_ledger(ledger).faults == []


def count_steps(directory: Path) -> int:
    create(directory)
    taken: list[str] = []
    with open_ledger(directory, taken.append) as ledger:
        story(ledger, lambda *_: None)
    return len(taken)


def sweep(tmp_path: Path, every: int) -> int:
    total = count_steps(tmp_path / "counted")
    template = tmp_path / "template"
    create(template)
    for step in range(1, total + 1, every):
        directory = tmp_path / f"step-{step}"
        shutil.copytree(template, directory)
        killed, told = run_and_die(directory, step)
        assert killed
        check_recovered(directory, told)
        shutil.rmtree(directory)
    return total


@pytest.mark.slow
def test_killed_at_every_durable_step_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    assert sweep(tmp_path, 1) > 60


def test_killed_at_some_durable_steps_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    assert sweep(tmp_path, 9) > 60


@pytest.mark.slow
def test_killed_at_system_calls_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: no kill at single system calls here")
    script = tmp_path / "story.py"
    script.write_text(
        "import sys\nfrom pathlib import Path\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "import test_ledger_faults as t\n"
        "ledger = t.open_ledger(Path(sys.argv[1]))\n"
        "t.story(ledger, lambda i, c: print(i, *c.split(chr(10))[1:3], flush=True))\n"
    )
    for call in ("fdatasync", "fsync", "rename", "pwrite64"):
        for place in (1, 2, 3, 5, 8, 13, 21):
            directory = tmp_path / f"{call}-{place}"
            create(directory)
            done = subprocess.run(
                [
                    *("strace", "-f", "-o", "/dev/null", "-e", f"trace={call}"),
                    *("-e", f"inject={call}:signal=KILL:when={place}"),
                    *(sys.executable, str(script), str(directory)),
                ],
                capture_output=True,
                text=True,
                check=False,
            )
            if "PTRACE" in done.stderr:
                pytest.skip("strace may not trace here: no kill at single system calls")
            check_recovered(directory, done.stdout.splitlines())


def build(directory: Path, count: int = 300) -> Path:
    """A published log; returns its public directory."""
    create(directory)
    with open_ledger(directory) as ledger:
        ledger.append([EVENT] * count, AT, zone=EASTERN)
        ledger.publish(ledger.propose().note)
    return directory / "public"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("published") / "ledger")


FILES = [
    "tile/entries/000",
    "tile/entries/001.p/44",
    "tile/0/000",
    "tile/0/001.p/44",
    "tile/1/000.p/1",
    "checkpoint",
]


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_is_found_and_its_file_named(
    name: str, published: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "public"
    size = (published / name).stat().st_size
    for byte in sorted({0, 1, size // 3, size // 2, size - 2, size - 1}):
        shutil.copytree(published, copy)
        content = bytearray((copy / name).read_bytes())
        content[byte] ^= 0x04
        (copy / name).write_bytes(content)

        with pytest.raises(ClerestoryError) as caught:
            verify_directory(copy, SIGNER.verifier)

        if name != "checkpoint":
            assert isinstance(caught.value, Torn)
            assert name in str(caught.value)
            assert "byte" in str(caught.value)
        shutil.rmtree(copy)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("change", ["cut", "extended", "emptied", "missing"])
def test_a_torn_or_missing_file_is_found_and_named(
    name: str, change: str, published: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "public"
    shutil.copytree(published, copy)
    content = (copy / name).read_bytes()
    match change:
        case "cut":
            (copy / name).write_bytes(content[:-1])
        case "extended":
            (copy / name).write_bytes(content + b"\0")
        case "emptied":
            (copy / name).write_bytes(b"")
        case _:
            (copy / name).unlink()

    with pytest.raises((Torn, BadNote)) as caught:
        verify_directory(copy, SIGNER.verifier)

    assert name in str(caught.value) or isinstance(caught.value, BadNote)


def test_a_missing_partial_tile_is_read_from_the_full_one(tmp_path: Path) -> None:
    public = build(tmp_path / "ledger", 300)
    old = (public / "checkpoint").read_bytes()
    with open_ledger(tmp_path / "ledger") as ledger:
        ledger.append([EVENT] * 300, AT, zone=EASTERN)
        ledger.publish(ledger.propose().note)
    new = (public / "checkpoint").read_bytes()
    for path in (*public.rglob("001.p"), *public.glob("tile/1/000.p/1")):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    (public / "checkpoint").write_bytes(old)
    with pytest.raises(Torn):  # level 1 has no full tile yet
        verify_directory(public, SIGNER.verifier)
    (public / "checkpoint").write_bytes(new)

    assert verify_directory(public, SIGNER.verifier, old).consistent_with == 300


def test_a_shorter_or_rewritten_directory_is_refused(published: Path, tmp_path: Path) -> None:
    longer = build(tmp_path / "longer", 301)
    shorter = build(tmp_path / "shorter", 299)
    seen = (published / "checkpoint").read_bytes()

    with pytest.raises(RolledBack):
        verify_directory(shorter, SIGNER.verifier, seen)
    with pytest.raises(Forked):
        verify_directory(longer, SIGNER.verifier, seen)
    assert verify_directory(published, SIGNER.verifier, seen).consistent_with == 300


def back_up(directory: Path, target: Path) -> None:
    target.mkdir()
    for path in directory.glob("ledger.sqlite3*"):
        shutil.copy(path, target)


def restore(directory: Path, source: Path) -> None:
    for path in directory.glob("ledger.sqlite3*"):
        path.unlink()
    for path in source.iterdir():
        shutil.copy(path, directory)


def test_a_restored_backup_is_refused_by_what_is_public(tmp_path: Path) -> None:
    directory = tmp_path / "ledger"
    build(directory)
    back_up(directory, tmp_path / "backup")
    with open_ledger(directory) as ledger:
        ledger.append([EVENT], AT, zone=EASTERN)
        ledger.publish(ledger.propose().note)
    restore(directory, tmp_path / "backup")
    (directory / "high-water").unlink()

    with pytest.raises(RolledBack, match="public/checkpoint shows 301"):
        open_ledger(directory)


def test_a_restored_backup_is_refused_by_its_own_mark(tmp_path: Path) -> None:
    directory = tmp_path / "ledger"
    build(directory)
    back_up(directory, tmp_path / "backup")
    with open_ledger(directory) as ledger:
        ledger.append([EVENT], AT, zone=EASTERN)
    restore(directory, tmp_path / "backup")

    with pytest.raises(RolledBack, match="high-water shows 301"):
        open_ledger(directory)


def test_a_restored_backup_is_refused_by_what_a_witness_saw(tmp_path: Path) -> None:
    directory = tmp_path / "ledger"
    build(directory)
    back_up(directory, tmp_path / "backup")
    cosigner = Ed25519Cosigner(name="w.example", seed=bytes(32))
    witness = Witness(tmp_path / "state", cosigners=[cosigner], logs=[SIGNER.verifier])
    with open_ledger(directory) as ledger:
        ledger.append([EVENT], AT, zone=EASTERN)
        request = request_for(ledger.log, ledger.propose(), old_size=0)
        assert witness.add_checkpoint(request, at=AT).status == 200
    restore(directory, tmp_path / "backup")
    (directory / "high-water").unlink()
    seen = witness.latest(SIGNER.verifier.name)
    assert seen is not None
    kek = FileKeyEncryptionKey(bytes(range(32)), entropy=os.urandom)

    with pytest.raises(RolledBack, match="the witness shows 301"):
        Ledger.open(directory, SIGNER, kek, seen=[("the witness", seen[1])])


def test_a_backup_that_has_gone_on_is_refused_as_a_fork(tmp_path: Path) -> None:
    directory = tmp_path / "ledger"
    build(directory)
    shutil.copytree(directory, tmp_path / "other")
    for place in (directory, tmp_path / "other"):
        with open_ledger(place) as ledger:
            ledger.append([EVENT], AT, zone=EASTERN)
            ledger.publish(ledger.propose().note)
    shutil.copy(tmp_path / "other/public/checkpoint", directory / "public/checkpoint")

    with pytest.raises(Forked, match="size 301"):
        open_ledger(directory)


def test_a_published_file_is_never_replaced(tmp_path: Path) -> None:
    directory = tmp_path / "ledger"
    build(directory)
    with open_ledger(directory) as ledger:
        ledger.append([EVENT], AT, zone=EASTERN)
        path = ledger.log.public.folder / "tile/0/001.p/45"
        path.write_bytes(bytes(45 * 32))
        epoch = ledger.propose()

        with pytest.raises(Forked, match="differs at byte 0"):
            ledger.publish(epoch.note)
    assert path.read_bytes() == bytes(45 * 32)
    assert b"\n300\n" in (directory / "public/checkpoint").read_bytes()


def test_lost_public_files_are_written_again(tmp_path: Path) -> None:
    directory = tmp_path / "ledger"
    public = build(directory)
    before = {p.relative_to(public): p.read_bytes() for p in public.rglob("*") if p.is_file()}
    shutil.rmtree(public)

    open_ledger(directory).close()

    assert before == {
        p.relative_to(public): p.read_bytes() for p in public.rglob("*") if p.is_file()
    }


def test_another_logs_key_and_checkpoint_are_refused(tmp_path: Path) -> None:
    build(tmp_path / "ledger")
    other = Ed25519Signer(name="other.example", seed=bytes(32))

    with pytest.raises(UnknownLog):
        Log(tmp_path / "ledger", signers=[other])
    with pytest.raises(UnknownLog):
        verify_directory(tmp_path / "ledger/public", other.verifier)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET leaf = x'00' WHERE leaf_index = 0",
        "UPDATE entry SET leaf_index = 999 WHERE leaf_index = 0",
        "DELETE FROM entry WHERE leaf_index = 0",
        "UPDATE tile SET hashes = zeroblob(8192) WHERE place = 0",
        "DELETE FROM tile",
        "UPDATE head SET size = size - 1",
        "UPDATE head SET root = zeroblob(32)",
        "DELETE FROM head",
        "UPDATE epoch SET published = 0",
        "DELETE FROM epoch",
        "UPDATE demand_number SET last = last + 2",
        "UPDATE demand_number SET last = last - 1",
        "DELETE FROM demand_number",
        "INSERT INTO demand_number VALUES ('other', 2)",
        "UPDATE matter SET wrapped_key = x'00'",
        "DELETE FROM matter",
        "UPDATE payload SET sealed = x'00'",
        "INSERT OR REPLACE INTO entry SELECT id, leaf_index, x'00' FROM entry LIMIT 1",
    ],
)
def test_the_database_itself_refuses_to_rewrite_history(statement: str, tmp_path: Path) -> None:
    build(tmp_path / "ledger", 260)
    with open_ledger(tmp_path / "ledger") as ledger:
        cx = ledger.log._cx

        with pytest.raises(sqlite3.IntegrityError):
            cx.execute(statement)


def alter(directory: Path, statement: str, trigger: str) -> None:
    cx = sqlite3.connect(directory / "ledger.sqlite3", isolation_level=None)
    cx.execute(f"DROP TRIGGER {trigger}")
    assert cx.execute(statement).rowcount == 1
    cx.close()


ALTER = "UPDATE entry SET leaf = CAST(replace(leaf, 'Q4', 'Q3') AS BLOB) WHERE leaf_index = "


def test_a_leaf_altered_at_the_edge_stops_the_ledger(tmp_path: Path) -> None:
    build(tmp_path / "ledger", 300)
    alter(tmp_path / "ledger", f"{ALTER} 299", "entry_never_changes")

    with pytest.raises(Torn, match="edge tiles"):
        open_ledger(tmp_path / "ledger")


def test_an_old_leaf_or_tile_altered_behind_the_triggers_is_a_finding(tmp_path: Path) -> None:
    build(tmp_path / "leaf", 300)
    build(tmp_path / "tile", 300)
    alter(tmp_path / "leaf", f"{ALTER} 7", "entry_never_changes")
    flip = "UPDATE tile SET hashes = CAST(zeroblob(8192) AS BLOB) WHERE place = 0"
    alter(tmp_path / "tile", flip, "tile_only_grows")

    for name, path in (("leaf", "tile/0/000"), ("tile", "tile/0/000")):
        with open_ledger(tmp_path / name) as ledger:
            findings = audit_ledger(ledger).faults

        assert any(path in one.message for one in findings), findings


def test_two_sequencers_at_once_make_one_history(tmp_path: Path) -> None:
    directory = tmp_path / "ledger"
    create(directory)
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                for _ in range(10):
                    # Opened anew each time: opening, too, must stand another's commits.
                    with open_ledger(directory) as ledger:
                        for _ in range(2):
                            ledger.append([EVENT], AT, zone=EASTERN)
                code = 0
            finally:
                os._exit(code)
        children.append(child)

    statuses = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]

    assert statuses == [0, 0]
    with open_ledger(directory) as ledger:
        report = audit_ledger(ledger)
        assert (report.size, report.faults) == (40, [])
        assert ledger.last_demand_number("made-up") == 40


def test_many_threads_share_commits_and_each_gets_its_own_answer(tmp_path: Path) -> None:
    create(tmp_path / "ledger")
    commits: list[str] = []
    numbers: list[int | None] = []
    with open_ledger(tmp_path / "ledger", commits.append) as ledger:

        def work() -> None:
            for _ in range(10):
                (one,) = ledger.append([EVENT], AT, zone=EASTERN)
                verify_proof(ledger.prove(one.index), one.entry, SIGNER.verifier)
                numbers.append(one.demand_number)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(n for n in numbers if n) == list(range(1, 81))
        assert audit_ledger(ledger).faults == []
    assert commits.count("commit") <= 80


def test_a_locked_database_is_a_clear_error_and_harmless(tmp_path: Path) -> None:
    create(tmp_path / "ledger")
    other = sqlite3.connect(tmp_path / "ledger/ledger.sqlite3", isolation_level=None)
    with Log(tmp_path / "ledger", signers=[SIGNER], patience_seconds=0.05) as log:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(Busy, match="another process holds it"):
            log.append([b"entry"])

        other.execute("ROLLBACK")
        other.close()
        assert log.append([b"entry"])[0] == range(1)


def test_a_full_disk_stops_the_ledger_and_loses_nothing(tmp_path: Path) -> None:
    directory = tmp_path / "ledger"
    create(directory)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            log = Log(directory, signers=[SIGNER])
            log.append([b"first"])
            limit = 512 * 1024
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            try:
                log.append([bytes(60_000)] * 50)
            except StorageFailed:
                try:
                    log.append([b"small"])
                except StorageFailed as fault:
                    code = 0 if fault.todo == "open the ledger again" else 2
        finally:
            os._exit(code)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with Log(directory, signers=[SIGNER]) as log:
        assert log.append([b"second"])[0] == range(1, 2)
        assert log.entry(0) == b"first"


def test_a_full_disk_while_publishing_leaves_the_old_checkpoint(tmp_path: Path) -> None:
    directory = tmp_path / "ledger"
    build(directory)

    def full(step: str) -> None:
        if step.startswith("sync tile/0"):
            raise OSError(28, "No space left on device")

    ledger = open_ledger(directory, full)
    ledger.append([EVENT], AT, zone=EASTERN)
    epoch = ledger.propose()

    with pytest.raises(OSError, match="No space"):
        ledger.publish(epoch.note)
    assert b"\n300\n" in (directory / "public/checkpoint").read_bytes()
    with pytest.raises(StorageFailed):
        ledger.append([EVENT], AT, zone=EASTERN)
    ledger.close()
    open_ledger(directory).close()
    assert verify_directory(directory / "public", SIGNER.verifier).size == 301


def test_files_reach_the_disk_before_the_checkpoint_that_covers_them(tmp_path: Path) -> None:
    create(tmp_path / "ledger")
    steps: list[str] = []
    with open_ledger(tmp_path / "ledger", steps.append) as ledger:
        ledger.append([EVENT] * 300, AT, zone=EASTERN)
        steps.clear()
        ledger.publish(ledger.propose().note)

    tile = "tile/0/001.p/44"
    order = [
        steps.index(f"write {tile}"),
        steps.index(f"sync {tile}"),
        steps.index(f"rename {tile}"),
        steps.index("sync folder public/tile/0"),
        steps.index("sync folder public/tile/0/001.p"),
        steps.index("write checkpoint"),
        steps.index("sync checkpoint"),
        steps.index("rename checkpoint"),
    ]
    assert order == sorted(order)
    assert steps[-1] == "sync folder public"


def test_another_file_in_the_ledgers_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="must exist"):
        Log(tmp_path, signers=[SIGNER])
    (tmp_path / "ledger.sqlite3").write_bytes(b"not a database, made up" * 100)
    with pytest.raises(Torn, match="readable"):
        Log(tmp_path, signers=[SIGNER])
    (tmp_path / "ledger.sqlite3").unlink()
    sqlite3.connect(tmp_path / "ledger.sqlite3").close()
    with pytest.raises(Refusal, match="version"):
        Log(tmp_path, signers=[SIGNER])
    create(tmp_path)
    with pytest.raises(Refusal, match="not exist yet"):
        create(tmp_path)


def test_a_rotation_signs_with_both_keys(tmp_path: Path) -> None:
    create(tmp_path / "ledger")
    new = Ed25519Signer(name=SIGNER.verifier.name, seed=bytes(32))
    with Log(tmp_path / "ledger", signers=[SIGNER, new]) as log:
        log.append([b"entry"])
        note = log.checkpoint()

    assert len(parse_note(note).signatures) == 2
    with Log(tmp_path / "ledger", signers=[new]) as log:
        assert log.append([b"entry"])[0] == range(1, 2)
