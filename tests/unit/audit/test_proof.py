"""Promises of a made-up pack: proved, refuted by a demand, or neither, and how that is told."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from clerestory.audit import every_day, proof
from clerestory.audit.promises.groups import PLACED
from clerestory.audit.promises.locks import UNLOCKED
from clerestory.audit.promises.signed import LOWERS
from clerestory.audit.promises.written import core
from clerestory.audit.proof import (
    RESTS,
    REVIEW,
    InterpretersDisagree,
    Proof,
    ProofReport,
    different_laws,
    prove,
)
from clerestory.demands import read_demand
from clerestory.demands.determination import Outcome
from clerestory.law.codes import load_vocabulary
from clerestory.law.errors import PackFault
from clerestory.law.packs import load_stack
from clerestory.policy import Engine
from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.errors import OutsideSubset
from clerestory.policy.interpreters.smt import Answer, CanBe, Solver
from clerestory.policy.model.law_of_the_day import LawOfTheDay

Damage = Callable[[str, str, str], int]
# The made-up pack lists no law that orders a release, so nothing is promised of such a one.
NO_MANDATE = {"a-mandate-is-answered": "not proved"}
BEFORE, IN_FORCE = date(2018, 12, 31), date(2020, 1, 1)
OPENED = '"release", "coarsen"'


def promise(name: str, when: str, never: str = OPENED, more: str = "") -> str:
    return (
        f'[[promise]]\nid = "{name}"\nsays = "It says so."\n'
        f"when = '{when}'\nnever = [{never}]\n{more}\n"
    )


# What the program promises of every law, this made-up one keeps by a lock on all but plain letters.
HOUSE = """
@id("aa-house")
@authority("house-default-deny")
@bars("house")
forbid (principal, action in Action::"disclose", resource)
unless {
  !(principal in Requester::"federal_immigration") && context.component == "none" &&
  context.paper.kind == "letter" && context.paper.issuer == "officer" &&
  context.paper.form == "none" && context.forms.isEmpty() &&
  !context.kinds.containsAny(["administrative_warrant", "detainer"]) &&
  !context.issuers.containsAny(["immigration_officer", "immigration_judge"]) &&
  !context.grounds.containsAny(["civil_removal_order", "final_removal_order_on_file"]) &&
  context.paper.written == "yes" && context.paper.status == "live" &&
  context.paper.in_date != "no" &&
  !["no", "of_which_program"].contains(context.paper.names_field) &&
  !["class", "listed"].contains(context.paper.persons) &&
  context.subject.relation == "named" && context.subject.defined_by.isEmpty() &&
  context.raised.isEmpty() && context.findings.order_stayed != "yes" &&
  context.findings.order_reversed != "yes" && context.findings.conflicting_orders != "yes" &&
  context.findings.identifier_matches_one_person != "no" &&
  context.findings.requester_identified != "no" &&
  context.findings.paper_contradicts_itself != "yes" &&
  context.findings.relates_to_immigration_enforcement != "yes" &&
  context.findings.requester_primarily_enforces_immigration_law != "yes"
};
"""
OPEN_HOUSE = f"{HOUSE[: HOUSE.index('unless')]}when {{ false }};\n"
OPENINGS = """
[[lock]]
id = "snap"
cite = "Made-up Code 1"
programs = ["snap"]

[[lock]]
id = "lists"
cite = "Made-up Code 1"
kept_by = ["no-class-by-status"]

[[lock]]
id = "house"
cite = "Made-up Code 1"
kept_by = ["paper-in-force", "one-right-person"]

[[opening]]
id = "officer"
locks = ["snap"]
authority = "aa-officer"
cite = "Made-up Code 2"
to = ["law_enforcement"]
for = ["locate_fugitive"]
fields = ["address", "ssn"]
relations = ["named"]
yes = ["official_capacity"]
"""
# Facts of which the made-up lock on all but plain letters asks only that they be not found.
DOUBTFUL = (
    "paper.in_date", "findings.order_stayed", "findings.order_reversed",
    "findings.conflicting_orders", "findings.identifier_matches_one_person",
    "findings.requester_identified", "findings.paper_contradicts_itself",
    "findings.relates_to_immigration_enforcement",
    "findings.requester_primarily_enforces_immigration_law",
)  # fmt: skip
DOUBTS = "\n".join(
    f'[[doubt]]\nid = "{number}"\nfact = "{fact}"\nstate = "unknown"\ncite = "Made-up Code 1"\n'
    'reason = "A made-up reason."\n'
    for number, fact in enumerate(DOUBTFUL)
)
# Everybody reaches every record by one way, which is narrow enough to be one.
_LISTS = load_vocabulary([Path(__file__).parents[3] / "packs" / "codes.yaml"]).lists
REACH = f"""
[[group]]
id = "all"
means = "all"
who = {sorted(_LISTS["requester_class"])}

