"""Each word of the tables that addresses, database URLs and declared types are read by."""

import sqlite3
from pathlib import Path

import pytest

from clerestory.holdings import SourceFault, open_source
from clerestory.holdings.addresses import fold_address
from clerestory.holdings.kinds import Kind
from clerestory.holdings.postgresql_url import read_database_url

HERE = "postgresql+psycopg://reader@/aces?host=/var/run/postgresql"


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("street", "st"), ("avenue", "ave"), ("road", "rd"), ("drive", "dr"), ("lane", "ln"),
        ("court", "ct"), ("place", "pl"), ("boulevard", "blvd"), ("terrace", "ter"),
        ("highway", "hwy"), ("north", "n"), ("south", "s"), ("east", "e"), ("west", "w"),
    ],
)  # fmt: skip
def test_a_street_word_is_equal_to_its_short_form(long: str, short: str) -> None:
    assert fold_address(f"9 Made {long} Up") == fold_address(f"9 Made {short} Up")
    assert fold_address(f"9 Made {long} Up") == f"9 made {short} up"


@pytest.mark.parametrize(
    "word",
    ["apt", "apartment", "unit", "no", "number", "ste", "suite", "me", "maine", "usa", "us"],
)
def test_a_word_that_tells_nothing_of_the_place_is_left_out(word: str) -> None:
    assert fold_address(f"9 Made Up St {word} 3") == "9 made up st 3"


@pytest.mark.parametrize(
    "written",
    [
        "general delivery", "homeless", "no fixed address", "no fixed abode",
        "no permanent address", "transient", "unhoused", "undomiciled", "no address",
        "address unknown", "not provided", "not given", "not available", "not applicable",
        "unknown", "unk", "none", "n/a", "na", "null", "same", "confidential", "withheld",
        "refused", "declined", "tbd", "x", "xxxx",
    ],
)  # fmt: skip
def test_each_placeholder_is_no_address_alone_and_before_a_town(written: str) -> None:
    assert fold_address(written) == ""
    assert fold_address(f"{written.upper()}, Exampleton, ME 00011") == ""
    assert fold_address(f"9 {written} St") != ""


KEPT = [
    "application_name", "channel_binding", "connect_timeout", "dbname", "hostaddr", "keepalives",
    "keepalives_count", "keepalives_idle", "keepalives_interval", "krbsrvname",
    "load_balance_hosts", "passfile", "password", "port", "require_auth", "requirepeer",
    "ssl_max_protocol_version", "ssl_min_protocol_version", "sslcert", "sslcertmode", "sslcrl",
    "sslcrldir", "sslkey", "sslnegotiation", "sslpassword", "sslrootcert", "sslsni",
    "target_session_attrs", "tcp_user_timeout", "user",
]  # fmt: skip


@pytest.mark.parametrize("option", KEPT)
def test_each_option_that_is_kept_reaches_the_driver(option: str) -> None:
    value = "5433" if option == "port" else "127.0.0.1"

    read = read_database_url(f"{HERE}&{option}={value}")

    assert read.url.query[option] == value


@pytest.mark.parametrize("option", [*KEPT, "sslmode"])
def test_an_option_that_is_written_almost_so_is_refused(option: str) -> None:
    with pytest.raises(SourceFault) as fault:
        read_database_url(f"{HERE}&{option}x=1")

    assert fault.value.code == "source-url-option"


@pytest.mark.parametrize("setting", ["search_path", "statement_timeout", "lock_timeout"])
def test_each_setting_of_a_reader_is_kept(setting: str) -> None:
    assert read_database_url(f"{HERE}&options=-c%20{setting}%3D7").settings == f"-c {setting}=7"


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_each_mode_that_encrypts_is_said_to(mode: str) -> None:
    assert read_database_url(f"{HERE}&sslmode={mode}").has_tls
    assert not read_database_url(HERE).has_tls


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer"])
def test_a_mode_that_need_not_encrypt_is_not_said_to(mode: str) -> None:
    assert not read_database_url(f"{HERE}&sslmode={mode}").has_tls


@pytest.mark.parametrize(
    ("declared", "kind"),
    [
        ("INT", Kind.WHOLE), ("integer", Kind.WHOLE), ("BIGINT", Kind.WHOLE),
        # SQLite's own rule: a type with INT in it is whole, whatever else is in it.
        ("CHARINT", Kind.WHOLE), ("FLOATING POINT", Kind.WHOLE),
        ("CHAR(9)", Kind.TEXT), ("varchar(9)", Kind.TEXT), ("CLOB", Kind.TEXT),
        ("text", Kind.TEXT), ("REALTEXT", Kind.TEXT),
        ("REAL", Kind.DOUBLE), ("float", Kind.DOUBLE), ("DOUBLE", Kind.DOUBLE),
        ("NUMERIC", Kind.ANY), ("DATE", Kind.ANY), ("BLOB", Kind.ANY), ("", Kind.ANY),
    ],
)  # fmt: skip
def test_a_declared_type_of_sqlite_says_its_kind(declared: str, kind: Kind, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        connection.execute(f"CREATE TABLE people (id TEXT, it {declared})")
    connection.close()
    source = open_source(tmp_path / "a.sqlite")

    held = {one.name: one.kind for one in source.columns_of("people") or ()}
    source.close()

    assert held == {"id": Kind.TEXT, "it": kind}
