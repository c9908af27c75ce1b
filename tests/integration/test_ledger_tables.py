"""The tables themselves refuse to rewrite history, on both databases, whoever types it."""

import pytest

from clerestory.kernel import Refusal
from clerestory.ledger import Busy, StorageFailed, statements_on
from clerestory.ledger.storage import SqliteStatements
from clerestory.ledger.storage.sqlite import SETTINGS
from clerestory.ledger.storage.writer import insert_entry
from ledger_databases import AT, DEMAND, EASTERN, UPDATE, LedgerDatabase, Owner, embedded

FORBIDDEN = {
    "a log keeps its name": [
        "UPDATE log SET origin = 'another.example/log'",
        "UPDATE log SET keeper = 'operator'",
        "DELETE FROM log",
    ],
    "a leaf never changes": [
        "UPDATE entry SET leaf = 'x' WHERE leaf_index = 0",
        "UPDATE entry SET leaf_index = 999 WHERE leaf_index = 0",
        "UPDATE entry SET leaf_index = NULL WHERE leaf_index = 0",
        "UPDATE entry SET leaf = 'x' WHERE leaf_index IS NULL",
    ],
    "a leaf is never deleted": [
        "DELETE FROM entry WHERE leaf_index = 0",
        "DELETE FROM entry WHERE leaf_index IS NULL",
    ],
    "a tile only grows": [
        "UPDATE tile SET hashes = substr(hashes, 1, 32) WHERE place = 0",
        "UPDATE tile SET place = 7 WHERE place = 0",
    ],
    "a tile is never deleted": ["DELETE FROM tile"],
    "a log never shrinks": [
        "UPDATE head SET size = size - 1",
        "UPDATE head SET root = (SELECT substr(hashes, 1, 32) FROM tile WHERE place = 0)",
        "DELETE FROM head",
    ],
    "a published size stays published": [
        "UPDATE epoch SET published = 0",
        "UPDATE epoch SET size = size + 1",
        "DELETE FROM epoch",
    ],
    "demand numbers have no gaps": [
        "UPDATE demand_number SET last = last + 2",
        "UPDATE demand_number SET last = last - 1",
        "UPDATE demand_number SET last = last",
        "UPDATE demand_number SET scope = 'other', last = last + 1",
        "DELETE FROM demand_number",
        "INSERT INTO demand_number VALUES ('other', 2)",
    ],
    "key is kept or destroyed": [
        "UPDATE matter SET wrapped_key = 'x'",
        "UPDATE matter SET id = 'm/9', wrapped_key = NULL",
        "DELETE FROM matter WHERE id = 'm/none'",
    ],
    "a payload is kept or destroyed": ["UPDATE payload SET sealed = 'x'"],
}

TABLES = ("log", "entry", "tile", "head", "epoch", "demand_number", "matter", "payload")


def fill(owner: Owner) -> None:
    """Put a row into every table: 260 entries, one that waits, an epoch that is published."""
    ledger = embedded()
    with owner.transaction():
        ledger.record(owner.statements, [DEMAND], AT, zone=EASTERN)
        for number in range(259):
            insert_entry(owner.statements, b"made-up entry %d" % number)
        ledger.sequence(owner.statements)
        ledger.propose(owner.statements)
        insert_entry(owner.statements, b"it waits")
        owner.cx.execute("INSERT INTO matter (id) VALUES ('m/none')")
    proposal = ledger.proposal(owner.statements)
    assert proposal is not None
    with owner.transaction():
        ledger.publish(owner.statements, proposal.note)


def contents(owner: Owner) -> dict[str, list[str]]:
    return {table: sorted(map(str, owner.rows(f"SELECT * FROM {table}"))) for table in TABLES}


def test_every_forbidden_statement_is_refused(ledger_database: LedgerDatabase) -> None:
    with ledger_database.connection() as owner:
        fill(owner)
        before = contents(owner)
        assert all(before.values())
        for message, statements in FORBIDDEN.items():
            for statement in statements:
                # SQLite takes a text for no bytes, which would be another refusal.
                if ledger_database.kind == "sqlite":
                    statement = statement.replace("'x'", "x'00'")
                with pytest.raises(Exception, match=message) as caught:
                    owner.cx.execute(statement)
                assert type(caught.value).__name__.startswith("Integrity"), statement

        assert contents(owner) == before


def test_a_row_is_not_replaced_and_no_table_emptied(
    sqlite_ledger: LedgerDatabase, postgresql_ledger: LedgerDatabase
) -> None:
    with sqlite_ledger.connection() as owner:
        fill(owner)
        before = contents(owner)
        with pytest.raises(Exception, match="never deleted"):
            owner.cx.execute("INSERT OR REPLACE INTO entry SELECT id, leaf_index, x'00' FROM entry")
        assert contents(owner) == before
    with postgresql_ledger.connection() as owner:
        fill(owner)
        before = contents(owner)
        for table in TABLES:
            with pytest.raises(Exception, match="never emptied"):
                owner.cx.execute(f"TRUNCATE {table} CASCADE")
        assert contents(owner) == before


