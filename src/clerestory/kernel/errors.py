"""The two kinds of trouble: a rule said no, or bytes do not prove what they claim."""


class ClerestoryError(Exception):
    """Base of every error that this program raises on purpose.

    Nobody who meets an error may be left without a next step, so a class has one of its own, which
    stands wherever a raise gives none that is nearer to the case.

    Attributes:
        code: Stable name for programs and documentation, for example ``demand-unknown-code``.
        todo: What the reader should do next, in plain words; never empty.
    """

    code = "error"
    todo = "look the code up in docs/errors.md, which says what to do"

    def __init__(self, message: str, *, code: str | None = None, todo: str = "") -> None:
        super().__init__(message)
        self.code = code or type(self).code
        self.todo = todo or type(self).todo

    def __init_subclass__(cls) -> None:
        """Refuse a class of errors that would leave its reader without a next step."""
        super().__init_subclass__()
        if not cls.todo.strip():
            # A programming error, met when the module is imported and never by a user.
            raise TypeError(f"a class of errors says what to do next: {cls.__name__}")


class Refusal(ClerestoryError):
    """A rule stopped the work. The message may be shown to the caller."""

    code = "refused"
    todo = "correct what is named, then run the same again"


class Corruption(ClerestoryError):
    """Bytes do not prove what they claim. Never shown to a requester, always an alarm."""

    code = "corruption"
    todo = (
        "keep the bytes as they are, release nothing on the strength of them, and tell whoever "
        "is responsible for security; ask the sender by another way than the bytes came"
    )
