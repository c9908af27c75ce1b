"""Several who record and sequence at once, and some who are killed at it: each leaf stands once."""

import os
import sqlite3
import threading
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from clerestory.ledger import EmbeddedLedger, StorageFailed, parse_leaf
from clerestory.ledger.storage import Reader
from ledger_databases import AT, DEMAND, EASTERN, LedgerDatabase, Owner, embedded, in_children

Die = Callable[[Any], None]


def check_whole(owner: Owner) -> int:
    """Each row of the office has its number, its leaf and its place in a log that holds."""
    ledger = embedded()
    with owner.transaction():
        size = ledger.check(owner.statements)
    serials = [parse_leaf(entry).serial for entry in Reader(owner.statements).entries(0, size)]
    numbers = [number for (number,) in owner.rows("SELECT number FROM matter_row ORDER BY number")]
    assert numbers == list(range(1, size + 1))
    assert sorted(number for number in serials if number is not None) == numbers
    assert ledger.last_demand_number(owner.statements, "made-up") == size
    assert owner.rows("SELECT count(*) FROM entry WHERE leaf_index IS NULL") == [(0,)]
    assert owner.rows("SELECT count(*) FROM payload") == [(size,)]
    return size


def test_eight_processes_draw_numbers_without_a_gap(ledger_database: LedgerDatabase) -> None:
    def work() -> None:
        ledger = embedded(os.urandom)
        with ledger_database.connection() as owner:
            for _ in range(4):
                owner.act(ledger)

    in_children(*[work] * 8)

    with ledger_database.connection() as owner:
        assert check_whole(owner) == 32


def test_those_who_only_record_and_two_who_only_sequence_make_one_log(
    ledger_database: LedgerDatabase,
) -> None:
    def record() -> None:
        ledger = embedded(os.urandom)
        with ledger_database.connection() as owner:
            for _ in range(8):
                with owner.transaction():
                    (one,) = ledger.record(owner.statements, [DEMAND], AT, zone=EASTERN)
                    owner.cx.execute(f"INSERT INTO matter_row VALUES ({one.demand_number})")

    def sequence() -> None:
        ledger = embedded()
        with ledger_database.connection() as owner:
            size = 0
            while size < 16:
                with owner.transaction():
                    size = ledger.sequence(owner.statements)

    in_children(record, record, sequence, sequence)

    with ledger_database.connection() as owner:
        assert check_whole(owner) == 16


def test_threads_share_the_keys_and_not_the_connection(ledger_database: LedgerDatabase) -> None:
    ledger = embedded(os.urandom)
    indexes: list[int] = []

    def work() -> None:
        with ledger_database.connection() as owner:
            indexes.extend(owner.act(ledger) for _ in range(4))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(indexes) == list(range(16))
    with ledger_database.connection() as owner:
        assert check_whole(owner) == 16


def test_what_commits_late_is_not_lost_behind_a_higher_id(
    postgresql_ledger: LedgerDatabase,
) -> None:
    # A demand's number makes its writers wait for each other; other entries do not.
    database = postgresql_ledger
    with database.connection() as slow, database.connection() as fast:
        slow.cx.execute("BEGIN")
        slow.cx.execute("INSERT INTO entry (leaf) VALUES ('slow')")
        fast.cx.execute("INSERT INTO entry (leaf) VALUES ('fast')")
        with fast.transaction():
            assert embedded().sequence(fast.statements) == 1
        slow.cx.execute("COMMIT")
        with fast.transaction():
            assert embedded().sequence(fast.statements) == 2

        assert Reader(fast.statements).entries(0, 2) == [b"fast", b"slow"]
        assert fast.rows("SELECT id FROM entry ORDER BY leaf_index") == [(2,), (1,)]


def watch(cx: Any, at: int, die: Die) -> Callable[[], int]:
    """Call ``die`` before the connection's statement of that number; return how many there were."""
    taken = 0

    def step(statement: object) -> None:
        nonlocal taken
        # SQLite also tells what a trigger does.
        if not str(statement).startswith("--"):
            taken += 1
            if taken == at:
                die(cx)

    if isinstance(cx, sqlite3.Connection):
        cx.set_trace_callback(step)
    else:
        psycopg = pytest.importorskip("psycopg")

        class Watched(psycopg.Cursor):  # type: ignore[misc,name-defined]  # a module found late
            def execute(self, query: Any, *rest: Any, **options: Any) -> Any:
                step(query)
                return super().execute(query, *rest, **options)

            def executemany(self, query: Any, *rest: Any, **options: Any) -> Any:
                step(query)
                return super().executemany(query, *rest, **options)

        cx.cursor_factory = Watched
    return lambda: taken


def statements_of_an_act(database: LedgerDatabase) -> int:
    with database.connection() as owner:
        # The first act finds neither a tree nor a matter.
        owner.act(embedded(os.urandom))
        taken = watch(owner.cx, 0, lambda _: None)
        owner.act(embedded(os.urandom))
        return taken()


def test_killed_at_every_statement_nothing_is_lost_or_doubled(
    ledger_database: LedgerDatabase,
) -> None:
    count = statements_of_an_act(ledger_database)
    sizes = []
    for at in range(1, count + 1):

        def work(at: int = at) -> None:
            with ledger_database.connection() as owner:
                watch(owner.cx, at, lambda _: os._exit(0))
                owner.act(embedded(os.urandom))
                raise AssertionError(f"statement {at} of {count} did not come")

        in_children(work)
        with ledger_database.connection() as owner:
            sizes.append(check_whole(owner))
            # The retry finishes, with the next number.
            assert owner.act(embedded(os.urandom)) == sizes[-1]

    # Only what was killed after its commit stands, and the last statement asks for its index.
    assert [later - earlier for earlier, later in pairwise(sizes)] == [*[1] * (count - 2), 2]


def test_a_server_that_goes_away_at_any_statement_loses_and_doubles_nothing(
    postgresql_ledger: LedgerDatabase,
) -> None:
    database = postgresql_ledger
    psycopg = pytest.importorskip("psycopg")
    count = statements_of_an_act(database)
    with database.connection() as other:

        def die(cx: Any) -> None:
            other.cx.execute("SELECT pg_terminate_backend(%s, 5000)", (cx.info.backend_pid,))

        sizes = []
        for at in range(1, count + 1):
            ledger = embedded(os.urandom)
            with database.connection() as owner:
                watch(owner.cx, at, die)
                with pytest.raises((StorageFailed, psycopg.OperationalError)):
                    owner.act(ledger)
            sizes.append(check_whole(other))
            # The same keys go on over another connection.
            assert other.act(ledger) == sizes[-1]

    assert [later - earlier for earlier, later in pairwise(sizes)] == [*[1] * (count - 2), 2]


def act_until_refused(owner: Owner, ledger: EmbeddedLedger) -> None:
    for _ in range(50):
        owner.act(ledger)


def test_a_full_disk_at_any_page_leaves_nothing_of_an_act(sqlite_ledger: LedgerDatabase) -> None:
    ledger = embedded(os.urandom)
    with sqlite_ledger.connection() as owner, sqlite_ledger.connection() as other:
        for _ in range(8):
            ((pages,),) = owner.rows("PRAGMA page_count")
            owner.rows(f"PRAGMA max_page_count = {pages}")
            with pytest.raises((StorageFailed, sqlite3.OperationalError), match="full"):
                act_until_refused(owner, ledger)
            size = check_whole(other)
            owner.rows(f"PRAGMA max_page_count = {pages + 9}")
            # What takes the next page is another table each time.
            assert owner.act(ledger) == size

        assert check_whole(other) == size + 1
