"""Known answers and real demands: run each step of each case, and score it without mercy."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, overload

from clerestory.audit.law_days import LawDays
from clerestory.demands.determination import Determination, Duty
from clerestory.demands.errors import BadDemand
from clerestory.demands.reading import load_document, read_demand
from clerestory.demands.schema import faults_of, plain, schema
from clerestory.demands.shape import find_problems
from clerestory.kernel.reading import Document
from clerestory.kernel.time import BadTime, parse_day
from clerestory.law.codes import Vocabulary
from clerestory.law.errors import UnknownCode
from clerestory.law.packs import available_packs

# How far an answer opens a record; whether counsel looks at what stays closed is no difference.
_OPENS = {"withhold": 0, "refer_to_counsel": 0, "coarsen": 1, "release": 2}
_SAID = {"coarsen": "was coarsened", "release": "was released"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepScore:
    """One step of a case: what was missed, and what was released that must not be."""

    case: str
    on: date
    misses: tuple[str, ...]
    over_releases: tuple[str, ...]
    notes: tuple[str, ...] = ()
    determination: Determination | None = field(default=None, repr=False)

    @property
    def passed(self) -> bool:
        """Whether the step scored in full."""
        return not self.misses and not self.over_releases


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseScore:
    """One case. ``not_covered`` says why it could not be run; such a case is never passed."""

    case: str
    title: str
    file: str
    steps: tuple[StepScore, ...] = ()
    not_covered: str = ""

    @property
    def passed(self) -> bool:
        """Whether every step scored in full."""
        return not self.not_covered and all(step.passed for step in self.steps)


class Casebook:
    """Runs cases under exactly the packs that each names."""

    def __init__(self, packs_folder: Path) -> None:
        self._days = LawDays(packs_folder)
        self._known = set(available_packs(packs_folder))

    def run(self, paths: Sequence[Path]) -> Iterator[CaseScore]:
        """Score every case of the files, in order.

        Raises:
            BadDemand: A file is not a casebook.
        """
        for path in paths:
            for case in case_documents(load_document(path), path.name):
                yield self.score(case, path.name)

    def score(self, document: Document | Mapping[str, Any], file: str = "") -> CaseScore:
        """Run one case and score its steps."""
        case = plain(document)
        name, title = str(case["demand"]["id"]), str(case["demand"].get("title", ""))
        packs = tuple(map(str, case["packs"]))
        missing = [pack for pack in packs if pack not in self._known]
        if missing:
            why = f"there is no pack {', '.join(missing)}"
            return CaseScore(case=name, title=title, file=file, not_covered=why)
        try:
            steps = tuple(self._steps(document, packs, name))
        except UnknownCode as fault:
            return CaseScore(case=name, title=title, file=file, not_covered=_first_line(fault))
        return CaseScore(case=name, title=title, file=file, steps=steps)

    def _steps(
        self, document: Document | Mapping[str, Any], packs: tuple[str, ...], name: str
    ) -> Iterator[StepScore]:
        case = plain(document)
        stack = self._days.stack(packs)
        for step in case["expect"]:
            _check_codes(step, stack.vocabulary, name)
            on = day_of(step)
            demand = read_demand(demand_on(document, on), stack.vocabulary)
            determination = self._days.engine(packs, on).decide(demand, explain=False)
            yield score_step(name, step, case.get("must_not") or (), determination)


def cases_of(document: Document | Any, file: str) -> Sequence[Mapping[str, Any]]:
    """Return the cases of a parsed file: a list under ``cases``, a list, or one case.

    Raises:
        BadDemand: It is none of these, or a case does not follow its form.
    """
    return [plain(case) for case in case_documents(document, file)]


def case_documents(document: Document | Any, file: str) -> Sequence[Document | Mapping[str, Any]]:
    """Return the cases with their lines, where the document was read from a file.

    Raises:
        BadDemand: As :func:`cases_of`; with every fault of every case.
    """
    whole = plain(document)
    cases = whole.get("cases", [whole]) if isinstance(whole, Mapping) else whole
    if not isinstance(cases, list) or not cases:
        raise BadDemand(f"{file} holds no cases", todo="see docs/written-forms.md for the form")
    parts: list[Document | Any] = cases
    if isinstance(document, Document):
        one = isinstance(whole, Mapping) and "cases" not in whole
        before: tuple[str, ...] = ("cases",) if isinstance(whole, Mapping) else ()
        # One case alone has no place in a list that it could be taken from.
        parts = [document] if one else [document.at(*before, n) for n in range(len(cases))]
    faults = [
        fault
        for part in parts
        for fault in faults_of(part, find_problems(plain(part), schema("case")))
    ]
    if faults:
        raise BadDemand.of(file, faults)
    return parts


def pick_case(document: Document | Any, file: str, name: str) -> Document | Mapping[str, Any]:
    """Return the case of a parsed file whose demand has this id.

    Raises:
        BadDemand: The file holds no such case; the message lists those it holds.
    """
    cases = case_documents(document, file)
    for case in cases:
        if plain(case)["demand"]["id"] == name:
            return case
    held = ", ".join(str(plain(case)["demand"]["id"]) for case in cases)
    raise BadDemand(f"{file} holds no case {name}", todo=f"choose one of: {held}")


@overload
def demand_on(document: Document, on: date) -> Document: ...
@overload
def demand_on(document: Mapping[str, Any], on: date) -> Mapping[str, Any]: ...
def demand_on(document: Document | Mapping[str, Any], on: date) -> Document | Mapping[str, Any]:
    """Return a case's demand as it stood on a day: every step until then has changed it."""
    case = plain(document)
    demand: Mapping[str, Any] = case["demand"]
    for step in case["expect"]:
        if day_of(step) <= on:
            demand = _merge(demand, step)
    if isinstance(document, Document):
        return document.at("demand").with_value(demand)
    return demand


