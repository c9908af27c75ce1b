"""What can be wrong with a demand's written form."""

from clerestory.kernel import BadFile, Refusal


class BadDemand(BadFile):
    """The written form cannot be read as a demand."""

    code = "demand-unreadable"
    todo = "correct the line or key that is named; docs/written-forms.md shows the form"


class AnsweredTooEarly(Refusal):
    """Somebody would answer a demand under the law of a day before it came."""

    code = "answer-before-receipt"
    todo = "correct received.date in the demand, the day or time given, or the machine's clock"
