"""A scenario: which regimes are compared, on which demands, with which assumptions.

It is a file that people write and share. A regime answers by a law (``law``) or by conditions in
Cedar's own words (``release``, ``refer``); what neither opens nor refers is withheld.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clerestory.kernel import BadFile, Refusal
from clerestory.kernel.reading import parse_toml
from clerestory.law.conditions import parse_condition

FORMAT = "clerestory-scenario/1"
# Minutes of staff time for each of these; all of them are assumptions of the scenario.
MINUTES = (
    "demand",  # to receive, read and record a demand
    "demand_answered",  # to prepare, check and send what leaves
    "demand_to_counsel",  # counsel's time on a demand of which a part is referred
    "demand_refused",  # to write the refusal
    "person_exposed",  # to look up, minimise, log and audit each person of whom something leaves
)
ALL = "all"
Tree = Mapping[str, Any]


class BadScenario(Refusal):
    """The scenario cannot be run as it stands."""

    code = "lab-bad-scenario"
    todo = "mend the key that is named; docs/laboratory.md shows each"


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """One way to answer demands: by the law called ``law``, or by conditions."""

    id: str
    says: str
    law: str | None
    release: Tree | None = field(repr=False)
    refer: Tree | None = field(repr=False)
    minutes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Demands that are also counted apart, by who asks and on what paper."""

    id: str
    says: str
    when: Tree | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario that was read and checked.

    ``rows`` and ``seed`` say which demands to make up where no file of them is given. ``exposes``
    tells which fields say something about a person. The first group is that of all demands.
    """

    title: str
    law: str
    rows: int
    seed: int
    exposes: Tree = field(repr=False)
    regimes: tuple[Regime, ...]
    groups: tuple[Group, ...]
    text: str = field(repr=False)


def read_scenario(text: str) -> Scenario:
    """Read a scenario from TOML.

    Raises:
        BadScenario: A key is missing, unknown or of the wrong kind; the message names it.
        PackFault: A condition is not Cedar; the message names regime and key.
    """
    try:
        table = parse_toml(text.encode(), file="the file")
    except BadFile as fault:
        raise BadScenario(f"the scenario cannot be read: {fault}", todo=fault.todo) from fault
    _check_keys(table, "the scenario", needs={"format": str, "title": str, "law": str,
                                              "exposes": str, "demands": dict, "minutes": dict,
                                              "regime": list}, may={"group": list})  # fmt: skip
    if table["format"] != FORMAT:
        raise _bad(f"format must be {FORMAT}: {table['format']}")
    _check_keys(table["demands"], "demands", needs={"rows": int, "seed": int}, may={})
    if not 0 < table["demands"]["rows"] <= 1_000_000_000:
        raise _bad(f"demands: rows must be 1 to 1,000,000,000: {table['demands']['rows']}")
    minutes = _minutes(table["minutes"], "minutes", {})
    if missing := [key for key in MINUTES if key not in minutes]:
        raise _bad(f"minutes: {missing[0]} is missing")
    regimes = tuple(_regime(one, minutes) for one in table["regime"])
    groups = (
        Group(id=ALL, says="all demands", when=None),
        *map(_group, table.get("group", [])),
    )
    for what, named in (("regime", regimes), ("group", groups)):
        _check_once([one.id for one in named], what)
    if not regimes or len(regimes) * len(groups) > 60:
        raise _bad(f"regimes times groups must be 1 to 60: {len(regimes)} times {len(groups)}")
    return Scenario(
        title=table["title"],
        law=table["law"],
        rows=table["demands"]["rows"],
        seed=table["demands"]["seed"],
        exposes=parse_condition(table["exposes"], "exposes"),
        regimes=regimes,
        groups=groups,
        text=text,
    )


def _regime(table: Any, minutes: Mapping[str, int]) -> Regime:
    name = _name(table, "regime")
    _check_keys(table, name, needs={"id": str, "says": str},
                may={"law": str, "release": str, "refer": str, "minutes": dict})  # fmt: skip
    if ("law" in table) == ("release" in table) or ("law" in table and "refer" in table):
        raise _bad(f"{name}: give either law, or release and perhaps refer")
    trees = {
        key: parse_condition(table[key], f"{name}: {key}") if key in table else None
        for key in ("release", "refer")
    }
    return Regime(
        id=table["id"],
        says=" ".join(table["says"].split()),
        law=table.get("law"),
        release=trees["release"],
        refer=trees["refer"],
        minutes=_minutes(table.get("minutes", {}), f"{name}: minutes", minutes),
    )


def _group(table: Any) -> Group:
    name = _name(table, "group")
    _check_keys(table, name, needs={"id": str, "says": str, "when": str}, may={})
    when = parse_condition(table["when"], f"{name}: when")
    return Group(id=table["id"], says=" ".join(table["says"].split()), when=when)


def _name(table: Any, kind: str) -> str:
    return f"{kind} {table.get('id', '?')}" if isinstance(table, dict) else f"a {kind}"


def _minutes(table: Any, where: str, otherwise: Mapping[str, int]) -> dict[str, int]:
    _check_keys(table, where, needs={}, may=dict.fromkeys(MINUTES, int))
    if wrong := [key for key, value in table.items() if value < 0]:
        raise _bad(f"{where}: {wrong[0]} must not be negative")
    return {**otherwise, **table}


def _check_keys(
    table: Any, where: str, *, needs: Mapping[str, type], may: Mapping[str, type]
) -> None:
    if not isinstance(table, dict):
        raise _bad(f"{where} must be a table")
    if missing := [key for key in needs if key not in table]:
        raise _bad(f"{where}: {missing[0]} is missing")
    known = {**needs, **may}
    if strange := [key for key in table if key not in known]:
        raise _bad(f"{where}: nobody reads {strange[0]}")
    for key, value in table.items():
        if not isinstance(value, known[key]) or isinstance(value, bool):
            raise _bad(f"{where}: {key} must be {_KINDS[known[key]]}")


_KINDS = {str: "text", int: "a whole number", dict: "a table", list: "a list of tables"}


def _check_once(names: Sequence[str], what: str) -> None:
    if twice := [name for name in names if names.count(name) > 1]:
        raise _bad(f"{what} {twice[0]} stands there twice")


def _bad(message: str) -> BadScenario:
    return BadScenario(message, todo="mend the scenario; docs/laboratory.md shows each key")
