"""What can be wrong with a pack or with a code, always with the place and the mend."""

from dataclasses import dataclass

from clerestory.kernel import BadFile


class UnknownCode(BadFile):
    """A demand, a case or a policy uses a code that no pack in use defines."""

    code = "law-unknown-code"
    todo = "correct the code, or use the pack that defines it"


class PackFault(BadFile):
    """A pack cannot be used as it stands."""

    code = "law-pack-fault"
    todo = "mend what is named, then run: clerestory law check"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in a pack: where it is, and what is wrong, for the lawyer who edits it."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"
