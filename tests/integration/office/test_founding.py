"""An office is founded by two, bound for good, and its people come and go by two more."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from clerestory.acts import OFFICE_CHAIN, Move, NotAllowed, key_hash, sign
from clerestory.kernel import ClerestoryError, Corruption, Refusal
from clerestory.notes import Ed25519Signer
from made_up_acts import BINDING, LOG_KEY, MadeUp
from signed_acts import LAPSES, ORIGIN, signer


def table(name: str) -> Any:
    return apps.get_model("store", name).objects


def test_two_found_an_office_and_it_opens_as_they_signed_it(database: str, tmp_path: Path) -> None:
    made_up = MadeUp(database, tmp_path / "office.sqlite.seen")

    acted = made_up.found()

    assert (acted.position, acted.index, acted.again) == (1, 0, False)
    office = made_up.open()
    assert (office.origin, office.profile, office.jurisdiction, office.packs) == (
        ORIGIN, "maine-dhhs", "us-me", "us-federal us-me",
    )  # fmt: skip
    assert (office.zone.name, office.made_up, office.founding) == (
        "America/New_York", True, acted.digest,
    )  # fmt: skip
    assert list(table("MemberRow").values_list("id", flat=True).order_by("id")) == [
        "P-adm", "P-off",
    ]  # fmt: skip
    assert made_up.audit() == []


def test_founded_again_it_is_found_and_no_other_takes_its_place(
    database: str, tmp_path: Path
) -> None:
    made_up = MadeUp(database, tmp_path / "office.sqlite.seen")
    first = made_up.found()

    again = made_up.found()

    assert again == replace(first, again=True)
    other = made_up.founding(BINDING | {"jurisdiction": "us"})
    with pytest.raises(Refusal) as fault:
        made_up.found(sign(other, signer("P-adm"), signer("P-off")))
    assert fault.value.code == "office-exists"
    assert table("ActRow").count() == table("OfficeRow").count() == 1


def bent_foundings(made_up: MadeUp) -> list[tuple[Any, str]]:
    told = made_up.founding()
    facts = dict(told.facts)
    return [
        (replace(told, facts=facts | {"made_up": "no"}), "office-founding"),
        (replace(told, facts={k: v for k, v in facts.items() if k != "packs"}), "office-founding"),
        (replace(told, facts=facts | {"log_vkey": signer("x").verifier.vkey}), "office-founding"),
        (replace(told, office="other.example"), "office-founding"),
        (replace(told, position=2), "office-founding"),
        (replace(told, facts=facts | {"zone": "Mars/Base"}), "time-zone-unknown"),
        (replace(told, facts=facts | {"actor_roles": "clerk"}), "office-last-two"),
        (replace(told, on=told.on - timedelta(days=1)), "act-other-day"),
    ]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_founding_that_is_not_whole_founds_nothing(database: str, tmp_path: Path) -> None:
    made_up = MadeUp(database, tmp_path / "office.sqlite.seen")

    for statement, code in bent_foundings(made_up):
        with pytest.raises(ClerestoryError) as fault:
            made_up.found(sign(statement, signer("P-adm"), signer("P-off")))
        assert fault.value.code == code
    signed = sign(made_up.founding(), signer("P-adm"), signer("P-off"))
    with pytest.raises(Corruption):
        made_up.found(replace(signed, signatures=signed.signatures[::-1]))
    assert table("ActRow").count() == table("OfficeRow").count() == 0
    assert made_up.found().index == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_office_opens_with_its_own_keys_only(database: str, tmp_path: Path) -> None:
    made_up = MadeUp(database, tmp_path / "office.sqlite.seen")
    with pytest.raises(Refusal) as fault:
        made_up.open()
    assert fault.value.code == "office-not-founded"
    made_up.staffed()

    with pytest.raises(Refusal) as fault:
        made_up.open(log_key=Ed25519Signer(name=ORIGIN, seed=bytes(32)))
    assert fault.value.code == "office-keys-differ"
    with pytest.raises(ClerestoryError):
        made_up.open(kek=bytes(32))


def test_an_office_whose_row_was_edited_does_not_open(made_up: MadeUp) -> None:
    row = table("OfficeRow").get()
    edits = {
        "profile": "us-me-town", "jurisdiction": "us", "packs": "us-federal", "zone": "UTC",
        "made_up": False, "founding": "f" * 64,
    }  # fmt: skip
    with connection.cursor() as cursor:
        # Whoever owns the database can take a trigger away.
        on = " ON store_officerow" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER store_officerow_no_update{on}")

    for name, value in edits.items():
        table("OfficeRow").update(**{name: value})
        with pytest.raises(Corruption) as fault:
            made_up.open()
        assert fault.value.code == "office-altered"
        assert name in str(fault.value)
        table("OfficeRow").update(**{name: getattr(row, name)})
    made_up.open()


@pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
def test_a_database_older_than_what_was_seen_does_not_open(made_up: MadeUp) -> None:
    seen = made_up.receive().checkpoint
    made_up.open(seen=[("seen", seen)])
    other = Ed25519Signer(name=ORIGIN, seed=LOG_KEY._seed)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER head_only_grows")
        cursor.execute("UPDATE head SET size = 3")

    with pytest.raises(Corruption):
        made_up.open(log_key=other, seen=[("seen", seen)])


def test_people_join_act_lose_a_key_and_leave(made_up: MadeUp) -> None:
    made_up.receive()
    old, new = signer("P-clk"), signer("P-clk-again")

    made_up.people("replace_key", person="P-clk", lost=key_hash(old.verifier),
                   vkey=new.verifier.vkey)  # fmt: skip

    with pytest.raises(Refusal) as fault:
        made_up.receive(2)
    assert fault.value.code == "act-key"
    keys = table("KeyRow").filter(member_id="P-clk").order_by("retired")
    assert [(row.vkey, row.retired) for row in keys] == [
        (new.verifier.vkey, False), (old.verifier.vkey, True),
    ]  # fmt: skip
    assert made_up.receive(2, who="P-ann").number == 2
    made_up.people("leave", person="P-ann")
    with pytest.raises(Refusal) as fault:
        made_up.receive(3, who="P-ann")
    assert fault.value.code == "act-key"
    assert table("MemberRow").get(id="P-ann").has_left
    assert [row.retired for row in table("KeyRow").filter(member_id="P-ann")] == [True]
    assert made_up.audit() == []


def test_what_the_tables_say_of_people_counts_for_nothing(made_up: MadeUp) -> None:
    table("PostRow").create(
        member_id="P-adm", roles="clerk", site="", valid_from=date(2026, 1, 1), valid_to=None
    )
    table("KeyRow").filter(member_id="P-clk").update(retired=True)

    with pytest.raises(NotAllowed):
        made_up.receive(who="P-adm")
    assert made_up.receive().number == 1


def test_two_sign_and_neither_for_themselves(made_up: MadeUp) -> None:
    from clerestory.office.people import change_people

    before = table("ActRow").count()
    facts = {"person": "P-ann", "trained_to": "2030-01-01"}
    wrong = [
        (made_up.draft_people("train", facts | {"person": "P-off"}), "act-about-self"),
        (made_up.draft_people("train", facts, ("P-adm", "P-clk")), "act-wrong-role"),
        (made_up.draft_people("train", facts | {"person": "P-gone"}), "office-people"),
        (made_up.draft_people("leave", {"person": ""}), "office-people"),
        (made_up.draft_people("found", facts), "act-not-people"),
    ]

    for signed, code in wrong:
        with pytest.raises(Refusal) as fault:
            change_people(made_up.office, signed)
        assert fault.value.code == code
    assert table("ActRow").count() == before


def test_the_same_statement_is_the_same_act_and_another_is_another(made_up: MadeUp) -> None:
    from clerestory.office.people import change_people

    signed = made_up.draft_people("assign", {"person": "P-ann", "roles": "clerk"})
    first = change_people(made_up.office, signed)
    made_up.people("assign", person="P-ann", roles="reviewer")

    assert change_people(made_up.office, signed) == replace(
        first, again=True,
        checkpoint=made_up.office.keys.ledger.note(made_up.office.statements()),
    )  # fmt: skip
    last = made_up.people("assign", person="P-ann", roles="clerk")
    assert (last.position, last.again) == (6, False)
    assert made_up.office.staff().members["P-ann"].roles_on(date(2026, 12, 1), "") == {"clerk"}


@pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
def test_training_lapses_and_is_recorded_anew(made_up: MadeUp) -> None:

    made_up.people("train", person="P-ann", trained_to="2030-01-01")

    assert table("MemberRow").get(id="P-ann").trained_to == date(2030, 1, 1)
    assert table("MemberRow").get(id="P-clk").trained_to == date.fromisoformat(LAPSES)


@pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
def test_only_a_made_up_office_takes_another_time(made_up: MadeUp) -> None:
    office, later = made_up.office, made_up.clock() + timedelta(days=3)
    real = replace(office, made_up=False)

    assert office.day(office.moment(later)) == date(2026, 12, 4)
    with pytest.raises(Refusal) as fault:
        real.moment(later)
    assert fault.value.code == "office-own-clock"
    assert real.moment() == made_up.clock()


@pytest.mark.parametrize("made_up", ["sqlite"], indirect=True)
@pytest.mark.parametrize("signers", [("P-adm", "P-clk"), ("P-adm", "P-adm-forged")])
def test_somebody_whom_the_offices_own_account_let_in_is_an_alarm(
    made_up: MadeUp, signers: tuple[str, str]
) -> None:
    from clerestory.office.acting import write_rows

    office, (first, second) = made_up.office, signers
    facts = {
        "person": "P-new", "kind": "person", "roles": "reviewer", "trained_to": LAPSES,
        "vkey": signer("P-new").verifier.vkey,
    }  # fmt: skip
    by = ("P-adm", "P-clk" if second == "P-clk" else "P-off")
    signed = made_up.draft_people("join", facts, by)
    if second != "P-clk":
        signed = replace(signed, signatures=(signed.signatures[0], bytes(64)))
    assert first == signed.statement.actor
    with transaction.atomic():
        write_rows(
            office, signed, key="0" * 64, moment=made_up.clock(), save=lambda _step: None,
            chain=office.chain(OFFICE_CHAIN, office.rows(OFFICE_CHAIN)),
            move=Move(before="open", to="open"),
        )  # fmt: skip
        office.keys.ledger.sequence(office.statements())

    with pytest.raises(Corruption):
        made_up.receive()

    assert table("MatterRow").count() == 0
