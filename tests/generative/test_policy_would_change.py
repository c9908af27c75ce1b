"""What would change a ruling is true, smallest and complete, tried on real and known demands.

Each change that is shown is made in the written document and decided again from there; and every
single and every pair of findings and facts of the paper is tried by brute force, so that nothing
lighter than what is shown was overlooked. A part of the packs' own known answers is tried in the
suite; CLERESTORY_WHOLE=1 tries all.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from clerestory.audit.casebook import cases_of, day_of, demand_on
from clerestory.audit.law_days import LawDays
from clerestory.demands import Determination, Outcome, Ruling, load_document, read_demand
from clerestory.demands.demand import Demand, Item
from clerestory.demands.determination import Change, Turn
from clerestory.law.packs import PackStack, available_packs
from clerestory.policy import Engine
from clerestory.policy.decide.stages import Case, run
from clerestory.policy.explain.abduction import ChangeSet, cost
from clerestory.policy.explain.applying import apply_changes
from clerestory.policy.model.facts import facts_of
from clerestory.policy.model.schema import field_uid
from whole import WHOLE

ROOT = Path(__file__).parents[2]
PACKS = ROOT / "packs"
OPENNESS = [Outcome.WITHHOLD, Outcome.REFER, Outcome.COARSEN, Outcome.RELEASE]
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One known demand as it stood on one day, under its own packs."""

    name: str
    packs: tuple[str, ...]
    on: date
    document: Document


@cache
def days() -> LawDays:
    return LawDays(PACKS)


def steps_of(paths: Sequence[Path]) -> Iterator[Step]:
    known = set(available_packs(PACKS))
    for path in paths:
        for case in cases_of(load_document(path), path.name):
            if set(case["packs"]) <= known:
                for step in case["expect"]:
                    on = day_of(step)
                    yield Step(
                        name=f"{case['demand']['id']}-{on}",
                        packs=tuple(case["packs"]),
                        on=on,
                        document=demand_on(case, on),
                    )


CASEBOOK = {step.name: step for step in steps_of(sorted((ROOT / "casebook").glob("*.yaml")))}
BY_FILE = {path: list(steps_of([path])) for path in sorted(PACKS.glob("*/cases/*.yaml"))}
OTHERS = {step.name: step for steps in BY_FILE.values() for step in steps}
ALL = CASEBOOK | OTHERS

some = pytest.mark.parametrize("name", sorted(CASEBOOK))


def sampled() -> Iterator[str]:
    """A sixth of each file of the packs' own known answers, the same ones each time."""
    for steps in BY_FILE.values():
        own = sorted((step.name for step in steps), key=lambda name: crc32(name.encode()))
        yield from own[:: 1 if WHOLE else 6]


others = pytest.mark.parametrize("name", sorted(sampled()))


@cache
def law(name: str) -> tuple[Engine, PackStack]:
    step = ALL[name]
    return days().engine(step.packs, step.on), days().stack(step.packs)


@cache
def demand(name: str) -> Demand:
    return read_demand(ALL[name].document, law(name)[1].vocabulary)


@cache
def decided(name: str) -> Determination:
    return law(name)[0].decide(demand(name))


def distinct(determination: Determination) -> list[Ruling]:
    """One ruling of each programme, field, outcome and set of turns."""
    found = {
        (r.item.program, r.item.field, r.outcome, r.would_change): r for r in determination.rulings
    }
    return list(found.values())


# ---- Changes made where a custodian would make them: in the document.


def rewritten(document: Document, ruling: Ruling, changes: Sequence[Change], on: date) -> Document:
    """Return the document as it would read once the changes are established."""
    new: dict[str, Any] = copy.deepcopy(dict(document))
    new["findings"] = dict(new.get("findings") or {})
    new["instrument"] = dict(new.get("instrument") or {"kind": "none"})
    consent = {c.fact: c.value for c in changes if c.fact.startswith("consent.")}
    agreement = {c.fact: c.value for c in changes if c.fact.startswith("agreement.")}
    for change in changes:
        head, _, tail = change.fact.partition(".")
        if head == "findings":
            new["findings"][tail] = change.value
        elif head == "papers":
            extra = {"kind": change.value, "status": "live"}
            new["instrument"]["accompanies"] = [
                *(new["instrument"].get("accompanies") or ()),
                extra,
            ]
        elif head == "paper":
            _rewrite_paper(new, ruling, tail, change.value, on)
        elif (change.fact, change.value) == ("subject.authority_in_date", "yes"):
            runs = {"from": on - timedelta(days=1), "to": on + timedelta(days=1)}
            new["representatives"] = [
                {**one, "valid": runs} if one["for"] == ruling.item.subject else one
                for one in new["representatives"]
            ]
        else:
            assert head in {"consent", "agreement"}, change
    if consent:
        _rewrite_consent(new, ruling, consent, on)
    if agreement:
        _rewrite_agreement(new, ruling, agreement, on)
    return new


