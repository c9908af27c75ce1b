"""From Cedar's own JSON form of a day's policies to the circuit of that law.

The supported part of Cedar has no operation that can fail: every attribute is required by the
schema, and there is no arithmetic. What lies outside is refused with file, line and operator, so
that a policy whose evaluation could fail is never translated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clerestory.demands.determination import Outcome
from clerestory.law.codes import Vocabulary
from clerestory.law.policies import Policy
from clerestory.policy.circuit import Circuit, answer_of
from clerestory.policy.duties import labels
from clerestory.policy.errors import OutsideSubset
from clerestory.policy.law_of_the_day import LawOfTheDay
from clerestory.policy.model import STAGE_SETS
from clerestory.policy.shape import shape_of
from clerestory.policy.words import literals

Tree = Mapping[str, Any]
STAGES = frozenset(STAGE_SETS)
# Facts that are entities: their Cedar type and the list of their codes; the same for the groups
# of a field, with the fact that tells whether it belongs to them.
_TREES = {"principal": ("Requester", "requester_class"), "purpose": ("Purpose", "purpose")}
_GROUPS = {"Category": ("resource.name", "fields"), "Program": ("resource.program", "program")}


def circuit_of(law: LawOfTheDay, into: Circuit | None = None) -> Circuit:
    """Write the law of a day as a circuit.

    Args:
        law: The policies in force.
        into: A circuit of the same shape whose nodes are shared: two laws are compared in one.

    Raises:
        OutsideSubset: A policy uses what cannot be translated; the message names the place.
    """
    circuit = Circuit(into.shape, into.nodes, _places=into._places) if into else Circuit(
        shape_of(law.stack)
    )  # fmt: skip
    return _Stages(circuit, law).write()


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
    # A word that no policy of this day gives is not given; one that no policy ever gives is a slip.
    known = {stage: dict.fromkeys(words, circuit.no) for stage, words in _words(law).items()}
    for (stage, word), place in circuit.words.items():
        known[stage][word] = place
    return _Reader(circuit, law.stack.vocabulary, known, name, strict=True).condition(tree)


def _words(law: LawOfTheDay) -> dict[str, set[str]]:
    """Return every word that some policy of the packs can give, on any day, by stage."""
    gives = {
        note: {word for policy in law.stack.policies for word in policy.words(note)}
        for note in ("establishes", "lifts", "bars")
    }
    return {
        "established": gives["establishes"],
        "lifted": gives["lifts"],
        "mandated": gives["lifts"],
        "barred": gives["bars"],
        "settled": {p.id for p in law.stack.policies if p.action == "refer"},
    }


@dataclass
class _Stages:
    """The stages of ``stages.run``, written once more, as nodes."""

    circuit: Circuit
    law: LawOfTheDay

    def write(self) -> Circuit:
        circuit = self.circuit
        established = self._stage("define", "establishes", {})
        lifts = self._satisfied("lift", {"established": established})
        lifted, mandated = self._lifted(lifts)
        before = {"established": established, "lifted": lifted, "mandated": mandated}
        released, bars = self._released(before)
        barred = self._gather(bars, "bars")
        offers = self._satisfied("lift_coarsened", {**before, "barred": barred})
        coarsened = self._coarsened(before, barred, lifts, offers)
        refers = self._satisfied("refer", {**before, "barred": barred})
        referred, settles = self._allowed(refers)
        circuit.policies |= lifts | bars | offers | refers
        self._name(
            established=established, lifted=lifted, mandated=mandated, barred=barred,
            settled=settles,
        )  # fmt: skip
        self._answer(released, coarsened, referred)
        self._determine(lifts, bars, offers, refers)
        self._coarser(offers)
        self._oblige({**before, "barred": barred})
        return circuit

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

    def _stage(self, action: str, note: str, known: dict[str, dict[str, int]]) -> dict[str, int]:
        satisfied = self._satisfied(action, known)
        self.circuit.policies |= satisfied
        return self._gather(satisfied, note)

    def _satisfied(
        self,
        action: str,
        known: dict[str, dict[str, int]],
        answers: Mapping[str, int] | None = None,
    ) -> dict[str, int]:
        # What a stage has not filled yet is an empty set for it, exactly as in ``stages``.
        nothing: dict[str, dict[str, int]] = {stage: {} for stage in STAGES}
        reader = _Reader(
            self.circuit, self.law.stack.vocabulary, nothing | known, answers=answers or {}
        )
        return {p.id: reader.policy(p) for p in self.law.by_action[action].by_id.values()}

    def _gather(self, satisfied: Mapping[str, int], note: str) -> dict[str, int]:
        words: dict[str, list[int]] = {}
        for name, place in satisfied.items():
            for word in self.law.policies[name].words(note):
                words.setdefault(word, []).append(place)
        return {word: self.circuit.either(places) for word, places in words.items()}

    def _lifted(self, lifts: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
        mandates = {name: place for name, place in lifts.items() if name in self.law.mandates}
        return self._gather(lifts, "lifts"), self._gather(mandates, "lifts")

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


@dataclass
class _Reader:
    """Reads Cedar's own JSON form of a policy into nodes."""

    circuit: Circuit
    vocabulary: Vocabulary
    known: Mapping[str, Mapping[str, int]]
    place: str = "a condition"
    strict: bool = False
    # The four answers, for a duty that asks which of them was given.
    answers: Mapping[str, int] = field(default_factory=dict)

    def policy(self, policy: Policy) -> int:
        self.place = f"{policy.file}:{policy.line}: {policy.id}"
        scope = [self._scope("principal", policy.tree), self._scope("resource", policy.tree)]
        parts = [
            self.condition(part["body"])
            if part["kind"] == "when"
            else self.circuit.negate(self.condition(part["body"]))
            for part in policy.tree["conditions"]
        ]
        return self.circuit.both([*scope, *parts])

    def _scope(self, variable: str, tree: Tree) -> int:
        scope = tree[variable]
        if scope["op"] == "All":
            return self.circuit.yes
        if scope["op"] not in {"==", "in"} or "entity" not in scope:
            raise self._outside(f"{variable} {scope['op']}")
        entity = scope["entity"]
        return self._entity(variable, entity, within=scope["op"] == "in")

    def condition(self, tree: Tree) -> int:
        kind, body = next(iter(tree.items()))
        match kind:
            case "Value" if isinstance(body, bool):
                return self.circuit.yes if body else self.circuit.no
            case "!":
                return self.circuit.negate(self.condition(body["arg"]))
            case "&&":
                return self.circuit.both(self.condition(body[s]) for s in ("left", "right"))
            case "||":
                return self.circuit.either(self.condition(body[s]) for s in ("left", "right"))
            case "if-then-else":
                return self._choice(body)
            case "==" | "!=":
                same = self._equal(body["left"], body["right"])
                return same if kind == "==" else self.circuit.negate(same)
            case "in":
                return self._is_in(body["left"], body["right"])
            case "contains" | "containsAny" | "containsAll":
                return self._contains(kind, body["left"], body["right"])
            case "isEmpty":
                return self._subset(self._path(body["arg"]), ())
            case ".":
                return self._flag(tree)
            case _:
                pass
        raise self._outside(kind)

    def _choice(self, body: Tree) -> int:
        test, then, other = (self.condition(body[part]) for part in ("if", "then", "else"))
        circuit = self.circuit
        return circuit.either(
            [circuit.both([test, then]), circuit.both([circuit.negate(test), other])]
        )

    def _equal(self, left: Tree, right: Tree) -> int:
        if "Value" in left:
            left, right = right, left
        if "Value" not in right:
            raise self._outside("== between two facts")
        value = right["Value"]
        if isinstance(value, Mapping):
            return self._entity(self._variable(left), value["__entity"], within=False)
        if isinstance(value, bool):
            flag = self._flag(left)
            return flag if value else self.circuit.negate(flag)
        if not isinstance(value, str):
            raise self._outside("== with a number")
        return self._is_one_of(self._fact(left), [value])

    def _is_one_of(self, path: str, codes: Sequence[str]) -> int:
        if path == "outcome":
            if not set(codes) <= {outcome.value for outcome in Outcome}:
                raise self._outside(f"an outcome called {', '.join(codes)}")
            given = {answer_of(Outcome(code)) for code in codes}
            return self.circuit.either(self.answers[answer] for answer in given)
        return self.circuit.is_one_of(path, self._known_codes(path, codes, path))

    def _is_in(self, left: Tree, right: Tree) -> int:
        if "Value" not in right or not isinstance(right["Value"], Mapping):
            raise self._outside("in with a set")
        return self._entity(self._variable(left), right["Value"]["__entity"], within=True)

    def _entity(self, variable: str, entity: Tree, *, within: bool) -> int:
        kind, name = str(entity["type"]), str(entity["id"])
        if variable == "resource":
            return self._resource(kind, name, within=within)
        if variable not in _TREES:
            raise self._outside(f"an entity in {variable}")
        wanted_kind, list_name = _TREES[variable]
        if kind != wanted_kind:
            return self.circuit.no
        codes = self._below(list_name, name) if within else [name]
        return self.circuit.is_one_of(variable, self._known_codes(variable, codes, name))

    def _resource(self, kind: str, name: str, *, within: bool) -> int:
        if within and kind in _GROUPS:
            path, list_name = _GROUPS[kind]
            codes = self._below(list_name, name)
            return self.circuit.is_one_of(path, self._known_codes(path, codes, name))
        if kind == "Field":
            program, _, field_name = name.partition(".")
            return self.circuit.both(
                [
                    self.circuit.is_one_of("resource.program", [program]),
                    self.circuit.is_one_of("resource.name", [field_name]),
                ]
            )
        raise self._outside(f"resource {'in' if within else '=='} {kind}")

    def _below(self, list_name: str, group: str) -> list[str]:
        codes = self.vocabulary.lists[list_name]
        return [code for code in codes if group in self.vocabulary.groups_of(list_name, code)]

    def _contains(self, kind: str, left: Tree, right: Tree) -> int:
        if "Set" in left:
            if kind == "contains":
                return self._is_one_of(self._fact(right), self._strings(left))
            if kind == "containsAll":
                return self._subset(self._path(right), self._strings(left))
            return self._contains(kind, right, left)
        path = self._path(left)
        codes = self._strings(right)
        parts = [self._holds(path, code) for code in codes]
        return self.circuit.both(parts) if kind == "containsAll" else self.circuit.either(parts)

    def _subset(self, path: str, codes: Sequence[str]) -> int:
        """Whether the set at ``path`` holds nothing but ``codes``."""
        domain = self.known.get(path, self.circuit.shape.sets.get(path))
        if domain is None:
            raise self._outside(f"a set at {path}")
        others = [code for code in domain if code not in codes]
        return self.circuit.negate(self.circuit.either(self._holds(path, c) for c in others))

    def _holds(self, path: str, code: str) -> int:
        if path in self.known:
            if self.strict and code not in self.known[path]:
                raise self._outside(f"{code}, which no policy gives in {path}")
            return self.known[path].get(code, self.circuit.no)
        if path not in self.circuit.shape.sets:
            raise self._outside(f"a set at {path}")
        if self.strict and code not in self.circuit.shape.sets[path]:
            raise self._outside(f"{code}, which {path} never holds")
        return self.circuit.holds(path, code)

    def _known_codes(self, path: str, codes: Sequence[str], said: str) -> Sequence[str]:
        """Return the codes; a promise about a code that cannot be would hold of nothing."""
        if self.strict and (not codes or not set(codes) <= self.circuit.shape.facts[path]):
            raise self._outside(f"{said}, which {path} never is")
        return codes

    def _flag(self, tree: Tree) -> int:
        path = self._fact(tree)
        if path != "resource.proxy":
            raise self._outside(f"{path} as yes or no")
        proxies = [n for n, code in self.vocabulary.lists["fields"].items() if code.proxy]
        return self.circuit.is_one_of("resource.name", proxies)

    def _fact(self, tree: Tree) -> str:
        path = self._path(tree)
        known = path in self.circuit.shape.facts or (path == "outcome" and self.answers)
        if not known and path != "resource.proxy":
            raise self._outside(f"the fact {path or next(iter(tree))}")
        return path

    def _variable(self, tree: Tree) -> str:
        return str(tree["Var"]) if "Var" in tree else self._path(tree)

    def _path(self, tree: Tree) -> str:
        names: list[str] = []
        while "." in tree:
            names.append(str(tree["."]["attr"]))
            tree = tree["."]["left"]
        if tree.get("Var") not in {"context", "resource"} or not names:
            raise self._outside(next(iter(tree)))
        head = ["resource"] if tree["Var"] == "resource" else []
        return ".".join([*head, *reversed(names)])

    def _strings(self, tree: Tree) -> list[str]:
        items = tree.get("Set", [tree])
        if not all("Value" in item and isinstance(item["Value"], str) for item in items):
            raise self._outside("a set of other than codes")
        return literals(tree)

    def _outside(self, what: str) -> OutsideSubset:
        return OutsideSubset(
            f"{self.place} uses what the proof and the replay cannot read: {what}",
            todo="write the condition with codes and sets of codes, ==, in, contains, and, or, not;"
            " docs/writing-law.md lists what can be read",
        )
