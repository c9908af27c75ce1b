"""Reading a demand: strict, absent is unknown, and every refusal says what to do."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from clerestory.demands import BadDemand, Demand, Item, load_document, read_demand
from clerestory.demands.demand import Agreement, Consent, Hold, Holder, Instrument, Requester
from clerestory.law.codes import Vocabulary
from clerestory.law.errors import UnknownCode

Document = dict[str, Any]
Read = Callable[[Any], Demand]


def put(document: Document, path: str, value: object) -> Document:
    """Set one place of a document, for example ``instrument.scope.count``."""
    *heads, last = path.split(".")
    place: Any = document
    for head in heads:
        place = place[int(head)] if isinstance(place, list) else place.setdefault(head, {})
    if isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
    return document


# ---- What a sound document becomes.


def test_a_whole_document_is_read_into_values(document: Document, read: Read) -> None:
    demand = read(document)

    assert demand.received_on == date(2026, 3, 2)
    assert demand.holder == Holder(agency="me-dhhs", kind="state_agency", jurisdiction="us-me")
    assert demand.requester == Requester(body="a made-up police force", kind="police_state")
    assert demand.instrument == Instrument(
        kind="letter", issuer="officer", written="yes", persons="named", count=1,
        fields="stated", status="live",
    )  # fmt: skip
    assert demand.items == (Item("S1", "snap", "address"), Item("S1", "snap", "phone"))
    assert demand.findings == {"requester_identified": "yes"}
    assert demand.grounds == {"fleeing_felony"}


def test_the_fewest_keys_are_enough_and_what_is_absent_is_unknown(
    document: Document, read: Read
) -> None:
    for key in ("title", "instrument", "cited", "grounds", "findings"):
        del document[key]
    document["subjects"] = [{"ref": "S1", "relation": "named"}]
    document["requester"] = {"class": "police_state"}

    demand = read(document)

    assert demand.instrument == Instrument(kind="none")
    assert demand.instrument.written == "unknown"
    assert demand.instrument.status == "unknown"
    assert demand.instrument.count == "unknown"
    assert demand.subject("S1").applicant == "unknown"
    assert demand.finding("requester_identified") == "unknown"
    assert demand.nondisclosure_ordered == "unknown"
    assert (demand.title, demand.requester.body) == ("", "")


@pytest.mark.parametrize(
    "key",
    ["instrument", "cited", "grounds", "findings", "consents", "agreements", "holds", "threats",
     "nondisclosure"],
)  # fmt: skip
def test_a_part_that_is_null_reads_like_a_part_that_is_absent(
    key: str, document: Document, read: Read
) -> None:
    without = {name: value for name, value in document.items() if name != key}

    assert read({**document, key: None}) == read(without)


@pytest.mark.parametrize(
    ("written", "answer"),
    [("yes", "yes"), ("no", "no"), ("unknown", "unknown"), (True, "yes"), (False, "no"),
     (None, "unknown")],
)  # fmt: skip
def test_a_yes_or_no_fact_is_one_of_three_words_or_a_truth_value(
    written: object, answer: str, document: Document, read: Read
) -> None:
    demand = read(put(document, "findings.part2_order", written))

    assert demand.finding("part2_order") == answer


def test_bare_yes_and_no_of_yaml_are_read_as_facts(document: Document, read: Read) -> None:
    text = "requester_identified: yes\npart2_order: no\n"

    demand = read({**document, "findings": yaml.safe_load(text)})

    assert demand.findings == {"requester_identified": "yes", "part2_order": "no"}


@pytest.mark.parametrize("day", ["2026-03-02", date(2026, 3, 2)])
def test_a_day_may_be_text_or_the_day_that_yaml_makes_of_it(
    day: object, document: Document, read: Read
) -> None:
    assert read(put(document, "received.date", day)).received_on == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("written", "count"),
    [(0, 0), (12, 12), ("all", "all"), ("unknown", "unknown"), (None, "unknown")],
)
def test_a_count_is_a_number_or_all_or_unknown(
    written: object, count: object, document: Document, read: Read
) -> None:
    assert read(put(document, "instrument.scope.count", written)).instrument.count == count


def test_every_part_of_the_form_reaches_its_value(document: Document, read: Read) -> None:
    document["requester"]["component"] = "ice_ero"
    document["instrument"] |= {
        "form": "i_138",
        "valid": {"from": "2026-01-01", "to": "2026-06-01"},
        "enforced_by_order": "no",
        "returns_on": "2026-03-20",
        "accompanies": [{"kind": "arrest_warrant", "status": "live"}],
    }
    document["instrument"]["scope"] = {
        "fields_named": ["S1.phone"],
        "period": {"from": "2025-01-01", "to": "2025-02-01"},
    }
    document["consents"] = [
        {"by": "S1", "to": "police_state", "purpose": "locate_fugitive", "fields": ["S1.phone"],
         "signed_on": "2026-01-01", "expires_on": "2026-12-31", "revoked": "no",
         "elements_complete": True},
    ]  # fmt: skip
    document["agreements"] = [
        {"id": "A-1", "with": "fns", "purposes": ["quality_control"], "fields": ["name"],
         "from": "2026-01-01", "to": "2027-01-01", "in_force": "yes", "agreed_by_holder": "no",
         "bars_onward_sharing": "unknown"},
        {"with": "fns"},
    ]  # fmt: skip
    document["holds"] = [
        {"kind": "law_enforcement", "form": "written", "from": "2026-01-01", "to": "2026-04-01",
         "written_followup": "yes"},
        {"kind": "health_oversight", "from": "2026-01-01"},
    ]  # fmt: skip
    document["threats"] = ["contempt"]
    document["nondisclosure"] = {"asked": "yes", "ordered": "yes", "until": "2026-09-01"}

    demand = read(document)

    paper = demand.instrument
    assert (paper.form, paper.valid_from, paper.valid_to) == (
        "i_138", date(2026, 1, 1), date(2026, 6, 1),
    )  # fmt: skip
    assert paper.returns_on == date(2026, 3, 20)
    assert (paper.period_from, paper.period_to) == (date(2025, 1, 1), date(2025, 2, 1))
    assert paper.fields_named == ("S1.phone",)
    assert paper.accompanies == (Instrument(kind="arrest_warrant", status="live"),)
    assert demand.requester.component == "ice_ero"
    assert demand.consents == (
        Consent(
            by="S1", to="police_state", purpose="locate_fugitive", fields=("S1.phone",),
            signed_on=date(2026, 1, 1), expires_on=date(2026, 12, 31), revoked="no",
            elements_complete="yes",
        ),
    )  # fmt: skip
    assert demand.agreements == (
        Agreement(
            id="A-1", with_body="fns", purposes=frozenset({"quality_control"}), fields=("name",),
            valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1), in_force="yes",
            agreed_by_holder="no",
        ),
        Agreement(id="agreement 2", with_body="fns", purposes=frozenset(), fields=()),
    )  # fmt: skip
    assert demand.holds == (
        Hold(
            kind="law_enforcement", form="written", held_from=date(2026, 1, 1),
            held_to=date(2026, 4, 1), written_followup="yes",
        ),
        Hold(kind="health_oversight", form="oral", held_from=date(2026, 1, 1)),
    )  # fmt: skip
    assert demand.threats == {"contempt"}
    assert demand.nondisclosure_asked == demand.nondisclosure_ordered == "yes"
    assert demand.nondisclosure_until == date(2026, 9, 1)


def test_papers_that_came_along_may_bring_papers_of_their_own(
    document: Document, read: Read
) -> None:
    inner = {"kind": "court_order", "issuer": "state_judge"}
    document["instrument"]["accompanies"] = [{"kind": "letter", "accompanies": [inner]}]

    paper = read(document).instrument

    assert paper.accompanies[0].accompanies[0].kind == "court_order"


# ---- Codes that nobody defined.


@pytest.mark.parametrize(
    ("path", "wrong", "close"),
    [
        ("received.channel", "pots", "post"),
        ("holder.agency", "me-dhs", "me-dhhs"),
        ("holder.kind", "state-agency", "state_agency"),
        ("holder.jurisdiction", "us-mee", "us-me"),
        ("requester.class", "police_states", "police_state"),
        ("requester.component", "ice_er", "ice_ero"),
        ("instrument.kind", "leter", "letter"),
        ("instrument.form", "i_139", "i_138"),
        ("instrument.issuer", "oficer", "officer"),
        ("instrument.status", "life", "live"),
        ("instrument.scope.persons", "name", "named"),
        ("instrument.scope.fields", "state", "stated"),
        ("purpose", "locate_fugitives", "locate_fugitive"),
        ("grounds.0", "fleeing_felon", "fleeing_felony"),
        ("subjects.0.relation", "naned", "named"),
        ("records.0.program", "snapp", "snap"),
        ("records.0.fields.0", "S1.adress", "address"),
    ],
)
def test_an_unknown_code_is_an_error_that_names_it_and_what_is_close(
    path: str, wrong: str, close: str, document: Document, read: Read
) -> None:
    with pytest.raises(UnknownCode) as caught:
        read(put(document, path, wrong))

    assert wrong.removeprefix("S1.") in str(caught.value)
    assert close in caught.value.todo
    assert caught.value.code == "law-unknown-code"


@pytest.mark.parametrize(
    ("key", "value", "wrong"),
    [
        ("findings", {"requester_identifyed": "yes"}, "requester_identifyed"),
        ("threats", ["contemt"], "contemt"),
        ("subjects", [{"ref": "S1", "relation": "named", "flags": ["minr"]}], "minr"),
        ("subjects", [{"ref": "S1", "relation": "class", "defined_by": ["langage"]}], "langage"),
        ("agreements", [{"with": "fns", "purposes": ["audits"]}], "audits"),
        ("holds", [{"kind": "law_enforcment", "from": "2026-01-01"}], "law_enforcment"),
        ("holds", [{"kind": "law_enforcement", "form": "orall", "from": "2026-01-01"}], "orall"),
    ],
)
def test_an_unknown_code_in_a_list_is_an_error_that_names_it(
    key: str, value: object, wrong: str, document: Document, read: Read
) -> None:
    with pytest.raises(UnknownCode, match=wrong):
        read({**document, key: value})


def test_an_unknown_code_of_a_paper_that_came_along_is_named_with_its_place(
    document: Document, read: Read
) -> None:
    document["instrument"]["accompanies"] = [{"kind": "letter"}, {"kind": "leter"}]

    with pytest.raises(UnknownCode, match=r"instrument\.accompanies\[1\]\.kind"):
        read(document)


# ---- Forms that are not followed.


@pytest.mark.parametrize(
    "missing",
    ["format", "id", "received", "holder", "requester", "purpose", "subjects", "records"],
)
def test_a_document_without_a_needed_part_is_refused_by_its_name(
    missing: str, document: Document, read: Read
) -> None:
    del document[missing]

    with pytest.raises(BadDemand, match=f"'{missing}' is a required property") as caught:
        read(document)

    assert caught.value.todo


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("format", "clerestory-demand/2"),
        ("id", ""),
        ("id", 7),
        ("instrument.written", "maybe"),
        ("instrument.written", 1),
        ("instrument.scope.count", -1),
        ("instrument.scope.count", "several"),
        ("findings.part2_order", "perhaps"),
        ("subjects", []),
        ("subjects.0.ref", "first"),
        ("subjects.0.nickname", "x"),
        ("records", []),
        ("records.0.fields", []),
        ("records.0.fields.0", "address"),
        ("received.date", "2 March 2026"),
        ("surprise", "x"),
    ],
)
def test_a_value_that_breaks_the_form_is_refused(
    path: str, value: object, document: Document, read: Read
) -> None:
    with pytest.raises(BadDemand, match="the form is not followed at") as caught:
        read(put(document, path, value))

    assert "compare the file" in caught.value.todo


@pytest.mark.parametrize("whole", [None, [], ["a"], "words", 7, True])
def test_a_document_that_is_no_mapping_is_refused(whole: object, read: Read) -> None:
    with pytest.raises(BadDemand, match="the form is not followed at the document"):
        read(whole)


# ---- Facts that contradict each other, and references that dangle.


def test_a_field_of_a_person_who_is_no_subject_is_refused_by_its_place(
    document: Document, read: Read
) -> None:
    document["records"][0]["fields"].append("S2.address")

    with pytest.raises(BadDemand, match=r"records\[0\]\.fields\[2\] asks about S2") as caught:
        read(document)

    assert caught.value.todo == "add S2 to subjects or mend the reference"


def test_two_subjects_with_one_ref_are_refused(document: Document, read: Read) -> None:
    document["subjects"].append({"ref": "S1", "relation": "household_member"})

    with pytest.raises(BadDemand, match="two subjects carry the same ref"):
        read(document)


def test_a_paper_cannot_name_a_field_that_is_not_asked(document: Document, read: Read) -> None:
    put(document, "instrument.scope.fields_named", ["S1.address", "S1.ssn"])

    with pytest.raises(BadDemand, match=r"names what is not asked: S1\.ssn"):
        read(document)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"instrument": {"kind": "letter", "valid": {"from": "2026-03-02", "to": "2026-03-01"}}},
         "instrument.valid"),
        ({"instrument": {"kind": "letter",
                         "scope": {"period": {"from": "2026-03-02", "to": "2025-03-02"}}}},
         "instrument.scope.period"),
        ({"agreements": [{"id": "A-1", "with": "fns", "from": "2026-03-02", "to": "2026-03-01"}]},
         "agreement A-1"),
        ({"consents": [{"by": "S1", "signed_on": "2026-03-02", "expires_on": "2026-03-01"}]},
         "consent of S1"),
    ],
)  # fmt: skip
def test_dates_that_contradict_each_other_are_refused_with_both(
    change: Document, named: str, document: Document, read: Read
) -> None:
    with pytest.raises(BadDemand, match=f"{named} ends before it starts") as caught:
        read({**document, **change})

    assert caught.value.code == "demand-dates-contradict"
    assert caught.value.todo == "check both dates on the paper"


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13-01", "0000-01-01"])
def test_a_day_that_no_calendar_has_is_refused_with_its_place(
    day: str, document: Document, read: Read
) -> None:
    with pytest.raises(BadDemand, match=r"received\.date is not a date") as caught:
        read(put(document, "received.date", day))

    assert caught.value.todo == "write it as 2026-02-26"


def test_a_demand_that_was_received_on_no_day_is_refused(document: Document, read: Read) -> None:
    with pytest.raises(BadDemand, match=r"received\.date has no date"):
        read(put(document, "received.date", None))


def test_a_clock_time_is_no_day(document: Document, read: Read) -> None:
    stamp = yaml.safe_load("2026-03-02 10:00:00")

    with pytest.raises(BadDemand, match=r"received\.date is not a date"):
        read(put(document, "received.date", stamp))


@pytest.mark.parametrize(
    "change",
    [
        {"instrument": {"kind": "letter", "accompanies": [
            {"kind": "letter", "valid": {"from": "2026-03-02", "to": "2026-03-01"}}]}},
        {"holds": [{"kind": "law_enforcement", "from": "2026-03-02", "to": "2026-03-01"}]},
    ],
)  # fmt: skip
def test_dates_that_contradict_each_other_are_refused_everywhere(
    change: Document, document: Document, read: Read
) -> None:
    with pytest.raises(BadDemand, match="ends before it starts"):
        read({**document, **change})


@pytest.mark.parametrize(
    "consent", [{"by": "S1", "fields": ["S1.adress"]}, {"by": "S1", "fields": ["x"]}]
)
def test_a_consent_for_an_unknown_field_is_refused(
    consent: Document, document: Document, read: Read
) -> None:
    with pytest.raises((BadDemand, UnknownCode)):
        read({**document, "consents": [consent]})


# ---- Files.


def saved(folder: Path, content: str | bytes, name: str = "demand.yaml") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("name", ["demand.yaml", "demand.yml", "demand.json"])
def test_yaml_and_json_read_the_same(
    name: str, document: Document, read: Read, tmp_path: Path
) -> None:
    text = json.dumps(document) if name.endswith("json") else yaml.safe_dump(document)

    assert read(load_document(saved(tmp_path, text, name))) == read(document)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadDemand, match=r"there is no file gone\.yaml") as caught:
        load_document(tmp_path / "gone.yaml")

    assert caught.value.todo == "check the path"
    assert caught.value.code == "demand-unreadable"


def test_text_in_another_encoding_is_refused_with_the_first_wrong_byte(tmp_path: Path) -> None:
    path = saved(tmp_path, b"title: caf\xe9\n")

    with pytest.raises(BadDemand, match=r"demand\.yaml is not UTF-8 text: byte 10") as caught:
        load_document(path)

    assert "UTF-8" in caught.value.todo


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("id: X\ntitle: a: b\n", "line 2, column 9"),
        ("id: X\nrecords:\n\t- a\n", "line 3, column 1"),
        ("id: X\ncited: [a, b\n", "line 3"),
        ("id: !!python/name:os.system x\n", "could not determine a constructor"),
        ("id: \x00\n", "control characters are not allowed"),
        ("received: {date: 2026-13-45}\n", "month must be in 1..12"),
    ],
)
def test_yaml_that_cannot_be_read_is_refused_with_its_line(
    text: str, where: str, tmp_path: Path
) -> None:
    with pytest.raises(BadDemand, match="cannot be read as YAML or JSON") as caught:
        load_document(saved(tmp_path, text))

    assert where in str(caught.value)
    assert caught.value.todo.startswith("mend the line named")


def test_json_that_cannot_be_read_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadDemand, match="line 2 column 1"):
        load_document(saved(tmp_path, '{"id": "X",\n}', "demand.json"))


@pytest.mark.parametrize("content", ["", "\n\n", "# only a comment\n", "- a\n- b\n", "words\n"])
def test_a_file_that_holds_no_demand_is_refused(content: str, read: Read, tmp_path: Path) -> None:
    with pytest.raises(BadDemand, match="the form is not followed at the document"):
        read(load_document(saved(tmp_path, content)))


def test_a_long_wrong_value_is_shortened_in_the_message(document: Document, read: Read) -> None:
    with pytest.raises(BadDemand) as caught:
        read({**document, "id": ["x" * 1000]})

    assert len(str(caught.value)) < 300


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    with pytest.raises(BadDemand, match="is larger than 8000000 bytes"):
        load_document(saved(tmp_path, " " * 8_000_001))


def test_json_that_is_nested_too_deeply_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDemand, match="nested too deeply"):
        load_document(saved(tmp_path, "[" * 200_000, "demand.json"))


def test_a_paper_that_came_along_with_itself_is_refused(document: Document, read: Read) -> None:
    document["instrument"]["accompanies"] = [document["instrument"]]

    with pytest.raises(BadDemand, match="nested without end"):
        read(document)


READ_AND_TELL = """
import sys
from pathlib import Path
from clerestory.demands import BadDemand, load_document, read_demand
from clerestory.law.codes import load_vocabulary
try:
    read_demand(load_document(Path(sys.argv[1])), load_vocabulary([Path(sys.argv[2])]))
