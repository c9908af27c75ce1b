"""From a day's policies to the circuit of that law, stage by stage.

``cedar_reading`` reads the conditions, ``pack_facts`` knows what they may ask. What lies outside is
refused with file, line and operator, so that a policy whose evaluation could fail is never
translated.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from clerestory.law.conditions import TERMS
from clerestory.law.packs import PackStack
from clerestory.law.policies import Policy
from clerestory.law.stages import GIVEN_BY, STAGE_SETS
from clerestory.policy.circuit.cedar_reading import Tree, read_policy, read_tree
from clerestory.policy.circuit.circuit import OUTCOMES, Circuit
from clerestory.policy.circuit.counsel_nodes import Counsel
from clerestory.policy.circuit.pack_facts import PackFacts
from clerestory.policy.decide.duties import labels
from clerestory.policy.errors import OutsideSubset
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.shape import shape_of


def circuit_of(
    law: LawOfTheDay, into: Circuit | None = None, stands: Mapping[str, int] | None = None
) -> Circuit:
    """Write the law of a day as a circuit.

    Args:
        law: The policies in force.
        into: A circuit of the same shape whose nodes are shared: two laws are compared in one.
        stands: For a policy that is in force on some of several days only, the node that holds
            on those days; a policy that is not listed always stands.

    Raises:
        OutsideSubset: A policy uses what cannot be translated; the message names the place.
    """
    circuit = Circuit(into.shape, into.nodes, _places=into._places) if into else Circuit(
        shape_of(law.stack)
    )  # fmt: skip
    return _Stages(circuit, law, stands or {}).write()


def read_condition(circuit: Circuit, law: LawOfTheDay, tree: Tree, *, name: str) -> int:
    """Return the node of a condition that reads the facts and the words of every stage.

    ``context.settled`` names the policies that settle a point, so that it goes to no counsel.

    Args:
        circuit: The law, already written.
        law: The same law.
        tree: Cedar's own JSON form of the condition.
        name: What a message calls it.

    Raises:
        OutsideSubset: The condition uses what cannot be translated.
    """
    return Conditions.of(circuit, law, {}).read(tree, name=name)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditions about one law, read one after the other; see :func:`read_condition`.

    Args:
        circuit: The law, already written.
        facts: What a condition may read.
    """

    circuit: Circuit
    facts: PackFacts

    @classmethod
    def of(cls, circuit: Circuit, law: LawOfTheDay, terms: Mapping[str, int]) -> "Conditions":
        """Let conditions read the facts, the words of every stage, and ``terms`` by their name."""
        # A word that no policy of this day gives is not given; one that none ever gives is a slip.
        known: dict[str, Mapping[str, int]] = {}
        for stage, words in _words(law).items():
            given = {w: circuit.words.get((stage, w), circuit.no) for w in words}
            known[stage] = given
        # Kept and not copied: conditions may be named one after the other.
        known[TERMS] = terms
        return cls(circuit, PackFacts(circuit, law.stack.vocabulary, known, strict=True))

    def read(self, tree: Tree, *, name: str) -> int:
        """Return the node of one condition, which a message calls ``name``.

        Raises:
            OutsideSubset: The condition uses what cannot be translated.
        """
        return read_tree(self.circuit, self.facts, tree, place=name)


def outside_subset(stack: PackStack) -> Iterator[tuple[Policy, OutsideSubset]]:
    """Yield every policy, of any day, that cannot be translated, and why.

    Policies that only name what was considered open nothing and are never translated.
    """
    circuit = Circuit(shape_of(stack))
    nothing: dict[str, dict[str, int]] = {stage: {} for stage in STAGE_SETS}
    for policy in stack.policies:
        answers = dict.fromkeys(OUTCOMES, circuit.no) if policy.action == "oblige" else {}
        facts = PackFacts(circuit, stack.vocabulary, nothing, answers=answers)
        try:
            if policy.action != "consider":
                _read(circuit, facts, policy)
        except OutsideSubset as fault:
            yield policy, fault


