"""How well a name that was asked for fits a name on record."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise

from clerestory.holdings.fold import (
    AFTER_DE,
    ATTACHED,
    CHILD_OF,
    PARTICLES,
    SURE_PARTICLES,
    TITLES,
    fold_marked,
    fold_together,
    is_near,
    is_slip,
)


class NameFit(IntEnum):
    """From nothing in common to every given name and a family name the same."""

    NONE = 0
    NEAR = 1  # a slip could have made one from the other: a danger, never a match
    WEAK = 2  # the same but for a letter of a family name, an initial, the first given name unsaid,
    #          or words not on record
    PART = 3  # all words agree; a further given name on record was not said, or by its initial
    FULL = 4  # all words agree, every given name was said, and a family name


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedName:
    """A name as a paper says it, folded; one order is as good as another.

    Attributes:
        words: A word that ends with a hyphen is an article that was written onto the next.
        generation: Jr, Sr, II ...: which of two people of one name; ``None`` when nothing is said.
    """

    words: tuple[str, ...]
    generation: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedName:
    """Given names and family names, folded, and the generation that stands after them."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    generation: str | None = None


def fold_asked(name: str) -> AskedName:
    """Fold a name that somebody asks for."""
    words, generation = fold_marked(name)
    return AskedName(words=words, generation=generation)


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
    return tuple(dict.fromkeys(_fold_pair(first, last) for first, last in pairs))


def _fold_pair(given: str, family: str) -> RecordedName:
    first, before = fold_marked(given, least=1)
    last, after = fold_marked(family, least=1)
    words = tuple(word.rstrip("-") for word in first), tuple(word.rstrip("-") for word in last)
    if not words[0] and "fnu" in given.casefold().split():
        # Who has one name only stands on many papers as FNU with that name for a family name.
        words = words[1], ()
    return RecordedName(given=words[0], family=words[1], generation=after or before)


def compare_names(asked: AskedName, recorded: Sequence[RecordedName]) -> NameFit:
    """Return the best fit of the words asked for with any of a person's names.

    The order of the words is free. Family names of all the person's names count together, so
    that a former and a present family name may stand side by side.
    """
    pieces = _pieces(asked.words)
    # Most people who share a birth date share no word: spend nothing more on them.
    if all(pieces.isdisjoint(name.given) and pieces.isdisjoint(name.family) for name in recorded):
        return NameFit.NEAR if _is_near_all(asked.words, recorded) else NameFit.NONE
    families: Counter[str] = Counter()
    for name in recorded:
        families |= Counter(_telling(name.family))
    best = max(_compare(asked.words, name, families, recorded) for name in recorded)
    if best > NameFit.NEAR and is_other_generation(asked, recorded):
        return NameFit.NEAR
    return best


def is_other_generation(asked: AskedName, recorded: Sequence[RecordedName]) -> bool:
    """Whether both sides say which of two people of one name is meant, and differ."""
    said = {name.generation for name in recorded} - {None}
    return asked.generation is not None and bool(said) and asked.generation not in said


def count_telling(asked: AskedName) -> int:
    """How many of the words say something about which person it is."""
    telling = [word for word in asked.words if word.rstrip("-") not in PARTICLES | TITLES]
    # Al Smith would lose his given name: one word is too few to drop from.
    return len(telling) if len(telling) > 1 else len(asked.words)


@lru_cache(maxsize=1_000)
def _pieces(words: tuple[str, ...]) -> frozenset[str]:
    """Every word, every two neighbors as one, and every beginning and end of a word."""
    found = {word.rstrip("-") for word in words}
    found |= {fold_together(one, two) for one, two in _neighbors(words)}
    return frozenset(
        found | {part for word in words for at in range(2, len(word) - 1)
                 for part in (word[:at], word[at:])}
    )  # fmt: skip


