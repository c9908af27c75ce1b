"""The kinds of event that the ledger knows, and what each may show.

An event about somebody shows its type, scope and quarter only; all else stands in its commitment.
The type never tells an outcome: how many demands were refused is for the published tables, which
suppress small cells, and a countable leaf would undo that. An event about nobody in particular
(a demand for a whole class, an agreement, a policy, a report) is public line by line.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from clerestory.notes.errors import BadNote

PRIVATE_ENTRY_BYTES = 320

PUBLIC_ENTRY_BYTES = 4_096


class EventType(Enum):
    """What happened, as coarse as the finest table that is published unsuppressed."""

    DEMAND_RECEIVED = "demand.received"
    DEMAND_DECIDED = "demand.decided"
    DEMAND_WITHDRAWN = "demand.withdrawn"
    ANSWER_SEALED = "answer.sealed"
    ANSWER_RECEIVED = "answer.received"
    NOTICE_RECORDED = "notice.recorded"
    MATTER_UPDATED = "matter.updated"
    DEMAND_CLOSED = "demand.closed"
    RETENTION_ERASED = "retention.erased"
    CLASS_DEMAND_RECEIVED = "class-demand.received"
    CLASS_DEMAND_DECIDED = "class-demand.decided"
    CLASS_DEMAND_ANSWERED = "class-demand.answered"
    AGREEMENT_RECORDED = "agreement.recorded"
    POLICY_ADOPTED = "policy.adopted"
    REPORT_PUBLISHED = "report.published"
    TALLY_PUBLISHED = "tally.published"
    KEY_ROTATED = "key.rotated"

    @property
    def is_public(self) -> bool:
        """Whether the event concerns nobody in particular and is shown whole."""
        return self in _PUBLIC

    @property
    def is_numbered(self) -> bool:
        """Whether the event draws the next gap-free demand number of its scope."""
        return self in _NUMBERED

    @property
    def entry_bytes(self) -> int:
        """The length of every entry of this type: a length must not tell entries apart."""
        return PUBLIC_ENTRY_BYTES if self.is_public else PRIVATE_ENTRY_BYTES


_PUBLIC = frozenset(
    {
        EventType.CLASS_DEMAND_RECEIVED,
        EventType.CLASS_DEMAND_DECIDED,
        EventType.CLASS_DEMAND_ANSWERED,
        EventType.AGREEMENT_RECORDED,
        EventType.POLICY_ADOPTED,
        EventType.REPORT_PUBLISHED,
        EventType.TALLY_PUBLISHED,
        EventType.KEY_ROTATED,
    }
)

_NUMBERED = frozenset({EventType.DEMAND_RECEIVED, EventType.CLASS_DEMAND_RECEIVED})

_SCOPE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)

_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)

_MATTER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}", re.ASCII)

_EMPTY: Mapping[str, str] = MappingProxyType({})


def no_fields() -> Mapping[str, str]:
    """Return the mapping of no fields."""
    return _EMPTY


def parse_event_type(text: str) -> EventType:
    """Read a type by its written name.

    Raises:
        BadNote: There is no such type; the message lists those that exist.
    """
    try:
        return EventType(text)
    except ValueError as fault:
        known = ", ".join(kind.value for kind in EventType)
        raise BadNote(
            f"an event type must be known: {text}", code="log-event", todo=f"use one of: {known}"
        ) from fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, before it is written.

    Attributes:
        type: What happened.
        scope: Which agency, as its profile's short name.
        matter: Under whose key the private fields are kept: an id that names nobody.
        fields: What is committed to and kept encrypted. Names and values are text.
        public: What is shown; only for events that concern nobody in particular.

    Raises:
        BadNote: The event shows too much, hides nothing, or is not written as it must be.
    """

    type: EventType
    scope: str
    matter: str | None = None
    fields: Mapping[str, str] = field(default_factory=no_fields, repr=False)
    public: Mapping[str, str] = field(default_factory=no_fields)

    def __post_init__(self) -> None:
        if not _SCOPE.fullmatch(self.scope):
            raise _bad("a scope is 1 to 32 small letters, digits and dashes")
        if self.fields and (self.matter is None or not _MATTER.fullmatch(self.matter)):
            raise _bad("private fields need a matter id of letters, digits and ._:/-")
        if self.type.is_public and not self.public:
            raise _bad(f"an event of type {self.type.value} shows what it says")
        if not self.type.is_public and self.public:
            raise _bad(f"an event of type {self.type.value} shows nothing but its type")
        if not self.type.is_public and not self.fields:
            raise _bad(f"an event of type {self.type.value} commits to at least one field")
        for name in (*self.fields, *self.public):
            if not _KEY.fullmatch(name):
                raise _bad("a field name is 1 to 64 small letters, digits and underscores")


def _bad(message: str) -> BadNote:
    # Never the value: it may be a person's.
    return BadNote(message, code="log-event", todo="correct the event; nothing was written")
