"""Every letter of every known answer, read before it is set in type: plain words and no code.

A part of the known answers in the suite, the same ones each time; CLERESTORY_WHOLE=1 reads all.
"""

import contextlib
import itertools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from clerestory.audit.casebook import case_documents, day_of, demand_on, pick_case
from clerestory.audit.law_days import LawDays
from clerestory.demands.demand import Demand
from clerestory.demands.determination import Change, Determination
from clerestory.demands.reading import load_document, read_demand
from clerestory.demands.schema import plain
from clerestory.demands.speaking import Speaker
from clerestory.disclosure import composing
from clerestory.disclosure.composing import Letter
from clerestory.disclosure.letter_facts import LetterInput
from clerestory.disclosure.stationery import Stationery, read_stationery
from clerestory.disclosure.wording import UNDER
from clerestory.kernel import Refusal
from clerestory.law.packs import PackStack, available_packs
from clerestory.office.answer.decided import Decided
from clerestory.office.answer.protections import as_told
from reading_grade import grade, sentences_of
from whole import WHOLE

ROOT = Path(__file__).parents[2]
PACKS = ROOT / "packs"
PROFILE = ROOT / "profiles" / "maine-dhhs"
SHARE = 1 if WHOLE else 16

CODE = re.compile(r"\b[a-z]+_[a-z_]+\b|\b[a-z]+-[a-z]*\d[a-z0-9-]*\b|\{|\}|[A-Z]\d*\*|`|\|")
TWISTED = re.compile(
    r"nothing says otherwise|not so that|not this:|not none|\bnot\b[^.;:,]*\bnot\b"
    r"|\bunknown\b|\bfindings\.|\bpaper\.[a-z]|\bcontext\.|  | ,| \.$|\.\.",
)
REQUESTER, PERSON = 8.0, 6.0


@dataclass(frozen=True)
class Step:
    """One day of one known answer."""

    name: str
    packs: tuple[str, ...]
    on: date
    document: Any


def steps() -> Iterator[Step]:
    paths = [*sorted((ROOT / "casebook").glob("*.yaml")), *sorted(PACKS.glob("*/cases/*.yaml"))]
    known = set(available_packs(PACKS))
    for path in paths:
        for case in case_documents(load_document(path), path.name):
            told = plain(case)
            if not known >= set(told["packs"]):
                continue
            for step in told["expect"]:
                on = day_of(step)
                name = f"{told['demand']['id']}-{on}"
                if crc32(name.encode()) % SHARE == 0:
                    yield Step(name, tuple(told["packs"]), on, demand_on(case, on))


STEPS = {step.name: step for step in steps()}
every = pytest.mark.parametrize("name", sorted(STEPS))


@cache
def days() -> LawDays:
    return LawDays(PACKS)


@cache
def stationery() -> Stationery:
    return read_stationery(PROFILE, made_up=True)


@cache
def given(name: str) -> LetterInput:
    step = STEPS[name]
    stack = days().stack(step.packs)
    demand = read_demand(step.document, stack.vocabulary)
    ruled = days().engine(step.packs, step.on).decide(demand)
    return written_from(stack, demand, ruled, max(step.on, demand.received_on))


def written_from(stack: PackStack, demand: Demand, ruled: Determination, on: date) -> LetterInput:
    return LetterInput(
        stationery=stationery(),
        demand=demand,
        determination=ruled,
        on=on,
        authorities=stack.authorities,
        speaker=Speaker(sentences=stack.sentences),
        vocabulary=stack.vocabulary,
        number=41,
        entry=103,
    )


def letters(of: LetterInput) -> Iterator[tuple[str, Letter]]:
    yield "acknowledgement", composing.acknowledgement(of)
    if of.kept:
        yield "index", composing.withheld(of)
    if not of.given:
        yield "refusal", composing.refusal(of)
    else:
        # A paper of a period to come gets no letter: the program says so before.
        with contextlib.suppress(Refusal):
            yield "disclosure", composing.disclosure(of)


