"""The ledger on Django's own connection, inside its ``atomic()``: one commit with its rows."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from clerestory.kernel import Refusal
from clerestory.ledger import Statements, parse_leaf, statements_on, verify_proof
from clerestory.ledger.storage.sqlite import SETTINGS
from ledger_databases import AT, DEMAND, EASTERN, SIGNER, LedgerDatabase, embedded, in_children

pytest.importorskip("django", reason="django is not installed")


def on_sqlite(database: LedgerDatabase) -> dict[str, Any]:
    with database.connection() as owner:
        ((_, _, path),) = owner.rows("PRAGMA database_list")
    pragmas = "".join(f"PRAGMA {name} = {value};" for name, value in SETTINGS.items())
    options = {"transaction_mode": "IMMEDIATE", "init_command": pragmas}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": options}


def on_postgresql(database: LedgerDatabase) -> dict[str, Any]:
    with database.connection() as owner:
        info = owner.cx.info
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": info.dbname,
            "USER": info.user,
            "HOST": info.host,
            "OPTIONS": {"options": info.options},
        }


def a_story(settings: dict[str, Any]) -> Callable[[], None]:
    """What is done in a process of its own, since Django is set up once in each."""

    def work() -> None:
        import django
        from django.conf import settings as of_django
        from django.db import connection, connections, transaction

        # Another test may have set Django up before this process was forked off.
        if of_django.configured:
            connections["default"]
            del connections["default"]
            of_django.DATABASES = {"default": settings}
            connections.settings = connections.configure_settings(of_django.DATABASES)
        else:
            of_django.configure(USE_TZ=True, DATABASES={"default": settings})
            django.setup()
        connection.ensure_connection()
        statements, ledger = statements_on(connection.connection), embedded()
        migrate(connection, statements)
        with transaction.atomic():
            ledger.begin(statements)

        def act(number: int) -> None:
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO matter_row (number) VALUES (%s)", [number])
            (one,) = ledger.record(statements, [DEMAND], AT, zone=EASTERN)
            assert one.demand_number == number
            ledger.sequence(statements)

        def act_that_fails(number: int) -> None:
            with transaction.atomic():
                act(number)
                raise NotARealError

        with transaction.atomic():
            act(1)
            with pytest.raises(Refusal):
                ledger.note(statements)
        with pytest.raises(NotARealError):
            act_that_fails(2)
        with transaction.atomic():
            # What Django nests is a savepoint: it takes leaf and number back as well.
            with pytest.raises(NotARealError):
                act_that_fails(2)
            act(2)
        with pytest.raises(Refusal, match="none is begun"):
            ledger.record(statements, [DEMAND], AT, zone=EASTERN)
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM matter_row ORDER BY number")
            assert cursor.fetchall() == [(1,), (2,)]
        for index in (0, 1):
            entry = ledger.entry(statements, index)
            assert parse_leaf(entry).serial == index + 1
            verify_proof(ledger.prove(statements, index), entry, SIGNER.verifier)
        with transaction.atomic():
            assert ledger.check(statements) == 2
        connection.close()

    return work


class NotARealError(Exception):
    """Made up."""


def migrate(connection: Any, statements: Statements) -> None:
    """Make the tables as a migration does."""
    from django.db.migrations import RunSQL
    from django.db.migrations.state import ProjectState

    ours = RunSQL([*statements.schema])
    theirs = RunSQL("CREATE TABLE matter_row (number bigint NOT NULL)")
    with connection.schema_editor() as editor:
        for made in (ours, theirs):
            made.database_forwards("office", editor, ProjectState(), ProjectState())


def test_on_sqlite(sqlite_empty: LedgerDatabase) -> None:
    in_children(a_story(on_sqlite(sqlite_empty)))


def test_on_postgresql(postgresql_empty: LedgerDatabase, server: str) -> None:
    settings = on_postgresql(postgresql_empty)
    settings["PASSWORD"] = sa.make_url(server).password or ""
    in_children(a_story(settings))
