"""What the record says of protection holds before anything leaves, whatever the paper says."""

import copy
import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import yaml
from click.testing import CliRunner

from clerestory.audit.sources_of_fields import sources_of
from clerestory.cli.deciding import decide_file
from clerestory.cli.main import program
from clerestory.cli.office import open_office
from clerestory.demands import Outcome
from clerestory.disclosure.contents import reduced_determination
from clerestory.holdings import UNNAMED, load_catalogue, open_source
from clerestory.kernel import ClerestoryError, Refusal
from clerestory.office.answer.decided import Decided
from clerestory.office.answer.protections import as_told, decide_with_record
from clerestory.policy import Engine

HOME = Path(__file__).resolve().parents[2]
AMINA, SPOUSE, DAUGHTER = "P20000011", "P20000012", "P20000013"
AT = "2026-03-06T15:00Z"
FIELDS = ["S1.notices", "S1.eligibility_documents", "S1.claims", "S1.benefit_amount"]
# Made up: an attorney with the member's permission in writing.
DEMAND: dict[str, Any] = {
    "format": "clerestory-demand/1",
    "id": "MADE-UP-PERMISSION",
    "title": "An attorney with the member's written permission",
    "received": {"date": "2026-03-06", "channel": "post"},
    "holder": {"agency": "me-dhhs", "kind": "state_agency", "jurisdiction": "us-me"},
    "requester": {"body": "attorney for the member (made up)", "class": "law_firm"},
    "instrument": {
        "kind": "consent",
        "issuer": "subject",
        "written": "yes",
        "scope": {"persons": "named", "count": 1, "fields": "stated"},
        "status": "live",
    },
    "purpose": "administrative_hearing",
    "subjects": [{"ref": "S1", "relation": "named", "applicant": "yes"}],
    "records": [{"program": "mainecare", "fields": FIELDS}],
    "findings": {
        "requester_identified": "yes",
        "written_permission_held": "yes",
        "consent_names_requester": "yes",
    },
    "consents": [
        {
            "by": "S1",
            "to": "law_firm",
            "purpose": "administrative_hearing",
            "fields": FIELDS,
            "signed_on": "2026-02-20",
            "expires_on": "2026-08-20",
            "revoked": "no",
            "elements_complete": "yes",
        }
    ],
}
WHO = {
    AMINA: {
        "name": "Amina Warsame Example", "birth_date": "1988-04-17", "ssn": "911-11-0000",
    },
    DAUGHTER: {
        "name": "Hodan Yuusuf Example", "birth_date": "2017-09-30", "ssn": "913-13-0000",
    },
    "nobody": {"name": "Zebulon Quisenberry Example", "ssn": "900-77-1234"},
}  # fmt: skip


