"""Only the room that proves a log entry says that it is proved."""

import ast


def test_nothing_but_the_audit_makes_proved_evidence(modules: dict[str, ast.Module]) -> None:
    makers = {
        name
        for name, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "ProvedEvidence"
    }

    assert makers == {"audit/packages/evidence.py"}
