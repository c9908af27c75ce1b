"""The table of acts as text for the documents: a diagram of states and two tables."""

from collections.abc import Iterator

from clerestory.acts.table import KINDS, MATTER, OFFICE, Act, Table

BEGIN = "<!-- drawn from src/clerestory/acts/acts.toml: a test compares -->"
END = "<!-- end of what is drawn -->"

_TITLES = {MATTER: "In a matter", OFFICE: "On the office itself"}


def draw(table: Table) -> str:
    """Return the whole part of ``docs/acts.md`` that is drawn, its two marks included."""
    parts = [BEGIN, "", *_roles(table)]
    for kind in KINDS:
        parts += ["", f"## {_TITLES[kind]}", "", *_diagram(table, kind)]
        parts += ["", *_states(table, kind), "", *_acts(table, kind)]
    return "\n".join([*parts, "", END, ""])


def _roles(table: Table) -> Iterator[str]:
    yield "## Roles"
    yield ""
    yield "| role | what for | acts |"
    yield "| --- | --- | --- |"
    for role in table.roles:
        acts = ", ".join(f"`{act.name}`" for act in table.acts if role.name in act.roles)
        yield f"| `{role.name}` | {role.says} | {acts or 'none: reads only'} |"


def _diagram(table: Table, kind: str) -> Iterator[str]:
    """Draw the states as Mermaid reads them; acts between the same two states share an arrow."""
    states = {state.name: state for state in table.states_of(kind)}
    arrows: dict[tuple[str, str], list[str]] = {}
    for act in table.acts_of(kind):
        for move in act.moves:
            before = "[*]" if states[move.before].first else move.before
            arrows.setdefault((before, move.to), []).append(act.name)
    yield "```mermaid"
    yield "stateDiagram-v2"
    for (before, to), names in arrows.items():
        yield f"    {before} --> {to}: {', '.join(names)}"
    for state in states.values():
        if state.last:
            yield f"    {state.name} --> [*]"
    yield "```"


def _states(table: Table, kind: str) -> Iterator[str]:
    yield "| state | what it says |"
    yield "| --- | --- |"
    for state in table.states_of(kind):
        yield f"| `{state.name}` | {state.says} |"


def _acts(table: Table, kind: str) -> Iterator[str]:
    yield "| act | what it is | who | leads from | to | rules | leaf |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for act in table.acts_of(kind):
        # A state in each cell once, in the order of the moves.
        before = ", ".join(dict.fromkeys(move.before for move in act.moves))
        to = ", ".join(dict.fromkeys(move.to for move in act.moves))
        who = ", ".join(role.name for role in table.roles if role.name in act.roles)
        cells = (f"`{act.name}`", act.says, who, before, to, "; ".join(_rules(act)), act.leaf)
        yield f"| {' | '.join(cells)} |"


def _rules(act: Act) -> Iterator[str]:
    if act.signers > 1:
        yield "two people sign"
    if act.trained:
        yield "training good on the day"
    if act.once:
        yield "each person once a round"
    if act.not_by:
        yield f"by nobody who did {', '.join(sorted(act.not_by))} in the matter"
    if act.proved:
        yield "all before it proved to be in the log"
    if act.not_about_self:
        yield "not about oneself"
    if act.one_is:
        yield f"one of them is {act.one_is}"
    resets = dict.fromkeys(f"{move.before} to {move.to}" for move in act.moves if move.resets)
    if len(resets) == len(act.moves):
        yield "votes begin again"
    elif resets:
        yield f"votes begin again from {', '.join(resets)}"