def type_command(*words: str | Path) -> str:
    """Run one command and return what it prints; its errors are raised."""
    result = CliRunner().invoke(program, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("agency") / "agency"
    type_command("holdings", "make", folder, "--persons", "40", "--seed", "3")
    return folder


class Desk:
    """An office with a copy of the made-up agency whose records can be changed."""

    def __init__(self, made_up: Path, folder: Path) -> None:
        self.folder, self.agency = folder, Path(shutil.copytree(made_up, folder / "agency"))
        type_command(
            "keys", "office", folder / "office", "--origin", "log.example/test",
            "--source", self.agency / "agency.sqlite", "--index", self.agency / "persons.index",
        )  # fmt: skip
        type_command("keys", "recipient", folder / "firm", "--name", "firm.example/r")

    def record(self, statement: str, *values: object) -> None:
        with sqlite3.connect(self.agency / "agency.sqlite") as connection:
            done = connection.execute(statement, values)
            assert done.rowcount in {1, -1}
        connection.close()

    def disclose(
        self,
        person: str = AMINA,
        *more: str,
        flags: tuple[str, ...] = (),
        instead: dict[str, Any] | None = None,
        others: dict[str, str] | None = None,
    ) -> tuple[str, dict[str, bytes]]:
        """Receive and disclose the demand; return what was said and what the package holds."""
        demand, who = self.folder / "demand.yaml", self.folder / "who.yaml"
        asked = copy.deepcopy(DEMAND) | (instead or {})
        if flags:
            asked["subjects"][0]["flags"] = list(flags)
        demand.write_text(yaml.safe_dump(asked), "utf-8")
        named: dict[str, Any] = {"demand": asked["id"]}
        named |= {ref: WHO[one] for ref, one in {"S1": person, **(others or {})}.items()}
        who.write_text(yaml.safe_dump(named), "utf-8")
        office = ("--office", self.folder / "office", "--at", AT)
        type_command("receive", demand, *office)
        said = type_command(
            "disclose", demand, *office, "--who", who, "--recipient",
            self.folder / "firm" / "recipient.txt", "--reviewer", "one", "--reviewer", "two", *more,
        )  # fmt: skip
        public = self.folder / "office" / "public"
        type_command(
            "verify", self.folder / "office" / "out" / f"{DEMAND['id']}.tar.age",
            "--sender", public / "sender.vkey", "--log", public / "log.vkey", "--identity",
            self.folder / "firm" / "identity.txt", "--extract-to", self.folder / "opened",
        )  # fmt: skip
        opened = (one for one in (self.folder / "opened").rglob("*") if one.is_file())
        return said, {one.name: one.read_bytes() for one in opened}

    def entries(self) -> int:
        told = type_command("log", "audit", self.folder / "office" / "log")
        return int(told.split("audited ")[1].split()[0])


@pytest.fixture
def desk(made_up: Path, tmp_path: Path) -> Desk:
    return Desk(made_up, tmp_path)


def fields_of(package: dict[str, bytes]) -> list[str]:
    lines = package["S1.csv"].decode().splitlines()[1:]
    return sorted({line.split(",")[2].strip('"') for line in lines})


def words_of(package: dict[str, bytes]) -> str:
    texts = []
    for name, content in package.items():
        if name.endswith(".pdf"):
            pages = pypdfium2.PdfDocument(content)
            texts += [page.get_textpage().get_text_bounded() for page in pages]
        else:
            texts.append(content.decode("utf-8", "replace"))
    return " ".join(" ".join(texts).split())


def test_a_record_without_a_mark_changes_nothing(desk: Desk) -> None:
    said, package = desk.disclose()

    assert fields_of(package) == [
        "benefit_amount", "claims", "eligibility_documents", "notices"
    ]  # fmt: skip
    assert "kept back" not in said


def test_who_takes_part_in_address_confidentiality_keeps_what_tells_where_they_are(
    desk: Desk,
) -> None:
    desk.record(
        "UPDATE mainecare_cases SET eligibility_documents = ? WHERE person_id = ?",
        "lease of 91 Demonstration Lane", AMINA,
    )  # fmt: skip
    desk.record("UPDATE people SET address_confidentiality = 'yes' WHERE person_id = ?", AMINA)

    said, package = desk.disclose()

    assert fields_of(package) == ["benefit_amount", "claims"]
    told = words_of(package)
    assert "Demonstration Lane" not in told
    # Which law protects her would itself tell what the record says.
    assert "90-B" not in told
    assert "address confidentiality" not in told.lower()
    assert "the law does not let the agency say why" in told
    assert "kept back, since the record protects the person: mainecare/S1.notices" in said
    assert "mainecare/S1.eligibility_documents" in said


TRUE = "7 Hidden Road, Exampleton, ME 00011"


@pytest.mark.parametrize(
    ("column", "value", "kept"),
    [
        ("benefit_amount", f"paid to {TRUE}", True),
        ("benefit_amount", "paid to 7 HIDDEN RD.", True),
        ("benefit_amount", "paid to 7Hidden Road", True),
        ("benefit_amount", "since 1 May Hidden Road 7", True),
        # Any other place too: it is not compared with the one that is kept secret.
        ("benefit_amount", "paid to 17 Hidden Road", True),
        ("eligibility_documents", f"lease of {TRUE}", True),
    ],
)
def test_another_field_does_not_tell_the_true_address(
    column: str, value: str, kept: bool, desk: Desk
) -> None:
    desk.record("UPDATE people SET actual_address = ? WHERE person_id = ?", TRUE, AMINA)
    desk.record(f"UPDATE mainecare_cases SET {column} = ? WHERE person_id = ?", value, AMINA)

    said, package = desk.disclose()

    told = words_of(package)
    assert ("idden" in told.replace("HIDDEN", "Hidden")) is not kept
    assert (f"protects the person: mainecare/S1.{column}" in " ".join(said.split())) is kept
    amount = "benefit_amount" in fields_of(package)
    assert amount is (column != "benefit_amount" or not kept)
    assert "the law does not let the agency say why" in told


@pytest.mark.parametrize(
    "kept_apart",
    [
        "91 Demonstration Lane Apt 2, Exampleton, ME 00011",
        "91 Demonstraton Ln, Exampleton",
        "same as mailing",
        b"91 Demonstration Lane, Exampleton, ME 00011",
        b"\xff\x00\x17",
    ],
)
def test_a_home_that_is_kept_apart_in_another_way_than_it_is_told_stays_untold(
    kept_apart: str | bytes, desk: Desk
) -> None:
    desk.record("UPDATE people SET actual_address = ? WHERE person_id = ?", kept_apart, AMINA)
    desk.record(
        "UPDATE mainecare_cases SET benefit_amount = ? WHERE person_id = ?",
        "paid to 91 Demonstration Lane", AMINA,
    )  # fmt: skip

    said, package = desk.disclose()

    assert "Demonstration" not in words_of(package)
    assert fields_of(package) == ["claims"]
    assert "kept back, since the record protects the person: mainecare/S1.benefit_amount" in said


@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_a_home_that_a_column_holds_as_bytes_stays_untold(coding: str, desk: Desk) -> None:
    desk.record("UPDATE people SET actual_address = ? WHERE person_id = ?", HOME_LANE, AMINA)
    desk.record(
        "UPDATE mainecare_cases SET benefit_amount = ? WHERE person_id = ?",
        f"paid to {HOME_LANE}, Caf\u00e9".encode(coding), AMINA,
    )  # fmt: skip

    said, package = desk.disclose()

    assert fields_of(package) == ["claims"]
    assert not any("benefit_amount" in name for name in package)
    assert "kept back, since the record protects the person: mainecare/S1.benefit_amount" in said


def test_who_is_tied_to_the_demand_nobody_knows_how_may_stand_in_the_file_of_who_it_names(
    desk: Desk,
) -> None:
    subjects = [*DEMAND["subjects"], {"ref": "S2", "relation": "unknown"}]
    records = [{"program": "mainecare", "fields": [*FIELDS, "S2.claims"]}]

    package = desk.disclose(
        instead={"subjects": subjects, "records": records}, others={"S2": DAUGHTER}
    )[1]

    assert "claims" in fields_of(package)
    assert "S2.csv" not in package


HOME_LANE = "91 Demonstration Lane"


@pytest.mark.parametrize("mark", ["address_confidentiality = 'yes'", f"actual_address = '{TRUE}'"])
@pytest.mark.parametrize("marked", [AMINA, SPOUSE])
def test_the_record_of_a_housemate_is_answered_as_if_it_were_of_who_is_protected(
    mark: str, marked: str, desk: Desk
) -> None:
    desk.record(
        "UPDATE mainecare_cases SET eligibility_documents = ? WHERE person_id = ?",
        f"lease of {HOME_LANE}", AMINA,
    )  # fmt: skip
    desk.record(f"UPDATE people SET {mark} WHERE person_id = ?", marked)

    said, package = desk.disclose()

    assert fields_of(package) == ["benefit_amount", "claims"]
    told = words_of(package)
    assert "Demonstration Lane" not in told
    assert "the law does not let the agency say why" in told
    # Neither the requester nor the terminal learns whose mark it is.
    assert "kept back, since the record protects the person: mainecare/S1.notices" in said
    assert "household" not in said + told


def test_no_address_of_a_housemate_leaves_that_is_the_home_of_who_is_protected(
    desk: Desk,
) -> None:
    desk.record("UPDATE people SET address_confidentiality = 'yes' WHERE person_id = ?", SPOUSE)
    asked = {"consents": [], "records": [{"program": "snap", "fields": ["S1.address", "S1.ssn"]}]}

    said, package = desk.disclose(instead=AUDIT | asked)

    assert fields_of(package) == ["ssn"]
    assert "Demonstration Lane" not in words_of(package)
    assert "snap/S1.address" in said


@pytest.mark.parametrize(
    ("address", "leaves"),
    [
        ("PO Box 1, Exampleton, ME 00011", True),
        ("P.O. BOX 1 - Exampleton ME 00011", True),
        ("PO Box 1, c/o Made Up, Exampleton, ME 00011", False),
        ("PO Box 7, Augusta, ME 04330", False),
        (TRUE, False),
        ("Les Pins", False),
    ],
)
@pytest.mark.parametrize("marked", [AMINA, SPOUSE])
def test_of_who_takes_part_no_address_leaves_but_the_designated_one(
    address: str, leaves: bool, marked: str, desk: Desk
) -> None:
    desk.record("UPDATE people SET address_confidentiality = 'yes' WHERE person_id = ?", marked)
    desk.record("UPDATE people SET address = ? WHERE person_id = ?", address, AMINA)
    type_command("holdings", "index", desk.agency / "agency.sqlite", desk.agency / "persons.index")
    asked = {"consents": [], "records": [{"program": "snap", "fields": ["S1.address", "S1.ssn"]}]}

    said, package = desk.disclose(instead=AUDIT | asked)

    assert fields_of(package) == (["address", "ssn"] if leaves else ["ssn"])
    assert ("snap/S1.address" in said) is not leaves


# Made up: an officer's letter about a person who flees a felony charge.
FUGITIVE: dict[str, Any] = {
    "requester": {"body": "a State police force (made up)", "class": "police_state"},
    "instrument": DEMAND["instrument"] | {"kind": "letter", "issuer": "officer"},
    "cited": ["snap-7usc2020e8-E"],
    "purpose": "locate_fugitive",
    "grounds": ["fleeing_felony"],
    "records": [{"program": "snap", "fields": ["S1.photo", "S1.ssn"]}],
    "findings": {
        "requester_identified": "yes", "official_capacity": "yes",
        "locating_is_official_duty": "yes",
    },
    "consents": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("mark", "marked", "found"),
    [
        ("address_confidentiality = 'no'", AMINA, True),
        ("address_confidentiality = 'yes'", AMINA, False),
        ("address_confidentiality = 'ask the director'", AMINA, False),
        (f"actual_address = '{TRUE}'", AMINA, False),
        # Where a child's mother lives, the child does.
        ("address_confidentiality = 'yes'", SPOUSE, False),
        ("domestic_violence = 'yes'", AMINA, True),
    ],
)
def test_nobody_is_found_by_where_they_live_whose_record_keeps_it_secret(
    mark: str, marked: str, found: bool, desk: Desk
) -> None:
    desk.record(f"UPDATE people SET {mark} WHERE person_id = ?", marked)
    with sqlite3.connect(desk.agency / "agency.sqlite") as connection:
        [[home]] = connection.execute("SELECT address FROM people WHERE person_id = ?", [AMINA])
    connection.close()
    named = {key: WHO[AMINA][key] for key in ("name", "birth_date")}
    said = []
    for more in ({"address": home}, {"address": "1 Nowhere Street"}, {"ssn": WHO[AMINA]["ssn"]}):
        query = desk.folder / "query.yaml"
        query.write_text(yaml.safe_dump(named | more), "utf-8")
        words = ("find", desk.agency, "--query", query, "--office", desk.folder / "office")
        told = CliRunner().invoke(
            program, ["holdings", *map(str, words), "--reason", "trial"], catch_exceptions=False
        )
        said.append((told.exit_code, told.output))

    assert (said[0] == said[1]) is not found
    assert said[1][0] == 1
    assert said[2][0] == 0
    assert said[2][1].startswith(f"found: {AMINA}")


@pytest.mark.parametrize("is_picture", [True, False])
def test_of_who_takes_part_no_file_leaves_but_a_picture(is_picture: bool, desk: Desk) -> None:
    desk.record("UPDATE people SET address_confidentiality = 'yes' WHERE person_id = ?", AMINA)
    if not is_picture:
        desk.record("UPDATE people SET photo = ? WHERE person_id = ?", b"a made-up label", AMINA)

    said, package = desk.disclose(instead=FUGITIVE)

    assert fields_of(package) == (["photo", "ssn"] if is_picture else ["ssn"])
    assert ("snap/S1.photo" in said) is not is_picture


@pytest.mark.parametrize(
    ("home", "leaves"),
    [
        (f"was 7 Oak Road, since 1 May {HOME_LANE}", False),
        ("Demonstration La 91", False),
        ("same as mailing", False),
        (TRUE, True),
    ],
)
def test_the_address_of_another_who_is_asked_about_does_not_tell_a_home(
    home: str, leaves: bool, desk: Desk
) -> None:
    desk.record(
        "UPDATE people SET household = 'H7', actual_address = ? WHERE person_id = ?", home, DAUGHTER
    )  # fmt: skip
    package = desk.disclose(instead=ABOUT_TWO, others={"S2": DAUGHTER})[1]

    assert fields_of(package) == (["address", "benefit_amount"] if leaves else ["benefit_amount"])


@pytest.mark.parametrize(("home", "leaves"), [(f"12 Oak, now {HOME_LANE}", False), (TRUE, True)])
def test_nor_is_it_where_nothing_of_that_other_is_given(
    home: str, leaves: bool, desk: Desk
) -> None:
    desk.record(
        "UPDATE people SET household = 'H7', actual_address = ? WHERE person_id = ?", home, DAUGHTER
    )  # fmt: skip
    lower = ("--lower", "S2.benefit_amount=withhold")

    package = desk.disclose(AMINA, *lower, instead=ABOUT_TWO, others={"S2": DAUGHTER})[1]

    assert "S2.csv" not in package
    both = ["address", "benefit_amount"]
    assert fields_of(package) == (both if leaves else ["benefit_amount"])


@pytest.mark.parametrize(("flags", "leaves"), [(["address_confidentiality"], False), ([], True)])
def test_the_home_of_whom_only_the_demand_says_that_it_is_secret_is_not_told_by_a_housemate(
    flags: list[str], leaves: bool, desk: Desk
) -> None:
    subjects = [*ABOUT_TWO["subjects"][:1], {**ABOUT_TWO["subjects"][1], "flags": flags}]
    desk.record(
        "UPDATE people SET address = ? WHERE person_id = ?",
        f"{HOME_LANE}, Exampleton, ME 00011", DAUGHTER,
    )  # fmt: skip

    package = desk.disclose(instead=ABOUT_TWO | {"subjects": subjects}, others={"S2": DAUGHTER})[1]

    both = ["address", "benefit_amount"]
    assert fields_of(package) == (both if leaves else ["benefit_amount"])


def test_a_home_with_a_name_alone_is_not_told_by_the_address_of_another(desk: Desk) -> None:
    home = "Les Pins, Exampleton"
    desk.record(
        "UPDATE people SET household = 'H7', actual_address = ? WHERE person_id = ?", home, DAUGHTER
    )  # fmt: skip
    desk.record("UPDATE people SET address = 'LES PINS' WHERE person_id = ?", AMINA)

    package = desk.disclose(instead=ABOUT_TWO, others={"S2": DAUGHTER})[1]

    assert fields_of(package) == ["benefit_amount"]


@pytest.mark.parametrize(
    ("file", "leaves"),
    [(TRUE, False), (f"since 1 May {TRUE}", False), ("PO Box 1, Exampleton, ME 00011", True)],
)
def test_a_home_that_the_file_still_tells_is_not_told_by_another_who_is_asked_about(
    file: str, leaves: bool, desk: Desk
) -> None:
    desk.record(
        "UPDATE people SET household = 'H7', address_confidentiality = 'yes', address = ? "
        "WHERE person_id = ?", file, DAUGHTER,
    )  # fmt: skip
    desk.record("UPDATE people SET address = ? WHERE person_id = ?", TRUE, AMINA)

    package = desk.disclose(instead=ABOUT_TWO, others={"S2": DAUGHTER})[1]

    assert fields_of(package) == (["address", "benefit_amount"] if leaves else ["benefit_amount"])
    assert "S2.csv" in package


@pytest.mark.parametrize("other", ["'H000000000'", "''", "NULL"])
def test_who_is_of_another_household_is_not_answered_otherwise(other: str, desk: Desk) -> None:
    desk.record(f"UPDATE people SET household = {other} WHERE person_id = ?", SPOUSE)
    desk.record("UPDATE people SET address_confidentiality = 'yes' WHERE person_id = ?", SPOUSE)

    said, package = desk.disclose()

    assert len(fields_of(package)) == 4
    assert "kept back" not in said


def test_what_is_not_about_a_home_stays_with_its_person(desk: Desk) -> None:
    desk.record("INSERT INTO sud_treatment_cases (person_id) VALUES (?)", SPOUSE)

    said, package = desk.disclose()

    assert "claims" in fields_of(package)
    assert "kept back" not in said


OWN: dict[str, Any] = {
    "requester": {"body": "the member herself (made up)", "class": "subject"},
    "instrument": DEMAND["instrument"] | {"kind": "letter"},
    "purpose": "own_record",
    "records": [{"program": "mainecare", "fields": ["S1.address", "S1.phone", "S1.relatives"]}],
    "consents": [],
    "findings": {"requester_identified": "yes", "identity_of_subject_verified": "yes",
                 "source_asked_confidentiality": "no"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("true", "told_of", "kept"),
    [
        (TRUE, f"the other parent is at {TRUE} now", True),
        (TRUE, "the other parent has gone to Hidden Rd, 7", True),
        # What else is written of a place is for counsel to read, but for the person's own home.
        (f"{HOME_LANE}, Exampleton, ME 00011", "Yuusuf Nuur, here; twins", False),
        (TRUE, f"{HOME_LANE.upper()} Exampleton ME 00011", False),
        (TRUE, f"{HOME_LANE} with us", True),
        # Where it is kept elsewhere, nothing says which place it is.
        (None, "the other parent has gone to Hidden Rd, 7", True),
    ],
)
def test_who_asks_for_their_own_record_is_not_told_where_another_has_fled(
    true: str | None, told_of: str, kept: bool, desk: Desk
) -> None:
    desk.record(
        "UPDATE people SET actual_address = ?, address_confidentiality = ? WHERE person_id = ?",
        true, "no" if true else "yes", SPOUSE,
    )  # fmt: skip
    desk.record(
        "UPDATE mainecare_cases SET relatives = ? WHERE person_id = ?", told_of, AMINA
    )  # fmt: skip

    said, package = desk.disclose(instead=OWN)

    told = words_of(package)
    assert "Hidden" not in told
    assert HOME_LANE in told
    assert fields_of(package) == ["address", "phone", *([] if kept else ["relatives"])]
    assert ("mainecare/S1.relatives" in said) is kept


@pytest.mark.parametrize("mark", ["domestic_violence", "address_confidentiality"])
@pytest.mark.parametrize(
    ("marked", "opens"),
    [
        # What another told in confidence stands in notes about the case; one's own is one's own.
        ([SPOUSE], False),
        ([DAUGHTER], False),
        ([AMINA], True),
        ([AMINA, SPOUSE], True),
        ([], True),
    ],
)
def test_who_asks_for_their_own_record_is_not_given_what_a_housemate_told_in_confidence(
    marked: list[str], opens: bool, mark: str, desk: Desk
) -> None:
    for person in marked:
        desk.record(f"UPDATE people SET {mark} = 'yes' WHERE person_id = ?", person)
    desk.record(
        "UPDATE mainecare_cases SET case_notes = ? WHERE person_id = ?",
        "the other parent plans to leave with the children", AMINA,
    )  # fmt: skip

    fields = [f"S1.{one}" for one in ("address", "case_notes", "phone")]
    said, package = desk.disclose(
        instead=OWN | {"records": [{"program": "mainecare", "fields": fields}]}
    )

    assert ("plans to leave" in words_of(package)) is opens
    assert ("case_notes" in fields_of(package)) is opens
    assert ("kept back" in said) is not opens
    assert {"address", "phone"} <= set(fields_of(package))


@pytest.mark.parametrize("mark", ["domestic_violence", "address_confidentiality"])
@pytest.mark.parametrize(("marked", "opens"), [(SPOUSE, False), (AMINA, True), (None, True)])
def test_where_the_card_of_a_household_was_used_is_not_told_to_one_of_them_whom_another_flees(
    marked: str | None, opens: bool, mark: str, desk: Desk
) -> None:
    if marked:
        desk.record(f"UPDATE people SET {mark} = 'yes' WHERE person_id = ?", marked)
    desk.record(
        "INSERT INTO snap_ebt_transactions (person_id, on_date, detail) VALUES (?, ?, ?)",
        AMINA, "2026-03-01", "Bath Market, $12",
    )  # fmt: skip

    # Nor when and where somebody of the case comes to an office, and from where they write.
    desk.record(
        "UPDATE snap_cases SET appointment_times = ?, ip_address = ? WHERE person_id = ?",
        "2026-03-09 10:00, Bath office", "192.0.2.7", AMINA,
    )  # fmt: skip

    traces = ["appointment_times", "ebt_transactions", "ip_address"]
    fields = [f"S1.{one}" for one in ("benefit_amount", *traces)]
    package = desk.disclose(instead=OWN | {"records": [{"program": "snap", "fields": fields}]})[1]

    told = words_of(package)
    assert [said in told for said in ("Bath Market", "Bath office", "192.0.2.7")] == [opens] * 3
    assert sorted(fields_of(package)) == sorted(["benefit_amount", *(traces if opens else ())])


def test_her_own_record_tells_her_where_she_lives(desk: Desk) -> None:
    desk.record("UPDATE people SET actual_address = ?, address = ? WHERE person_id = ?",
                TRUE, TRUE, AMINA)  # fmt: skip
    own = {
        "requester": {"body": "the member herself (made up)", "class": "subject"},
        "instrument": DEMAND["instrument"] | {"kind": "letter"},
        "purpose": "own_record",
        "records": [{"program": "mainecare", "fields": ["S1.address"]}],
        "consents": [],
        "findings": {"requester_identified": "yes", "identity_of_subject_verified": "yes",
                     "source_asked_confidentiality": "no"},
    }  # fmt: skip

    said, package = desk.disclose(instead=own)

    assert "kept back" not in said
    assert TRUE in words_of(package)


def test_a_true_address_that_is_all_there_is_leaves_nothing(desk: Desk) -> None:
    desk.record("UPDATE people SET actual_address = ?, address = ? WHERE person_id = ?",
                TRUE, TRUE, AMINA)  # fmt: skip

    with pytest.raises(ClerestoryError, match="nothing of this answer may leave"):
        desk.disclose(
            instead=AUDIT
            | {"consents": [], "records": [{"program": "snap", "fields": ["S1.address"]}]}
        )

    assert desk.entries() == 1


def test_an_index_that_is_not_of_these_records_releases_nobody(desk: Desk) -> None:
    for old, new in ((AMINA, "between"), (DAUGHTER, AMINA), ("between", DAUGHTER)):
        desk.record("UPDATE people SET person_id = ? WHERE person_id = ?", new, old)

    with pytest.raises(ClerestoryError, match="does not agree with what was asked") as fault:
        desk.disclose()

    assert fault.value.code == "source-person-other"
    assert desk.entries() == 1
    assert not list((desk.folder / "office" / "out").glob("*"))


def test_an_index_of_another_catalogue_releases_nobody(desk: Desk) -> None:
    index = desk.agency / "persons.index"
    with sqlite3.connect(index) as connection:
        connection.execute("UPDATE about SET catalogue = 'of another'")
    connection.close()

    with pytest.raises(ClerestoryError, match="built for another catalogue"):
        desk.disclose()

    assert desk.entries() == 1


def test_the_same_answer_leaves_as_if_the_paper_had_said_so(desk: Desk) -> None:
    said, package = desk.disclose(flags=("address_confidentiality",))

    assert fields_of(package) == ["benefit_amount", "claims"]
    assert "kept back" not in said


def test_a_flag_in_the_demand_is_not_told_to_its_requester(desk: Desk) -> None:
    package = desk.disclose(flags=("address_confidentiality",))[1]

    told = words_of(package).lower()
    for word in ("90-b", "c.900", "address confidentiality", "designated address"):
        assert word not in told
    # Something of the same person is given, so that a record of theirs cannot be denied any more.
    assert "neither confirm" not in told
    assert "the law does not let the agency say why" in told


@pytest.mark.parametrize(
    ("case", "file", "flag", "fallen"),
    [
        ("FC-068", HOME / "packs" / "us-federal" / "cases" / "medicaid.yaml", "sud_patient",
         {"S1.claims"}),
        ("FED-004", HOME / "casebook" / "federal.yaml", "protected_8usc1367",
         {"S1.address", "S1.ssn"}),
    ],
)  # fmt: skip
def test_known_demands_with_a_flag_do_not_tell_it(
    case: str, file: Path, flag: str, fallen: set[str]
) -> None:
    plain = decide_file(file, case=case)
    subjects = tuple(replace(one, flags=frozenset({flag})) for one in plain.demand.subjects)
    demand = replace(plain.demand, subjects=subjects)
    sources = sources_of(demand.holder.agency, HOME / "profiles")
    engine = Engine.of(plain.stack, plain.determination.on, sources)
    flagged = replace(plain, demand=demand, determination=engine.decide(demand))

    told = as_told(flagged).determination

    without = {one.item: one for one in plain.determination.rulings}
    opens = {Outcome.RELEASE, Outcome.COARSEN}
    given = {one.item.subject for one in told.rulings if one.outcome in opens}
    for before, after in zip(flagged.determination.rulings, told.rulings, strict=True):
        # Whether counsel has it would tell who is protected from who is not found.
        hidden = after.item.subject not in given and without[after.item].outcome in opens
        assert after.outcome is (Outcome.WITHHOLD if hidden else before.outcome)
        if after.outcome is not without[after.item].outcome:
            fallen = fallen - {after.item.ref}
            assert after.authorities == ("house-neither-confirm-nor-deny",)
            assert (after.considered_not_met, after.would_change, after.policies) == ((), (), ())
        elif after.outcome not in {Outcome.RELEASE, Outcome.COARSEN}:
            assert after == without[after.item]
    assert not fallen
    assert (told.facts_digest, told.overall) == (
        flagged.determination.facts_digest, flagged.determination.overall
    )  # fmt: skip


def test_an_answer_without_flags_is_told_as_it_is() -> None:
    plain = decide_file(HOME / "casebook" / "federal.yaml", case="FED-004", explain=False)

    assert as_told(plain) is plain


def refused(
    desk: Desk,
    name: str,
    flags: tuple[str, ...],
    instead: dict[str, Any] | None = None,
    lower: tuple[str, ...] = (),
) -> dict[str, bytes]:
    """Refuse a demand, of an officer if no other, and return its letter and its index."""
    folder = desk.folder / name
    folder.mkdir()
    asked = copy.deepcopy(DEMAND)
    asked |= {"consents": [], "purpose": "immigration_enforcement"}
    asked["requester"] = {"body": "an office (made up)", "class": "ice"}
    asked["instrument"] |= {"kind": "administrative_subpoena", "issuer": "immigration_officer"}
    asked["findings"] = {"requester_identified": "yes"}
    asked["records"] = [{"program": "mainecare", "fields": [*FIELDS, "S1.address", "S1.ssn"]}]
    asked |= copy.deepcopy(instead or {})
    if flags:
        asked["subjects"][0]["flags"] = list(flags)
    demand, office = folder / "demand.yaml", folder / "office"
    demand.write_text(yaml.safe_dump(asked), "utf-8")
    type_command(
        "keys", "office", office, "--origin", "log.example/test",
        "--source", desk.agency / "agency.sqlite", "--index", desk.agency / "persons.index",
    )  # fmt: skip
    type_command("receive", demand, "--office", office, "--at", AT)
    type_command("refuse", demand, "--office", office, "--at", AT, "--counsel", "counsel", *lower)
    return {one.name: one.read_bytes() for one in (office / "out").iterdir()}


def test_a_refusal_is_the_same_letter_with_a_flag_and_without(desk: Desk) -> None:
    plain = refused(desk, "plain", ())

    assert refused(desk, "flagged", ("sud_patient", "deceased")) == plain


AUDIT: dict[str, Any] = {
    "requester": {"body": "an office of the State (made up)", "class": "state_agency"},
    "instrument": DEMAND["instrument"] | {"kind": "letter", "issuer": "officer"},
    "purpose": "program_audit",
    "records": [{"program": "snap", "fields": ["S1.phone", "S1.employer"]}],
    "findings": {
        "requester_identified": "yes", "authority_stated": "yes",
        "administers_or_audits_program": "yes", "needed_for_decision": "yes",
    },
}  # fmt: skip
NOBODY = AUDIT | {"findings": AUDIT["findings"] | {"identifier_matches_one_person": "no"}}
ABOUT_TWO = AUDIT | {
    "subjects": [{"ref": one, "relation": "named", "applicant": "yes"} for one in ("S1", "S2")],
    "records": [
        {"program": "snap", "fields": ["S1.address", "S1.benefit_amount", "S2.benefit_amount"]}
    ],
    "consents": [],
    "instrument": AUDIT["instrument"]
    | {"scope": {"persons": "named", "count": 2, "fields": "stated"}},
}


def test_who_is_not_found_and_who_is_protected_have_one_letter(desk: Desk) -> None:
    protected = refused(desk, "protected", ("address_confidentiality",), AUDIT)
    nobody = refused(desk, "nobody", (), NOBODY)
    both = refused(desk, "both", ("address_confidentiality",), NOBODY)

    assert protected == nobody == both
    told = words_of(nobody)
    assert "neither confirms nor denies" in " ".join(told.split())
    for word in ("90-B", "designated address", "match", "identity"):
        assert word not in told


def test_beside_somebody_who_is_given_one_whom_the_record_keeps_is_as_one_who_is_not_found(
    desk: Desk,
) -> None:
    desk.record(
        "UPDATE people SET address_confidentiality = 'yes', household = 'H7' WHERE person_id = ?",
        DAUGHTER,
    )  # fmt: skip
    fields = ["S1.phone", "S2.address", "S2.phone"]
    asked = ABOUT_TWO | {"records": [{"program": "snap", "fields": fields}]}

    said, package = desk.disclose(instead=asked, others={"S2": DAUGHTER})

    assert "kept back, since the record protects the person: snap/S2.address" in said
    # Who is not found is lowered by people, since the finding is one for the whole demand.
    nobody = as_found(desk, asked, lower=("S2.address=withhold", "S2.phone=withhold"))
    told = reduced_determination(as_told(nobody).determination)
    assert json.loads(package["determination.json"]) == told


def test_one_who_is_not_found_keeps_nobody_else_from_what_the_law_orders_of_them(
    desk: Desk,
) -> None:
    with pytest.raises(Refusal, match=f"^S2: {UNNAMED}$") as caught:
        desk.disclose(instead=ABOUT_TWO, others={"S2": "nobody"})

    assert "add --lower snap/S2.benefit_amount=refer_to_counsel;" in caught.value.todo
    assert "identifier_matches_one_person" not in caught.value.todo
    assert desk.entries() == 1


@pytest.mark.parametrize("person", [AMINA, "nobody"])
def test_who_is_in_no_program_that_is_asked_about_is_as_one_who_is_not_found(
    person: str, desk: Desk
) -> None:
    # The index knows her from other programs, as from a treatment program: an empty answer tells.
    desk.record("DELETE FROM mainecare_cases WHERE person_id = ?", AMINA)

    with pytest.raises(Refusal, match=f"^S1: {UNNAMED}$") as caught:
        desk.disclose(person)

    assert caught.value.code == "answer-person-uncertain"
    assert "write identifier_matches_one_person: no" in caught.value.todo
    assert desk.entries() == 1
    [line] = (desk.folder / "office/lookups/lookups.jsonl").read_text().splitlines()
    told = json.loads(line)
    reason = "not-in-program" if person == AMINA else "nobody-agrees"
    assert (told["outcome"], told["person"]) == (reason, None)


def test_a_package_does_not_tell_who_else_lives_in_the_home(desk: Desk) -> None:
    home = {"ref": "S2", "relation": "household_member", "applicant": "no"}
    asked = FUGITIVE | {
        "subjects": [{"ref": "S1", "relation": "named", "applicant": "yes"}, home],
        "records": [{"program": "snap", "fields": ["S1.ssn", "S2.ssn", "S2.phone"]}],
    }

    package = desk.disclose(instead=asked, others={"S2": DAUGHTER})[1]

    assert fields_of(package) == ["ssn"]
    for name in ("determination.json", "subjects.json", "subjects.csv"):
        assert b"S1" in package[name]
        assert b"S2" not in package[name]
    assert "anyone else in the home" in words_of(package)


def test_what_people_lowered_because_of_the_record_has_the_letter_of_who_is_not_found(
    desk: Desk,
) -> None:
    lower = ("--lower", "S1.phone=withhold", "--lower", "S1.employer=withhold")

    lowered = refused(desk, "lowered", (), AUDIT, lower)

    assert lowered == refused(desk, "nobody", (), NOBODY)
    assert "two trained people" not in words_of(lowered)


# Made up: what a law orders answered. Of who is protected the address goes to counsel.
MANDATE: dict[str, Any] = FUGITIVE | {"records": [{"program": "snap", "fields": ["S1.address"]}]}


def test_a_mandate_tells_nobody_whether_its_person_is_not_found_unsure_protected_or_kept_by_people(
    desk: Desk,
) -> None:
    plain, ways = as_found(desk, MANDATE), {}
    for name, findings, flags, lower in (
        ("protected", {}, (), ("S1.address=refer_to_counsel",)),
        ("not found", {"identifier_matches_one_person": "no"}, (), ()),
        ("several fit", {"identifier_matches_one_person": "unknown"}, (), ()),
        ("both", {"identifier_matches_one_person": "no"}, ("address_confidentiality",), ()),
    ):
        ways[name] = as_found(desk, MANDATE, findings=findings, flags=flags, lower=lower)

    # The law answers them differently, and counsel is told so.
    outcomes = {one.determination.rulings[0].outcome for one in ways.values()}
    assert outcomes == {Outcome.REFER, Outcome.WITHHOLD}
    assert plain.determination.rulings[0].outcome is Outcome.RELEASE
    told = [reduced_determination(as_told(one).determination) for one in ways.values()]
    assert all(one["rulings"] == told[0]["rulings"] for one in told)
    assert all(one["duties"] == told[0]["duties"] for one in told)
    [ruling] = as_told(ways["protected"]).determination.rulings
    assert (ruling.outcome, ruling.authorities, ruling.lowered_from) == (
        Outcome.WITHHOLD, ("house-neither-confirm-nor-deny",), None
    )  # fmt: skip


def as_found(
    desk: Desk,
    asked: dict[str, Any],
    *,
    findings: dict[str, str] | None = None,
    flags: tuple[str, ...] = (),
    lower: tuple[str, ...] = (),
) -> Decided:
    """Decide a demand as it stands once the person was looked for."""
    demand = copy.deepcopy(DEMAND) | copy.deepcopy(asked)
    demand["findings"] |= findings or {}
    demand["subjects"][0]["flags"] = list(flags)
    path = desk.folder / "asked.yaml"
    path.write_text(yaml.safe_dump(demand), "utf-8")
    return decide_file(path, on=date(2026, 3, 6), explain=False, lower=lower)


def test_what_the_letter_says_is_with_counsel_is_put_before_counsel(desk: Desk) -> None:
    subpoena: dict[str, Any] = {
        "requester": {"body": "attorneys (made up)", "class": "law_firm"},
        "instrument": DEMAND["instrument"] | {"kind": "judicial_subpoena", "issuer": "attorney"},
        "purpose": "civil_litigation",
        "records": [{"program": "mainecare", "fields": ["S1.claims"]}],
        "consents": [],
        "findings": {"requester_identified": "yes"},
    }
    plain = as_found(desk, subpoena)
    nobody = as_found(desk, subpoena, findings={"identifier_matches_one_person": "no"})
    assert plain.determination.overall == Outcome.REFER
    assert as_told(nobody).determination.rulings[0].outcome is Outcome.REFER
    assert nobody.determination.overall == Outcome.WITHHOLD
    office = desk.folder / "office"
    type_command("receive", desk.folder / "asked.yaml", "--office", office, "--at", AT)

    with pytest.raises(Refusal) as caught:
        type_command("refuse", desk.folder / "asked.yaml", "--office", office, "--at", AT)

    assert caught.value.code == "answer-needs-counsel"
    assert desk.entries() == 1


def test_a_refusal_is_the_same_letter_for_who_is_found_and_who_is_not(desk: Desk) -> None:
    findings = {"requester_identified": "yes", "identifier_matches_one_person": "no"}

    nobody = refused(desk, "nobody", (), {"findings": findings})

    assert nobody == refused(desk, "somebody", ())


@pytest.mark.parametrize(
    ("case", "file", "mark", "fallen"),
    [
        (
            "FC-068", HOME / "packs" / "us-federal" / "cases" / "medicaid.yaml",
            "INSERT INTO sud_treatment_cases (person_id, sud_records) VALUES (?, 'made up')",
            {"S1.claims": Outcome.WITHHOLD},
        ),
        (
            "FED-004", HOME / "casebook" / "federal.yaml",
            "UPDATE person_status SET protected_8usc1367 = 'yes' WHERE person_id = ?",
            {"S1.address": Outcome.REFER, "S1.ssn": Outcome.REFER},
        ),
    ],
)  # fmt: skip
def test_known_demands_fall_by_what_the_record_says_and_do_not_tell_it(
    case: str, file: Path, mark: str, fallen: dict[str, Outcome], desk: Desk
) -> None:
    decided = decide_file(file, case=case, explain=False)
    before = {one.item.ref: one for one in decided.determination.rulings}
    catalogue = load_catalogue(HOME / "profiles" / "maine-dhhs" / "catalogue.toml")
    desk.record(mark, AMINA)
    source = open_source(desk.agency / "agency.sqlite")

    protected = decide_with_record(
        decided, source=source, catalogue=catalogue, persons={"S1": AMINA}, on=date(2026, 3, 6)
    )
    source.close()

    after = {one.item.ref: one for one in protected.decided.determination.rulings}
    for ref, outcome in fallen.items():
        assert before[ref].outcome is Outcome.RELEASE
        assert after[ref].outcome is outcome
        assert after[ref].authorities == ("house-neither-confirm-nor-deny",)
        assert "neither confirmed nor denied" in after[ref].reason.requester
        assert (after[ref].policies, after[ref].would_change) == ((), ())
    assert {item.ref for item in protected.lowered} >= set(fallen)
    told = protected.decided
    assert told.demand == decided.demand
    assert told.determination.facts_digest != decided.determination.facts_digest
    assert told.determination.overall != "release"


def test_an_answer_that_would_rise_goes_back_to_people(desk: Desk) -> None:
    file = HOME / "packs" / "us-federal" / "cases" / "medicaid.yaml"
    decided = decide_file(file, case="FC-068", explain=False)
    closed = [replace(one, outcome=Outcome.WITHHOLD) for one in decided.determination.rulings]
    reviewed = replace(decided.determination, rulings=tuple(closed))
    catalogue = load_catalogue(HOME / "profiles" / "maine-dhhs" / "catalogue.toml")
    desk.record("UPDATE people SET domestic_violence = 'yes' WHERE person_id = ?", AMINA)
    source = open_source(desk.agency / "agency.sqlite")

    with pytest.raises(Refusal, match=r"S1\.claims") as caught:
        decide_with_record(
            replace(decided, determination=reviewed),
            source=source, catalogue=catalogue, persons={"S1": AMINA}, on=date(2026, 3, 6),
        )  # fmt: skip
    source.close()

    assert caught.value.code == "answer-record-raises"
    assert "flags of the subject" in caught.value.todo


@pytest.mark.parametrize(
    ("flags", "danger", "mark", "stands"),
    [
        # Whoever found it did not know: her child lives where she has fled to.
        (["minor"], "no", "domestic_violence", False),
        (["minor"], "no", "address_confidentiality", False),
        # Whoever found it with that known is believed; and without it nothing opens.
        (["minor", "domestic_violence"], "no", "domestic_violence", True),
        (["minor"], "unknown", "domestic_violence", True),
        (["minor"], "no", "photo", True),
    ],
)
def test_that_a_parent_is_no_danger_is_found_with_what_the_record_says_or_not_at_all(
    flags: list[str], danger: str, mark: str, stands: bool, desk: Desk
) -> None:
    parent = OWN | {
        "requester": {"body": "a made-up parent", "class": "representative_of_subject"},
        "representatives": [{"for": "S1", "as": "parent"}],
        "records": [{"program": "snap", "fields": ["S1.address"]}],
    }
    findings = {
        "representative_authority_shown": "yes", "representative_may_endanger": danger,
        "identifier_matches_one_person": "yes",
    }  # fmt: skip
    decided = as_found(desk, parent, findings=findings, flags=tuple(flags))
    desk.record(f"UPDATE people SET {mark} = 'yes' WHERE person_id = ?", SPOUSE)
    catalogue = load_catalogue(HOME / "profiles" / "maine-dhhs" / "catalogue.toml")
    with closing(open_source(desk.agency / "agency.sqlite")) as source:

        def again() -> Outcome:
            told = decide_with_record(
                decided, source=source, catalogue=catalogue, persons={"S1": DAUGHTER},
                on=date(2026, 3, 6),
            )  # fmt: skip
            return told.decided.determination.rulings[0].outcome

        if stands:
            assert (again() is Outcome.RELEASE) is (danger == "no")
            return
        assert decided.determination.rulings[0].outcome is Outcome.RELEASE
        with pytest.raises(Refusal, match="found without what the record says: S1") as caught:
            again()

    assert caught.value.code == "answer-record-endangers"
    assert "findings.representative_may_endanger" in caught.value.todo


def test_a_parent_reads_nothing_of_a_grown_person_whom_the_demand_calls_a_minor(
    desk: Desk,
) -> None:
    parent = OWN | {
        "requester": {"body": "a made-up parent", "class": "representative_of_subject"},
        "representatives": [{"for": "S1", "as": "parent"}],
        "records": [{"program": "snap", "fields": ["S1.address"]}],
    }
    findings = {
        "representative_authority_shown": "yes", "representative_may_endanger": "no",
        "identifier_matches_one_person": "yes",
    }  # fmt: skip
    decided = as_found(desk, parent, findings=findings, flags=("minor",))
    assert decided.determination.rulings[0].outcome is Outcome.RELEASE
    catalogue = load_catalogue(HOME / "profiles" / "maine-dhhs" / "catalogue.toml")

    with (
        closing(open_source(desk.agency / "agency.sqlite")) as source,
        pytest.raises(Refusal, match="by their record they are of age: S1") as caught,
    ):
        decide_with_record(
            decided, source=source, catalogue=catalogue, persons={"S1": AMINA},
            on=date(2026, 3, 6),
        )  # fmt: skip

    assert caught.value.code == "record-of-age"


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE people SET address_confidentiality = 'ask the director' WHERE person_id = ?", ""),
        ("DELETE FROM people WHERE person_id = ?", "source-person-row"),
        ("INSERT INTO people SELECT * FROM people WHERE person_id = ?", "source-person-row"),
    ],
)
def test_a_record_that_cannot_be_read_for_protection_gives_nothing_away(
    statement: str, code: str, desk: Desk
) -> None:
    desk.record(statement, AMINA)

    if not code:
        assert fields_of(desk.disclose()[1]) == ["benefit_amount", "claims"]
        return
    with pytest.raises(ClerestoryError) as caught:
        desk.disclose()

    assert caught.value.code == code
    assert desk.entries() == 1
    assert not list((desk.folder / "office" / "out").glob("*"))


