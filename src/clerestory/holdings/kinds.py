"""What kinds of value a column of a source can hold, whatever the source calls them."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """A kind of value; the words stand in messages."""

    TEXT = "text"
    WHOLE = "whole number"
    UUID = "uuid"
    LABEL = "enum"
    DATE = "date"
    MOMENT = "timestamp"
    ZONED_MOMENT = "timestamp with time zone"
    DOUBLE = "floating-point number"
    DECIMAL = "decimal number"
    TRUTH = "boolean"
    BYTES = "bytes"
    ANY = "value of any type"
    OTHER = "type that is not read"


# A person's key is compared as text. What is printed in more than one way, such as 900 and 900.0,
# or 9e2, names two people or none.
KEY_KINDS = frozenset({Kind.TEXT, Kind.WHOLE, Kind.UUID, Kind.LABEL, Kind.ANY})
# Of these a text may be another writing, such as 007 of 7, which the type itself never prints.
KEYS_PRINTED = frozenset({Kind.WHOLE, Kind.UUID})


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldColumn:
    """One column as the source has it.

    Attributes:
        cast: The source's own name of the type, which a text is cast to before it is compared;
            ``None`` where texts are compared as they are.
    """

    name: str
    kind: Kind
    cast: str | None = None