def _rewrite_paper(new: dict[str, Any], ruling: Ruling, tail: str, value: str, on: date) -> None:
    paper = new["instrument"]
    if tail == "in_date":
        day = timedelta(days=1)
        paper["valid"] = {"from": on - day, "to": on + day if value == "yes" else on}
    elif tail == "names_field":
        scope = dict(paper.get("scope") or {})
        named = scope.get("fields_named")
        if named is None:
            named = [f for record in new["records"] for f in record["fields"]]
        others = [ref for ref in named if ref != ruling.item.ref]
        scope["fields_named"] = [*others, ruling.item.ref] if value == "yes" else others
        if value == "yes":
            _name_the_item(scope, new["records"], ruling.item)
        paper["scope"] = scope
    elif tail == "process":
        assert value == "yes"
        subpoena = {"kind": "judicial_subpoena", "issuer": "clerk", "status": "live"}
        scope = {"programs": [ruling.item.program], "persons_named": [ruling.item.subject]}
        extra = {**subpoena, "scope": scope}
        paper["accompanies"] = [*(paper.get("accompanies") or ()), extra]
    elif tail == "signed":
        paper.pop("served", None)
        paper["signed"] = {"on": new["received"]["date"]}
    else:
        assert tail in {"kind", "issuer", "written", "status", "enforced_by_order"}, tail
        paper[tail] = value
        if tail == "status":
            # One that ran out on the desk is in force by a paper of another day.
            paper.pop("valid", None)


def _name_the_item(scope: dict[str, Any], records: Sequence[Document], item: Item) -> None:
    """Have a paper that tells whom and which programmes it is about name those of the item too."""
    if scope.get("persons_named") is not None:
        scope["persons_named"] = sorted({*scope["persons_named"], item.subject})
    if scope.get("programs") is not None:
        scope["programs"] = sorted({*scope["programs"], item.program})
    elif sum(item.ref in record["fields"] for record in records) > 1:
        scope["programs"] = [item.program]


def _rewrite_consent(
    new: dict[str, Any], ruling: Ruling, changes: Mapping[str, str], on: date
) -> None:
    consents = [dict(consent) for consent in new.get("consents") or ()]
    own = [consent for consent in consents if consent["by"] == ruling.item.subject]
    if not own:
        own = [{"by": ruling.item.subject}]
        consents += own
    if changes.get("consent.given") == "no":
        new["consents"] = [consent for consent in consents if consent not in own]
        return
    consent = own[0]
    if changes.get("consent.recipient") == "yes":
        # Made out to the requester by name: a kind of body would name nobody.
        new["requester"] = {**new["requester"], "body": new["requester"].get("body") or "a body"}
        consent["to"] = new["requester"]["body"]
        if new["findings"].get("consent_names_requester") == "no":
            del new["findings"]["consent_names_requester"]
    if changes.get("consent.purpose") == "yes":
        consent["purpose"] = new["purpose"]
    if changes.get("consent.field") == "yes":
        consent["fields"] = [*(consent.get("fields") or ()), ruling.item.ref]
        consent["programs"] = [record["program"] for record in new["records"]]
    if changes.get("consent.in_date") == "yes":
        consent["signed_on"], consent["expires_on"] = on, on + timedelta(days=1)
    if "consent.revoked" in changes:
        consent["revoked"] = changes["consent.revoked"]
    if "consent.elements" in changes:
        consent["elements_complete"] = changes["consent.elements"]
    if changes.get("consent.revoked") == "no":
        new["instrument"] = _papers_anew(
            new["instrument"], "consent", {"status": "live", "valid": None}
        )
    if changes.get("consent.elements") == "yes":
        signed = {"issuer": "subject", "written": "yes"}
        new["instrument"] = _papers_anew(new["instrument"], "consent", signed)
    new["consents"] = consents


