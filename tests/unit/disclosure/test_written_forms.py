"""What a package's own files say, value by value and byte by byte, at their limits."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from clerestory.audit.packages import Step, Verified, verify_package
from clerestory.audit.packages.steps import PROVES
from clerestory.demands import Determination, Item
from clerestory.demands.determination import Duty
from clerestory.disclosure import Contents, minimise, prepare_contents
from clerestory.disclosure import contents as contents_module
from clerestory.disclosure.contents import records_csv, reduced_determination
from clerestory.disclosure.key_kinds import kind_of_der
from clerestory.disclosure.opening import Identity
from clerestory.disclosure.sealing import Sealed
from clerestory.kernel import Refusal

RELEASED = "snap-7usc2020e8-E"


def test_the_enclosed_rulings_say_these_things_and_no_others(mixed: Determination) -> None:
    def told(subject: str, field: str, outcome: str, to: str | None = None) -> dict[str, Any]:
        return {
            "subject": subject, "program": "snap", "field": field, "outcome": outcome,
            "coarsen_to": to, "authorities": [RELEASED],
            "reason": f"The law of the program decides on {field}.",
        }  # fmt: skip

    duties = (
        Duty(
            code="destroy_after_use", basis="law", to="requester", authority="a-1", within="30 days"
        ),
        Duty(code="tell_the_person", basis="law", to="office", authority="a-2", within="5 days"),
    )

    assert reduced_determination(replace(mixed, duties=duties)) == {
        "format": "clerestory-rulings/1",
        "demand": "ME-2026-0041",
        "on": mixed.on.isoformat(),
        "overall": "partial",
        "rulings": [
            told("S1", "address", "release"),
            told("S1", "date_of_birth", "coarsen", "year"),
            told("S1", "photo", "release"),
            told("S1", "ssn", "withhold"),
            told("S2", "address", "release"),
            told("S2H1", "name", "withhold"),
        ],
        "duties": [{"do": "destroy_after_use", "authority": "a-1", "within": "30 days"}],
        "packs": ["us-federal", "us-me"],
        "pack_digest": "ab" * 32,
    }


def test_the_answers_on_a_person_are_written_alike_for_people_and_for_programs(
    contents: Contents,
) -> None:
    files = {part.path: part.source for part in contents.parts}
    rows: list[dict[str, Any]] = [
        {
            "subject": "S1", "program": "snap", "field": "address", "outcome": "release",
            "precision": None, "value": "1 Madeup Street, Lewiston, ME 04240", "file": None,
        },
        {
            "subject": "S1", "program": "snap", "field": "date_of_birth", "outcome": "coarsen",
            "precision": "year", "value": "1984", "file": None,
        },
        {
            "subject": "S1", "program": "snap", "field": "photo", "outcome": "release",
            "precision": None, "value": None, "file": "attachments/S1/snap.photo.png",
        },
    ]  # fmt: skip

    told = files["data/records/S1.json"]
    assert isinstance(told, bytes)
    assert json.loads(told) == {
        "format": "clerestory-records/1", "demand": "ME-2026-0041", "subject": "S1",
        "records": rows,
    }  # fmt: skip
    assert files["data/records/S1.csv"] == (
        b'\xef\xbb\xbf"subject","program","field","outcome","precision","value","file"\r\n'
        b'"S1","snap","address","release","","1 Madeup Street, Lewiston, ME 04240",""\r\n'
        b'"S1","snap","date_of_birth","coarsen","year","1984",""\r\n'
        b'"S1","snap","photo","release","","","attachments/S1/snap.photo.png"\r\n'
    )
    assert records_csv([]).count(b"\r\n") == 1


@pytest.mark.parametrize(("more", "refused"), [(0, False), (1, True)])
def test_the_answers_on_one_person_may_be_as_large_as_a_reader_holds(
    mixed: Determination,
    values: dict[Item, Any],
    contents: Contents,
    more: int,
    refused: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Only the limit is another, so that a test need not write 64 MiB; the rule is the real one.
    sizes = [part.size for part in contents.parts if part.path.startswith("data/records/")]
    monkeypatch.setattr(contents_module, "KEPT_BYTES", max(sizes) - more)

    if not refused:
        prepare_contents(minimise(mixed, values), letter_pdf=b"%PDF-1.7 made up")
        return
    with pytest.raises(Refusal) as caught:
        prepare_contents(minimise(mixed, values), letter_pdf=b"%PDF-1.7 made up")

    assert caught.value.code == "package-file-too-large"


def test_a_reader_holds_as_much_as_the_documents_say() -> None:
    assert contents_module.KEPT_BYTES == 67_108_864


STEPS = ["name", "seal", "open", "bag", "contents", "log", "entry", "rulings"]


def test_a_result_names_eight_steps_in_their_order(
    contents: Contents,
    seal: Callable[..., Sealed],
    sender: Any,
    log: Any,
    identity: Identity,
) -> None:
    sealed = seal(contents)

    def check(identity: Identity | None) -> Verified:
        return verify_package(
            sealed.path, sender=sender.verifier, log_vkey=log.key, identity=identity
        )

    whole, shut = check(identity), check(None)

    assert [step.value for step in Step] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [one.name for one in whole.checked] == STEPS
    assert [one.name for one in shut.checked] == STEPS[:2]
    assert [one.name for one in shut.not_checked] == STEPS[2:]
    assert (whole.not_checked, whole.is_complete, shut.is_complete) == ((), True, False)
    assert [one.proves for one in whole.checked] == [PROVES[step] for step in Step]
    assert len(set(PROVES.values())) == 8


def der(tag: int, *inner: bytes) -> bytes:
    body = b"".join(inner)
    assert len(body) < 128
    return bytes([tag, len(body)]) + body


INT, BITS, OCTETS = der(2, b"\x01"), der(3, b"\x00\x01"), der(4, b"\x01")
EMPTY = der(0x30)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (der(0x30, INT, INT), "public"),
        (der(0x30, INT, INT, INT), "private"),
        (der(0x30, INT, EMPTY), "private"),
        (der(0x30, INT), "other"),
        (der(0x30, EMPTY, OCTETS), "private"),
        (der(0x30, EMPTY, BITS), "public"),
        (der(0x30, EMPTY, OCTETS, BITS), "other"),
        # A request of three or four fields that begin with a number.
        (der(0x30, der(0x30, INT, EMPTY, EMPTY), EMPTY, BITS), "request"),
        (der(0x30, der(0x30, INT, EMPTY, EMPTY, der(0xA0)), EMPTY, BITS), "request"),
        # A certificate of the first version says no version and begins with its number.
        (der(0x30, der(0x30, INT, EMPTY, EMPTY, EMPTY, EMPTY), EMPTY, BITS), "certificate"),
        (der(0x30, der(0x30, INT, *[EMPTY] * 5), EMPTY, BITS), "certificate"),
        (der(0x30, der(0x30, der(0xA0, INT), INT, EMPTY), EMPTY, BITS), "certificate"),
        (der(0x30, der(0x30, INT, EMPTY, EMPTY), EMPTY), "other"),
        (der(0x30, der(0x30, INT, EMPTY, EMPTY), EMPTY, BITS, BITS), "other"),
        (der(0x30, der(0x30, INT), OCTETS, BITS), "other"),
        (b"", "other"),
        (der(0x30), "other"),
    ],
)  # fmt: skip
def test_a_value_is_named_by_its_shape(value: bytes, kind: str) -> None:
    assert kind_of_der(value) == kind
