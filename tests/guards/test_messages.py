"""Every error says what to do next, and every word on the terminal goes through one place."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator

import clerestory
from clerestory.kernel import ClerestoryError, Corruption, Refusal
from office_databases import configured

# rich prints styled words on the console of ``terminal``; nothing else may print.
TERMINAL = {"cli/terminal.py", "cli/terminal_console.py"}

# Classes whose own next step says no more than "correct it": each raise must say more.
BARE = {"ClerestoryError", "Refusal"}


def calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


def test_nothing_is_printed_past_the_terminal(modules: dict[str, ast.Module]) -> None:
    past = [
        f"{name}:{call.lineno}: {callee}"
        for name, tree in modules.items()
        if name not in TERMINAL
        for call, callee in calls(tree)
        if callee in {"print", "click.echo", "click.secho", "Console", "rich.print"}
        or callee.startswith(("sys.stdout.write", "sys.stderr.write"))
    ]

    assert past == []


def test_no_error_is_raised_without_a_next_step(modules: dict[str, ast.Module]) -> None:
    mute = [
        f"{name}:{call.lineno}: {ast.unparse(call)[:80]}"
        for name, tree in modules.items()
        for call, callee in calls(tree)
        if callee in BARE and "todo" not in {keyword.arg for keyword in call.keywords}
    ]

    assert mute == []


def test_no_next_step_is_empty(modules: dict[str, ast.Module]) -> None:
    empty = [
        f"{name}:{call.lineno}"
        for name, tree in modules.items()
        if name != "kernel/errors.py"
        for call, _ in calls(tree)
        for keyword in call.keywords
        if keyword.arg == "todo"
        and isinstance(keyword.value, ast.Constant)
        and not str(keyword.value.value).strip()
    ]

    assert empty == []


def kinds(of: type[ClerestoryError]) -> Iterator[type[ClerestoryError]]:
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def test_every_class_of_refusals_has_a_next_step_of_its_own() -> None:
    configured()
    for module in pkgutil.walk_packages(clerestory.__path__, "clerestory."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

    plain = [
        kind.__name__
        for kind in kinds(ClerestoryError)
        if kind not in (Refusal, Corruption)
        and kind.__module__.startswith("clerestory.")
        and kind.todo in (Refusal.todo, ClerestoryError.todo)
    ]

    assert plain == []
