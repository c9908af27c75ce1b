"""The name of a fact stands in its row of the table, and besides where its value is worked out."""

import ast
from collections.abc import Iterator, Mapping

from clerestory.law.fact_table import BY_PATH, FACTS, said_of

TABLE = "law/fact_table.py"
# Whole paths: what a module asks of a fact that the table cannot say.
PATHS: Mapping[str, str] = {
    "policy/circuit/counterexample.py": "writes what no one word states: dates, courts, who else",
    "policy/circuit/well_formed.py": "says which facts rule each other out",
    "policy/explain/applying.py": "another paper is another kind, another issuer, other process",
    "disclosure/openings_said.py": "a person may put in writing what they ask, and brings no paper",
    "audit/lab/regimes.py": "leaves out what every row of a demand has in common",
    "audit/pack_check_words.py": "a class may be named by status only to close it",
    "audit/promises/rows.py": "whom an authority binds is what kind of holder it is",
    "audit/promises/signed.py": "asks what opens by counsel's opinion alone",
    "policy/circuit/counsel_nodes.py": "the stages read what counsel has signed, no policy does",
    "policy/model/shape.py": "the codes of what counsel signs are policies of the packs",
    "audit/rows/simulator.py": "draws some facts of a made-up paper anew for each demand",
}
# Names of what is said of a group: the dates that a demand gives beside it weigh in.
WORKED_OUT: Mapping[str, str] = {
    "policy/model/permissions.py": "agreements stand by dates, permissions by their paper",
    "policy/model/facts.py": "an order of silence ends on its day",
    "policy/model/papers.py": "an agency's own subpoena binds once a court ordered it obeyed",
    "policy/model/process.py": "what was spoken is no process of a court",
    "policy/circuit/counterexample.py": "what came along is written as what binds",
}
# Names that are also words for other things, so that only a look-up of what is said counts.
COMMON = frozenset({"asked", "elements", "in_force", "ordered", "written"})
SAID = {
    name
    for head in dict.fromkeys(fact.head for fact in FACTS)
    for fact in said_of(head)
    for name in (fact.part, fact.key)
}


def paths_in(tree: ast.Module) -> set[str]:
    """The paths of facts of a paper, a person, a consent and the like that a module names."""
    apart = {"resource"}
    return {text for text in texts(tree) if "." in text and known(text, apart)}


def known(text: str, apart: set[str]) -> bool:
    return text in BY_PATH and BY_PATH[text].head not in apart


def texts(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def said_in(tree: ast.Module) -> set[str]:
    """The names of what is said of a group that a module writes in whatever way."""
    found = {text for text in texts(tree) if text in SAID - COMMON}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in SAID - COMMON:
            found.add(node.attr)
        if isinstance(node, ast.keyword) and node.arg in SAID - COMMON:
            found.add(str(node.arg))
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            of = node.value.attr if isinstance(node.value, ast.Attribute) else ""
            if of in {"said", "nondisclosure"}:
                found.add(str(node.slice.value))
    return found


def test_paths_of_facts_stand_in_the_table_and_where_a_reason_is_given(
    modules: dict[str, ast.Module],
) -> None:
    found = {name for name, tree in modules.items() if paths_in(tree)}

    assert found == {TABLE, *PATHS}


def test_what_is_said_stands_in_the_table_and_where_it_is_worked_out(
    modules: dict[str, ast.Module],
) -> None:
    found = {name: said_in(tree) for name, tree in modules.items() if said_in(tree)}

    assert found == {
        "policy/model/permissions.py": {"elements", "in_force", "revoked", "written"},
        "policy/model/facts.py": {"ordered"},
        "policy/model/papers.py": {"enforced_by_order"},
        "policy/model/process.py": {"written"},
        "policy/circuit/counterexample.py": {"enforced_by_order"},
    }
    assert set(found) == set(WORKED_OUT)


def test_most_of_what_is_said_stands_nowhere_else_at_all(modules: dict[str, ast.Module]) -> None:
    others = {text for tree in modules.values() for text in texts(tree)}

    assert {"agreed_by_holder", "bars_onward_sharing", "enforced_by_order"} <= SAID
    # Whether a permission was taken back is held against its own paper; what came along may be
    # what a court ordered obeyed.
    assert SAID & others <= COMMON | {"revoked", "enforced_by_order"}