@pytest.mark.parametrize("table", ["people", "child_support_cases", "sud_treatment_cases"])
def test_a_mark_that_is_gone_gives_nothing_away(table: str, desk: Desk) -> None:
    desk.record(f"ALTER TABLE {table} RENAME TO elsewhere")

    with pytest.raises(Refusal) as caught:
        desk.disclose()

    assert caught.value.code == "source-lacks-column"
    assert desk.entries() == 1
    assert not list((desk.folder / "office" / "out").glob("*"))


def test_where_nothing_is_left_the_next_step_says_what_to_write(desk: Desk) -> None:
    desk.record("UPDATE people SET address_confidentiality = 'yes' WHERE person_id = ?", AMINA)
    lower = ("--lower", "S1.claims=withhold", "--lower", "S1.benefit_amount=withhold")

    with pytest.raises(Refusal, match="nothing of this answer may leave") as caught:
        desk.disclose(AMINA, *lower)

    assert caught.value.code == "answer-record-protects"
    assert "flags of the subject" in caught.value.todo
    assert "Amina" not in str(caught.value) + caught.value.todo
    assert desk.entries() == 1
    assert not list((desk.folder / "office" / "out").glob("*"))


def test_what_reviewers_lowered_stays_lowered(desk: Desk) -> None:
    desk.record("UPDATE people SET address_confidentiality = 'yes' WHERE person_id = ?", AMINA)
    lower = ("--lower", "S1.claims=withhold", "--lower", "S1.notices=refer_to_counsel")

    said, package = desk.disclose(AMINA, *lower)

    assert fields_of(package) == ["benefit_amount"]
    assert "mainecare/S1.notices" in said


def test_the_decision_that_is_logged_stands_on_what_the_record_says(
    made_up: Path, tmp_path: Path
) -> None:
    digests = []
    for name, mark in (("plain", "no"), ("marked", "yes")):
        (tmp_path / name).mkdir()
        desk = Desk(made_up, tmp_path / name)
        desk.record(f"UPDATE people SET domestic_violence = '{mark}' WHERE person_id = ?", AMINA)
        assert len(fields_of(desk.disclose()[1])) == 4
        with open_office(desk.folder / "office").ledger() as ledger:
            digests.append(ledger.opening(1, "facts").value)

    assert digests[0] != digests[1]
