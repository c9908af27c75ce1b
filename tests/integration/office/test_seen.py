"""An office outlives its database: what it saw of its log last is kept beside, and compared."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connections

from clerestory.kernel import ClerestoryError, Corruption, Refusal
from clerestory.ledger import Ed25519Signer
from clerestory.ledger.errors import StorageFailed
from clerestory.ledger.public_files import PublicFiles
from clerestory.notes import open_checkpoint
from made_up_acts import LOG_KEY, MadeUp
from office_databases import go_to
from signed_acts import ORIGIN

SQLITE = pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
PAGE = 4096


def acts() -> int:
    return int(apps.get_model("store", "ActRow").objects.count())


def file_of(made_up: MadeUp) -> Path:
    assert made_up.seen is not None
    return made_up.seen


def size_in(made_up: MadeUp) -> int:
    _, note = made_up.office.keys.seen.note()
    return open_checkpoint(note, LOG_KEY.verifier).size


def refused(work: Any) -> ClerestoryError:
    before = acts()
    with pytest.raises((Corruption, Refusal)) as fault:
        work()
    assert acts() == before
    return fault.value


def test_each_act_is_seen_and_the_file_is_for_its_owner_alone(made_up: MadeUp) -> None:
    assert size_in(made_up) == 3

    for number in (1, 2, 3):
        acted = made_up.receive(number)
        assert made_up.office.keys.seen.note() == (
            "office.sqlite.seen", acted.checkpoint.encode(),
        )  # fmt: skip

    assert file_of(made_up).stat().st_mode & 0o777 == 0o600
    assert file_of(made_up).stat().st_size == 2 * PAGE


@SQLITE
def test_yesterdays_copy_is_refused_below_an_office_that_runs_and_when_it_opens(
    made_up: MadeUp, tmp_path: Path
) -> None:
    database = tmp_path / "office.sqlite"
    connections["default"].close()
    yesterday = shutil.copy(database, tmp_path / "yesterday")
    made_up.receive()
    connections["default"].close()
    shutil.copy(yesterday, database)

    # The same statement would draw the same number under another signature: a second history.
    fault = refused(made_up.receive)
    assert fault.code == "log-rollback"
    assert str(fault) == (
        "a log must not be shorter than what its office saw: office.sqlite.seen shows 4, the "
        "database 3"
    )
    assert refused(made_up.open).code == "log-rollback"
    # What it says after the refusal is what it said before.
    assert size_in(made_up) == 4


@SQLITE
def test_a_second_history_of_one_length_is_refused(made_up: MadeUp, tmp_path: Path) -> None:
    connections["default"].close()
    other = shutil.copy(tmp_path / "office.sqlite", tmp_path / "other")
    shutil.copy(file_of(made_up), tmp_path / "other.seen")
    made_up.receive(1)
    go_to(f"sqlite:///{other}")
    second = MadeUp(f"sqlite:///{other}", Path(f"{other}.seen"))
    second.open()
    second.receive(2)
    shutil.copy(file_of(made_up), f"{other}.seen")

    assert refused(lambda: second.receive(3)).code == "log-fork"
    assert refused(second.open).code == "log-fork"


@pytest.mark.parametrize("content", [None, b"", b"made up", bytes(2 * PAGE)])
@SQLITE
def test_without_the_file_nothing_is_done_and_it_is_an_alarm(
    content: bytes | None, made_up: MadeUp
) -> None:
    file_of(made_up).unlink()
    if content is not None:
        file_of(made_up).write_bytes(content)

    fault = refused(made_up.receive)

    assert (fault.code, isinstance(fault, Corruption)) == ("office-log-unseen", True)
    assert "office.sqlite.seen" in str(fault)
    assert refused(made_up.open).code == "office-log-unseen"
    # Nobody begins it anew by opening: whoever took it away would have what they wanted.
    assert file_of(made_up).exists() == (content is not None)


@SQLITE
def test_a_file_signed_by_another_log_is_no_file(made_up: MadeUp) -> None:
    other = Ed25519Signer(name=ORIGIN, seed=bytes(32))
    file_of(made_up).write_bytes(
        made_up.keys(log_key=other).ledger.beginning.encode().ljust(2 * PAGE, b"\0")
    )

    assert refused(made_up.receive).code == "office-log-unseen"


@SQLITE
def test_a_torn_place_leaves_the_other_one(made_up: MadeUp) -> None:
    made_up.receive()
    for torn in (0, PAGE):
        whole = file_of(made_up).read_bytes()
        file_of(made_up).write_bytes(whole[:torn] + b"half" + whole[torn + 4 :])

        assert made_up.open().keys.seen.note()[0] == "office.sqlite.seen"
        assert size_in(made_up) in {3, 4}

        made_up.receive(2)
        assert size_in(made_up) == 5
        file_of(made_up).write_bytes(whole)


@SQLITE
def test_killed_between_the_commit_and_the_file_the_next_act_goes_on(made_up: MadeUp) -> None:
    before = file_of(made_up).read_bytes()
    first = made_up.receive(1)
    file_of(made_up).write_bytes(before)

    again = made_up.open() and made_up.receive(1)

    assert (again.number, again.again, again.digest) == (1, True, first.digest)
    assert size_in(made_up) == 4


@SQLITE
def test_a_slower_process_never_puts_an_older_checkpoint_over_a_newer(made_up: MadeUp) -> None:
    old = made_up.receive(1).checkpoint
    new = made_up.receive(2).checkpoint
    before = file_of(made_up).read_bytes()

    made_up.office.keys.seen.keep(old)
    assert file_of(made_up).read_bytes() == before
    made_up.open().keys.seen.keep(new)
    assert file_of(made_up).read_bytes() == before


@SQLITE
def test_a_disk_that_does_not_take_it_says_that_the_act_stands(made_up: MadeUp) -> None:
    path = file_of(made_up)
    kept = path.read_bytes()
    seen = made_up.office.keys.seen
    link = path.with_name("elsewhere")
    path.rename(link)
    path.symlink_to(link)

    with pytest.raises(StorageFailed) as fault:
        seen.keep(made_up.office.keys.ledger.beginning)

    assert "what was committed stands" in fault.value.todo
    assert link.read_bytes() == kept


def test_no_office_is_founded_where_one_was_seen(database: str, tmp_path: Path) -> None:
    made_up = MadeUp(database, tmp_path / "other.seen")
    seen = made_up.keys().seen
    seen.begin(made_up.keys().ledger.beginning)
    seen.begin("never written: one is there")
    made_up.found()
    assert size_in(made_up) == 1
    shutil.copy(tmp_path / "other.seen", tmp_path / "kept.seen")
    if "sqlite" in database:
        connections["default"].close()
        (tmp_path / "office.sqlite").unlink()
        from clerestory.store.connecting import make_tables

        make_tables()
        assert refused(made_up.found).code == "log-rollback"


@SQLITE
def test_the_public_folder_is_seen_too(made_up: MadeUp, tmp_path: Path) -> None:
    public = tmp_path / "public"
    made_up.open(public=public)
    checkpoint = made_up.receive().checkpoint
    with PublicFiles(public).locked():
        PublicFiles(public).put_checkpoint(checkpoint)

    # Signed, in this history, and never published by this database.
    fault = refused(lambda: made_up.open(public=public))
    assert fault.code == "log-rollback"
    assert "4 is unknown" in str(fault)


def test_on_a_server_its_place_is_said() -> None:
    from clerestory.office.opening import seen_beside

    assert seen_beside("sqlite:////srv/office.sqlite") == Path("/srv/office.sqlite.seen")
    with pytest.raises(Refusal) as fault:
        seen_beside("postgresql://made-up:secret@localhost/office")
    assert fault.value.code == "office-seen-place"
    assert "secret" not in str(fault.value)
