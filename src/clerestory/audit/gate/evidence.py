"""Whether a reviewed change rests on something: a source of law, and an answer that shows it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from clerestory.audit.casebook import cases_of
from clerestory.audit.gate.meaning import Comparison
from clerestory.audit.gate.reviewed import Reviewed
from clerestory.audit.law_days import LawDays
from clerestory.audit.rows.known import rows_of_case
from clerestory.audit.two_laws import DAY, TwoLaws
from clerestory.demands.reading import load_document
from clerestory.law.packs import PackStack
from clerestory.policy.model.shape import Shape

Fault = tuple[Reviewed, str]


def citation_faults(entries: Sequence[Reviewed], stacks: Sequence[PackStack]) -> Iterator[Fault]:
    """Yield the tables whose citation no pack in use has, by id or as it is printed."""
    known = {
        text
        for stack in stacks
        for name, authority in stack.authorities.items()
        for text in (name, authority.citation)
    }
    for entry in entries:
        citation = entry.text("citation")
        if entry.kind != "uncompared" and citation not in known:
            yield entry, f"citation: no authority of the packs is {citation}"


def case_faults(
    comparison: Comparison, files: Sequence[Path], days: LawDays, *, needed: Sequence[Reviewed]
) -> Iterator[Fault]:
    """Yield the tables whose known answer is not there or does not show the change.

    A known answer shows a change where the old law gives one of its fields the one answer and the
    new law gives it the other, inside the box of the table. That it passes was scored before.
    """
    entries = comparison.entries
    wanted = {entry.text("case") for entry in entries if entry.text("case")}
    cases = _cases(files, wanted)
    for entry in entries:
        name = entry.text("case")
        if not name:
            if entry in needed:
                yield entry, 'case: name a known answer that shows it, as case = "..."'
        elif name not in cases:
            yield entry, f"case: there is no known answer {name}"
        elif not _shows(entry, comparison, cases[name], days):
            yield entry, f"case: {name} does not show this change under both laws"


def _cases(files: Sequence[Path], wanted: set[str]) -> dict[str, Mapping[str, Any]]:
    if not wanted:
        return {}
    return {
        str(case["demand"]["id"]): case
        for path in files
        for case in cases_of(load_document(path), path.name)
        if str(case["demand"]["id"]) in wanted
    }


def _shows(entry: Reviewed, comparison: Comparison, case: Mapping[str, Any], days: LawDays) -> bool:
    names = {pack.name for pack in days.stack(case["packs"]).packs}
    for laws in comparison.laws.values():
        if {pack.name for pack in laws.new.packs} == names:
            box = comparison.box(entry, laws)
            return any(
                laws.after.evaluate(_facts(laws, row.facts, laws.code_on(row.on)))[box]
                for row in rows_of_case(case, days)
            )
    return False


def _facts(laws: TwoLaws, facts: Mapping[str, Any], day: str) -> dict[str, Any]:
    return {**_nothing(laws.shape), **facts, DAY: day}


def _nothing(shape: Shape) -> dict[str, Any]:
    """Return what a demand says of facts that only the old law asks for: nothing."""
    unsaid = {
        path: "unknown" if "unknown" in codes else min(codes) for path, codes in shape.facts.items()
    }
    return {**unsaid, **{path: [] for path in shape.sets}}
