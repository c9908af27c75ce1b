"""How people in the office are called stands sealed beside their ids, and nowhere else."""

import logging
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections

from clerestory.kernel import Refusal
from clerestory.ledger import Torn
from made_up_acts import MadeUp

SQLITE = pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
# Made up, and unlike any word of the program.
NAMES = {"P-clk": "Quillabrix Zanthorne", "P-ann": "Wóltrïgard Éxemplary-Ponsóby"}


def table() -> Any:
    return apps.get_model("store", "MemberRow").objects


def sealed(member: str) -> bytes:
    return bytes(table().get(id=member).name)


def all_bytes(made_up: MadeUp, folder: Path) -> bytes:
    """All that the database and the files beside it hold, as it is written."""
    found = b""
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{name}"')
            for row in cursor.fetchall():
                found += b"\n".join(
                    bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
                    for cell in row
                )
    # While the connection is open: the write-ahead log goes with it.
    for path in sorted(folder.iterdir()):
        found += path.read_bytes()
    assert b"P-clk" in found
    assert made_up.office.origin.encode() in found
    return found


def test_names_stand_in_no_byte_of_the_database_and_in_no_message(
    made_up: MadeUp, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from clerestory.office.names import keep_name, name_of

    caplog.set_level(logging.DEBUG)
    entries = made_up.receive().index
    said = []
    for member, name in NAMES.items():
        keep_name(made_up.office, member, f" {name}\n")
        assert name_of(made_up.office, member) == name
        with pytest.raises(Refusal) as fault:
            keep_name(made_up.office, "P-nobody", name)
        said += [str(fault.value), fault.value.todo]
        assert fault.value.code == "office-nobody"
    table().filter(id="P-clk").update(name=sealed("P-ann"))
    with pytest.raises(Torn) as torn:
        name_of(made_up.office, "P-clk")
    assert str(torn.value) == "the name of P-clk must open with its key and be unaltered"

    # Nothing is logged of it, and later acts about somebody leave the name as it is.
    made_up.people("assign", person="P-ann", roles="clerk")
    assert name_of(made_up.office, "P-ann") == NAMES["P-ann"]
    assert made_up.receive(2).index == entries + 2
    written = all_bytes(made_up, tmp_path) + "".join([*said, str(torn.value), caplog.text]).encode()
    for name in NAMES.values():
        for part in (name, *name.split(), *name.split("-")):
            assert part.encode() not in written
            assert part.encode("utf-16-le") not in written
            assert part.encode().hex().encode() not in written
    assert made_up.audit() == []


@SQLITE
def test_all_names_take_one_room_and_no_two_sealings_are_alike(made_up: MadeUp) -> None:
    from clerestory.office.names import keep_name, name_of

    assert name_of(made_up.office, "P-clk") is None
    keep_name(made_up.office, "P-clk", "A")
    first = sealed("P-clk")
    keep_name(made_up.office, "P-clk", "é" * 120)
    second = sealed("P-clk")
    keep_name(made_up.office, "P-clk", "A")

    assert {len(first), len(second)} == {12 + 256 + 16}
    assert len({first, second, sealed("P-clk")}) == 3
    made_up.open()
    assert name_of(made_up.office, "P-clk") == "A"


@pytest.mark.parametrize("name", ["", " \n", "é" * 121, "two\nlines", "bell\a", "zero\0"])
@SQLITE
def test_what_is_no_name_is_refused_and_not_shown(name: str, made_up: MadeUp) -> None:
    from clerestory.office.names import keep_name

    with pytest.raises(Refusal) as fault:
        keep_name(made_up.office, "P-clk", name)

    assert fault.value.code == "office-name"
    assert not name.strip() or name not in str(fault.value)
    assert table().get(id="P-clk").name is None


@SQLITE
def test_with_another_key_no_name_opens(made_up: MadeUp) -> None:
    from clerestory.office.names import keep_name, name_of

    keep_name(made_up.office, "P-clk", NAMES["P-clk"])
    connections["default"].close()
    with pytest.raises(Torn):
        made_up.open(kek=bytes(32))
    altered = bytearray(sealed("P-clk"))
    altered[20] ^= 1
    table().filter(id="P-clk").update(name=bytes(altered))

    with pytest.raises(Torn):
        name_of(made_up.office, "P-clk")
