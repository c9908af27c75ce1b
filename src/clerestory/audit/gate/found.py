"""What the gate finds, and how it is told: in words, with what to write to allow it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from clerestory.audit.gate.reviewed import ALL, BUT, COLUMNS
from clerestory.kernel.canonical import Json
from clerestory.policy.circuit.circuit import direction

_SAID = {
    "release": "released",
    "coarsen": "answered less exactly",
    "refer": "referred to counsel",
    "withhold": "withheld",
}


def said(label: str) -> str:
    """Return an answer in words: ``coarsen to year`` is answered less exactly (year)."""
    answer, _, instead = label.partition(" to ")
    return f"{_SAID.get(answer, answer)}{f' ({instead})' if instead else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One change of the law that nothing in the reviewed file allows.

    ``columns`` are the codes for which it is met, ``days`` from when until when (that day left
    out; None where it has no end). For what no answer tells, ``what`` names it and ``change``
    says how.
    """

    before: str = ""
    after: str = ""
    duty: str = ""
    gained: bool = False
    what: str = ""
    change: str = ""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    days: tuple[date | None, date | None] = (None, None)
    on: date | None = None
    demand: Mapping[str, Any] | None = field(default=None, repr=False)
    authorities: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    packs: tuple[str, ...] = ()

    @property
    def way(self) -> str:
        """In one word, what the new law does."""
        if self.what:
            return "TEXT"
        if self.duty:
            return "ADDS" if self.gained else "DROPS"
        return {1: "OPENS", -1: "CLOSES", 0: "ALTERS"}[direction(self.before, self.after)]

    @property
    def headline(self) -> str:
        """The change in one sentence."""
        if self.what:
            return f"{self.what}: {self.change}"
        if self.duty:
            return f"the duty {self.duty}, where the answer stays the same"
        return f"what was {said(self.before)} is {said(self.after)}"

    def lines(self) -> Iterator[str]:
        """Yield the change for people, without its example."""
        yield f"{self.way:6} {self.headline}"
        if self.what:
            return
        for column, codes in self.columns.items():
            yield f"       {column + ':':11} {', '.join(codes)}"
        since, until = self.days
        if since or until:
            yield f"       days:       {since or 'from the first'} to {until or 'the last'}"
        yield f"       before, by: {', '.join(self.authorities[0]) or 'silence'}"
        yield f"       after, by:  {', '.join(self.authorities[1]) or 'silence'}"

    def draft(self) -> Iterator[str]:
        """Yield the table that would allow it, with blanks for what only people know."""
        if self.what:
            yield "[[text]]"
            yield f"what = {json.dumps(self.what)}"
            yield f"change = {json.dumps(self.change)}"
        else:
            yield from self._draft_of_answer()
        yield 'citation = ""  # the authority that it rests on'
        yield 'reviewed = ""  # who reviewed it, and when'

    def _draft_of_answer(self) -> Iterator[str]:
        if self.duty:
            yield "[[duty]]"
            yield f"duty = {json.dumps(self.duty)}"
            yield f"change = {json.dumps('added' if self.gained else 'dropped')}"
        else:
            yield "[[answer]]"
            yield f"before = {json.dumps(self.before)}"
            yield f"after = {json.dumps(self.after)}"
        for column, codes in self.columns.items():
            in_words = next((c for c in codes if c == ALL or c.startswith(BUT)), list(codes))
            yield f"{column} = {json.dumps(in_words)}"
        for key, day in zip(("since", "until"), self.days, strict=True):
            if day is not None:
                yield f"{key} = {day}"
        if self.needs_case:
            yield 'case = ""  # the id of a known answer that shows it'

    @property
    def needs_case(self) -> bool:
        """Whether a known answer has to show it: all but what only closes a record.

        What goes to counsel, or no longer does, is shown too: a mandate may be waiting there.
        """
        if self.what:
            return False
        return self.way != "CLOSES" or "refer" in {self.before, self.after}

    def to_json(self) -> dict[str, Json]:
        """Return the change for programs."""
        since, until = self.days
        return {
            "way": self.way,
            "says": self.headline,
            "before": self.before,
            "after": self.after,
            "duty": self.duty,
            "what": self.what,
            "change": self.change,
            **{column: list(self.columns.get(column, ())) for column in COLUMNS},
            "since": since.isoformat() if since else None,
            "until": until.isoformat() if until else None,
            "packs": list(self.packs),
            "demand": dict(self.demand) if self.demand else None,
        }


def drafts_of(found: Sequence[Found]) -> str:
    """Return a file of tables that would allow all of it, once its blanks are filled in."""
    return "\n".join("\n".join(one.draft()) + "\n" for one in found)
