"""What the audit of a chain is given, and what it finds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from clerestory.acts.statement import Signed
from clerestory.ledger import Leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One entry of the log with what the office keeps behind it.

    Attributes:
        index: Its place in the log.
        leaf: What the public sees.
        fields: What its commitment was opened to; nothing where nothing is committed to.
        signed: The act that it stands for, if the office shows one.
        is_erased: Whether a later entry says that what was behind it was destroyed.
    """

    index: int
    leaf: Leaf
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    signed: Signed | None = None
    is_erased: bool = False


class Wrong(NamedTuple):
    """Which rule an act breaks, and how, before anybody knows where it stands."""

    what: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """One thing in a chain that is not as acts leave it.

    Attributes:
        code: Which rule is broken, for programs and documents.
        what: The rule and what broke it, in words; never a person's data.
        index: The entry's place in the log, where there is one.
        matter: The matter, where it is known.
        position: The act's place in the matter.
    """

    code: str
    what: str
    index: int | None = None
    matter: str = ""
    position: int | None = None
