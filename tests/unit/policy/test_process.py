"""Process of a court that came along: whom it reaches. All papers are made up."""

from collections.abc import Callable
from typing import Any

import pytest

from clerestory.demands import Demand
from clerestory.law.packs import PackStack
from clerestory.policy import Engine
from clerestory.policy.decide.stages import run
from clerestory.policy.model.facts import DemandFacts, facts_of
from clerestory.policy.model.process import ISSUERS

Make = Callable[..., Demand]
Said = dict[str, Any]
SUBPOENA: Said = {"kind": "judicial_subpoena", "issuer": "clerk", "status": "live"}
TWO = [
    {"ref": "S1", "relation": "named"},
    {"ref": "S2", "relation": "named"},
]


def beside(make: Make, stack: PackStack, *papers: Said, **parts: Any) -> dict[str, str]:
    """Whether process reaches each item: by its programme and its reference."""
    demand = make(instrument={"accompanies": list(papers)}, **parts)
    read = DemandFacts.of(demand, demand.received_on, stack.vocabulary)
    return {
        f"{item.program} {item.ref}": read.about(item).context["paper"]["process"]
        for item in demand.items
    }


def one(make: Make, stack: PackStack, **said: Any) -> str:
    (answer,) = beside(make, stack, {**SUBPOENA, **said}).values()
    return answer


@pytest.mark.parametrize(
    ("said", "reaches"),
    [
        ({}, "yes"),
        ({"written": "yes"}, "yes"),
        ({"written": "no"}, "no"),
        ({"issuer": "none"}, "no"),
        ({"issuer": "immigration_officer"}, "no"),
        ({"issuer": "immigration_judge"}, "no"),
        ({"issuer": "officer"}, "no"),
        ({"issuer": "attorney"}, "yes"),
        ({"kind": "grand_jury_subpoena"}, "yes"),
        ({"kind": "grand_jury_subpoena", "issuer": "attorney"}, "no"),
        ({"kind": "search_warrant"}, "no"),
        ({"kind": "search_warrant", "issuer": "state_judge"}, "yes"),
        ({"kind": "administrative_subpoena", "issuer": "state_judge"}, "no"),
        ({"kind": "court_order", "issuer": "state_judge"}, "no"),
        ({"status": "quashed"}, "no"),
        ({"status": "unknown"}, "no"),
        ({"valid": {"to": "2026-03-02"}}, "no"),
        ({"valid": {"to": "2026-03-03"}}, "yes"),
        ({"signed": {"on": "2026-03-03"}}, "no"),
        ({"served": {"on": "2026-03-03"}}, "no"),
        ({"signed": {"on": "2026-03-02"}, "served": {"on": "2026-03-02"}}, "yes"),
        ({"signed": {"on": "2025-03-01"}}, "yes"),
        ({"signed": {"on": "2025-02-28"}}, "no"),
        # A form is of one kind and of one court, a judge sits in one court, and another State's
        # court reaches nobody here.
        ({"form": "ao_88b"}, "yes"),
        ({"form": "me_subpoena"}, "yes"),
        ({"form": "ao_93"}, "no"),
        ({"form": "i_138"}, "no"),
        ({"form": "ao_88b", "court": {"jurisdiction": "us"}}, "yes"),
        ({"form": "ao_88b", "court": {"jurisdiction": "us-me"}}, "no"),
        ({"form": "me_subpoena", "court": {"jurisdiction": "us"}}, "no"),
        ({"form": "ao_88b", "issuer": "state_judge"}, "no"),
        ({"form": "me_subpoena", "issuer": "magistrate_judge"}, "no"),
        ({"court": {"jurisdiction": "us"}}, "yes"),
        ({"court": {"jurisdiction": "us-me"}}, "yes"),
        ({"court": {"jurisdiction": "us-nh"}}, "no"),
        ({"issuer": "article_iii_judge", "court": {"jurisdiction": "us-me"}}, "no"),
        ({"issuer": "article_iii_judge", "court": {"jurisdiction": "us"}}, "yes"),
        ({"issuer": "state_judge", "court": {"jurisdiction": "us"}}, "no"),
        ({"issuer": "state_judge", "court": {"jurisdiction": "us-me"}}, "yes"),
        # Whom and what it names.
        ({"scope": {"persons_named": ["S1"]}}, "yes"),
        ({"scope": {"persons_named": []}}, "no"),
        ({"scope": {"programs": ["snap"]}}, "yes"),
        ({"scope": {"programs": ["tanf"]}}, "no"),
        ({"scope": {"programs": []}}, "no"),
        ({"scope": {"fields_named": ["S1.address"]}}, "yes"),
        ({"scope": {"fields_named": ["S1.phone"]}}, "no"),
        ({"scope": {"fields": "everything"}}, "no"),
        ({"scope": {"persons": "class"}}, "no"),
        ({"scope": {"count": "all"}}, "no"),
        ({"scope": {"count": 3}}, "yes"),
    ],
)  # fmt: skip
def test_what_came_along_reaches_whom_it_could_be_for(
    said: Said, reaches: str, make: Make, stack: PackStack
) -> None:
    assert one(make, stack, **said) == reaches


