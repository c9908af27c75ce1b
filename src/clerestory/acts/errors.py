"""What is refused of acts, and what raises the alarm."""

from clerestory.kernel import BadFile, Corruption, Refusal


class BadTable(BadFile):
    """The table of acts cannot be used as it is written."""

    code = "acts-unreadable"
    todo = "bring acts.toml back as it came with the program"


class NotAllowed(Refusal):
    """The table does not let this person do this act in this state."""

    code = "act-not-allowed"
    todo = "see docs/acts.md: who may do it, and in which state"


class BadStatement(Corruption):
    """A statement or its signature does not prove what it claims."""

    code = "act-statement"
    todo = (
        "keep the statement and its signature, act on neither, and ask its signer by another way "
        "what was signed"
    )
