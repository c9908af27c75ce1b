"""Disks that fail or fill, processes that are killed, servers that go: an act is done once, whole.

After each: nothing lost, nothing doubled, the chain's audit is clean, and the same act done again
finishes it. CLERESTORY_WHOLE=1 tries each system call, and each statement on a server.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, connections

from clerestory.acts import Signed, key_hash, sign
from clerestory.kernel import ClerestoryError, Refusal
from clerestory.kernel.errors import Corruption
from clerestory.ledger import FileKeyEncryptionKey
from clerestory.ledger.errors import Busy, StorageFailed
from made_up_acts import PAPER, MadeUp, token
from office_databases import go_to, in_database
from signed_acts import signer
from system_calls import calls_of, faulted
from whole import WHOLE

SQLITE = pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("made_up", ["postgresql"], indirect=True)
OTHER = b"A made-up paper that asks for two made-up addresses."
DONE, STORAGE, BUSY, ALARM, UNTOLD = 0, 10, 11, 12, 13


def rows(name: str) -> int:
    return int(apps.get_model("store", name).objects.count())


class Act:
    """One act, signed once, that can be done any number of times."""

    def __init__(self, made_up: MadeUp, name: str, number: int) -> None:
        from clerestory.office.receiving import amend, draft_amendment, receive

        self._made_up = made_up
        if name == "receive":
            signed = sign(made_up.draft_receipt(number), signer("P-clk"))
            self._do = partial(receive, made_up.office, signed, token=token(number), paper=PAPER)
            return
        matter = made_up.receive(number).matter
        told = draft_amendment(
            made_up.office, matter, paper=OTHER, reason="slip", actor="P-clk",
            key=key_hash(signer("P-clk").verifier),
        )  # fmt: skip
        amended: Signed = sign(told, signer("P-clk"))
        self._do = partial(amend, made_up.office, amended, paper=OTHER)

    def do(self) -> Any:
        """Do it, or find it."""
        return self._do()

    def status(self) -> int:
        """How it ends in a process of its own, which connects anew."""
        go_to(self._made_up.url)
        try:
            self.do()
        except StorageFailed:
            return STORAGE
        except Busy:
            return BUSY
        except ClerestoryError:
            return ALARM
        except BaseException:
            return UNTOLD
        return DONE


def check_finished(act: Act, before: int, *, stood: bool | None = None) -> None:
    """What a fault left is whole; the same act finishes it, and finds itself afterwards."""
    left = rows("ActRow") - before
    assert left in {0, 1}
    assert rows("PaperRow") == rows("ActRow") - 3
    assert stood is None or left == stood

    done = act.do()

    assert (done.again, rows("ActRow")) == (left == 1, before + 1)
    numbers = apps.get_model("store", "MatterRow").objects.values_list("number", flat=True)
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert act.do().again
    assert rows("ActRow") == before + 1


def sampled(count: int, most: int) -> Iterator[int]:
    """Up to so many of 1 to ``count``, evenly; all of them in a whole run."""
    if WHOLE or count <= most:
        yield from range(1, count + 1)
        return
    yield from sorted({1 + round((i + 0.5) * (count - 1) / most) for i in range(most)})


@pytest.mark.parametrize("name", ["receive", "amend"])
@SQLITE
def test_at_each_system_call_an_act_is_done_once_or_not_at_all(
    made_up: MadeUp, name: str, tmp_path: Any
) -> None:
    # Done once here, so that the child imports nothing more.
    Act(made_up, name, 1).do()
    connections.close_all()
    first = Act(made_up, name, 2)
    connections.close_all()
    counts = calls_of(first.status, tmp_path / "calls")
    assert {"openat", "pwrite64", "fdatasync"} <= set(counts)
    number, tried, ended = 2, 0, dict[int, int]()
    most = 1 if name == "amend" else 2
    for call, count in sorted(counts.items()):
        for fault in ("EIO", "ENOSPC", "SIGKILL"):
            for place in sampled(count, most):
                number += 1
                act = Act(made_up, name, number)
                before = rows("ActRow")
                connections.close_all()

                status = faulted(act.status, call, place, fault)

                ended[status] = ended.get(status, 0) + 1
                wanted = {-signal.SIGKILL, DONE} if fault == "SIGKILL" else {DONE, STORAGE, BUSY}
                assert status in wanted, (call, place, fault)
                stood = True if status == DONE else None
                check_finished(act, before, stood=stood)
                tried += 1
    assert made_up.audit() == []
    assert ended.get(-signal.SIGKILL, 0) >= len(counts) - 1
    assert ended.get(STORAGE, 0) >= 2
    if WHOLE:  # pragma: no cover - by hand
        print(f"{name}: {dict(counts)}, {tried} faults: {ended}")


class Breaks:
    """Before the n-th call that the driver makes to the server, does something to it."""

    FILES = ("psycopg/cursor.py", "psycopg/connection.py")
    CALLS = ("execute", "executemany", "commit")

    def __init__(self, number: int, work: Callable[[], None]) -> None:
        self.number, self._work, self.calls = number, work, 0

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_name in self.CALLS and code.co_filename.endswith(self.FILES):
            self.calls += 1
            if self.calls == self.number:
                self._work()

    def during(self, work: Callable[[], object]) -> str:
        """Do the work meanwhile; return its error's code, or nothing."""
        sys.setprofile(self)
        try:
            work()
        except ClerestoryError as fault:
            return fault.code
        finally:
            sys.setprofile(None)
        return ""


