"""What a demand must not say: parts that contradict each other, and references that dangle.

A paper that contradicts itself opens nothing. Looked at in the document itself, so that these
faults are told together with all others; what has another shape is passed over here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from clerestory.demands.counsel_senses import find_counsel_problems
from clerestory.demands.days_of_papers import find_days_of_papers
from clerestory.demands.leaves import SUBJECT, Problem, day_in, groups_in
from clerestory.kernel.bad_file import Path

_OF_ONE_PERSON = frozenset({"named", "household_member"})


def find_contradictions(document: Any) -> Iterator[Problem]:
    """Yield what contradicts itself in a parsed document, whatever its shape."""
    demand = document if isinstance(document, Mapping) else {}
    yield from _subjects(demand)
    yield from _references(demand)
    yield from _representatives(demand)
    yield from find_counsel_problems(demand)
    yield from _paper(demand.get("instrument"), ("instrument",))
    yield from find_days_of_papers(demand)
    for key, start, end in (
        ("holds", "from", "to"), ("agreements", "from", "to"), ("consents", "signed_on",
         "expires_on"),
    ):  # fmt: skip
        for place, group in enumerate(groups_in(demand.get(key))):
            yield from _span(group, start, end, (key, place))


def _subjects(demand: Mapping[str, Any]) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, subject in enumerate(groups_in(demand.get("subjects"))):
        ref, relation = subject.get("ref"), subject.get("relation")
        if not isinstance(ref, str):
            continue
        if ref in seen:
            yield Problem(
                path=("subjects", place, "ref"), what=f"two subjects carry the same ref: {ref}",
                write_instead="give each subject a ref of its own",
            )  # fmt: skip
        seen.add(ref)
        if ref == "S*" and isinstance(relation, str) and relation in _OF_ONE_PERSON:
            yield Problem(
                path=("subjects", place, "relation"),
                what=f"a ref with * stands for several and is never one person: {relation}",
                write_instead="write relation: class, or listed_row for rows of the requester's "
                "list; one person is called S1",
            )
        if ref != "S*" and relation == "class":
            yield Problem(
                path=("subjects", place, "ref"), what=f"a class of people is called S*: {ref}",
                write_instead="write ref: S*, or another relation for one person",
            )  # fmt: skip


def _references(demand: Mapping[str, Any]) -> Iterator[Problem]:
    refs = [subject.get("ref") for subject in groups_in(demand.get("subjects"))]
    # Where a subject is missing or called wrongly, it is that, and not the reference, that is told.
    known = {ref for ref in refs if isinstance(ref, str) and SUBJECT.fullmatch(ref)}
    sound = bool(refs) and all(isinstance(ref, str) and ref in known for ref in refs)
    asked: set[str] = set()
    for n, record in enumerate(groups_in(demand.get("records"))):
        for m, reference in enumerate(_texts(record.get("fields"))):
            path: Path = ("records", n, "fields", m)
            subject = reference.partition(".")[0]
            if sound and subject not in known and SUBJECT.fullmatch(subject):
                yield Problem(
                    path=path, what=f"it asks about {subject}, who is not among the subjects",
                    write_instead=f"add {subject} to subjects or mend the reference",
                )  # fmt: skip
            asked.add(reference)
    yield from _named(demand, known if sound else None)
    for path, reference in _named_fields(demand.get("instrument"), ("instrument",)):
        if reference and reference not in asked:
            yield Problem(
                path=path, what=f"it names what is not asked: {reference}",
                write_instead="list it under records as well, or mend the reference",
            )  # fmt: skip


def _named(demand: Mapping[str, Any], known: set[str] | None) -> Iterator[Problem]:
    """Persons and programs that the paper names are among those that the demand is about."""
    paper = demand.get("instrument")
    scope = paper.get("scope") if isinstance(paper, Mapping) else None
    scope = scope if isinstance(scope, Mapping) else {}
    housemates = {
        subject.get("ref")
        for subject in groups_in(demand.get("subjects"))
        if subject.get("relation") == "household_member"
    }
    for n, ref in enumerate(_texts(scope.get("persons_named"))):
        path: Path = ("instrument", "scope", "persons_named", n)
        if ref.endswith("*"):
            yield Problem(
                path=path, what=f"one person is called S1, S2 and so on: {ref}",
                write_instead="leave it out; whom the paper names is written one by one",
            )  # fmt: skip
        elif known is not None and ref not in known and SUBJECT.fullmatch(ref):
            yield Problem(
                path=path, what=f"the paper names {ref}, who is not among the subjects",
                write_instead=f"add {ref} to subjects or mend the reference",
            )  # fmt: skip
        elif ref in housemates:
            yield Problem(
                path=path, what=f"the paper names {ref}, who is called a household_member",
                write_instead=f"write relation: named for {ref}, or take {ref} out of the paper",
            )  # fmt: skip


def _representatives(demand: Mapping[str, Any]) -> Iterator[Problem]:
    """Who acts for a person acts for one whom the demand is about, and in one way."""
    subjects = groups_in(demand.get("subjects"))
    known = set(_texts([subject.get("ref") for subject in subjects]))
    seen: set[object] = set()
    for n, each in enumerate(groups_in(demand.get("representatives"))):
        ref, path = each.get("for"), ("representatives", n, "for")
        if not isinstance(ref, str) or not SUBJECT.fullmatch(ref):
            continue
        if ref not in known:
            yield Problem(
                path=path, what=f"nobody among the subjects is called {ref}",
                write_instead=f"add {ref} to subjects or mend the reference",
            )  # fmt: skip
        elif ref.endswith("*"):
            yield Problem(
                path=path, what=f"nobody acts for people whom nobody has named: {ref}",
                write_instead="write one entry for each person, such as for: S1",
            )  # fmt: skip
        if ref in seen:
            yield Problem(
                path=path, what=f"two entries say as what the requester acts for {ref}",
                write_instead="keep the one that was shown",
            )  # fmt: skip
        seen.add(ref)
        yield from _span(each.get("valid"), "from", "to", ("representatives", n, "valid"))


def _named_fields(paper: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """The fields that the paper itself names; those of what came with it may be others."""
    scope = paper.get("scope") if isinstance(paper, Mapping) else None
    named = scope.get("fields_named") if isinstance(scope, Mapping) else None
    for place, reference in enumerate(_texts(named)):
        yield (*path, "scope", "fields_named", place), reference


def _paper(paper: Any, path: Path) -> Iterator[Problem]:
    if not isinstance(paper, Mapping) or len(path) > 60:
        return
    yield from _span(paper.get("valid"), "from", "to", (*path, "valid"))
    scope = paper.get("scope")
    if isinstance(scope, Mapping):
        yield from _span(scope.get("period"), "from", "to", (*path, "scope", "period"))
    for place, extra in enumerate(groups_in(paper.get("accompanies"))):
        yield from _paper(extra, (*path, "accompanies", place))


def _span(group: Any, start: str, end: str, path: Path) -> Iterator[Problem]:
    if not isinstance(group, Mapping):
        return
    first, last = day_in(group.get(start)), day_in(group.get(end))
    if not first or not last or last > first:
        return
    # The day called `to` is the first one that is no longer covered.
    what = "ends before it starts" if last < first else "ends on the day it starts, before any day"
    yield Problem(
        path=(*path, end), what=f"it {what}: {first} {last}", kind="dates",
        write_instead="check both dates on the paper; the end is the first day not covered",
    )  # fmt: skip


def _texts(value: Any) -> list[str]:
    """The items of a list; one that is no text is an empty one, so that places stay."""
    if not isinstance(value, list):
        return []
    return [item if isinstance(item, str) else "" for item in value]
