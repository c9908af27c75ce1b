"""Text of others as a letter shows it: without what nobody sees, and turned by nobody.

A name or a title comes from a paper, in whatever script. It may hold control characters, marks that
turn the direction of what follows, or letters of the other direction; none of them may move the
letter's own words.
"""

import unicodedata

# Persian and the scripts of India are written with these two; nothing else unseen has a use.
_JOINERS = frozenset("\u200c\u200d")
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
_OTHER_WAY = {
    "ltr": frozenset({"R", "AL", "AN"}),
    "rtl": frozenset({"L", "EN"}),
}
_ISOLATE, _END = "\u2068", "\u2069"


def shown(text: str) -> str:
    """Return ``text`` on one line, without control characters and marks that nobody sees.

    >>> shown("Made-up\\tPolice\\x00 \\u202eDepartment")
    'Made-up Police Department'
    """
    one_line = " ".join(text.split())
    seen = "".join(
        each for each in one_line if each in _JOINERS or unicodedata.category(each) not in _UNSEEN
    )
    return " ".join(seen.split())


def contained(text: str, direction: str) -> str:
    """Return ``text`` so that in a line of ``direction`` it turns nothing but itself.

    Source: Unicode Standard Annex 9, section 2.4.1 (isolates).

    >>> contained("plain", "ltr")
    'plain'
    """
    turned = _OTHER_WAY[direction]
    if any(unicodedata.bidirectional(each) in turned for each in text):
        return f"{_ISOLATE}{text}{_END}"
    return text
