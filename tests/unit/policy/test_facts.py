"""From a demand to the facts that the policies read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from clerestory.demands import Demand, Item
from clerestory.law.packs import PackStack
from clerestory.policy.model.facts import changed, facts_of

Make = Callable[..., Demand]
Facts = Callable[..., dict[str, Any]]
ON = date(2026, 3, 2)
ITEM = Item("S1", "snap", "address")


@pytest.fixture
def facts(make: Make, stack: PackStack) -> Facts:
    def of(*, on: date = ON, item: Item = ITEM, **parts: Any) -> dict[str, Any]:
        return facts_of(make(**parts), item, on, stack.vocabulary)

    return of


def test_every_finding_is_there_and_what_was_not_said_is_unknown(
    facts: Facts, stack: PackStack
) -> None:
    findings = facts()["findings"]

    assert set(findings) == set(stack.vocabulary.lists["findings"])
    assert findings["requester_identified"] == "yes"
    assert findings["part2_order"] == "unknown"


def test_only_what_somebody_left_in_doubt_is_raised(facts: Facts) -> None:
    found = facts(findings={"order_stayed": "unknown", "part2_order": "no"})

    assert found["raised"] == ["order_stayed"]


def test_nothing_that_a_person_typed_reaches_the_facts(facts: Facts) -> None:
    found = facts(
        title="Made Up, 1 Street", requester={"body": "Officer Made Up", "class": "ice"}
    )  # fmt: skip

    assert "Made" not in repr(found)


def test_the_office_of_the_requester_is_a_code_or_none(facts: Facts) -> None:
    assert facts()["component"] == "none"
    assert facts(requester={"class": "ice", "component": "ice_ero"})["component"] == "ice_ero"


def test_sets_are_written_in_order_so_that_equal_facts_are_equal(facts: Facts) -> None:
    one = facts(grounds=["parole_violation", "fleeing_felony"], cited=["b", "a"])
    other = facts(grounds=["fleeing_felony", "parole_violation"], cited=["a", "b"])

    assert one == other


# ---- The paper.


@pytest.mark.parametrize(
    ("valid", "in_date"),
    [
        (None, "unknown"),
        ({"from": None, "to": None}, "unknown"),
        ({"from": "2026-03-02", "to": None}, "yes"),
        ({"from": "2026-03-03", "to": None}, "no"),
        ({"from": None, "to": "2026-03-03"}, "yes"),
        ({"from": None, "to": "2026-03-02"}, "no"),
        ({"from": "2026-03-02", "to": "2026-03-03"}, "yes"),
        ({"from": "2026-03-01", "to": "2026-03-02"}, "no"),
        ({"from": "2026-03-03", "to": "2026-03-04"}, "no"),
        ({"from": "2026-03-01", "to": "2026-03-04"}, "yes"),
    ],
)
def test_a_paper_is_good_from_its_first_day_until_the_day_before_its_end(
    valid: object, in_date: str, facts: Facts
) -> None:
    assert facts(instrument={"valid": valid})["paper"]["in_date"] == in_date


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        ({"fields": "stated"}, "yes"),
        ({"fields": "everything"}, "everything"),
        ({"fields": "unstated"}, "unstated"),
        ({}, "unstated"),
        ({"fields": "everything", "fields_named": ["S1.address"]}, "yes"),
        ({"fields": "stated", "fields_named": []}, "no"),
    ],
)
def test_a_paper_names_the_field_by_its_own_list_or_else_by_what_is_asked(
    scope: object, names: str, facts: Facts
) -> None:
    assert facts(instrument={"scope": scope})["paper"]["names_field"] == names


def test_only_papers_in_force_are_among_the_papers(facts: Facts) -> None:
    papers = [
        {"kind": "court_order", "status": "live"},
        {"kind": "search_warrant", "status": "expired"},
        {"kind": "arrest_warrant"},
        {"kind": "consent", "status": "live", "valid": {"to": "2026-03-02"}},
        {
            "kind": "email",
            "status": "stayed",
            "accompanies": [{"kind": "grand_jury_subpoena", "status": "live"}],
        },
    ]

    found = facts(instrument={"accompanies": papers})

    assert found["papers"] == ["court_order", "grand_jury_subpoena", "letter"]


def test_what_came_is_told_whether_it_is_in_force_or_not(facts: Facts) -> None:
    papers = [
        {"kind": "administrative_warrant", "issuer": "officer", "status": "expired"},
        {"kind": "none", "form": "i_247"},
        {
            "kind": "letter",
            "accompanies": [{"kind": "detainer", "issuer": "immigration_officer",
                             "status": "withdrawn"}],
        },
    ]  # fmt: skip

    found = facts(instrument={"accompanies": papers})

    assert found["papers"] == ["letter"]
    assert found["kinds"] == ["administrative_warrant", "detainer", "letter"]
    assert found["issuers"] == ["immigration_officer", "officer"]
    assert found["forms"] == ["i_247"]


@pytest.mark.parametrize(
    ("paper", "signed", "in_force"),
    [
        ({}, "unstated", True),
        ({"signed": {"on": "2026-03-02"}}, "lately", True),
        ({"signed": {"on": "2025-03-01"}}, "lately", True),
        ({"signed": {"on": "2025-02-28"}}, "long_ago", True),
        ({"signed": {"on": "1999-01-01"}, "served": {"on": "2026-03-02"}}, "long_ago", True),
        ({"served": {"on": "2025-02-28"}}, "long_ago", True),
        ({"served": {"on": "2026-03-02"}}, "lately", True),
        ({"served": {"on": "2026-03-03"}}, "later", False),
        ({"signed": {"on": "1999-01-01"}, "served": {"on": "2026-03-03"}}, "later", False),
    ],
)
def test_a_paper_is_signed_lately_long_ago_or_later(
    paper: dict[str, object], signed: str, in_force: bool, facts: Facts
) -> None:
    found = facts(instrument=paper)

    assert found["paper"]["signed"] == signed
    assert found["papers"] == ["letter"] * in_force


def test_what_is_cited_as_it_is_printed_is_the_authority_that_it_means(
    stack: PackStack, make: Callable[..., Demand]
) -> None:
    demand = make(cited=["8 U.S.C. § 1373(a)", "a letter of 4 May"])
    item, on = demand.items[0], demand.received_on

    known = facts_of(demand, item, on, stack.vocabulary, stack.authorities)
    unknown = facts_of(demand, item, on, stack.vocabulary)

    assert known["cited"] == ["8 U.S.C. § 1373(a)", "a letter of 4 May", "imm-8usc1373"]
    assert unknown["cited"] == ["8 U.S.C. § 1373(a)", "a letter of 4 May"]


@pytest.mark.parametrize(
    ("period", "months"),
    [
        (None, "unstated"),
        ({"from": "2026-01-01", "to": None}, "unstated"),
        ({"from": None, "to": "2026-01-31"}, "unstated"),
        ({"from": "2026-01-01", "to": "2026-01-02"}, "one"),
        ({"from": "2026-01-01", "to": "2026-01-31"}, "one"),
        # The day called "to" is the first one that is not covered.
        ({"from": "2026-01-01", "to": "2026-02-01"}, "one"),
        ({"from": "2026-01-01", "to": "2026-02-02"}, "more"),
        ({"from": "2026-01-31", "to": "2026-02-01"}, "one"),
        ({"from": "2026-01-31", "to": "2026-02-02"}, "more"),
        ({"from": "2025-12-01", "to": "2026-01-01"}, "one"),
        ({"from": "2025-12-01", "to": "2026-01-02"}, "more"),
        ({"from": "2025-01-01", "to": "2026-01-02"}, "more"),
        ({"from": "2025-01-01", "to": "2026-01-31"}, "more"),
    ],
)
def test_the_period_asked_about_is_one_month_or_more_or_unstated(
    period: object, months: str, facts: Facts
) -> None:
    assert facts(instrument={"scope": {"period": period}})["months"] == months


def test_the_forms_of_all_papers_stand_together(facts: Facts) -> None:
    extra = {"kind": "administrative_warrant", "form": "i_205"}

    assert facts()["forms"] == []
    assert facts(instrument={"form": "i_138", "accompanies": [extra]})["forms"] == [
        "i_138", "i_205",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("count", "persons", "said"),
    [(1, "named", "named"), ("all", "named", "class"), (1, "class", "class"),
     (3, "listed", "listed"), ("unknown", "named", "named"),
     (None, None, "unknown")],
)  # fmt: skip
def test_a_paper_for_all_or_for_fewer_than_are_named_names_nobody_for_certain(
    count: object, persons: object, said: str, facts: Facts
) -> None:
    scope = {"count": count, "persons": persons}

    assert facts(instrument={"scope": scope})["paper"]["persons"] == said


def test_a_person_is_alone_where_nobody_else_is_named(facts: Facts) -> None:
    named = {"ref": "S1", "relation": "named"}
    member = {"ref": "S2", "relation": "household_member"}
    other = {"ref": "S2", "relation": "named"}

    assert facts(subjects=[named, member])["subject"]["alone"] == "yes"
    assert facts(subjects=[named, other])["subject"]["alone"] == "no"
    assert facts(subjects=[named | {"relation": "unknown"}])["subject"]["alone"] == "no"


@pytest.mark.parametrize(
    ("relation", "count", "asked", "alone"),
    [
        # Of whom something was found is open where the paper counts several who are asked about.
        ("household_member", 2, "S1.address S2.address", "no"),
        ("household_member", 1, "S1.address S2.address", "yes"),
        ("household_member", None, "S1.address S2.address", "yes"),
        ("household_member", 2, "S1.address", "yes"),
        ("unknown", 2, "S1.address S2.address", "no"),
        # Whoever stands beside a list is a row of it.
        ("listed_row", None, "S1.address", "no"),
        ("listed_row", 1, "S1.address S2.address", "no"),
    ],
)
def test_nobody_is_alone_beside_others_whom_a_paper_counts_or_lists(
    relation: str, count: int | None, asked: str, alone: str, facts: Facts
) -> None:
    subjects = [{"ref": "S1", "relation": "named"}, {"ref": "S2", "relation": relation}]
    paper = {"scope": {"persons": "named", **({"count": count} if count else {})}}
    records = [{"program": "snap", "fields": asked.split()}]

    found = facts(subjects=subjects, instrument=paper, records=records)

    assert found["subject"]["alone"] == alone


def test_only_those_whose_records_are_asked_for_are_counted(facts: Facts) -> None:
    two = [{"ref": ref, "relation": "named"} for ref in ("S1", "S2")]
    scope = {"scope": {"persons": "named", "count": 1, "fields": "stated"}}
    one_asked = [{"program": "snap", "fields": ["S1.address"]}]
    both_asked = [{"program": "snap", "fields": ["S1.address", "S2.address"]}]

    mentioned = facts(subjects=two, instrument=scope, records=one_asked)
    miscounted = facts(subjects=two, instrument=scope, records=both_asked)

    assert mentioned["paper"]["persons"] == "named"
    assert miscounted["paper"]["persons"] == "unknown"


def test_a_line_with_a_star_is_never_one_person_whatever_it_is_called(
    make: Make, stack: PackStack
) -> None:
    one = make()
    # The reader refuses such a demand; the facts do not lean on that.
    subject = replace(one.subjects[0], ref="S*", relation="named")
    item = Item("S*", "snap", "address")
    demand = replace(one, subjects=(subject,), items=(item,))

    found = facts_of(demand, item, ON, stack.vocabulary)["subject"]

    assert (found["relation"], found["alone"]) == ("listed_row", "no")


# ---- Consents.

SOUND = {
    "by": "S1", "to": "a made-up police force", "purpose": "locate_fugitive",
    "fields": ["S1.address"],
    "signed_on": "2026-03-01", "expires_on": "2026-03-03", "revoked": "no",
    "elements_complete": "yes",
}  # fmt: skip
AS_IT_MUST_BE = {
    "given": "yes", "recipient": "yes", "purpose": "yes", "field": "yes", "in_date": "yes",
    "revoked": "no", "elements": "yes",
}  # fmt: skip


def test_a_sound_permission_is_as_it_must_be(facts: Facts) -> None:
    assert facts(consents=[SOUND])["consent"] == AS_IT_MUST_BE


def test_without_a_permission_nothing_is_given_and_nobody_knows_of_a_revocation(
    facts: Facts,
) -> None:
    none = {**dict.fromkeys(AS_IT_MUST_BE, "no"), "revoked": "unknown"}

    assert facts()["consent"] == none
    assert facts(consents=[{**SOUND, "by": "S2"}])["consent"] == none


@pytest.mark.parametrize(
    ("change", "fact", "answer"),
    [
        ({"to": "law_enforcement"}, "recipient", "no"),
        ({"to": "A made-up police force "}, "recipient", "yes"),
        ({"to": "landlord"}, "recipient", "no"),
        # A kind of body, of which there are many, is nobody yet.
        ({"to": "police_state"}, "recipient", "unknown"),
        ({"programs": ["snap"]}, "field", "yes"),
        ({"programs": ["tanf", "snap"]}, "field", "yes"),
        ({"programs": ["tanf"]}, "field", "no"),
        ({"programs": []}, "field", "no"),
        ({"to": "another made-up body"}, "recipient", "unknown"),
        ({"to": ""}, "recipient", "unknown"),
        ({"purpose": "tenancy"}, "purpose", "no"),
        ({"fields": ["address"]}, "field", "yes"),
        ({"fields": ["S2.address", "S1.phone"]}, "field", "no"),
        ({"fields": []}, "field", "no"),
        ({"signed_on": "2026-03-03", "expires_on": "2026-03-04"}, "in_date", "no"),
        ({"signed_on": "2026-03-02"}, "in_date", "yes"),
        ({"signed_on": "2026-03-01"}, "in_date", "yes"),
        ({"expires_on": "2026-03-03"}, "in_date", "yes"),
        ({"expires_on": "2026-03-02"}, "in_date", "no"),
        ({"expires_on": "2026-03-01", "signed_on": None}, "in_date", "no"),
        ({"expires_on": "2026-03-02", "signed_on": None}, "in_date", "no"),
        ({"expires_on": None}, "in_date", "yes"),
        ({"expires_on": None, "elements_complete": "unknown"}, "in_date", "unknown"),
        ({"revoked": "yes"}, "revoked", "yes"),
        ({"revoked": None}, "revoked", "unknown"),
        ({"elements_complete": "no"}, "elements", "no"),
    ],
)
def test_a_permission_is_measured_against_the_demand(
    change: dict[str, object], fact: str, answer: str, facts: Facts
) -> None:
    assert facts(consents=[SOUND | change])["consent"][fact] == answer


def test_a_permission_that_names_the_office_names_the_requester(facts: Facts) -> None:
    found = facts(
        requester={"class": "ice", "component": "ice_ero"}, consents=[{**SOUND, "to": "ice_ero"}]
    )

    assert found["consent"]["recipient"] == "yes"


def test_a_permission_that_names_nobody_does_not_name_a_requester_without_a_name(
    facts: Facts,
) -> None:
    found = facts(requester={"class": "landlord", "body": ""}, consents=[{**SOUND, "to": " "}])

    assert found["consent"]["recipient"] == "unknown"


@pytest.mark.parametrize(
    ("to", "ticked", "names"),
    [
        # "No" always counts; "yes" counts where the paper itself does not name another.
        ("police_state", "no", "no"),
        ("A made-up police force", "no", "no"),
        ("another made-up body", "no", "no"),
        ("", "no", "no"),
        ("police_state", "yes", "yes"),
        ("police_state", "unknown", "unknown"),
        ("A made-up police force", "yes", "yes"),
        ("", "yes", "yes"),
        ("  ", "yes", "yes"),
        ("another made-up body", "yes", "unknown"),
        ("landlord", "yes", "no"),
        ("another made-up body", "unknown", "unknown"),
        ("", "unknown", "unknown"),
    ],
)
def test_a_tick_does_not_make_a_permission_out_to_somebody_else(
    to: str, ticked: str, names: str, facts: Facts
) -> None:
    found = facts(consents=[{**SOUND, "to": to}], findings={"consent_names_requester": ticked})

    assert found["consent"]["recipient"] == names


@pytest.mark.parametrize(
    ("kind", "names"),
    [("fns", "yes"), ("state_agency", "yes"), ("municipality_ga", "yes"), ("law_firm", "unknown"),
     ("health_provider", "unknown"), ("school", "unknown")],
)  # fmt: skip
def test_a_kind_of_body_is_named_where_there_is_one_or_the_laws_speak_of_what_it_does(
    kind: str, names: str, facts: Facts
) -> None:
    requester = {"class": kind, "body": "a made-up body"}

    found = facts(requester=requester, consents=[{**SOUND, "to": kind}])

    assert found["consent"]["recipient"] == names


PAPER = {"kind": "consent", "issuer": "subject", "written": "yes", "status": "live"}


@pytest.mark.parametrize(
    ("paper", "revoked", "elements"),
    [
        (PAPER, "no", "yes"),
        # What was taken back, set aside or has run out stands no more, whatever is written of it.
        ({**PAPER, "status": "withdrawn"}, "unknown", "yes"),
        ({**PAPER, "status": "quashed"}, "unknown", "yes"),
        ({**PAPER, "status": "stayed"}, "unknown", "yes"),
        ({**PAPER, "status": "expired"}, "unknown", "yes"),
        ({**PAPER, "status": "unknown"}, "no", "yes"),
        ({**PAPER, "valid": {"to": "2026-03-02"}}, "unknown", "yes"),
        ({**PAPER, "valid": {"to": "2026-03-03"}}, "no", "yes"),
        ({**PAPER, "valid": {"from": "2026-03-03"}}, "unknown", "yes"),
        ({**PAPER, "valid": {"from": "2026-03-02"}}, "no", "yes"),
        ({**PAPER, "signed": {"on": "2026-03-02"}}, "no", "yes"),
        ({**PAPER, "signed": {"on": "2026-03-03"}}, "unknown", "yes"),
        ({**PAPER, "served": {"on": "2026-03-03"}}, "unknown", "yes"),
        # The person signs it: no officer, no agency, no lawyer, nobody.
        ({**PAPER, "issuer": "officer"}, "no", "unknown"),
        ({**PAPER, "issuer": "agency_head"}, "no", "unknown"),
        ({**PAPER, "issuer": "attorney"}, "no", "unknown"),
        ({**PAPER, "issuer": "none"}, "no", "unknown"),
        ({**PAPER, "written": "no"}, "no", "unknown"),
        ({**PAPER, "written": "unknown"}, "no", "yes"),
        # Whose permission it is, a paper says: one that does not stand leaves all in doubt.
        ({**PAPER, "status": "withdrawn", "scope": {"persons_named": ["S1"]}}, "unknown", "yes"),
        # Another kind of paper says nothing of it.
        ({**PAPER, "kind": "letter", "issuer": "officer", "status": "withdrawn"}, "no", "yes"),
    ],
)  # fmt: skip
def test_a_permission_is_held_against_the_paper_of_it_that_came_along(
    paper: dict[str, object], revoked: str, elements: str, facts: Facts
) -> None:
    letter = {"kind": "letter", "written": "yes", "status": "live", "accompanies": [paper]}

    found = facts(instrument=letter, consents=[SOUND])["consent"]

    assert found == {**AS_IT_MUST_BE, "revoked": revoked, "elements": elements}


SNAP_ADDRESS = {"programs": ["snap"], "fields_named": ["S1.address"], "persons_named": ["S1"]}


@pytest.mark.parametrize(
    ("scopes", "field"),
    [
        ([], "yes"),
        # A paper that lists nothing leaves all to what is written of the permission.
        ([{}], "yes"),
        ([{"fields": "everything"}], "yes"),
        ([SNAP_ADDRESS], "yes"),
        ([{"fields_named": ["S1.address", "S1.name"]}], "yes"),
        ([{"programs": ["tanf", "snap"]}], "yes"),
        # One that lists something opens nothing else, whatever is written of the permission.
        ([{"fields_named": ["S1.name"]}], "no"),
        ([{"fields_named": ["S2.address"]}], "no"),
        ([{"fields_named": []}], "no"),
        ([{"programs": ["tanf"]}], "no"),
        ([{"programs": []}], "no"),
        ([{"persons_named": ["S2"]}], "no"),
        ([{**SNAP_ADDRESS, "programs": ["tanf"]}], "no"),
        # Of several, one has to name the person, the program and the field together.
        ([{"programs": ["tanf"]}, SNAP_ADDRESS], "yes"),
        ([SNAP_ADDRESS, {"fields_named": ["S1.name"]}], "yes"),
        ([{**SNAP_ADDRESS, "programs": ["tanf"]}, {**SNAP_ADDRESS, "fields_named": ["S1.name"]}],
         "no"),
    ],
)  # fmt: skip
def test_a_permission_covers_what_its_paper_lists_and_no_more(
    scopes: list[dict[str, object]], field: str, facts: Facts
) -> None:
    papers = [{**PAPER, "scope": scope} for scope in scopes]
    letter = {"kind": "letter", "written": "yes", "status": "live", "accompanies": papers}

    for named in ("S1.address", "address"):
        found = facts(instrument=letter, consents=[{**SOUND, "fields": [named]}])["consent"]
        assert found == {**AS_IT_MUST_BE, "field": field}


def test_what_a_paper_lists_widens_no_permission(facts: Facts) -> None:
    letter = {"kind": "letter", "written": "yes", "status": "live",
              "accompanies": [{**PAPER, "scope": SNAP_ADDRESS}]}  # fmt: skip

    assert facts(instrument=letter, consents=[{**SOUND, "fields": ["S1.name"]}])["consent"][
        "field"
    ] == "no"  # fmt: skip
    assert facts(instrument=letter)["consent"]["given"] == "no"


def test_a_permission_under_a_paper_under_the_letter_counts_and_the_demand_itself_may_be_one(
    facts: Facts,
) -> None:
    gone = {**PAPER, "status": "withdrawn"}
    between = {"kind": "form", "status": "live", "accompanies": [gone]}
    letter = {"kind": "letter", "written": "yes", "status": "live", "accompanies": [between]}

    assert facts(instrument=letter, consents=[SOUND])["consent"]["revoked"] == "unknown"
    assert facts(instrument=gone, consents=[SOUND])["consent"]["revoked"] == "unknown"
    assert facts(instrument=PAPER, consents=[SOUND])["consent"] == AS_IT_MUST_BE


def test_a_paper_of_a_permission_makes_none_and_takes_no_answer_back(facts: Facts) -> None:
    gone = {**PAPER, "status": "withdrawn", "issuer": "officer"}
    letter = {"kind": "letter", "written": "yes", "status": "live", "accompanies": [gone]}
    taken_back = {**SOUND, "revoked": "yes", "elements_complete": "no", "expires_on": None}

    assert facts(instrument=letter)["consent"]["given"] == "no"
    found = facts(instrument=letter, consents=[taken_back])["consent"]
    assert (found["revoked"], found["elements"], found["in_date"]) == ("yes", "no", "no")


def test_a_permission_that_names_no_program_covers_none_where_two_are_asked(facts: Facts) -> None:
    records = [
        {"program": "snap", "fields": ["S1.address"]},
        {"program": "tanf", "fields": ["S1.address"]},
    ]
    open_one, of_snap = SOUND, {**SOUND, "programs": ["snap"]}
    tanf = Item("S1", "tanf", "address")

    assert facts(records=records, consents=[open_one])["consent"]["field"] == "no"
    assert facts(records=records, consents=[of_snap])["consent"]["field"] == "yes"
    assert facts(item=tanf, records=records, consents=[of_snap])["consent"]["field"] == "no"


@pytest.mark.parametrize(
    ("scope", "snap_1", "snap_2", "tanf_1"),
    [
        ({}, "yes", "yes", "yes"),
        ({"persons_named": ["S1"]}, "yes", "no", "yes"),
        ({"persons_named": []}, "no", "no", "no"),
        ({"programs": ["snap"]}, "yes", "yes", "no"),
        ({"programs": []}, "no", "no", "no"),
        ({"fields_named": ["S1.address"]}, "of_which_program", "no", "of_which_program"),
        ({"fields_named": ["S2.address"]}, "no", "yes", "no"),
        ({"fields_named": ["S1.address"], "programs": ["tanf"]}, "no", "no", "yes"),
        ({"fields_named": ["S1.address"], "persons_named": ["S2"]}, "no", "no", "no"),
    ],
)
def test_a_paper_names_whom_and_what_it_names_one_by_one(
    scope: dict[str, object], snap_1: str, snap_2: str, tanf_1: str, facts: Facts
) -> None:
    parts = {
        "instrument": {"scope": {"persons": "named", "fields": "stated", **scope}},
        "subjects": [{"ref": "S1", "relation": "named"}, {"ref": "S2", "relation": "named"}],
        "records": [
            {"program": "snap", "fields": ["S1.address", "S2.address"]},
            {"program": "tanf", "fields": ["S1.address"]},
        ],
    }
    asked = [ITEM, Item("S2", "snap", "address"), Item("S1", "tanf", "address")]

    said = [facts(item=item, **parts)["paper"]["names_field"] for item in asked]

    assert said == [snap_1, snap_2, tanf_1]


def test_who_is_named_one_by_one_is_not_counted_again(facts: Facts) -> None:
    two = [{"ref": "S1", "relation": "named"}, {"ref": "S2", "relation": "named"}]
    records = [{"program": "snap", "fields": ["S1.address", "S2.address"]}]
    scope = {"persons": "named", "count": 1, "fields": "stated"}
    counted = {"instrument": {"scope": scope}}
    named = {"instrument": {"scope": {**scope, "persons_named": ["S1"]}}}

    assert facts(subjects=two, records=records, **counted)["paper"]["persons"] == "unknown"
    found = facts(subjects=two, records=records, **named)["paper"]
    assert (found["persons"], found["names_field"]) == ("named", "yes")


@pytest.mark.parametrize(
    "flaw",
    [{"revoked": "yes"}, {"revoked": "unknown"}, {"expires_on": "2026-03-02"}, {"fields": []},
     {"elements_complete": "no"}, {"to": "landlord", "revoked": "yes"}],
)  # fmt: skip
@pytest.mark.parametrize("first", [True, False])
def test_a_sound_permission_wins_over_one_with_a_flaw_wherever_it_stands(
    flaw: dict[str, object], first: bool, facts: Facts
) -> None:
    both = [SOUND, SOUND | flaw]

    found = facts(consents=both if first else both[::-1])

    assert found["consent"] == AS_IT_MUST_BE


# ---- Agreements.


@pytest.mark.parametrize(
    ("with_body", "party"),
    [
        ("A made-up police force", "yes"),
        ("police_state", "yes"),
        ("another body", "no"),
        ("", "no"),
    ],
)
def test_an_agreement_names_its_party_or_the_kind_of_it(
    with_body: str, party: str, facts: Facts
) -> None:
    assert facts(agreements=[{**MATCH, "with": with_body}])["agreement"]["party"] == party


MATCH = {
    "with": "police_state", "purposes": ["locate_fugitive"], "fields": ["address"],
    "from": "2026-03-01", "to": "2026-03-03", "in_force": "yes", "agreed_by_holder": "yes",
    "bars_onward_sharing": "no",
}  # fmt: skip
MATCHED = {
    "stated": "yes", "party": "yes", "purpose": "yes", "field": "yes", "in_force": "yes",
    "agreed_by_holder": "yes", "bars_onward_sharing": "no",
}  # fmt: skip


def test_a_sound_agreement_is_as_it_must_be(facts: Facts) -> None:
    assert facts(agreements=[MATCH])["agreement"] == MATCHED


@pytest.mark.parametrize(
    ("scopes", "field"),
    [
        ([], "yes"),
        ([{}], "yes"),
        # A field that it lists of one person or of a class is the field: it is about everybody.
        ([{"fields_named": ["S*.address"], "programs": ["snap"]}], "yes"),
        ([{"fields_named": ["S2.address"]}], "yes"),
        ([{"persons_named": ["S2"]}], "yes"),
        ([{"fields_named": ["S1.name"]}], "no"),
        ([{"fields_named": []}], "no"),
        ([{"programs": ["tanf"]}], "no"),
        ([{"programs": []}], "no"),
        # Of several, one has to list the program and the field together.
        ([{"programs": ["tanf"]}, {"fields_named": ["S1.name"]}], "no"),
        # What one says nothing of it does not add to what another lists.
        ([{"programs": ["tanf"]}, {"fields_named": ["S1.address"]}], "no"),
        ([{"programs": ["snap"]}, {"fields_named": ["S1.address"]}], "yes"),
    ],
)
def test_an_agreement_covers_what_its_paper_lists_and_no_more(
    scopes: list[dict[str, object]], field: str, facts: Facts
) -> None:
    paper = {"kind": "matching_agreement", "issuer": "agency_head", "status": "live"}
    papers = [{**paper, "scope": scope} for scope in scopes]
    letter = {"kind": "letter", "written": "yes", "status": "live", "accompanies": papers}

    for named in ("S1.address", "address"):
        found = facts(instrument=letter, agreements=[{**MATCH, "fields": [named]}])["agreement"]
        assert found == {**MATCHED, "field": field}


AGREED = {"kind": "matching_agreement", "issuer": "agency_head", "status": "live"}


@pytest.mark.parametrize(
    ("paper", "in_force"),
    [
        ({}, "yes"),
        ({"issuer": "officer"}, "yes"),
        ({"written": "yes"}, "yes"),
        ({"status": "unknown"}, "yes"),
        ({"status": "withdrawn"}, "unknown"),
        ({"status": "expired"}, "unknown"),
        ({"status": "quashed"}, "unknown"),
        ({"status": "stayed"}, "unknown"),
        ({"valid": {"to": "2026-03-02"}}, "unknown"),
        ({"valid": {"to": "2026-03-03"}}, "yes"),
        ({"valid": {"from": "2026-03-03"}}, "unknown"),
        ({"valid": {"from": "2026-03-02"}}, "yes"),
        ({"signed": {"on": "2026-03-03"}}, "unknown"),
        ({"signed": {"on": "2026-03-02"}}, "yes"),
        # Two agencies agree in writing, through those who may bind them.
        ({"issuer": "attorney"}, "unknown"),
        ({"issuer": "subject"}, "unknown"),
        ({"issuer": "none"}, "unknown"),
        ({"written": "no"}, "unknown"),
        # Another kind of paper says nothing of it.
        ({"kind": "letter", "status": "withdrawn"}, "yes"),
    ],
)
def test_an_agreement_is_held_against_the_paper_of_it_that_came_along(
    paper: dict[str, object], in_force: str, facts: Facts
) -> None:
    came = [AGREED, {**AGREED, **paper}]
    letter = {"kind": "letter", "written": "yes", "status": "live", "accompanies": came}

    for said in ("yes", None):
        found = facts(instrument=letter, agreements=[{**MATCH, "in_force": said}])["agreement"]
        assert found == {**MATCHED, "in_force": in_force}
    # What is written of it as no longer in force no paper brings back.
    ended = facts(instrument=letter, agreements=[{**MATCH, "in_force": "no"}])["agreement"]
    assert ended["in_force"] == "no"


def test_the_demand_itself_may_be_the_paper_of_the_agreement(facts: Facts) -> None:
    gone = {**AGREED, "status": "withdrawn"}

    assert facts(instrument=AGREED, agreements=[MATCH])["agreement"]["in_force"] == "yes"
    assert facts(instrument=gone, agreements=[MATCH])["agreement"]["in_force"] == "unknown"


def test_without_an_agreement_nothing_is_agreed(facts: Facts) -> None:
    assert facts()["agreement"] == dict.fromkeys(MATCHED, "no")


@pytest.mark.parametrize(
    ("change", "fact", "answer"),
    [
        ({"with": "law_enforcement"}, "party", "no"),
        ({"with": "fns"}, "party", "no"),
        ({"purposes": ["tenancy"]}, "purpose", "no"),
        ({"fields": ["S1.address"]}, "field", "yes"),
        ({"fields": ["phone"]}, "field", "no"),
        ({"to": "2026-03-02"}, "in_force", "no"),
        ({"to": "2026-03-03"}, "in_force", "yes"),
        ({"to": "2026-03-01", "from": None}, "in_force", "no"),
        ({"from": "2026-03-03", "to": "2026-03-04"}, "in_force", "no"),
        ({"from": "2026-03-02"}, "in_force", "yes"),
        ({"from": "2026-03-01"}, "in_force", "yes"),
        ({"in_force": "no"}, "in_force", "no"),
        ({"in_force": None}, "in_force", "yes"),
        ({"in_force": None, "from": None, "to": None}, "in_force", "unknown"),
        ({"in_force": None, "from": None}, "in_force", "unknown"),
        ({"from": None, "to": None}, "in_force", "yes"),
        ({"agreed_by_holder": "unknown"}, "agreed_by_holder", "unknown"),
    ],
)
def test_an_agreement_is_measured_against_the_demand_and_its_own_dates(
    change: dict[str, object], fact: str, answer: str, facts: Facts
) -> None:
    assert facts(agreements=[MATCH | change])["agreement"][fact] == answer


@pytest.mark.parametrize("first", [True, False])
def test_an_agreement_in_force_wins_over_one_that_lapsed(first: bool, facts: Facts) -> None:
    lapsed = MATCH | {"to": "2026-03-02", "bars_onward_sharing": "yes"}
    both = [MATCH, lapsed]

    assert facts(agreements=both if first else both[::-1])["agreement"] == MATCHED


# ---- Holds and silence.


@pytest.mark.parametrize(
    ("day", "state"),
    [("2026-02-28", "lapsed"), ("2026-03-01", "active"), ("2026-03-30", "active"),
     ("2026-03-31", "active"), ("2026-04-01", "lapsed")],
)  # fmt: skip
def test_an_oral_hold_runs_to_its_thirtieth_day_and_not_one_more(
    day: str, state: str, facts: Facts
) -> None:
    hold = {"kind": "law_enforcement", "form": "oral", "from": "2026-03-01"}

    assert facts(holds=[hold], on=date.fromisoformat(day))["hold"] == state


@pytest.mark.parametrize(
    ("hold", "day", "state"),
    [
        ({"form": "oral", "to": "2026-03-10"}, "2026-03-10", "lapsed"),
        ({"form": "oral", "to": "2026-03-10"}, "2026-03-09", "active"),
        ({"form": "oral", "to": "2026-06-01"}, "2026-04-01", "lapsed"),
        ({"form": "oral", "to": "2026-06-01", "written_followup": "yes"}, "2026-05-31", "active"),
        ({"form": "oral", "to": "2026-06-01", "written_followup": "yes"}, "2026-06-01", "lapsed"),
        ({"form": "oral", "written_followup": "no"}, "2026-04-01", "lapsed"),
        ({"form": "written"}, "2026-03-31", "active"),
        ({"form": "written"}, "2026-04-01", "lapsed"),
        ({"form": "written", "to": "2027-06-01"}, "2027-03-01", "active"),
        ({"form": "written", "to": "2026-06-01"}, "2026-06-01", "lapsed"),
        ({"form": "written", "to": "2026-06-01"}, "2026-05-31", "active"),
        ({"form": "written", "to": "2026-06-01"}, "2026-06-02", "lapsed"),
        ({"form": "written", "to": "2026-06-01"}, "2026-02-28", "lapsed"),
        ({"form": "written", "to": "2026-06-01"}, "2026-03-01", "active"),
    ],
)
def test_a_hold_ends_on_its_own_day_and_a_written_one_may_run_longer(
    hold: dict[str, object], day: str, state: str, facts: Facts
) -> None:
    whole = {"kind": "law_enforcement", "from": "2026-03-01"} | hold

    assert facts(holds=[whole], on=date.fromisoformat(day))["hold"] == state


def test_one_hold_that_runs_is_enough(facts: Facts) -> None:
    holds = [
        {"kind": "law_enforcement", "form": "oral", "from": "2025-01-01"},
        {"kind": "law_enforcement", "form": "oral", "from": "2026-03-01"},
    ]

    assert facts()["hold"] == "none"
    assert facts(holds=holds)["hold"] == "active"


@pytest.mark.parametrize(
    ("silence", "ordered"),
    [
        (None, "unknown"),
        ({"ordered": "yes"}, "yes"),
        ({"ordered": "yes", "until": "2026-03-03"}, "yes"),
        ({"ordered": "yes", "until": "2026-03-02"}, "no"),
        ({"ordered": "yes", "until": "2026-03-01"}, "no"),
        ({"ordered": "no", "until": "2026-03-03"}, "no"),
    ],
)
def test_an_order_of_silence_lapses_by_itself(silence: object, ordered: str, facts: Facts) -> None:
    assert facts(nondisclosure=silence)["nondisclosure"]["ordered"] == ordered


# ---- Changing a fact.


def test_changing_a_fact_leaves_the_facts_before_as_they_were(facts: Facts) -> None:
    before = facts()

    after = changed(before, "findings.part2_order", "yes")

    assert after["findings"]["part2_order"] == "yes"
    assert before["findings"]["part2_order"] == "unknown"
    assert changed(after, "findings.part2_order", "unknown") == before
    assert changed(before, "months", "one")["months"] == "one"


# ---- Whose court, and who acts for whom.


@pytest.mark.parametrize(
    ("court", "said"),
    [
        (None, "unstated"),
        ({"name": "a made-up court"}, "unstated"),
        ({"jurisdiction": "us"}, "federal"),
        # A body of rules has no courts: what is written so opens nothing.
        ({"jurisdiction": "us-federal"}, "other_state"),
        ({"jurisdiction": "us-me"}, "holder_state"),
        ({"jurisdiction": "us-vt"}, "other_state"),
    ],
)
def test_a_paper_comes_from_a_federal_court_or_one_of_this_or_another_state(
    court: object, said: str, facts: Facts
) -> None:
    assert facts(instrument={"court": court})["paper"]["court"] == said


def test_who_acts_for_a_person_is_a_fact_of_that_person_alone(facts: Facts) -> None:
    two = [{"ref": "S1", "relation": "named"}, {"ref": "S2", "relation": "named"}]
    records = [{"program": "snap", "fields": ["S1.address", "S2.address"]}]
    acting = [{"for": "S1", "as": "parent"}]
    parts = {"subjects": two, "records": records, "representatives": acting}

    assert facts(**parts)["subject"]["represented_by"] == "parent"
    other = facts(item=Item("S2", "snap", "address"), **parts)
    assert other["subject"]["represented_by"] == "unstated"


@pytest.mark.parametrize(
    ("valid", "runs"),
    [
        (None, "unknown"),
        ({}, "unknown"),
        ({"from": None, "to": None}, "unknown"),
        # Half-open: the day on which it ends is no longer covered, that on which it begins is.
        ({"to": "2026-03-01"}, "no"),
        ({"to": "2026-03-02"}, "no"),
        ({"to": "2026-03-03"}, "yes"),
        ({"from": "2026-03-01"}, "yes"),
        ({"from": "2026-03-02"}, "yes"),
        ({"from": "2026-03-03"}, "no"),
        ({"from": "2026-03-02", "to": "2026-03-03"}, "yes"),
        ({"from": "2026-03-03", "to": "2026-03-04"}, "no"),
    ],
)
def test_what_lets_somebody_act_for_another_runs_on_its_days(
    valid: dict[str, str | None] | None, runs: str, facts: Facts
) -> None:
    acting = [{"for": "S1", "as": "agent", **({} if valid is None else {"valid": valid})}]

    assert facts(representatives=acting)["subject"]["authority_in_date"] == runs


def test_nobody_who_acts_for_nobody_has_days(facts: Facts) -> None:
    two = [{"ref": "S1", "relation": "named"}, {"ref": "S2", "relation": "named"}]
    acting = [{"for": "S2", "as": "agent", "valid": {"to": "2026-03-01"}}]

    found = facts(subjects=two, representatives=acting)["subject"]
    assert (found["represented_by"], found["authority_in_date"]) == ("unstated", "unknown")


@pytest.mark.parametrize(
    ("jurisdiction", "holder", "said"),
    [
        (None, "us-me", "unstated"),
        ("us-me", "us-me", "holder_state"),
        ("us-nh", "us-me", "other_state"),
        ("us-me", "us-nh", "other_state"),
        ("us", "us-me", "federal"),
        ("us", "us", "federal"),
    ],
)
def test_whose_body_asks_is_seen_from_the_holder(
    jurisdiction: str | None, holder: str, said: str, facts: Facts
) -> None:
    found = facts(
        requester={"class": "police_state", "jurisdiction": jurisdiction},
        holder={"agency": "me-dhhs", "kind": "state_agency", "jurisdiction": holder},
    )

    assert found["requester_state"] == said


@pytest.mark.parametrize(
    ("valid", "on", "said"),
    [
        # It came while it ran, and its last day went by before anybody answered.
        (("2026-03-01", "2026-03-04"), date(2026, 3, 5), ("unknown", "unknown")),
        (("2026-03-01", "2026-03-04"), date(2026, 3, 4), ("unknown", "unknown")),
        (("2026-03-01", "2026-03-02"), date(2026, 3, 2), ("unknown", "unknown")),
        ((None, "2026-03-04"), date(2026, 3, 5), ("unknown", "unknown")),
        # It came before it ran, or is still to begin.
        (("2026-03-03", "2026-03-04"), date(2026, 3, 5), ("unknown", "unknown")),
        (("2026-03-06", None), date(2026, 3, 5), ("unknown", "unknown")),
        (("2026-03-06", "2026-03-09"), date(2026, 3, 5), ("unknown", "unknown")),
        # Its days had run out when it came.
        (("2026-02-01", "2026-03-01"), date(2026, 3, 5), ("live", "no")),
        ((None, "2026-03-01"), date(2026, 3, 5), ("live", "no")),
        # It runs, or never ends.
        (("2026-03-01", "2026-03-06"), date(2026, 3, 5), ("live", "yes")),
        (("2026-03-05", None), date(2026, 3, 5), ("live", "yes")),
        (("2026-03-01", None), date(2026, 3, 5), ("live", "yes")),
    ],
)
def test_process_on_other_days_than_its_own_may_still_bind(
    facts: Facts, valid: tuple[str | None, str | None], on: date, said: tuple[str, str]
) -> None:
    days = {"from": valid[0], "to": valid[1]}
    order = {"kind": "court_order", "issuer": "state_judge", "status": "live", "valid": days}

    paper = facts(on=on, instrument=order)["paper"]

    assert (paper["status"], paper["in_date"]) == said


@pytest.mark.parametrize(
    ("kind", "issuer", "status", "said"),
    [
        ("search_warrant", "magistrate_judge", "live", "unknown"),
        ("judicial_subpoena", "clerk", "live", "unknown"),
        ("grand_jury_subpoena", "grand_jury", "live", "unknown"),
        ("legislative_subpoena", "legislature", "live", "unknown"),
        # What binds nobody, and what was set aside, ends with its days.
        ("letter", "officer", "live", "live"),
        ("consent", "subject", "live", "live"),
        ("court_order", "state_judge", "quashed", "quashed"),
    ],
)
def test_only_process_that_stands_lapses_on_the_desk(
    facts: Facts, kind: str, issuer: str, status: str, said: str
) -> None:
    days = {"from": "2026-03-01", "to": "2026-03-04"}
    paper = {"kind": kind, "issuer": issuer, "status": status, "valid": days}

    assert facts(on=date(2026, 3, 5), instrument=paper)["paper"]["status"] == said