def admin(url: str) -> Any:
    return psycopg.connect(in_database(url, "postgres"), autocommit=True)


@pytest.mark.parametrize("name", ["receive", "amend"])
@POSTGRESQL
def test_a_server_that_ends_the_connection_at_any_statement(made_up: MadeUp, name: str) -> None:
    step = 1 if WHOLE else (4 if name == "receive" else 9)
    number, ended = 0, list[str]()
    with admin(made_up.url) as server:
        while True:
            number += 1
            act = Act(made_up, name, number)
            before = rows("ActRow")
            process = connection.connection.info.backend_pid
            breaks = Breaks(
                1 + (number - 1) * step,
                lambda process=process: server.execute(  # type: ignore[misc]
                    "SELECT pg_terminate_backend(%s, 5000)", (process,)
                ),
            )

            code = breaks.during(act.do)

            ended.append(code)
            assert code in {"", "log-storage"}
            # In the same process: it connects anew.
            check_finished(act, before, stood=True if code == "" else None)
            if breaks.calls < breaks.number:
                break
    assert ended.count("log-storage") >= 3
    assert made_up.audit() == []
    if WHOLE:  # pragma: no cover - by hand
        print(f"{name}: {number} statements: {len(ended) - ended.count('')}")


@POSTGRESQL
def test_a_database_that_is_gone_in_the_middle_and_comes_back(made_up: MadeUp) -> None:
    base = urlsplit(made_up.url).path.removeprefix("/")
    with admin(made_up.url) as server:

        def gone() -> None:
            server.execute(f"ALTER DATABASE {base} ALLOW_CONNECTIONS false")
            server.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
                (base,),
            )

        for number in (1, 2, 3):
            act = Act(made_up, "receive", number)
            before = rows("ActRow")

            assert Breaks(1 + 12 * (number - 1), gone).during(act.do) == "log-storage"
            with pytest.raises(StorageFailed):
                act.do()
            server.execute(f"ALTER DATABASE {base} ALLOW_CONNECTIONS true")

            check_finished(act, before)
    assert made_up.audit() == []


