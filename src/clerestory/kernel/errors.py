"""The two kinds of trouble: a rule said no, or bytes do not prove what they claim."""


class ClerestoryError(Exception):
    """Base of every error that this program raises on purpose.

    Attributes:
        code: Stable name for programs and documentation, for example ``demand-unknown-code``.
        todo: What the reader should do next, in plain words.
    """

    code = "error"

    def __init__(self, message: str, *, code: str | None = None, todo: str = "") -> None:
        super().__init__(message)
        self.code = code or type(self).code
        self.todo = todo


class Refusal(ClerestoryError):
    """A rule stopped the work. The message may be shown to the caller."""

    code = "refused"


class Corruption(ClerestoryError):
    """Bytes do not prove what they claim. Never shown to a requester, always an alarm."""

    code = "corruption"
