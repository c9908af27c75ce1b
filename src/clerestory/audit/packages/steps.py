"""The steps of verifying a package, and what a result says of each."""

from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

from clerestory.disclosure.cms import CBC
from clerestory.ledger import VerifiedEntry


class Step(IntEnum):
    """What is checked, in this order; each step rests on those before it."""

    NAME = 1
    SEAL = 2
    OPEN = 3
    BAG = 4
    CONTENTS = 5
    LOG = 6
    ENTRY = 7
    RULINGS = 8


PROVES = MappingProxyType(
    {
        Step.NAME: "the sender signed a seal for a file of this name",
        Step.SEAL: "the file is the one that was sealed: not one bit is changed or missing",
        Step.OPEN: "the identity is a recipient's, and the envelope opens to its end",
        Step.BAG: "every file inside is the one in the manifests, and there is no other",
        Step.CONTENTS: "the sender signed these contents",
        Step.LOG: "the package's own entry stands in the log, under its signed checkpoint",
        Step.ENTRY: "that entry is of an answer and commits to exactly these contents",
        Step.RULINGS: "nothing is inside that the enclosed determination does not release",
    }
)
"""What each step proves once it is passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One step and what it proves, or would prove."""

    step: Step

    @property
    def name(self) -> str:
        """The step's short name, in small letters."""
        return self.step.name.lower()

    @property
    def proves(self) -> str:
        """What the step proves."""
        return PROVES[self.step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was checked of a package, and found to hold.

    Without the recipient's identity the package stays shut: then only the first two steps are in
    ``checked``, and ``demand_id``, ``contents_digest`` and ``entry`` are ``None``.

    Attributes:
        name: The package's file name, as it was sealed.
        sha256: The SHA-256 of the sealed file, as 64 hexadecimal digits.
        size: Its length in bytes.
        envelope: How it is sealed: ``age``, ``AES-256-GCM``, or ``AES-256-CBC``.
        checked: The steps that were taken; all of them hold.
        demand_id: The demand that it answers.
        contents_digest: The SHA-256 of the payload manifest, which the log entry commits to.
        entry: Where in which log the entry stands.
    """

    name: str
    sha256: str
    size: int
    envelope: str
    checked: tuple[Check, ...]
    demand_id: str | None = None
    contents_digest: str | None = None
    entry: VerifiedEntry | None = None

    @property
    def not_checked(self) -> tuple[Check, ...]:
        """The steps that were not taken: nothing is known about them."""
        taken = {check.step for check in self.checked}
        return tuple(Check(step=step) for step in Step if step not in taken)

    @property
    def is_authenticated(self) -> bool:
        """Whether the envelope by itself, opened with another program, shows a change."""
        return self.envelope != CBC.name

    @property
    def is_complete(self) -> bool:
        """Whether every step was taken."""
        return not self.not_checked
