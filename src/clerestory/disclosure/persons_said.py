"""How a letter calls the persons a demand asks about: never by name, and never by a bare code."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from clerestory.demands.demand import Demand
from clerestory.disclosure.stationery import Words

# More stretches than this are no help to a reader.
_MOST_STRETCHES = 40
# Whom the paper itself speaks of. Who lives with them is somebody whom its reader may not know of.
_NAMED = frozenset({"named", "listed_row"})
_AT_HOME = "household_member"
HOME = "home"
"""Stands for whoever lives with them: how many they are, the record alone tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsSaid:
    """The persons of one demand in the words of a language.

    Attributes:
        words: The words.
        refs: Whoever is named in the demand, or given something of, in its order.
        home: Whoever is asked about as somebody of the household, and given nothing of.
        own: Whether the reader is the person, or asks in the person's name.
        represented: Whether the reader asks in the person's name.
    """

    words: Words
    refs: tuple[str, ...]
    home: frozenset[str] = frozenset()
    own: bool = False
    represented: bool = False

    @classmethod
    def of(
        cls,
        words: Words,
        demand: Demand,
        *,
        asked: Collection[str] = (),
        given: Collection[str] = (),
        own: bool = False,
    ) -> "PersonsSaid":
        """Return the persons of ``demand``.

        Args:
            words: The words of the letter's language.
            demand: Who is named in it counts, whatever is asked of them.
            asked: Of whom something is asked.
            given: Of whom something is given.
            own: Whether the reader is the person, or asks in the person's name.
        """
        home = {one.ref for one in demand.subjects if one.relation == _AT_HOME and one.ref in asked}
        return cls(
            words=words,
            refs=tuple(
                one.ref
                for one in demand.subjects
                if one.relation in _NAMED or one.is_several or one.ref in asked
                if one.ref not in home.difference(given)
            ),
            home=frozenset(home.difference(given)),
            own=own,
            represented=demand.requester.kind != "subject",
        )

    @property
    def are_several(self) -> bool:
        """Whether a letter has to say of whom it speaks."""
        return len(self.refs) + bool(self.home) > 1

    def called(self, ref: str) -> str:
        """Return what stands for a person: their ref, or one word for all of a household."""
        return HOME if ref in self.home else ref

    def say(self, refs: Sequence[str], *, about_nobody: bool = False) -> str:
        """Return how some of them are called, together."""
        if about_nobody:
            return self.words.said("nobody")
        told = dict.fromkeys(map(self.called, refs))
        persons = [ref for ref in told if not ref.endswith("*") and ref != HOME]
        classes = [ref for ref in told if ref.endswith("*")]
        said = [self._class(ref) for ref in classes]
        if HOME in told:
            said.insert(0, self.words.said("home"))
        if persons:
            said.insert(0, self._persons(persons))
        return self.words.row(said)

    def _class(self, ref: str) -> str:
        every = [one for one in self.refs if one.endswith("*")]
        if len(every) < 2:
            return self.words.said("everyone")
        return self.words.said("group", number=every.index(ref) + 1)

    def _persons(self, refs: Sequence[str]) -> str:
        every = [one for one in self.refs if not one.endswith("*")]
        if len(every) < 2:
            return self.words.said(self._only())
        told = in_stretches(
            refs, lambda first, last: self.words.said("stretch", first=first, last=last)
        )
        kind = "person" if len(refs) == 1 else "persons"
        if len(told) > _MOST_STRETCHES:
            shown = self.words.table["comma"].join(told[:_MOST_STRETCHES])
            return self.words.said("and_others", persons=shown, count=f"{len(refs):,}")
        return self.words.said(kind, persons=self.words.row(told))

    def _only(self) -> str:
        if not self.own:
            return "the_person"
        return "the_represented" if self.represented else "you"


def in_stretches(refs: Iterable[str], joined: Callable[[str, str], str]) -> list[str]:
    """Return refs in their order, those that follow each other as one stretch.

    >>> in_stretches(["S1", "S2", "S3", "S7", "S8"], lambda first, last: f"{first} to {last}")
    ['S1 to S3', 'S7', 'S8']
    """
    stretches: list[tuple[str, str]] = []
    for ref in refs:
        before = _number(stretches[-1][1]) if stretches else 0
        if before and _number(ref) == before + 1:
            stretches[-1] = (stretches[-1][0], ref)
        else:
            stretches.append((ref, ref))
    told: list[str] = []
    for first, last in stretches:
        beside = _number(last) - _number(first) == 1
        told += [first] if first == last else [first, last] if beside else [joined(first, last)]
    return told


def _number(ref: str) -> int:
    number = ref.removeprefix("S")
    return int(number) if number.isascii() and number.isdigit() else 0