except BadDemand as fault:
    print("refused", len(str(fault)))
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("large.yaml", "[" * 10_000_000),
        ("deep.yaml", "[" * 200_000),
        ("deep-blocks.yaml", "- " * 200_000),
        ("closed.yaml", "[" * 2000 + "]" * 2000),
        ("large.json", "[" * 10_000_000),
        ("deep.json", "[" * 200_000),
        (
            "itself.yaml",
            "format: clerestory-demand/1\ninstrument: &a {kind: letter, accompanies: [*a]}\n",
        ),
    ],
    ids=lambda value: value if len(value) < 20 else "",
)
def test_nesting_without_end_is_refused_and_does_not_bring_the_program_down(
    name: str, text: str, root: Path, tmp_path: Path
) -> None:
    path = saved(tmp_path, text, name)

    done = subprocess.run(
        [sys.executable, "-c", READ_AND_TELL, str(path), str(root / "packs" / "codes.yaml")],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-300:]
    assert done.stdout.startswith("refused")


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    text = "findings: {order_stayed: yes}\nfindings: {}\n"

    with pytest.raises(BadDemand):
        load_document(saved(tmp_path, text))


def test_reading_leaves_the_document_as_it_was(document: Document, vocabulary: Vocabulary) -> None:
    before = json.dumps(document)

    read_demand(document, vocabulary)

    assert json.dumps(document) == before