def _read(circuit: Circuit, facts: PackFacts, policy: Policy) -> int:
    place = f"{policy.file}:{policy.line}: {policy.id}"
    # Its action was read when the policies were put in order by stage.
    return read_policy(circuit, facts, policy.tree, place=place, scopes=("principal", "resource"))


def _words(law: LawOfTheDay) -> dict[str, set[str]]:
    """Return every word that some policy of the packs can give, on any day, by stage."""
    given = {
        name: {word for policy in law.stack.policies for word in policy.words(note)}
        for name, (_, note) in GIVEN_BY.items()
    }
    return {**given, "settled": {p.id for p in law.stack.policies if p.action == "refer"}}


@dataclass
class _Stages:
    """The stages of ``stages.run``, written once more, as nodes."""

    circuit: Circuit
    law: LawOfTheDay
    stands: Mapping[str, int]

    def write(self) -> Circuit:
        circuit = self.circuit
        defined = self._satisfied("define", {})
        established = self._given("established", defined)
        lifts = self._satisfied("lift", {"established": established})
        lifted, mandated = self._lifted(lifts)
        before = {"established": established, "lifted": lifted, "mandated": mandated}
        released, bars = self._released(before)
        barred = self._given("barred", bars)
        offers = self._satisfied("lift_coarsened", {**before, "barred": barred})
        coarsened = self._coarsened(before, barred, lifts, offers)
        refers = self._satisfied("refer", {**before, "barred": barred})
        referred, settles = self._allowed(refers)
        circuit.policies |= defined | lifts | bars | offers | refers
        self._answer(released, coarsened, referred)
        self._determine(lifts, bars, offers, refers)
        met = {
            "define": defined, "lift": lifts, "disclose": bars, "lift_coarsened": offers,
            "refer": refers,
        }  # fmt: skip
        after = self._heed_counsel(before, barred, met)
        self._name(**after, settled=settles)
        self._coarser(offers)
        self._oblige(after)
        return circuit

    def _heed_counsel(
        self,
        known: dict[str, dict[str, int]],
        barred: dict[str, int],
        met: Mapping[str, Mapping[str, int]],
    ) -> dict[str, dict[str, int]]:
        """Let what counsel signed change the answers; return the words that then hold."""
        circuit = self.circuit
        points = {name: met["refer"][name] for name in sorted(self.law.opinions)}
        lifted = self._given("lifted", {**met["lift"], **points})
        # Without a point that an opinion may open nothing is tried, and nothing is written.
        tried = self._released({**known, "lifted": lifted})[0] if points else circuit.no
        opened = Counsel(
            circuit=circuit, law=self.law, met=met, established=known["established"], tried=tried
        ).heed()
        more = {name: circuit.both([opened, place]) for name, place in points.items()}
        left = circuit.negate(opened)
        return {
            **known,
            "lifted": self._given("lifted", {**met["lift"], **more}),
            "barred": {lock: circuit.both([left, place]) for lock, place in barred.items()},
        }

    def _answer(self, released: int, coarsened: int, referred: int) -> None:
        circuit = self.circuit
        closed = circuit.negate(released)
        coarse = circuit.both([closed, coarsened])
        left = circuit.both([closed, circuit.negate(coarse)])
        circuit.outcomes = {
            "release": released,
            "coarsen": coarse,
            "refer": circuit.both([left, referred]),
            "withhold": circuit.both([left, circuit.negate(referred)]),
        }

    def _determine(self, *stages: Mapping[str, int]) -> None:
        """Name where each policy of the four stages decides (see ``decide.determining``)."""
        circuit, answers = self.circuit, self.circuit.outcomes
        coarse, refer, withhold = (answers[name] for name in ("coarsen", "refer", "withhold"))
        opened, closed = circuit.either([answers["release"], coarse]), [refer, withhold]
        for stage, satisfied in zip(("lift", "bar", "offer", "refer"), stages, strict=True):
            for name, place in satisfied.items():
                permits = self.law.policies[name].effect == "permit"
                mandate = stage == "lift" and name in self.law.mandates
                where = {
                    "lift": circuit.either([opened, refer]) if mandate else opened,
                    "bar": circuit.either(closed),
                    "offer": coarse,
                    "refer": refer if permits else withhold,
                }[stage]
                circuit.determining[name] = circuit.both([where, place])

    def _coarser(self, offers: Mapping[str, int]) -> None:
        """Name the coarser answers; of several that are offered the first by name is given."""
        circuit = self.circuit
        gathered = self._gather(offers, "coarsen_to")
        earlier: list[int] = []
        for code in sorted(gathered):
            given = [circuit.outcomes["coarsen"], gathered[code], *map(circuit.negate, earlier)]
            circuit.coarser[code] = circuit.both(given)
            earlier.append(gathered[code])

    def _oblige(self, known: dict[str, dict[str, int]]) -> None:
        satisfied = self._satisfied("oblige", known, self.circuit.outcomes)
        self.circuit.policies |= satisfied
        duties: dict[str, list[int]] = {}
        for name, place in satisfied.items():
            for label in labels(self.law.policies[name]):
                duties.setdefault(label, []).append(place)
        self.circuit.duties = {d: self.circuit.either(places) for d, places in duties.items()}

    def _name(self, **stages: Mapping[str, int]) -> None:
        for stage, words in stages.items():
            self.circuit.words |= {(stage, word): place for word, place in words.items()}

    def _given(self, name: str, satisfied: Mapping[str, int]) -> dict[str, int]:
        """Return the words of a set that a stage fills."""
        return self._gather(satisfied, GIVEN_BY[name][1])

    def _satisfied(
        self,
        action: str,
        known: dict[str, dict[str, int]],
        answers: Mapping[str, int] | None = None,
    ) -> dict[str, int]:
        # What a stage has not filled yet is an empty set for it, exactly as in ``stages``.
        nothing: dict[str, dict[str, int]] = {stage: {} for stage in STAGE_SETS}
        facts = PackFacts(
            self.circuit, self.law.stack.vocabulary, nothing | known, answers=answers or {}
        )
        policies = self.law.by_action[action].by_id.values()
        return {
            policy.id: self._where(policy, _read(self.circuit, facts, policy))
            for policy in policies
        }

    def _where(self, policy: Policy, met: int) -> int:
        """Return where a policy is met and in force: one that is not in force is not there."""
        days = self.stands.get(policy.id)
        return met if days is None else self.circuit.both([days, met])

    def _gather(self, satisfied: Mapping[str, int], note: str) -> dict[str, int]:
        words: dict[str, list[int]] = {}
        for name, place in satisfied.items():
            for word in self.law.policies[name].words(note):
                words.setdefault(word, []).append(place)
        return {word: self.circuit.either(places) for word, places in words.items()}

    def _lifted(self, lifts: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
        mandates = {name: place for name, place in lifts.items() if name in self.law.mandates}
        return self._given("lifted", lifts), self._given("mandated", mandates)

    def _released(self, before: dict[str, dict[str, int]]) -> tuple[int, dict[str, int]]:
        return self._allowed(self._satisfied("disclose", before))

    def _allowed(self, satisfied: Mapping[str, int]) -> tuple[int, dict[str, int]]:
        """Return where a permit is met and no forbid is, and the forbids."""
        effect = {name: self.law.policies[name].effect for name in satisfied}
        forbids = {name: place for name, place in satisfied.items() if effect[name] == "forbid"}
        permits = [place for name, place in satisfied.items() if effect[name] == "permit"]
        forbidden = self.circuit.either(forbids.values())
        allowed = self.circuit.both([self.circuit.either(permits), self.circuit.negate(forbidden)])
        return allowed, forbids

    def _coarsened(
        self,
        before: dict[str, dict[str, int]],
        barred: dict[str, int],
        lifts: Mapping[str, int],
        offers: Mapping[str, int],
    ) -> int:
        if not offers:
            return self.circuit.no
        lifted, mandated = self._lifted({**lifts, **offers})
        attempt = {**before, "barred": barred, "lifted": lifted, "mandated": mandated}
        allowed, _ = self._released(attempt)
        return self.circuit.both([self.circuit.either(offers.values()), allowed])
