"""Demands that were once read wrongly, each with what is right. All people and bodies made up."""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml

from clerestory.demands import BadDemand, load_document, read_demand
from clerestory.kernel import BadFile
from clerestory.law.codes import Vocabulary

SOUND = """format: clerestory-demand/1
id: MADE-UP-1
title: "Made-up: an officer looks for somebody who flees a felony"
received: {date: 2026-03-02, channel: post}
holder: {agency: me-dhhs, kind: state_agency, jurisdiction: us-me}
requester: {body: "a made-up police force", class: police_state}
instrument:
  kind: letter
  written: yes
  scope: {persons: named, count: 1, fields: stated}
purpose: locate_fugitive
subjects:
  - {ref: S1, relation: named, applicant: yes}
records:
  - {program: snap, fields: [S1.address]}
findings:
  requester_identified: yes
  official_capacity: yes
"""


def changed(*pairs: tuple[str, str]) -> str:
    text = SOUND
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


@pytest.mark.parametrize(
    ("text", "place", "write"),
    [
        (changed(("2026-03-02", "2026-02-30")), "line 4, key received.date: February 2026 has 28",
         "check the day"),
        (changed(("2026-03-02", "9999-12-31")), "line 4, key received.date: no paper bears a day",
         "check the year"),
        (changed(("count: 1", "count: 010")),
         "line 10, key instrument.scope.count: a number begins with a zero",
         "in quotes, or without the zero"),
        (changed(("count: 1", "count: 0")), "line 10, key instrument.scope.count: how many",
         "write unknown"),
        (changed(("count: 1", 'count: "3 "')), "line 10, key instrument.scope.count: how many",
         "without quotes"),
        (changed(("count: 1", "count: yes")), "line 10, key instrument.scope.count: how many", ""),
        (changed(("count: 1", "count: 1.0")), "line 10, key instrument.scope.count: a number is",
         "whole number"),
        (changed(("count: 1", "count: some")), "line 10, key instrument.scope.count: how many",
         "write unknown if it is"),
        (changed(("findings:\n", "findings:\n  <<: {official_capacity: no}\n")),
         "line 17, key findings: merge keys (<<) are not read", "write each key out"),
        (changed(("class: police_state", "class: ice, class: police_state")),
         "line 6, key requester.class: the key stands twice, first in line 6", "keep the one"),
        (changed(("requester_identified: yes", "requester_identified: no\n  requester_identified: "
                  "yes")), "line 18, key findings.requester_identified: the key stands twice",
         "keep the one"),
        (changed(("id: MADE-UP-1", "id: ./abs")), "line 2, key id: ", "requester.reference"),
        (changed(("id: MADE-UP-1", "id: ../../out")), "line 2, key id: ", "requester.reference"),
        (changed(("id: MADE-UP-1", "id: ME/2026/0041")), "line 2, key id: ", "an id of your own"),
        (changed(("id: MADE-UP-1", "id: CON")), "line 2, key id: ", "an id of your own"),
        (changed(("id: MADE-UP-1", "id: Amina Example 999-00-0000")), "line 2, key id: ",
         "an id of your own"),
        (changed(("id: MADE-UP-1", "id: 123")), "line 2, key id: a text is wanted",
         'put it in quotes: "123"'),
        (changed(("id: MADE-UP-1", "id: 2026-03-02")), "line 2, key id: a text is wanted",
         "put it in quotes"),
        (changed(("ref: S1", 'ref: "S*"'), ("S1.address", '"S*.address"')),
         "line 13, key subjects[0].relation: a ref with * stands for several",
         "relation: class, or listed_row"),
    ],
)  # fmt: skip
def test_a_demand_that_was_once_read_wrongly_is_refused_with_its_place(
    text: str, place: str, write: str, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    path = tmp_path / "demand.yaml"
    path.write_text(text, "utf-8")

    with pytest.raises(BadDemand) as caught:
        read_demand(load_document(path), vocabulary)

    assert str(caught.value).startswith(f"demand.yaml, {place}")
    assert write in caught.value.todo
    assert len(caught.value.faults) == 1


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('"class": "police_state"', '"class": "ice", "class": "police_state"', "requester.class"),
        (
            '"requester_identified": true',
            '"requester_identified": false, "requester_identified": true',
            "findings.requester_identified",
        ),
        ('"findings"', '"Findings": {}, "findings"', "findings"),
    ],
)
def test_a_key_twice_is_refused_in_json_as_in_yaml(
    old: str, new: str, key: str, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    path, good = tmp_path / "demand.json", tmp_path / "good.yaml"
    good.write_text(SOUND)
    text = json.dumps(load_document(good).value, default=str)
    path.write_text(text.replace(old, new))

    with pytest.raises(BadDemand, match=rf"demand\.json, line 1, key {key}: the key ") as caught:
        read_demand(load_document(path), vocabulary)

    assert "keep the one that is right" in caught.value.todo


@pytest.mark.parametrize("name", ["demand.yaml", "demand.json"])
def test_a_byte_order_mark_changes_nothing(
    name: str, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    good, marked = tmp_path / "good.yaml", tmp_path / name
    good.write_text(SOUND)
    value = load_document(good).value
    text = SOUND if name.endswith("yaml") else json.dumps(value, default=str)
    marked.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())

    expected = read_demand(load_document(good), vocabulary)
    assert read_demand(load_document(marked), vocabulary) == expected


def test_a_file_that_grows_without_end_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "demand.yaml"
    lines = ["a: &a0 [" + ", ".join(["x"] * 100) + "]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 100)}]" for n in range(1, 50)]
    path.write_text("\n".join(lines))

    with pytest.raises(BadFile, match="uses too many aliases"):
        load_document(path)


def told(text: str, vocabulary: Vocabulary, tmp_path: Path) -> list[str]:
    path = tmp_path / "demand.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadFile) as fault:
        read_demand(load_document(path), vocabulary)
    return f"{fault.value}\n{fault.value.todo}".splitlines()


@pytest.mark.parametrize(
    ("pairs", "asks"),
    [
        # Somebody who is asked about and is no subject is told as that.
        ([("S1.address", "S1.address, S2.ssn")], True),
        # Where the subjects are missing or called wrongly, it is that alone.
        ([("  - {ref: S1, relation: named, applicant: yes}\n", "  []\n")], False),
        ([("ref: S1", "ref: Amina")], False),
        ([("ref: S1", "ref: 7"), ("S1.address", "S1.address, S2.ssn")], False),
    ],
)
def test_who_is_asked_about_and_is_no_subject_is_told_where_the_subjects_are_sound(
    pairs: list[tuple[str, str]], asks: bool, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    lines = told(changed(*pairs), vocabulary, tmp_path)

    assert any("who is not among the subjects" in line for line in lines) is asks


@pytest.mark.parametrize(("relation", "asks"), [("household_member", True), ("named", False)])
def test_whom_the_paper_names_is_not_called_somebody_of_the_household(
    relation: str, asks: bool, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    document = json.loads(json.dumps(yaml.safe_load(SOUND), default=str))
    document["subjects"] = [
        {"ref": "S1", "relation": "named"}, {"ref": "S2", "relation": relation}
    ]  # fmt: skip
    document["instrument"]["scope"] = {"persons": "named", "persons_named": ["S1", "S2"]}
    path = tmp_path / "demand.json"
    path.write_text(json.dumps(document), "utf-8")

    if not asks:
        read_demand(load_document(path), vocabulary)
        return
    with pytest.raises(BadFile) as fault:
        read_demand(load_document(path), vocabulary)
    assert "instrument.scope.persons_named[1]: the paper names S2" in str(fault.value)
    assert "write relation: named for S2" in str(fault.value.todo)


@pytest.mark.parametrize("depth", [1, 5, 10])
def test_the_dates_of_a_paper_that_came_along_are_held_against_each_other(
    depth: int, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    document = json.loads(json.dumps(yaml.safe_load(SOUND), default=str))
    paper = document["instrument"]
    for _ in range(depth):
        inner = {"kind": "letter", "written": "yes", "status": "live"}
        paper["accompanies"] = [inner]
        paper = inner
    paper["valid"] = {"from": "2026-03-05", "to": "2026-03-05"}

    lines = told(json.dumps(document), vocabulary, tmp_path)

    assert any("ends on the day it starts" in line for line in lines)
    assert sum("2026-03-05 2026-03-05" in line for line in lines) == 1


def test_a_code_in_capitals_and_with_blanks_is_known_again(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    text = changed(("class: police_state", 'class: " Police STATE "'))

    lines = told(text, vocabulary, tmp_path)

    assert any("key requester.class: unknown code" in line for line in lines)
    assert any("did you mean police_state?" in line for line in lines)


AFTER = "it was signed after the demand came: 2026-03-03 2026-03-02"
BEFORE = "it was served before it was signed: 2026-02-28 2026-03-01"


@pytest.mark.parametrize(
    ("depth", "signed", "served", "what"),
    [
        (0, "2026-03-03", None, [AFTER]),
        (0, "2026-03-03", "2026-03-04", [AFTER]),
        (0, "2026-03-01", "2026-02-28", [BEFORE]),
        (1, "2026-03-01", "2026-02-28", [BEFORE]),
        (4, "2026-03-01", "2026-02-28", [BEFORE]),
        (0, "2026-03-02", "2026-03-02", []),
        # That it was served is found out later, and an order may come later.
        (0, None, "2026-03-03", []),
        (1, "2026-03-03", "2026-03-03", []),
        (0, "1999-09-01", "2026-03-02", []),
    ],
)
def test_a_paper_is_there_before_it_is_served_and_before_it_comes(
    depth: int,
    signed: str | None,
    served: str | None,
    what: list[str],
    vocabulary: Vocabulary,
    tmp_path: Path,
) -> None:
    document = json.loads(json.dumps(yaml.safe_load(SOUND), default=str))
    paper = document["instrument"]
    for _ in range(depth):
        inner: dict[str, object] = {"kind": "letter", "written": "yes", "status": "live"}
        paper["accompanies"] = [inner]
        paper = inner
    paper |= {part: {"on": day} for part, day in (("signed", signed), ("served", served)) if day}
    path = tmp_path / "demand.json"
    path.write_text(json.dumps(document), "utf-8")

    if not what:
        assert read_demand(load_document(path), vocabulary).instrument.kind == "letter"
        return
    with pytest.raises(BadFile) as refused:
        read_demand(load_document(path), vocabulary)

    assert refused.value.code == "demand-dates-contradict"
    for fault in what:
        assert fault in str(refused.value)


def test_a_letter_may_follow_a_call(vocabulary: Vocabulary, tmp_path: Path) -> None:
    path = tmp_path / "demand.yaml"
    text = changed(
        ("channel: post", "channel: phone"), ("  written: yes", "  signed: {on: 2026-03-09}")
    )
    path.write_text(text, "utf-8")

    assert read_demand(load_document(path), vocabulary).instrument.signed_on == date(2026, 3, 9)
