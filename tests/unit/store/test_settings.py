"""One URL says where the database is; what is not one is refused without being shown."""

from typing import Any

import pytest

from clerestory.kernel import Refusal
from clerestory.store.settings import database_for, settings_for


def test_a_file_is_opened_with_all_that_keeps_a_commit() -> None:
    told = database_for("sqlite:////srv/office/office.sqlite")

    assert told["ENGINE"] == "django.db.backends.sqlite3"
    assert told["NAME"] == "/srv/office/office.sqlite"
    assert told["OPTIONS"] == {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
        "PRAGMA secure_delete=ON;PRAGMA recursive_triggers=ON",
    }
    assert database_for("sqlite:///office.sqlite")["NAME"] == "office.sqlite"
    assert database_for("sqlite:////a%20b/o.sqlite")["NAME"] == "/a b/o.sqlite"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://office@db.example/clerestory",
         {"USER": "office", "PASSWORD": "", "HOST": "db.example", "PORT": ""}),
        ("postgresql://office:a%40b@db.example:5433/clerestory",
         {"USER": "office", "PASSWORD": "a@b", "HOST": "db.example", "PORT": "5433"}),
        ("postgresql://office@/clerestory?host=%2Frun%2Fpg",
         {"USER": "office", "HOST": "/run/pg", "NAME": "clerestory"}),
    ],
)  # fmt: skip
def test_a_server_is_reached_as_the_url_says(url: str, told: dict[str, Any]) -> None:
    database = database_for(url)

    assert database.items() >= told.items()
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert database["OPTIONS"] == {
        "options": "-c synchronous_commit=on", "prepare_threshold": 5,
    }  # fmt: skip


@pytest.mark.parametrize(
    "url",
    ["", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://host/a", "mysql://secret@h/d",
     "postgresql://secret:secret@h", "postgresql://secret@h:x/d", "postgresql://secret@h/d?ssl=no",
     "/srv/secret.sqlite"],
)  # fmt: skip
def test_what_is_no_address_of_a_database_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(Refusal) as fault:
        database_for(url)

    assert fault.value.code == "office-database-url"
    assert "secret" not in str(fault.value)


def test_nothing_but_the_tables_is_installed() -> None:
    told = settings_for("sqlite:///office.sqlite")

    assert told["INSTALLED_APPS"] == ["clerestory.store"]
    assert told["USE_TZ"] is True
    # One transaction is begun by each act, and by nothing around it.
    assert "ATOMIC_REQUESTS" not in told["DATABASES"]["default"]