def _papers_anew(paper: Document, kind: str, said: Document) -> dict[str, Any]:
    """Whoever brings another permission or agreement brings the paper of it."""
    new = dict(paper)
    if new.get("kind") == kind:
        new = {key: value for key, value in {**new, **said}.items() if value is not None}
    if new.get("accompanies"):
        new["accompanies"] = [_papers_anew(one, kind, said) for one in new["accompanies"]]
    return new


def _rewrite_agreement(
    new: dict[str, Any], ruling: Ruling, changes: Mapping[str, str], on: date
) -> None:
    agreements = [dict(agreement) for agreement in new.get("agreements") or ()] or [
        {"with": "not yet named"}
    ]
    agreement = agreements[0]
    if changes.get("agreement.party") == "yes":
        agreement["with"] = new["requester"]["class"]
    if changes.get("agreement.purpose") == "yes":
        agreement["purposes"] = [*(agreement.get("purposes") or ()), new["purpose"]]
    if changes.get("agreement.field") == "yes":
        agreement["fields"] = [*(agreement.get("fields") or ()), ruling.item.ref]
        agreement["programs"] = [*(agreement.get("programs") or ()), ruling.item.program]
    for name in ("in_force", "agreed_by_holder", "bars_onward_sharing"):
        if f"agreement.{name}" in changes:
            agreement[name] = changes[f"agreement.{name}"]
            if name == "in_force":
                agreement.pop("from", None)
                agreement.pop("to", None)
    if changes.get("agreement.in_force") == "yes":
        runs = {"from": on - timedelta(days=1), "to": on + timedelta(days=1)}
        said = {"status": "live", "valid": runs}
        new["instrument"] = _papers_anew(new["instrument"], "matching_agreement", said)
    new["agreements"] = agreements


def untrue_turns(name: str) -> list[str]:
    """Every turn shown that, written into the document, does not come true."""
    engine, stack = law(name)
    wrong = []
    answers: dict[str, Determination] = {}
    for ruling in distinct(decided(name)):
        for turn in ruling.would_change:
            document = rewritten(ALL[name].document, ruling, turn.changes, ALL[name].on)
            key = repr(document)
            if key not in answers:
                answers[key] = engine.decide(read_demand(document, stack.vocabulary), explain=False)
            now = next(r for r in answers[key].rulings if r.item == ruling.item).outcome
            if now is not turn.outcome:
                wrong.append(f"{ruling.item}: {turn.changes} gives {now}, not {turn.outcome}")
    return wrong


# ---- No part of a turn would do.


def is_description(sought: Mapping[str, str]) -> bool:
    """Whether changes only call the paper in hand something else: no new evidence, never shown."""
    return (
        sought.get("paper.kind") == "none"
        or sought.get("paper.written") in {"no", "unknown"}
        or ("paper.issuer" in sought and "paper.kind" not in sought)
    )


def outcomes_with(name: str, ruling: Ruling, ways: Sequence[ChangeSet]) -> list[Outcome]:
    engine = law(name)[0]
    item = ruling.item
    stack = law(name)[1]
    facts = facts_of(demand(name), item, ALL[name].on, stack.vocabulary, stack.authorities)
    resource = field_uid(item.program, item.field)
    cases = [Case(demand(name).requester.kind, resource, apply_changes(facts, way)) for way in ways]
    return [f.outcome for f in run(engine.law, cases, engine.law.entities([item]))]


def parts_of(turn: Turn) -> list[ChangeSet]:
    """Every proper part of a small turn; of a large one, each part that leaves one change out."""
    changes = [(change.fact, change.value) for change in turn.changes]
    sizes = range(1, len(changes)) if len(changes) <= 6 else [len(changes) - 1]
    return [frozenset(part) for size in sizes for part in combinations(changes, size)]


def idle_parts(name: str) -> list[str]:
    wrong = []
    for ruling in distinct(decided(name)):
        for turn in ruling.would_change:
            parts = parts_of(turn)
            for part, outcome in zip(parts, outcomes_with(name, ruling, parts), strict=True):
                if outcome is turn.outcome and not is_description(dict(part)):
                    wrong.append(f"{ruling.item}: {sorted(part)} is enough for {turn}")
    return wrong


