"""Leaves show what they may and nothing else; commitments open field by field."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from clerestory.kernel.time import BadTime, Zone, parse_moment
from clerestory.ledger import (
    BadNote,
    BadProof,
    Event,
    EventType,
    Leaf,
    Opening,
    Torn,
    commit_fields,
    field_digest,
    make_opening,
    open_field,
    parse_event_type,
    parse_leaf,
)
from clerestory.ledger.leaf import quarter_of
from clerestory.ledger.recount import Recount

FIELDS = {"office": "first", "outcome": "withhold", "note": ""}
SALTS = {name: bytes([place]) * 32 for place, name in enumerate(FIELDS, 1)}
PRIVATE = [kind for kind in EventType if not kind.is_public]
PUBLIC = [kind for kind in EventType if kind.is_public]


def test_a_commitment_is_the_hash_that_its_description_says() -> None:
    digests = []
    for name, value in FIELDS.items():
        digests.append(
            hashlib.sha256(
                b"clerestory/field/v1\0"
                + SALTS[name]
                + len(name).to_bytes(4, "big")
                + name.encode()
                + len(value).to_bytes(4, "big")
                + value.encode()
            ).digest()
        )
    wanted = hashlib.sha256(b"clerestory/commit/v1\0" + b"".join(sorted(digests))).digest()

    assert commit_fields(FIELDS, SALTS) == wanted


@pytest.mark.parametrize("name", FIELDS)
def test_one_field_opens_while_the_others_stay_shut(name: str) -> None:
    commitment = commit_fields(FIELDS, SALTS)
    opening = make_opening(name, FIELDS, SALTS)

    assert open_field(commitment, opening) == FIELDS[name]
    assert not any(SALTS[other] in opening.others for other in FIELDS)


@pytest.mark.parametrize(
    "change",
    [{"value": "release"}, {"name": "office"}, {"salt": bytes(32)}, {"others": ()}],
)
def test_a_field_opens_as_nothing_but_itself(change: Mapping[str, object]) -> None:
    opening: Opening = replace(
        make_opening("outcome", FIELDS, SALTS),
        **change,  # type: ignore[arg-type]
    )

    with pytest.raises(BadProof):
        open_field(commit_fields(FIELDS, SALTS), opening)


def test_a_name_and_a_value_cannot_be_cut_in_two_places() -> None:
    assert field_digest(name="ab", value="c", salt=bytes(32)) != field_digest(
        name="a", value="bc", salt=bytes(32)
    )


@pytest.mark.parametrize(
    ("fields", "salts"),
    [
        ({}, {}),
        ({"a": "1"}, {}),
        ({"a": "1"}, {"b": bytes(32)}),
        ({"a": "1", "b": "2"}, {"a": bytes(32), "b": bytes(32)}),
        ({"a": "1"}, {"a": bytes(31)}),
    ],
)
def test_a_commitment_needs_one_fresh_salt_a_field(
    fields: dict[str, str], salts: dict[str, bytes]
) -> None:
    with pytest.raises(BadNote):
        commit_fields(fields, salts)


@pytest.mark.parametrize("kind", EventType)
def test_all_leaves_of_a_type_have_one_length(kind: EventType) -> None:
    public = {"report": "first"} if kind.is_public else {}
    lengths = set()
    for scope, serial, commitment in (
        ("a", 1, bytes(32)),
        ("a-much-longer-agency-name", 10**9, b"\xff" * 32),
    ):
        leaf = Leaf(
            type=kind,
            period="2026-Q4",
            scope=scope,
            serial=serial if kind.is_numbered else None,
            commitment=commitment,
            public=public,
        )
        assert parse_leaf(leaf.entry) == leaf
        lengths.add(len(leaf.entry))

    assert lengths == {kind.entry_bytes}


def test_a_private_leaf_holds_six_keys_and_no_time() -> None:
    leaf = Leaf(
        type=EventType.DEMAND_RECEIVED,
        period="2026-Q4",
        scope="made-up",
        serial=42,
        commitment=bytes(32),
    )

    assert leaf.entry.replace(b" ", b"") == (
        b'{"commitment":"' + b"00" * 32 + b'","pad":"","period":"2026-Q4","scope":"made-up",'
        b'"serial":"0000000042","type":"demand.received","v":2}'
    )


@pytest.mark.parametrize("kind", PRIVATE)
def test_an_event_about_somebody_shows_nothing_more(kind: EventType) -> None:
    with pytest.raises(BadNote, match="shows nothing"):
        Event(type=kind, scope="a", matter="m", fields={"a": "b"}, public={"x": "y"})
    with pytest.raises(BadNote, match="at least one field"):
        Event(type=kind, scope="a")
    with pytest.raises(BadNote, match="matter id"):
        Event(type=kind, scope="a", fields={"a": "b"})


@pytest.mark.parametrize("kind", PUBLIC)
def test_an_event_about_nobody_shows_what_it_says(kind: EventType) -> None:
    with pytest.raises(BadNote, match="shows what it says"):
        Event(type=kind, scope="a")


@pytest.mark.parametrize("scope", ["", "Maine", "a b", "a" * 33, "-a", "a\n"])
def test_a_scope_is_a_short_name(scope: str) -> None:
    with pytest.raises(BadNote, match="scope"):
        Event(type=EventType.DEMAND_DECIDED, scope=scope, matter="m", fields={"a": "b"})


def test_a_refused_event_does_not_repeat_what_it_held() -> None:
    with pytest.raises(BadNote) as caught:
        Event(type=EventType.DEMAND_DECIDED, scope="a", matter="m", fields={"Made Up Name": "x"})

    assert "Made Up Name" not in str(caught.value)


def test_no_type_tells_an_outcome() -> None:
    telling = ("refus", "releas", "withh", "deni", "grant", "disclos")

    assert [k.value for k in PRIVATE if any(word in k.value for word in telling)] == []


def test_an_unknown_type_is_named_with_those_that_exist() -> None:
    with pytest.raises(BadNote, match=r"demand\.lost") as caught:
        parse_event_type("demand.lost")

    assert "demand.received" in caught.value.todo


def test_a_public_text_that_is_too_long_is_refused() -> None:
    leaf = Leaf(
        type=EventType.REPORT_PUBLISHED, period="2026-Q1", scope="a", public={"text": "x" * 4096}
    )

    with pytest.raises(BadNote, match="at most 4096"):
        _ = leaf.entry


@pytest.mark.parametrize(
    "entry",
    [
        b"",
        b"{}",
        b"[]",
        b"[" * 60_000,
        b'{"v":' + b"9" * 5_000 + b"}",
        b'{"v":1,"n":0}',
        b'{"v":3,"type":"demand.decided","period":"2026-Q4","scope":"a","pad":""}',
        b"\xff",
        Leaf(
            type=EventType.DEMAND_DECIDED, period="2026-Q4", scope="a", commitment=bytes(32)
        ).entry.replace(b'"pad":" ', b'"pad":"'),
        Leaf(
            type=EventType.DEMAND_DECIDED, period="2026-Q4", scope="a", commitment=bytes(32)
        ).entry.replace(b"Q4", b"Q5"),
    ],
)
def test_bytes_in_another_form_are_no_leaf(entry: bytes) -> None:
    with pytest.raises(Torn):
        parse_leaf(entry)


EASTERN, KIRITIMATI, PAGO_PAGO, KOLKATA = (
    Zone(name)
    for name in ("America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata")
)


@pytest.mark.parametrize(
    ("at", "zone", "quarter"),
    [
        # Daylight saving time: the quarter turns at 04:00 UTC.
        ("2026-03-31T23:59:59-04:00", EASTERN, "2026-Q1"),
        ("2026-04-01T03:59:59.999999Z", EASTERN, "2026-Q1"),
        ("2026-04-01T00:00-04:00", EASTERN, "2026-Q2"),
        ("2026-04-01T04:00Z", EASTERN, "2026-Q2"),
        # The same moment told in another zone is in the same quarter.
        ("2026-04-01T12:59:59+09:00", EASTERN, "2026-Q1"),
        ("2026-06-30T23:59:59-04:00", EASTERN, "2026-Q2"),
        ("2026-07-01T00:00-04:00", EASTERN, "2026-Q3"),
        ("2026-09-30T23:59:59-04:00", EASTERN, "2026-Q3"),
        ("2026-10-01T00:00-04:00", EASTERN, "2026-Q4"),
        # Standard time: the year turns at 05:00 UTC.
        ("2027-01-01T04:59:59Z", EASTERN, "2026-Q4"),
        ("2027-01-01T05:00Z", EASTERN, "2027-Q1"),
        # East of UTC the new quarter comes first, and west of everything last.
        ("2026-03-31T09:59:59Z", KIRITIMATI, "2026-Q1"),
        ("2026-03-31T10:00Z", KIRITIMATI, "2026-Q2"),
        ("2026-03-31T18:29:59Z", KOLKATA, "2026-Q1"),
        ("2026-03-31T18:30Z", KOLKATA, "2026-Q2"),
        ("2026-04-01T10:59:59Z", PAGO_PAGO, "2026-Q1"),
        ("2026-04-01T11:00Z", PAGO_PAGO, "2026-Q2"),
        ("2026-04-01T00:00Z", Zone("UTC"), "2026-Q2"),
    ],
)
def test_a_quarter_is_that_of_the_agencys_own_calendar(at: str, zone: Zone, quarter: str) -> None:
    assert quarter_of(parse_moment(at), zone) == quarter


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(BadTime, match="zone") as refused:
        quarter_of(datetime(2026, 1, 1), EASTERN)  # noqa: DTZ001 (the fault under test)

    assert refused.value.code == "time-no-zone"


# What the program wrote while version 1 was its only one, put together from docs/ledger.md.
OLD_PRIVATE = (
    b'{"commitment":"' + b"00" * 32 + b'","pad":"' + b" " * 137 + b'","period":"2026-Q4",'
    b'"scope":"maine-dhhs","serial":"0000000042","type":"demand.received","v":1}'
)


def test_a_leaf_of_version_1_is_read_and_written_back_byte_for_byte() -> None:
    assert len(OLD_PRIVATE) == 320

    leaf = parse_leaf(OLD_PRIVATE)

    assert leaf == Leaf(
        type=EventType.DEMAND_RECEIVED,
        period="2026-Q4",
        scope="maine-dhhs",
        serial=42,
        commitment=bytes(32),
        version=1,
    )
    assert leaf.entry == OLD_PRIVATE


def test_what_is_new_is_written_in_version_2_and_differs_in_nothing_else() -> None:
    new = replace(parse_leaf(OLD_PRIVATE), version=2)

    assert Leaf(type=new.type, period=new.period, scope=new.scope).version == 2
    assert new.entry == OLD_PRIVATE.replace(b'"v":1}', b'"v":2}')
    assert parse_leaf(new.entry) == new


@pytest.mark.parametrize("version", [b"0", b"3", b"-1", b"1.0", b"2.0", b"true", b'"2"', b"null"])
def test_a_leaf_of_another_version_is_no_leaf(version: bytes) -> None:
    with pytest.raises(Torn, match="version 1 or 2"):
        parse_leaf(OLD_PRIVATE.replace(b'"v":1}', b'"v":' + version + b"}"))


def test_a_log_that_began_in_version_1_goes_on_in_version_2() -> None:
    new = replace(parse_leaf(OLD_PRIVATE), version=2, serial=2).entry
    recount = Recount()

    recount.take(0, [replace(parse_leaf(OLD_PRIVATE), serial=1).entry, new])

    assert list(recount.rows()) == [("demand.received", "maine-dhhs", "2026-Q4", 2)]


def entry_of(kind: EventType, serial: int | None) -> bytes:
    return Leaf(type=kind, period="2026-Q4", scope="a", serial=serial, commitment=bytes(32)).entry


def test_a_recount_follows_the_demand_numbers() -> None:
    recount = Recount()
    recount.take(0, [entry_of(EventType.DEMAND_RECEIVED, number) for number in (1, 2, 3)])
    recount.take(3, [entry_of(EventType.DEMAND_DECIDED, None)])

    assert recount.total(EventType.DEMAND_RECEIVED) == 3
    assert recount.last_numbers == {"a": 3}
    assert list(recount.rows()) == [
        ("demand.decided", "a", "2026-Q4", 1),
        ("demand.received", "a", "2026-Q4", 3),
    ]


@pytest.mark.parametrize(
    "entries",
    [
        [entry_of(EventType.DEMAND_RECEIVED, 2)],
        [entry_of(EventType.DEMAND_RECEIVED, 1), entry_of(EventType.DEMAND_RECEIVED, 1)],
        [entry_of(EventType.DEMAND_RECEIVED, 1), entry_of(EventType.DEMAND_RECEIVED, 3)],
        [entry_of(EventType.DEMAND_RECEIVED, None)],
        [entry_of(EventType.DEMAND_DECIDED, 1)],
    ],
)
def test_a_missing_repeated_or_misplaced_number_is_named(entries: list[bytes]) -> None:
    with pytest.raises(Torn, match="index"):
        Recount().take(0, entries)