def test_of_several_persons_it_is_for_those_that_it_names_or_counts(
    make: Make, stack: PackStack
) -> None:
    asked = {
        "subjects": TWO,
        "records": [{"program": "snap", "fields": ["S1.address", "S2.address"]}],
    }

    def told(**scope: Any) -> list[str]:
        return [*beside(make, stack, {**SUBPOENA, "scope": scope}, **asked).values()]

    assert told() == ["no", "no"]
    assert told(count=1) == ["no", "no"]
    assert told(count=2) == ["yes", "yes"]
    assert told(persons_named=["S2"]) == ["no", "yes"]
    assert told(persons_named=["S2"], count=1) == ["no", "yes"]


def test_of_several_programs_it_is_for_those_that_it_names(make: Make, stack: PackStack) -> None:
    asked = {
        "records": [
            {"program": "snap", "fields": ["S1.address"]},
            {"program": "tanf", "fields": ["S1.address"]},
        ]
    }

    silent = beside(make, stack, SUBPOENA, **asked)
    named = beside(make, stack, {**SUBPOENA, "scope": {"programs": ["tanf"]}}, **asked)

    assert silent == {"snap S1.address": "no", "tanf S1.address": "no"}
    assert named == {"snap S1.address": "no", "tanf S1.address": "yes"}


def test_one_that_is_for_another_takes_nothing_from_one_that_is_for_the_person(
    make: Make, stack: PackStack
) -> None:
    another = {**SUBPOENA, "scope": {"persons_named": ["S2"]}}
    deep: Said = {"kind": "letter", "accompanies": [{**SUBPOENA, "scope": {"count": 1}}]}

    assert beside(make, stack, another, {"kind": "letter"}) == {"snap S1.address": "no"}
    assert beside(make, stack, another, deep) == {"snap S1.address": "yes"}


@pytest.mark.parametrize(
    ("said", "reaches"),
    [
        ({}, "yes"),
        ({"scope": {"persons": "named", "fields": "everything"}}, "no"),
        ({"scope": {"persons": "named"}}, "no"),
        ({"issuer": "officer"}, "no"),
        ({"status": "expired"}, "no"),
    ],
)
def test_the_paper_itself_is_process_where_it_names_the_field(
    said: Said, reaches: str, make: Make, stack: PackStack
) -> None:
    demand = make(instrument={"kind": "judicial_subpoena", "issuer": "clerk", **said})

    facts = facts_of(demand, demand.items[0], demand.received_on, stack.vocabulary)

    assert facts["paper"]["process"] == reaches


