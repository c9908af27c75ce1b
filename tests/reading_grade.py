"""How many years of school a text asks of its reader: the Flesch-Kincaid grade.

Source: Kincaid et al., Derivation of New Readability Formulas, Research Branch Report 8-75
(1975): 0.39 times the words in a sentence, plus 11.8 times the syllables in a word, less 15.59.
Syllables are counted by groups of vowels, a silent e left out, as most programs count them.
"""

import re
from collections.abc import Iterable

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
_VOWELS = re.compile(r"[aeiouy]+")


def syllables(word: str) -> int:
    """Return how many syllables a word has, about.

    >>> [syllables(word) for word in ("give", "table", "asked", "records", "agency", "decided")]
    [1, 2, 1, 2, 3, 3]
    """
    bare = re.sub(r"[^a-z]", "", word.lower())
    count = len(_VOWELS.findall(bare))
    if re.search(r"[^aeiouyl]e$|[^aeiouy]es$|[^aeiouytd]ed$", bare) and count > 1:
        count -= 1
    if re.search(r"(?:[sxz]|ch|sh|[cg])es$", bare):
        count += 1
    return max(count, 1)


def grade(sentences: Iterable[str]) -> float:
    """Return the grade of sentences; a line of a list is a sentence of its own."""
    told = [words for one in sentences if (words := _WORD.findall(one))]
    words = [word for sentence in told for word in sentence]
    if not words:
        return 0.0
    long = sum(map(syllables, words)) / len(words)
    return 0.39 * len(words) / len(told) + 11.8 * long - 15.59


def sentences_of(line: str) -> list[str]:
    """Split a line into its sentences: at a full stop, a colon or a semicolon before a blank."""
    return [part for part in re.split(r"(?<=[.!?:;])\s+", line) if _WORD.search(part)]
