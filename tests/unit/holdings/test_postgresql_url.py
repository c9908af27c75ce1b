"""A URL of PostgreSQL is read strictly: each option is kept or refused by name."""

import pytest
from sqlalchemy.exc import DBAPIError

from clerestory.holdings import SourceFault
from clerestory.holdings.postgresql_faults import explain_fault
from clerestory.holdings.postgresql_url import read_database_url

HERE = "postgresql+psycopg://reader@/aces?host=/var/run/postgresql"
THERE = "postgresql+psycopg://reader:secret@db.example.gov/aces"


@pytest.mark.parametrize(
    ("url", "mode"),
    [
        (THERE, "verify-full"),
        (f"{THERE}?sslmode=require", "require"),
        (f"{THERE}?sslmode=verify-ca", "verify-ca"),
        ("postgresql://reader@db.example.gov/aces", "verify-full"),
        ("postgres://reader@db.example.gov/aces", "verify-full"),
        ("postgresql://reader@192.0.2.1/aces", "verify-full"),
        ("postgresql://reader@[2001:db8::1]/aces", "verify-full"),
        ("postgresql://reader@localhost.example.gov/aces", "verify-full"),
        ("postgresql://reader@127.0.0.1.example.gov/aces", "verify-full"),
        ("postgresql://reader@/aces?host=/tmp&host=db.example.gov", "verify-full"),
        ("postgresql://reader@/aces?host=/tmp,db.example.gov", "verify-full"),
        ("postgresql://reader@localhost/aces?hostaddr=192.0.2.1", "verify-full"),
        ("postgresql://reader@/aces", "verify-full"),
        (HERE, None),
        ("postgresql://reader@localhost/aces", None),
        ("postgresql://reader@127.0.0.1:5433/aces", None),
        ("postgresql://reader@127.9.9.9/aces", None),
        ("postgresql://reader@[::1]/aces", None),
        ("postgresql://reader@/aces?host=localhost:5433", None),
        ("postgresql://reader@localhost/aces?sslmode=disable", "disable"),
    ],
)
def test_another_machine_is_reached_by_tls(url: str, mode: str | None) -> None:
    read = read_database_url(url)

    assert read.url.query.get("sslmode") == mode
    assert read.url.drivername == "postgresql+psycopg"
    assert "secret" not in read.label


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer"])
@pytest.mark.parametrize("url", [THERE, "postgresql://reader@/aces?host=/tmp&host=db.example.gov"])
def test_a_weak_mode_to_another_machine_is_refused_by_name(url: str, mode: str) -> None:
    sign = "&" if "?" in url else "?"

    with pytest.raises(SourceFault, match=f"sslmode={mode}") as fault:
        read_database_url(f"{url}{sign}sslmode={mode}")

    assert fault.value.code == "source-tls"
    assert "verify-full" in fault.value.todo
    assert "secret" not in str(fault.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("bogus=1", "bogus"),
        ("service=other", "service"),
        ("replication=database", "replication"),
        ("gssencmode=disable", "gssencmode"),
        ("dsn=x", "dsn"),
        ("sslmode=never", "never"),
        ("sslmode=require&sslmode=disable", "sslmode"),
        ("target_session_attrs=any&target_session_attrs=any", "target_session_attrs"),
        ("options=-c%20default_transaction_read_only%3Doff", "default_transaction_read_only"),
        ("options=-cdefault_transaction_read_only%3Doff", "default_transaction_read_only"),
        ("options=--default-transaction-read-only%3Doff", "--default-transaction-read-only"),
        ("options=-c%20Default_Transaction_Read_Only%3Doff", "Default_Transaction_Read_Only"),
        ("options=-c%20search_path%3Daces%20-c%20role%3Downer", "role"),
        ("options=-c%20datestyle%3DGerman", "datestyle"),
        ("options=-c%20timezone%3DUTC", "timezone"),
        ("options=-d5", "-d5"),
        ("options=-c%20search_path%3Daces,pg_catalog", "pg_catalog"),
        ("options=-c%20search_path%3Daces,%5C%20%22PG_Catalog%22", "PG_Catalog"),
        ("options=-c%20Search_Path%3Dpg_temp", "pg_temp"),
        ("options=-c%20search_path%3Dpg%5C_temp_3", "pg_temp_3"),
        ("options=-c%20search_path%3Daces,", "nothing"),
        ("options=-c%20search_path%3D", "nothing"),
    ],
)
def test_an_option_that_is_not_kept_is_refused_by_name(options: str, said: str) -> None:
    with pytest.raises(SourceFault) as fault:
        read_database_url(f"{HERE}&{options}")

    assert fault.value.code == "source-url-option"
    assert said in str(fault.value)
    assert fault.value.todo


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ("-c%20search_path%3Daces,public", "-c search_path=aces,public"),
        ("-csearch_path%3Daces%20--statement_timeout%3D5s", "-c search_path=aces -c statement_"
         "timeout=5s"),
        ("-c%20search_path%3Da%5C%20b", "-c search_path=a\\ b"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_a_reader_may_set_is_kept(options: str, kept: str) -> None:
    read = read_database_url(f"{HERE}&options={options}&application_name=x&connect_timeout=9")

    assert read.settings == kept
    assert "options" not in read.url.query
    assert read.url.query["application_name"] == "x"
    assert read.url.query["connect_timeout"] == "9"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("sqlite:///a.sqlite", "source-bad-url"),
        ("sqlite+pysqlite:///a.sqlite", "source-bad-url"),
        ("mysql://reader:secret@host/db", "source-kind"),
        ("oracle+oracledb://reader:secret@host/db", "source-kind"),
        ("postgresql+asyncpg://reader:secret@host/db", "source-no-driver"),
        ("postgresql+psycopg2://reader:secret@host/db", "source-no-driver"),
        ("postgresql://reader:secret@host:port/db", "source-bad-url"),
        ("postgresql://reader:secret@host:99999/db", "source-bad-url"),
        ("postgresql://reader:secret@host:65536/db", "source-bad-url"),
        ("postgresql://reader:secret@host:0/db", "source-bad-url"),
        ("postgresql://reader:secret@/db?host=a&port=99999", "source-bad-url"),
        ("postgresql://reader:secret@/db?host=a,b&port=5432,99999", "source-bad-url"),
        ("postgresql://reader:secret@/db?host=a:1&host=b:99999", "source-bad-url"),
        ("postgresql://reader:secret@/db?host=a&port=-1", "source-bad-url"),
        ("postgresql://reader:sec@secret@host/db", "source-bad-url"),
        ("://", "source-bad-url"),
    ],
)
def test_what_is_no_url_of_postgresql_is_refused(url: str, code: str) -> None:
    with pytest.raises(SourceFault) as fault:
        read_database_url(url)

    assert fault.value.code == code
    assert "secret" not in str(fault.value) + fault.value.todo


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://reader@localhost:1/db",
        "postgresql://reader@localhost:65535/db",
        "postgresql://reader@/db?host=127.0.0.1&host=localhost&port=1,65535",
        "postgresql://reader@/db?host=127.0.0.1,localhost&port=5432,",
        "postgresql://reader@[::1]:5432/db",
    ],
)
def test_a_port_that_there_is_is_kept(url: str) -> None:
    assert read_database_url(url).url.database == "db"


def test_a_message_about_a_url_does_not_speak_of_folders() -> None:
    fault = DBAPIError("", (), RuntimeError("anything"))

    told = explain_fault(fault, label="postgresql://host/db", table="", columns=())

    assert told.code == "source-unreadable"
    assert "URL" in told.todo
    assert "Parquet" not in told.todo
