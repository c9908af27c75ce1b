"""What can go wrong while deciding. A denial is a result and never stands here."""

from clerestory.kernel import Corruption, Refusal


class EvaluationAlarm(Corruption):
    """Cedar skipped a policy because its evaluation failed.

    A skipped ``forbid`` would open a field in silence, so this always stops the release.
    """

    code = "policy-evaluation-error"
    todo = "release nothing; run clerestory law check, mend what it names, then decide again"


class OutsideSubset(Refusal):
    """A policy uses a part of Cedar that the proof and the replay do not read.

    Attributes:
        operator: What is not read, by Cedar's own name for it, for example ``like``.
    """

    code = "law-outside-subset"
    todo = "write the condition with codes, sets of codes, ==, in, contains, and, or, not"

    def __init__(self, place: str, operator: str, what: str) -> None:
        super().__init__(
            f"{place} uses what the proof and the replay cannot read: {what}",
            todo="write the condition with codes and sets of codes, ==, in, contains, and, or, not;"
            " docs/writing-law.md lists what can be read",
        )
        self.operator = operator
