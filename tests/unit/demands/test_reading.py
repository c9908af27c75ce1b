"""Reading a demand: strict, absent is unknown, and every refusal says what to do."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from clerestory.demands import BadDemand, Demand, Item, load_document, read_demand
from clerestory.demands.demand import Agreement, Consent, Hold, Holder, Instrument, Requester
from clerestory.kernel import BadFile
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
        kind="letter", issuer="officer", persons="named", count=1, fields="stated",
        status="live", said={"written": "yes", "enforced_by_order": "unknown"},
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
    assert demand.instrument.said == {"written": "unknown", "enforced_by_order": "unknown"}
    assert demand.instrument.status == "unknown"
    assert demand.instrument.count == "unknown"
    assert demand.subject("S1").said == {"applicant": "unknown"}
    assert demand.finding("requester_identified") == "unknown"
    assert demand.nondisclosure == {"asked": "unknown", "ordered": "unknown"}
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
            signed_on=date(2026, 1, 1), expires_on=date(2026, 12, 31),
            said={"revoked": "no", "elements": "yes"},
        ),
    )  # fmt: skip
    assert demand.agreements == (
        Agreement(
            id="A-1", with_body="fns", purposes=frozenset({"quality_control"}), fields=("name",),
            valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1),
            said={"in_force": "yes", "agreed_by_holder": "no", "bars_onward_sharing": "unknown"},
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
    assert demand.nondisclosure == {"asked": "yes", "ordered": "yes"}
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
        ("subjects", [{"ref": "S1", "relation": "named", "defined_by": ["langage"]}], "langage"),
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

    with pytest.raises(BadDemand) as caught:
        read(document)

    assert str(caught.value) == f"the document, key {missing}: this key is missing"
    assert caught.value.todo == f"add {missing}: ..."


WRONG: list[tuple[str, object, str, str]] = [
    ("format", "clerestory-demand/2", "clerestory-demand/1 is wanted here: clerestory-demand/2",
     "write clerestory-demand/1"),
    ("id", 7, "a text is wanted, and without quotes this is a number", 'put it in quotes: "7"'),
    ("id", date(2026, 3, 2), "a text is wanted, and without quotes this is a day",
     'put it in quotes: "2026-03-02"'),
    ("id", None, "nothing is written here and a text is wanted", "write the text"),
    ("id", ["x"], "a text is wanted and this is a list", "write one text"),
    ("title", False, "a text is wanted, and without quotes this is the word no",
     "put it in quotes"),
    ("title", 2026, "a text is wanted, and without quotes this is a number",
     'put it in quotes: "2026"'),
    ("cited", "snap", "a list is wanted and this is a text", "write - before each"),
    ("cited", [7], "a text is wanted, and without quotes this is a number",
     'put it in quotes: "7"'),
    ("holder", "me-dhhs", "a group of keys is wanted and this is a text",
     "write its keys here, each on its line such as agency: ..."),
    ("holder", None, "nothing is written here and a group of keys is wanted", "write its keys"),
    ("holder.kind", True, "a code is wanted, and without quotes this is the word yes",
     "put it in quotes"),
    ("purpose", {}, "a code is wanted and this is a group of keys", "write one code"),
    ("instrument.written", "maybe", "yes, no or unknown is wanted: maybe",
     "write one of the three words, in small letters"),
    ("instrument.written", "Yes", "yes, no or unknown is wanted: Yes", "in small letters"),
    ("instrument.written", 1, "yes, no or unknown is wanted: a number", "one of the three"),
    ("instrument.written", [], "yes, no or unknown is wanted: a list", "one of the three"),
    ("findings.part2_order", "perhaps", "yes, no or unknown is wanted: perhaps", "three words"),
    ("subjects", [], "the list is empty", "write at least one"),
    ("subjects.0", "S1", "a group of keys is wanted and this is a text", "such as ref: ..."),
    ("subjects.0.ref", "first", "a person is called S1, S2 and so on, a class S*: first",
     "write S1"),
    ("subjects.0.nickname", "x", "nobody reads this key",
     "leave it out; the keys here are ref, relation, applicant, flags, defined_by"),
    ("subjects.0.relaton", "named", "nobody reads this key", "did you mean relation?"),
    ("records", [], "the list is empty", "write at least one"),
    ("records.0.fields", [], "the list is empty", "write at least one"),
    ("records.0.fields.0", "address",
     "a person and a field are wanted, with a point between them: address", "as S1.address"),
    ("records.0.fields.0", "s1.address", "a person and a field are wanted", "as S1.address"),
    ("received.date", "2 March 2026", "this is not a day: 2 March 2026", "as 2026-02-26"),
    ("received.date", "2026-03-02T10:00:00Z", "this is not a day", "as 2026-02-26"),
    ("received.date", "2026-02-30", "February 2026 has 28 days: 2026-02-30", "check the day"),
    ("received.date", "2026-13-01", "there is no month 13", "year, month and day"),
    ("received.date", "0000-01-01", "there is no year 0", "as 2026-02-26"),
    ("received.date", "2026-03-02\n", "this is not a day: 2026-03-02(U+000A)", "2026-02-26"),
    ("received.date", "٢٠٢٦-٠٣-٠٢", "this is not a day", "as 2026-02-26"),
    ("received.date", None, "there is no day", "write a day as 2026-02-26"),
    ("received.date", 20260302, "a day is wanted and this is a number", "2026-02-26"),
    ("received.date", datetime(2026, 3, 2, tzinfo=UTC),
     "a day is wanted and this is a day with a time", "2026-02-26"),
    ("received.date", "1899-12-31", "no paper bears a day before 1900 or after 2099: 1899-12-31",
     "check the year"),
    ("received.date", date(2100, 1, 1), "no paper bears a day before 1900 or after 2099",
     "check the year; it is the day of the stamp of receipt"),
    ("instrument.returns_on", date(2101, 1, 1), "no paper bears a day before 1900 or after 2100",
     "leave the key out where the paper names no day"),
    ("requester.reference", "a\nb", "a text of one line is wanted, and this has more",
     "write it on one line"),
    ("requester.reference", "a" * 201, "at most 200 characters fit here: 201", "shorten it"),
    ("requester.reference", 41, "a text is wanted, and without quotes this is a number",
     'put it in quotes: "41"'),
    ("surprise", "x", "nobody reads this key", "leave it out; the keys here are format, id"),
    ("findings", {"requester_identified": "yes", "x y": "yes"}, "unknown code: x y is not in",
     "`clerestory demand codes findings` lists the codes"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "what", "write"), WRONG)
def test_a_value_that_breaks_the_form_is_refused_with_what_to_write(
    path: str, value: object, what: str, write: str, document: Document, read: Read
) -> None:
    with pytest.raises(BadFile) as caught:
        read(put(document, path, value))

    (fault,) = caught.value.faults
    assert fault.key.replace("[", ".").replace("]", "").startswith(path)
    assert what in fault.what
    assert write in fault.write_instead
    assert str(caught.value) == f"the document, key {fault.key}: {fault.what}"
    assert caught.value.todo == fault.write_instead


@pytest.mark.parametrize(
    ("count", "what", "write"),
    [
        (0, "a whole number from 1, all or unknown, and this is 0", "write unknown if it is"),
        (-1, "a whole number from 1, all or unknown, and this is -1", "write unknown if it is"),
        (True, "all or unknown: the word yes", "write unknown if it is"),
        (1.0, "all or unknown: a number that is not whole", "write unknown if it is"),
        ("3 ", "all or unknown: 3 ", "write the number without quotes"),
        ("3", "all or unknown: 3", "write the number without quotes"),
        ("٣", "all or unknown: ٣", "write unknown if it is"),
        ("several", "all or unknown: several", "write unknown if it is"),
        ("All", "all or unknown: All", "write unknown if it is"),
        ([3], "all or unknown: a list", "write unknown if it is"),
        (date(2026, 3, 2), "all or unknown: a day", "write unknown if it is"),
    ],
)
def test_a_count_that_is_none_is_refused_and_never_taken_for_unknown(
    count: object, what: str, write: str, document: Document, read: Read
) -> None:
    with pytest.raises(BadDemand) as caught:
        read(put(document, "instrument.scope.count", count))

    assert "key instrument.scope.count: how many persons is " in str(caught.value)
    assert what in str(caught.value)
    assert write in caught.value.todo


@pytest.mark.parametrize(
    ("count", "read_as"),
    [(1, 1), (47000, 47000), ("all", "all"), ("unknown", "unknown"), (None, "unknown")],
)
def test_a_count_is_read_as_it_is_written(
    count: object, read_as: object, document: Document, read: Read
) -> None:
    assert read(put(document, "instrument.scope.count", count)).instrument.count == read_as


@pytest.mark.parametrize("whole", [None, [], ["a"], "words", 7, True])
def test_a_document_that_is_no_mapping_is_refused(whole: object, read: Read) -> None:
    with pytest.raises(BadDemand, match=r"^the document: .*a group of keys is wanted"):
        read(whole)


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ("", "an id has at least one letter or digit"),
        ("./abs", "no /: ./abs"),
        ("../../escaped", "no /: ../../escaped"),
        ("ME/2026/0041", "no /: ME/2026/0041"),
        ("a\\b", "an id has letters, digits, point, low line and hyphen, and no \\"),
        (" A-1", "and no U+0020: "),
        ("A-1\n", "and no U+000A"),
        ("A\u200b1", "and no U+200B"),
        ("Å-1", "and no Å"),
        ("１", "and no １"),
        (".hidden", "an id begins with a letter or a digit"),
        ("-a", "an id begins with a letter or a digit"),
        ("_a", "an id begins with a letter or a digit"),
        ("a" * 65, "an id has at most 64 characters, and this has 65"),
        ("A-1.", "an id does not end with a point"),
        ("A..1", "an id has no two points beside each other"),
        ("CON", "an id is no name that Windows keeps for a device"),
        ("nul", "an id is no name that Windows keeps for a device"),
        ("Com1.yaml", "an id is no name that Windows keeps for a device"),
        ("LPT9", "an id is no name that Windows keeps for a device"),
    ],
)
def test_an_id_has_one_strict_form(wrong: str, what: str, document: Document, read: Read) -> None:
    with pytest.raises(BadDemand) as caught:
        read({**document, "id": wrong})

    assert "key id: " in str(caught.value)
    assert what in str(caught.value)
    assert "requester.reference" in caught.value.todo


@pytest.mark.parametrize(
    "right", ["A", "7", "a" * 64, "ME-2026-0041", "a.b", "a_-", "console", "COM", "com10", "x.con"]
)
def test_an_id_in_its_form_is_read(right: str, document: Document, read: Read) -> None:
    assert read({**document, "id": right}).id == right


def test_the_requesters_own_number_is_kept_as_it_is_written(document: Document, read: Read) -> None:
    document["requester"]["reference"] = "No. 4:26-mj-0041/B (D. Me.)"

    assert read(document).requester.reference == "No. 4:26-mj-0041/B (D. Me.)"


def test_what_is_empty_is_empty_and_not_the_word_none(document: Document, read: Read) -> None:
    document["title"] = document["requester"]["body"] = document["requester"]["reference"] = None

    demand = read(document)

    assert (demand.title, demand.requester.body, demand.requester.reference) == ("", "", "")


def test_every_fault_is_told_at_once_with_its_line(vocabulary: Vocabulary, tmp_path: Path) -> None:
    text = """format: clerestory-demand/1
