"""Reading the table of acts strictly: a key that is not known is a fault, and so is a rule that
speaks of nothing."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from clerestory.acts.errors import BadTable
from clerestory.acts.table import KINDS, LEAVES, Act, Move, Role, State, Table
from clerestory.kernel.bad_file import Fault, Path, key_text, show
from clerestory.kernel.reading import parse_toml

FORMAT = "clerestory-acts/1"
FILE = "acts.toml"

_KEYS: Mapping[str, Mapping[str, type]] = {
    "roles": {"name": str, "says": str, "reads_only": bool},
    "states": {"of": str, "name": str, "says": str, "first": bool, "last": bool},
    "acts": {
        "of": str, "name": str, "says": str, "roles": list, "moves": list, "leaf": str,
        "signers": int, "trained": bool, "once": bool, "not_by": list, "proved": bool,
        "not_about_self": bool, "one_is": str,
    },
    "moves": {"from": str, "to": str, "resets": bool},
}  # fmt: skip
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "roles": ("name", "says"),
    "states": ("of", "name", "says"),
    "acts": ("of", "name", "says", "roles", "moves", "leaf"),
    "moves": ("from", "to"),
}
_KIND_WORDS = {str: "a text", bool: "true or false", list: "a list", int: "a whole number"}
_SIGNERS = (1, 2)


@cache
def load_table() -> Table:
    """Read the table that came with the program.

    Raises:
        BadTable: It was altered, so that it cannot be used.
    """
    return parse_table(files("clerestory.acts").joinpath(FILE).read_bytes(), file=FILE)


def parse_table(content: bytes, *, file: str) -> Table:
    """Read a table of acts from the bytes of a TOML file.

    Raises:
        BadTable: A key is unknown, missing or of another kind, or a name leads nowhere; every
            fault is told with its key.
    """
    told = parse_toml(content, file=file, error=BadTable)
    if faults := list(_form_faults(told)):
        raise BadTable.of(file, faults)
    table = Table(
        roles=tuple(Role(**row) for row in told["roles"]),
        states=tuple(State(**row) for row in told["states"]),
        acts=tuple(_act(row) for row in told["acts"]),
    )
    if faults := [*_name_faults(table), *_rule_faults(table)]:
        raise BadTable.of(file, faults)
    return table


def _act(row: Mapping[str, Any]) -> Act:
    moves = tuple(
        Move(before=move["from"], to=move["to"], resets=move.get("resets", False))
        for move in row["moves"]
    )
    sets = {key: frozenset(row.get(key, ())) for key in ("roles", "not_by")}
    return Act(**{**row, **sets, "moves": moves})


def _form_faults(told: Mapping[str, Any]) -> Iterator[Fault]:
    """Find what is not written as a table of acts is."""
    if told.get("format") != FORMAT:
        yield _fault(("format",), "the format is not known", f'write format = "{FORMAT}"')
    for key in sorted(set(told) - {"format", "roles", "states", "acts"}):
        yield _fault((key,), "the key is not known", "leave it out")
    for part in ("roles", "states", "acts"):
        rows = told.get(part)
        if not isinstance(rows, list) or not rows:
            yield _fault((part,), "the table has no rows of this kind", f"write [[{part}]]")
            continue
        for place, row in enumerate(rows):
            yield from _row_faults(part, row, (part, place))


def _row_faults(part: str, row: Any, path: Path) -> Iterator[Fault]:
    if not isinstance(row, dict):
        yield _fault(path, "a group of keys is wanted", "write key = value")
        return
    known = _KEYS[part]
    for key in sorted(set(_NEEDED[part]) - set(row)):
        yield _fault((*path, key), "the key is missing", "write it")
    for key, value in row.items():
        kind = known.get(key)
        if kind is None:
            yield _fault((*path, key), "the key is not known", "leave it out")
        elif not _is_of(kind, value):
            yield _fault((*path, key), f"{_KIND_WORDS[kind]} is wanted", "write one")
        elif kind is list and key != "moves":
            yield from _list_faults(value, (*path, key))
        elif kind is str and not value.strip():
            yield _fault((*path, key), "a text is wanted", "write one")
        elif key == "moves":
            for place, move in enumerate(value):
                yield from _row_faults("moves", move, (*path, key, place))


def _is_of(kind: type, value: object) -> bool:
    # By type and not by isinstance: true is a whole number to Python.
    return type(value) is kind


def _list_faults(value: list[object], path: Path) -> Iterator[Fault]:
    texts = [item for item in value if isinstance(item, str)]
    if not value or len(texts) != len(value):
        yield _fault(path, "a list of names is wanted", "write at least one, in quotes")
    if len(set(texts)) != len(texts):
        yield _fault(path, "a name stands twice", "write it once")


def _name_faults(table: Table) -> Iterator[Fault]:
    """Find names that stand twice or lead nowhere."""
    for part, rows in (
        ("roles", [role.name for role in table.roles]),
        ("states", [state.name for state in table.states]),
        ("acts", [act.name for act in table.acts]),
    ):
        for place, name in enumerate(rows):
            if name in rows[:place]:
                yield _fault((part, place, "name"), f"it stands twice: {name}", "rename one")
    for part, kinds in (
        ("states", [state.of for state in table.states]),
        ("acts", [act.of for act in table.acts]),
    ):
        for place, kind in enumerate(kinds):
            yield from _unknown(kind, KINDS, (part, place, "of"))
    names = set(table.act)
    for place, act in enumerate(table.acts):
        path: Path = ("acts", place)
        states = [state.name for state in table.states_of(act.of)]
        yield from _unknown(act.leaf, LEAVES, (*path, "leaf"))
        for role in sorted(act.roles):
            yield from _unknown(role, table.role_names, (*path, "roles"))
        for other in sorted(act.not_by):
            yield from _unknown(other, names, (*path, "not_by"))
        for number, move in enumerate(act.moves):
            yield from _unknown(move.before, states, (*path, "moves", number, "from"))
            yield from _unknown(move.to, states, (*path, "moves", number, "to"))


def _rule_faults(table: Table) -> Iterator[Fault]:
    """Find rules that contradict each other, or that nobody could ever keep."""
    reading = {role.name for role in table.roles if role.reads_only}
    acting = {role for act in table.acts for role in act.roles}
    for place, role in enumerate(table.roles):
        if role.reads_only == (role.name in acting):
            what = "acts on something" if role.reads_only else "does no act"
            yield _fault(("roles", place), f"the role {role.name} {what}", "correct reads_only")
    for kind in KINDS:
        states = table.states_of(kind)
        if sum(state.first for state in states) != 1:
            yield _fault(("states",), f"one state of each kind is the first: {kind}", "mark one")
        reached = {move.to for act in table.acts_of(kind) for move in act.moves}
        for state in states:
            if not state.first and state.name not in reached:
                yield _fault(("states",), f"no act leads to {state.name}", "add one or leave it")
    last = {state.name for state in table.states if state.last}
    for place, act in enumerate(table.acts):
        path: Path = ("acts", place)
        pairs = [(move.before, move.to) for move in act.moves]
        if len(set(pairs)) != len(pairs) or not pairs:
            yield _fault((*path, "moves"), "a move stands twice, or there is none", "correct it")
        if stuck := sorted({before for before, _ in pairs} & last):
            yield _fault((*path, "moves"), f"nothing is done after {stuck[0]}", "leave it out")
        if act.signers not in _SIGNERS:
            yield _fault((*path, "signers"), "one or two people sign", "write 1 or 2")
        if act.one_is and act.one_is not in act.roles:
            yield _fault((*path, "one_is"), "it is one of the act's roles", "correct it")
        if act.roles & reading:
            yield _fault((*path, "roles"), "a role that reads only does no act", "leave it out")


def _unknown(name: str, known: Collection[str], path: Path) -> Iterator[Fault]:
    if name not in known:
        yield _fault(
            path, f"the name is not known: {show(name)}", f"use one of: {', '.join(sorted(known))}"
        )


def _fault(path: Path, what: str, write_instead: str) -> Fault:
    return Fault(line=0, what=what, write_instead=write_instead, path=path, key=key_text(path))
