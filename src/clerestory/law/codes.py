"""The vocabulary: every code that the engine reads, by list, with its groups."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from clerestory.kernel.reading import read_document
from clerestory.law.errors import PackFault, UnknownCode

ESTABLISHED_BY = ("custodian", "counsel")
"""Who may establish a finding: see ``fact.ESTABLISHERS``. The first, where nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code of one list.

    ``source`` and ``proxy`` are used by fields, ``event`` by findings that nobody asks for unless
    somebody raises them, ``by`` by findings that not everybody may establish, ``compels`` by words
    for what a judge compels, and ``days`` by what ends by itself after so many days.
    """

    name: str
    means: str
    groups: tuple[str, ...] = ()
    source: str = "none"
    proxy: bool = False
    event: bool = False
    by: str = ESTABLISHED_BY[0]
    compels: bool = False
    days: int = 0


@dataclass(frozen=True)
class Vocabulary:
    """All lists of codes of the packs in use."""

    lists: Mapping[str, Mapping[str, Code]] = field(repr=False)

    def check(self, list_name: str, code: str, where: str) -> str:
        """Return ``code``, which must stand in the list.

        Raises:
            UnknownCode: It does not; the message names the code, the place and what is close.
        """
        if code not in self.lists[list_name]:
            raise UnknownCode(
                f"unknown code in {where}: {code} is not in the list {list_name}",
                todo=f"use one of the codes of {list_name}{_close(code, self.lists[list_name])}, "
                "or define the code in a pack's codes.yaml",
            )
        return code

    def knows(self, list_name: str, code: str) -> bool:
        """Whether the list holds the code."""
        return code in self.lists.get(list_name, {})

    def get(self, list_name: str, code: str) -> Code:
        """Return the code's entry."""
        return self.lists[list_name][code]

    def groups_of(self, list_name: str, code: str) -> frozenset[str]:
        """Return the code itself and every group above it."""
        found: set[str] = set()
        self._climb(list_name, code, found)
        return frozenset(found)

    def _climb(self, list_name: str, code: str, found: set[str]) -> None:
        if code in found:
            return  # Groups in a circle are each other's: what one of them closes, all close.
        found.add(code)
        group_list = _GROUPS.get(list_name, list_name)
        entry = self.lists[list_name].get(code) or self.lists[group_list].get(code)
        for group in entry.groups if entry else ():
            self._climb(group_list, group, found)

    def below(self, list_name: str, group: str) -> frozenset[str]:
        """Return the codes of a list that are the group or stand below it."""
        return self._below[list_name].get(group, frozenset())

    @cached_property
    def _below(self) -> dict[str, dict[str, frozenset[str]]]:
        # Asked thousands of times for each law that is written as a circuit.
        found: dict[str, dict[str, set[str]]] = {name: {} for name in self.lists}
        for name, codes in self.lists.items():
            for code in codes:
                for group in self.groups_of(name, code):
                    found[name].setdefault(group, set()).add(code)
        return {
            name: {group: frozenset(codes) for group, codes in groups.items()}
            for name, groups in found.items()
        }

    @cached_property
    def compelling(self) -> frozenset[str]:
        """The defined words that say that a judge compels the answer."""
        words = self.lists.get("defined", {})
        return frozenset(name for name, code in words.items() if code.compels)

    @cached_property
    def every_code(self) -> frozenset[str]:
        """All codes of all lists, for checking the words of a policy."""
        return frozenset(code for codes in self.lists.values() for code in codes)


_KEYS = frozenset({"means", "in", "source", "proxy", "event", "by", "group", "compels", "days"})
# A word in quotes would count as yes, also "no"; nothing at all as no; and a group that is not in a
# list as no group: a field of status would then be a field like any other.
_TEXT, _MARK, _LIST = (str, "text"), (bool, "true or false"), (list, "list of texts")
_KINDS: Mapping[str, tuple[type, str]] = {
    "means": _TEXT, "source": _TEXT, "proxy": _MARK, "event": _MARK, "compels": _MARK,
    "group": _MARK, "in": _LIST,
}  # fmt: skip
_GROUPS = {"program": "program_group", "fields": "category"}


def load_vocabulary(paths: Iterable[Path]) -> Vocabulary:
    """Read and join ``codes.yaml`` files; a later one may add codes, never redefine one.

    Raises:
        PackFault: A file cannot be read, or two files define the same code.
    """
    lists: dict[str, dict[str, Code]] = {}
    for path in paths:
        for list_name, entries in _read(path).items():
            known = lists.setdefault(list_name, {})
            for name, entry in entries.items():
                strange = sorted(set(entry) - _KEYS)
                if strange:
                    raise PackFault(
                        f"{path.name}: {list_name}.{name} has a key nobody reads: {strange[0]}",
                        todo="put quotes around a text that holds a comma or a colon",
                    )
                wrong = next((key for key in entry if not _fits(key, entry[key])), None)
                if wrong:
                    raise PackFault(
                        f"{path.name}: {list_name}.{name}: {wrong} is no {_KINDS[wrong][1]}",
                        todo="write true or false without quotes, a text in quotes, and groups "
                        "as [one, another]",
                    )
                if name in known:
                    raise PackFault(
                        f"{path.name} defines {list_name}.{name} again",
                        todo="two packs must not define one code: rename it in one of them",
                    )
                by = entry.get("by", ESTABLISHED_BY[0])
                if by not in ESTABLISHED_BY or ("by" in entry and list_name != "findings"):
                    raise PackFault(
                        f"{path.name}: {list_name}.{name}: nobody is asked by that name: by",
                        todo=f"only findings have it; write one of {', '.join(ESTABLISHED_BY)}",
                    )
                known[name] = Code(
                    name=name,
                    means=str(entry.get("means", "")),
                    groups=tuple(_strings(entry.get("in", ()))),
                    source=str(entry.get("source", "none")),
                    proxy=bool(entry.get("proxy", False)),
                    event=bool(entry.get("event", False)),
                    by=str(by),
                    compels=bool(entry.get("compels", False)),
                    days=_days(path, list_name, name, entry.get("days", 0)),
                )
    return Vocabulary(lists)


def _fits(key: str, value: object) -> bool:
    kind = _KINDS.get(key, (object, ""))[0]
    texts = not isinstance(value, list) or all(isinstance(one, str) for one in value)
    return isinstance(value, kind) and texts


def _read(path: Path) -> Mapping[str, Mapping[str, Mapping[str, object]]]:
    # A code that stands twice would lose what the first one says: that it is a proxy, perhaps.
    content = read_document(path, error=PackFault).value
    if not isinstance(content, Mapping):
        raise PackFault(f"{path.name} holds no lists of codes", todo="see packs/codes.yaml")
    for list_name, entries in content.items():
        codes = entries.values() if isinstance(entries, Mapping) else [None]
        if not all(isinstance(entry, Mapping) for entry in codes):
            raise PackFault(
                f"{path.name}: {list_name} is not a list of codes",
                todo="write each code as `name: {means: ...}` below its list",
            )
    lists: Mapping[str, Mapping[str, Mapping[str, object]]] = content
    return lists


def _days(path: Path, list_name: str, name: str, value: object) -> int:
    if type(value) is not int or value < 0:
        raise PackFault(
            f"{path.name}: {list_name}.{name}: days is a whole number: {value}",
            todo="write a number such as 30, without quotes",
        )
    return value


def _strings(value: object) -> Sequence[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else []


def _close(code: str, known: Mapping[str, Code]) -> str:
    import difflib

    close = difflib.get_close_matches(code, known, n=3)
    return f" (close to it: {', '.join(close)})" if close else ""