@pytest.mark.parametrize("kind", sorted(ISSUERS))
def test_the_packs_say_the_same_of_who_can_issue_a_paper(
    kind: str, engine: Engine, make: Make
) -> None:
    possible = set()
    for issuer in engine.law.stack.vocabulary.lists["issuer"]:
        docket = engine.docket(make(instrument={"kind": kind, "issuer": issuer}))
        (answer,) = run(engine.law, docket.cases, docket.entities)
        if "paper_contradicts_itself" not in answer.context["established"]:
            possible.add(issuer)

    # A court of a tribe issues such papers too, and none that opens records of treatment by itself.
    assert possible == ISSUERS[kind] | {"tribal_judge"}


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("ao_88", "judicial_subpoena"), ("ao_88b", "judicial_subpoena"),
        ("ao_93", "search_warrant"), ("ao_110", "grand_jury_subpoena"),
        ("me_subpoena", "judicial_subpoena"),
        ("i_138", ""), ("i_200", ""), ("i_205", ""), ("i_247", ""),
    ],
)  # fmt: skip
def test_a_form_is_of_one_kind(form: str, kind: str, make: Make, stack: PackStack) -> None:
    clerk = {"issuer": "magistrate_judge" if form != "me_subpoena" else "clerk", "form": form}

    fits = [k for k in ISSUERS if one(make, stack, **clerk, kind=k) == "yes"]

    assert fits == [kind] * bool(kind)


def test_every_form_was_looked_at(stack: PackStack) -> None:
    assert set(stack.vocabulary.lists["form"]) == {
        "ao_110", "ao_88", "ao_88b", "ao_93", "i_138", "i_200", "i_205", "i_247", "me_subpoena",
    }  # fmt: skip


# ---- What came along and may bind, whatever it opens.

ORDER: Said = {"kind": "court_order", "issuer": "state_judge", "status": "live"}
S2_ONLY: Said = {"persons_named": ["S2"]}
BOTH = [{"program": "snap", "fields": ["S1.address", "S2.address"]}]
FAMILY = [{"ref": "S1", "relation": "named"}, {"ref": "S2", "relation": "household_member"}]


def may_reach(make: Make, stack: PackStack, *papers: Said, **parts: Any) -> str:
    """Whether process that came along may reach each of the items, in order."""
    parts = {"subjects": TWO, "records": BOTH, **parts}
    demand = make(instrument={"accompanies": list(papers)}, **parts)
    read = DemandFacts.of(demand, demand.received_on, stack.vocabulary)
    said = (read.about(item).context["paper"]["process_beside"] for item in demand.items)
    return " ".join(said)


