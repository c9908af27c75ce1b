"""What the database itself keeps, whoever writes to it: constraints and triggers, on both kinds."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from clerestory.kernel import Refusal
from clerestory.store.columns import CLASSES
from clerestory.store.connecting import connect
from office_databases import go_to

DAY = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def rolled_back(shared_database: str) -> Iterator[str]:
    """Take back whatever a test wrote."""
    go_to(shared_database)
    with transaction.atomic():
        yield shared_database
        transaction.set_rollback(True)


def model(name: str) -> Any:
    return apps.get_model("store", name)


def act(place: int = 1, **changes: Any) -> Any:
    told: dict[str, Any] = {
        "chain": "M-1", "position": place, "act": "receive", "state": "received",
        "actor": "P-1", "on": DAY, "key": f"{place:064d}", "previous": f"{place - 1:064x}",
        "digest": f"{place:064x}", "signatures": bytes(64), "entry": place,
    }  # fmt: skip
    return model("ActRow").objects.create(**(told | changes))


def member(name: str = "P-1", **changes: Any) -> Any:
    return model("MemberRow").objects.create(id=name, kind="person", acts="", **changes)


def matter(name: str = "M-1", number: int = 1) -> Any:
    return model("MatterRow").objects.create(
        id=name, number=number, state="received", site="", received_on=DAY
    )


def office(**changes: Any) -> Any:
    told = {
        "origin": "office.example/log", "profile": "maine-dhhs", "jurisdiction": "us-me",
        "packs": "us-federal us-me", "zone": "America/New_York", "made_up": True,
        "log_vkey": "made-up", "founding": "0" * 64,
    }  # fmt: skip
    return model("OfficeRow").objects.create(**(told | changes))


def vote(place: int, round: int = 1) -> Any:
    return model("VoteRow").objects.create(
        act_id=act(place, act="vote").pk, matter_id="M-1", decision="d" * 64, voter_id="P-1",
        round=round,
    )  # fmt: skip


DOUBLED: dict[str, Callable[[], object]] = {
    "two acts in one position": lambda: (
        act(1), act(1, key="k", previous="p", digest="d", entry=2),
    ),
    "two acts after one": lambda: (act(1), act(2, previous=f"{0:064x}")),
    "two acts with one key": lambda: (act(1), act(2, key=f"{1:064d}")),
    "two acts with one digest": lambda: (act(1), act(2, digest=f"{1:064x}")),
    "two acts on one entry": lambda: (act(1), act(2, entry=1)),
    "an act in position 0": lambda: act(0),
    "two matters of one number": lambda: (matter("M-1", 7), matter("M-2", 7)),
    "number 0": lambda: matter(number=0),
    "a matter that is called office": lambda: matter("office"),
    "a second vote in a round": lambda: (matter(), member(), vote(1), vote(2)),
    "a vote of nobody": lambda: (matter(), vote(1)),
    "a second office": lambda: (office(), office(one=2)),
    "a member that is neither": lambda: model("MemberRow").objects.create(id="x", kind="cat"),
    "two keys at once": lambda: (member(), key("a"), key("b")),
    "one key for two": lambda: (member("P-1"), member("P-2"), key("a"), key("a", "P-2")),
    "a post that ends first": lambda: (member(), model("PostRow").objects.create(
        member_id="P-1", roles="clerk", site="", valid_from=DAY, valid_to=DAY)),
    "two papers of one act": lambda: (matter(), paper(), paper()),
}  # fmt: skip


def key(hash: str, who: str = "P-1", *, retired: bool = False) -> Any:
    return model("KeyRow").objects.create(
        hash=hash * 64, member_id=who, vkey="made-up", retired=retired
    )


def paper() -> Any:
    return model("PaperRow").objects.create(
        matter_id="M-1", position=1, digest="0" * 64, content=b"sealed"
    )


def written(write: Callable[[], object]) -> None:
    """Write, and have the database tell now what it would else tell at the commit."""
    write()
    connection.check_constraints()


@pytest.mark.parametrize("name", DOUBLED)
def test_what_must_always_hold_is_held_by_the_database(name: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        written(DOUBLED[name])


def test_what_is_not_doubled_is_taken() -> None:
    with transaction.atomic():
        matter()
        matter("M-2", 2)
        member()
        vote(1, round=1)
        vote(2, round=2)
        key("a", retired=True)
        key("b")
        act(1, chain="M-2", key="x", digest="y", entry=99)
        model("MatterRow").objects.filter(id="M-1").update(state="decided")
        paper()

    assert model("ActRow").objects.count() == 3


STAYS: dict[str, tuple[Callable[[], Any], str, str]] = {
    "an act": (act, "UPDATE store_actrow SET actor = 'P-2'", "DELETE FROM store_actrow"),
    "the office": (office, "UPDATE store_officerow SET zone = 'U'", "DELETE FROM store_officerow"),
    "a paper": (lambda: (matter(), paper()), "UPDATE store_paperrow SET digest = 'x'", ""),
    "a vote": (lambda: (matter(), member(), vote(1)), "UPDATE store_voterow SET decision = 'x'",
               "DELETE FROM store_voterow"),
    "a key": (lambda: (member(), key("a")), "", "DELETE FROM store_keyrow"),
    "a member": (member, "", "DELETE FROM store_memberrow"),
    "a matter": (matter, "UPDATE store_matterrow SET number = 2", "DELETE FROM store_matterrow"),
    "a matter's site": (matter, "UPDATE store_matterrow SET site = 'x'", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", STAYS)
def test_what_an_act_wrote_stays(name: str) -> None:
    make, *statements = STAYS[name]
    written(make)
    if connection.vendor == "postgresql":
        table = statements[1].removeprefix("DELETE FROM ") or statements[0].split()[1]
        statements.append(f"TRUNCATE {table} CASCADE")

    for statement in filter(None, statements):
        with pytest.raises(DatabaseError, match="what an act wrote stays"), transaction.atomic():
            connection.cursor().execute(statement)


def test_a_row_is_not_replaced_either() -> None:
    act(1)
    if connection.vendor == "postgresql":
        statement = (
            "INSERT INTO store_actrow SELECT * FROM store_actrow "
            "ON CONFLICT (id) DO UPDATE SET actor = 'P-2'"
        )
    else:
        statement = "INSERT OR REPLACE INTO store_actrow SELECT * FROM store_actrow"

    with pytest.raises(DatabaseError, match="what an act wrote stays"), transaction.atomic():
        connection.cursor().execute(statement)


def test_the_connection_is_set_so_that_a_commit_is_kept() -> None:
    with connection.cursor() as cursor:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        if connection.vendor == "postgresql":
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)
            return
        told = []
        for name in names:
            cursor.execute(f"PRAGMA {name}")
            told.append(cursor.fetchone()[0])
    assert told == ["wal", 2, 1, 1]


def test_every_column_says_what_it_may_hold() -> None:
    columns = {
        f"{table.__name__}.{column.name}": column.db_comment
        for table in apps.get_app_config("store").get_models()
        for column in table._meta.local_fields
        if column.name != "id" or not column.get_internal_type().endswith("AutoField")
    }

    assert {name: said for name, said in columns.items() if said not in CLASSES} == {}
    sealed = {name for name, said in columns.items() if said == "sealed"}
    assert sealed == {"MemberRow.name", "PaperRow.content"}


def test_the_migrations_are_those_of_the_tables() -> None:
    call_command("makemigrations", "store", check=True, dry_run=True, verbosity=0)


def test_one_process_keeps_one_office(rolled_back: str) -> None:
    connect(rolled_back)

    with pytest.raises(Refusal) as fault:
        connect("sqlite:////srv/other/office.sqlite")

    assert fault.value.code == "office-other-database"
