"""What the law is asked about one item, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clerestory.demands.determination import Outcome


@dataclass(frozen=True, slots=True)
class Case:
    """What the policies are asked about: a principal, a field and the facts of the demand."""

    principal: str
    resource: str
    context: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAnswer:
    """How one case came out, with the determining policies of each stage.

    ``lowered_from`` is the answer of the law where a reviewer lowered it (see ``lowering``).
    ``defined`` are the definitions that fit, ``opinions`` the points that counsel's opinions ended,
    ``suspended`` the policies whose suspended authorities send it to counsel (see ``counsel``).
    """

    outcome: Outcome
    context: Mapping[str, Any] = field(repr=False)
    lifts: tuple[str, ...]
    bars: tuple[str, ...]
    refers: tuple[str, ...]
    refusals: tuple[str, ...]
    coarsen_to: str | None = None
    errors: tuple[str, ...] = ()
    lowered_from: Outcome | None = None
    defined: tuple[str, ...] = ()
    opinions: tuple[str, ...] = ()
    suspended: tuple[str, ...] = ()
