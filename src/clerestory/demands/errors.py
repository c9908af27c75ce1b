"""What can be wrong with a demand's written form."""

from clerestory.kernel import BadFile


class BadDemand(BadFile):
    """The written form cannot be read as a demand."""

    code = "demand-unreadable"
    todo = "correct the line or key that is named; docs/written-forms.md shows the form"