# ---- Questions.


def idle_questions(name: str) -> list[str]:
    """Every question about a known fact, or whose answer turns nothing it is said to turn."""
    wrong = []
    determination = decided(name)
    rulings = {f"{r.item.program}/{r.item.ref}": r for r in determination.rulings}
    for question in determination.questions:
        head, _, code = question.fact.partition(".")
        if head != "findings" or demand(name).finding(code) != "unknown":
            wrong.append(f"{question.fact} is not unknown")
        if not question.turns:
            wrong.append(f"{question.fact} turns nothing")
        for ref in question.turns:
            ruling = rulings[ref]
            shown = [
                turn
                for turn in ruling.would_change
                if question.fact in {change.fact for change in turn.changes}
            ]
            ways = [frozenset({(question.fact, answer)}) for answer in ("yes", "no")]
            now = outcomes_with(name, ruling, ways)
            if not shown and all(outcome is ruling.outcome for outcome in now):
                wrong.append(f"{question.fact} does not turn {ref}")
    return wrong


@some
def test_every_change_shown_turns_the_ruling_once_it_is_written_down(name: str) -> None:
    assert untrue_turns(name) == []


@some
def test_no_part_of_a_change_shown_is_enough(name: str) -> None:
    assert idle_parts(name) == []


@some
def test_every_question_is_about_an_unknown_fact_and_turns_what_it_says(name: str) -> None:
    assert idle_questions(name) == []


def descriptions(name: str) -> list[str]:
    """Every turn shown that only calls the paper in hand something else."""
    wrong = []
    for ruling in distinct(decided(name)):
        for turn in ruling.would_change:
            sought = {change.fact: change.value for change in turn.changes}
            if is_description(sought):
                wrong.append(f"{ruling.item}: {sorted(sought.items())}")
    return wrong


@some
def test_no_change_shown_is_another_description_of_the_paper_in_hand(name: str) -> None:
    assert descriptions(name) == []


@pytest.mark.slow
@others
def test_every_known_answer_of_a_pack_shows_true_and_smallest_changes(name: str) -> None:
    assert untrue_turns(name) == []
    assert idle_parts(name) == []
    assert idle_questions(name) == []


# ---- Nothing lighter was overlooked.

# The police, a permission, another programme, a report, a court's paper and Maine's own law.
TRIED = ["FED-002", "FED-023", "ST-ME-10", "FC-065", "FC-102", "MC-024"]
if WHOLE:
    TRIED += ["FED-020", "FED-024", "ST-ME-06", "ST-ME-09", "FC-022", "FC-023", "FC-066",
              "FC-086", "FC-105"]  # fmt: skip
PAPER = [
    ("paper.written", "yes"),
    ("paper.enforced_by_order", "yes"),
    ("paper.enforced_by_order", "no"),
    ("paper.status", "live"),
    ("paper.status", "withdrawn"),
]


