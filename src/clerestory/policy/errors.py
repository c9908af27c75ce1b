"""What can go wrong while deciding. A denial is a result and never stands here."""

from clerestory.kernel import Corruption, Refusal


class EvaluationAlarm(Corruption):
    """Cedar skipped a policy because its evaluation failed.

    A skipped ``forbid`` would open a field in silence, so this always stops the release.
    """

    code = "policy-evaluation-error"


class OutsideSubset(Refusal):
    """A policy uses a part of Cedar that the proof and the replay do not read."""

    code = "law-outside-subset"
