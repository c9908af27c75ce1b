"""Acts are of today or before, and follow one another; what is kept back is signed.

All demands, people and offices are made up.
"""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clerestory.cli.office import open_office
from clerestory.kernel.time import Zone, local_day
from clerestory.ledger import EventType
from clerestory.ledger.repeats import fields_of
from hostile.running import Done, must, type_in
from hostile.world import EVENTS
from made_up_office import WHO, copy_office, own_record

DAY = "2026-03-{:02}T15:00Z"
REVIEWED = "--reviewer", "Made-up One", "--reviewer", "Made-up Two"
# A year that lies ahead of whatever clock this runs by.
AHEAD = "2062-01-01T12:00Z"
# Acts of whoever belongs to no agency.
ALONE = {("log", "witness"), ("keys", "sign-receipt")}


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Path:
    return copy_office(template, tmp_path / "desk")


def own_paper(name: str, program: str = "mainecare") -> str:
    return own_record(name, received="2026-03-02", program=program, fields=["address", "phone"])


def paper(desk: Path, name: str) -> Path:
    path = desk / f"{name}.yaml"
    path.write_text(own_paper(name))
    (desk / f"who-{name}.yaml").write_text(WHO.format(name=name))
    return path


def receive(desk: Path, name: str, at: str, *more: str) -> Done:
    return type_in("receive", paper(desk, name), "--office", desk / "office", "--at", at, *more)


def disclose(desk: Path, name: str, at: str, *more: str) -> Done:
    return type_in(
        "disclose", desk / f"{name}.yaml", "--office", desk / "office",
        "--who", desk / f"who-{name}.yaml", "--recipient", desk / "theirs/recipient.txt",
        "--at", at, *REVIEWED, *more,
    )  # fmt: skip


def refuse(desk: Path, name: str, at: str, *more: str) -> Done:
    return type_in("refuse", desk / f"{name}.yaml", "--office", desk / "office", "--at", at, *more)


def receipt_words(desk: Path, name: str) -> tuple[str | Path, ...]:
    return (desk / "receipt.note", desk / "office/out" / f"{name}.tar.age")


def receipt(desk: Path, name: str, at: str, *more: str) -> Done:
    return type_in(
        "receipt", *receipt_words(desk, name), "--key", desk / "theirs/receipt.vkey",
        "--office", desk / "office", "--at", at, *more,
    )  # fmt: skip


def sign(desk: Path, name: str, at: str) -> None:
    note, package = receipt_words(desk, name)
    must("keys", "sign-receipt", package, note, "--demand", name,
         "--key", desk / "theirs/receipt.key", "--at", at)  # fmt: skip


def logged(desk: Path, kind: EventType, name: str) -> list[dict[str, str]]:
    with open_office(desk / "office").ledger() as ledger:
        return [dict(told) for _, told in fields_of(ledger, kind, name)]


