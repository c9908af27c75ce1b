"""A small made-up pack, whole and clean, that tests then damage in one place."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

MANIFEST = """\
name = "us-aa"
title = "A made-up state"
jurisdiction = "us-me"
version = "1"
law_as_of = 2026-01-01
requires = []
"""

_AUTHORITY = """\
[[authority]]
id = "{id}"
citation = "Made-up Code {number}"
title = "{id}"
kind = "{kind}"
binds = ["state_agency"]
basis = "law"
confirmed = "{confirmed}"
{more}effect = "An effect."
requester = "Words to the requester."
person = "Words to the person."
not_met = "Words on what is missing."
"""

AUTHORITIES = "\n".join(
    _AUTHORITY.format(id=name, number=number, kind=kind, confirmed=confirmed, more=more)
    for number, (name, kind, confirmed, more) in enumerate(
        [
            ("aa-closed", "restricts", "yes", ""),
            ("aa-officer", "permits", "yes", "valid_from = 2020-01-01\n"),
            ("aa-half-read", "permits", "partly", 'read = "Only the first paragraph."\n'),
            ("aa-unread", "permits", "no", ""),
            ("aa-about", "context", "yes", ""),
            ("aa-ended", "restricts", "yes", "valid_to = 2019-01-01\n"),
            ("house-default-deny", "restricts", "yes", 'decides = "silence"\n'),
        ]
    )
)

WORDS = """\
defined:
  person_named: {means: the demand names the person}
  by_status: {means: people are picked by what they are}
"""

SENTENCES = """\
language = "en"
reviewed = ""

[defined.person_named]
yes = "the demand names the person"
no = "the demand does not name the person"

[defined.by_status]
yes = "people are picked by what they are"
no = "people are not picked by what they are"
"""

POLICIES = """\
// Made-up law.
@id("aa-person-named")
@authority("aa-closed")
@establishes("person_named")
permit (principal, action == Action::"define", resource)
when { context.subject.relation == "named" };

@id("aa-by-status")
@authority("aa-closed")
@establishes("by_status")
permit (principal, action == Action::"define", resource)
when { context.subject.defined_by.contains("immigration_status") };

@id("aa-lets-out")
@authority("house-default-deny")
permit (principal, action in Action::"disclose", resource)
when { !context.lifted.isEmpty() };

@id("aa-snap-closed")
@authority("aa-closed")
@bars("snap")
forbid (principal, action in Action::"disclose", resource in Program::"snap")
unless { context.lifted.contains("snap") };

@id("aa-no-lists")
@authority("aa-closed")
@bars("lists")
forbid (principal, action in Action::"disclose", resource)
when { context.established.contains("by_status") };

@id("aa-officer-lifts")
@authority("aa-officer")
@lifts("snap")
permit (
  principal in Requester::"law_enforcement", action == Action::"lift", resource in Program::"snap"
)
when { context.purpose == Purpose::"locate_fugitive" }
when { context.findings.official_capacity == "yes" }
when { context.established.contains("person_named") }
when { ["address", "ssn"].contains(resource.name) };

@id("aa-lists-to-counsel")
@authority("aa-closed")
@opinion("none")
permit (principal, action == Action::"refer", resource)
when { context.paper.kind == "judicial_subpoena" }
unless { context.barred.contains("lists") };

@id("aa-reasons")
@authority("aa-closed")
@duty("written_reasons")
@within("5 working days")
@starts("received")
permit (principal, action == Action::"oblige", resource)
when { context.outcome == "withhold" };
"""

_CASE = """\
- format: clerestory-case/1
  packs: [us-aa]
  demand:
    format: clerestory-demand/1
    id: {id}
    received: {{date: 2026-01-05, channel: post}}
    holder: {{agency: me-dhhs, kind: state_agency, jurisdiction: us-me}}
    requester: {{body: made-up police, class: police_state}}
    instrument: {{kind: letter, issuer: officer, written: 'yes', status: live}}
    purpose: locate_fugitive
    subjects:
    - {{ref: S1, relation: named, applicant: 'yes'}}
    records:
    - {{program: snap, fields: [S1.address]}}
    findings: {{official_capacity: '{capacity}'}}
  expect:
  - from: 2026-01-05
    overall: {outcome}
    rulings: {{S1.address: {outcome}}}
    decides_first: {first}
"""

CASES = "cases:\n" + "".join(
    _CASE.format(id=name, capacity=capacity, outcome=outcome, first=first)
    for name, capacity, outcome, first in [
        ("AA-1", "yes", "release", "aa-officer"),
        ("AA-2", "no", "withhold", "aa-closed"),
    ]
)


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """A folder of packs that holds the made-up pack alone."""
    folder = tmp_path / "packs"
    pack = folder / "us-aa"
    (pack / "cases").mkdir(parents=True)
    codes = (ROOT / "packs" / "codes.yaml").read_text()
    (folder / "codes.yaml").write_text(codes.replace("defined:\n", WORDS))
    shutil.copytree(ROOT / "packs" / "words", folder / "words")
    (pack / "words" / "en").mkdir(parents=True)
    (pack / "words" / "en" / "defined.toml").write_text(SENTENCES)
    (pack / "pack.toml").write_text(MANIFEST)
    (pack / "authorities.toml").write_text(AUTHORITIES)
    (pack / "law.cedar").write_text(POLICIES)
    (pack / "cases" / "cases.yaml").write_text(CASES)
    return folder


@pytest.fixture
def damage(packs: Path) -> Callable[[str, str, str], int]:
    """Replace a text in a file of the made-up pack; return the line on which it stood."""

    def replace(file: str, old: str, new: str) -> int:
        path = packs / "us-aa" / file
        text = path.read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        path.write_text(text.replace(old, new))
        return text[: text.index(old)].count("\n") + 1

    return replace
