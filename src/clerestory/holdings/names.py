"""How well a name that was asked for fits a name on record."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from clerestory.holdings.fold import PARTICLES, fold_name, is_near, is_slip


class NameFit(IntEnum):
    """From nothing in common to every given name and a family name the same."""

    NONE = 0
    NEAR = 1  # a slip could have made one from the other: a danger, never a match
    WEAK = 2  # the same but for one letter of a family name, or with words not on record
    PART = 3  # all words agree; a further given name on record was not said
    FULL = 4  # all words agree, every given name was said, and a family name


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedName:
    """Given names and family names, folded."""

    given: tuple[str, ...]
    family: tuple[str, ...]


def fold_recorded(given: str, family: str, other: str) -> tuple[RecordedName, ...]:
    """Fold one person's current name and other names.

    ``other`` holds former and other names, ``given|family`` each, separated by ``;``. One that
    has no ``|`` has its last word for a family name.
    """
    pairs = [(given, family)]
    for written in other.split(";"):
        if "|" in written:
            first, _, last = written.partition("|")
        else:
            first, _, last = written.strip().rpartition(" ")
        if last.strip():
            pairs.append((first if first.strip() else given, last))
    return tuple(
        dict.fromkeys(
            RecordedName(given=fold_name(first.strip()), family=fold_name(last.strip()))
            for first, last in pairs
        )
    )


def compare_names(asked: tuple[str, ...], recorded: Sequence[RecordedName]) -> NameFit:
    """Return the best fit of the words asked for with any of a person's names.

    The order of the words is free. Family names of all the person's names count together, so
    that a former and a present family name may stand side by side.
    """
    words = _telling(asked)
    # Most people who share a birth date share no word: spend nothing more on them.
    if all(_shares_nothing(words, name) for name in recorded):
        return NameFit.NEAR if all(_is_near_any(word, recorded) for word in words) else NameFit.NONE
    families: Counter[str] = Counter()
    for name in recorded:
        families |= Counter(name.family)
    best = NameFit.NONE
    for name in recorded:
        best = max(best, _compare(words, _telling(name.given), families))
    return best


def _shares_nothing(words: tuple[str, ...], name: RecordedName) -> bool:
    return not any(word in name.given or word in name.family for word in words)


def _is_near_any(word: str, recorded: Sequence[RecordedName]) -> bool:
    return any(is_near(word, held) for name in recorded for held in (*name.given, *name.family))


def count_telling(asked: tuple[str, ...]) -> int:
    """How many of the words say something about which person it is."""
    return len(_telling(asked))


def _telling(words: tuple[str, ...]) -> tuple[str, ...]:
    kept = tuple(word for word in words if word not in PARTICLES)
    # Al Smith loses his given name if the particle is dropped: one word is too few to drop from.
    return kept if len(kept) > 1 or len(kept) == len(words) else words


def _compare(words: tuple[str, ...], given: tuple[str, ...], families: Counter[str]) -> NameFit:
    asked, first = Counter(words), Counter(given)
    # The words that the family names cannot explain. If there are none, nothing was said that
    # tells one child of the family from another: Hassan Ali may be Ali Hassan Ali's brother.
    own = asked - families
    family_said = asked - own
    if own and given:
        if own == first and family_said:
            return NameFit.FULL
        if own <= first and own[given[0]] and family_said:
            return NameFit.PART
        if _is_weak(own, first, families - family_said, bool(family_said)):
            return NameFit.WEAK
    near = all(any(is_near(word, held) for held in (*given, *families)) for word in words)
    return NameFit.NEAR if near else NameFit.NONE


def _is_weak(
    own: Counter[str], first: Counter[str], families_left: Counter[str], family_said: bool
) -> bool:
    if not first <= own:
        return False
    extra = own - first
    if not extra:
        # One name is all there is on record: no family name to agree with.
        return not families_left
    if family_said:
        return True
    return any(len(word) >= 4 and is_slip(word, held) for word in extra for held in families_left)