@pytest.mark.parametrize(
    ("said", "reached"),
    [
        ({}, "yes yes"),
        ({"scope": S2_ONLY}, "no yes"),
        ({"scope": {"persons_named": []}}, "no no"),
        ({"scope": {"fields_named": ["S1.address"]}}, "yes no"),
        ({"scope": {"fields_named": ["S1.income"]}}, "no no"),
        ({"scope": {"programs": ["tanf"]}}, "no no"),
        ({"scope": {"programs": ["tanf", "snap"]}}, "yes yes"),
        # Which of two it counts nobody knows, and one for all reaches each.
        ({"scope": {"count": 1}}, "yes yes"),
        ({"scope": {"count": "all"}}, "yes yes"),
        ({"kind": "search_warrant"}, "yes yes"),
        ({"kind": "judicial_subpoena"}, "yes yes"),
        ({"kind": "grand_jury_subpoena"}, "yes yes"),
        ({"kind": "legislative_subpoena"}, "yes yes"),
        ({"kind": "administrative_subpoena", "issuer": "officer"}, "no no"),
        ({"kind": "administrative_subpoena"}, "yes yes"),
        ({"kind": "administrative_subpoena", "enforced_by_order": "yes"}, "yes yes"),
        ({"kind": "arrest_warrant"}, "no no"),
        # A judge's letter may be an order: whose it is not is no question.
        ({"kind": "letter"}, "yes yes"),
        ({"kind": "letter", "issuer": "tribal_judge", "scope": S2_ONLY}, "no yes"),
        ({"kind": "none", "issuer": "magistrate_judge", "status": "unknown"}, "yes yes"),
        ({"kind": "letter", "status": "withdrawn"}, "no no"),
        ({"kind": "letter", "valid": {"to": "2026-03-02"}}, "no no"),
        ({"kind": "letter", "issuer": "officer"}, "no no"),
        ({"kind": "letter", "issuer": "administrative_judge"}, "no no"),
        ({"kind": "consent"}, "no no"),
        ({"issuer": "tribal_judge"}, "yes yes"),
        # What purports to be a court's is asked about; whoever is no court is none.
        ({"issuer": "officer"}, "yes yes"),
        ({"issuer": "clerk"}, "yes yes"),
        ({"issuer": "none"}, "yes yes"),
        ({"issuer": "immigration_judge"}, "no no"),
        ({"issuer": "immigration_officer"}, "no no"),
        ({"issuer": "administrative_judge"}, "no no"),
        # In force or not known to be, on the day or from tomorrow: 2 March is the day.
        ({"status": "unknown"}, "yes yes"),
        ({"status": "expired"}, "no no"),
        ({"status": "quashed"}, "no no"),
        ({"status": "stayed"}, "no no"),
        ({"status": "withdrawn"}, "no no"),
        ({"valid": {"from": "2026-03-03"}}, "yes yes"),
        ({"valid": {"from": "2026-03-03"}, "status": "unknown"}, "yes yes"),
        ({"valid": {"from": "2026-03-02"}, "status": "unknown"}, "yes yes"),
        ({"valid": {"to": "2026-03-03"}, "status": "unknown"}, "yes yes"),
        ({"valid": {"to": "2026-03-02"}, "status": "unknown"}, "yes yes"),
        ({"valid": {"to": "2026-03-02"}}, "yes yes"),
        ({"valid": {"to": "2026-03-01"}, "status": "unknown"}, "no no"),
        ({"valid": {"to": "2026-03-01"}}, "no no"),
        ({"valid": {"from": "2026-03-03"}, "status": "expired"}, "no no"),
        ({"served": {"on": "2026-03-03"}}, "yes yes"),
    ],
)
def test_what_came_along_may_bind_whom_it_names(
    said: Said, reached: str, make: Make, stack: PackStack
) -> None:
    assert may_reach(make, stack, {**ORDER, **said}) == reached


@pytest.mark.parametrize(
    ("own", "kind", "scope", "reached"),
    [
        # It may mean whom the paper in hand does not name: something in the envelope asks of them.
        ("court_order", "court_order", {}, "yes yes"),
        ("court_order", "court_order", {"count": 2}, "yes yes"),
        ("court_order", "court_order", {"programs": ["snap"]}, "yes yes"),
        ("court_order", "court_order", {"programs": ["tanf"]}, "no no"),
        ("court_order", "court_order", S2_ONLY, "no yes"),
        ("court_order", "court_order", {"fields_named": ["S2.address"]}, "no yes"),
        ("letter", "court_order", {}, "yes yes"),
        ("letter", "judicial_subpoena", {}, "yes yes"),
        ("judicial_subpoena", "judicial_subpoena", {}, "yes yes"),
        # Of an order and a subpoena that come together, each is for what the other names.
        ("judicial_subpoena", "court_order", {}, "yes no"),
        ("judicial_subpoena", "court_order", S2_ONLY, "no yes"),
        ("court_order", "judicial_subpoena", {}, "yes no"),
        ("court_order", "judicial_subpoena", {"count": 2}, "yes no"),
        ("court_order", "judicial_subpoena", {"programs": ["snap"]}, "yes no"),
        ("court_order", "judicial_subpoena", S2_ONLY, "no yes"),
        ("court_order", "judicial_subpoena", {"fields_named": ["S2.address"]}, "no yes"),
        ("court_order", "search_warrant", {}, "yes no"),
    ],
)
def test_what_says_nothing_of_its_scope_may_mean_whatever_is_asked(
    own: str, kind: str, scope: Said, reached: str, make: Make, stack: PackStack
) -> None:
    names_one = {"persons": "named", "fields": "stated", "persons_named": ["S1"]}
    came = {**ORDER, "kind": kind, "scope": scope}
    paper = {"kind": own, "scope": names_one, "accompanies": [came]}
    demand = make(instrument=paper, subjects=TWO, records=BOTH)
    read = DemandFacts.of(demand, demand.received_on, stack.vocabulary)

    said = [read.about(item).context["paper"]["process_beside"] for item in demand.items]

    assert " ".join(said) == reached


