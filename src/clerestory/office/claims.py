"""What a demand claims, and what people established of it since it was keyed in.

A finding, a consent or an agreement in a demand is a claim. It counts once it is established: a
finding by one person, a consent and an agreement by two from the paper. The latest answer counts,
once so many people in a row gave it; until then nothing is decided. What was established of a paper
that was amended since is established anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clerestory.acts import Signed
from clerestory.kernel import Refusal
from clerestory.kernel.canonical import digest_of
from clerestory.law.codes import ESTABLISHED_BY, Vocabulary
from clerestory.law.fact_table import FACTS

CUSTODIAN, COUNSEL = ESTABLISHED_BY
ROLES = {
    CUSTODIAN: frozenset({"clerk", "custodian", "privacy_officer"}),
    COUNSEL: frozenset({"counsel"}),
}
"""Whose role lets somebody establish what the table of facts leaves to the one or the other."""

FINDINGS = "findings"
PERSONS = "persons"
"""What is established of a demand beside its claims: whom it names (see ``resolving``)."""
FOUND = "identifier_matches_one_person"
"""The finding that nobody but a look into the records establishes, of a demand that names one."""
_PAPERS = {"consents": "consent", "agreements": "agreement"}
_PEOPLE = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """One fact that can be established.

    Attributes:
        fact: Its place in the demand, such as ``findings.crime_named`` or ``consents.1``.
        answers: What can be established of it.
        by: Who must be among those who establish it.
        people: How many different people establish it.
        digest: The digest of what the demand says there.
    """

    fact: str
    answers: frozenset[str]
    by: str
    people: int
    digest: str


def claim_at(written: Mapping[str, Any], fact: str, vocabulary: Vocabulary) -> Claim:
    """Return what a demand claims in a place, or what can be found where it says nothing.

    Args:
        written: The demand in its written form.
        fact: The place.
        vocabulary: The codes in use.

    Raises:
        Refusal: Nothing there can be established.
    """
    group, _, name = fact.partition(".")
    if fact == f"{FINDINGS}.{FOUND}" and names_persons(written):
        raise Refusal(
            f"whether one person was found is told by the records alone: {fact}",
            code="establish-found",
            todo="have the persons whom the paper names looked up and established",
        )
    if group == FINDINGS and vocabulary.knows(FINDINGS, name):
        return Claim(
            fact, frozenset({"yes", "no", "unknown"}), vocabulary.get(FINDINGS, name).by, 1,
            digest_of((written.get(FINDINGS) or {}).get(name)),
        )  # fmt: skip
    papers = written.get(group) or ()
    if group in _PAPERS and name in map(str, range(1, len(papers) + 1)):
        return Claim(
            fact, frozenset({"yes", "no"}), _by(_PAPERS[group]), _PEOPLE,
            digest_of(papers[int(name) - 1]),
        )  # fmt: skip
    raise Refusal(
        f"what is established is a finding, or a consent or an agreement of the demand: {fact!a}",
        code="establish-what",
        todo="write findings and the code, or consents or agreements and the number in the "
        "demand, such as consents.1; correct what was keyed in wrongly by an amendment",
    )


def claims_of(written: Mapping[str, Any], vocabulary: Vocabulary) -> Iterator[Claim]:
    """Yield all that a demand claims."""
    for name in sorted(written.get(FINDINGS) or {}):
        yield claim_at(written, f"{FINDINGS}.{name}", vocabulary)
    for group in _PAPERS:
        for place in range(1, len(written.get(group) or ()) + 1):
            yield claim_at(written, f"{group}.{place}", vocabulary)


def names_persons(written: Mapping[str, Any]) -> bool:
    """Whether a demand is about single persons, and not about a class alone."""
    return any(not one["ref"].endswith("*") for one in written["subjects"])


def since_the_paper(acts: Sequence[Signed]) -> list[Signed]:
    """Return what was established since the demand was received or amended last."""
    last = max(n for n, act in enumerate(acts) if act.statement.act in {"receive", "amend"})
    return [act for act in acts[last:] if act.statement.act == "establish"]


def answer_to(claim: Claim, established: Sequence[Signed]) -> str | None:
    """Return what is established of a claim; nothing where too few people agree on it."""
    told = [act.statement for act in established if act.statement.facts["fact"] == claim.fact]
    if not told:
        return None
    latest = told[-1].facts["answer"]
    people, by = set[str](), set[str]()
    for one in reversed(told):
        if one.facts["answer"] != latest:
            break
        people.add(one.actor)
        by.add(one.facts["by"])
    return latest if len(people) >= claim.people and claim.by in by else None


def settle(
    written: Mapping[str, Any], established: Sequence[Signed], vocabulary: Vocabulary
) -> dict[str, Any]:
    """Return a demand with what was established in the place of what it claims.

    Raises:
        Refusal: A claim is not established.
    """
    found = {act.statement.facts["fact"] for act in established} - {PERSONS}
    claims = {claim.fact: claim for claim in claims_of(written, vocabulary)}
    claims |= {fact: claim_at(written, fact, vocabulary) for fact in found}
    answers = {fact: answer_to(claim, established) for fact, claim in claims.items()}
    still = sorted(fact for fact, answer in answers.items() if answer is None)
    if still:
        raise Refusal(
            f"a demand is decided once what it claims is established: {', '.join(still)}",
            code="decide-claims",
            todo="establish each from its evidence: a finding by one person, a consent or an "
            "agreement by two; as no, or a finding as unknown, where it cannot be shown",
        )
    settled = dict(written)
    settled[FINDINGS] = {
        fact.partition(".")[2]: answer
        for fact, answer in answers.items()
        if fact.startswith(f"{FINDINGS}.")
    }
    for group in _PAPERS:
        papers = written.get(group) or ()
        settled[group] = [
            paper for place, paper in enumerate(papers, 1) if answers[f"{group}.{place}"] == "yes"
        ]
    return {name: part for name, part in settled.items() if part not in ({}, [])}


def _by(head: str) -> str:
    """Return who must be among those who establish a consent, or an agreement."""
    return COUNSEL if any(f.head == head and f.by == COUNSEL for f in FACTS) else CUSTODIAN
