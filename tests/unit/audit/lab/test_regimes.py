"""Regimes over one circuit, and the limits on what their conditions may read."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clerestory.audit.lab.regimes import Regimes
from clerestory.audit.lab.scenario import BadScenario
from clerestory.law.errors import PackFault
from clerestory.policy.circuit.circuit import codes_read
from clerestory.policy.errors import OutsideSubset

Made = Callable[..., Regimes]
Row = dict[str, Any]

EXPOSES = 'resource.name != "procedures"'
GROUP = 'principal in Requester::"law_enforcement"'
RELEASE = 'context.established.contains("person_named")'
REFER = 'context.paper.kind == "judicial_subpoena" || context.channel == "fax"'


def told(regimes: Regimes, row: Row) -> set[str]:
    values = regimes.circuit.evaluate(row)
    return {name for name, place in regimes.wanted.items() if values[place]}


def test_each_regime_answers_by_its_law_or_by_its_conditions(regimes: Made, row: Row) -> None:
    made = regimes()

    assert told(made, row) == {"exposes", "group all", "group police", "release law",
                               "release named"}  # fmt: skip


def test_a_law_of_another_day_is_another_regime(regimes: Made) -> None:
    made = regimes()

    assert set(made.laws) == {"us-aa", "us-aa@2019-12-31"}
    assert [law.choice.on for law in made.laws.values()] == [date(2026, 3, 2), date(2019, 12, 31)]
    digest = made.base.choice.stack.digest
    assert made.marks() == [f"{digest} 2026-03-02", f"{digest} 2019-12-31"]
    assert made.laws["us-aa"] is made.base


def test_an_earlier_run_is_repeated_on_its_own_day(regimes: Made) -> None:
    made = regimes(days={"us-aa": date(2026, 1, 1), "us-zz": date(2020, 1, 1)})

    assert [law.choice.on for law in made.laws.values()] == [date(2026, 1, 1), date(2019, 12, 31)]


def test_what_a_regime_releases_it_does_not_refer(regimes: Made, row: Row) -> None:
    made = regimes()
    by_fax = {**row, "channel": "fax"}
    listed = {**by_fax, "subject.relation": "listed_row", "subject.alone": "no"}

    assert {"release named", "refer named"} & told(made, by_fax) == {"release named"}
    assert {"release named", "refer named"} & told(made, listed) == {"refer named"}
    assert "release law" not in told(made, listed)


def test_a_regime_without_refer_refers_nothing(regimes: Made) -> None:
    made = regimes((f"refer = '{REFER}'\n", ""))

    circuit = made.circuit
    assert made.wanted["refer named"] == made.wanted["coarsen named"] == circuit.no
    assert list(made.conditions) == ["exposes", "group police", "release named"]


def test_all_demands_are_a_group_without_a_condition(regimes: Made) -> None:
    made = regimes()

    assert made.wanted["group all"] == made.circuit.yes
    assert list(made.wanted) == [
        "exposes", "group all", "group police",
        *(f"{answer} {name}" for name in ("law", "old law", "named")
          for answer in ("release", "coarsen", "refer")),
    ]  # fmt: skip


def test_the_codes_are_those_that_every_law_knows(regimes: Made) -> None:
    made = regimes()

    assert made.columns.facts == made.circuit.shape.facts
    assert made.columns.sets == made.circuit.shape.sets


@pytest.mark.parametrize(
    ("name", "old", "condition", "path"),
    [
        ("release named", RELEASE, 'context.subject.applicant == "yes"', "subject.applicant"),
        ("release named", RELEASE, 'context.subject.flags.contains("minor")', "subject.flags"),
        ("release named", RELEASE, 'context.established.contains("by_status")',
         "subject.defined_by"),
        ("refer named", REFER, 'context.findings.not_lawfully_present == "yes"',
         "findings.not_lawfully_present"),
        ("refer named", REFER, 'context.raised.contains("not_lawfully_present")', "raised"),
        ("exposes", EXPOSES, 'context.subject.applicant == "no"', "subject.applicant"),
        ("group police", GROUP, 'context.consent.given == "yes"', "consent.given"),
        ("group police", GROUP, 'context.findings.order_stayed == "yes"', "findings.order_stayed"),
        ("group police", GROUP, 'context.raised.contains("order_stayed")', "raised"),
        ("group police", GROUP, 'resource.name == "address"', "resource.name"),
        ("group police", GROUP, RELEASE, "subject.relation"),
    ],
)  # fmt: skip
def test_nobody_is_counted_by_what_a_person_is(
    name: str, old: str, condition: str, path: str, regimes: Made
) -> None:
    with pytest.raises(BadScenario, match=f"^{name} reads {path}, which says what") as refused:
        regimes((f"'{old}'", f"'{condition}'"))

    assert refused.value.code == "lab-closed-fact"


@pytest.mark.parametrize(
    ("name", "old", "condition", "paths"),
    [
        ("release named", RELEASE, 'context.subject.relation == "named" && context.hold == "none"',
         {"subject.relation", "hold"}),
        ("release named", RELEASE,
         'context.findings.order_stayed == "no" && context.agreement.stated == "yes"',
         {"findings.order_stayed", "agreement.stated"}),
        ("exposes", EXPOSES,
         'context.raised.contains("order_stayed") || context.cited.contains("aa-closed")',
         {"raised", "cited"}),
        ("group police", GROUP,
         'context.purpose == Purpose::"locate_fugitive" && resource in Program::"snap"',
         {"purpose", "resource.program"}),
        ("group police", GROUP,
         'context.paper.kind == "letter" && context.papers.contains("consent")',
         {"paper.kind", "papers"}),
        ("group police", GROUP, 'context.channel == "fax" || context.component == "ice_ero"',
         {"channel", "component"}),
        # What is so either way is read of nobody.
        ("group police", GROUP, 'context.hold == "none" || context.hold != "none"', set()),
    ],
)  # fmt: skip
def test_the_paper_and_the_asker_may_be_read(
    name: str, old: str, condition: str, paths: set[str], regimes: Made
) -> None:
    made = regimes((f"'{old}'", f"'{condition}'"))

    read = {atom.path for atom in codes_read(made.circuit, [made.wanted[name]])}
    assert read == paths


def test_what_settles_a_point_is_for_promises_alone(regimes: Made) -> None:
    with pytest.raises(BadScenario, match=r"^release named reads context.settled") as refused:
        regimes((RELEASE, 'context.settled.contains("aa-lists-to-counsel")'))

    assert refused.value.code == "lab-bad-scenario"


def test_a_condition_with_a_slip_is_refused_with_its_name(regimes: Made) -> None:
    with pytest.raises(
        OutsideSubset, match=r"^release named uses .*: prson, which no policy gives"
    ):
        regimes((RELEASE, 'context.established.contains("prson")'))


def test_a_law_that_is_not_here_is_refused(regimes: Made, packs: Path) -> None:
    assert packs.is_dir()

    with pytest.raises(PackFault, match=r"^there is no pack called us-zz$"):
        regimes(("us-aa@2019-12-31", "us-zz"))
