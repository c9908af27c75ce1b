"""The regimes of a scenario as nodes of one circuit, and the limits on what they may read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from clerestory.audit.lab.scenario import BadScenario, Regime, Scenario, Tree
from clerestory.audit.law_choice import LawChoice, choose_law
from clerestory.audit.rows.columns import DemandColumns
from clerestory.policy.circuit.circuit import OUTCOMES, Circuit, Has, codes_read
from clerestory.policy.circuit.circuit_of_law import circuit_of, read_condition
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.shape import joined, shape_of

# A condition that read what a person is would count persons by it: these facts alone are open to
# it, whether it reads them itself or through a defined word.
_PAPER = (
    "principal",
    "purpose",
    "component",
    "requester_state",
    "channel",
    "paper.",
    "papers",
    "forms",
    "kinds",
    "issuers",
)
_OPEN = (
    *_PAPER,
    *("grounds", "threats", "months", "hold", "cited", "consent.", "agreement.", "holder."),
    *("nondisclosure.", "subject.relation", "subject.alone", "resource."),
)
_OPEN_FINDINGS = frozenset(
    {
        *("agency_consent_only", "agreement_names_requester", "authority_stated", "crime_named"),
        "consent_names_requester",
        *("identifier_matches_one_person", "issuing_court_in_holder_state", "official_capacity"),
        *("order_reversed", "order_stayed", "protective_order", "requester_identified"),
        *("relates_to_immigration_enforcement", "requester_primarily_enforces_immigration_law"),
        *("requester_supplied_name", "specific_and_limited", "written_request_complete"),
    }
)
_ASKER = (*_PAPER, "resource.program")


@dataclass(frozen=True, slots=True)
class Law:
    """One of the laws that a scenario names, on its day."""

    choice: LawChoice
    law: LawOfTheDay
    circuit: Circuit = field(repr=False)


class Regimes:
    """All regimes of a scenario over one circuit.

    ``wanted`` names the nodes of ``release``, ``coarsen`` and ``refer`` for each regime, of the
    groups and of ``exposes``. ``columns`` are those of the demand rows.
    """

    def __init__(
        self,
        scenario: Scenario,
        packs_folder: Path,
        today: date,
        days: Mapping[str, date] | None = None,
    ) -> None:
        """Load the laws that a scenario names.

        Args:
            scenario: The regimes and groups.
            packs_folder: Where the packs in use lie.
            today: The day of a law that is named without one.
            days: The days of an earlier run that is repeated.

        Raises:
            PackFault: A law is missing or at fault.
            OutsideSubset: A condition or policy uses what cannot be translated.
            BadScenario: A condition reads what a person is.
        """
        self.scenario = scenario
        names = [scenario.law, *(r.law for r in scenario.regimes if r.law)]
        known = days or {}
        choices = {n: choose_law(n, packs_folder, known.get(n, today)) for n in names}
        shapes = [shape_of(choice.stack) for choice in choices.values()]
        base = Circuit(joined(shapes))
        self.laws: dict[str, Law] = {}
        for name, choice in choices.items():
            law = LawOfTheDay.assemble(choice.stack, choice.on)
            self.laws[name] = Law(choice, law, circuit_of(law, base))
        self.columns = DemandColumns.of(shapes)
        self.wanted = dict(self._nodes())

    @property
    def circuit(self) -> Circuit:
        """The circuit that holds all nodes."""
        return self.base.circuit

    @property
    def base(self) -> Law:
        """The law whose words the conditions use."""
        return self.laws[self.scenario.law]

    @property
    def conditions(self) -> Mapping[str, Tree]:
        """Every condition by the name of its node."""
        scenario = self.scenario
        named = {f"group {g.id}": g.when for g in scenario.groups}
        named |= {f"release {r.id}": r.release for r in scenario.regimes}
        named |= {f"refer {r.id}": r.refer for r in scenario.regimes}
        return {"exposes": scenario.exposes, **{n: tree for n, tree in named.items() if tree}}

    def marks(self) -> list[str]:
        """Return what tells each law from every other: its packs' digest, and the day."""
        return [law.choice.mark for law in self.laws.values()]

    def _nodes(self) -> Iterator[tuple[str, int]]:
        read = {name: self._read(name, tree) for name, tree in self.conditions.items()}
        yield "exposes", read["exposes"]
        for group in self.scenario.groups:
            yield f"group {group.id}", read.get(f"group {group.id}", self.circuit.yes)
        for regime in self.scenario.regimes:
            yield from self._answers(regime, read)

    def _answers(self, regime: Regime, read: Mapping[str, int]) -> Iterator[tuple[str, int]]:
        circuit = self.circuit
        if regime.law:
            outcomes: Mapping[str, int] = self.laws[regime.law].circuit.outcomes
        else:
            released = read[f"release {regime.id}"]
            referred = read.get(f"refer {regime.id}", circuit.no)
            referred = circuit.both([referred, circuit.negate(released)])
            outcomes = {"release": released, "coarsen": circuit.no, "refer": referred}
        for answer in OUTCOMES[:-1]:
            yield f"{answer} {regime.id}", outcomes[answer]

    def _read(self, name: str, tree: Tree) -> int:
        if "'settled'" in str(tree):
            raise BadScenario(
                f"{name} reads context.settled, which promises alone may read",
                todo="leave it out: a regime says itself what goes to counsel",
            )
        place = read_condition(self.circuit, self.base.law, tree, name=name)
        open_paths = _ASKER if name.startswith("group ") else _OPEN
        for atom in codes_read(self.circuit, [place]):
            code = atom.code if isinstance(atom, Has) else ""
            if not _may_read(atom.path, code, open_paths):
                raise BadScenario(
                    f"{name} reads {atom.path}, which says what a person is or what is known of "
                    "one: nobody is counted by that",
                    code="lab-closed-fact",
                    todo="write the condition with who asks, the paper, consent and agreement; "
                    "docs/laboratory.md lists what may be read",
                )
        return place


def _may_read(path: str, code: str, open_paths: tuple[str, ...]) -> bool:
    if path.startswith("findings."):
        return open_paths is _OPEN and path.removeprefix("findings.") in _OPEN_FINDINGS
    if path == "raised":
        return open_paths is _OPEN and code in _OPEN_FINDINGS
    return any(path == known or (known.endswith(".") and path.startswith(known))
               for known in open_paths)  # fmt: skip