def test_each_of_several_papers_may_bind_whom_it_names(make: Make, stack: PackStack) -> None:
    for_one = {**ORDER, "scope": {"persons_named": ["S1"]}}
    inside = {"kind": "letter", "accompanies": [{**ORDER, "scope": S2_ONLY}]}

    assert may_reach(make, stack, for_one) == "yes no"
    assert may_reach(make, stack, for_one, inside) == "yes yes"
    assert may_reach(make, stack) == "no no"


@pytest.mark.parametrize(
    ("scope", "subjects", "said"),
    [
        # Whom a paper is said not to name it does not reach, unless it names or counts them.
        ({}, FAMILY, "yes no"),
        ({"count": 1}, FAMILY, "yes no"),
        ({"count": 2}, FAMILY, "yes yes"),
        (S2_ONLY, FAMILY, "no yes"),
        ({"persons_named": ["S1"], "count": 2}, FAMILY, "yes no"),
        ({"fields_named": ["S2.address"]}, FAMILY, "no yes"),
        ({"fields_named": ["S1.address"], "count": 2}, FAMILY, "yes no"),
        ({}, [{**one, "relation": "household_member"} for one in FAMILY], "yes yes"),
        ({}, [FAMILY[1], {"ref": "S1", "relation": "listed_row"}], "yes no"),
    ],
)
def test_a_member_of_the_household_is_reached_by_what_names_or_counts_them(
    scope: Said, subjects: list[Said], said: str, make: Make, stack: PackStack
) -> None:
    order = {**ORDER, "scope": scope}

    assert may_reach(make, stack, order, subjects=subjects) == said


@pytest.mark.parametrize(
    ("paper", "relation"),
    [
        ({}, "household_member"),
        ({"scope": {"count": 1}}, "household_member"),
        ({"scope": {"count": 2}}, "unknown"),
        ({"scope": {"persons_named": ["S1"], "count": 2}}, "household_member"),
        ({"scope": {"fields_named": ["S1.address"], "count": 2}}, "household_member"),
        ({"scope": {"fields_named": ["S1.address", "S2.address"]}}, "unknown"),
        ({"kind": "search_warrant", "scope": {"count": 2}}, "unknown"),
        ({"kind": "judicial_subpoena", "scope": {"count": 2}}, "unknown"),
        # What binds nobody is held to its words.
        ({"kind": "letter", "scope": {"count": 2}}, "household_member"),
        ({"kind": "administrative_subpoena", "scope": {"count": 2}}, "household_member"),
        (
            {"kind": "administrative_subpoena", "enforced_by_order": "yes", "scope": {"count": 2}},
            "unknown",
        ),
    ],
)
def test_how_one_is_tied_whom_an_order_names_and_is_said_not_to_name_is_unknown(
    paper: Said, relation: str, make: Make, stack: PackStack
) -> None:
    demand = make(instrument={**ORDER, **paper}, subjects=FAMILY, records=BOTH)
    read = DemandFacts.of(demand, demand.received_on, stack.vocabulary)

    relations = [read.about(item).context["subject"]["relation"] for item in demand.items]

    assert relations == ["named", relation]


def test_an_order_that_is_for_a_member_of_the_household_alone_may_name_them(
    make: Make, stack: PackStack
) -> None:
    demand = make(instrument=ORDER, subjects=[{"ref": "S1", "relation": "household_member"}])

    facts = facts_of(demand, demand.items[0], demand.received_on, stack.vocabulary)

    assert (facts["subject"]["relation"], facts["subject"]["alone"]) == ("unknown", "no")
