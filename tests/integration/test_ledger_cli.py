"""``clerestory log`` as a person types it: files in, clear answers and exit codes out."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest

from clerestory.cli import main
from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.log_checking import verified_folder
from clerestory.ledger import Recount
from clerestory.notes.key_files import write_signing_key

EVENTS = [
    {
        "type": "demand.received",
        "scope": "made-up",
        "matter": "m/1",
        "fields": {"office": "first"},
    },
    {
        "type": "class-demand.received",
        "scope": "made-up",
        "public": {"requester": "a made-up agency", "fields": "all"},
    },
]


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command from the directory where the test keeps its files."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["clerestory", "log", *words])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        told = capsys.readouterr()
        return Done(code=code, out=told.out, err=told.err)

    return run


def run_with_little_room(folder: Path, limit: int, *words: str) -> Done:
    """Run the command where no file may grow past ``limit`` bytes."""
    script = (
        "import resource, sys\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        "from clerestory.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", script, "log", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return Done(code=done.returncode, out=done.stdout, err=done.stderr)


@pytest.fixture
def vkey(run: Run, tmp_path: Path) -> str:
    """A log with two events, published; returns its public key."""
    (tmp_path / "events.json").write_text(json.dumps(EVENTS))
    created = run("create", "L", "--origin", "ledger.example/made-up", "--json")
    assert created.code == ExitCode.DONE, created.err
    appended = run("append", "L", "events.json", "--at", "2026-11-23T12:00:00Z", "--json")
    assert [one["demand_number"] for one in appended.value] == [1, 2]
    assert run("checkpoint", "L", "--publish").code == ExitCode.DONE
    return str(created.value["vkey"])


def test_a_half_key_of_a_killed_run_is_taken_away_and_said(run: Run, tmp_path: Path) -> None:
    keys = tmp_path / "L" / "keys"
    made = write_signing_key(keys / "log.key", name="ledger.example/made-up", entropy=token_bytes)
    # Killed between the two names of one file, and in the middle of the next one.
    os.link(keys / "log.key", keys / ".0123456789abcdef.part")
    (keys / ".fedcba9876543210.part").write_bytes(b"made-up ha")

    created = run("create", "L", "--origin", "ledger.example/made-up", "--json")

    assert (created.code, created.value["vkey"]) == (ExitCode.DONE, made.verifier.vkey)
    assert sorted(one.name for one in keys.iterdir()) == ["encryption.key", "log.key"]
    said = "took away a half file of a run that was cut short: L/keys/"
    assert created.err.splitlines() == [
        f"{said}.0123456789abcdef.part", f"{said}.fedcba9876543210.part"
    ]  # fmt: skip


def test_a_proof_travels_from_the_ledger_to_a_stranger(run: Run, vkey: str, tmp_path: Path) -> None:
    run("prove", "L", "0", "--out", "p.tlog-proof", "--entry", "e.bin")
    shutil.rmtree(tmp_path / "L")

    good = run("verify", "p.tlog-proof", "--entry", "e.bin", "--vkey", vkey)
    (tmp_path / "e.bin").write_bytes((tmp_path / "e.bin").read_bytes().replace(b"Q4", b"Q3"))
    bad = run("verify", "p.tlog-proof", "--entry", "e.bin", "--vkey", vkey)

    assert (good.code, bad.code) == (ExitCode.DONE, ExitCode.CORRUPTION)
    assert "Proven: this is entry 0 of the log " in good.out
    assert "log-bad-proof" in bad.err


def test_a_directory_is_verified_remembered_and_recounted(run: Run, vkey: str) -> None:
    first = run("verify", "L/public", "--vkey", vkey, "--remember", "seen", "--count", "--json")
    run("append", "L", "events.json")
    run("checkpoint", "L", "--publish")
    second = run("verify", "L/public", "--vkey", vkey, "--remember", "seen", "--json")

    assert first.value["demand_numbers"] == {"made-up": 2}
    assert [row["count"] for row in first.value["counts"]] == [1, 1]
    assert first.value["consistent_with"] is None
    assert (second.value["consistent_with"], second.value["size"]) == (2, 4)


def test_what_is_remembered_is_checked_together_with_what_others_saw(
    run: Run, vkey: str, tmp_path: Path
) -> None:
    shutil.copytree(tmp_path / "L", tmp_path / "other")
    for name in ("L", "other"):
        run("append", name, "events.json")
        run("checkpoint", name, "--publish")
    check = ("verify", "L/public", "--vkey", vkey, "--remember", "seen")
    assert run(*check).code == ExitCode.DONE
    before = (tmp_path / "seen").read_bytes()

    forked = run(*check, "--old", "other/public/checkpoint")
    shutil.copy(tmp_path / "L/public/checkpoint", tmp_path / "copy")
    again = run(*check, "--old", "copy", "--old", "seen")

    assert (forked.code, again.code) == (ExitCode.CORRUPTION, ExitCode.DONE)
    assert "log-fork" in forked.err
    assert (tmp_path / "seen").read_bytes() == before


def test_what_is_remembered_outlives_a_check_that_fails(
    run: Run, vkey: str, tmp_path: Path
) -> None:
    check = ("verify", "L/public", "--vkey", vkey, "--remember", "seen")
    run(*check)
    before = (tmp_path / "seen").read_bytes()
    run("append", "L", "events.json")
    run("checkpoint", "L", "--publish")
    bundle = tmp_path / "L/public/tile/entries/000.p/2"
    bundle.write_bytes(bundle.read_bytes().replace(b"2026", b"2027"))
    (tmp_path / "policy").write_text(f"log {vkey}\nwitness w {vkey}\nquorum w\n")

    altered, policy = run(*check), run(*check, "--policy", "policy")

    assert altered.code == ExitCode.CORRUPTION
    assert "tile/entries/000.p/2" in altered.err
    assert policy.code == ExitCode.BAD_INPUT
    assert (tmp_path / "seen").read_bytes() == before


def test_a_file_to_remember_in_that_holds_something_else_is_left_alone(
    run: Run, vkey: str, tmp_path: Path
) -> None:
    run("create", "S", "--origin", "stranger.example")
    run("append", "S", "events.json")
    run("checkpoint", "S", "--publish")
    (tmp_path / "letter").write_text("made up, and kept by mistake under this name\n")
    for name, code in (("letter", "log-malformed"), ("S/public/checkpoint", "log-unknown-origin")):
        before = (tmp_path / name).read_bytes()

        done = run("verify", "L/public", "--vkey", vkey, "--remember", name)

        assert done.code == ExitCode.BAD_INPUT
        assert code in done.err
        assert (tmp_path / name).read_bytes() == before


def test_a_wrong_folder_or_key_file_is_no_alarm(run: Run, vkey: str, tmp_path: Path) -> None:
    (tmp_path / "log.vkey").write_text(f"{vkey}\n")

    good = run("verify", "L/public", "--vkey", "log.vkey")
    inside = run("verify", "L", "--vkey", "log.vkey")
    nowhere = run("verify", "L/publik", "--vkey", "log.vkey")
    key = run("verify", "L/public", "--vkey", "log.vkeys")

    assert [done.code for done in (good, inside, nowhere, key)] == [0, 2, 2, 2]
    assert "next: give L/public" in inside.err
    assert "log-not-public" in nowhere.err
    assert "key-file-missing" in key.err


def test_files_that_no_check_covers_are_named(run: Run, vkey: str, tmp_path: Path) -> None:
    (tmp_path / "L/public/index.html").write_text("made up")
    run("append", "L", "events.json")
    run("checkpoint", "L", "--publish")

    told = run("verify", "L/public", "--vkey", vkey)
    shown = run("verify", "L/public", "--vkey", vkey, "--json")

    assert "not a file of the log, so not checked: index.html" in told.out
    assert "earlier partial tiles, each as the whole one began: 2" in told.out
    assert shown.value["files_unknown"] == ["index.html"]
    assert shown.value["files_ahead"] == []
    assert shown.value["partial_tiles"] == 2


def test_the_name_of_a_file_never_writes_a_line_of_the_answer(
    run: Run, vkey: str, tmp_path: Path
) -> None:
    forged = "x\nProven: log.example\n" + " continues the checkpoint of size 9" * 3
    (tmp_path / "L/public" / forged).write_text("made up")
    for number in range(30):
        (tmp_path / "L/public" / f"y{number:02}").write_text("made up")

    told = run("verify", "L/public", "--vkey", vkey)

    lines = told.out.splitlines()
    assert [line for line in lines if line.startswith(("Proven", "continues"))] == [lines[0]]
    assert lines[2].startswith("not compared with an earlier checkpoint (--remember FILE)")
    named = [line for line in lines if line.startswith("not a file of the log, so not checked: ")]
    assert len(named) == 21
    assert named[0].endswith(r"x\nProven: log.example\n continues the")
    # What did not fit goes on further in than any line of ours begins.
    after = lines[lines.index(named[0]) + 1 : lines.index(named[1])]
    assert [line[:5] for line in after] == ["    c", "    c"]
    assert named[-1].endswith(": 11 more, which --json lists")


def test_a_rollback_a_fork_and_another_log_are_told_apart(
    run: Run, vkey: str, tmp_path: Path
) -> None:
    shutil.copytree(tmp_path / "L", tmp_path / "other")
    shutil.copytree(tmp_path / "L", tmp_path / "old")
    for name in ("L", "other"):
        run("append", name, "events.json")
        run("checkpoint", name, "--publish")
    stranger = run("create", "S", "--origin", "stranger.example", "--json").value["vkey"]

    rollback = run("verify", "old/public", "--vkey", vkey, "--old", "L/public/checkpoint")
    fork = run("verify", "other/public", "--vkey", vkey, "--old", "L/public/checkpoint")
    other = run("verify", "L/public", "--vkey", stranger)

    assert (rollback.code, fork.code) == (ExitCode.CORRUPTION, ExitCode.CORRUPTION)
    assert "log-rollback" in rollback.err
    assert "log-fork" in fork.err
    assert other.code == ExitCode.BAD_INPUT
    assert "log-unknown-origin" in other.err


def test_a_torn_tile_is_named(run: Run, vkey: str, tmp_path: Path) -> None:
    tile = tmp_path / "L/public/tile/0/000.p/2"
    tile.write_bytes(tile.read_bytes()[:-1])

    verified, audited = run("verify", "L/public", "--vkey", vkey), run("audit", "L")

    assert (verified.code, audited.code) == (ExitCode.CORRUPTION, ExitCode.CORRUPTION)
    assert "tile/0/000.p/2 is torn at byte 63" in verified.err
    assert "tile/0/000.p/2" in audited.out


def test_a_lost_public_file_is_written_again(run: Run, vkey: str, tmp_path: Path) -> None:
    (tmp_path / "L/public/tile/0/000.p/2").unlink()

    assert run("audit", "L").code == ExitCode.CORRUPTION
    assert run("audit", "L", "--repair").code == ExitCode.DONE
    assert run("verify", "L/public", "--vkey", vkey).code == ExitCode.DONE


def test_a_witness_works_on_files_alone(run: Run, vkey: str, tmp_path: Path) -> None:
    key = run("witness", "W", "--key", "w.key", "--new-key", "w.example/1", "--json").value["vkey"]
    (tmp_path / "policy").write_text(f"log {vkey}\nwitness w {key}\nquorum w\n")
    run("append", "L", "events.json")
    asked = ("witness", "W", "req", "--key", "w.key", "--log", vkey)

    run("checkpoint", "L", "--propose", "--request", "req")
    alone = run("checkpoint", "L", "--publish", "--policy", "policy")
    given = run(*asked, "--out", "answer")
    again = run(*asked, "--json")
    published = run("checkpoint", "L", "--publish", "--policy", "policy", "--cosignature", "answer")

    assert (alone.code, given.code, published.code) == (ExitCode.CORRUPTION, 0, 0)
    assert "log-quorum" in alone.err
    assert again.code == ExitCode.NO
    assert (again.value["status"], again.value["body"]) == (409, "4\n")
    checked = run("verify", "L/public", "--vkey", vkey, "--policy", "policy")
    assert checked.code == ExitCode.DONE, checked.err


def test_a_witness_refuses_strangers_and_nonsense(run: Run, vkey: str, tmp_path: Path) -> None:
    run("witness", "W", "--key", "w.key", "--new-key", "w.example/1", "--kind", "ed25519")
    run("append", "L", "events.json")
    run("checkpoint", "L", "--propose", "--request", "req")
    (tmp_path / "altered").write_bytes((tmp_path / "req").read_bytes().replace(b"\n4\n", b"\n5\n"))
    (tmp_path / "nonsense").write_text("nonsense")

    unknown = run("witness", "W", "req", "--key", "w.key", "--json")
    altered = run("witness", "W", "altered", "--key", "w.key", "--log", vkey, "--json")
    nonsense = run("witness", "W", "nonsense", "--key", "w.key", "--log", vkey, "--json")

    assert [one.value["status"] for one in (unknown, altered, nonsense)] == [404, 403, 400]
    assert [one.code for one in (unknown, altered, nonsense)] == [2, 3, 2]


def test_an_erasure_is_logged_and_audited(run: Run, vkey: str) -> None:
    assert vkey
    done = run("erase", "L", "m/1", "--scope", "made-up", "--authority", "made up")
    audit = run("audit", "L", "--json")

    assert done.code == ExitCode.DONE, done.err
    assert (audit.value["erased"], audit.value["faults"]) == (1, [])
    assert "log-erased" in run("append", "L", "events.json").err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "bad.json, line 1: the file ends too early"),
        ('{"type": "a", "type": "b", "scope": "a"}', "key type"),
        ('{"type": "matter.updated", "scope": "a", "matter": 1}', "matter must be a text"),
        ('{"type": ["matter.updated"], "scope": "a"}', "type must be a text"),
        (
            '{"type": "retention.erased", "scope": "a", "matter": "m", "fields": {"indexes": "x"}}',
            "must not be appended by hand",
        ),
        ("[]", "at least one event"),
        ('{"type": "demand.lost", "scope": "a"}', "demand.lost"),
        ('{"type": "demand.received"}', "type, scope"),
        ('{"type": "demand.received", "scope": "a", "fields": {"a": 1}}', "object of texts"),
        ('{"type": "demand.received", "scope": "a", "name": "x"}', "type, scope"),
        ('{"type": "demand.received", "scope": "a", "public": {"a": "b"}}', "shows nothing"),
    ],
)
def test_a_malformed_event_is_refused_and_nothing_is_written(
    text: str, said: str, run: Run, vkey: str, tmp_path: Path
) -> None:
    assert vkey
    (tmp_path / "bad.json").write_text(text)

    done = run("append", "L", "bad.json")

    assert done.code == ExitCode.BAD_INPUT
    assert said in done.err
    assert "\n2\n" in run("checkpoint", "L").out


@pytest.mark.parametrize(
    "words",
    [
        ("append", "nowhere", "events.json"),
        ("append", "L", "events.json", "--at", "yesterday"),
        ("append", "L", "events.json", "--at", "2026-11-23T12:00:00"),
        ("create", "L", "--origin", "ledger.example/made-up"),
        ("create", "N", "--origin", "no spaces please"),
        ("prove", "L", "2"),
        ("prove", "L", "minus one"),
        ("checkpoint", "L", "--publish", "--cosignature", "events.json"),
        ("verify", "L/public", "--vkey", "nonsense"),
        ("verify", "nowhere", "--vkey", "nonsense"),
        ("witness", "W", "--key", "missing"),
    ],
)
def test_input_that_cannot_be_used_is_refused_with_a_message(
    words: tuple[str, ...], run: Run, vkey: str
) -> None:
    assert vkey

    done = run(*words)

    assert done.code == ExitCode.BAD_INPUT, done.err
    assert "Traceback" not in done.err
    assert done.err.strip()


def test_a_locked_ledger_and_a_full_disk_are_machine_faults(
    run: Run, vkey: str, tmp_path: Path
) -> None:
    big = [{**EVENTS[0], "fields": {"note": "made up " * 40_000}}] * 3
    (tmp_path / "big.json").write_text(json.dumps(big))

    full = run_with_little_room(tmp_path, 300_000, "append", "L", "big.json")

    assert full.code != ExitCode.DONE
    assert "log-storage" in full.err
    assert "Traceback" not in full.err
    assert run("verify", "L/public", "--vkey", vkey).code == ExitCode.DONE
    assert run("audit", "L").code == ExitCode.DONE


def test_something_else_in_the_ledgers_place_is_refused(
    run: Run, vkey: str, tmp_path: Path
) -> None:
    assert vkey
    for path in (tmp_path / "L").glob("ledger.sqlite3*"):
        path.unlink()
    sqlite3.connect(tmp_path / "L/ledger.sqlite3").close()

    done = run("checkpoint", "L")

    assert done.code == ExitCode.BAD_INPUT
    assert "log-not-a-ledger" in done.err


def test_the_benchmark_runs_small_and_meets_what_does_not_hang_on_the_disk() -> None:
    script = Path(__file__).parents[2] / "benchmarks" / "ledger.py"

    done = subprocess.run(
        [sys.executable, str(script), "--small", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )

    figures = {one["name"]: one for one in json.loads(done.stdout)}
    assert figures["proof at 5,000 leaves, p50"]["value"] > 0
    assert {name for name in figures if "pymerkle" in name}
    assert figures["durable signed append, batch 256"]["ratio_to"] == "hash floor"


def grow(run: Run) -> None:
    run("append", "L", "events.json")
    run("checkpoint", "L", "--publish")


def test_a_log_is_compared_with_the_checkpoint_of_a_proof(
    run: Run, vkey: str, tmp_path: Path
) -> None:
    shutil.copytree(tmp_path / "L", tmp_path / "other")
    for name in ("L", "other"):
        run("append", name, "events.json")
        run("prove", name, "2", "--out", f"{name}.tlog-proof")
    run("checkpoint", "L", "--publish")

    good = run("verify", "L/public", "--vkey", vkey, "--old", "L.tlog-proof")
    # What a package carries that was shown another log than the public.
    split = run("verify", "L/public", "--vkey", vkey, "--old", "other.tlog-proof")

    assert "continues the checkpoint of size 4" in good.out
    assert (split.code, "code: log-fork" in split.err) == (ExitCode.CORRUPTION, True)


def test_a_proof_is_not_said_to_be_compared_with_anything(
    run: Run, vkey: str, tmp_path: Path
) -> None:
    run("prove", "L", "0", "--out", "p", "--entry", "e")
    check = ("verify", "p", "--entry", "e", "--vkey", vkey)
    assert run(*check).code == ExitCode.DONE

    for option in (("--old", "p"), ("--remember", "seen"), ("--count",)):
        told = run(*check, *option)

        assert (told.code, told.out) == (ExitCode.BAD_INPUT, "")
        assert "a proof of one entry (--entry) has none" in told.err
    assert not (tmp_path / "seen").exists()


@pytest.mark.parametrize("option", ["--old", "--remember"])
def test_a_log_is_never_compared_with_itself(
    run: Run, vkey: str, tmp_path: Path, option: str
) -> None:
    before = (tmp_path / "L/public/checkpoint").read_bytes()
    (tmp_path / "link").symlink_to(tmp_path / "L/public/checkpoint")

    for file in ("L/public/checkpoint", "L/../L/public/checkpoint", "link", "L/public/new"):
        told = run("verify", "L/public", "--vkey", vkey, option, file)

        assert (told.code, told.out) == (ExitCode.BAD_INPUT, "")
        assert "code: log-compared-with-itself" in told.err
    assert (tmp_path / "L/public/checkpoint").read_bytes() == before
    assert not (tmp_path / "L/public/new").exists()


@pytest.mark.parametrize("option", ["--vkey", "--policy"])
def test_a_log_brings_neither_the_key_nor_the_policy_that_it_is_checked_with(
    run: Run, vkey: str, tmp_path: Path, option: str
) -> None:
    brought = tmp_path / "L/public/brought"
    brought.write_text(f"log {vkey}\nquorum none\n" if option == "--policy" else f"{vkey}\n")
    (tmp_path / "link").symlink_to(brought)
    (tmp_path / "own").write_bytes(brought.read_bytes())
    key = ("--vkey", vkey) if option == "--policy" else ()

    for file in ("L/public/brought", "link"):
        told = run("verify", "L/public", *key, option, file)

        assert (told.code, told.out) == (ExitCode.BAD_INPUT, "")
        assert "code: log-compared-with-itself" in told.err
        assert f"elsewhere than the log: {file}" in told.err
    assert run("verify", "L/public", *key, option, "own").code == ExitCode.DONE
    assert "code: log-not-public" in run("verify", "L", *key, option, "L/public/brought").err


def test_a_key_that_is_written_out_holds_from_within_the_folder_of_the_log_too(
    run: Run, vkey: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path / "L/public")

    assert run("verify", ".", "--vkey", vkey).code == ExitCode.DONE


def test_a_slow_run_with_an_older_copy_never_shrinks_what_is_remembered(
    run: Run, vkey: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tmp_path / "L/public", tmp_path / "older")
    remember = ("--vkey", vkey, "--remember", "seen")
    grow(run)
    take = Recount.take

    def slow(self: Recount, start: int, entries: Sequence[bytes]) -> None:
        # While this run is at its entries another one ends, with a newer copy.
        monkeypatch.setattr(Recount, "take", take)
        verified_folder(
            Path("L/public"), vkey, olds=(), remember=Path("seen"), trust=None, count=False
        )
        take(self, start, entries)

    monkeypatch.setattr(Recount, "take", slow)
    told = run("verify", "older", *remember, "--count")

    assert (told.code, told.out) == (ExitCode.BAD_INPUT, "")
    assert "code: log-remembered-meanwhile" in told.err
    newer = (tmp_path / "L/public/checkpoint").read_bytes()
    assert (tmp_path / "seen").read_bytes() == newer
    assert run("verify", "older", *remember).code == ExitCode.CORRUPTION


def test_what_is_remembered_behind_a_link_is_renewed_there(
    run: Run, vkey: str, tmp_path: Path
) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "seen").symlink_to(tmp_path / "disk" / "seen")
    for _ in range(2):
        grow(run)
        assert run("verify", "L/public", "--vkey", vkey, "--remember", "seen").code == 0

        kept = (tmp_path / "disk" / "seen").read_bytes()
        assert kept == (tmp_path / "L/public/checkpoint").read_bytes()
    assert (tmp_path / "seen").is_symlink()


@pytest.mark.parametrize("change", [b"\r\n", b"\xef\xbb\xbf"])
def test_a_copy_whose_line_ends_a_program_changed_is_told_as_that(
    run: Run, vkey: str, tmp_path: Path, change: bytes
) -> None:
    run("prove", "L", "0", "--out", "p", "--entry", "e")
    (tmp_path / "policy").write_text("quorum none\n")
    shutil.copy(tmp_path / "L/public/checkpoint", tmp_path / "seen")
    for name in ("p", "L/public/checkpoint", "policy", "seen"):
        path = tmp_path / name
        content = path.read_bytes()
        path.write_bytes(content.replace(b"\n", change) if b"\n" in change else change + content)

    folder = run("verify", "L/public", "--vkey", vkey)
    proof = run("verify", "p", "--entry", "e", "--vkey", vkey)
    own = run("checkpoint", "L")

    for told in (folder, proof, own):
        assert (told.code, told.out) == (ExitCode.BAD_INPUT, "")
        assert "changed its line ends or put a byte order mark before it" in told.err
    assert "public/checkpoint must hold a checkpoint: " in own.err
    # As the message says: moved away, the file is written again by the next command.
    (tmp_path / "L/public/checkpoint").rename(tmp_path / "moved")
    assert run("checkpoint", "L").code == ExitCode.DONE
    assert run("verify", "L/public", "--vkey", vkey, "--policy", "policy").code == ExitCode.DONE


@pytest.mark.usefixtures("vkey")
@pytest.mark.parametrize("number", ["0", "-1"])
def test_an_epoch_without_a_new_entry_is_refused_before_anything_is_written(
    run: Run, number: str
) -> None:
    told = run("checkpoint", "L", "--propose", "--at-least", number)

    assert (told.code, told.out) == (ExitCode.BAD_INPUT, "")
    assert "code: usage" in told.err


@pytest.mark.usefixtures("vkey")
def test_a_request_from_more_than_the_epoch_is_refused(run: Run, tmp_path: Path) -> None:
    run("append", "L", "events.json")

    told = run("checkpoint", "L", "--request", "r", "--old", "5")

    assert (told.code, told.out) == (ExitCode.BAD_INPUT, "")
    assert "an old size must be in the proposed epoch: 5 of 4" in told.err
    assert not (tmp_path / "r").exists()
    assert run("checkpoint", "L", "--request", "r", "--old", "4").code == ExitCode.DONE
