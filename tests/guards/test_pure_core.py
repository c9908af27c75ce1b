"""Below the command line, time, chance and settings come in as arguments; `config` reads some."""

import ast
from collections.abc import Iterator

import pytest

CLOCKS = {
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "time.gmtime",
    "time.localtime",
    "time.time",
    "time.time_ns",
}
SETTINGS = {"os.environ", "os.environb", "os.getenv", "os.getenvb"}
RANDOM_WITH_A_SEED = {"random.Random", "numpy.random.default_rng"}


def imported_names(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for, in full: ``{"dt": "datetime.datetime"}``."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def full_name(node: ast.expr, names: dict[str, str]) -> str:
    """``datetime.datetime.now`` for the expression ``dt.now``; empty for anything else."""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute):
        owner = full_name(node.value, names)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def impure(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Each line that reads a clock, the environment or chance that nobody handed in."""
    names = imported_names(tree)
    seeded = {
        id(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and node.args + node.keywords
        and full_name(node.func, names) in RANDOM_WITH_A_SEED
    }
    annotations = {
        id(part)
        for node in ast.walk(tree)
        for noted in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if isinstance(noted, ast.expr)
        for part in ast.walk(noted)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name | ast.Attribute) or id(node) in seeded | annotations:
            continue
        name = full_name(node, names)
        chance = name.startswith(("random.", "numpy.random."))
        if name in CLOCKS | SETTINGS or chance:
            yield node.lineno, name


def test_the_core_reads_no_clock_no_setting_and_no_chance(modules: dict[str, ast.Module]) -> None:
    found = [
        f"{path}:{line} {name}"
        for path, tree in modules.items()
        if not path.startswith(("cli/", "config/"))
        for line, name in impure(tree)
    ]

    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "import datetime\ndatetime.datetime.now()",
        "import datetime as dt\ndt.date.today()",
        "from datetime import datetime, UTC\nat = datetime.now(UTC)",
        "from datetime import date\ndef f(clock=date.today): ...",
        "import time\ntime.time()",
        "from time import time_ns as tick\ntick()",
        "import os\nhome = os.environ['HOME']",
        "from os import getenv\ngetenv('HOME')",
        "import random\nrandom.shuffle([])",
        "from random import choice\nchoice('ab')",
        "import random\nrandom.Random()",
    ],
)
def test_each_way_to_read_the_world_is_seen(text: str) -> None:
    assert list(impure(ast.parse(text)))


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import datetime\ndef f(at: datetime) -> datetime: return at",
        "import random\nrandom.Random(7).shuffle([])",
        "import random\ndef f(chance: random.Random) -> None: chance.random()",
        "import os\nos.fsync(3)",
    ],
)
def test_what_is_handed_in_is_let_through(text: str) -> None:
    assert list(impure(ast.parse(text))) == []