def prose(letter: Letter, *, under: bool = True) -> Iterator[str]:
    """Yield what is read as sentences, and no cell of a table; without ``under`` no inner lists."""
    for block in letter.blocks:
        if block["kind"] == "para":
            yield str(block["text"])
        elif block["kind"] == "list":
            for item in items_of(block):
                yield from texts_of(item) if under else [str(item["text"])]


def items_of(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = block["items"]
    return items


def texts_of(item: dict[str, Any]) -> Iterator[str]:
    yield item["text"]
    for inner in item[UNDER]:
        yield from texts_of(inner)


def measured(of: LetterInput, letter: Letter) -> float:
    """Return the grade of a letter without the names and citations in it."""
    head = of.stationery.letterhead
    cited = {one.citation for one in of.authorities.values()}
    names = cited | set(map(of.citation_of, of.authorities)) | {
        head.agency, head.contact, of.demand.requester.body, of.demand.id,
    }  # fmt: skip
    text = "\n".join(prose(letter))
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "") if name else text
    return grade(one for line in text.splitlines() for one in sentences_of(line))


@every
def test_no_letter_has_a_code_or_a_slot_or_a_twisted_sentence(name: str) -> None:
    of = given(name)
    ids = set(of.authorities)
    ids |= {policy for one in of.determination.rulings for policy in one.policies}

    for kind, letter in letters(of):
        for line in letter.lines:
            bare = re.sub(r"\d:\d\d-cv-\d+", "X", line)
            for name_of in (of.demand.requester.body, of.demand.id):
                bare = bare.replace(name_of, "X")
            assert not CODE.search(bare), f"{kind}: {line}"
            assert not TWISTED.search(bare), f"{kind}: {line}"
            assert not ids & set(re.findall(r"[a-z0-9A-Z-]+", bare)), f"{kind}: {line}"
            assert line == line.strip() != "", kind


@every
def test_a_letter_asks_no_more_school_of_its_reader_than_was_agreed(name: str) -> None:
    of = given(name)

    for kind, letter in letters(of):
        assert measured(of, letter) <= (PERSON if of.is_own else REQUESTER), kind


@every
def test_a_letter_says_nothing_twice(name: str) -> None:
    for kind, letter in letters(given(name)):
        said = [line for line in prose(letter, under=False) if len(line) > 60]
        assert len(said) == len(set(said)), kind


@every
def test_no_record_is_denied_beside_what_is_given_of_the_same_person(name: str) -> None:
    of = given(name)
    closed = {ruling.item.subject for ruling in of.kept} - of.shown_persons
    others = any(not ref.endswith("*") for ref in closed)

    for kind, letter in letters(of):
        denied = [line for line in letter.lines if "neither confirm" in line]
        if kind in {"acknowledgement", "disclosure"} or not others:
            assert denied == [], kind
        elif of.given:
            assert all("we give nothing" in line for line in denied), kind


@every
def test_a_near_miss_denies_nothing_that_another_part_rests_on(name: str) -> None:
    of = given(name)
    if not (of.given and of.kept):
        return
    text = " ".join(composing.withheld(of).lines)

    for ruling in of.kept:
        for miss in ruling.considered_not_met:
            assert of.authority(miss.authority).not_met not in text


@every
def test_what_stands_in_a_file_or_is_feared_for_a_person_is_in_no_letter(name: str) -> None:
    of = given(name)
    unsaid = [
        clause
        for table, word in sorted(of.voice.sentences.unsaid)
        if (clause := of.voice.sentences.clause(table, word, of.reader))
    ]

    assert len(unsaid) > 10
    for kind, letter in letters(of):
        text = "\n".join(letter.lines)
        for clause in unsaid:
            assert clause.yes not in text, kind
            assert clause.no not in text, kind


@every
def test_nobody_is_told_to_raise_a_doubt_or_to_be_somebody_else(name: str) -> None:
    of = given(name)
    doubts = [of.voice.change(Change(fact=f"findings.{code}", value=value)) for code, value in (
        ("paper_contradicts_itself", "yes"), ("plaintiff_state", "no"), ("order_reversed", "yes"),
        ("conflicting_orders", "yes"),
    )]  # fmt: skip

    for kind, letter in letters(of):
        ways = [line for line in prose(letter) if line in doubts]
        assert ways == [], kind