def kept(desk: Path) -> dict[str, bytes]:
    """Every file that an act which is refused leaves as it is."""
    return {
        str(path): path.read_bytes()
        for path in sorted(desk.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm", "lock"))
    }


def cannot(done: Done, code: str) -> str:
    assert (done.code, done.error_code) == (2, code), done
    return " ".join(done.err.split())


LOWERED = "--lower", "S1.address=withhold", "--lower", "S1.phone=withhold"


def test_what_the_law_lets_leave_is_not_kept_back_by_nobody(desk: Path) -> None:
    receive(desk, "D-1", DAY.format(2))
    before = kept(desk)

    said = cannot(refuse(desk, "D-1", DAY.format(3), *LOWERED), "answer-needs-two")
    assert "by counsel, and nobody signed: mainecare/S1.address, mainecare/S1.phone" in said
    for names in (["One"], ["One", "one"], ["One", "Two; Three"]):
        code = "answer-signer-unclear" if ";" in names[-1] else "answer-needs-two"
        given = [word for name in names for word in ("--reviewer", name)]
        cannot(refuse(desk, "D-1", DAY.format(3), *LOWERED, *given), code)
    assert kept(desk) == before

    assert refuse(desk, "D-1", DAY.format(3), *LOWERED, *REVIEWED).code == 0
    [decided] = logged(desk, EventType.DEMAND_DECIDED, "D-1")
    [answer] = logged(desk, EventType.ANSWER_SEALED, "D-1")
    assert decided["lowered"] == "mainecare/S1.address=withhold; mainecare/S1.phone=withhold"
    assert decided["lowered_by"] == answer["signed"] == "Made-up One; Made-up Two"
    assert json.loads(decided["cells"])["mainecare/S1.address"] == ["withhold", "people"]
    assert answer["sealed_to"] == "nobody"


def test_counsel_alone_may_keep_back_what_the_law_lets_leave(desk: Path) -> None:
    receive(desk, "D-1", DAY.format(2))

    done = refuse(desk, "D-1", DAY.format(3), *LOWERED, "--counsel", "Made-up Counsel")

    assert done.code == 0, done
    [decided] = logged(desk, EventType.DEMAND_DECIDED, "D-1")
    assert decided["lowered_by"] == "Made-up Counsel"


def test_what_is_lowered_to_counsel_or_below_counsels_answer_stays_counsels(desk: Path) -> None:
    receive(desk, "D-1", DAY.format(2))
    before = kept(desk)
    referred = "--lower", "S1.address=refer_to_counsel", "--lower", "S1.phone=withhold"

    cannot(refuse(desk, "D-1", DAY.format(3), *referred, *REVIEWED), "answer-needs-counsel")

    assert kept(desk) == before
    # Of TANF the law itself refers this field, and two people end no referral.
    tanf = own_paper("D-2", program="tanf")
    (desk / "D-2.yaml").write_text(tanf)
    assert type_in("receive", desk / "D-2.yaml", "--office", desk / "office", "--at",
                   DAY.format(3)).code == 0  # fmt: skip
    cannot(refuse(desk, "D-2", DAY.format(3), *LOWERED, *REVIEWED), "answer-needs-counsel")
    (desk / "D-2.yaml").unlink()
    assert len(logged(desk, EventType.ANSWER_SEALED, "D-2")) == 0
    done = refuse(desk, "D-1", DAY.format(3), *referred, *REVIEWED, "--counsel", "Made-up Counsel")
    assert done.code == 0, done
    [answer] = logged(desk, EventType.ANSWER_SEALED, "D-1")
    assert answer["signed"] == "Made-up One; Made-up Two; Made-up Counsel"


def test_what_is_lowered_and_sealed_says_who_lowered_it(desk: Path) -> None:
    receive(desk, "D-1", DAY.format(2))

    assert disclose(desk, "D-1", DAY.format(3), *LOWERED[:2]).code == 0

    [decided] = logged(desk, EventType.DEMAND_DECIDED, "D-1")
    assert decided["lowered"] == "mainecare/S1.address=withhold"
    assert decided["lowered_by"] == "Made-up One; Made-up Two"
    receive(desk, "D-2", DAY.format(3))
    assert disclose(desk, "D-2", DAY.format(3)).code == 0
    [decided] = logged(desk, EventType.DEMAND_DECIDED, "D-2")
    assert {"lowered", "lowered_by"} & decided.keys() == set()


@pytest.fixture(scope="module")
def real(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office, a log, a witness and a recipient whose names do not say that they are made up."""
    base = copy_office(template, tmp_path_factory.mktemp("real") / "desk")
    shutil.rmtree(base / "office")
    must("keys", "office", base / "office", "--origin", "log.made-up.invalid/test",
         "--source", base / "agency/agency.sqlite",
         "--index", base / "agency/persons.index")  # fmt: skip
    must("log", "create", base / "log", "--origin", "log.made-up.invalid/other")
    must("log", "witness", base / "state", "--key", base / "w.key",
         "--new-key", "w.made-up.invalid/w")  # fmt: skip
    must("keys", "recipient", base / "real", "--name", "real.made-up.invalid/r")
    (base / "events.json").write_text(json.dumps(EVENTS))
    must("log", "append", base / "log", base / "events.json")
    must("log", "checkpoint", base / "log", "--propose", "--request", base / "request")
    paper(base, "D-1")
    paper(base, "D-2")
    return base


@pytest.mark.parametrize("hours", [48, 24 * 400])
def test_no_act_of_a_real_office_log_or_key_is_of_a_day_to_come(real: Path, hours: int) -> None:
    moment = datetime.now(UTC) + timedelta(hours=hours)
    ahead = moment.strftime("%Y-%m-%dT%H:%MZ")
    # Whose calendar says the day: for hours after midnight UTC, the office's day is still the one
    # before. A witness and a recipient belong to no agency.
    office_day, of_no_agency = (
        local_day(moment, Zone(name)).isoformat() for name in ("America/New_York", "UTC")
    )
    before = kept(real)
    office = "--office", str(real / "office")

    for words in (
        ("receive", real / "D-1.yaml", *office),
        ("receive", real / "D-1.yaml", *office, "--late"),
        ("refuse", real / "D-1.yaml", *office),
        ("disclose", real / "D-1.yaml", *office, "--recipient", real / "theirs/recipient.txt"),
        ("receipt", real / "x", real / "y", "--key", real / "theirs/receipt.vkey", *office),
        ("log", "append", real / "log", real / "events.json"),
        ("log", "append", real / "log", real / "events.json", "--late"),
        ("log", "erase", real / "log", "m/1", "--scope", "made-up", "--authority", "made up"),
        ("log", "witness", real / "state", real / "request", "--key", real / "w.key"),
        ("keys", "sign-receipt", real / "D-1.yaml", real / "r", "--demand", "D-1",
         "--key", real / "real/receipt.key"),
    ):  # fmt: skip
        said = cannot(type_in(*words, "--at", ahead), "log-time-ahead")
        day = of_no_agency if words[:2] in ALONE else office_day
        assert f"an act is logged of today or of an earlier day: {day} is after" in said
    assert kept(real) == before


def test_a_real_office_acts_today(real: Path) -> None:
    done = type_in("receive", real / "D-1.yaml", "--office", real / "office")

    assert done.out == "Demand D-1 is received as number 1.\n"


def test_behind_another_demands_later_act_late_still_holds_the_order_of_its_own(
    desk: Path,
) -> None:
    assert receive(desk, "D-1", DAY.format(4)).code == 0
    # A made-up office has a clock of its own.
    assert receive(desk, "D-2", AHEAD).code == 0
    before = kept(desk)
    said = cannot(disclose(desk, "D-1", DAY.format(5)), "log-time-backwards")
    assert "2026-03-05 is before 2062-01-01" in said
    for day, code in ((1, "answer-before-receipt"), (3, "log-time-backwards")):
        cannot(disclose(desk, "D-1", DAY.format(day), "--late"), code)
        cannot(refuse(desk, "D-1", DAY.format(day), "--late", *LOWERED, *REVIEWED), code)
    assert kept(desk) == before

    assert disclose(desk, "D-1", DAY.format(5), "--late").code == 0

    [answer] = logged(desk, EventType.ANSWER_SEALED, "D-1")
    assert (answer["on"], answer["late"]) == ("2026-03-05", "2062-01-01")
    assert receive(desk, "D-3", DAY.format(6), "--late").code == 0
    [told] = logged(desk, EventType.DEMAND_RECEIVED, "D-3")
    assert (told["on"], told["late"]) == ("2026-03-06", "2062-01-01")
    # One that was late does not set the order back for those after it.
    cannot(receive(desk, "D-4", DAY.format(7)), "log-time-backwards")


def test_a_receipt_is_in_the_order_of_days(desk: Path) -> None:
    receive(desk, "D-1", DAY.format(2))
    assert disclose(desk, "D-1", DAY.format(3)).code == 0
    sign(desk, "D-1", "2026-03-03T16:00Z")
    receive(desk, "D-2", DAY.format(9))
    before = kept(desk)

    cannot(receipt(desk, "D-1", DAY.format(8)), "log-time-backwards")

    assert kept(desk) == before
    assert receipt(desk, "D-1", DAY.format(8), "--late").code == 0
    [told] = logged(desk, EventType.ANSWER_RECEIVED, "D-1")
    assert (told["on"], told["late"]) == ("2026-03-08", "2026-03-09")
    # The same receipt once more is found, on whatever day.
    said = " ".join(receipt(desk, "D-1", DAY.format(9)).out.split())
    assert said.endswith("is recorded already: log entry 4. Nothing was logged again.")
    # And nothing about this demand is of a day before its receipt came.
    cannot(disclose(desk, "D-1", DAY.format(7), "--late"), "answer-exists")
    shutil.rmtree(desk / "office" / "out")
    cannot(disclose(desk, "D-1", DAY.format(7), "--late"), "log-time-backwards")
    cannot(receive(desk, "D-3", DAY.format(7)), "log-time-backwards")


def test_an_erasure_keeps_the_days_in_order_of_what_it_takes_away(desk: Path) -> None:
    def erase(at: str, *more: str) -> Done:
        words = ("--scope", "maine-dhhs", "--authority", "a made-up provision", "--at", at, *more)
        return type_in("log", "erase", desk / "office" / "log", "D-1", *words)

    assert receive(desk, "D-1", DAY.format(9)).code == 0
    assert "2026-03-08 is before 2026-03-09" in cannot(erase(DAY.format(8)), "log-time-backwards")
    done = erase(DAY.format(8), "--late", "--json")
    with open_office(desk / "office").ledger() as ledger:
        erased = ledger.payload(json.loads(done.out)["index"]).fields
    assert (erased["on"], erased["late"]) == ("2026-03-08", "2026-03-09")
    assert "is before 2026-03-09" in cannot(
        receive(desk, "D-2", DAY.format(8)), "log-time-backwards"
    )
    assert receive(desk, "D-2", DAY.format(9)).code == 0


def test_no_acknowledgement_is_of_a_day_before_the_demand_was_logged(desk: Path) -> None:
    receive(desk, "D-1", DAY.format(5))
    before = kept(desk)

    cannot(receive(desk, "D-1", DAY.format(4), "--acknowledge"), "log-time-backwards")

    assert kept(desk) == before
    assert receive(desk, "D-1", DAY.format(5), "--acknowledge").code == 0