def codes_read(tree: object) -> Iterator[str]:
    """The findings that a policy's syntax tree reads, by value or as raised."""
    if isinstance(tree, Mapping):
        inner = tree.get(".")
        if isinstance(inner, Mapping) and inner["left"] == {
            ".": {"left": {"Var": "context"}, "attr": "findings"}
        }:
            yield inner["attr"]
        raised = {".": {"left": {"Var": "context"}, "attr": "raised"}}
        if any(isinstance(t, Mapping) and t.get("left") == raised for t in tree.values()):
            yield from codes_in(tree)
        for value in tree.values():
            yield from codes_read(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from codes_read(value)


def codes_in(tree: object) -> Iterator[str]:
    if isinstance(tree, Mapping):
        if isinstance(tree.get("Value"), str):
            yield str(tree["Value"])
        for value in tree.values():
            yield from codes_in(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from codes_in(value)


def toggles(name: str, ruling: Ruling) -> list[tuple[str, str]]:
    """Every finding that a policy could read here, both ways, and the facts of the paper."""
    engine, stack = law(name)
    known = stack.vocabulary
    asks = known.groups_of("requester_class", demand(name).requester.kind)
    field = known.groups_of("program", ruling.item.program) | known.groups_of(
        "fields", ruling.item.field
    )
    in_scope = [
        policy
        for policy in engine.law.policies.values()
        if policy.action != "oblige"
        and policy.tree["principal"].get("entity", {"id": demand(name).requester.kind})["id"]
        in asks
        and policy.tree["resource"].get("entity", {"id": ruling.item.field})["id"] in field
    ]
    codes = sorted({code for policy in in_scope for code in codes_read(policy.tree["conditions"])})
    facts = [(f"findings.{c}", a) for c in codes for a in ("yes", "no")]
    return [(f, a) for f, a in [*facts, *PAPER] if not is_so(demand(name), f, a)]


def is_so(stated: Demand, fact: str, answer: str) -> bool:
    head, _, tail = fact.partition(".")
    if head == "findings":
        return stated.finding(tail) == answer
    paper = stated.instrument
    return bool((paper.said[tail] if tail in paper.said else getattr(paper, tail)) == answer)


def established(stated: Demand, way: Sequence[tuple[str, str]]) -> Demand:
    """Return the demand with the facts of ``way`` found, made without the product's own help."""
    found: dict[str, Any] = {f.partition(".")[2]: a for f, a in way if f.startswith("findings.")}
    paper: dict[str, Any] = {f.partition(".")[2]: a for f, a in way if f.startswith("paper.")}
    said = stated.instrument.said
    own = {part: answer for part, answer in paper.items() if part not in said}
    known = {part: paper.get(part, answer) for part, answer in said.items()}
    return replace(
        stated,
        findings={**stated.findings, **found},
        instrument=replace(stated.instrument, said=known, **own),
    )


def openings(name: str, ruling: Ruling, size: int) -> list[ChangeSet]:
    """Every set of ``size`` facts that opens the field, found by trying them all."""
    engine, stack = law(name)
    ways = [
        way
        for way in combinations(toggles(name, ruling), size)
        if len({fact for fact, _ in way}) == size
    ]
    item = ruling.item
    cases = [
        Case(
            demand(name).requester.kind,
            field_uid(item.program, item.field),
            facts_of(
                established(demand(name), way),
                item,
                ALL[name].on,
                stack.vocabulary,
                stack.authorities,
            ),
        )
        for way in ways
    ]
    found = run(engine.law, cases, engine.law.entities([item]))
    return [
        frozenset(way)
        for way, finding in zip(ways, found, strict=True)
        if finding.outcome is Outcome.RELEASE
    ]


def shown(ruling: Ruling) -> list[ChangeSet]:
    return [
        frozenset((change.fact, change.value) for change in turn.changes)
        for turn in ruling.would_change
        if turn.outcome is Outcome.RELEASE
    ]


def overlooked(name: str, ruling: Ruling, size: int) -> list[str]:
    """Every set of ``size`` facts that opens the field and that no shown set explains."""
    said = shown(ruling)
    # Only four sets are shown: what weighs more than all of them may stay unsaid.
    heaviest = max(map(cost, said)) if len(said) >= 4 else None
    return [
        f"{ruling.item}: {sorted(way)} opens it and is not shown"
        for way in openings(name, ruling, size)
        if not any(turn <= way for turn in said) and (heaviest is None or cost(way) < heaviest)
    ]


def closed(name: str) -> list[Ruling]:
    return [r for r in distinct(decided(name)) if r.outcome is not Outcome.RELEASE]


def first_step(demand_id: str) -> str:
    return next(name for name in ALL if name.startswith(f"{demand_id}-2"))


def test_trying_every_fact_does_open_fields_and_finds_just_those_shown() -> None:
    def singles(ruling: Ruling) -> set[ChangeSet]:
        return {
            way for way in shown(ruling) if len(way) == 1 and min(way)[0].startswith("findings.")
        }

    name, ruling = next((n, r) for n in OTHERS for r in closed(n) if singles(r))

    assert set(openings(name, ruling, 1)) == singles(ruling)


@some
def test_no_single_fact_that_opens_a_field_is_left_unsaid(name: str) -> None:
    assert [text for ruling in closed(name)[:1] for text in overlooked(name, ruling, 1)] == []


@pytest.mark.slow
@pytest.mark.parametrize("demand_id", TRIED)
def test_no_pair_of_facts_that_opens_a_field_is_left_unsaid(demand_id: str) -> None:
    name = first_step(demand_id)

    assert overlooked(name, closed(name)[0], 2) == []