@pytest.mark.parametrize(
    ("pack", "case", "acting", "found"),
    [
        ("us-me", "AM-010", "parent", ("yes", "no")),
        ("us-me", "AM-006", "personal_representative", ("yes", "no")),
        # Of somebody alive who was found the file would be given.
        ("us-federal", "AF-019", "agent", ("no", "unknown")),
    ],
)
def test_the_letter_to_who_acts_for_another_tells_nothing_of_the_person(
    pack: str, case: str, acting: str, found: tuple[str, ...]
) -> None:
    path = PACKS / pack / "cases" / "acting-for-another.yaml"
    document = pick_case(load_document(path), path.name, case)
    packs, [step] = tuple(plain(document)["packs"]), plain(document)["expect"]
    on, stack = day_of(step), days().stack(packs)
    asked = read_demand(demand_on(document, on), stack.vocabulary)

    letters = set()
    feared: tuple[dict[str, str], ...] = (
        {},
        {"representative_may_endanger": "yes", "minor_consented_alone": "yes"},
        {"representative_rights_limited": "yes", "representative_may_endanger": "unknown"},
    )
    for flags, fear, known in zip(((), ("minor",), ("deceased",)), feared, itertools.cycle(found)):
        demand = replace(
            asked,
            subjects=tuple(replace(one, flags=frozenset(flags)) for one in asked.subjects),
            findings={**asked.findings, **fear, "identifier_matches_one_person": known},
        )
        ruled = days().engine(packs, on).decide(demand, explain=False)
        told = as_told(Decided(demand=demand, determination=ruled, stack=stack, sources={}))
        letter = composing.refusal(written_from(stack, told.demand, told.determination, on))
        letters.add("\n".join(letter.lines))

    [said] = letters
    assert stack.sentences.text("phrases", f"acting_{acting}", "helper") in said
    assert "What the law asks for" not in said


def refused_as_told(case: str, applicant: str, **findings: str) -> str:
    """Refuse a case of the casebook of which one fact of the file is another, and read it."""
    path = ROOT / "casebook" / "federal.yaml"
    document = pick_case(load_document(path), path.name, case)
    on, stack = day_of(plain(document)["expect"][0]), days().stack(("us-federal", "us-me"))
    asked = read_demand(demand_on(document, on), stack.vocabulary)
    demand = replace(
        asked,
        subjects=tuple(
            replace(one, said={**one.said, "applicant": applicant}) for one in asked.subjects
        ),
        findings={**asked.findings, **findings},
    )
    ruled = days().engine(("us-federal", "us-me"), on).decide(demand, explain=False)
    told = as_told(Decided(demand=demand, determination=ruled, stack=stack, sources={}))
    letter = composing.refusal(written_from(stack, told.demand, told.determination, on))
    return "\n".join(letter.lines)


@pytest.mark.parametrize(
    ("case", "ways"),
    [
        # The check of a status on an applicant's own claim.
        ("FED-008", (("no", {}), ("yes", {"identifier_matches_one_person": "no"}))),
        # The quarterly report of whom the agency itself found to be here unlawfully.
        (
            "FED-016",
            (
                ("yes", {"agency_formal_determination": "no"}),
                ("no", {"agency_formal_determination": "yes"}),
                ("yes", {"dhs_or_eoir_determination": "unknown"}),
                ("yes", {"identifier_matches_one_person": "no"}),
            ),
        ),
    ],
)
def test_a_refusal_does_not_tell_who_applied_or_what_was_found_of_a_status(
    case: str, ways: tuple[tuple[str, dict[str, str]], ...]
) -> None:
    [letter] = {refused_as_told(case, applicant, **findings) for applicant, findings in ways}

    assert "applied for benefits" not in letter


@pytest.mark.parametrize("case", ["PM-012", "PM-018"])
def test_nobody_is_told_to_give_a_permission_to_themselves(case: str) -> None:
    path = PACKS / "us-me" / "cases" / "permits-maine.yaml"
    document = pick_case(load_document(path), path.name, case)
    on, stack = day_of(plain(document)["expect"][0]), days().stack(("us-federal", "us-me"))
    asked = read_demand(demand_on(document, on), stack.vocabulary)
    ruled = days().engine(("us-federal", "us-me"), on).decide(asked)

    lines = list(composing.refusal(written_from(stack, asked, ruled, on)).lines)

    assert "To get every part listed here, show that you are who you say you are." in lines
    assert not any("signed a full permission" in line for line in lines)


