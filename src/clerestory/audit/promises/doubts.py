"""One promise for each fact: unknown or in doubt, it releases only what every answer releases."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from clerestory.audit.promises.question import LawRead, Question
from clerestory.audit.promises.rows import condition_of
from clerestory.law.errors import PackFault
from clerestory.law.fact_table import FACTS
from clerestory.law.promise_rows import Row
from clerestory.policy.circuit.supposing import Supposing
from clerestory.policy.circuit.well_formed import YES_OR_NO, well_formed

UNKNOWN = "unknown"
_FINDING = "findings."
_SIGNED = tuple(fact.path for fact in FACTS if fact.staged)
_ANSWERS = frozenset({"yes", "no", UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """The exceptions of a stack's packs: facts that may open something while nobody knows."""

    rows: Sequence[Row]

    def ask(self, read: LawRead) -> Iterator[Question]:
        """Yield the question of each fact that can be unknown.

        Raises:
            PackFault: An exception is about a fact that is not there.
            OutsideSubset: A condition cannot be translated.
        """
        facts = [
            path
            for path, codes in read.circuit.shape.facts.items()
            if UNKNOWN in codes and codes <= _ANSWERS and path not in YES_OR_NO
        ]
        self._check(facts)
        # An opinion is counsel's answer to the facts as they are, doubt included, and a suspension
        # only lowers: the question is what the law itself makes of a fact that nobody knows.
        unsigned = [(path, code) for path in _SIGNED for code in read.circuit.shape.sets[path]]
        nodes = [read.opened, well_formed(read.circuit)]
        opened, formed = Supposing(read.circuit, nodes).instead({}, unsigned)
        supposing = Supposing(read.circuit, [opened, formed])
        for path in sorted(facts):
            yield self._question(read, supposing, opened, path)

    def _question(self, read: LawRead, supposing: Supposing, opened: int, path: str) -> Question:
        circuit = read.circuit
        about_somebody = read.term("about_a_person", name="the doubts")
        unknown = circuit.both([circuit.is_one_of(path, [UNKNOWN]), about_somebody])
        code = path.removeprefix(_FINDING)
        raised = circuit.holds("raised", code) if path != code else circuit.no
        listed = circuit.either(
            [
                circuit.both([circuit.negate(raised), self._listed(read, path, "unknown")]),
                circuit.both([raised, self._listed(read, path, "raised")]),
            ]
        )
        return Question(
            id=f"doubt-{code}",
            says=f"While nobody knows {_said(code)}, nothing about a person leaves that an "
            "answer would keep, but for the exceptions that are listed with their reason.",
            premise=unknown,
            broken=circuit.both(
                [
                    *(unknown, opened, circuit.negate(listed)),
                    self._closed_by_an_answer(read, supposing, path),
                ]
            ),
        )

    @staticmethod
    def _closed_by_an_answer(read: LawRead, supposing: Supposing, path: str) -> int:
        """Return where some answer that can be given would close what is open."""
        circuit = read.circuit
        code = path.removeprefix(_FINDING)
        without = [("raised", code)] if path != code else []
        closing = []
        for answer in sorted(circuit.shape.facts[path] - {UNKNOWN}):
            open_still, can_be = supposing.instead({path: answer}, without)
            closing.append(circuit.both([can_be, circuit.negate(open_still)]))
        return circuit.either(closing)

    def _listed(self, read: LawRead, path: str, state: str) -> int:
        rows = (r for r in self.rows if (r.text("fact"), r.text("state")) == (path, state))
        return read.circuit.either([condition_of(read, row) for row in rows])

    def _check(self, facts: Collection[str]) -> None:
        for row in self.rows:
            if row.text("fact") not in facts:
                raise PackFault(
                    f"{row.where}: {row.id}: there is no fact {row.text('fact')} that can be "
                    "unknown",
                    todo="mend the fact, or take the exception out",
                )


def _said(code: str) -> str:
    return code.replace("_", " ").replace(".", " ")
