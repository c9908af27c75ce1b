"""The score of known answers: what passed, what missed and why, and what must never happen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clerestory.audit.casebook import Casebook, CaseScore, StepScore, case_documents
from clerestory.demands.errors import BadDemand
from clerestory.demands.reading import load_document
from clerestory.demands.schema import plain
from clerestory.kernel.canonical import Json
from clerestory.kernel.reading import Document
from clerestory.law.activation import FILE as ACTIVE
from clerestory.law.activation import KEPT

_ENDINGS = {".yaml", ".yml", ".json"}


def list_case_files(places: Sequence[Path]) -> list[Path]:
    """Return the files among the places, and every case file below the folders among them.

    Raises:
        BadDemand: A place does not exist, or a folder holds no case file.
    """
    files: list[Path] = []
    for place in places:
        if place.is_dir():
            below = sorted(p for p in place.rglob("*") if p.is_file() and p.suffix in _ENDINGS)
            found = [path for path in below if _is_case_file(place, path)]
            if not found:
                raise BadDemand(f"{place} holds no case files", todo="give files of cases")
            files += found
        elif place.is_file():
            files.append(place)
        else:
            raise BadDemand(f"there is no file {place}", todo="check the path")
    return list(dict.fromkeys(files))


def _is_case_file(place: Path, path: Path) -> bool:
    """A folder of packs holds vocabularies and the law that is active too; those are no cases."""
    parts = path.relative_to(place).parts
    if path.name in {"codes.yaml", ACTIVE} or KEPT in parts[:-1]:
        return False
    return not any(part.startswith(".") for part in parts)


def score_files(packs_folder: Path, paths: Sequence[Path]) -> Iterator[CaseScore]:
    """Score the cases of the files one by one, under the packs that each names.

    Raises:
        BadDemand: A file is not a casebook (before any case is run), or a case cannot be read.
    """
    cases = [
        (case, path) for path in paths for case in case_documents(load_document(path), path.name)
    ]
    book = Casebook(packs_folder)
    return (_score(book, case, path) for case, path in cases)


def _score(book: Casebook, case: Document | Mapping[str, Any], path: Path) -> CaseScore:
    name = plain(case)["demand"]["id"]
    try:
        return book.score(case, path.name)
    except BadDemand as fault:
        # A fault with its place names the file itself.
        before = "" if fault.faults else f"{path.name}, "
        raise BadDemand(
            f"{before}case {name}: {fault}", code=fault.code, todo=fault.todo, file=fault.file,
            faults=fault.faults,
        ) from fault  # fmt: skip


@dataclass(slots=True)
class CaseTally:
    """Scores added up. An over-release is never only a number: each is named."""

    passed: int = 0
    failed: int = 0
    steps: int = 0
    steps_passed: int = 0
    scores: list[CaseScore] = field(default_factory=list)

    def add(self, score: CaseScore) -> None:
        """Count one case; a case that is not covered is neither passed nor failed."""
        self.scores.append(score)
        self.steps += len(score.steps)
        self.steps_passed += sum(step.passed for step in score.steps)
        if not score.not_covered:
            self.passed += score.passed
            self.failed += not score.passed

    @property
    def not_covered(self) -> list[CaseScore]:
        """The cases that could not be run."""
        return [score for score in self.scores if score.not_covered]

    @property
    def over_releases(self) -> list[str]:
        """Every field that was released and must not be, with its case and day."""
        return [
            f"{step.case} on {step.on}: {text}"
            for score in self.scores
            for step in score.steps
            for text in step.over_releases
        ]

    @property
    def unnamed(self) -> int:
        """How many of the listed authorities were not named; information, no score."""
        return sum(len(step.notes) for score in self.scores for step in score.steps)

    def lines(self, *, verbose: bool = False) -> Iterator[str]:
        """Yield the score for people, over-releases first and last."""
        for text in self.over_releases:
            yield f"OVER-RELEASE  {text}"
        for score in self.scores:
            yield from _case_lines(score, verbose=verbose)
        if not verbose and self.unnamed:
            yield f"authorities listed and not named: {self.unnamed} (no miss; see --verbose)"
        yield (
            f"{self.passed} passed, {self.failed} failed, {len(self.not_covered)} not covered "
            f"({self.steps_passed} of {self.steps} steps passed)"
        )
        yield f"over-releases: {len(self.over_releases)}"

    def to_json(self) -> dict[str, Json]:
        """Return the score for programs."""
        return {
            "passed": self.passed,
            "failed": self.failed,
            "not_covered": len(self.not_covered),
            "steps": self.steps,
            "steps_passed": self.steps_passed,
            "over_releases": len(self.over_releases),
            "authorities_not_named": self.unnamed,
            "cases": [_case_json(score) for score in self.scores],
        }


def _case_lines(score: CaseScore, *, verbose: bool) -> Iterator[str]:
    where = f"{score.case}  ({score.file})"
    if score.not_covered:
        yield f"not covered   {where}: {score.not_covered}"
    elif not score.passed:
        yield f"failed        {where}: {score.title}"
    elif verbose:
        yield f"passed        {where}: {score.title}"
    for step in score.steps:
        yield from (f"    {step.on}  {miss}" for miss in (*step.over_releases, *step.misses))
        if verbose:
            yield from (f"    {step.on}  for information: {note}" for note in step.notes)


def _case_json(score: CaseScore) -> Mapping[str, Json]:
    return {
        "case": score.case,
        "file": score.file,
        "title": score.title,
        "passed": score.passed,
        "not_covered": score.not_covered,
        "steps": [_step_json(step) for step in score.steps],
    }


def _step_json(step: StepScore) -> Mapping[str, Json]:
    return {
        "on": step.on.isoformat(),
        "passed": step.passed,
        "misses": list(step.misses),
        "over_releases": list(step.over_releases),
        "authorities_not_named": list(step.notes),
    }
