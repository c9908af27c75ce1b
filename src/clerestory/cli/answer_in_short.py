"""A determination in one sentence: how much may leave, how much may not, what is for counsel."""

from collections import Counter
from collections.abc import Mapping

from clerestory.demands import Determination, Outcome

SHAPES: Mapping[str, str] = {
    "release": "+",
    "coarsen": "~",
    "refer_to_counsel": "?",
    "withhold": "x",
}
"""A sign for each answer, in every alphabet, for whoever sees no colors."""
_ALONE = {
    Outcome.RELEASE: "The field may leave.",
    Outcome.COARSEN: "The field may leave in a less exact form.",
    Outcome.REFER: "Counsel has to answer: the field may not leave yet.",
    Outcome.WITHHOLD: "The field may not leave.",
}


def answer_in_short(determination: Determination) -> str:
    """Return the answer in one sentence.

    Where nothing leaves, what may not is told by that; else each kind of answer is counted.
    """
    rulings = determination.rulings
    if determination.alarms:
        return "Nothing may leave: the law could not be read whole."
    if not rulings:
        return "Nothing is asked for, so nothing may leave."
    if len(rulings) == 1:
        return _ALONE[rulings[0].outcome]
    told = Counter(ruling.outcome for ruling in rulings)
    persons = len({ruling.item.subject for ruling in rulings})
    asked = f"{len(rulings):,} fields{f' of {persons:,} persons' if persons > 1 else ''}"
    if told[Outcome.RELEASE] == len(rulings):
        return f"All {asked} may leave."
    if told[Outcome.REFER] == len(rulings):
        return f"Counsel has to answer: none of {asked} may leave yet."
    return f"{', '.join(_parts(told, asked))}."


def _parts(told: Mapping[Outcome, int], asked: str) -> list[str]:
    counted = {
        Outcome.RELEASE: "may leave",
        Outcome.COARSEN: "may leave in a less exact form",
        Outcome.WITHHOLD: "may not",
        Outcome.REFER: "is for counsel" if told[Outcome.REFER] == 1 else "are for counsel",
    }
    opened = told[Outcome.RELEASE] + told[Outcome.COARSEN]
    if not opened:
        counted[Outcome.WITHHOLD] = ""
    parts = [
        f"{told[outcome]:,} {words}"
        for outcome, words in counted.items()
        if told[outcome] and words
    ]
    if not opened:
        return [f"None of {asked} may leave", *parts]
    count, _, words = parts[0].partition(" ")
    return [f"{count} of {asked} {words}", *parts[1:]]
