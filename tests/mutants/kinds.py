"""Every slip that can be made in a pack, kind by kind."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from clerestory.kernel import Period
from clerestory.law.authorities import Authority
from clerestory.law.packs import Pack, PackStack
from clerestory.law.policies import MAY_CLOSE, MAY_OPEN, NEITHER, Policy
from clerestory.law.promise_rows import Row
from clerestory.law.promises import ANSWERS, Promise
from clerestory.policy.model.shape import lists_of
from mutants.slip import Slip
from mutants.table_kinds import of_codes, of_reach, of_rows
from mutants.trees import (
    Steps,
    Tree,
    booleans,
    codes_of,
    entity,
    entity_of,
    fact_of,
    set_of,
    walk,
    with_part,
)

_LISTS = {
    "Requester": "requester_class",
    "Purpose": "purpose",
    "Program": "program_group",
    "Category": "category",
}
_STAGES = {"established": "establishes", "lifted": "lifts", "mandated": "lifts", "barred": "bars"}
_WITHIN = ("same day", "5 working days", "60 days", "reasonable time", "90 days")
_OPINIONS = (MAY_OPEN, MAY_CLOSE, f"{MAY_OPEN} {MAY_CLOSE}", NEITHER)
_NEVER: Tree = {"==": {"left": {"Value": "no"}, "right": {"Value": "yes"}}}


@dataclass(frozen=True)
class Slips:
    """All slips of the packs of a stack. ``seed`` chooses among the words to swap in."""

    stack: PackStack
    promises: Sequence[Promise]
    rows: Sequence[Row]
    seed: int = 7

    def all(self) -> list[Slip]:
        """Return every slip, each once, in a fixed order."""
        found: dict[str, Slip] = {}
        for pack in self.stack.packs:
            draw = random.Random(f"{self.seed}{pack.name}")
            for slip in self._of_pack(pack, draw):
                found.setdefault(slip.name, slip)
        draw = random.Random(f"{self.seed}codes")
        # Every pack is read with the codes, and the first is there wherever another is.
        first = self.stack.packs[0].name
        for kind, (list_name, name), says, code in of_codes(self.stack.vocabulary, draw):
            slip = Slip(kind=kind, pack=first, where=f"{list_name}.{name}", says=says,
                        codes={(list_name, name): code})  # fmt: skip
            found.setdefault(slip.name, slip)
        return list(found.values())

    def _of_pack(self, pack: Pack, draw: random.Random) -> Iterator[Slip]:
        for policy in pack.policies:
            for kind, says, changed in self._of_policy(policy, draw):
                yield Slip(kind=kind, pack=pack.name, where=policy.id, says=says,
                           policies={policy.id: changed})  # fmt: skip
        for authority in pack.authorities.values():
            for kind, says, other in _of_authority(authority):
                yield Slip(kind=kind, pack=pack.name, where=authority.id, says=says,
                           authorities={authority.id: other})  # fmt: skip
        for promise in self.promises:
            if promise.pack == pack.name:
                for says, weaker in _of_promise(promise):
                    yield Slip(kind="promise weakened", pack=pack.name, where=promise.id,
                               says=says, promises={promise.id: weaker})  # fmt: skip

        rows = [row for row in self.rows if row.where.startswith(f"{pack.name}/")]
        authorities = sorted(pack.authorities)
        wider = of_reach(rows, self.rows, authorities, draw)
        for kind, row, says, changed_row in (*of_rows(rows, draw), *wider):
            file = row.where.partition(",")[0].rpartition("/")[2]
            yield Slip(kind=kind, pack=pack.name, where=f"{file} {row.id}", says=says,
                       rows={row.where: changed_row})  # fmt: skip

    def _of_policy(
        self, policy: Policy, draw: random.Random
    ) -> Iterator[tuple[str, str, Policy | None]]:
        # What only names an authority in a refusal opens and closes nothing.
        if policy.action == "consider":
            return
        name = "settle" if policy.effect == "forbid" and policy.action == "refer" else policy.action
        said = "forbid" if policy.effect == "forbid" and name == "disclose" else name
        yield f"{said} deleted", "the whole policy", None
        flipped = "permit" if policy.effect == "forbid" else "forbid"
        yield "effect flipped", flipped, _with(policy, effect=flipped)
        yield from self._of_scope(policy, draw)
        yield from self._of_notes(policy, draw)
        conditions = policy.tree["conditions"]
        for number, condition in enumerate(conditions):
            left = [*conditions[:number], *conditions[number + 1 :]]
            yield f"{condition['kind']} dropped", f"no. {number}", _with(policy, conditions=left)
            for kind, says, body in self._of_condition(condition["body"], draw):
                changed = [*conditions]
                changed[number] = {**condition, "body": body}
                yield (
                    kind,
                    f"{condition['kind']} {number}: {says}",
                    _with(policy, conditions=changed),
                )

    def _of_scope(
        self, policy: Policy, draw: random.Random
    ) -> Iterator[tuple[str, str, Policy | None]]:
        for part in ("principal", "resource"):
            scope = policy.tree[part]
            if "entity" not in scope:
                continue
            yield "scope dropped", part, _with(policy, **{part: {"op": "All"}})
            kind, name = str(scope["entity"]["type"]), str(scope["entity"]["id"])
            for other in self._others(_LISTS.get(kind, ""), name, draw, 2):
                changed = {**scope, "entity": {"type": kind, "id": other}}
                what = {"Requester": "requester", "Program": "field or set"}.get(
                    kind, "field or set"
                )
                yield f"{what} swapped", f"{name} > {other}", _with(policy, **{part: changed})
            if scope["op"] == "in" and kind == "Requester":
                for other in self._below(kind, name)[:1]:
                    changed = {"op": "==", "entity": {"type": kind, "id": other}}
                    yield (
                        "requester narrowed",
                        f"{name} > {other}",
                        _with(policy, **{part: changed}),
                    )

    def _of_notes(
        self, policy: Policy, draw: random.Random
    ) -> Iterator[tuple[str, str, Policy | None]]:
        for note, kind in (("establishes", "established"), ("lifts", "lifted"), ("bars", "bars")):
            words = policy.words(note)
            known = sorted({w for p in self.stack.policies for w in p.words(note)} - set(words))
            for word in words:
                left = [other for other in words if other != word]
                yield f"{kind} word dropped", word, _noted(policy, note, left)
                other = draw.choice(known)
                yield (
                    f"{kind} word swapped",
                    f"{word} > {other}",
                    _noted(policy, note, [*left, other]),
                )
            if words and note != "bars":
                other = draw.choice(known)
                yield f"{kind} word added", other, _noted(policy, note, [*words, other])
        for within in _WITHIN if policy.notes.get("within") else ():
            if within != policy.notes["within"]:
                yield "clock changed", within, _noted(policy, "within", [within])
        if policy.action == "oblige":
            others = sorted(set(self.stack.vocabulary.lists["duty_to"]) - {policy.notes.get("to")})
            yield "addressee changed", others[0], _noted(policy, "to", others[:1])
            if policy.notes.get("within"):
                yield "clock changed", "none", _noted(policy, "within", [])
            if policy.notes.get("to"):
                yield "addressee changed", "none", _noted(policy, "to", [])
        if policy.notes.get("coarsen_to"):
            yield "coarser answer changed", "county", _noted(policy, "coarsen_to", ["county"])
        if policy.notes.get("opinion"):
            for says in _OPINIONS:
                if says != policy.notes["opinion"]:
                    yield "opinion changed", says, _noted(policy, "opinion", [says])
            locks = sorted({w for p in self.stack.policies for w in p.words("bars")})
            for lock in draw.sample(locks, 2):
                opened = _noted(policy, "lifts", [*policy.words("lifts"), lock])
                yield "opinion opens", lock, _noted(opened, "opinion", [MAY_OPEN])
        for name in policy.authorities if len(policy.authorities) > 1 else ():
            left = [other for other in policy.authorities if other != name]
            yield "citation dropped", name, _noted(policy, "authority", left)

    def _of_condition(self, tree: Tree, draw: random.Random) -> Iterator[tuple[str, str, Tree]]:
        for steps, operator, body in booleans(tree):
            for kind, says, part in self._of_part(operator, body, draw):
                yield kind, f"{'.'.join(map(str, steps))} {says}", with_part(tree, steps, part)
        for steps, part in walk(tree):
            yield from self._of_value(tree, steps, part, draw)

    def _of_part(
        self, operator: str, body: Any, draw: random.Random
    ) -> Iterator[tuple[str, str, Tree]]:
        if operator in {"&&", "||"}:
            what = "conjunct" if operator == "&&" else "disjunct"
            yield f"{what} dropped", "left", body["right"]
            yield f"{what} dropped", "right", body["left"]
            turned = "||" if operator == "&&" else "&&"
            yield "and or turned", turned, {turned: body}
        elif operator == "!":
            yield "negation dropped", "!", body["arg"]
        elif operator in {"==", "!="}:
            turned = "!=" if operator == "==" else "=="
            yield "negated", turned, {turned: body}
            yes, no = {"Value": "yes"}, {"Value": "no"}
            if operator == "==" and body["right"] == yes:
                yield "yes to not no", "", {"!=": {"left": body["left"], "right": no}}
            if operator == "==" and body["right"] == no:
                yield "no to not yes", "", {"!=": {"left": body["left"], "right": yes}}
        else:
            yield "negated", "!", {"!": {"arg": {operator: body}}}
        yield from self._of_words(operator, body, draw)

    def _of_words(
        self, operator: str, body: Any, draw: random.Random
    ) -> Iterator[tuple[str, str, Tree]]:
        """Yield another word of a stage where one is asked for."""
        if operator not in {"contains", "containsAny"}:
            return
        stage = _STAGES.get(fact_of(body["left"]), "")
        if not stage:
            return
        known = sorted({w for p in self.stack.policies for w in p.words(stage)})
        asked = codes_of(body["right"])
        others = [word for word in known if word not in asked]
        for word in asked:
            other = draw.choice(others)
            right = (
                {"Value": other}
                if operator == "contains"
                else set_of([other if w == word else w for w in asked])
            )
            yield "word swapped", f"{word} > {other}", {operator: {**body, "right": right}}

    def _of_value(
        self, tree: Tree, steps: Steps, part: Tree, draw: random.Random
    ) -> Iterator[tuple[str, str, Tree]]:
        named = entity_of(part)
        if named is not None:
            kind, name = named
            what = {"Requester": "requester", "Purpose": "purpose"}.get(kind, "field or set")
            for other in self._others(_LISTS.get(kind, ""), name, draw, 1):
                says = f"{'.'.join(map(str, steps))} {name} > {other}"
                yield f"{what} swapped", says, with_part(tree, steps, entity(kind, other))
        elif isinstance(part, Mapping) and "Set" in part:
            codes = codes_of(part)
            for code in codes if len(codes) > 1 else ():
                left = [other for other in codes if other != code]
                yield (
                    "field or set narrowed",
                    f"{'.'.join(map(str, steps))} without {code}",
                    (with_part(tree, steps, set_of(left))),
                )
            known = sorted(self._domain(tree, steps) - set(codes))
            if known:
                other = draw.choice(known)
                yield (
                    "field or set widened",
                    f"{'.'.join(map(str, steps))} with {other}",
                    (with_part(tree, steps, set_of([*codes, other]))),
                )
        elif len(steps) > 1 and steps[-1] == "right" and steps[-2] in {"==", "!="}:
            held = codes_of(part)
            known = sorted(self._domain(tree, steps) - set(held))
            if held and known:
                other = draw.choice(known)
                yield (
                    "code swapped",
                    f"{'.'.join(map(str, steps))} {held[0]} > {other}",
                    (with_part(tree, steps, {"Value": other})),
                )

    def _domain(self, tree: Tree, steps: Steps) -> set[str]:
        """Return every code that the fact beside a value can hold."""
        at = tree
        for step in steps[:-1]:
            at = at[step]
        fact = next((f for side in ("left", "right") if (f := fact_of(at.get(side)))), "")
        if fact in _STAGES:
            note = _STAGES[fact]
            return {w for p in self.stack.policies for w in p.words(note)}
        lists = self.stack.vocabulary.lists
        if fact in {"resource.name", "resource.program"}:
            return set(lists["fields" if fact.endswith("name") else "program"])
        names, more = lists_of(fact) or ((), frozenset())
        return set(more) | {code for name in names for code in lists[name]}

    def _others(self, list_name: str, name: str, draw: random.Random, count: int) -> list[str]:
        known = sorted(set(self.stack.vocabulary.lists.get(list_name, ())) - {name})
        if not known:
            return []
        # Immigration enforcement is what every promise is about: try it wherever it may stand.
        first = [code for code in ("federal_immigration",) if code in known]
        return [*first, *draw.sample(known, min(count, len(known)))]

    def _below(self, kind: str, group: str) -> list[str]:
        vocabulary, list_name = self.stack.vocabulary, _LISTS[kind]
        return [
            code
            for code in sorted(vocabulary.lists[list_name])
            if code != group and group in vocabulary.groups_of(list_name, code)
        ]


def _with(policy: Policy, **parts: Any) -> Policy:
    tree = {**policy.tree, **parts}
    return replace(policy, tree=tree, effect=str(tree["effect"]))


def _noted(policy: Policy, note: str, words: Sequence[str]) -> Policy:
    notes = {key: value for key, value in policy.notes.items() if key != note}
    notes |= {note: " ".join(words)} if words else {}
    return replace(
        policy,
        notes=notes,
        tree={**policy.tree, "annotations": notes},
        authorities=tuple(notes.get("authority", "").split()),
    )


def _of_authority(authority: Authority) -> Iterator[tuple[str, str, Authority]]:
    kinds = [k for k in ("restricts", "permits", "mandates", "context") if k != authority.kind]
    for kind in kinds:
        yield "authority kind changed", kind, replace(authority, kind=kind)
    for confirmed in ("yes", "no"):
        if confirmed != authority.confirmed:
            changed = replace(authority, confirmed=confirmed)
            yield "authority confirmation changed", confirmed, changed
    period = authority.in_force
    year = timedelta(days=365)
    for key in ("valid_from", "valid_to"):
        day = getattr(period, key)
        if day is not None:
            for says, other in (("none", None), ("a year before", day - year)):
                days = {"valid_from": period.valid_from, "valid_to": period.valid_to, key: other}
                start, end = days["valid_from"], days["valid_to"]
                if start is None or end is None or start < end:
                    changed = replace(authority, in_force=Period(**days))
                    yield "authority dates changed", f"{key} {says}", changed


def _of_promise(promise: Promise) -> Iterator[tuple[str, Promise | None]]:
    yield "deleted", None
    yield "about nothing", replace(promise, tree={"&&": {"left": promise.tree, "right": _NEVER}})
    for answer in promise.never if len(promise.never) > 1 else ():
        left = tuple(other for other in promise.never if other != answer)
        yield f"no longer of {answer}", replace(promise, never=left)
    if promise.never == ("withhold",):
        yield "of release", replace(promise, never=(ANSWERS[0],))
    for steps, operator, body in booleans(promise.tree):
        if operator == "||":
            for side in ("left", "right"):
                tree = with_part(promise.tree, steps, body[side])
                yield f"{'.'.join(map(str, steps))} only {side}", replace(promise, tree=tree)


def sample(slips: Sequence[Slip], of_each_kind: int, seed: int) -> list[Slip]:
    """Return some slips of each kind, the same for the same seed; in the order of ``slips``."""
    by_kind: dict[str, list[Slip]] = defaultdict(list)
    for slip in slips:
        by_kind[slip.kind].append(slip)
    draw = random.Random(seed)
    chosen = {
        slip.name
        for kind in sorted(by_kind)
        for slip in draw.sample(by_kind[kind], min(of_each_kind, len(by_kind[kind])))
    }
    return [slip for slip in slips if slip.name in chosen]