[[category]]
id = "any"
means = "any record"
categories = {sorted(_LISTS["category"])}
fields = {sorted(_LISTS["fields"])}
sources = {sorted(_LISTS["source"])}
marks = ["proxy"]

[[way]]
id = "snap"
authority = "aa-closed"
cite = "Made-up Code 1"
groups = ["all"]
reaches = ["any"]
programs = ["snap"]
"""
CORE = [promise.id for promise in core().promises]
REACHED = ["reach-requesters", "reach-records", "reach-all-any", "way-snap"]
ALWAYS = [*CORE, RESTS, PLACED, LOWERS, "lock-snap", UNLOCKED, *REACHED, REVIEW]
HOLDS = promise("household-stays", 'context.subject.relation == "household_member"')
BROKEN = promise("address-stays", 'resource.name == "address"')


@pytest.fixture
def promised(packs: Path) -> Callable[..., ProofReport]:
    """Write promises into the made-up pack and prove them."""

    law = packs / "us-aa" / "law.cedar"

    def proved(*promises: str, **settings: Any) -> ProofReport:
        (packs / "us-aa" / "promises.toml").write_text("\n".join(promises))
        if "aa-house" not in law.read_text():
            law.write_text(law.read_text() + HOUSE)
        if not (packs / "us-aa" / "openings.toml").exists():
            (packs / "us-aa" / "openings.toml").write_text(OPENINGS)
        (packs / "us-aa" / "reach.toml").write_text(REACH)
        if not (packs / "us-aa" / "doubts.toml").exists():
            (packs / "us-aa" / "doubts.toml").write_text(DOUBTS)
        return prove(load_stack(packs, ["us-aa"]), **settings)

    return proved


Promised = Callable[..., ProofReport]


def results(report: ProofReport) -> dict[str, str]:
    """Return how each promise came out, those about doubtful facts apart."""
    return {
        one.promise: one.result for one in report.proofs if not one.promise.startswith("doubt-")
    }


def of(report: ProofReport, name: str) -> Proof:
    return next(one for one in report.proofs if one.promise == name)


def test_there_is_one_day_for_each_different_law(packs: Path) -> None:
    stack = load_stack(packs, ["us-aa"])

    # A law of which no policy is made ended in 2019: that changes nothing.
    assert different_laws(stack) == [BEFORE, IN_FORCE]


def test_a_law_without_dates_is_one_law(packs: Path, damage: Damage) -> None:
    damage("authorities.toml", "valid_from = 2020-01-01\n", "")
    damage("authorities.toml", "valid_to = 2019-01-01\n", "")

    assert different_laws(load_stack(packs, ["us-aa"])) == [date(2025, 12, 31)]


def test_what_no_demand_breaks_is_proved_under_every_law(promised: Promised) -> None:
    said: list[str] = []

    report = promised(HOLDS, say=said.append)

    assert results(report) == dict.fromkeys(["household-stays", *ALWAYS], "proved") | NO_MANDATE
    assert {one.laws for one in report.proofs} == {2}
    count = sum(one.promise != REVIEW for one in report.proofs)
    assert said == [
        "writing 2 laws", f"asking {count} promises", "asking what the promises are about",
    ]  # fmt: skip


def test_a_broken_promise_is_shown_by_a_demand_that_breaks_it(
    promised: Promised, packs: Path
) -> None:
    report = promised(HOLDS, BROKEN)

    broken = of(report, "address-stays")
    assert {name for name, result in results(report).items() if result == "refuted"} == {
        "address-stays"
    }
    assert not report.holds
    assert (broken.on, broken.policies) == (IN_FORCE, ("aa-officer-lifts",))
    assert broken.demand is not None
    assert broken.demand["id"] == "BREAKS-address-stays"
    stack = load_stack(packs, ["us-aa"])
    (ruling,) = (
        Engine.of(stack, broken.on).decide(read_demand(broken.demand, stack.vocabulary)).rulings
    )
    assert (ruling.outcome, ruling.item.field) == (Outcome.RELEASE, "address")


def test_a_promise_that_no_demand_fits_is_not_proved(promised: Promised) -> None:
    nobody = 'context.subject.alone == "yes" && context.subject.relation == "household_member"'

    report = promised(promise("about-nobody", nobody))

    found = of(report, "about-nobody")
    assert (found.result, found.says) == (
        "not proved",
        "It says so. (No demand fits its condition.)",
    )
    assert not report.holds


def test_a_fact_that_makes_no_difference_is_proved_to_make_none(promised: Promised) -> None:
    as_if = '[promise.as_if]\n"consent.given" = "no"'

    report = promised(promise("consent-aside", 'context.consent.given == "yes"', more=as_if))

    assert results(report)["consent-aside"] == "proved"


def test_a_fact_that_makes_a_difference_refutes_its_promise(promised: Promised) -> None:
    as_if = '[promise.as_if]\n"findings.official_capacity" = "no"'

    report = promised(promise("office-aside", 'context.hold == "none"', more=as_if))

    assert results(report)["office-aside"] == "refuted"


@pytest.mark.parametrize(
    ("as_if", "says"),
    [
        ('"consent.givn" = "no"', "no, which consent.givn never is"),
        ('"consent.given" = "perhaps"', "perhaps, which consent.given never is"),
        ('"raised" = "order_stayed"', "order_stayed, which raised never is"),
        ('consent.given = "no"', r"\{'given': 'no'\}, which consent never is"),
    ],
)
def test_a_promise_that_supposes_what_can_never_be_is_refused(
    as_if: str, says: str, promised: Promised
) -> None:
    text = promise("slip", 'context.hold == "none"', more=f"[promise.as_if]\n{as_if}")

    with pytest.raises(OutsideSubset, match=f"^promises.toml: slip uses what .* read: {says}$"):
        promised(text)


@pytest.mark.parametrize("name", ALWAYS)
def test_a_promise_that_every_pack_makes_is_made_by_no_pack(name: str, promised: Promised) -> None:
    with pytest.raises(PackFault, match=f"^us-aa/promises.toml: {name}: is promised of every pack"):
        promised(promise(name, "true"))


@pytest.mark.parametrize("authority", ["aa-unread", "aa-about", "aa-officer aa-unread"])
def test_what_opens_on_law_that_nobody_read_or_on_mere_background_is_shown(
    authority: str, promised: Promised, damage: Damage
) -> None:
    damage("law.cedar", '@authority("aa-officer")', f'@authority("{authority}")')

    rests = of(promised(HOLDS), RESTS)

    assert (rests.result, rests.policies) == ("refuted", ("aa-officer-lifts",))


def test_law_that_was_read_in_part_is_law_that_was_read(promised: Promised, damage: Damage) -> None:
    damage("law.cedar", '@authority("aa-officer")', '@authority("aa-half-read")')

    assert of(promised(HOLDS), RESTS).result == "proved"


def test_a_review_that_raised_an_answer_would_be_refuted(
    promised: Promised, monkeypatch: pytest.MonkeyPatch
) -> None:
    def obeys(_outcome: Outcome, to: Outcome, **_: bool) -> Outcome:
        return to

    monkeypatch.setattr("clerestory.policy.decide.lowering.lowered", obeys)

    assert of(promised(), REVIEW).result == "refuted"


def test_a_question_that_the_solver_leaves_open_is_not_proved(
    promised: Promised, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hesitant(Solver):
        def ask(self, place: int, *, plain: Sequence[int] = ()) -> Answer:  # noqa: ARG002
            return Answer(can_be=CanBe.OPEN)

    monkeypatch.setattr(proof, "Solver", Hesitant)

    report = promised(HOLDS)

    assert results(report) == dict.fromkeys(["household-stays", *ALWAYS], "not proved") | {
        REVIEW: "proved"
    }


def test_what_is_left_open_together_is_asked_one_by_one(
    promised: Promised, monkeypatch: pytest.MonkeyPatch
) -> None:
    class HesitantAtFirst(Solver):
        def ask(self, place: int, *, plain: Sequence[int] = ()) -> Answer:
            asked.append(place)
            if len(asked) == 1:
                return Answer(can_be=CanBe.OPEN)
            return super().ask(place, plain=plain)

    asked: list[int] = []
    monkeypatch.setattr(proof, "Solver", HesitantAtFirst)

    told = results(promised(HOLDS, BROKEN))

    assert told["household-stays"] == "proved"
    assert told["address-stays"] == "refuted"
    assert len(asked) > len(told)


def test_each_of_several_broken_promises_is_shown_by_a_demand_of_its_own(
    promised: Promised, packs: Path
) -> None:
    ssn = promise("ssn-stays", 'resource.name == "ssn"')
    nothing = promise("nothing-leaves", "true")

    report = promised(HOLDS, BROKEN, ssn, nothing)

    stack = load_stack(packs, ["us-aa"])
    shown = {}
    for name in ("address-stays", "ssn-stays", "nothing-leaves"):
        broken = of(report, name)
        assert (broken.result, broken.demand is not None) == ("refuted", True)
        demand = read_demand(dict(broken.demand or {}), stack.vocabulary)
        (ruling,) = Engine.of(stack, broken.on).decide(demand).rulings
        shown[name] = (ruling.outcome, ruling.item.field)
    assert shown["address-stays"] == (Outcome.RELEASE, "address")
    assert shown["ssn-stays"] == (Outcome.RELEASE, "ssn")
    assert shown["nothing-leaves"][0] is Outcome.RELEASE
    assert of(report, "household-stays").result == "proved"


def test_a_translation_that_cedar_does_not_confirm_is_an_alarm(
    promised: Promised, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(law: LawOfTheDay, into: Circuit, stands: Mapping[str, int]) -> Circuit:
        circuit = circuit_of(law, into, stands)
        circuit.outcomes["release"], circuit.outcomes["withhold"] = (
            circuit.outcomes["withhold"],
            circuit.outcomes["release"],
        )
        return circuit

    monkeypatch.setattr(every_day, "circuit_of", wrong)

    with pytest.raises(
        InterpretersDisagree, match=r"^the proof of .* says release and cedar says withhold, on"
    ) as alarm:
        promised(BROKEN)

    assert alarm.value.code == "interpreters-disagree"


# ---- The list of who may open what, and each way in which it and the policies part.

WIDER = {
    "another requester": ('principal in Requester::"law_enforcement"', "principal"),
    "another purpose": ('context.purpose == Purpose::"locate_fugitive"', "true"),
    "a condition dropped": ('when { context.findings.official_capacity == "yes" }\n', ""),
    "yes for not no": (
        'context.findings.official_capacity == "yes"', 'context.findings.official_capacity != "no"',
    ),
    "a word dropped": ('when { context.established.contains("person_named") }\n', ""),
    "another field": ('["address", "ssn"]', '["address", "ssn", "photo"]'),
    "a word defined wider": (
        'when { context.subject.relation == "named" };',
        'when { ["named", "unknown"].contains(context.subject.relation) };',
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", WIDER)
def test_what_opens_beyond_the_list_is_shown(
    how: str, promised: Promised, packs: Path, damage: Damage
) -> None:
    # Without the lock on all but plain letters only the list can find it.
    law = packs / "us-aa" / "law.cedar"
    law.write_text(law.read_text() + OPEN_HOUSE)
    old, new = WIDER[how]
    damage("law.cedar", old, new)

    report = promised()

    assert of(report, "lock-snap").result == "refuted"
    assert not report.holds


def test_a_record_on_which_no_lock_lies_leaves_for_nobody_who_is_not_listed(
    promised: Promised, damage: Damage
) -> None:
    assert of(promised(), UNLOCKED).result == "proved"
    # An officer's way to one program is made a way to another, which has no lock.
    damage("law.cedar", 'resource in Program::"snap"\n)', 'resource in Program::"wic"\n)')

    refuted = of(promised(), UNLOCKED)

    assert (refuted.result, refuted.policies) == ("refuted", ("aa-officer-lifts",))
    assert of(promised(), "lock-snap").result == "proved"


def test_the_list_of_a_door_names_who_may_have_records_without_a_lock(
    promised: Promised, packs: Path, damage: Damage
) -> None:
    damage("law.cedar", 'resource in Program::"snap"\n)', 'resource in Program::"wic"\n)')
    door = '[[lock]]\nid = "wic"\ncite = "Made-up Code 1"\ndoor = "Records of WIC"\n'
    door += 'programs = ["wic"]\nfrom = 2030-01-01\n\n[[opening]]'
    listed = OPENINGS.replace("[[opening]]", door, 1).replace(
        '["snap"]\nauth', '["snap", "wic"]\nauth'
    )
    (packs / "us-aa" / "openings.toml").write_text(listed)

    assert of(promised(), UNLOCKED).result == "proved"


@pytest.mark.parametrize(
    ("days", "broken_on"),
    [
        ("until = 2023-05-01", date(2023, 5, 1)),
        # The day before stands for all days before; the law begins in 2020.
        ("from = 2023-05-01", IN_FORCE),
    ],
)
def test_a_row_holds_on_its_own_days_though_no_policy_changes_on_them(
    days: str, broken_on: date, promised: Promised, packs: Path
) -> None:
    (packs / "us-aa" / "openings.toml").write_text(f"{OPENINGS}{days}\n")

    lock = of(promised(), "lock-snap")

    assert (lock.result, lock.on) == ("refuted", broken_on)


@pytest.mark.parametrize("emptied", ["promises.toml", "openings.toml"])
def test_without_its_files_a_pack_is_judged_by_the_program_all_the_same(
    emptied: str, promised: Promised, packs: Path
) -> None:
    promised()
    (packs / "us-aa" / emptied).unlink()

    report = prove(load_stack(packs, ["us-aa"]))

    assert set(CORE) <= set(results(report))
    if emptied == "openings.toml":
        unlisted = of(report, "lock-snap")
        assert unlisted.result == "not proved"
        assert unlisted.says.startswith("No list says who may open the lock snap.")
        assert not report.holds


GONE = {
    "a lock that no policy bars": ('id = "lists"', 'id = "rows"', "rows: no policy bars rows"),
    "an opening of no lock": ('locks = ["snap"]', 'locks = ["wic"]', "officer: there is no lock"),
    "an authority that is gone": (
        '"aa-officer"', '"aa-officers"', "officer: there is no authority called aa-officers",
    ),
    "a promise that is gone": (
        '"no-class-by-status"', '"no-classes"', "lists: there is no promise called no-classes",
    ),
    "a row that stands twice": ('id = "lists"', 'id = "snap"', "snap: stands twice"),
}  # fmt: skip


@pytest.mark.parametrize("how", GONE)
def test_a_row_about_what_is_not_there_is_a_fault(
    how: str, promised: Promised, packs: Path
) -> None:
    old, new, said = GONE[how]
    path = packs / "us-aa" / "openings.toml"
    path.write_text(OPENINGS.replace(old, new, 1))

    with pytest.raises(PackFault, match=rf"^us-aa/openings\.toml, line \d+: {said}") as fault:
        promised()

    assert fault.value.code == "law-pack-fault"


# ---- Facts that nobody knows.


def doubtful(report: ProofReport) -> set[str]:
    return {
        one.promise.removeprefix("doubt-")
        for one in report.proofs
        if one.promise.startswith("doubt-") and one.result != "proved"
    }


def test_a_fact_that_opens_unknown_what_an_answer_would_close_needs_a_reason(
    promised: Promised, packs: Path
) -> None:
    assert doubtful(promised()) == set()
    (packs / "us-aa" / "doubts.toml").write_text("")

    assert doubtful(promised()) == {fact.removeprefix("findings.") for fact in DOUBTFUL}


def test_what_opens_on_not_no_opens_on_doubt(promised: Promised, damage: Damage) -> None:
    damage("law.cedar", 'official_capacity == "yes"', 'official_capacity != "no"')

    assert doubtful(promised()) == {"official_capacity"}


def test_what_was_asked_and_not_answered_opens_nothing_though_unknown_may(
    promised: Promised, damage: Damage
) -> None:
    promised()
    damage("law.cedar", "context.raised.isEmpty() && ", "")

    # Each of these may be unknown; asked about, it is in doubt, and no reason is listed for that.
    assert doubtful(promised()) == {
        fact.removeprefix("findings.") for fact in DOUBTFUL if fact.startswith("findings.")
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"paper.in_date"', '"paper.in_dat"', "0: there is no fact paper.in_dat that can be"),
        ('"unknown"', '"perhaps"', "0: a doubt has no state perhaps"),
        ('reason = "A made-up reason."', "", "0: mend the key reason"),
        ('reason = "A made-up reason."', 'reson = "x"', "0: mend the key reason"),
        ('cite = "Made-up Code 1"', "cite = 1", "0: mend the key cite"),
    ],
)
def test_an_exception_that_says_nothing_is_a_fault(
    old: str, new: str, said: str, promised: Promised, packs: Path
) -> None:
    (packs / "us-aa" / "doubts.toml").write_text(DOUBTS.replace(old, new, 1))

    with pytest.raises(PackFault, match=rf"^us-aa/doubts\.toml, line 1: {said}"):
        promised()


def test_an_unknown_condition_is_named_with_its_user(promised: Promised) -> None:
    with pytest.raises(PackFault, match=r"^promises\.toml: slip: there is no condition called nob"):
        promised(promise("slip", "@nobody"))


def test_a_condition_that_rests_on_itself_is_a_fault(promised: Promised) -> None:
    circle = "[terms]\na = '@b'\nb = '@a'\n"

    with pytest.raises(PackFault, match=r"^the condition b: the condition a rests on itself$"):
        promised(circle, promise("slip", "@a"))


def test_a_pack_names_no_condition_of_the_program_anew(promised: Promised) -> None:
    mine = "[terms]\nabout_nobody = 'true'\n"

    with pytest.raises(PackFault, match=r"^us-aa/promises\.toml: the condition about_nobody is "):
        promised(mine, promise("slip", "@about_nobody"))


DEMAND: Mapping[str, Any] = {"id": "BREAKS-b", "purpose": "audit"}
PROOFS = (
    Proof(promise="a", says="It holds.", result="proved", on=IN_FORCE, laws=2),
    Proof(promise="b", says="It breaks.", result="refuted", on=IN_FORCE, laws=2, demand=DEMAND,
          policies=("p1", "p2"), source="ssa"),
    Proof(promise="c", says="Who knows.", result="not proved", on=BEFORE, laws=2),
)  # fmt: skip


def report_of(*proofs: Proof) -> ProofReport:
    return ProofReport(
        packs=("us-aa 1",), digest="0123456789abcdef" * 4, proofs=proofs, seconds=1.26
    )


def test_a_report_tells_every_promise_and_shows_the_demand() -> None:
    lines = list(report_of(*PROOFS).lines())

    assert lines == [
        "us-aa 1, digest 0123456789abcdef",
        "proved      a: It holds.",
        "refuted     b: It breaks.",
        "            broken on 2020-01-01 by p1, p2, of a field whose source is ssa",
        yaml.safe_dump(dict(DEMAND), sort_keys=False),
        "not proved  c: Who knows.",
        "1 proved, 1 refuted, 1 not proved, each for all demands under 2 laws of different days "
        "(1.3 s)",
    ]


def test_a_report_may_leave_the_demand_to_its_file() -> None:
    shown, hidden = (list(report_of(*PROOFS).lines(shown=shown)) for shown in (True, False))

    assert [line for line in shown if line not in hidden] == ["id: BREAKS-b\npurpose: audit\n"]


def test_without_promises_nothing_holds() -> None:
    report = report_of()

    assert not report.holds
    assert list(report.lines())[1:] == [
        "0 proved, 0 refuted, 0 not proved, each for all demands under 0 laws of different days "
        "(1.3 s)"
    ]


def test_a_report_for_programs_has_every_proof() -> None:
    assert report_of(*PROOFS[:2]).to_json() == {
        "packs": ["us-aa 1"],
        "digest": "0123456789abcdef" * 4,
        "holds": False,
        "proofs": [
            {"promise": "a", "says": "It holds.", "result": "proved", "laws": 2,
             "on": "2020-01-01", "demand": None, "policies": [], "source": ""},
            {"promise": "b", "says": "It breaks.", "result": "refuted", "laws": 2,
             "on": "2020-01-01", "demand": DEMAND, "policies": ["p1", "p2"],
             "source": "ssa"},
        ],
    }  # fmt: skip


def test_what_is_kept_of_a_proof_names_promises_and_solver_and_no_time() -> None:
    record = report_of(PROOFS[0]).record()

    solver = record.pop("solver")
    assert record == {"packs": ["us-aa 1"], "proved": ["a"], "laws": 2}
    assert re.fullmatch(r"z3 \d+(\.\d+)+", str(solver))
