"""What a case says of the facts that a policy asks for: of who asks, of the field, and the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from clerestory.law.cedar_tree import (
    Contains,
    ContainsAll,
    ContainsAny,
    Equal,
    Fact,
    In,
    IsEmpty,
    Tree,
    Unequal,
    Value,
    literals,
)
from clerestory.law.codes import Vocabulary
from clerestory.law.errors import PackFault


@dataclass(frozen=True)
class CaseFacts:
    """The facts of one case, and whether single conditions hold on them."""

    vocabulary: Vocabulary = field(repr=False)
    principal: str
    program: str
    name: str
    context: Mapping[str, Any] = field(repr=False)

    def holds(self, tree: Tree) -> bool:
        """Whether a condition that is no "and", "or" or "not" holds. What is not known does not."""
        match tree:
            case In(Fact() as fact, right):
                return self._is_in(fact, right)
            case Value(value):
                return bool(value)
            case Equal(left, right):
                return self._equal(left, right)
            case Unequal(left, right):
                return not self._equal(left, right)
            case Contains(left, right) | ContainsAny(left, right) | ContainsAll(left, right):
                return self._contains(left, right, whole=isinstance(tree, ContainsAll))
            case IsEmpty(Fact() as fact):
                return not self.value(fact)
            case Fact((_, _, *_)) as fact:
                return bool(self.value(fact))
        return False

    def _is_in(self, fact: Fact, right: Tree) -> bool:
        """Whether the requester, the field or the purpose is one of some, or below it."""
        if fact.name == "principal":
            groups = self._requester_groups
        elif fact.name == "resource":
            groups = self._field_groups
        else:
            groups = self.vocabulary.groups_of("purpose", str(self.plain(fact)))
        return any(code in groups for code in literals(right))

    def value(self, fact: Fact) -> Any:
        """Return what a fact is.

        Raises:
            PackFault: A policy asks one that the vocabulary does not list.
        """
        variable, *attributes = fact.path
        if variable == "resource":
            return self._resource(attributes[0])
        value: Any = self.context
        for attribute in attributes:
            if attribute not in value:
                raise PackFault(
                    f"a policy asks {fact.name}, which codes.yaml does not list",
                    todo="put the code back into its list; clerestory law check names all such",
                )
            value = value[attribute]
        return value

    def plain(self, fact: Fact) -> Any:
        """Return what a fact is, an entity by its code."""
        whole = {"principal": self.principal, "resource": f"{self.program}.{self.name}"}
        if fact.name in whole:
            return whole[fact.name]
        value = self.value(fact)
        return value["__entity"]["id"] if isinstance(value, Mapping) else value

    def _equal(self, left: Tree, right: Tree) -> bool:
        fact, other = (left, right) if isinstance(left, Fact) else (right, left)
        return isinstance(fact, Fact) and [str(self.plain(fact))] == literals(other)

    def _contains(self, left: Tree, right: Tree, *, whole: bool) -> bool:
        held, asked = self._set(left), self._set(right)
        return asked <= held if whole else bool(asked & held)

    def _set(self, tree: Tree) -> set[str]:
        if not isinstance(tree, Fact):
            return set(literals(tree))
        value = self.plain(tree)
        return set(value) if isinstance(value, list | set | tuple | frozenset) else {str(value)}

    @cached_property
    def _requester_groups(self) -> frozenset[str]:
        return self.vocabulary.groups_of("requester_class", self.principal)

    @cached_property
    def _field_groups(self) -> frozenset[str]:
        programs = self.vocabulary.groups_of("program", self.program)
        return programs | self.vocabulary.groups_of("fields", self.name)

    def _resource(self, attribute: str) -> Any:
        code = self.vocabulary.get("fields", self.name)
        return {
            "name": self.name,
            "program": self.program,
            "source": code.source,
            "proxy": code.proxy,
        }[attribute]
