"""A day comes from one place, a clock is read in one place, and no day is written in a language."""

import ast
import re
from collections.abc import Iterator

import pytest

CLOCK = "cli/clock.py"
CALENDAR = "kernel/time.py"

READS_A_CLOCK = frozenset({"now", "today", "utcnow", "fromtimestamp", "utcfromtimestamp"})
MAKES_A_DAY = frozenset({"date", "astimezone", "timetuple", "toordinal", "fromisoformat"})
FOLLOWS_THE_LANGUAGE = frozenset({"strftime", "strptime", "ctime", "setlocale"})

# A day's digits look the same everywhere; names of months and days, and the order, do not.
DIGITS_ALONE = re.compile(r"(?:[^%]|%[YmdHMS%])*")
A_CODE = re.compile(r"%-?[A-Za-z]")

# Days in a form that was checked before: there is no moment in them, and no zone.
OF_CHECKED_DAYS = {
    "demands/reading.py": {"fromisoformat"},
    "holdings/query.py": {"fromisoformat"},
    "holdings/made_up/queries.py": {"fromisoformat"},
    # The first ten characters of what a source wrote, which are its own day.
    "holdings/forms.py": {"fromisoformat"},
    "holdings/protections.py": {"fromisoformat"},
}


def calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Each call of a method by a name that has to do with time."""
    known = READS_A_CLOCK | MAKES_A_DAY | FOLLOWS_THE_LANGUAGE
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr
            # ``date(2026, 3, 2)`` through a module is a day that is written out.
            if name in known and not (name == "date" and node.args):
                yield node.lineno, name


def codes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Each format of an f-string that writes a date otherwise than in digits."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            spec = "".join(
                part.value
                for part in node.format_spec.values
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            )
            if A_CODE.search(spec) and not DIGITS_ALONE.fullmatch(spec):
                yield node.lineno, spec


def allowed(path: str, name: str) -> bool:
    if path == CALENDAR:
        return name in {"date", "astimezone", "fromisoformat"}
    return (path == CLOCK and name == "now") or name in OF_CHECKED_DAYS.get(path, ())


def test_only_one_module_turns_a_moment_into_a_day_and_one_reads_the_clock(
    modules: dict[str, ast.Module],
) -> None:
    found = [
        f"{path}:{line} {name}"
        for path, tree in modules.items()
        for line, name in calls(tree)
        if not allowed(path, name)
    ]

    assert found == [], "use clerestory.kernel.time, and clerestory.cli.clock for now"


def test_the_clock_is_read_in_one_line(modules: dict[str, ast.Module]) -> None:
    assert [name for _, name in calls(modules[CLOCK]) if name in READS_A_CLOCK] == ["now"]


def test_no_date_is_written_in_the_language_of_the_machine(modules: dict[str, ast.Module]) -> None:
    found = [
        f"{path}:{line} {spec}" for path, tree in modules.items() for line, spec in codes(tree)
    ]

    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "at.date()",
        "datetime.now(UTC).date()",
        "at.astimezone()",
        "at.astimezone(UTC)",
        "datetime.datetime.today()",
        "datetime.fromisoformat('x')",
        "at.strftime('%Y')",
        "datetime.fromtimestamp(0, UTC)",
    ],
)
def test_each_way_around_the_calendar_is_seen(text: str) -> None:
    assert list(calls(ast.parse(text)))


def test_a_day_that_is_written_out_and_one_handed_in_are_let_through() -> None:
    assert not list(calls(ast.parse("datetime.date(2026, 3, 2)\ndate(2026, 3, 2)\non.isoformat()")))


@pytest.mark.parametrize(
    ("spec", "seen"),
    [
        ("%B", True), ("%d %b %Y", True), ("%A", True), ("%c", True), ("%x", True), ("%p", True),
        ("%-d", True), ("%F %T", True), ("%Y-%m-%d", False), ("%Y-%m", False), ("%H:%M:%S", False),
        (".0%", False), (",", False), ("04d", False), (">9", False), (".1%", False),
    ],
)  # fmt: skip
def test_each_code_that_follows_the_language_is_seen(spec: str, seen: bool) -> None:
    assert bool(list(codes(ast.parse(f"f'{{x:{spec}}}'")))) is seen
