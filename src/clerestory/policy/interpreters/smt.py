"""The proof interpreter: the law of a day put to a solver, for every demand at once.

The circuit of a law has finitely many inputs, so a promise about it is a question of propositional
logic: is there a request that breaks it? Each fact is one boolean a code, of which exactly one
holds; each set is one boolean a code. A question that the solver leaves open within its time is
never counted as proved.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import z3

from clerestory.policy.circuit.circuit import All, Any_, Circuit, Has, Is, Not


class CanBe(StrEnum):
    """What the solver says of a question "can this be?"."""

    NEVER = "never"
    POSSIBLE = "possible"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the solver says and, where it is possible, one request: flat facts."""

    can_be: CanBe
    facts: Mapping[str, Any] | None = None


@dataclass
class Solver:
    """A circuit as formulas of the solver, built once and asked many questions.

    Args:
        circuit: The law, or several laws that share their nodes.
        timeout_ms: How long one question may take, in milliseconds.
    """

    circuit: Circuit
    timeout_ms: int = 30_000
    _one: dict[tuple[str, str], z3.BoolRef] = field(default_factory=dict, repr=False)
    _declared: dict[tuple[str, str], z3.FuncDeclRef] = field(default_factory=dict, repr=False)
    _terms: dict[int, z3.BoolRef] = field(default_factory=dict, repr=False)
    _required: list[int] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self._context = z3.Context()
        self._solver = z3.SolverFor("QF_FD", ctx=self._context)
        self._solver.set("timeout", self.timeout_ms)
        for path, codes in self.circuit.shape.facts.items():
            variables = [self._variable(path, code) for code in sorted(codes)]
            self._solver.add(z3.PbEq([(variable, 1) for variable in variables], 1))
        for path, codes in self.circuit.shape.sets.items():
            for code in sorted(codes):
                self._variable(path, code)

    def require(self, place: int) -> None:
        """Let every further question be about requests for which this node holds."""
        self._solver.add(self._term(place))
        self._required.append(place)

    def ask(self, place: int, *, plain: Sequence[int] = ()) -> Answer:
        """Ask whether there is a request for which the node holds.

        Args:
            place: The node.
            plain: Nodes that the answer should hold as well where it can, the first most wanted:
                they keep a counterexample small.
        """
        wanted, wishes = self._term(place), [self._term(wish) for wish in plain]
        said = self._solver.check(wanted)
        if said == z3.unsat:
            return Answer(can_be=CanBe.NEVER)
        if said != z3.sat:
            return Answer(can_be=CanBe.OPEN)
        model = self._solver.model()
        facts = self._facts(self._plainer(model, [wanted], wishes))
        # A search that ran out of time can leave a model that is no request at all.
        if facts is None or not self._is_met(facts, place):
            return Answer(can_be=CanBe.OPEN)
        return Answer(can_be=CanBe.POSSIBLE, facts=facts)

    def _plainer(
        self, model: z3.ModelRef, kept: list[z3.BoolRef], wishes: Sequence[z3.BoolRef]
    ) -> z3.ModelRef:
        """Return a model that grants each wish which those granted before leave room for.

        Wishes are tried together and parted only where they fail together: most can be granted,
        and what is granted is the same as if each had been tried by itself, in order.
        """
        if not all(z3.is_true(model.eval(wish, model_completion=True)) for wish in wishes):
            if self._solver.check(*kept, *wishes) == z3.sat:
                model = self._solver.model()
            elif len(wishes) == 1:
                return model
            else:
                half = len(wishes) // 2
                model = self._plainer(model, kept, wishes[:half])
                return self._plainer(model, kept, wishes[half:])
        kept += wishes
        return model

    def _is_met(self, facts: Mapping[str, Any], place: int) -> bool:
        wanted = [*self._required, place]
        values = self.circuit.evaluate_of(self.circuit.reached(wanted), facts)
        return all(values[one] for one in wanted)

    def _facts(self, model: z3.ModelRef) -> dict[str, Any] | None:
        # What decides nothing stands in no model, and is then as good as no. Asked of the model's
        # own table, since a thousand evaluations take longer than most questions.
        context, table = self._context.ref(), model.model

        def holds(path: str, code: str) -> bool:
            declared = self._declared[path, code].ast
            if not z3.Z3_model_has_interp(context, table, declared):
                return False
            value = z3.Z3_model_get_const_interp(context, table, declared)
            return bool(z3.Z3_get_bool_value(context, value) == z3.Z3_L_TRUE)

        facts: dict[str, Any] = {}
        for path, codes in self.circuit.shape.facts.items():
            held = [code for code in sorted(codes) if holds(path, code)]
            if len(held) != 1:
                return None
            facts[path] = held[0]
        for path, codes in self.circuit.shape.sets.items():
            facts[path] = [code for code in sorted(codes) if holds(path, code)]
        return facts

    def _variable(self, path: str, code: str) -> z3.BoolRef:
        key = (path, code)
        if key not in self._one:
            self._one[key] = z3.Bool(f"{path}={code}", ctx=self._context)
            self._declared[key] = self._one[key].decl()
        return self._one[key]

    def _term(self, place: int) -> z3.BoolRef:
        # Only what the question rests on: the nodes of other laws in one circuit would slow it.
        if place not in self._terms:
            for number in self.circuit.reached([place]):
                if number not in self._terms:
                    named = z3.Bool(f"#{number}", ctx=self._context)
                    self._solver.add(named == self._formula(number))
                    self._terms[number] = named
        return self._terms[place]

    def _formula(self, number: int) -> z3.BoolRef:
        match self.circuit.nodes[number]:
            case Is(path, codes):
                return self._join(z3.Z3_mk_or, (self._variable(path, c) for c in sorted(codes)))
            case Has(path, code):
                return self._variable(path, code)
            case Not(of):
                return z3.Not(self._terms[of])
            case All(of):
                return self._join(z3.Z3_mk_and, (self._terms[place] for place in of))
            case Any_(of):
                return self._join(z3.Z3_mk_or, (self._terms[place] for place in of))

    def _join(self, make: Callable[..., Any], terms: Iterable[z3.BoolRef]) -> z3.BoolRef:
        # The comfortable z3.And and z3.Or look at the type of every part, most of the whole time.
        parts = [term.ast for term in terms]
        made = make(self._context.ref(), len(parts), (z3.Ast * len(parts))(*parts))
        return z3.BoolRef(made, self._context)
