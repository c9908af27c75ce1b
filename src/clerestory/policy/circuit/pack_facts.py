"""What every request under our own schema states, for the reading of a pack's policies.

The schema (``model``) requires every attribute, so each fact of the shape can be read.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from clerestory.demands.determination import Outcome
from clerestory.law.codes import Vocabulary
from clerestory.law.fact_table import BY_PATH
from clerestory.policy.circuit.cedar_reading import Path, Unread
from clerestory.policy.circuit.circuit import Circuit, answer_of

# Facts that are entities: their Cedar type and the list of their codes; the same for the groups
# of a field, with the fact that tells whether it belongs to them.
_TREES = {"principal": ("Requester", "requester_class"), "purpose": ("Purpose", "purpose")}
_GROUPS = {"Category": ("resource.name", "fields"), "Program": ("resource.program", "program")}


@dataclass(frozen=True, slots=True)
class PackFacts:
    """The facts of the shape and the words of the stages, as nodes; see ``RequestFacts``.

    Args:
        circuit: Where the nodes are written.
        vocabulary: The codes in use.
        known: The node of each word of each stage.
        strict: Refuse a code that can never be: a promise about it would hold of nothing.
        answers: The four answers, for a duty that asks which of them was given.
    """

    circuit: Circuit
    vocabulary: Vocabulary
    known: Mapping[str, Mapping[str, int]]
    strict: bool = False
    answers: Mapping[str, int] = field(default_factory=dict)

    def text(self, path: Path, codes: Collection[str]) -> int:
        """Return the node of "the text is one of these codes"."""
        name = _name(path)
        if name == "outcome" and self.answers:
            return self._given(codes)
        return self._one_of(name, codes, " or ".join(codes) or "none")

    def flag(self, path: Path) -> int:
        """Return the node of a yes or no."""
        if path != ("resource", "proxy"):
            raise Unread(".", f"{_name(path)} as yes or no")
        proxies = [n for n, code in self.vocabulary.lists["fields"].items() if code.proxy]
        return self.circuit.is_one_of("resource.name", proxies)

    def entity(self, path: Path, kind: str, name: str, *, within: bool) -> int:
        """Return the node of "it is this entity", or with ``within`` "it or one below it"."""
        fact = _name(path)
        if fact == "resource":
            return self._field(kind, name, within=within)
        if fact not in _TREES:
            raise Unread("in" if within else "==", f"an entity in {fact}")
        wanted_kind, list_name = _TREES[fact]
        if kind != wanted_kind:
            return self.circuit.no
        return self._one_of(
            fact, self.vocabulary.below(list_name, name) if within else [name], name
        )

    def same(self, path: Path, other: Path, *, within: bool) -> int:
        """Refuse: our facts are compared with codes written out, so that they can be shown."""
        operator = "in" if within else "=="
        raise Unread(operator, f"{operator} between two facts, {_name(path)} and {_name(other)}")

    def kind(self, path: Path, kind: str) -> int:
        """Refuse: each of our entities is of one type, so the question is a slip."""
        raise Unread("is", f"{_name(path)} is {kind}")

    def presence(self, path: Path) -> int:
        """Refuse: all our attributes are there, so the question is a slip."""
        raise Unread("has", f"has {_name(path)}")

    def members(self, path: Path) -> Collection[str]:
        """Return every code that the set can hold."""
        name = _name(path)
        if name in self.known:
            return self.known[name]
        # What counsel signed is heeded after the stages: no policy may open or close on it.
        staged = name in BY_PATH and BY_PATH[name].staged and not self.strict
        if staged or name not in self.circuit.shape.sets:
            raise Unread("contains", f"a set at {name}")
        return self.circuit.shape.sets[name]

    def holds(self, path: Path, code: str) -> int:
        """Return the node of "the set holds this code"."""
        name = _name(path)
        if self.strict and code not in self.members(path):
            never = "no policy gives in" if name in self.known else "is never in"
            raise Unread("contains", f"{code}, which {never} {name}")
        if name in self.known:
            return self.known[name].get(code, self.circuit.no)
        self.members(path)
        return self.circuit.holds(name, code)

    def _given(self, outcomes: Collection[str]) -> int:
        if not {outcome.value for outcome in Outcome}.issuperset(outcomes):
            raise Unread("==", f"an outcome called {', '.join(outcomes)}")
        given = {answer_of(Outcome(outcome)) for outcome in outcomes}
        return self.circuit.either(self.answers[answer] for answer in given)

    def _field(self, kind: str, name: str, *, within: bool) -> int:
        if within and kind in _GROUPS:
            fact, list_name = _GROUPS[kind]
            return self._one_of(fact, self.vocabulary.below(list_name, name), name)
        if kind != "Field":
            operator = "in" if within else "=="
            raise Unread(operator, f"resource {operator} {kind}")
        program, _, field_name = name.partition(".")
        return self.circuit.both(
            [
                self._one_of("resource.program", [program], name),
                self._one_of("resource.name", [field_name], name),
            ]
        )

    def _one_of(self, fact: str, codes: Collection[str], said: str) -> int:
        domain = self.circuit.shape.facts.get(fact)
        if domain is None:
            raise Unread(".", f"the fact {fact}")
        if self.strict and (not codes or not domain.issuperset(codes)):
            raise Unread("==", f"{said}, which {fact} never is")
        return self.circuit.is_one_of(fact, codes)


def _name(path: Path) -> str:
    """Return the circuit's name of a fact: an attribute of the context goes by its own name."""
    variable, *attributes = path
    return ".".join(attributes if variable == "context" and attributes else path)
