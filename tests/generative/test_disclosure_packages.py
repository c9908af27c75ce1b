"""Whatever is decided and held, a package opens to exactly what was released."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clerestory.audit.packages import evidence_of, seal_logged, verify_package
from clerestory.demands.demand import Item
from clerestory.demands.determination import Determination, Outcome, Reason, Ruling
from clerestory.disclosure.contents import prepare_contents, records_csv
from clerestory.disclosure.minimising import Attachment, Value, minimise, permitted_items
from clerestory.disclosure.opening import Identity
from clerestory.disclosure.recipients import AgeRecipient
from clerestory.kernel import Corruption
from clerestory.kernel.time import Zone
from clerestory.ledger import Event, EventType, FileKeyEncryptionKey, Ledger
from clerestory.notes import Ed25519Signer

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
SENDER = Ed25519Signer(name="dhhs.example/sender", seed=b"s" * 32)
IDENTITY = pyrage.x25519.Identity.generate()
SUBJECTS = ("S1", "S2", "S1H1", "S*")
FIELDS = ("name", "address", "ssn", "photo", "benefit_history")

texts = st.text(max_size=60)
attachments = st.builds(
    Attachment,
    source=st.binary(max_size=3000),
    suffix=st.sampled_from([".pdf", ".png", ".bin"]),
)
held: st.SearchStrategy[Value] = st.one_of(
    st.none(), texts, st.lists(texts, max_size=3).map(tuple), attachments
)


LOG = Ed25519Signer(name="ledger.example/test", seed=b"l" * 32)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    kek = FileKeyEncryptionKey(b"k" * 32, entropy=os.urandom)
    folder = tmp_path_factory.mktemp("log") / "log"
    with Ledger.create(folder, LOG.verifier.name, LOG, kek) as ledger:
        yield ledger


def ruling(item: Item, outcome: Outcome) -> Ruling:
    return Ruling(
        item=item,
        outcome=outcome,
        authorities=("a",),
        policies=("p",),
        considered_not_met=(),
        reason=Reason(counsel="c", requester="r", person="p"),
        coarsen_to="year" if outcome is Outcome.COARSEN else None,
    )


@st.composite
def determinations(draw: st.DrawFn) -> Determination:
    items = draw(
        st.lists(
            st.builds(
                Item,
                st.sampled_from(SUBJECTS),
                st.sampled_from(["snap", "tanf"]),
                st.sampled_from(FIELDS),
            ),
            min_size=1,
            max_size=12,
            unique=True,
        )
    )
    outcomes = [draw(st.sampled_from(list(Outcome))) for _ in items]
    outcomes[0] = Outcome.RELEASE
    return Determination(
        demand_id="ME-1",
        on=date(2026, 3, 2),
        overall="partial",
        rulings=tuple(map(ruling, items, outcomes)),
        duties=(),
        questions=(),
        packs=(),
        pack_digest="d",
        facts_digest="f",
        engine="e",
    )


def values_for(data: st.DataObject, decided: Determination) -> dict[Item, Value]:
    coarse = {r.item for r in decided.rulings if r.outcome is Outcome.COARSEN}
    return {
        item: data.draw(st.none() | st.just("1984-05-17")) if item in coarse else data.draw(held)
        for item in permitted_items(decided)
    }


@settings(max_examples=60, deadline=None)
@given(decided=determinations(), data=st.data())
def test_a_package_opens_to_exactly_what_was_released(
    ledger: Ledger, decided: Determination, data: st.DataObject
) -> None:
    values = values_for(data, decided)
    contents = prepare_contents(minimise(decided, values), letter_pdf=b"letter")
    answer = Event(
        type=EventType.ANSWER_SEALED,
        scope="made-up",
        matter="ME-1",
        fields={"package": contents.digest},
    )
    (logged,) = ledger.append([answer], AT, zone=Zone("UTC"))

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sealed = seal_logged(
            contents,
            evidence=evidence_of(ledger, logged.index),
            log=LOG.verifier,
            recipients=[AgeRecipient(text=str(IDENTITY.to_public()))],
            signer=SENDER,
            folder=folder,
            random_bytes=os.urandom,
        )
        verify_package(
            sealed.path,
            sender=SENDER.verifier,
            log_vkey=LOG.verifier,
            identity=Identity(given=str(IDENTITY).encode()),
            extract_to=folder / "opened",
        )
        found = _answers(folder / "opened" / "data")

    expected = {
        item: "1984" if item in _coarse(decided) and value is not None else _plain(value)
        for item, value in values.items()
    }
    assert found == expected


def _coarse(decided: Determination) -> set[Item]:
    return {each.item for each in decided.rulings if each.outcome is Outcome.COARSEN}


def _plain(value: Value) -> object:
    if isinstance(value, Attachment):
        assert isinstance(value.source, bytes)
        return hashlib.sha256(value.source).hexdigest()
    return list(value) if isinstance(value, tuple) else value


def _answers(data: Path) -> dict[Item, object]:
    found: dict[Item, object] = {}
    for file in (data / "records").glob("*.json"):
        for row in json.loads(file.read_text())["records"]:
            value = row["value"]
            if row["file"] is not None:
                value = hashlib.sha256((data / row["file"]).read_bytes()).hexdigest()
            found[Item(row["subject"], row["program"], row["field"])] = value
    return found


@settings(max_examples=200, deadline=None)
@given(decided=determinations(), data=st.data())
def test_a_value_too_many_is_always_an_alarm(decided: Determination, data: st.DataObject) -> None:
    values = values_for(data, decided)
    shut = [
        Item(subject, program, field)
        for subject in SUBJECTS
        for program in ("snap", "tanf")
        for field in FIELDS
        if Item(subject, program, field) not in values
    ]
    values[data.draw(st.sampled_from(shut))] = "made up"

    with pytest.raises(Corruption) as caught:
        minimise(decided, values)

    assert caught.value.code in {"disclosure-value-undecided", "disclosure-value-not-released"}


@given(value=texts)
def test_no_cell_of_a_table_begins_a_formula(value: str) -> None:
    row = {
        "subject": "S1",
        "program": "snap",
        "field": "name",
        "outcome": "release",
        "precision": None,
        "value": value,
        "file": None,
    }

    table = records_csv([row]).decode()

    cell = table.partition('"release","","')[2]
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