def _neighbors(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    return pairwise(words)


def _telling(words: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the particles before a name of the record; the last word is always a name."""
    last = len(words) - 1
    return tuple(word for at, word in enumerate(words) if at == last or not _leads(words, at))


def _leads(words: Sequence[str], at: int) -> bool:
    """Whether a word has a particle's letters, in a place where it can be one."""
    word = words[at].rstrip("-")
    return word in PARTICLES and (word not in AFTER_DE or (at > 0 and words[at - 1] == "de"))


def _compare(
    asked: tuple[str, ...],
    name: RecordedName,
    families: Counter[str],
    recorded: Sequence[RecordedName],
) -> NameFit:
    given = _telling_given(name.given)
    words = _count(_meet(asked, name, families), Counter(given) + families, recorded)
    # The words that the family names cannot explain. If there are none, nothing was said that
    # tells one child of the family from another: Hassan Ali may be Ali Hassan Ali's brother.
    own, first = words - families, Counter(given)
    family_said = words - own
    if own and given:
        fit = _fit_given(own, first, given[0], families - family_said, bool(family_said))
        if fit > NameFit.NEAR:
            return fit
    return NameFit.NEAR if _is_near_all(tuple(words), recorded) else NameFit.NONE


def _telling_given(words: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out de, da ... between given names; Ben, Al and An are given names themselves.

    Behind the last one stands a name as well, Da for Đa, unless it is a word for son or daughter.
    """
    last = len(words) - 1
    return tuple(
        word
        for at, word in enumerate(words)
        if not (0 < at < last + (word in CHILD_OF) and word in SURE_PARTICLES and _leads(words, at))
    )


def _fit_given(
    own: Counter[str],
    first: Counter[str],
    leading: str,
    families_left: Counter[str],
    family_said: bool,
) -> NameFit:
    if own == first and family_said:
        return NameFit.FULL
    led = bool(own[leading])
    left, unsaid, initials = _pair_initials(own - first, first - own)
    if not left and family_said:
        if led:
            return NameFit.PART
        if initials and not unsaid[leading]:
            return NameFit.WEAK
        # Hoa Tran is Tran Thi Hoa, and Carmen is María del Carmen: the first word is left out as
        # often as a further one, where it tells less.
        if any(len(word) > 1 for word in own & first):
            return NameFit.WEAK
    # A word that fits nobody on record counts against: everything else must then be said.
    if not unsaid and led and _is_weak(left, families_left, family_said):
        return NameFit.WEAK
    return NameFit.NEAR


def _pair_initials(
    left: Counter[str], unsaid: Counter[str]
) -> tuple[Counter[str], Counter[str], int]:
    """Let J stand for John, on either side; say how many did."""
    left, unsaid, paired = +left, +unsaid, 0
    for word in list(left.elements()):
        for held in list(unsaid):
            # Letters of other alphabets stand for whole names.
            if (len(word) == 1 or len(held) == 1) and word[0] == held[0] and word[0].isascii():
                left[word] -= 1
                unsaid[held] -= 1
                left, unsaid, paired = +left, +unsaid, paired + 1
                break
    return left, unsaid, paired


def _is_weak(extra: Counter[str], families_left: Counter[str], family_said: bool) -> bool:
    if not extra:
        # One name is all there is on record: no family name to agree with.
        return not families_left
    if family_said:
        return True
    return any(
        (len(word) >= 4 and is_slip(word, held)) or _is_attached(word, held)
        for word in extra
        for held in families_left
    )


def _is_attached(one: str, other: str) -> bool:
    """Whether two family names are one but for an article or a particle written onto it.

    Albright is not Bright, so that this alone never makes two names the same.
    """
    short, long = sorted((one, other), key=len)
    return len(short) >= 4 and any(fold_together(word, short) == long for word in ATTACHED)


def _meet(asked: tuple[str, ...], name: RecordedName, families: Counter[str]) -> tuple[str, ...]:
    """Join and part words as the record has them: El Amin and Elamin, Levan and Le Van."""
    held = {*name.given, *name.family, *families}
    pairs = {
        fold_together(one, two): (one, two)
        for order in (name.given + name.family, name.family + name.given)
        for one, two in _neighbors(order)
    } | {
        fold_together(one, fold_together(two, three)): ("de", two, three)
        for order in (name.given, name.family)
        for de, two, three in zip(order, order[1:], order[2:], strict=False)
        if de == "de" and two in AFTER_DE
        for one in ("", "de")
    }
    met: list[str] = []
    at = 0
    while at < len(asked):
        word = asked[at]
        if word == "de" and at + 2 < len(asked) and asked[at + 1] in AFTER_DE:
            whole = fold_together(word, fold_together(asked[at + 1], asked[at + 2]))
            if whole in held:
                met.append(whole)
                at += 3
                continue
        together = fold_together(word, asked[at + 1]) if at + 1 < len(asked) else ""
        if together in held and not (word.rstrip("-") in held and asked[at + 1] in held):
            met.append(together)
            at += 2
            continue
        met += pairs[word] if word in pairs and word not in held else (word,)
        at += 1
    return tuple(met)


def _count(
    words: tuple[str, ...], partners: Counter[str], recorded: Sequence[RecordedName]
) -> Counter[str]:
    """Count the words that must find a partner: not the particles and titles before a name."""
    kept: Counter[str] = Counter()
    for at, word in enumerate(words):
        bare = word.rstrip("-")
        title = at == 0 and bare in TITLES and len(words) > 2
        if bare in partners or not (title or _is_particle(words, at, partners, recorded)):
            kept[bare] += 1
    return kept


def _is_particle(
    words: tuple[str, ...], at: int, partners: Counter[str], recorded: Sequence[RecordedName]
) -> bool:
    """Whether a word without a partner only leads to one: de Sousa, where Sousa is on record.

    Ben Carl Smith and Nguyen Van An have a particle's letters and are names. So a particle needs
    a name of the record after it, and must either be nobody's name itself, or be written onto
    that name, or stand before it on record too (bin Saleh for ibn Saleh).
    """
    word, bare = words[at], words[at].rstrip("-")
    after = next((w.rstrip("-") for w in words[at + 1 :] if w.rstrip("-") not in PARTICLES), None)
    if not _leads(words, at) or after is None or after not in partners:
        return False
    if word != bare:
        return True
    before = {
        follower
        for name in recorded
        for part in (name.given, name.family)
        for at_record, follower in enumerate(part[1:])
        if _leads(part, at_record)
    }
    if after in before:
        return True
    family = any(after in name.family for name in recorded)
    return bare in SURE_PARTICLES and at > 0 and family


def _is_near_all(asked: tuple[str, ...], recorded: Sequence[RecordedName]) -> bool:
    words = [word for word in asked if word.rstrip("-") not in PARTICLES | TITLES] or asked
    return all(
        any(is_near(word.rstrip("-"), held) for name in recorded
            for held in (*name.given, *name.family))
        for word in words
    )  # fmt: skip
