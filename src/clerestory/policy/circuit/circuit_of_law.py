"""From a day's policies to the circuit of that law, stage by stage.

``cedar_reading`` reads the conditions, ``pack_facts`` knows what they may ask. What lies outside is
refused with file, line and operator, so that a policy whose evaluation could fail is never
translated.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from clerestory.law.cedar_tree import Asked, CedarJson, parse
from clerestory.law.conditions import TERMS
from clerestory.law.packs import PackStack
from clerestory.law.policies import Policy
from clerestory.law.stages import BY_ACTION, GIVEN_BY, STAGE_SETS, Stage, known_to, way
from clerestory.policy.circuit.cedar_reading import read_policy
from clerestory.policy.circuit.circuit import OUTCOMES, Circuit
from clerestory.policy.circuit.counsel_nodes import Counsel
from clerestory.policy.circuit.pack_facts import PackFacts
from clerestory.policy.decide.duties import labels
from clerestory.policy.errors import OutsideSubset
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.shape import shape_of

Nodes = Mapping[str, int]


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


def read_condition(circuit: Circuit, law: LawOfTheDay, tree: CedarJson, *, name: str) -> int:
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


def read_variant(circuit: Circuit, law: LawOfTheDay, policy: Policy) -> int:
    """Return where a policy that is no part of the law would be met, on a day on which it stood.

    Args:
        circuit: The law, already written.
        law: The same law.
        policy: For example one of the law's own that lacks a condition.

    Raises:
        OutsideSubset: The policy uses what cannot be translated.
    """
    filled = known_to(policy.action)
    known = {
        name: {word: place for (of, word), place in circuit.words.items() if of == name}
        if name in filled
        else {}
        for name in STAGE_SETS
    }
    return _read(circuit, PackFacts(circuit, law.stack.vocabulary, known), policy)


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

    def read(self, tree: CedarJson, *, name: str) -> int:
        """Return the node of one condition, which a message calls ``name``.

        Raises:
            OutsideSubset: The condition uses what cannot be translated.
        """
        return read_policy(self.circuit, self.facts, [Asked(parse(tree))], place=name)


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
    return read_policy(circuit, facts, policy.asks, place=place)


def _words(law: LawOfTheDay) -> dict[str, set[str]]:
    """Return every word that some policy of the packs can give, on any day, by stage."""
    given = {
        name: {word for policy in law.stack.policies for word in policy.words(given.note)}
        for name, (_, given) in GIVEN_BY.items()
    }
    return {**given, "settled": {p.id for p in law.stack.policies if p.action == "refer"}}


@dataclass
class _Stages:
    """The way of ``stages.run`` through the same stages, as nodes.

    ``known`` are the words of the sets that were filled so far, ``met`` the policies of each stage.
    """

    circuit: Circuit
    law: LawOfTheDay
    stands: Mapping[str, int]
    known: dict[str, Nodes] = field(default_factory=dict)
    met: dict[str, Nodes] = field(default_factory=dict)

    def write(self) -> Circuit:
        circuit, left = self.circuit, self.circuit.yes
        circuit.outcomes = dict.fromkeys(OUTCOMES, circuit.no)
        deciding: dict[str, list[int]] = {}
        for stage in way(self.law.stages):
            met = self.met[stage.action] = self._satisfied(stage.action)
            allowed = self._retried(stage) if stage.retries else self._allowed(met)
            self.known |= {
                # A case that is answered is asked no more, and nothing is filled for it.
                name: {word: circuit.both([left, place]) for word, place in words.items()}
                for name, words in self._filled(stage, met).items()
            }
            if stage.answer:
                self._answer(stage.answer, circuit.both([left, allowed]), deciding)
                left = circuit.both([left, circuit.negate(allowed)])
        self._answer("withhold", left, deciding)
        circuit.determining = {
            name: circuit.both([circuit.either(answers), self._met_of(name)])
            for name, answers in deciding.items()
        }
        self._heed_counsel()
        self._coarser()
        # Which policies settle a point is for promises alone, and no fact for any stage.
        settling = self._counting(self.met.get("refer", {}), "forbid")
        for name, words in {**self.known, "settled": settling}.items():
            circuit.words |= {(name, word): place for word, place in words.items()}
        self._oblige()
        return circuit

    def _heed_counsel(self) -> None:
        """Let what counsel signed change the answers, and the words that the duties read."""
        circuit, law = self.circuit, self.law
        referred = self.met.get("refer", {})
        points = {name: referred[name] for name in sorted(law.opened_by_opinion & {*referred})}
        attempt = {"lifted": self._lifted_with(points), "barred": {}}
        # Without a point that an opinion may open nothing is tried, and nothing is written.
        tried = self._allowed(self._satisfied("disclose", attempt)) if points else circuit.no
        opened = Counsel(
            circuit=circuit, law=law, met=self.met, established=self.known.get("established", {}),
            tried=tried,
        ).heed()  # fmt: skip
        left, barred = circuit.negate(opened), self.known.get("barred", {})
        more = {name: circuit.both([opened, place]) for name, place in points.items()}
        self.known |= {
            "lifted": self._lifted_with(more),
            "barred": {lock: circuit.both([left, place]) for lock, place in barred.items()},
        }

    def _lifted_with(self, points: Nodes) -> Nodes:
        """Return the words that are lifted, with those that opinions on some points lift."""
        return self._filled(BY_ACTION["lift"], {**self.met.get("lift", {}), **points})["lifted"]

    def _answer(self, answer: str, where: int, deciding: dict[str, list[int]]) -> None:
        """Name an answer, and the policies that decide it: of the stages asked until then."""
        self.circuit.outcomes[answer] = where
        for met in self.met.values():
            for name in met:
                if self.law.decides(name, answer):
                    deciding.setdefault(name, []).append(where)

    def _met_of(self, policy: str) -> int:
        return self.met[self.law.policies[policy].action][policy]

    def _coarser(self) -> None:
        """Name the coarser answers; of several that are offered the first by name is given."""
        circuit = self.circuit
        gathered = self._gather(self.met.get("lift_coarsened", {}), "coarsen_to")
        earlier: list[int] = []
        for code in sorted(gathered):
            given = [circuit.outcomes["coarsen"], gathered[code], *map(circuit.negate, earlier)]
            circuit.coarser[code] = circuit.both(given)
            earlier.append(gathered[code])

    def _oblige(self) -> None:
        duties: dict[str, list[int]] = {}
        for name, place in self._satisfied("oblige", answers=self.circuit.outcomes).items():
            for label in labels(self.law.policies[name]):
                duties.setdefault(label, []).append(place)
        self.circuit.duties = {d: self.circuit.either(places) for d, places in duties.items()}

    def _satisfied(
        self,
        action: str,
        attempt: Mapping[str, Nodes] | None = None,
        answers: Mapping[str, int] | None = None,
    ) -> Nodes:
        """Return where each policy of an action is met.

        Args:
            action: Whose policies.
            attempt: What is filled for this question alone.
            answers: The four answers, where they are there already.
        """
        # What a stage has not filled yet is an empty set for it, exactly as in ``stages``.
        nothing: dict[str, Nodes] = {name: {} for name in STAGE_SETS}
        known = {**nothing, **self.known, **(attempt or {})}
        facts = PackFacts(self.circuit, self.law.stack.vocabulary, known, answers=answers or {})
        met = {
            policy.id: self._where(policy, _read(self.circuit, facts, policy))
            for policy in self.law.by_action[action].by_id.values()
        }
        if attempt is None:
            self.circuit.policies |= met
        return met

    def _where(self, policy: Policy, met: int) -> int:
        """Return where a policy is met and in force: one that is not in force is not there."""
        days = self.stands.get(policy.id)
        return met if days is None else self.circuit.both([days, met])

    def _filled(self, stage: Stage, met: Nodes) -> dict[str, Nodes]:
        """Return the words of the sets that a stage fills."""
        return {
            name: self._gather(self._counting(met, given.by), given.note)
            for name, given in stage.gives.items()
        }

    def _gather(self, met: Nodes, note: str) -> Nodes:
        words: dict[str, list[int]] = {}
        for name, place in met.items():
            for word in self.law.policies[name].words(note):
                words.setdefault(word, []).append(place)
        return {word: self.circuit.either(places) for word, places in words.items()}

    def _counting(self, met: Nodes, kind: str) -> Nodes:
        return {name: place for name, place in met.items() if self.law.counts_as(name, kind)}

    def _allowed(self, met: Nodes) -> int:
        """Return where a permit is met and no forbid is."""
        circuit = self.circuit
        permits, forbids = (self._counting(met, kind).values() for kind in ("permit", "forbid"))
        return circuit.both([circuit.either(permits), circuit.negate(circuit.either(forbids))])

    def _retried(self, stage: Stage) -> int:
        """Return where a second try at two stages answers (see ``Stage.retries``)."""
        offers = self.met[stage.action]
        if not offers:
            return self.circuit.no
        first, second = (BY_ACTION[action] for action in stage.retries)
        attempt = self._filled(first, {**self.met.get(first.action, {}), **offers})
        allowed = self._allowed(self._satisfied(second.action, attempt))
        return self.circuit.both([self.circuit.either(offers.values()), allowed])
