"""A later answer to a demand says what changed, and raises only what that bears on.

All demands and people are made up.
"""

import contextlib
import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from clerestory.cli.office import open_office
from clerestory.demands import Demand, Determination
from clerestory.ledger import EventType
from clerestory.ledger.repeats import fields_of
from clerestory.policy import Engine
from hostile.running import Done, must, type_in
from made_up_office import WHO, copy_office, own_record

ID = "OWN-1"
FIELDS = ("benefit_amount", "address", "mailing_address", "case_notes")
NAMED = WHO.format(name=ID)
PAPER = own_record(ID, received="2026-11-02", program="snap", fields=FIELDS)
IRRELEVANT = "  requester_supplied_name: yes\n"
DAY = "2026-11-{:02}T15:00Z"
LOWERED = "--lower", "S1.address=refer_to_counsel"
ALL_LOWERED = [word for name in FIELDS for word in ("--lower", f"S1.{name}=refer_to_counsel")]


@pytest.fixture(scope="module")
def made(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = copy_office(template, tmp_path_factory.mktemp("later-answer") / "made")
    (base / "paper.yaml").write_text(PAPER)
    (base / "who.yaml").write_text(NAMED)
    must("receive", base / "paper.yaml", "--office", base / "office", "--at", DAY.format(2))
    return base


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Path:
    return copy_office(made, tmp_path / "desk")


def disclose(desk: Path, *more: str, day: int = 3, paper: str = PAPER) -> Done:
    """Type ``disclose``; whatever it sealed is handed out at once."""
    (desk / "paper.yaml").write_text(paper)
    done = type_in(
        "disclose", desk / "paper.yaml", "--office", desk / "office", "--who", desk / "who.yaml",
        "--recipient", desk / "theirs/recipient.txt", "--at", DAY.format(day),
        "--reviewer", "Made-up One", "--reviewer", "Made-up Two", *more,
    )  # fmt: skip
    shutil.rmtree(desk / "office" / "out", ignore_errors=True)
    return done


def sealed(done: Done) -> str:
    assert done.code == 0, done.err
    return done.out.partition("\n")[0]


def refuse_by_counsel(desk: Path, day: int = 3) -> None:
    must("refuse", desk / "paper.yaml", "--office", desk / "office", "--at", DAY.format(day),
         "--counsel", "Made-up Counsel", *ALL_LOWERED)  # fmt: skip


def logged(
    desk: Path, kind: EventType = EventType.DEMAND_DECIDED, demand: str = ID
) -> list[dict[str, str]]:
    with open_office(desk / "office").ledger() as ledger:
        return [dict(told) for _, told in fields_of(ledger, kind, demand)]


def kept(desk: Path) -> tuple[bytes, int]:
    """What a run that is refused leaves as it is: the record of look-ups, and the log."""
    lines = (desk / "office" / "lookups" / "lookups.jsonl").read_bytes()
    with open_office(desk / "office").ledger() as ledger, ledger.log.reading() as reader:
        return lines, reader.head().size


def cannot(desk: Path, code: str, *more: str, day: int = 4, paper: str = PAPER) -> str:
    before = kept(desk)
    done = disclose(desk, *more, day=day, paper=paper)
    assert (done.code, done.error_code) == (2, code), done
    assert kept(desk) == before
    return " ".join(done.err.split())


def test_an_answer_commits_to_the_facts_and_to_what_became_of_each_field(desk: Path) -> None:
    sealed(disclose(desk, *LOWERED))

    [told] = logged(desk)

    assert json.loads(told["cells"]) == {
        "snap/S1.address": ["refer_to_counsel", "people"],
        "snap/S1.benefit_amount": ["release", "law"],
        "snap/S1.case_notes": ["release", "law"],
        "snap/S1.mailing_address": ["release", "law"],
    }
    judged = json.loads(told["judged"])
    assert judged["findings"] == {"identity_of_subject_verified": "yes"}
    assert (judged["title"], judged["requester"]) == ("-", {"body": "-", "class": "subject"})
    assert "changed" not in told


@pytest.mark.parametrize("day", [3, 4])
def test_what_was_lowered_is_not_raised_on_the_same_facts(desk: Path, day: int) -> None:
    assert sealed(disclose(desk, *LOWERED)) == "The answer to number 1 is sealed: log entry 2."

    said = cannot(desk, "answer-raised", day=day)

    assert "until a fact that bears on it is another: snap/S1.address, log entry 2" in said
    assert "--lower snap/S1.address=refer_to_counsel" in said
    # Kept as it was it leaves again, and lower still.
    assert (
        sealed(disclose(desk, *LOWERED, day=day))
        == "The answer to number 1 is sealed: log entry 2."
    )
    more = "--lower", "S1.mailing_address=refer_to_counsel"
    assert (
        sealed(disclose(desk, *LOWERED, *more, day=5))
        == "The answer to number 1 is sealed: log entry 4."
    )
    said = cannot(desk, "answer-raised", *LOWERED, day=6)
    assert "is another: snap/S1.mailing_address, log entry 4" in said


def test_counsels_refusal_is_not_ended_by_a_finding_that_bears_on_nothing(desk: Path) -> None:
    refuse_by_counsel(desk)
    other = PAPER + IRRELEVANT

    assert "log entry 2" in cannot(desk, "answer-refused-already")
    for named in ([], ["--changed", "findings.requester_supplied_name"], ["--changed", "law"]):
        said = cannot(desk, "answer-raised", *named, paper=other)
        assert "snap/S1.address, snap/S1.benefit_amount, snap/S1.case_notes" in said


def test_another_day_or_law_raises_nothing_that_people_kept(desk: Path) -> None:
    sealed(disclose(desk, *LOWERED))

    cannot(desk, "answer-raised", "--changed", "law")


UNPROVED = PAPER.replace("verified: yes", "verified: no")


def test_what_was_refused_is_raised_by_the_fact_that_bears_on_it_once_it_is_named(
    desk: Path,
) -> None:
    (desk / "paper.yaml").write_text(UNPROVED)
    must("refuse", desk / "paper.yaml", "--office", desk / "office", "--at", DAY.format(3),
         "--counsel", "Made-up Counsel")  # fmt: skip
    named = "--changed", "findings.identity_of_subject_verified"

    assert "findings.identity_of_subject_verified changed, and said is nothing" in cannot(
        desk, "answer-changes-unsaid"
    )
    for wrong in (["--changed", "findings.part2_order"], [*named, "--changed", "purpose"]):
        assert "add --changed findings.identity_of_subject_verified;" in cannot(
            desk, "answer-changes-unsaid", *wrong
        )

    assert sealed(disclose(desk, *named, day=4)) == "The answer to number 1 is sealed: log entry 4."
    assert logged(desk)[-1]["changed"] == named[1]
    # Typed again after a run that was cut short, with the name or without it.
    assert sealed(disclose(desk, *named, day=5)) == "The answer to number 1 is sealed: log entry 4."
    assert sealed(disclose(desk, day=5)) == "The answer to number 1 is sealed: log entry 4."


def test_the_same_contents_on_other_facts_are_another_answer_on_the_same_day_and_later(
    desk: Path,
) -> None:
    assert sealed(disclose(desk)) == "The answer to number 1 is sealed: log entry 2."
    other, named = PAPER + IRRELEVANT, ("--changed", "findings.requester_supplied_name")

    cannot(desk, "answer-changes-unsaid", paper=other, day=3)
    assert (
        sealed(disclose(desk, *named, paper=other))
        == "The answer to number 1 is sealed: log entry 4."
    )
    assert (
        sealed(disclose(desk, *named, paper=other, day=4))
        == "The answer to number 1 is sealed: log entry 4."
    )
    assert sealed(disclose(desk, *named, day=4)) == "The answer to number 1 is sealed: log entry 6."

    first, second, third = logged(desk)
    assert first["facts"] != second["facts"]
    assert json.loads(second["judged"])["findings"]["requester_supplied_name"] == "yes"
    assert first["judged"] == third["judged"]
    packages = {told["package"] for told in logged(desk, EventType.ANSWER_SEALED)[:2]}
    assert len(packages) == 1


def mark(desk: Path, said: str) -> None:
    """Write into a record whether one of the person's household hides where they live."""
    with contextlib.closing(sqlite3.connect(desk / "agency" / "agency.sqlite")) as cx, cx:
        cx.execute(
            "UPDATE people SET address_confidentiality = ?, actual_address = ? "
            "WHERE ssn = '912-12-0000'",
            (said, "12 Elm Street, Exampleton, ME 00011" if said == "yes" else None),
        )


def test_what_the_record_closed_is_not_raised_when_its_mark_is_gone(desk: Path) -> None:
    mark(desk, "yes")
    first = disclose(desk)
    assert "kept back, since the record protects the person: snap/S1.case_notes" in first.out
    assert json.loads(logged(desk)[0]["cells"])["snap/S1.case_notes"] == [
        "refer_to_counsel", "record",
    ]  # fmt: skip
    # While the mark stands, the same command is the same answer.
    assert sealed(disclose(desk)) == "The answer to number 1 is sealed: log entry 2."
    assert sealed(disclose(desk, day=4)) == "The answer to number 1 is sealed: log entry 2."

    mark(desk, "no")
    before = kept(desk)[1]
    done = disclose(desk, day=5)

    assert (done.code, done.error_code) == (2, "answer-raised"), done
    assert "snap/S1.case_notes, log entry 2" in done.err
    assert kept(desk)[1] == before
    still = "--lower", "S1.case_notes=refer_to_counsel"
    assert sealed(disclose(desk, *still, day=5)) == "The answer to number 1 is sealed: log entry 4."


OTHER = NAMED.replace("Amina Warsame", "Jean-Luc Thibodeau").replace("1988-04-17", "1961-11-05")


def test_a_second_answer_is_about_whom_the_first_was_about(desk: Path) -> None:
    sealed(disclose(desk))
    (desk / "who.yaml").write_text(OTHER.replace("911-11", "921-21"))

    said = cannot(desk, "answer-other-person")

    assert f"when {ID} came or was answered, log entry 2: S1" in said
    assert "Thibodeau" not in said
    # More marks of the same person may be given; the answer that says them is another.
    (desk / "who.yaml").write_text(NAMED.replace("ssn:", "phone: 207-555-0191, ssn:"))
    assert sealed(disclose(desk)) == "The answer to number 1 is sealed: log entry 4."
    assert json.loads(logged(desk, EventType.ANSWER_SEALED)[0]["who"])["S1"].keys() == {
        "birth_date", "name", "ssn",
    }  # fmt: skip


def test_the_first_answer_may_still_be_about_somebody_else_than_a_look_that_found_nobody(
    desk: Path,
) -> None:
    (desk / "who.yaml").write_text(OTHER)
    assert disclose(desk).error_code == "answer-person-uncertain"

    (desk / "who.yaml").write_text(NAMED)
    assert sealed(disclose(desk)) == "The answer to number 1 is sealed: log entry 2."


def receive(desk: Path, name: str, day: int, *more: str) -> Done:
    (desk / "paper.yaml").write_text(PAPER.replace(ID, name))
    return type_in("receive", desk / "paper.yaml", "--office", desk / "office",
                   "--at", DAY.format(day), *more)  # fmt: skip


def test_nothing_is_done_of_a_day_before_the_demands_own_last_act_unless_it_is_late(
    desk: Path,
) -> None:
    assert receive(desk, "OWN-2", 5).code == 0
    # The paper came on the 2nd, and its receipt was logged on the 5th.
    (desk / "who.yaml").write_text(NAMED.replace(ID, "OWN-2"))
    paper = PAPER.replace(ID, "OWN-2")
    said = cannot(desk, "log-time-backwards", day=4, paper=paper)
    assert "2026-11-04 is before 2026-11-05" in said
    refusal = type_in("refuse", desk / "paper.yaml", "--office", desk / "office",
                      "--at", DAY.format(4), *ALL_LOWERED, "--counsel", "Made-up")  # fmt: skip
    assert refusal.error_code == "log-time-backwards", refusal
    assert sealed(disclose(desk, day=5, paper=paper)).startswith("The answer to number 2 is sealed")
    sealed(disclose(desk, *LOWERED, day=8, paper=paper))
    cannot(desk, "log-time-backwards", *LOWERED, day=7, paper=paper)
    # Before the day on which the paper itself came nothing is done, late or not.
    cannot(desk, "answer-before-receipt", *LOWERED, "--late", day=1, paper=paper)

    # Nor is it late behind an act about the same demand: each stands on the one before it.
    more = "--lower", "S1.mailing_address=refer_to_counsel"
    said = cannot(desk, "log-time-backwards", *LOWERED, *more, "--late", day=7, paper=paper)
    assert "2026-11-07 is before 2026-11-08" in said
    assert "with --again OWN-2" in said


def test_acts_of_one_office_are_in_the_order_of_their_days_unless_one_is_late(desk: Path) -> None:
    sealed(disclose(desk, day=6))
    for name, day, more, code in (
        ("OWN-2", 5, [], "log-time-backwards"),
        ("OWN-2", 5, ["--late"], ""),
        ("OWN-3", 6, [], ""),
        ("OWN-4", 7, [], ""),
    ):
        done = receive(desk, name, day, *more)
        assert done.error_code == code, done
    assert "sealed" in sealed(disclose(desk, day=7))
    cannot(desk, "log-time-backwards", day=6)


def test_nothing_has_changed_before_the_first_answer(desk: Path) -> None:
    assert "was not answered before" in cannot(
        desk, "answer-changes-unsaid", "--changed", "findings.identity_of_subject_verified"
    )


BOTH = PAPER.replace(ID, "OWN-5").replace(
    "findings:", "  - {program: mainecare, fields: [S1.benefit_amount]}\nfindings:"
)
SUSPENDED = "suspensions:\n  - {{authority: snap-7cfr272-1-c3, by: Made-up, from: {}, reason: x}}\n"


@pytest.fixture
def both(desk: Path) -> Path:
    (desk / "paper.yaml").write_text(BOTH)
    must("receive", desk / "paper.yaml", "--office", desk / "office", "--at", DAY.format(2))
    (desk / "who.yaml").write_text(NAMED.replace(ID, "OWN-5"))
    return desk


def cells_of(desk: Path) -> dict[str, list[str]]:
    told: dict[str, list[str]] = json.loads(logged(desk, demand="OWN-5")[-1]["cells"])
    return told


def test_what_people_kept_stays_where_a_fact_closed_it_for_a_while(both: Path) -> None:
    suspended = BOTH + SUSPENDED.format("2026-11-03")
    sealed(disclose(both, "--lower", "snap/S1.address=refer_to_counsel", paper=BOTH))
    sealed(disclose(both, "--changed", "suspensions", paper=suspended))
    assert cells_of(both)["snap/S1.address"] == ["refer_to_counsel", "law"]

    said = cannot(both, "answer-raised", "--changed", "suspensions", paper=BOTH)

    assert "is another: snap/S1.address, log entry 3" in said
    # What only the law closed is open again, once it is said what changed.
    still = "--lower", "snap/S1.address=refer_to_counsel", "--changed", "suspensions"
    sealed(disclose(both, *still, paper=BOTH, day=4))
    assert cells_of(both)["snap/S1.case_notes"] == ["release", "law"]


def test_what_people_kept_stays_where_the_law_closed_it_for_a_while(both: Path) -> None:
    paper = BOTH + SUSPENDED.format("2026-11-04, to: 2026-11-06")
    sealed(disclose(both, "--lower", "snap/S1.address=refer_to_counsel", paper=paper))
    sealed(disclose(both, paper=paper, day=4))

    said = cannot(both, "answer-raised", "--changed", "law", paper=paper, day=6)

    assert "is another: snap/S1.address, log entry 3" in said
    still = "--lower", "snap/S1.address=refer_to_counsel", "--changed", "law"
    sealed(disclose(both, *still, paper=paper, day=6))
    assert cells_of(both)["snap/S1.case_notes"] == ["release", "law"]


def test_what_the_record_kept_stays_where_a_fact_closed_it_for_a_while(both: Path) -> None:
    mark(both, "yes")
    sealed(disclose(both, paper=BOTH))
    assert cells_of(both)["snap/S1.case_notes"] == ["refer_to_counsel", "record"]
    mark(both, "no")
    suspended = BOTH + SUSPENDED.format("2026-11-03")
    sealed(disclose(both, "--changed", "suspensions", paper=suspended))

    done = disclose(both, "--changed", "suspensions", paper=BOTH)

    assert (done.code, done.error_code) == (2, "answer-raised"), done
    assert "snap/S1.case_notes, log entry 3" in done.err


def test_what_the_law_of_a_later_day_kept_is_not_raised_by_that_of_an_earlier_one(
    both: Path,
) -> None:
    paper = BOTH + SUSPENDED.format("2026-11-04, to: 2026-11-06")
    sealed(disclose(both, paper=paper, day=5))
    assert cells_of(both)["snap/S1.address"] == ["refer_to_counsel", "law"]

    cannot(both, "log-time-backwards", "--late", "--changed", "law", paper=paper, day=3)

    sealed(disclose(both, "--changed", "law", paper=paper, day=6))
    assert cells_of(both)["snap/S1.address"] == ["release", "law"]


def about(period: str) -> str:
    """The paper with a period written into it, which it left open when it came."""
    return PAPER.replace("fields: stated", f"fields: stated, period: {period}")


def test_a_period_that_was_answered_is_not_widened_whatever_is_said_to_have_changed(
    desk: Path,
) -> None:
    named = "--changed", "instrument.scope"
    asked = "{from: 2026-02-01, to: 2026-04-01}"
    sealed(disclose(desk, paper=about(asked)))

    for wider, words in (
        ("{from: 2026-01-31, to: 2026-04-01}", "2026-01-31 to 2026-04-01"),
        ("{from: 2026-02-01, to: 2026-04-02}", "2026-02-01 to 2026-04-02"),
        ("{from: 2026-02-01, to: null}", "2026-02-01 to 2026-11-03"),
        ("{from: null, to: 2026-04-01}", "the first day to 2026-04-01"),
        ("{from: 2026-05-01, to: 2026-06-01}", "2026-05-01 to 2026-06-01"),
    ):
        said = cannot(desk, "answer-wider", *named, paper=about(wider))
        assert "log entry 2: it was 2026-02-01 to 2026-04-01, that day left out" in said
        assert f"now it is {words}, that day left out" in said
    cannot(desk, "answer-wider", *named)
    cannot(desk, "answer-wider")

    # A narrower one is another answer; what lies between is then held against that.
    narrow = about("{from: 2026-02-01, to: 2026-03-01}")
    sealed(disclose(desk, *named, paper=narrow, day=4))
    cannot(desk, "answer-wider", *named, paper=about(asked), day=5)
    assert [told["changed"] for told in logged(desk)[1:]] == ["instrument.scope"]


def test_a_period_that_was_refused_is_not_widened_either(desk: Path) -> None:
    unproved = about("{from: 2026-02-01, to: 2026-04-01}").replace("verified: yes", "verified: no")
    (desk / "paper.yaml").write_text(unproved)
    must("refuse", desk / "paper.yaml", "--office", desk / "office", "--at", DAY.format(3),
         "--counsel", "Made-up Counsel")  # fmt: skip

    cannot(desk, "answer-wider", "--changed", "findings.identity_of_subject_verified",
           "--changed", "instrument.scope")  # fmt: skip


def test_todays_demand_and_each_set_of_facts_is_judged_once_for_all_earlier_answers(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed(disclose(desk, *LOWERED))
    for day in (4, 5, 6):
        more = [f"S1.{name}=refer_to_counsel" for name in FIELDS[2 : day - 2]]
        kept_back = [word for one in more for word in ("--lower", one)]
        sealed(disclose(desk, *LOWERED, *kept_back, day=day))
    judged: list[str] = []
    decide = Engine.decide

    def counted(self: Engine, demand: Demand, **more: Any) -> Determination:
        judged.append(demand.title)
        return decide(self, demand, **more)

    monkeypatch.setattr(Engine, "decide", counted)

    cannot(desk, "answer-raised", day=7)

    # The command's own, then today's and the facts of all four answers, which are the same.
    assert sorted(judged) == ["-", "Made-up", "Made-up"]


def again(desk: Path, name: str, *more: str, paper: str = PAPER, day: int = 5) -> Done:
    """Receive the same paper under another id."""
    (desk / "who.yaml").write_text(NAMED.replace(ID, name))
    (desk / "paper.yaml").write_text(paper.replace(f"id: {ID}", f"id: {name}"))
    return type_in("receive", desk / "paper.yaml", "--office", desk / "office",
                   "--at", DAY.format(day), *more)  # fmt: skip


def test_the_same_paper_under_another_id_is_found_whatever_was_written_into_it_since(
    desk: Path,
) -> None:
    before = kept(desk)
    for paper in (
        PAPER,
        PAPER.replace("Made-up", "Made-up, typed once more") + IRRELEVANT,
        UNPROVED.replace("2026-11-02", "2026-11-04"),
        about("{from: 2026-02-01, to: 2026-04-01}"),
    ):
        done = again(desk, "OWN-2", paper=paper)
        assert (done.code, done.error_code) == (2, "answer-same-paper"), done
        said = " ".join(done.err.split())
        assert "received already, as OWN-1, number 1" in said
        assert "add --again OWN-1" in said
        assert kept(desk) == before
        assert not (desk / "office/matters/OWN-2.json").exists()

    # Two papers that each state a period of their own are two.
    for number, month in ((2, "02"), (3, "03")):
        paper = about(f"{{from: 2026-{month}-01, to: null}}").replace("of OWN", "for OWN")
        assert again(desk, f"OWN-{number}", paper=paper).code == 0
        assert "again" not in logged(desk, EventType.DEMAND_RECEIVED, f"OWN-{number}")[0]


def test_a_repetition_names_the_same_paper_and_is_logged_as_one(desk: Path) -> None:
    other = PAPER.replace('reference: "of', 'reference: "another of')
    before = kept(desk)
    for named, paper in (("OWN-9", PAPER), ("OWN-1", other)):
        done = again(desk, "OWN-2", "--again", named, paper=paper)
        assert (done.code, done.error_code) == (2, "answer-again-other"), done
        assert kept(desk) == before

    assert again(desk, "OWN-2", "--again", ID).out == "Demand OWN-2 is received as number 2.\n"
    assert "as OWN-2, number 2" in again(desk, "OWN-3", day=6).err
    # Whichever of them is named, all of them are logged.
    assert again(desk, "OWN-3", "--again", ID, day=6).code == 0

    told = [logged(desk, EventType.DEMAND_RECEIVED, name)[0] for name in (ID, "OWN-2", "OWN-3")]
    assert [one.get("again") for one in told] == [None, "OWN-1", "OWN-2 OWN-1"]
    assert len({one["question"] for one in told}) == 1
    # A run that was killed before the office's note finds its entry, with the words or without.
    (desk / "office/matters/OWN-3.json").unlink()
    assert again(desk, "OWN-3", day=7).out == "Demand OWN-3 is received as number 3.\n"


def test_a_repetition_is_held_against_what_was_answered_before(desk: Path) -> None:
    refuse_by_counsel(desk)
    sent = PAPER.replace("2026-11-02", "2026-11-04")
    assert again(desk, "OWN-2", "--again", ID, paper=sent).code == 0
    paper = sent.replace(f"id: {ID}", "id: OWN-2")

    said = cannot(desk, "answer-refused-already", paper=paper, day=6)
    assert f"the demand {ID} was refused already, log entry 2" in said
    said = cannot(desk, "answer-raised", "--changed", "findings.requester_supplied_name",
                  paper=paper + IRRELEVANT, day=6)  # fmt: skip
    assert "snap/S1.address, snap/S1.benefit_amount" in said
    still = [word for name in FIELDS[1:] for word in ("--lower", f"S1.{name}=refer_to_counsel")]
    cannot(desk, "answer-refused-already", *still, paper=paper, day=6)
    assert logged(desk, EventType.ANSWER_SEALED, "OWN-2") == []


def test_a_repetition_of_what_was_sealed_is_sealed_and_what_was_lowered_stays(desk: Path) -> None:
    sealed(disclose(desk, *LOWERED))
    assert again(desk, "OWN-2", "--again", ID).code == 0
    paper = PAPER.replace(f"id: {ID}", "id: OWN-2")

    assert "is another: snap/S1.address, log entry 2" in cannot(
        desk, "answer-raised", paper=paper, day=6
    )
    assert (
        sealed(disclose(desk, *LOWERED, paper=paper, day=6))
        == "The answer to number 2 is sealed: log entry 5."
    )


def test_a_repetition_is_about_the_same_persons(desk: Path) -> None:
    sealed(disclose(desk))
    (desk / "other.yaml").write_text(OTHER.replace(ID, "OWN-2").replace("911-11", "921-21"))
    before = kept(desk)

    done = again(desk, "OWN-2", "--again", ID, "--who", str(desk / "other.yaml"))

    assert (done.code, done.error_code) == (2, "answer-other-person"), done
    assert kept(desk) == before
    assert again(desk, "OWN-2", "--again", ID).code == 0
    (desk / "who.yaml").write_text((desk / "other.yaml").read_text())
    paper = PAPER.replace(f"id: {ID}", "id: OWN-2")
    assert "log entry 2: S1" in cannot(desk, "answer-other-person", paper=paper, day=6)


# Made up: the authority that opens everything is suspended from the 4th on.
CLOSING = PAPER + SUSPENDED.format("2026-11-04")
SIGNED = "--reviewer", "Made-up One", "--reviewer", "Made-up Two"


def abandon(desk: Path, *more: str, day: int = 4, paper: str = CLOSING) -> Done:
    (desk / "paper.yaml").write_text(paper)
    return type_in("abandon", desk / "paper.yaml", "--office", desk / "office",
                   "--at", DAY.format(day), *more)  # fmt: skip


def begun(desk: Path, *, where: str = "nowhere") -> None:
    """What a run leaves that was killed after it logged, before the package had its name."""
    (desk / "paper.yaml").write_text(CLOSING)
    must("disclose", desk / "paper.yaml", "--office", desk / "office", "--who", desk / "who.yaml",
         "--recipient", desk / "theirs/recipient.txt", "--at", DAY.format(3), *SIGNED)  # fmt: skip
    if where == "sealing":
        (desk / "office/out").rename(desk / "office/sealing")
    else:
        shutil.rmtree(desk / "office/out")
        shutil.rmtree(desk / "office/sealed")


@pytest.mark.parametrize("where", ["nowhere", "sealing"])
def test_what_was_begun_and_the_law_closed_since_is_ended_and_then_refused(
    desk: Path, where: str
) -> None:
    begun(desk, where=where)
    cannot(desk, "disclosure-nothing-released", paper=CLOSING)
    refusing: list[str | Path] = [
        "refuse", desk / "paper.yaml", "--office", desk / "office", "--at", DAY.format(4),
        "--counsel", "Made-up Counsel",
    ]  # fmt: skip
    assert "end it with abandon" in " ".join(type_in(*refusing).err.split())
    before = kept(desk)
    for more, code in (
        ([], "answer-needs-two"),
        (SIGNED[:2], "answer-needs-two"),
        (["--counsel", "A; B"], "answer-signer-unclear"),
    ):
        done = abandon(desk, *more)
        assert (done.code, done.error_code) == (2, code), done
    assert abandon(desk, *SIGNED, day=2).error_code == "log-time-backwards"
    # On the 3rd the law still lets it leave.
    assert abandon(desk, *SIGNED, day=3).error_code == "answer-still-open"
    assert kept(desk) == before

    assert abandon(desk, *SIGNED).out == (
        "The answer to number 1 in log entry 2 is ended: log entry 3.\n"
    )

    [told] = logged(desk, EventType.MATTER_UPDATED)
    assert told == {
        "demand": ID, "number": "1", "ended_answer": "2", "because": "law",
        "closed": " ".join(f"snap/S1.{name}" for name in sorted(FIELDS)),
        "signed": "Made-up One; Made-up Two", "on": "2026-11-04",
    }  # fmt: skip
    assert not (desk / "office/sealing").exists()
    assert "is ended already: log entry 3." in abandon(desk, *SIGNED, day=5).out
    assert kept(desk)[1] == 4
    assert must(*refusing).endswith("-withheld.pdf\n")


def test_what_was_ended_is_not_gone_on_with_when_the_law_opens_again(desk: Path) -> None:
    begun(desk)
    assert abandon(desk, "--counsel", "Made-up Counsel").code == 0

    # The same contents as were ended, of another day and of the same.
    assert sealed(disclose(desk, "--changed", "suspensions", day=5)).endswith("log entry 5.")
    [first, second] = logged(desk, EventType.ANSWER_SEALED)
    assert (first["on"], second["on"]) == ("2026-11-03", "2026-11-05")
    assert abandon(desk, *SIGNED, day=5).error_code == "answer-may-have-left"


def test_what_may_have_left_or_was_not_begun_is_not_ended(desk: Path) -> None:
    before = kept(desk)
    assert abandon(desk, *SIGNED).error_code == "answer-not-begun"
    assert kept(desk) == before
    sealed(disclose(desk, paper=CLOSING))  # and handed over
    before = kept(desk)

    said = abandon(desk, *SIGNED)

    assert (said.code, said.error_code) == (2, "answer-may-have-left"), said
    assert "one was put out for log entry 2" in said.err
    assert kept(desk) == before


def test_a_package_that_never_left_is_not_taken_for_one_that_may_have(desk: Path) -> None:
    """Its folder was emptied for another package, and its note goes with it."""
    begun(desk, where="sealing")
    other = PAPER.replace(ID, "OWN-2")
    assert receive(desk, "OWN-2", 3).code == 0
    (desk / "who.yaml").write_text(NAMED.replace(ID, "OWN-2"))
    sealed(disclose(desk, paper=other))

    assert abandon(desk, *SIGNED).code == 0


def test_what_new_facts_closed_is_ended_and_says_so(desk: Path) -> None:
    begun(desk)

    done = abandon(desk, *SIGNED, paper=CLOSING.replace("verified: yes", "verified: no"))

    assert done.code == 0, done
    assert logged(desk, EventType.MATTER_UPDATED)[0]["because"] == "facts"


def test_nobody_ends_an_answer_by_hand(desk: Path) -> None:
    event = {"type": "matter.updated", "scope": "maine-dhhs", "matter": ID,
             "fields": {"ended_answer": "2"}}  # fmt: skip
    (desk / "event.json").write_text(json.dumps(event))

    done = type_in("log", "append", desk / "office/log", desk / "event.json")

    assert (done.code, done.error_code) == (2, "log-event-internal"), done
    assert "clerestory abandon" in done.err


def test_what_an_abandonment_that_was_killed_left_is_taken_away_by_the_next(desk: Path) -> None:
    begun(desk, where="sealing")
    office, lost = desk / "office", desk / "lost"
    package = desk / f"{ID}.tar.age"
    shutil.copy(office / "sealing" / package.name, package)
    shutil.copytree(office / "sealing", lost)
    assert abandon(desk, *SIGNED).code == 0
    lost.rename(office / "sealing")

    assert "is ended already: log entry 3." in abandon(desk, *SIGNED).out

    assert not (office / "sealing").exists()
    # That it arrived shows that it left all the same.
    must("keys", "sign-receipt", package, desk / "receipt", "--demand", ID,
         "--key", desk / "theirs/receipt.key", "--at", DAY.format(3))  # fmt: skip
    size = kept(desk)[1]
    done = type_in("receipt", desk / "receipt", package, "--key", desk / "theirs/receipt.vkey",
                   "--office", office, "--at", DAY.format(4))  # fmt: skip
    assert (done.code, done.error_code) == (3, "receipt-not-answered"), done
    assert "is of log entry 2, which log entry 3 ended" in " ".join(done.err.split())
    assert kept(desk)[1] == size


@pytest.mark.parametrize("copied", [True, False])
def test_what_lies_among_the_answers_is_not_ended(desk: Path, copied: bool) -> None:
    (desk / "paper.yaml").write_text(CLOSING)
    must("disclose", desk / "paper.yaml", "--office", desk / "office", "--who", desk / "who.yaml",
         "--recipient", desk / "theirs/recipient.txt", "--at", DAY.format(3), *SIGNED)  # fmt: skip
    if copied:
        (desk / "office/sealing").mkdir()
        shutil.copy(desk / f"office/out/{ID}.tar.age", desk / "office/sealing/copy")
    else:
        shutil.rmtree(desk / "office/sealed")
    before = kept(desk)

    done = abandon(desk, *SIGNED)

    assert (done.code, done.error_code) == (2, "answer-may-have-left"), done
    assert kept(desk) == before


def test_an_answer_that_left_keeps_no_other_from_being_ended(desk: Path) -> None:
    sealed(disclose(desk, paper=CLOSING))  # and handed over
    office = desk / "office"
    others = "--reviewer", "Made-up Three", "--reviewer", "Made-up Four"
    must("disclose", desk / "paper.yaml", "--office", office, "--who", desk / "who.yaml",
         "--recipient", desk / "theirs/recipient.txt", "--at", DAY.format(3), *others)  # fmt: skip
    (office / "out").rename(office / "sealing")

    for told in ("is ended", "is ended already"):
        assert abandon(desk, *SIGNED).out == (
            f"The answer to number 1 in log entry 4 {told}: log entry 5.\n"
        )
    # Acts of the office go on from the day on which it was ended.
    assert receive(desk, "OWN-2", 3).error_code == "log-time-backwards"


def test_what_was_begun_and_people_keep_back_is_ended_and_then_refused(desk: Path) -> None:
    """The law still lets it leave, and the two who signed know better by now."""
    begun(desk)
    cannot(desk, "disclosure-nothing-released", *ALL_LOWERED, day=3, paper=CLOSING)
    refusing: list[str | Path] = [
        "refuse", desk / "paper.yaml", "--office", desk / "office", "--at", DAY.format(3),
        "--counsel", "Made-up Counsel", *ALL_LOWERED,
    ]  # fmt: skip
    assert type_in(*refusing).error_code == "answer-sealed-already"
    assert "abandon and then to refuse" in " ".join(abandon(desk, *SIGNED, day=3).err.split())

    assert abandon(desk, *SIGNED, *ALL_LOWERED, day=3).code == 0

    [told] = logged(desk, EventType.MATTER_UPDATED)
    assert told["because"] == "people"
    must(*refusing)
