"""What a server says before there is a code is told apart by its words, and never repeated."""

import pytest
from sqlalchemy.exc import OperationalError

from clerestory.holdings.postgresql_faults import explain_fault

AT = 'connection failed: connection to server at "192.0.2.1", port 5432 failed: '


class Coded(Exception):
    """A driver's error with a code, as it comes once a connection is there."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("secret words of a row")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (f'{AT}FATAL:  password authentication failed for user "reader"', "source-access-refused"),
        (f"{AT}fe_sendauth: no password supplied", "source-access-refused"),
        (f'{AT}FATAL:  role "reader" does not exist', "source-access-refused"),
        (f'{AT}FATAL:  role "reader" is not permitted to log in', "source-access-refused"),
        (f'{AT}FATAL:  no pg_hba.conf entry for host "192.0.2.1", user "reader", database "aces", '
         "no encryption", "source-access-refused"),
        (f"{AT}SCHWERWIEGEND:  Passwort-Authentifizierung fehlgeschlagen", "source-access-refused"),
        (f'{AT}FATAL:  database "aces" does not exist', "source-no-database"),
        (f'{AT}FATAL:  too many connections for role "reader"', "source-busy"),
        (f"{AT}FATAL:  sorry, too many clients already", "source-busy"),
        (f"{AT}FATAL:  remaining connection slots are reserved", "source-busy"),
        (f"{AT}FATAL:  the database system is starting up", "source-starting"),
        (f"{AT}FATAL:  the database system is shutting down", "source-starting"),
        (f"{AT}FATAL:  the database system is in recovery mode", "source-starting"),
        (f"{AT}server does not support SSL, but SSL was required", "source-tls"),
        (f'{AT}root certificate file "/nowhere/root.crt" does not exist', "source-tls"),
        (f"{AT}SSL error: certificate verify failed", "source-tls"),
        (f"{AT}Connection refused", "source-vanished"),
        (f"{AT}No such file or directory", "source-vanished"),
        (f"{AT}timeout expired", "source-vanished"),
        ("failed to resolve host 'nowhere.invalid': [Errno -2] Name or service not known",
         "source-vanished"),
        ('connection to server on socket "/tmp/password-ssl/.s.PGSQL.5432" failed: '
         "No such file or directory", "source-vanished"),
        ("something else", "source-unreadable"),
    ],
)  # fmt: skip
def test_each_way_to_be_kept_out_is_told_apart(words: str, code: str) -> None:
    fault = explain_fault(
        OperationalError("", {}, Exception(words)), label="the label", table="people", columns=()
    )

    assert fault.code == code
    assert fault.todo
    assert "reader" not in str(fault)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("42P01", "source-lacks-column"),
        ("42703", "source-lacks-column"),
        ("3F000", "source-lacks-column"),
        ("42501", "source-no-right"),
        ("28P01", "source-access-refused"),
        ("28000", "source-access-refused"),
        ("3D000", "source-no-database"),
        ("53300", "source-busy"),
        ("55P03", "source-locked"),
        ("57014", "source-stopped"),
        ("57P01", "source-starting"),
        ("57P02", "source-starting"),
        ("57P03", "source-starting"),
        ("08006", "source-vanished"),
        ("22007", "source-unreadable"),
        ("XX001", "source-unreadable"),
    ],
)
def test_each_code_of_the_server_has_a_fault_of_its_own(state: str, code: str) -> None:
    fault = explain_fault(
        OperationalError("", {}, Coded(state)), label="the label", table="people", columns=("name",)
    )

    assert fault.code == code
    assert fault.todo
    assert "secret" not in str(fault)