@pytest.mark.parametrize("case", ["FED-005", "FED-019"])
def test_no_letter_tells_how_many_live_in_a_home(case: str) -> None:
    path = ROOT / "casebook" / "federal.yaml"
    document = pick_case(load_document(path), path.name, case)
    on, stack = day_of(plain(document)["expect"][0]), days().stack(("us-federal", "us-me"))
    asked = read_demand(demand_on(document, on), stack.vocabulary)
    fewer = replace(
        asked,
        subjects=tuple(one for one in asked.subjects if one.ref != "S3"),
        items=tuple(one for one in asked.items if one.subject != "S3"),
    )
    assert len(fewer.subjects) == len(asked.subjects) - 1 == 2

    said = []
    for demand in (asked, fewer):
        ruled = days().engine(("us-federal", "us-me"), on).decide(demand)
        of = written_from(stack, demand, ruled, on)
        said.append([line for _, letter in letters(of) for line in letter.lines])

    assert said[0] == said[1]
    assert "anyone else in the home" in "".join(said[0])


@pytest.mark.parametrize(
    ("path", "case", "denied"),
    [
        # A court ordered the subpoena obeyed, and whether that order is on hold is not known.
        ("us-federal/cases/other-programs.yaml", "FC-137", "district court order was"),
        # The police hold the exemption.
        ("us-me/cases/services-hospital-addresses.yaml", "MC-028", "has not granted an exemption"),
        # A judge's search warrant that has run out.
        ("us-federal/cases/hipaa.yaml", "FC-108", "is not a search warrant"),
    ],
)
def test_no_refusal_denies_a_paper_that_was_shown(path: str, case: str, denied: str) -> None:
    document = pick_case(load_document(PACKS / path), path, case)
    on, stack = day_of(plain(document)["expect"][0]), days().stack(("us-federal", "us-me"))
    asked = read_demand(demand_on(document, on), stack.vocabulary)
    ruled = days().engine(("us-federal", "us-me"), on).decide(asked)

    text = " ".join(composing.refusal(written_from(stack, asked, ruled, on)).lines)

    assert denied not in text


def test_a_letter_does_not_say_that_something_else_would_have_to_be_asked() -> None:
    path = "casebook/dockets.yaml"
    document = pick_case(load_document(ROOT / path), path, "DK-10-ME-CONGRESS-2025-09")
    on, stack = day_of(plain(document)["expect"][0]), days().stack(("us-federal", "us-me"))
    asked = read_demand(demand_on(document, on), stack.vocabulary)
    of = written_from(stack, asked, days().engine(("us-federal", "us-me"), on).decide(asked), on)

    text = " ".join(line for _, letter in letters(of) for line in letter.lines)

    assert "what is asked for is one of these: contracts with providers" in text
    assert "something else" not in text
    # The cover promises no more than the index says.
    assert "each part that is not given, and says why." in text


MARKS = (
    "address_confidentiality", "sud_patient", "domestic_violence", "protected_8usc1367",
    "family_violence_indicator",
)  # fmt: skip


