"""The sentences of the law: every word that a letter may need has one for each of its readers."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from clerestory.audit.pack_check_flaws import Flaw, flaws_of
from clerestory.demands.speaking import Speaker
from clerestory.law.codes import Vocabulary
from clerestory.law.errors import PackFault
from clerestory.law.fact import ANSWER, Fact
from clerestory.law.fact_table import FACTS, FINDINGS
from clerestory.law.packs import Pack
from clerestory.law.sentence_file import CLAUSES
from clerestory.law.sentences import (
    BASE_LANGUAGE,
    FOLDER,
    PERSON,
    REQUESTER,
    Sentences,
    joined,
    read_folders,
)
from clerestory.policy.explain.conditions import condition_of
from clerestory.policy.explain.reasons import PHRASES as REASON_PHRASES

# What the speaker joins clauses with, and what the reasons of rulings are made of.
PHRASES = frozenset({
    "list_or", "list_and", "one_of_two", "all_of_two", "one_of", "all_of", "one_of_head",
    "all_of_head", "unsettled", "settled", "raised", "not_raised", "unraised", "question",
    "condition_met", "condition_absent", "whole_consent", "whole_agreement", "paper_issued",
    *REASON_PHRASES,
})  # fmt: skip
# Codes that stand in no sentence: of answers the clauses say yes and no, and holds have clauses of
# their own. Findings and defined words are clauses themselves.
_UNSPOKEN = frozenset({"answer", "hold_kind", "hold_form", FINDINGS, "defined"})
# Facts without a clause of their own: each of their words has one, or no condition asks for them.
_WORDS = frozenset({"established", "raised", "on"})
_FILES = {"findings": "findings", "defined": "defined", "facts": "facts", "codes": "codes"}


def check_sentences(
    packs_folder: Path, packs: Sequence[Pack], vocabulary: Vocabulary
) -> Iterator[Flaw]:
    """Yield words without a sentence, and sentences of words that the packs do not have.

    Args:
        packs_folder: The folder of packs.
        packs: The packs to check; what they establish and define has to be said.
        vocabulary: Their codes.
    """
    for language in _languages(packs_folder, packs):
        folders = [packs_folder / FOLDER / language]
        folders += [pack.folder / FOLDER / language for pack in packs]
        where = f"{FOLDER}/{language}"
        try:
            said = joined(language, read_folders(folders))
        except PackFault as fault:
            yield from flaws_of(fault, where)
            continue
        needed = dict.fromkeys(_needed(packs, vocabulary))
        for table, word in needed:
            if not _is_said(said, table, word):
                yield Flaw(
                    f"{where}/{_FILES.get(table.partition('.')[0], table)}.toml", 1,
                    f"{table}.{word} has no sentence for counsel, requester and person",
                    "write it, with yes and no where it is a clause",
                )  # fmt: skip
        yield from _telling(packs, said, where)
        yield from _of_authorities(packs, said, where)
        for table, word in _all_said(said):
            if (table, word) not in needed:
                yield Flaw(
                    f"{where}/{_FILES.get(table.partition('.')[0], table)}.toml", 1,
                    f"{table}.{word} is said, and nothing is called so", "take it out",
                    grave=False,
                )  # fmt: skip


def _telling(packs: Sequence[Pack], said: Sentences, where: str) -> Iterator[Flaw]:
    """Yield words that hang on whether the agency holds a file, and that a letter would say."""
    speaker = Speaker(sentences=said)
    for pack in packs:
        for policy in pack.policies:
            tells = (speaker.tells_of_files(condition_of(one.tree)) for one in policy.asks)
            words = policy.words("establishes")
            unmarked = [word for word in words if ("defined", word) not in said.unsaid]
            for word in unmarked if unmarked and any(tells) else ():
                yield Flaw(
                    f"{where}/defined.toml", 1,
                    f"defined.{word} would tell in a letter whether there is a file: {policy.id} "
                    "establishes it by what no letter says",
                    "mark it with unsaid = true",
                )  # fmt: skip


def _of_authorities(packs: Sequence[Pack], said: Sentences, where: str) -> Iterator[Flaw]:
    """Yield texts of authorities that are gone, and in another language those that are missing."""
    known = {name: one for pack in packs for name, one in pack.authorities.items()}
    told = said.texts.get("authorities", {})
    file = f"{where}/authorities.toml"
    for name in sorted(told.keys() - known.keys()):
        yield Flaw(
            file, 1, f"authorities.{name} is said, and no authority is called so", "take it out",
            grave=False,
        )  # fmt: skip
    # The authorities' own texts are in the base language.
    for name in sorted(known) if said.language != BASE_LANGUAGE else ():
        keys = [REQUESTER, PERSON, *(["not_met"] if known[name].not_met else [])]
        if missing := [key for key in keys if not told.get(name, {}).get(key)]:
            yield Flaw(
                file, 1, f"authorities.{name} has no text in this language: {', '.join(missing)}",
                "translate what authorities.toml says there",
            )  # fmt: skip


def _languages(packs_folder: Path, packs: Sequence[Pack]) -> list[str]:
    homes = [packs_folder, *(pack.folder for pack in packs)]
    found = {path.name for home in homes for path in (home / FOLDER).glob("*/")}
    return sorted(found | {BASE_LANGUAGE})


def _needed(packs: Sequence[Pack], vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    yield from ((FINDINGS, code) for code in vocabulary.lists.get(FINDINGS, ()))
    yield from (("defined", word) for word in vocabulary.lists.get("defined", ()))
    for pack in packs:
        for policy in pack.policies:
            yield from (("defined", word) for word in policy.words("establishes"))
    yield ("facts", "resource")
    for fact in FACTS:
        if not fact.staged and fact.path not in _WORDS:
            yield ("facts", fact.path)
            yield from _own_codes(fact, vocabulary)
    for list_name, codes in vocabulary.lists.items():
        if list_name not in _UNSPOKEN:
            yield from ((f"codes.{list_name}", code) for code in codes)
    yield from (("phrases", key) for key in sorted(PHRASES))
    # What somebody who acts for another can show, whatever they say that they are.
    yield from (("phrases", f"acting_{code}") for code in vocabulary.lists.get("acting_as", ()))
    yield ("phrases", "acting_unstated")


def _own_codes(fact: Fact, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    if fact.lists == ANSWER:
        return
    known = {code for name in fact.lists for code in vocabulary.lists.get(name, ())}
    yield from ((f"codes.{fact.path}", code) for code in sorted(fact.codes - known))


def _is_said(said: Sentences, table: str, word: str) -> bool:
    if table in CLAUSES:
        return word in said.clauses.get(table, {})
    kind, _, list_name = table.partition(".")
    return word in (said.names.get(list_name, {}) if list_name else said.texts.get(kind, {}))


def _all_said(said: Sentences) -> Iterator[tuple[str, str]]:
    for table, words in said.clauses.items():
        # A clause of one code belongs to its fact.
        yield from ((table, word.partition(" = ")[0]) for word in words)
    for list_name, codes in said.names.items():
        yield from ((f"codes.{list_name}", code) for code in codes)
    yield from (("phrases", key) for key in said.texts.get("phrases", ()))