def test_both_databases_have_the_same_tables_columns_and_guards(
    sqlite_ledger: LedgerDatabase, postgresql_ledger: LedgerDatabase
) -> None:
    columns = {}
    for database in (sqlite_ledger, postgresql_ledger):
        with database.connection() as owner:
            columns[database.kind] = {
                table: [
                    column[0] for column in owner.cx.execute(f"SELECT * FROM {table}").description
                ]
                for table in TABLES
            }
            schema = "\n".join(owner.statements.schema)
            assert {message for message in FORBIDDEN if message in schema.replace("''", "'")} == {
                *FORBIDDEN
            }

    assert columns["sqlite"] == columns["postgresql"]


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_sqlite_connection_that_could_forget_is_refused(
    sqlite_ledger: LedgerDatabase, setting: str
) -> None:
    with sqlite_ledger.connection() as owner:
        other = "delete" if setting == "journal_mode" else 0
        owner.cx.execute(f"PRAGMA {setting} = {other}").fetchall()
        with pytest.raises(Refusal, match=f"{setting} = ") as caught:
            owner.act(embedded())

        assert caught.value.code == "log-database-settings"
        assert owner.rows("SELECT count(*) FROM entry") == [(0,)]


def test_a_postgresql_connection_that_could_forget_is_refused(
    postgresql_ledger: LedgerDatabase,
) -> None:
    with postgresql_ledger.connection() as owner:
        owner.cx.execute("SET synchronous_commit = off")
        with pytest.raises(Refusal, match="synchronous_commit = on: off"):
            owner.act(embedded())

        assert owner.rows("SELECT count(*) FROM entry") == [(0,)]
        # What waits longer, for a standby too, forgets nothing.
        owner.cx.execute("SET synchronous_commit = local")
        owner.act(embedded())


def test_for_one_transaction_the_turn_is_taken_once_and_never_on_such_a_connection(
    sqlite_ledger: LedgerDatabase,
) -> None:
    with sqlite_ledger.connection() as owner:
        statements = statements_on(owner.cx, one_transaction=True)
        owner.cx.execute("PRAGMA secure_delete = 0").fetchall()
        for _ in range(2):
            with pytest.raises(Refusal, match="secure_delete"):
                statements.take_turn()
        owner.cx.execute("PRAGMA secure_delete = 1").fetchall()
        asked: list[str] = []
        owner.cx.set_trace_callback(asked.append)
        statements.take_turn()
        once = len(asked)
        statements.take_turn()
        assert (once, len(asked)) == (len(SETTINGS), len(SETTINGS))
        # The connection's own view takes it each time.
        owner.statements.take_turn()
        owner.statements.take_turn()
        assert len(asked) == 3 * len(SETTINGS)


def test_a_fault_of_the_database_is_told_as_one(ledger_database: LedgerDatabase) -> None:
    with ledger_database.connection() as owner:
        owner.cx.execute("ALTER TABLE tile RENAME TO tile_elsewhere")
        owner.cx.execute("ALTER TABLE head RENAME TO head_elsewhere")
        with pytest.raises(StorageFailed) as caught:
            owner.act(embedded())

    assert "head" in str(caught.value)


def test_a_database_that_another_holds_is_busy_and_nothing_is_written(
    ledger_database: LedgerDatabase,
) -> None:
    ledger = embedded()
    with ledger_database.connection() as owner, ledger_database.connection() as other:
        sqlite = isinstance(owner.statements, SqliteStatements)
        owner.act(ledger)
        owner.cx.execute("PRAGMA busy_timeout = 1" if sqlite else "SET lock_timeout = '1ms'")
        with other.transaction():
            # Neither a number nor a new matter makes them wait: the order of their quarters does.
            embedded().record(other.statements, [UPDATE], AT, zone=EASTERN)
            owner.cx.execute("BEGIN")
            with pytest.raises(Busy):
                ledger.record(owner.statements, [UPDATE], AT, zone=EASTERN)
            owner.cx.rollback()
        owner.cx.execute("PRAGMA busy_timeout = 9999" if sqlite else "SET lock_timeout = 0")

        assert owner.act(ledger) == 2
        assert owner.rows("SELECT count(*) FROM entry") == [(3,)]


def test_an_older_view_of_the_database_is_never_built_on(
    postgresql_ledger: LedgerDatabase,
) -> None:
    ledger = embedded()
    with postgresql_ledger.connection() as owner, postgresql_ledger.connection() as other:
        owner.cx.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        insert_entry(owner.statements, b"made up")
        other.act(embedded())
        with pytest.raises(Refusal, match="transaction_isolation = read committed"):
            ledger.sequence(owner.statements)
        owner.cx.rollback()

        assert owner.act(ledger) == 1


def test_a_transaction_that_the_driver_would_begin_is_one(
    postgresql_ledger: LedgerDatabase,
) -> None:
    with postgresql_ledger.connection() as owner:
        cx = owner.cx
        cx.autocommit = False
        statements = statements_on(cx)
        assert statements.in_transaction
        embedded().record(statements, [DEMAND], AT, zone=EASTERN)
        cx.rollback()

        assert owner.rows("SELECT count(*) FROM entry") == [(0,)]
        cx.rollback()