def test_two_at_once_of_which_one_is_killed(made_up: MadeUp) -> None:
    for number in (1, 2, 3):
        act = Act(made_up, "receive", number)
        before = rows("ActRow")
        connections.close_all()
        children = []
        for kills in (True, False):
            child = os.fork()
            if child == 0:  # pragma: no cover - another process
                status = 99
                try:
                    if kills:
                        threading.Timer(0.004 * number, os.kill, (os.getpid(), 9)).start()
                    status = act.status()
                finally:
                    os._exit(status)
            children.append(child)
        ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]

        assert ends[0] in {DONE, -signal.SIGKILL}
        assert ends[1] == DONE
        check_finished(act, before, stood=True)
    assert made_up.audit() == []


@SQLITE
def test_an_error_that_ended_the_transaction_and_was_swallowed_leaves_nothing(
    made_up: MadeUp,
) -> None:
    from clerestory.office.acting import perform
    from clerestory.office.receiving import intake_of
    from clerestory.store.models import MatterRow, MemberRow

    signed = sign(made_up.draft_receipt(), signer("P-clk"))
    before = {name: rows(name) for name in ("ActRow", "MatterRow", "MemberRow")}
    swallowed = list[Exception]()

    def save(_: object) -> None:
        try:
            with connection.cursor() as cursor:
                # What a full disk makes SQLite do by itself, and Django knows nothing of.
                cursor.execute("ROLLBACK")
        except DatabaseError as fault:
            swallowed.append(fault)
        try:
            MemberRow.objects.create(id="P-half", kind="person", acts="")
        except StorageFailed as fault:
            swallowed.append(fault)

    with pytest.raises(StorageFailed) as fault:
        perform(made_up.office, signed, key=intake_of(token()), save=save)

    assert "nothing was half done" in fault.value.todo
    assert [type(each) for each in swallowed] == [StorageFailed]
    assert {name: rows(name) for name in before} == before
    assert not MatterRow.objects.exists()
    assert made_up.receive().number == 1
    assert made_up.audit() == []


@SQLITE
def test_a_full_disk_says_so_and_the_act_is_finished_once_there_is_room(made_up: MadeUp) -> None:
    act = Act(made_up, "receive", 1)
    before = rows("ActRow")
    for more in (0, 1, 2, 20, 40):
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0] + more}")

        with pytest.raises(StorageFailed):
            made_up.receive(2, paper=os.urandom(200_000))

        assert rows("ActRow") == before

    check_finished(act, before, stood=False)
    assert made_up.receive(2, paper=os.urandom(200_000)).number == 2
    assert made_up.audit() == []


@SQLITE
def test_without_its_key_file_or_with_a_clock_gone_back_nothing_is_done(
    made_up: MadeUp, tmp_path: Any
) -> None:
    made_up.receive(1)
    before = rows("ActRow")

    with pytest.raises(Refusal):
        FileKeyEncryptionKey.read(tmp_path / "encryption.key", entropy=os.urandom)
    made_up.clock.on(days=-1)
    with pytest.raises(Refusal) as fault:
        made_up.receive(2)
    assert fault.value.code == "office-clock-back"
    assert rows("ActRow") == before
    made_up.clock.on(days=1)
    with pytest.raises(Corruption):
        made_up.open(kek=bytes(32))

    made_up.open()
    assert made_up.receive(2).number == 2
    assert made_up.audit() == []


@SQLITE
def test_the_file_in_which_writers_wait_is_a_file_or_nothing_is_done(
    made_up: MadeUp, tmp_path: Any
) -> None:
    made_up.receive(1)
    turn = tmp_path / "office.sqlite.turn"
    assert turn.stat().st_mode & 0o777 == 0o600
    turn.unlink()
    made_up.receive(2)
    turn.unlink()
    turn.symlink_to(tmp_path / "elsewhere")
    before = rows("ActRow")

    with pytest.raises(StorageFailed) as fault:
        made_up.receive(3)

    assert "office.sqlite.turn" in str(fault.value)
    assert "nothing was done" in fault.value.todo
    assert rows("ActRow") == before
    assert not (tmp_path / "elsewhere").exists()