id: ME/2026/0041
received: {date: "2026-02-30", channel: pots}
holder: {agency: me-dhhs, kind: state_agency}
requester: {body: "a made-up police force", class: police_states}
instrument:
  kind: letter
  scope: {count: 0}
  valid: {from: 2026-03-02, to: 2026-03-01}
purpose: locate_fugitive
subjects:
  - {ref: S1, relation: named}
records:
  - program: snap
    fields: [S1.address, S2.adress]
"""

    with pytest.raises(BadDemand) as caught:
        read_demand(load_document(saved(tmp_path, text)), vocabulary)

    assert [(fault.line, fault.key) for fault in caught.value.faults] == [
        (2, "id"),
        (3, "received.date"),
        (3, "received.channel"),
        (4, "holder.jurisdiction"),
        (5, "requester.class"),
        (8, "instrument.scope.count"),
        (9, "instrument.valid.to"),
        (15, "records[0].fields[1]"),
        (15, "records[0].fields[1]"),
    ]
    assert str(caught.value).startswith("demand.yaml, line 2, key id: ")
    assert "did you mean police_state? `clerestory demand codes requester.class`" in str(
        caught.value
    )
    assert caught.value.code == "demand-unreadable"


@pytest.mark.parametrize("word", ["type", "match", "property", "required", "schema", "^", "regex"])
def test_no_message_speaks_of_schemas(word: str, document: Document, read: Read) -> None:
    for path, value, _, _ in WRONG:
        with pytest.raises(BadFile) as caught:
            read(put(copy.deepcopy(document), path, value))
        assert word not in f"{caught.value} {caught.value.todo}".replace("did not", "")


def test_a_list_of_few_codes_is_told_whole(document: Document, read: Read) -> None:
    document["subjects"][0]["relation"] = "naned"

    with pytest.raises(UnknownCode) as caught:
        read(document)

    assert caught.value.todo == (
        "write one of: class, household_member, listed_row, named, unknown; did you mean named?"
    )


# ---- Facts that contradict each other, and references that dangle.


def test_a_field_of_a_person_who_is_no_subject_is_refused_by_its_place(
    document: Document, read: Read
) -> None:
    document["records"][0]["fields"].append("S2.address")

    with pytest.raises(BadDemand, match=r"records\[0\]\.fields\[2\]: it asks about S2") as caught:
        read(document)

    assert caught.value.todo == "add S2 to subjects or mend the reference"


def test_two_subjects_with_one_ref_are_refused(document: Document, read: Read) -> None:
    document["subjects"].append({"ref": "S1", "relation": "household_member"})

    with pytest.raises(BadDemand, match=r"subjects\[1\]\.ref: two subjects carry the same ref: S1"):
        read(document)


@pytest.mark.parametrize("ref", ["s1", "S01", "S0", "S-1", "S1 ", "S1\n", "S１", "S٣", "S**", "S"])
def test_a_ref_has_one_form_so_that_no_two_look_alike(
    ref: str, document: Document, read: Read
) -> None:
    document["subjects"].append({"ref": ref, "relation": "household_member"})

    with pytest.raises(BadDemand, match=r"subjects\[1\]\.ref: a person is called S1, S2 and so on"):
        read(document)


@pytest.mark.parametrize("relation", ["named", "household_member"])
def test_a_ref_that_stands_for_several_is_never_one_person(
    relation: str, document: Document, read: Read
) -> None:
    document["subjects"].append({"ref": "S*", "relation": relation})

    with pytest.raises(BadDemand) as caught:
        read(document)

    assert "key subjects[1].relation: a ref with * stands for several" in str(caught.value)
    assert "write relation: class, or listed_row" in caught.value.todo


@pytest.mark.parametrize("relation", ["class", "listed_row", "unknown"])
def test_a_ref_that_stands_for_several_is_a_class_or_a_row(
    relation: str, document: Document, read: Read
) -> None:
    document["subjects"].append({"ref": "S*", "relation": relation})

    assert read(document).subjects[1].relation == relation


def test_a_class_is_never_called_like_one_person(document: Document, read: Read) -> None:
    document["subjects"][0]["relation"] = "class"

    with pytest.raises(BadDemand, match=r"a class of people is called S\*: S1"):
        read(document)


def test_one_field_of_two_programs_is_two_items(document: Document, read: Read) -> None:
    document["records"].append({"program": "tanf", "fields": ["S1.address"]})

    assert len(read(document).items) == 3


def test_a_paper_cannot_name_a_field_that_is_not_asked(document: Document, read: Read) -> None:
    put(document, "instrument.scope.fields_named", ["S1.address", "S1.ssn"])

    with pytest.raises(BadDemand, match=r"fields_named\[1\]: it names what is not asked: S1\.ssn"):
        read(document)


SPANS = [
    ("instrument.valid.to", {"instrument": {"kind": "letter", "valid": {"from": 1, "to": 2}}}),
    (
        "instrument.scope.period.to",
        {"instrument": {"kind": "letter", "scope": {"period": {"from": 1, "to": 2}}}},
    ),
    (
        "instrument.accompanies[0].valid.to",
        {"instrument": {"kind": "letter", "accompanies": [
            {"kind": "letter", "valid": {"from": 1, "to": 2}}]}},
    ),
    (
        "instrument.accompanies[0].scope.period.to",
        {"instrument": {"kind": "letter", "accompanies": [
            {"kind": "letter", "scope": {"period": {"from": 1, "to": 2}}}]}},
    ),
    ("agreements[0].to", {"agreements": [{"with": "fns", "from": 1, "to": 2}]}),
    ("consents[0].expires_on", {"consents": [{"by": "S1", "signed_on": 1, "expires_on": 2}]}),
    ("holds[0].to", {"holds": [{"kind": "law_enforcement", "from": 1, "to": 2}]}),
]  # fmt: skip


def spanned(change: Document, first: str, last: str) -> Document:
    """A change whose 1 and 2 became two days."""
    text = json.dumps(change).replace(": 1", f': "{first}"').replace(": 2", f': "{last}"')
    return dict(json.loads(text))


@pytest.mark.parametrize(("key", "change"), SPANS)
@pytest.mark.parametrize(
    ("last", "what"),
    [
        ("2026-03-01", "it ends before it starts: 2026-03-02 2026-03-01"),
        ("2026-03-02", "it ends on the day it starts, before any day: 2026-03-02 2026-03-02"),
    ],
)
def test_dates_that_contradict_each_other_are_refused_with_both(
    key: str, change: Document, last: str, what: str, document: Document, read: Read
) -> None:
    with pytest.raises(BadDemand) as caught:
        read({**document, **spanned(change, "2026-03-02", last)})

    assert str(caught.value) == f"the document, key {key}: {what}"
    assert caught.value.code == "demand-dates-contradict"
    assert "check both dates on the paper" in caught.value.todo


@pytest.mark.parametrize(("key", "change"), SPANS)
def test_one_day_is_a_period(key: str, change: Document, document: Document, read: Read) -> None:
    assert key
    read({**document, **spanned(change, "2026-03-02", "2026-03-03")})


@pytest.mark.parametrize(
    "consent", [{"by": "S1", "fields": ["S1.adress"]}, {"by": "S1", "fields": ["x"]}]
)
def test_a_consent_for_an_unknown_field_is_refused(
    consent: Document, document: Document, read: Read
) -> None:
    with pytest.raises(UnknownCode, match=r"key consents\[0\]\.fields\[0\]: unknown code"):
        read({**document, "consents": [consent]})


def test_an_agreement_for_an_unknown_field_is_refused(document: Document, read: Read) -> None:
    with pytest.raises(UnknownCode, match=r"agreements\[0\]\.fields\[0\]: unknown code: adress"):
        read({**document, "agreements": [{"with": "fns", "fields": ["S*.adress"]}]})


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


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("demand.yaml", "id: X\ntitle: a: b\n", "demand.yaml, line 2: a colon with a space"),
        ("demand.yaml", "id: X\nid: Y\n", "demand.yaml, line 2, key id: the key stands twice"),
        ("demand.json", '{"id": "X",\n"id": "Y"}', "demand.json, line 2, key id: the key stands"),
        ("demand.json", '{"id": "X",\n}', "demand.json, line 2: a comma stands before }"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_demand(
    name: str, text: str, where: str, tmp_path: Path
) -> None:
    with pytest.raises(BadDemand) as caught:
        load_document(saved(tmp_path, text, name))

    assert str(caught.value).startswith(where)
    assert caught.value.code == "demand-unreadable"


@pytest.mark.parametrize("content", ["", "\n\n", "# only a comment\n", "- a\n- b\n", "words\n"])
def test_a_file_that_holds_no_demand_is_refused(content: str, read: Read, tmp_path: Path) -> None:
    with pytest.raises(BadDemand, match=r"^demand\.yaml, line 1: .*(empty|group of keys)"):
        read(load_document(saved(tmp_path, content)))


def test_a_long_wrong_value_is_shortened_in_the_message(document: Document, read: Read) -> None:
    with pytest.raises(BadDemand) as caught:
        read({**document, "id": "x" * 1000})

    assert len(str(caught.value)) < 200


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    with pytest.raises(BadDemand, match="is larger than 32000000 bytes"):
        load_document(saved(tmp_path, " " * 32_000_001))


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


# ---- Who acts for whom, and which court.


def test_who_acts_for_a_person_stands_with_that_person(document: Document, read: Read) -> None:
    document["subjects"] = [{"ref": "S1", "relation": "named"}, {"ref": "S2", "relation": "named"}]
    document["representatives"] = [{"for": "S2", "as": "parent"}]

    demand = read(document)

    assert [subject.represented_by for subject in demand.subjects] == [None, "parent"]


def test_what_lets_somebody_act_has_days_and_who_asks_has_a_state(
    document: Document, read: Read
) -> None:
    valid = {"from": "2026-01-10", "to": "2026-06-10"}
    document["representatives"] = [{"for": "S1", "as": "agent", "valid": valid}]
    document["requester"]["jurisdiction"] = "us-nh"

    demand = read(document)

    (subject,) = demand.subjects
    assert subject.represented_from == date(2026, 1, 10)
    assert subject.represented_to == date(2026, 6, 10)
    assert demand.requester.jurisdiction == "us-nh"


def test_the_court_the_docket_the_signature_and_the_service_of_a_paper_are_read(
    document: Document, read: Read
) -> None:
    document["instrument"] |= {
        "court": {"name": "a made-up Superior Court", "jurisdiction": "us-me"},
        "docket": "MU-CV-26/1",
        "signed": {"by": "a made-up clerk", "on": "2026-02-27"},
        "served": {"by": "a made-up deputy", "on": "2026-03-01"},
    }

    paper = read(document).instrument

    assert (paper.court, paper.court_name) == ("us-me", "a made-up Superior Court")
    assert paper.docket == "MU-CV-26/1"
    assert (paper.signed_by, paper.signed_on) == ("a made-up clerk", date(2026, 2, 27))
    assert (paper.served_by, paper.served_on) == ("a made-up deputy", date(2026, 3, 1))


def test_whom_a_paper_names_and_whose_records_is_read_and_nothing_is_not_silence(
    document: Document, read: Read
) -> None:
    document["instrument"]["scope"] |= {"persons_named": ["S1"], "programs": []}
    document["consents"] = [{"by": "S1", "programs": ["snap"]}]
    document["agreements"] = [{"with": "fns", "programs": []}, {"with": "fns"}]

    demand = read(document)

    assert demand.instrument.persons_named == ("S1",)
    assert demand.instrument.programs == ()
    assert demand.consents[0].programs == ("snap",)
    assert [agreement.programs for agreement in demand.agreements] == [(), None]


@pytest.mark.parametrize(
    ("part", "written", "place", "said"),
    [
        ("representatives", [{"for": "S9", "as": "parent"}], "representatives[0].for", "S9"),
        ("representatives", [{"for": "S1", "as": "uncle"}], "representatives[0].as", "uncle"),
        (
            "representatives",
            [{"for": "S1", "as": "parent"}, {"for": "S1", "as": "guardian"}],
            "representatives[1].for",
            "two entries",
        ),
        ("representatives", [{"for": "S1"}], "representatives[0].as", "missing"),
        (
            "representatives",
            [{"for": "S1", "as": "agent", "valid": {"from": "2026-03-02", "to": "2026-03-02"}}],
            "representatives[0].valid.to",
            "before any day",
        ),
        (
            "requester",
            {"class": "sheriff", "jurisdiction": "us-xx"},
            "requester.jurisdiction",
            "us-xx",
        ),
        ("instrument.scope.persons_named", ["S9"], "instrument.scope.persons_named[0]", "S9"),
        ("instrument.scope.persons_named", ["S*"], "instrument.scope.persons_named[0]", "S*"),
        ("instrument.scope.programs", ["snapp"], "instrument.scope.programs[0]", "snapp"),
        ("instrument.court", {"jurisdiction": "us-mee"}, "instrument.court.jurisdiction", "us-mee"),
        ("instrument.docket", "one\ntwo", "instrument.docket", "one line"),
        ("instrument.signed", {"on": "yesterday"}, "instrument.signed.on", "yesterday"),
        ("instrument.served", {"at": "noon"}, "instrument.served.at", "nobody reads"),
    ],
)
def test_who_acts_and_what_a_paper_names_is_refused_where_it_cannot_be(
    part: str, written: object, place: str, said: str, document: Document, read: Read
) -> None:
    with pytest.raises((BadDemand, UnknownCode)) as caught:
        read(put(document, part, written))

    assert [fault.key for fault in caught.value.faults] == [place]
    assert said in str(caught.value)


def test_nobody_acts_for_a_class_of_people(document: Document, read: Read) -> None:
    document["subjects"] = [{"ref": "S*", "relation": "class"}]
    document["records"] = [{"program": "snap", "fields": ["S*.address"]}]
    document["representatives"] = [{"for": "S*", "as": "parent"}]

    with pytest.raises(BadDemand, match="whom nobody has named"):
        read(document)
