"""Floors, sizes and docstrings: what keeps the house readable by a stranger."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60

Function = ast.FunctionDef | ast.AsyncFunctionDef


def floors(root: Path) -> list[str]:
    """The folders that the import contract names, from the top floor down."""
    contracts = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(c for c in contracts["contracts"] if c["type"] == "layers")
    assert layers["exhaustive"] is True
    return [room.strip() for floor in layers["layers"] for room in floor.split("|")]


def functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def test_every_folder_is_on_a_floor_and_every_floor_is_a_folder(root: Path) -> None:
    source = root / "src" / "clerestory"

    folders = {path.parent.name for path in source.glob("*/*.py")}

    assert sorted(floors(root)) == sorted(folders)


def test_every_module_says_what_it_is_for(modules: dict[str, ast.Module]) -> None:
    silent = [name for name, tree in modules.items() if not ast.get_docstring(tree)]

    assert silent == []


def test_no_module_is_too_long_to_read(root: Path, modules: dict[str, ast.Module]) -> None:
    source = root / "src" / "clerestory"

    lengths = {name: len((source / name).read_text().splitlines()) for name in modules}

    assert {n: lines for n, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_function_is_too_long_to_read(modules: dict[str, ast.Module]) -> None:
    lengths = {
        f"{name}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, tree in modules.items()
        for node in functions(tree)
    }

    assert {n: lines for n, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def test_only_the_command_line_speaks(modules: dict[str, ast.Module]) -> None:
    speaking = [
        f"{name}:{node.lineno}"
        for name, tree in modules.items()
        if not name.startswith("cli/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"print", "input"}
    ]

    assert speaking == []


def test_a_package_front_holds_names_and_no_logic(modules: dict[str, ast.Module]) -> None:
    allowed = ast.Import | ast.ImportFrom | ast.Assign | ast.Expr
    # The program's own front loads its names when they are used, and for nothing else.
    lazy = {"if TYPE_CHECKING:", "if not TYPE_CHECKING:", "def __dir__() -> list[str]:"}

    logic = [
        f"{name}:{node.lineno}"
        for name, tree in modules.items()
        if name.endswith("__init__.py")
        for node in tree.body
        if not isinstance(node, allowed)
        and not (name == "__init__.py" and ast.unparse(node).partition("\n")[0] in lazy)
    ]

    assert logic == []
