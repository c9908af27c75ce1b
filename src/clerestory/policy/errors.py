"""What can go wrong while deciding. A denial is a result and never stands here."""

from clerestory.kernel import Corruption


class EvaluationAlarm(Corruption):
    """Cedar skipped a policy because its evaluation failed.

    A skipped ``forbid`` would open a field in silence, so this always stops the release.
    """

    code = "policy-evaluation-error"
