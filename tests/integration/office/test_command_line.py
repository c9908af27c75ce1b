"""The acts as they are typed: who acts, what is said afterwards, and what to do on a mistake."""

import re
import stat
from pathlib import Path

import pytest

from clerestory.cli.demo_story import Story
from hostile.running import Done, must, type_in
from made_up_acts import WHO
from made_up_office import own_record

DAY = "2026-12-01"
ASKS = own_record("M-1", received=DAY, program="mainecare", fields=["address", "phone"])
VERIFIED = "identity_of_subject_verified"
AT = ("--at", f"{DAY}T17:00Z")
PEOPLE = {"P-law": "counsel", "P-clk": "clerk", "P-cus": "custodian", "P-ann": "reviewer",
          "P-bob": "reviewer"}  # fmt: skip
sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NEXT_VOTE = (
    "next: vote (reviewer, with training that is good, not by who did amend, receive or recuse "
    "in it)"
)


@pytest.fixture(autouse=True)
def here(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to type in, whose office keeps its matters in the test's database."""
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("CLERESTORY_OFFICE", "office")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def office(*words: str | Path) -> str:
    """What an act says, on one line."""
    return " ".join(must("office", *words).split())


def refused(*words: str | Path) -> Done:
    return type_in("office", *words)


def by(who: str) -> tuple[str, ...]:
    return ("--as", who, "--key", f"{who}.key", *AT)


BOTH = (*by("P-adm"), "--second", "P-off", "--second-key", "P-off.key")
FOUND = ("found", "--origin", "log.office.example/acts", "--profile", "maine-dhhs",
         "--second-trained-to", "2027-12-01")  # fmt: skip


def keys(*people: str) -> None:
    for who in people:
        office("key", f"{who}.key", "--id", who)


def staffed() -> None:
    keys("P-adm", "P-off", *PEOPLE)
    office(*FOUND, *BOTH)
    for who, role in PEOPLE.items():
        office("join", who, "--roles", role, "--vkey", f"{who}.key.vkey",
               "--trained-to", "2027-12-01", *BOTH)  # fmt: skip


def received(text: str = ASKS) -> str:
    Path("ask.yaml").write_text(text)
    Path("note.txt").write_text("made up: what was seen")
    return office("receive", "ask.yaml", *by("P-clk"))


def established(answer: str = "yes") -> str:
    return office("establish", "1", f"{VERIFIED}={answer}", "--evidence", "note.txt", *by("P-cus"))


def found(records: Path) -> None:
    """Let the demand be decided once its person was looked up."""
    received()
    established()
    office("records", records / "agency.sqlite", "--index", records / "persons.index")
    Path("who.yaml").write_bytes(WHO)
    told = office("person", "1", "--who", "who.yaml", *by("P-cus"))
    assert "Amina" not in told
    office("decide", "1", *by("P-cus"))


def test_a_demand_goes_from_the_door_to_its_logged_refusal(here: Path) -> None:
    staffed()
    taken = received()
    assert "number 1 is received: it has its number" in taken
    assert "this act is entry 6 of the log" in taken
    assert "next: establish (" in taken
    assert "decide (custodian or job)" in taken
    established("no")
    assert NEXT_VOTE in office("decide", "1", *by("P-cus"))
    told = office("read", "1", *by("P-ann"))
    assert "Nothing may leave" in told or "WITHHOLD" in told
    assert "clerestory refuse" not in told
    assert "number 1 is one-vote" in office("vote", "1", *by("P-ann"))
    assert "next: refer" in office("vote", "1", *by("P-bob"), "--dissent", "made up")
    assert "number 1 is refused" in office("refuse", "1", *by("P-cus"))
    assert (here / "office/out/1-refusal.pdf").read_bytes().startswith(b"%PDF")

    status = office("status", "--number", "1")
    for step in ("1. {} receive by P-clk: received", "4. {} vote by P-ann: one-vote",
                 "6. {} refuse by P-cus: refused"):  # fmt: skip
        assert step.format(DAY) in status
    assert "made-up person" not in status
    assert "identity" not in status
    assert "refused: 1 (1), a refusal is logged" in office("status")
    assert "12 entries of the log: each is an act that was allowed" in office("audit")


@sqlite
def test_the_same_paper_finds_its_number_and_another_in_its_place_is_told(here: Path) -> None:
    staffed()
    assert "drew an intake token into ask.yaml.intake" in received()
    token = here / "ask.yaml.intake"
    assert stat.S_IMODE(token.stat().st_mode) == 0o600

    again = received()
    assert "nothing was done twice" in again
    assert "number 1 is received" in again
    Path("ask.yaml").write_text(ASKS.replace("S1.phone", "S1.birth_date"))
    other = refused("receive", "ask.yaml", *by("P-clk"))
    assert (other.code, other.error_code) == (2, "office-other-paper")
    assert "clerestory office amend" in other.err
    Path("two.yaml").write_text(ASKS)
    assert "number 2 is received" in office("receive", "two.yaml", *by("P-clk"))
    assert token.read_text() != Path("two.yaml.intake").read_text()


@sqlite
def test_what_is_no_written_demand_is_received_too_and_the_clerk_is_told(here: Path) -> None:
    staffed()
    (here / "ask.yaml").write_text(ASKS.replace("S1.phone", "S1.birth_date"))
    told = office("receive", "ask.yaml", *by("P-clk"))
    assert "number 1 is received" in told
    assert "cannot be decided as it is keyed in" in told
    assert "clerestory office amend" in told
    assert "cannot be decided" not in office("amend", "1", _right(), "--reason", "a", *by("P-clk"))


def _right() -> str:
    Path("right.yaml").write_text(ASKS)
    return "right.yaml"


@sqlite
def test_what_differing_votes_leave_is_read_and_signed_anew(records: Path) -> None:
    staffed()
    found(records)
    assert "All 2 fields may leave" in office("read", "1", *by("P-ann"))
    office("vote", "1", *by("P-ann"), "--lower", "mainecare/S1.address=withhold")
    # Nobody sees in what they vote on how somebody else voted.
    assert "All 2 fields may leave" in office("read", "1", *by("P-bob"))
    assert NEXT_VOTE in office("vote", "1", *by("P-bob"))

    lower = office("read", "1", *by("P-bob"))
    assert "WITHHOLD (lowered)" in lower
    assert lower.count("RELEASE") >= 1
    office("vote", "1", *by("P-bob"))
    assert "number 1 is voted" in office("vote", "1", *by("P-ann"))
    assert "entries of the log: each" in office("audit")


@sqlite
def test_an_answer_is_sealed_to_its_recipient_who_verifies_it_alone(
    here: Path, records: Path
) -> None:
    staffed()
    found(records)
    for who in ("P-ann", "P-bob"):
        office("vote", "1", *by(who))
    must("keys", "recipient", "theirs", "--name", "theirs.example/r")
    told = office("seal", "1", "theirs/recipient.txt", *by("P-cus"))
    assert "number 1 is sealed" in told
    (package,) = (here / "office/out").glob("*.tar.age")
    assert str(package.relative_to(here)) in told

    again = office("seal", "1", "theirs/recipient.txt", *by("P-cus"))
    assert "sealed before, to this very recipient" in again
    must("keys", "recipient", "others", "--name", "others.example/r")
    other = refused("seal", "1", "others/recipient.txt", *by("P-cus"))
    assert other.error_code == "seal-second"
    assert package.exists()
    must("verify", package, "--sender", "office/public/sender.vkey", "--log",
         "office/public/log.vkey", "--identity", "theirs/identity.txt")  # fmt: skip

    told = office("hand-over", "1", package, "--receipt-key", "theirs/receipt.vkey", *by("P-clk"))
    assert "number 1 is handed-over" in told
    late = refused("take-back", "1", "--reason", "made up", *by("P-cus"))
    assert (late.error_code, package.exists()) == ("hand-over-nothing", True)
    must("keys", "sign-receipt", package, "theirs/receipt.note", "--demand", "M-1",
         "--key", "theirs/receipt.key", *AT)  # fmt: skip
    told = office("take-receipt", "1", "theirs/receipt.note", *by("P-clk"))
    assert "number 1 is receipted: who got it signed for it" in told
    assert "entries of the log: each" in office("audit")


@sqlite
def test_an_answer_that_has_not_left_is_taken_back_and_voted_on_again(
    here: Path, records: Path
) -> None:
    staffed()
    found(records)
    for who in ("P-ann", "P-bob"):
        office("vote", "1", *by(who))
    must("keys", "recipient", "theirs", "--name", "theirs.example/r")
    office("seal", "1", "theirs/recipient.txt", *by("P-cus"))
    office("take-back", "1", "--reason", "made up: a slip", *by("P-off"), "--write", "back.txt")
    assert "the reason: made up: a slip" in office("show", "back.txt")
    assert "number 1 is received" in office("do", "back.txt", *AT)
    assert list((here / "office/out").glob("*.age*")) == []
    # What the requester takes back after it was sealed anew does not lie there either.
    office("decide", "1", *by("P-cus"))
    for who in ("P-ann", "P-bob"):
        office("vote", "1", *by(who))
    office("seal", "1", "theirs/recipient.txt", *by("P-cus"))
    assert (here / "office/out/M-1+1.2.tar.age").is_file()
    Path("back.letter").write_text("made up: never mind")
    office("withdraw", "1", "back.letter", *by("P-clk"))
    assert list((here / "office/out").glob("*.age*")) == []


@sqlite
def test_what_goes_to_counsel_comes_back_with_counsels_signed_answer(
    here: Path, records: Path
) -> None:
    staffed()
    found(records)
    told = office("refer", "1", "--reason", "made up: is this right?", *by("P-ann"))
    assert "number 1 is referred: counsel must answer first" in told
    assert "opine (counsel, with training that is good)" in told
    for words in (
        ("--favor", "=mainecare/S1.address"), ("--favor", "no-such-point=mainecare/S1.address"),
        ("--closed", "mainecare/S1.ssn"),
    ):  # fmt: skip
        done = refused("opine", "1", *words, "--reason", "made up", *by("P-law"))
        assert (done.code, done.error_code.partition("-")[0]) == (2, "opine"), done.err
    closed = ("--closed", "mainecare/S1.address", "--reason", "made up: it stays closed")
    office("opine", "1", *closed, *by("P-law"), "--write", "opinion.txt")
    assert "made up" not in (here / "opinion.txt").read_text()
    assert "number 1 is received" in office(
        "do", "opinion.txt", "--paper", "opinion.txt.opinions", *AT
    )
    office("decide", "1", *by("P-cus"))
    told = office("read", "1", *by("P-bob"))
    assert "1 of 2 fields may leave, 1 may not" in told
    assert "entries of the log: each" in office("audit")


@sqlite
def test_a_matter_is_opened_by_those_who_act_in_matters_and_with_their_own_key(
    records: Path,
) -> None:
    staffed()
    found(records)

    other_role = refused("read", "1", *by("P-adm"))
    other_key = refused("read", "1", "--as", "P-ann", "--key", "P-bob.key", *AT)
    own_hand = refused("vote", "1", *by("P-clk"))
    assert [one.error_code for one in (other_role, other_key, own_hand)] == [
        "act-wrong-role", "act-key", "act-wrong-role",
    ]  # fmt: skip
    assert [one.out for one in (other_role, other_key)] == ["", ""]


@sqlite
def test_two_people_at_two_places_found_an_office_and_let_somebody_join() -> None:
    keys("P-adm", "P-off", "P-law")
    written = office(
        *FOUND, "--as", "P-adm", "--key", "P-adm.key", *AT, "--second", "P-off",
        "--second-vkey", "P-off.key.vkey", "--write", "founding.txt",
    )  # fmt: skip
    assert "P-adm (signed)" in written
    assert "P-off (not signed yet)" in written
    early = refused("do", "founding.txt", *AT)
    assert (early.error_code, "P-off has not" in early.err) == ("office-unsigned", True)

    shown = office("show", "founding.txt")
    assert "the packs of law: us-federal us-me" in shown
    assert "the public key of P-off: P-off+" in shown
    wrong = refused("sign", "founding.txt", "--as", "P-off", "--key", "P-law.key")
    assert wrong.error_code == "act-signing-key"
    assert "all have signed" in office(
        "sign", "founding.txt", "--as", "P-off", "--key", "P-off.key"
    )
    founded = office("do", "founding.txt", *AT)
    assert "log.office.example/acts is founded: a made-up office" in founded
    assert (
        "only P-adm and P-off" in founded.replace("only has", "only")
        or "P-adm and P-off" in founded
    )
    assert "was founded before, by this very act" in office("do", "founding.txt", *AT)

    office("join", "P-law", "--roles", "counsel", "--vkey", "P-law.key.vkey", "--as", "P-adm",
           "--second", "P-off", "--write", "join.txt", *AT)  # fmt: skip
    for who in ("P-off", "P-adm"):
        office("sign", "join.txt", "--as", who, "--key", f"{who}.key")
    assert "P-law is in the office as counsel" in office("do", "join.txt", *AT)
    assert "nothing was done twice" in office("do", "join.txt", *AT)


@sqlite
@pytest.mark.parametrize(
    ("old", "new"),
    [("P-law", "P-lau"), ("clerestory-statement/1", "clerestory-statement/2"), ("\n", "\n\n"),
     ("counsel", "counsel reviewer")],
)  # fmt: skip
def test_a_statement_that_was_altered_on_its_way_is_not_done(
    here: Path, old: str, new: str
) -> None:
    keys("P-adm", "P-off", "P-law")
    office(*FOUND, *BOTH)
    path = here / "join.txt"
    office("join", "P-law", "--roles", "counsel", "--vkey", "P-law.key.vkey", *BOTH,
           "--write", path)  # fmt: skip
    before = path.read_text()
    path.write_text(before.replace(old, new, 1))

    assert refused("do", path, *AT).code in {2, 3}
    path.write_text(before)
    assert "entry 1 of the log" in office("do", path, *AT)


@sqlite
def test_a_paper_is_received_by_a_statement_that_was_signed_elsewhere() -> None:
    staffed()
    Path("ask.yaml").write_text(ASKS)
    told = office("receive", "ask.yaml", *by("P-clk"), "--write", "in.txt")
    assert "clerestory office do in.txt --paper ask.yaml" in told
    assert refused("do", "in.txt", *AT).error_code == "office-no-paper"
    Path("copy.yaml").write_text(ASKS)
    assert refused("do", "in.txt", "--paper", "copy.yaml", *AT).error_code == "office-no-token"
    assert "number 1 is received" in office("do", "in.txt", "--paper", "ask.yaml", *AT)


@sqlite
def test_a_lost_key_signs_no_more_and_who_leaves_has_none() -> None:
    staffed()
    office("key", "new.key", "--id", "P-clk")
    office("replace-key", "P-clk", "--vkey", "new.key.vkey", *BOTH)
    Path("ask.yaml").write_text(ASKS)
    assert refused("receive", "ask.yaml", *by("P-clk")).error_code == "act-key"
    assert "number 1 is received" in office(
        "receive", "ask.yaml", "--as", "P-clk", "--key", "new.key", *AT
    )
    assert "training good until 2028-01-01" in office("train", "P-ann", "--to", "2028-01-01", *BOTH)
    assert "as clerk and reviewer" in office("assign", "P-ann", "--roles", "reviewer clerk", *BOTH)
    assert "P-ann has left" in office("leave", "P-ann", *BOTH)
    assert refused("leave", "P-ann", *BOTH).error_code == "office-people"


@sqlite
def test_a_key_is_never_replaced_and_its_public_half_is_written_again() -> None:
    keys("P-adm")
    before, public = Path("P-adm.key").read_text(), Path("P-adm.key.vkey")
    told = public.read_text()
    public.unlink()

    assert "is in P-adm.key already" in office("key", "P-adm.key", "--id", "P-adm")
    assert (Path("P-adm.key").read_text(), public.read_text()) == (before, told)
    assert stat.S_IMODE(Path("P-adm.key").stat().st_mode) == 0o600
    Path("P-adm.key").chmod(0o640)
    assert refused("key", "P-adm.key", "--id", "P-adm").error_code == "log-key-file"


@sqlite
def test_a_slip_is_amended_a_reviewer_stands_aside_and_a_demand_is_taken_back() -> None:
    staffed()
    received()
    established("no")
    Path("right.yaml").write_text(ASKS.replace(", S1.phone", ""))
    assert refused("amend", "1", "right.yaml", "--reason", " ", *by("P-clk")).error_code == (
        "amend-no-reason"
    )
    told = office("amend", "1", "right.yaml", "--reason", "a wrong field", *by("P-clk"))
    assert "number 1 is received" in told
    # What was established was of the paper before.
    assert refused("decide", "1", *by("P-cus")).error_code == "decide-claims"
    office("recuse", "1", "--reason", "made up: I know them", *by("P-ann"))
    established("no")
    office("decide", "1", *by("P-cus"))
    assert refused("vote", "1", *by("P-ann")).error_code == "act-separation"
    Path("back.txt").write_text("made up: never mind")
    assert "number 1 is withdrawn" in office("withdraw", "1", "back.txt", *by("P-clk"))
    assert "number 1 is closed: nothing more is done in it" in office("close", "1", *by("P-cus"))
    assert "entries of the log: each" in office("audit")


@sqlite
def test_what_is_due_is_listed_and_what_is_late_is_a_no(here: Path) -> None:
    staffed()
    Story(here, 60).write_papers()
    office("receive", "papers/hospital-subpoena.yaml", *by("P-clk"))
    seen = ("--evidence", "papers/seen.txt")
    facts = ("requester_identified=yes", "authority_stated=yes")
    office("establish", "1", *facts, *seen, *by("P-cus"))
    counsels = ("issued_in_court_proceeding=no", "--by", "counsel")
    office("establish", "1", *counsels, *seen, *by("P-law"))
    assert "nothing is late" in office("due", *AT)
    office("decide", "1", *by("P-cus"))

    due = refused("due", *AT)
    assert due.code == 1
    assert "2026-08-19 LATE number 1: tell the agency's counsel" in due.out
    # The demand was logged as it came in: that is done.
    assert "write the demand to the log" not in " ".join(due.out.split())
    assert "as far as acts show" in due.out


@sqlite
def test_each_mistake_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    keys("P-adm", "P-off")
    mistakes: list[tuple[tuple[str, ...], str]] = [
        (("status",), "office-not-founded"),
        (("key", "P-adm.key", "--id", "P-off"), "log-key-file"),
        (("key", "x.key", "--id", "a b"), "office-id"),
        ((*FOUND, "--as", "P-adm", "--second", "P-off"), "office-no-key"),
        ((*FOUND, "--as", "P-adm", "--second", "P-off", "--write", "f.txt"), "office-no-key"),
        (("show", "P-adm.key"), "office-statement-file"),
    ]
    for words, code in mistakes:
        done = refused(*words)
        assert (done.code, done.error_code) == (2, code), done.err
        assert re.search(r"^  next: \w", done.err, re.MULTILINE)
    office(*FOUND, *BOTH)
    mistakes = [
        (("status", "7"), "matter-unknown"), (("status", "M-none"), "matter-unknown"),
        (("leave", "P-none", "--as", "P-adm", "--key", "P-adm.key", *AT, "--second", "P-x",
          "--write", "x.txt"), "office-nobody"),
        ((*FOUND[:2], "other.example/acts", *FOUND[3:], *BOTH), "office-exists"),
    ]  # fmt: skip
    for words, code in mistakes:
        assert refused(*words).error_code == code
    monkeypatch.delenv("CLERESTORY_OFFICE")
    assert refused("status").error_code == "office-unnamed"
