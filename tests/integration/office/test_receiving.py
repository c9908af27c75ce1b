"""The first whole act: a paper comes in once, whatever happens around it, on both databases."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections, transaction

from clerestory.acts import Move, NotAllowed, Signed, key_hash, sign
from clerestory.kernel import ClerestoryError, Corruption, Refusal
from clerestory.ledger import parse_leaf, verify_proof
from clerestory.notes import open_checkpoint
from made_up_acts import LETTER, LOG_KEY, NOON, PAPER, MadeUp, token
from signed_acts import signer


def rows(name: str) -> int:
    return int(apps.get_model("store", name).objects.count())


def written() -> dict[str, int]:
    return {name: rows(name) for name in ("ActRow", "MatterRow", "PaperRow")}


def test_a_paper_draws_its_number_and_its_entry_in_one_act(made_up: MadeUp) -> None:
    acted = made_up.receive(site="bangor")
    office = made_up.office

    assert (acted.number, acted.position, acted.again) == (1, 1, False)
    head = open_checkpoint(acted.checkpoint, LOG_KEY.verifier)
    entry = office.keys.ledger.entry(office.statements(), acted.index)
    proof = office.keys.ledger.prove(office.statements(), acted.index)
    assert verify_proof(proof, entry, LOG_KEY.verifier).size == head.size == 4
    leaf = parse_leaf(entry)
    assert (leaf.type.value, leaf.serial, leaf.scope, leaf.period) == (
        "demand.received", 1, "maine-dhhs", "2026-Q4",
    )  # fmt: skip
    row = apps.get_model("store", "MatterRow").objects.get()
    assert (row.id, row.number, row.state, row.site) == (acted.matter, 1, "received", "bangor")
    assert made_up.audit() == []


@pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
def test_each_field_of_the_entry_is_opened_and_is_the_acts_own(made_up: MadeUp) -> None:
    signed = sign(made_up.draft_receipt(), signer("P-clk"))
    acted = made_up.receive()
    office = made_up.office
    fields = office.keys.ledger.payload(office.statements(), acted.index).fields

    assert fields == signed.fields
    assert set(fields) == {
        "act", "position", "previous", "actor", "key", "on", "signed", "to", "intake", "site",
        "paper",
    }  # fmt: skip
    assert (fields["previous"], fields["signed"]) == (office.founding, acted.digest)
    assert fields["key"] == key_hash(signer("P-clk").verifier)
    for name in fields:
        opening = office.keys.ledger.opening(office.statements(), acted.index, name)
        assert (opening.name, opening.value) == (name, fields[name])


@pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
def test_the_paper_is_kept_as_it_came_and_sealed(made_up: MadeUp) -> None:
    from clerestory.office.papers import read_paper

    acted = made_up.receive()

    row = apps.get_model("store", "PaperRow").objects.get()
    assert b"address" not in bytes(row.content)
    assert read_paper(made_up.office, acted.matter, 1) == PAPER
    with pytest.raises(Refusal) as fault:
        read_paper(made_up.office, acted.matter, 2)
    assert fault.value.code == "paper-none"


def test_done_again_it_is_found_and_nothing_is_written(made_up: MadeUp) -> None:
    first = made_up.receive()
    before = written()

    again = made_up.receive()

    assert again == replace(first, again=True)
    assert written() == before
    assert made_up.receive(2).number == 2


def test_done_again_after_midnight_it_is_the_same_number(made_up: MadeUp) -> None:
    made_up.clock.at = datetime(2026, 12, 2, 4, 59, 59, tzinfo=UTC)
    first = made_up.receive()
    made_up.clock.on(seconds=1)

    again = made_up.receive()

    assert (again.number, again.digest, again.again) == (1, first.digest, True)
    assert str(made_up.draft_receipt().on) == "2026-12-02"
    assert made_up.receive(2).number == 2
    days = apps.get_model("store", "ActRow").objects.filter(act="receive").values_list("on")
    assert [str(on) for (on,) in days.order_by("id")] == ["2026-12-01", "2026-12-02"]
    assert made_up.audit() == []


@pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
def test_a_statement_that_lay_over_midnight_is_signed_anew(made_up: MadeUp) -> None:
    from clerestory.office.receiving import receive

    made_up.clock.at = datetime(2026, 12, 2, 4, 59, 59, tzinfo=UTC)
    signed = sign(made_up.draft_receipt(), signer("P-clk"))
    made_up.clock.on(seconds=1)
    before = written()

    with pytest.raises(Refusal) as fault:
        receive(made_up.office, signed, token=token(), paper=PAPER)

    assert fault.value.code == "act-other-day"
    assert written() == before
    assert made_up.receive().number == 1


def test_a_clock_that_goes_back_stops_the_office(made_up: MadeUp) -> None:
    made_up.clock.on(days=1)
    made_up.receive()
    made_up.clock.at = NOON
    before = written()

    with pytest.raises(Refusal, match="today is 2026-12-01, and an act is of 2026-12-02") as fault:
        made_up.receive(2)

    assert fault.value.code == "office-clock-back"
    assert written() == before
    made_up.clock.on(days=1, hours=-1)
    assert made_up.receive(2).number == 2


@pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
def test_a_token_is_one_papers(made_up: MadeUp) -> None:
    made_up.receive()
    before = written()

    with pytest.raises(Refusal) as fault:
        made_up.receive(paper=b"another made-up paper")

    assert fault.value.code == "act-key-used"
    assert written() == before


def in_threads(count: int, work: object) -> Iterator[object]:
    """What each thread got, all of them at once, each with a connection of its own."""
    results: list[object] = [None] * count
    ready = threading.Barrier(count)

    def run(place: int) -> None:
        ready.wait()
        try:
            results[place] = work(place)  # type: ignore[operator]
        except ClerestoryError as fault:
            results[place] = fault
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    yield from results


def test_four_at_once_with_one_token_draw_one_number(made_up: MadeUp) -> None:
    acts = list(in_threads(4, lambda _: made_up.receive()))

    assert {(act.number, act.digest) for act in acts} == {  # type: ignore[attr-defined]
        (1, acts[0].digest)  # type: ignore[attr-defined]
    }
    assert sorted(act.again for act in acts) == [False, True, True, True]  # type: ignore[attr-defined]
    assert rows("MatterRow") == 1
    assert made_up.audit() == []


def test_four_at_once_with_four_tokens_draw_four_numbers_without_a_gap(made_up: MadeUp) -> None:
    acts = list(in_threads(4, lambda place: made_up.receive(place)))

    assert sorted(act.number for act in acts) == [1, 2, 3, 4]  # type: ignore[attr-defined]
    assert made_up.audit() == []


@pytest.mark.parametrize("table", ["store_matterrow", "store_paperrow", "store_actrow"])
def test_a_fault_at_any_row_leaves_nothing_and_the_next_try_draws_the_number(
    made_up: MadeUp, table: str
) -> None:
    before = written()
    trigger = f"CREATE TRIGGER made_up_fault BEFORE INSERT ON {table} "
    if connection.vendor == "postgresql":
        trigger += "FOR EACH ROW EXECUTE FUNCTION store_row_stays()"
    else:
        trigger += "BEGIN SELECT RAISE(ABORT, 'made up'); END"
    with connection.cursor() as cursor:
        cursor.execute(trigger)

    with pytest.raises(Refusal):
        made_up.receive()

    office = made_up.office
    assert written() == before
    assert open_checkpoint(office.keys.ledger.note(office.statements()), LOG_KEY.verifier).size == 3
    with connection.cursor() as cursor:
        on = f" ON {table}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER made_up_fault{on}")
    assert made_up.receive().number == 1
    assert made_up.audit() == []


def test_nothing_is_received_inside_somebody_elses_transaction(made_up: MadeUp) -> None:
    # A checkpoint that is given out and then rolled back would be half a fork.
    with pytest.raises(RuntimeError), transaction.atomic():
        made_up.receive()

    assert rows("MatterRow") == 0


@pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
def test_only_who_may_takes_papers_in(made_up: MadeUp) -> None:
    before = written()

    for who, code in (("P-adm", "act-wrong-role"), ("P-nobody", "act-key")):
        with pytest.raises(Refusal) as fault:
            made_up.receive(who=who)
        assert fault.value.code == code
    assert written() == before


@pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
def test_somebody_elses_signature_is_an_alarm(made_up: MadeUp) -> None:
    from clerestory.office.receiving import receive

    signed = sign(made_up.draft_receipt(), signer("P-clk"))
    forged = replace(signed, signatures=(signer("P-ann").sign(signed.statement.content),))

    with pytest.raises(Corruption) as fault:
        receive(made_up.office, forged, token=token(), paper=PAPER)

    assert fault.value.code == "act-statement"
    assert rows("MatterRow") == 0
    # Nor is anybody answered who asks for what was done, with a signature that fails.
    made_up.receive()
    with pytest.raises(Corruption):
        receive(made_up.office, forged, token=token(), paper=PAPER)


@pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
def test_a_statement_is_of_what_it_is_given_for(made_up: MadeUp) -> None:
    from clerestory.office.receiving import receive

    told = made_up.draft_receipt()
    bent = [
        (replace(told, facts={**told.facts, "paper": "0" * 64}), "paper"),
        (replace(told, facts={**told.facts, "intake": "0" * 64}), "intake"),
        (replace(told, facts={**told.facts, "to": "closed"}), "to"),
        (replace(told, matter="M-1"), "matter"),
        (replace(told, act="amend"), "act"),
    ]
    for statement, name in bent:
        with pytest.raises(Refusal, match=f"its {name} differs") as fault:
            receive(made_up.office, sign(statement, signer("P-clk")), token=token(), paper=PAPER)
        assert fault.value.code == "act-unbound"
    moved = [
        (replace(told, position=2), "act-moved-on"),
        (replace(told, previous="0" * 64), "act-moved-on"),
        (replace(told, office="other.example/log"), "act-other-office"),
        (replace(told, on=told.on - timedelta(days=1)), "act-other-day"),
        (replace(told, on=told.on + timedelta(days=1)), "act-other-day"),
    ]
    for statement, code in moved:
        with pytest.raises(Refusal) as fault:
            receive(made_up.office, sign(statement, signer("P-clk")), token=token(), paper=PAPER)
        assert fault.value.code == code
    for bad in ("", "short", "made up intake token 000001", "x" * 129):
        with pytest.raises(Refusal) as fault:
            receive(made_up.office, sign(told, signer("P-clk")), token=bad, paper=PAPER)
        assert fault.value.code == "intake-token"
    with pytest.raises(Refusal) as fault:
        receive(made_up.office, sign(told, signer("P-clk")), token=token(), paper=b"")
    assert fault.value.code == "paper-size"
    assert rows("MatterRow") == 0


def test_an_amendment_says_what_it_takes_the_place_of(made_up: MadeUp) -> None:
    from clerestory.office.papers import paper_digest, read_paper

    matter = made_up.receive().matter
    right = PAPER + b" In March."

    acted = made_up.amend(matter, right, reason="the month was left out")

    office = made_up.office
    fields = office.keys.ledger.payload(office.statements(), acted.index).fields
    assert (fields["paper"], fields["instead_of"], fields["reason"]) == (
        paper_digest(right), paper_digest(PAPER), "the month was left out",
    )  # fmt: skip
    assert [read_paper(office, matter, place) for place in (1, 2)] == [PAPER, right]
    with pytest.raises(Refusal) as fault:
        made_up.amend(matter, right)
    assert fault.value.code == "amend-nothing"
    # Back to what it was, and forth: other acts, and not the first ones found again.
    assert made_up.amend(matter, PAPER, reason="no").position == 3
    forth = made_up.amend(matter, right, reason="the month was left out")
    assert (forth.position, forth.again) == (4, False)
    assert made_up.audit() == []


@pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
def test_an_amendment_needs_a_reason_and_a_demand(made_up: MadeUp) -> None:
    matter = made_up.receive().matter
    before = written()

    for reason in ("", "  "):
        with pytest.raises(Refusal) as fault:
            made_up.amend(matter, b"made up", reason=reason)
        assert fault.value.code == "amend-no-reason"
    with pytest.raises(Refusal) as fault:
        made_up.amend("M-unknown", b"made up")
    assert fault.value.code == "matter-unknown"
    assert written() == before


@pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
def test_an_amendment_of_what_no_longer_stands_is_refused(made_up: MadeUp) -> None:
    from clerestory.office.receiving import amend, draft_amendment

    matter = made_up.receive().matter
    statement = draft_amendment(
        made_up.office, matter, paper=LETTER, reason="slip", actor="P-clk",
        key=key_hash(signer("P-clk").verifier),
    )  # fmt: skip
    bent = replace(statement, facts={**statement.facts, "instead_of": "0" * 64})
    before = written()

    with pytest.raises(Refusal, match="its instead_of differs"):
        amend(made_up.office, sign(bent, signer("P-clk")), paper=LETTER)

    assert written() == before


@pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
def test_of_two_amendments_of_one_paper_the_second_is_signed_anew(made_up: MadeUp) -> None:
    from clerestory.office.receiving import amend, draft_amendment

    matter = made_up.receive().matter
    drafts = [
        sign(
            draft_amendment(made_up.office, matter, paper=paper, reason="slip", actor="P-clk",
                            key=key_hash(signer("P-clk").verifier)),
            signer("P-clk"),
        )
        for paper in (b"made up, one", b"made up, two")
    ]  # fmt: skip
    amend(made_up.office, drafts[0], paper=b"made up, one")

    with pytest.raises(Refusal) as fault:
        amend(made_up.office, drafts[1], paper=b"made up, two")

    assert fault.value.code == "act-moved-on"
    # The same one, done again, is found.
    assert amend(made_up.office, drafts[0], paper=b"made up, one").again
    assert written() == {"ActRow": 5, "MatterRow": 1, "PaperRow": 2}


def test_what_is_taken_back_is_taken_back_once_and_nothing_follows(made_up: MadeUp) -> None:
    matter = made_up.receive().matter

    first = made_up.withdraw(matter)
    again = made_up.withdraw(matter)

    assert (first.position, first.number) == (2, 1)
    assert again == replace(first, again=True)
    assert apps.get_model("store", "MatterRow").objects.get().state == "withdrawn"
    with pytest.raises(NotAllowed) as fault:
        made_up.amend(matter, b"made up")
    assert fault.value.code == "act-wrong-state"
    with pytest.raises(NotAllowed):
        made_up.withdraw(matter, paper=b"made up: another letter")
    assert made_up.audit() == []


def plant(matter: str, previous: str, **changes: Any) -> None:
    """Write a row of an act as somebody with a shell could."""
    told = {
        "chain": matter, "position": 2, "act": "decide", "state": "decided", "actor": "P-ann",
        "on": date(2026, 12, 1), "key": "0" * 64, "previous": previous, "digest": "d" * 64,
        "signatures": bytes(64), "entry": 4,
    }  # fmt: skip
    apps.get_model("store", "ActRow").objects.create(**(told | changes))


def test_a_row_that_somebody_wrote_is_an_alarm_and_nothing_is_built_on_it(
    made_up: MadeUp,
) -> None:
    first = made_up.receive()
    other = made_up.receive(2)
    # The row stands on another act's entry: it has one of its own.
    with transaction.atomic():
        trigger = "store_actrow_no_update"
        on = " ON store_actrow" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER {trigger}{on}")
        table = apps.get_model("store", "ActRow").objects
        table.filter(digest=other.digest).update(entry=99)
        entry = table.get(digest=first.digest).entry + 1
        plant(first.matter, first.digest, entry=entry)
    before = written()

    with pytest.raises(Corruption):
        made_up.withdraw(first.matter)

    assert written() == before


@pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "change",
    [{"state": "decided"}, {"actor": "P-ann"}, {"act": "amend"}, {"on": date(2026, 11, 30)},
     {"signatures": bytes(64)}],
)  # fmt: skip
def test_a_row_that_was_edited_is_an_alarm(made_up: MadeUp, change: dict[str, Any]) -> None:
    acted = made_up.receive()
    statement = made_up.draft_withdrawal(acted.matter)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER store_actrow_no_update")
    apps.get_model("store", "ActRow").objects.filter(digest=acted.digest).update(**change)

    with pytest.raises(Corruption):
        made_up.withdraw(acted.matter, statement=statement)

    assert rows("ActRow") == 4


@pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
def test_an_act_that_was_taken_out_of_a_matter_is_missed(made_up: MadeUp) -> None:
    matter = made_up.receive().matter
    made_up.amend(matter, LETTER)
    with connection.cursor() as cursor:
        for trigger in ("update", "delete"):
            cursor.execute(f"DROP TRIGGER store_actrow_no_{trigger}")
    table = apps.get_model("store", "ActRow").objects.filter(chain=matter)
    table.filter(position=1).delete()
    table.update(position=1, previous=made_up.office.founding)

    with pytest.raises(Corruption) as fault:
        made_up.withdraw(matter, statement=made_up.draft_withdrawal(matter))

    assert fault.value.code == "office-altered"


@pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
def test_an_entry_that_the_offices_own_account_forged_is_an_alarm(made_up: MadeUp) -> None:
    from clerestory.office.acting import write_rows

    office = made_up.office
    matter = made_up.receive().matter
    told = replace(made_up.draft_withdrawal(matter), act="establish", facts={"to": "received"})
    with transaction.atomic():
        # Whoever runs the office has the log's key and not the clerk's.
        write_rows(
            office,
            Signed(statement=told, signatures=(signer("P-ann").sign(told.content),)),
            key="0" * 64, chain=office.chain(matter, office.rows(matter)), moment=made_up.clock(),
            move=Move(before="received", to="received", resets=True), save=lambda _step: None,
        )  # fmt: skip
        office.keys.ledger.sequence(office.statements())

    with pytest.raises(Corruption) as fault:
        made_up.withdraw(matter)

    assert fault.value.code == "act-statement"
    assert made_up.audit() == ["4 chain-signature"]


@pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
def test_a_matter_that_was_erased_is_no_finding(made_up: MadeUp) -> None:
    from clerestory.office.papers import read_paper

    office, matter = made_up.office, made_up.receive().matter
    made_up.amend(matter, LETTER)
    with transaction.atomic():
        office.keys.ledger.erase(
            office.statements(), matter, scope=office.profile, authority="a made-up schedule",
            at=made_up.clock(), zone=office.zone,
        )  # fmt: skip
        office.keys.ledger.sequence(office.statements())

    assert made_up.receive(2).number == 2
    assert made_up.audit() == []
    for place in (1, 2):
        with pytest.raises(Refusal) as fault:
            read_paper(office, matter, place)
        assert fault.value.code == "log-erased"
    with pytest.raises(Refusal):
        made_up.withdraw(matter)
