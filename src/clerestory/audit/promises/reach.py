"""One promise for each group of requesters and each category of records: only by listed ways."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from clerestory.audit.promises.question import LawRead, Question
from clerestory.audit.promises.rows import condition_of, resting
from clerestory.law.codes import Code
from clerestory.law.errors import PackFault
from clerestory.law.promise_rows import Row

REQUESTERS, RECORDS = "reach-requesters", "reach-records"
_ABOUT = "about_a_person"
# Categories of records that are about no person: whoever may see them reaches nobody.
_NOBODY = frozenset({"about_nobody", "public_business"})
# The household, the agency, and who works for either. All else came from somebody whose own law may
# bind whoever holds it, so a category must name it.
_OWN_SOURCES = frozenset({"household", "agency", "processor", "provider", "none"})
_MARKS = frozenset({"proxy"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The tables of reach of a stack's packs."""

    groups: Sequence[Row]
    categories: Sequence[Row]
    ways: Sequence[Row]

    @classmethod
    def of(cls, groups: Sequence[Row], categories: Sequence[Row], ways: Sequence[Row]) -> "Reach":
        """Put the tables together.

        Raises:
            PackFault: A way names a group or a category that is not there, or a row stands twice.
        """
        reach = cls(groups=groups, categories=categories, ways=ways)
        for rows in (groups, categories, ways):
            _each_once(rows)
        for way in ways:
            _known(way, "groups", groups)
            _known(way, "reaches", categories)
        names = [REQUESTERS, RECORDS, *map(_way_id, ways)]
        names += [_id(group, category) for group in groups for category in categories]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise PackFault(
                f"two promises would be called {twice[0]}",
                todo="give a group, a category or a way of reach.toml another id",
            )
        return reach

    @property
    def names(self) -> set[str]:
        """The ids of the promises that are made here."""
        pairs = {_id(group, category) for group in self.groups for category in self.categories}
        return {REQUESTERS, RECORDS, *map(_way_id, self.ways), *pairs}

    def ask(self, read: LawRead) -> Iterator[Question]:
        """Yield the questions: whether all are listed, of each pair, and whether each way is one.

        Raises:
            PackFault: A row rests on what is not there.
            OutsideSubset: A condition cannot be translated.
        """
        groups = {row.id: condition_of(read, row) for row in self.groups}
        categories = {row.id: condition_of(read, row) for row in self.categories}
        ways = {row.id: resting(read, row) for row in self.ways}
        yield _all_listed(read, REQUESTERS, "group", groups.values(), self._requesters(read))
        yield _all_listed(read, RECORDS, "category", categories.values(), self._records(read))
        for group in self.groups:
            for category in self.categories:
                yield self._pair(
                    read, group, category, [groups[group.id], categories[category.id]], ways
                )
        for way in self.ways:
            yield _way(read, way, ways[way.id], groups, categories)

    def _pair(
        self,
        read: LawRead,
        group: Row,
        category: Row,
        both: Sequence[int],
        ways: Mapping[str, int],
    ) -> Question:
        circuit = read.circuit
        of_pair = [
            way
            for way in self.ways
            if group.id in way.lists["groups"] and category.id in way.lists["reaches"]
        ]
        closed = circuit.negate(circuit.either(ways[way.id] for way in of_pair))
        beyond = circuit.both([*both, read.term(_ABOUT, name=_id(group, category)), closed])
        by = ", ".join(way.id for way in of_pair)
        return Question(
            id=_id(group, category),
            says=f"{_capital(group.text('means'))}: {category.text('means')} "
            f"{f'only by these ways: {by}' if by else 'never'}.",
            premise=beyond,
            broken=circuit.both([beyond, read.opened]),
        )

    def _requesters(self, read: LawRead) -> set[str]:
        """Return the classes of requesters that no group lists."""
        vocabulary = read.law.stack.vocabulary
        listed = _listed(self.groups, "who")
        for group in _listed(self.groups, "to"):
            listed |= vocabulary.below("requester_class", group)
        return set(read.circuit.shape.facts["principal"]) - listed

    def _records(self, read: LawRead) -> set[str]:
        """Return the categories, fields, sources and marks of records that no category lists."""
        lists = read.law.stack.vocabulary.lists
        about = {n: code for n, code in lists["fields"].items() if not _NOBODY & set(code.groups)}
        categories = _listed(self.categories, "categories")
        fields = _listed(self.categories, "fields")
        return {
            *({group for code in about.values() for group in code.groups} - categories),
            *(n for n, code in about.items() if n not in fields and not _within(code, categories)),
            *(set(lists["source"]) - _OWN_SOURCES - _listed(self.categories, "sources")),
            *(_MARKS - _listed(self.categories, "marks")),
        }


def _all_listed(
    read: LawRead, name: str, kind: str, places: Iterable[int], missing: set[str]
) -> Question:
    """Return the question whether anything leaves that no row of a kind is about."""
    circuit = read.circuit
    if missing:
        says = f"No {kind} of reach.toml lists {', '.join(sorted(missing))}."
        return Question(id=name, says=says, premise=circuit.no, broken=circuit.no)
    about = read.term(_ABOUT, name=name)
    return Question(
        id=name,
        says=f"Nothing about a person leaves of which no {kind} of reach.toml says how.",
        premise=about,
        broken=circuit.both([about, read.opened, circuit.negate(circuit.either(places))]),
    )


def _way(
    read: LawRead, way: Row, place: int, groups: Mapping[str, int], categories: Mapping[str, int]
) -> Question:
    """Return the question whether a way can be gone: an idle one would allow the next slip."""
    circuit = read.circuit
    taken = [
        place,
        circuit.either(groups[name] for name in way.lists["groups"]),
        circuit.either(categories[name] for name in way.lists["reaches"]),
        read.term(_ABOUT, name=way.id),
    ]
    return Question(
        id=_way_id(way),
        says=f"The way {way.id} ({way.text('cite')}) is one that some demand can take.",
        premise=circuit.both(taken),
        broken=circuit.no,
    )


def _listed(rows: Iterable[Row], column: str) -> set[str]:
    # On the days on which a row does not stand, nothing would list what it lists.
    always = (row for row in rows if row.days.valid_from is None and row.days.valid_to is None)
    return {code for row in always for code in row.lists.get(column, ())}


def _within(code: Code, categories: set[str]) -> bool:
    return bool(categories & set(code.groups))


def _each_once(rows: Iterable[Row]) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise _gone(row, "stands twice")
        seen.add(row.id)


def _known(way: Row, column: str, rows: Iterable[Row]) -> None:
    ids = {row.id for row in rows}
    kind = "group" if column == "groups" else "category"
    for name in way.lists[column]:
        if name not in ids:
            raise _gone(way, f"there is no {kind} called {name}")


def _gone(row: Row, said: str) -> PackFault:
    return PackFault(f"{row.where}: {row.id}: {said}", todo="mend the row, or take it out")


def _id(group: Row, category: Row) -> str:
    return f"reach-{group.id}-{category.id}"


def _way_id(way: Row) -> str:
    return f"way-{way.id}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
