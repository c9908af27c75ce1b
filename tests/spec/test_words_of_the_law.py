"""Whatever a law can ask for is said to each reader: in plain words, and in one way only.

The conditions are those of every permit that lifts a lock, whole and one by one, since an answer
leaves out what is already met; every fact that new evidence can change; and every finding.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from clerestory.demands.condition import Asked, Condition, asked_in
from clerestory.demands.determination import Change, Question
from clerestory.demands.speaking import Line, Speaker
from clerestory.law.fact_table import FACTS
from clerestory.law.packs import PackStack, load_stack
from clerestory.law.sentence_file import READERS
from clerestory.policy.explain.clauses import split
from clerestory.policy.explain.conditions import condition_of
from reading_grade import grade

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"_|\bfindings\.|\bS\*|\{|\}|\b[a-z]+\.[a-z]+\b")
NEGATIVE = re.compile(r"\b(not|no|nobody|nothing|none|never|without|cannot)\b")
CITED = re.compile(r"\(?\b\d+ (?:CFR|U\.S\.C\.|M\.R\.S\.) [\w.]+(?:\(\w+\))*\)?,?")


@cache
def stack() -> PackStack:
    return load_stack(ROOT / "packs", ["us-federal", "us-me"])


@cache
def conditions() -> tuple[Condition, ...]:
    wholes = [
        condition_of(clause.tree, clause.wanted)
        for policy in stack().policies
        if policy.action == "lift"
        for clause in split(policy)[1]
    ]
    return tuple(dict.fromkeys([*wholes, *(asked for one in wholes for asked in asked_in(one))]))


def changes() -> Iterator[Change]:
    vocabulary = stack().vocabulary
    for code in vocabulary.lists["findings"]:
        yield from (Change(fact=f"findings.{code}", value=answer) for answer in ("yes", "no"))
    for fact in FACTS:
        codes = {code for name in fact.lists for code in vocabulary.lists[name]} | fact.codes
        if fact.evidence or fact.path == "papers":
            yield from (Change(fact=fact.path, value=code) for code in sorted(codes))


def everything_said(reader: str) -> set[str]:
    speaker = Speaker(sentences=stack().sentences, reader=reader)
    questions = (
        Question(fact=f"findings.{code}", by="", turns=())
        for code in stack().vocabulary.lists["findings"]
    )
    return {
        *map(speaker.say, conditions()),
        *map(speaker.change, changes()),
        *map(speaker.question, questions),
    }


def clauses(reader: str) -> Iterator[str]:
    for words in stack().sentences.clauses.values():
        for by_reader in words.values():
            clause = by_reader[reader]
            yield from (clause.yes.format(codes="this"), clause.no.format(codes="this"))


@pytest.mark.parametrize("reader", READERS)
def test_whatever_can_be_asked_for_is_said_without_a_code(reader: str) -> None:
    said = everything_said(reader)

    assert len(said) > 250
    assert [text for text in said if CODE.search(CITED.sub("", text))] == []


@pytest.mark.parametrize("reader", READERS)
def test_no_clause_denies_twice(reader: str) -> None:
    parts = [part for text in clauses(reader) for part in re.split(r"[,:]| and | or ", text)]

    assert [part for part in parts if len(NEGATIVE.findall(part)) > 1] == []
    assert not any(re.search(r"otherwise than|not so that|not not", text) for text in parts)


@pytest.mark.parametrize(("reader", "most", "longest"), [("requester", 8, 20), ("person", 6, 14)])
def test_the_clauses_ask_no_more_of_their_reader(reader: str, most: int, longest: int) -> None:
    said = [CITED.sub("", text) for text in dict.fromkeys(clauses(reader))]

    assert grade(said) < most
    assert [text for text in said if grade([text]) > longest] == []


@pytest.mark.parametrize("reader", READERS)
def test_both_clauses_of_a_word_differ(reader: str) -> None:
    same = [
        word
        for words in stack().sentences.clauses.values()
        for word, by_reader in words.items()
        if by_reader[reader].yes == by_reader[reader].no
    ]

    assert same == []


@pytest.mark.parametrize("reader", READERS)
def test_a_list_has_a_line_for_each_single_condition_and_each_joint(reader: str) -> None:
    speaker = Speaker(sentences=stack().sentences, reader=reader)

    def texts(line: Line) -> Iterator[str]:
        yield line.text
        for under in line.under:
            yield from texts(under)

    for condition in conditions():
        lines = [text for line in speaker.lines([condition]) for text in texts(line)]
        assert len(lines) >= len({speaker.say(asked) for asked in asked_in(condition)}) - 1
        heads = [text for text in lines if text.endswith(":")]
        assert set(heads) <= {"one of these:", "all of these:"}


def test_what_a_letter_may_not_say_is_marked_in_the_sentences() -> None:
    speaker = Speaker(sentences=stack().sentences, reader="requester")
    word = Asked("established", ("person_asked_about",))

    assert speaker.tells_of_files(word)
    assert stack().sentences.unsaid >= {
        ("defined", "found_to_be_nobody"),
        ("defined", "person_asked_about"),
        ("findings", "identifier_matches_one_person"),
    }