def day_of(step: Mapping[str, Any]) -> date:
    """Return the day from which a step holds."""
    value = step["from"]
    try:
        return value if isinstance(value, date) else parse_day(str(value))
    except BadTime as fault:
        raise BadDemand(f"not a day: {value}", todo="write a day as 2026-02-26") from fault


def _first_line(fault: Exception) -> str:
    return str(fault).partition("\n")[0]


def score_step(
    name: str, step: Mapping[str, Any], must_not: Sequence[Any], determination: Determination
) -> StepScore:
    """Compare a determination with the known answer of a step.

    An answer that opens more than the known one (released where it is coarsened, withheld or
    referred; coarsened where it is withheld or referred) is an over-release, counted apart.
    """
    expected = {str(ref): str(outcome) for ref, outcome in (step.get("rulings") or {}).items()}
    misses: list[str] = []
    over: list[str] = []
    seen: set[str] = set()
    deciding: set[str] = set()
    near: set[str] = set()
    for ruling in determination.rulings:
        ref, outcome = ruling.item.ref, ruling.outcome.value
        seen.add(ref)
        deciding |= set(ruling.authorities)
        near |= {miss.authority for miss in ruling.considered_not_met}
        wanted = expected.get(ref)
        opens_more = wanted is not None and _OPENS[outcome] > _OPENS[wanted]
        if opens_more or (_OPENS[outcome] and _barred(must_not, ref, outcome, wanted)):
            over.append(f"{ref} ({ruling.item.program}) {_SAID[outcome]}; the answer is {wanted}")
        elif wanted is not None and outcome != wanted:
            misses.append(f"{ref} ({ruling.item.program}) is {outcome}; the answer is {wanted}")
    misses += [f"{ref} was not decided" for ref in sorted(set(expected) - seen)]
    if step.get("overall") not in {None, determination.overall}:
        misses.append(f"overall is {determination.overall}; the answer is {step['overall']}")
    first = step.get("decides_first")
    if first and first not in deciding:
        misses.append(f"{first} is not among the determining authorities")
    wrong = sorted(deciding & set(step.get("must_not_decide") or ()))
    misses += [f"{name} decides and must not" for name in wrong]
    misses += [
        f"{n} is not among the near misses" for n in step.get("near_misses") or () if n not in near
    ]
    misses += _coarser(step.get("coarsen_to") or {}, determination)
    misses += _missing_duties(step.get("duties") or (), determination)
    absent = [n for n in step.get("authorities") or () if n not in deciding | near]
    return StepScore(
        case=name,
        on=determination.on,
        misses=tuple(misses),
        over_releases=tuple(over),
        notes=tuple(f"{n} is not named" for n in absent),
        determination=determination,
    )


def _coarser(wanted: Mapping[str, Any], determination: Determination) -> Iterator[str]:
    """Yield the fields for which another coarser answer is given than the known one."""
    given = {ruling.item.ref: ruling.coarsen_to for ruling in determination.rulings}
    for ref, code in wanted.items():
        if given.get(str(ref)) != str(code):
            yield f"{ref} is coarsened to {given.get(str(ref))}; the answer is {code}"


# What a known answer may say of a duty, and how the determination says it.
_OF_A_DUTY: Mapping[str, Callable[[Duty], str]] = {
    "to": lambda duty: duty.to or "none",
    "within": lambda duty: duty.within or "none",
    "due": lambda duty: duty.due.on.isoformat() if duty.due else "none",
}


def _missing_duties(duties: Sequence[Any], determination: Determination) -> Iterator[str]:
    for duty in duties:
        wanted = duty if isinstance(duty, Mapping) else {"do": duty}
        said = {key: str(wanted[key]) for key in _OF_A_DUTY if wanted.get(key) is not None}
        known = [have for have in determination.duties if have.code == wanted["do"]]
        if not known:
            yield f"duty {wanted['do']} is missing"
        elif not any(_is_owed(have, said) for have in known):
            told = ", ".join(f"{key} {value}" for key, value in said.items())
            yield f"duty {wanted['do']} is owed otherwise than known: {told}"


def _is_owed(duty: Duty, said: Mapping[str, str]) -> bool:
    return all(_OF_A_DUTY[key](duty) == value for key, value in said.items())


def _barred(must_not: Sequence[Any], ref: str, outcome: str, wanted: str | None) -> bool:
    """Whether an answer is wrong on any day before the first step that gives it."""
    if wanted == outcome:
        return False
    for entry in must_not:
        if isinstance(entry, Mapping):
            if entry.get(ref) == outcome:
                return True
        elif entry == outcome:
            return True
    return False


def _merge(document: Mapping[str, Any], step: Mapping[str, Any]) -> Mapping[str, Any]:
    """Apply a step's findings and changes of the paper; they hold from that day on."""
    changed = dict(document)
    if not all(isinstance(document.get(key) or {}, Mapping) for key in ("findings", "instrument")):
        # Left as it is written: the reader of the demand names the line.
        return changed
    changed["findings"] = {**(document.get("findings") or {}), **(step.get("findings") or {})}
    changed["instrument"] = _deep(document.get("instrument") or {}, step.get("instrument") or {})
    return changed


def _deep(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(old)
    for key, value in new.items():
        inner = merged.get(key)
        both = isinstance(value, Mapping) and isinstance(inner, Mapping)
        merged[key] = _deep(inner, value) if both else value  # type: ignore[arg-type]
    return merged


def _check_codes(step: Mapping[str, Any], vocabulary: Vocabulary, name: str) -> None:
    for duty in step.get("duties") or ():
        code = duty["do"] if isinstance(duty, Mapping) else duty
        vocabulary.check("duties", str(code), f"{name}, duties")
