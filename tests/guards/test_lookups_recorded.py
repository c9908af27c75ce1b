"""Nobody is looked up without a record: the rules of the search have one caller."""

import ast

import clerestory.holdings
from clerestory.holdings import PersonIndex

RULES = "clerestory.holdings.find"
ONE_CALLER = "holdings/search.py"
# Holds one record, whose look-up was recorded, against what was asked; it can find nobody.
COMPARES = "holdings/still_right.py"


def imported(tree: ast.Module) -> set[str]:
    """Every module and name that is imported, in full."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_only_the_recorded_search_reads_the_rules(modules: dict[str, ast.Module]) -> None:
    callers = {name: imported(tree) for name, tree in modules.items() if RULES in imported(tree)}

    assert set(callers) == {ONE_CALLER, COMPARES}
    assert f"{RULES}.find_person" not in callers[COMPARES]


def test_the_room_offers_no_other_way() -> None:
    assert "find_person" not in vars(clerestory.holdings)
    assert "PersonSearch" in clerestory.holdings.__all__


def test_no_candidate_leaves_the_room(modules: dict[str, ast.Module]) -> None:
    # By names that nothing else has: a plain "gather" was once a promise's.
    gathers = {"gather_candidates", "gather_household", "gather_again"}
    assert gathers == {name for name in vars(PersonIndex) if name.startswith("gather")}
    gathering = [
        name
        for name, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in gathers
    ]

    assert set(gathering) == {"holdings/find.py"}