@pytest.mark.parametrize("name", [n for n in sorted(STEPS) if crc32(n.encode()) % 7 == 0])
def test_what_protects_a_person_changes_no_word_to_whom_the_same_is_given(name: str) -> None:
    """Of a person with a mark and of one without, the same cells are told in the same letters."""
    step, of = STEPS[name], given(name)
    engine, stack = days().engine(step.packs, step.on), days().stack(step.packs)
    mark = MARKS[crc32(name.encode()) // 7 % len(MARKS)]
    told = []
    for flags in (frozenset[str](), frozenset({mark})):
        subjects = tuple(
            replace(
                one, flags=one.flags - set(MARKS) | (flags if one.relation == "named" else set())
            )
            for one in of.demand.subjects
        )
        demand = replace(of.demand, subjects=subjects)
        ruled = engine.decide(demand)
        seen = as_told(Decided(demand=demand, determination=ruled, stack=stack, sources={}))
        told.append(written_from(stack, seen.demand, seen.determination, of.on))

    cells = [[(r.item, r.outcome, r.coarsen_to) for r in one.determination.rulings] for one in told]
    if told[0].is_own or cells[0] != cells[1]:
        return  # The person's own side knows it, and what is given differs to see.
    plain, marked = ([[*letter.lines] for _, letter in letters(one)] for one in told)
    assert plain == marked


# What each paper is called where a text speaks of it as if it had not come.
ORDER, WARRANT, SUBPOENA = "order", "warrant", "subpoena"
CALLED = {
    "court_order": ORDER, "search_warrant": WARRANT, "administrative_warrant": WARRANT,
    "judicial_subpoena": SUBPOENA, "grand_jury_subpoena": SUBPOENA,
    "legislative_subpoena": SUBPOENA,
    "administrative_subpoena": SUBPOENA, "matching_agreement": "agreement",
    "consent": "(?:consent|permission|waiver|written release)",
}  # fmt: skip


def shown(demand: Demand) -> set[str]:
    kinds = {paper.kind for paper in demand.instrument.with_accompanying}
    kinds |= {"consent"} if demand.consents else set()
    kinds |= {"matching_agreement"} if demand.agreements else set()
    kinds |= {"court_order"} if demand.instrument.said["enforced_by_order"] == "yes" else set()
    return {CALLED[kind] for kind in kinds & set(CALLED)}


def denies(text: str, called: str) -> bool:
    """Whether a text says of a paper that there is none, or that this one is none."""
    before = rf"\b(?:no|not an?|not both|without an?)\b(?:[ -]\w+){{0,4}}[ -]{called}"
    after = rf"{called}s?\b(?:,? \w+){{0,3}} (?:was|were) (?:not|neither)"
    return bool(re.search(f"{before}|{after}", text, re.IGNORECASE))


@every
def test_no_text_on_a_law_that_was_looked_at_denies_a_paper_that_came(name: str) -> None:
    """Of a law that is looked at beside a demand nothing is missing: it says what it takes."""
    of = given(name)
    beside = {
        miss.authority
        for ruling in of.determination.rulings
        for miss in ruling.considered_not_met
        if not miss.missing
    }

    said = {of.not_met_of(authority) for authority in beside}

    assert [(t, one) for t in said for one in shown(of.demand) if denies(t, one)] == []
    # So it is said on the terminal as well, and in the reason that counsel reads.
    for ruling in of.determination.rulings:
        for miss in ruling.considered_not_met:
            text = of.authorities[miss.authority].not_met
            if not miss.missing and of.not_met_of(miss.authority) != text:
                assert text not in ruling.reason.counsel


def test_what_denies_a_paper_is_known_when_it_is_read() -> None:
    assert denies("There is no court order, and nobody agreed.", ORDER)
    assert denies("An authorizing court order and a subpoena were not both presented.", SUBPOENA)
    assert denies("The paper is not a search warrant that a judge signed.", WARRANT)
    assert denies("The person's express permission was not shown.", CALLED["consent"])
    assert not denies("It takes a court's order, in force, that it be obeyed.", ORDER)
    assert not denies("No judge looks at this kind of warrant. It allows no search.", WARRANT)


def test_the_sample_holds_every_kind_of_letter() -> None:
    kinds = {(kind, given(name).is_own) for name in STEPS for kind, _ in letters(given(name))}

    assert kinds == {
        (kind, own)
        for kind in ("acknowledgement", "index", "refusal", "disclosure")
        for own in (False, True)
    }


def test_what_is_said_shorter_is_of_an_authority_of_its_pack() -> None:
    for path in sorted(PACKS.glob("*/words/*/authorities.toml")):
        pack = path.parents[2]
        known = tomllib.loads((pack / "authorities.toml").read_text("utf-8"))["authority"]
        said = tomllib.loads(path.read_text("utf-8"))["authorities"]

        assert set(said) <= {one["id"] for one in known}, path
