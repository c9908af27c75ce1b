"""What came of the gate, step by step, for counsel and for programs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from clerestory.audit.gate.found import Found, drafts_of
from clerestory.audit.gate.reviewed import FILE
from clerestory.kernel.canonical import Json

CHECK, PROOF, ANSWERS, CHANGES = "check", "proof", "known answers", "changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the gate. ``lines`` tell what was found; ``passed`` says whether it may go on."""

    name: str
    passed: bool
    lines: tuple[str, ...]
    detail: Json = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateReport:
    """The steps that were taken; the last one is the one that failed, if any did.

    ``found`` are the changes that nothing allows yet, ``broken`` the demands that break a promise.
    """

    packs: tuple[str, ...]
    steps: tuple[Step, ...]
    found: tuple[Found, ...]
    activated: bool
    broken: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)

    def lines(self, *, shown: bool = True) -> Iterator[str]:
        """Yield the report for people; with ``shown`` the demands and the tables to fill in."""
        for number, step in enumerate(self.steps, 1):
            yield f"{number}. {step.name}: {'passed' if step.passed else 'FAILED'}"
            yield from (f"   {line}" for line in step.lines)
        for one in self.found:
            yield from one.lines()
            if shown and one.demand is not None:
                yield "       for example:"
                text = yaml.safe_dump(dict(one.demand), sort_keys=False, allow_unicode=True)
                yield from (f"         {line}" for line in text.splitlines())
            if shown:
                yield f"       if it is right, list it in {FILE} and fill in the blanks:"
                yield from (f"         {line}" for line in one.draft())
        said = (
            "active: they answer demands" if self.activated else "not activated: mend the law first"
        )
        if self.found and not self.activated:
            said = (
                f"not activated: {len(self.found)} changes are not reviewed; mend the law, or list "
                f"them in {FILE}"
            )
        yield f"the packs are {said}"

    def demands(self) -> list[Mapping[str, Any]]:
        """Return every demand that shows what stops the law."""
        return [*self.broken, *(one.demand for one in self.found if one.demand is not None)]

    def draft(self) -> str:
        """Return the tables that would allow what is not reviewed, with blanks to fill in."""
        return drafts_of(self.found)

    def to_json(self) -> dict[str, Json]:
        """Return the report for programs."""
        return {
            "packs": list(self.packs),
            "activated": self.activated,
            "steps": [
                {"step": s.name, "passed": s.passed, "lines": list(s.lines), "detail": s.detail}
                for s in self.steps
            ],
            "not_reviewed": [one.to_json() for one in self.found],
        }


def counted(items: Sequence[object], one: str, many: str) -> str:
    """Return a number with its word: ``1 change``, ``3 changes``."""
    return f"{len(items)} {one if len(items) == 1 else many}"
