"""Every code that an error can carry stands in docs/errors.md, and no other does."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

Function = ast.FunctionDef | ast.AsyncFunctionDef
CODE = re.compile(r"[a-z0-9*]+(?:-[a-z0-9*]+)+")
ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$", re.M)


def text_of(node: ast.expr | None) -> str:
    """The code that an expression writes; a part known only at run time becomes ``*``."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values
        )
    return ""


def draft_of(node: ast.AST) -> str:
    """A first wording for the page: the message and the next step as the program writes them."""
    if not isinstance(node, ast.Call):
        return ""
    steps = [keyword.value for keyword in node.keywords if keyword.arg == "todo"]
    words = [text_of(part).replace("*", "…") for part in [*node.args[:1], *steps]]
    return " | ".join(word for word in words if word and not CODE.fullmatch(word))


def code_positions(tree: ast.Module) -> dict[str, int]:
    """Functions of this module that take a code by position, and at which."""
    found: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, Function):
            names = [part.arg for part in node.args.posonlyargs + node.args.args]
            names = names[1:] if names[:1] in (["self"], ["cls"]) else names
            if "code" in names:
                found[node.name] = names.index("code")
    return found


def in_arguments(arguments: ast.arguments) -> Iterator[ast.expr | None]:
    """What a function's own ``code`` parameter is when the caller gives none."""
    ordered = arguments.posonlyargs + arguments.args
    defaults = zip(reversed(ordered), reversed(arguments.defaults), strict=False)
    yield from (value for part, value in defaults if part.arg == "code")
    keyed = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    yield from (value for part, value in keyed if part.arg == "code")


def in_call(call: ast.Call, positions: dict[str, int]) -> Iterator[ast.expr | None]:
    yield from (keyword.value for keyword in call.keywords if keyword.arg == "code")
    callee = call.func
    name = callee.id if isinstance(callee, ast.Name) else getattr(callee, "attr", "")
    at = positions.get(name, len(call.args))
    yield from call.args[at : at + 1]


def written(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Each code that a module can give to an error, with its line and a first wording."""
    positions = code_positions(tree)
    for node in ast.walk(tree):
        values: list[ast.expr | None] = []
        if isinstance(node, ast.Call):
            values += in_call(node, positions)
        elif isinstance(node, ast.arguments):
            values += in_arguments(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id == "code" for target in targets):
                values.append(node.value)
        for value in values:
            choices = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
            for choice in choices:
                if choice is not None and CODE.fullmatch(text_of(choice)):
                    yield choice.lineno, text_of(choice), draft_of(node)


@pytest.fixture(scope="session")
def raised(modules: dict[str, ast.Module]) -> dict[str, list[str]]:
    """Where each code is written and a first wording for it, by code."""
    found: dict[str, list[str]] = {}
    for name, tree in modules.items():
        for line, code, draft in written(tree):
            if code not in found or not found[code][1]:
                found[code] = [f"{name}:{line}", draft]
    assert found
    return found


@pytest.fixture(scope="session")
def documented(root: Path) -> list[str]:
    text = (root / "docs" / "errors.md").read_text(encoding="utf-8")
    return [row[1] for row in ROW.finditer(text) if CODE.fullmatch(row[1])]


def test_every_code_is_documented(raised: dict[str, list[str]], documented: list[str]) -> None:
    missing = [
        f"| `{code}` | {draft} |    <- {place}"
        for code, (place, draft) in sorted(raised.items(), key=lambda item: item[1][0])
        if code not in documented
    ]

    assert not missing, "add to docs/errors.md:\n" + "\n".join(missing)


def test_no_documented_code_is_gone(raised: dict[str, list[str]], documented: list[str]) -> None:
    assert [code for code in documented if code not in raised] == []


def test_each_code_is_documented_once(documented: list[str]) -> None:
    assert sorted(documented) == sorted(set(documented))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('raise Refusal("no", code="a-b")', ["a-b"]),
        ('class Gone(Refusal):\n    code = "a-b"', ["a-b"]),
        ('def f(what): raise Corruption("no", code=f"{what}-bad")', ["*-bad"]),
        ('def fail(text, code): ...\nfail("no", "a-b")', ["a-b"]),
        ('class C:\n    def fail(self, code): ...\n    def f(self): self.fail("a-b")', ["a-b"]),
        ('def fail(text, *, code="a-b"): ...', ["a-b"]),
        ('raise Refusal("no", code="a-b" if x else "c-d")', ["a-b", "c-d"]),
        ('Program(code="snap")', []),
    ],
)
def test_each_way_to_write_a_code_is_seen(text: str, codes: list[str]) -> None:
    assert [code for _, code, _ in written(ast.parse(text))] == codes
