"""Conditions in plain words, for letters and for counsel. The words come from the vocabulary."""

import re
from collections.abc import Iterable, Sequence

from clerestory.law.cedar_tree import (
    Contains,
    ContainsAll,
    ContainsAny,
    Equal,
    Fact,
    In,
    IsEmpty,
    SetOf,
    Tree,
    Unequal,
    fold,
    literals,
)
from clerestory.law.codes import Vocabulary
from clerestory.law.fact_table import BY_PATH


def condition(tree: Tree, wanted: bool, vocabulary: Vocabulary) -> str:
    """Return a condition as a clause of plain English.

    >>> papers = Fact(("context", "papers"))
    >>> condition(Contains(papers, Value("court_order")), True, Vocabulary({}))
    'among the papers is a court order'
    """
    return _Words(vocabulary).say(tree, wanted)


def fact_in_words(path: str, value: str, vocabulary: Vocabulary) -> str:
    """Return one fact as a sentence part, for example for an open question."""
    return _Words(vocabulary).fact(path, [value], True)


class _Words:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def say(self, tree: Tree, wanted: bool) -> str:
        return fold(tree, wanted, every=", and ".join, either=", or ".join, atom=self._say)

    def _say(self, tree: Tree, wanted: bool) -> str:
        match tree:
            case Equal(left, right) | In(left, right):
                return self._compare(left, right, wanted)
            case Unequal(left, right):
                return self._compare(left, right, not wanted)
            case Contains(left, right) | ContainsAny(left, right) | ContainsAll(left, right):
                return self._contains(left, right, wanted)
            case IsEmpty():
                return "nothing is on the list" if wanted else "something is on the list"
            case Fact((_, _, *_)):
                return "the field can tell status" if wanted else "the field cannot tell status"
        return "a condition of the policy is met" if wanted else "a condition is absent"

    def _compare(self, left: Tree, right: Tree, same: bool) -> str:
        path = _name(left)
        if path == "principal":
            return f"the requester is {'' if same else 'not '}{_codes(literals(right))}"
        if path.startswith("resource"):
            return f"the field is {'' if same else 'not '}{', '.join(literals(right))}"
        return self.fact(path, literals(right), same)

    def _contains(self, left: Tree, right: Tree, wanted: bool) -> str:
        held, codes = (right, left) if isinstance(left, SetOf) else (left, right)
        return self._listed(_name(held), literals(codes), wanted)

    def _listed(self, path: str, codes: Sequence[str], wanted: bool) -> str:
        if path == "established":
            said = " or ".join(map(self._defined, codes))
            return said if wanted else f"not this: {said}"
        if path == "raised":
            said = " or ".join(self._finding(code) for code in codes)
            return (
                f"it is in doubt whether {said}" if wanted else f"there is no doubt whether {said}"
            )
        if path == "lifted":
            return f"a lock is {'' if wanted else 'not '}lifted: {', '.join(codes)}"
        if path.startswith("resource"):
            return f"the field is {'one' if wanted else 'none'} of {', '.join(codes)}"
        return self.fact(path, codes, wanted)

    def fact(self, path: str, codes: Iterable[str], same: bool) -> str:
        codes = list(codes)
        row = BY_PATH.get(path)
        if path.startswith("findings."):
            said = self._finding(path.removeprefix("findings."))
        else:
            said = (row.says if row else "") or path.replace(".", " ")
        if row and row.told:
            if not same:
                said = said.removesuffix(" a") + " not"
            return _with_article(f"{said} {_codes(codes)}")
        if codes == ["yes"]:
            return said if same else f"it is not so that {said}"
        if codes == ["no"]:
            return (
                f"it is not so that {said}" if same else f"nothing says otherwise than that {said}"
            )
        return f"{said} {'' if same else 'not '}{' or '.join(codes)}"

    def _defined(self, word: str) -> str:
        known = self._vocabulary.lists.get("defined", {}).get(word)
        return known.means if known else word

    def _finding(self, code: str) -> str:
        means = self._vocabulary.get("findings", code).means
        return means.rstrip(".").partition(";")[0] or code.replace("_", " ")


def _name(tree: Tree) -> str:
    return tree.name if isinstance(tree, Fact) else ""


def _codes(codes: Iterable[str]) -> str:
    said = " or ".join(code.replace("_", " ") for code in codes)
    return said.replace("article iii", "Article III")


def _with_article(text: str) -> str:
    return re.sub(r"\ba ([aeiouA])", r"an \1", text)
