"""The bytes of one entry: what the public can read for ever.

One JSON object with sorted keys and no spaces, padded with spaces in ``pad`` so that all entries
of a type have one length::

    {"commitment":"...","pad":"   ","period":"2026-Q4","scope":"maine-dhhs",
     "serial":"0000000042","type":"demand.received","v":2}

Version 1 counted the quarter in UTC, version 2 counts it in the zone of the agency that the scope
names: an event on the evening of 31 March in Maine belongs to the first quarter. Nothing else
differs. Both are read, for ever, and each byte for byte; version 2 alone is written.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from clerestory.kernel import canonical_bytes
from clerestory.kernel.time import Zone, local_day, quarter_text
from clerestory.ledger.errors import Torn
from clerestory.ledger.events import EventType, no_fields
from clerestory.notes.errors import BadNote

VERSION = 2

_READ = frozenset({1, VERSION})

_SERIAL_DIGITS = 10

_KEYS = frozenset({"v", "type", "period", "scope", "serial", "commitment", "public", "pad"})

_PERIOD = re.compile(r"[0-9]{4}-Q[1-4]", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What an entry says. ``serial`` is the demand number, where the type draws one.

    ``version`` says how ``period`` was counted; see above.
    """

    type: EventType
    period: str
    scope: str
    serial: int | None = None
    commitment: bytes | None = None
    public: Mapping[str, str] = field(default_factory=no_fields)
    version: int = VERSION

    @property
    def entry(self) -> bytes:
        """The entry's bytes.

        Raises:
            BadNote: The public part is too long for its type.
        """
        value: dict[str, str | int | Mapping[str, str]] = {
            "v": self.version,
            "type": self.type.value,
            "period": self.period,
            "scope": self.scope,
            "pad": "",
        }
        if self.serial is not None:
            value["serial"] = f"{self.serial:0{_SERIAL_DIGITS}d}"
        if self.commitment is not None:
            value["commitment"] = self.commitment.hex()
        if self.public:
            value["public"] = self.public
        missing = self.type.entry_bytes - len(canonical_bytes(value))
        if missing < 0:
            raise BadNote(
                f"an entry of type {self.type.value} has at most {self.type.entry_bytes} bytes: "
                f"{-missing} too many",
                code="log-event",
                todo="log the digest of the document instead of its text",
            )
        value["pad"] = " " * missing
        return canonical_bytes(value)


def quarter_of(at: datetime, zone: Zone) -> str:
    """Return the quarter in which ``at`` lies in the zone: the finest time a leaf shows.

    Raises:
        BadTime: ``at`` says no zone, or lies in a year that cannot be meant.

    >>> from clerestory.kernel.time import parse_moment
    >>> quarter_of(parse_moment("2026-04-01T03:59:59Z"), Zone("America/New_York"))
    '2026-Q1'
    """
    return quarter_text(local_day(at, zone))


def parse_leaf(entry: bytes) -> Leaf:
    """Read an entry, strictly: it must be byte for byte what this program writes.

    Raises:
        Torn: It is not.
    """
    try:
        value = json.loads(entry)
        leaf = _leaf_from(value)
        same = leaf.entry == entry
    except (ValueError, TypeError, KeyError, RecursionError, BadNote) as fault:
        raise Torn(f"an entry must be a leaf of version 1 or {VERSION}: {fault}") from fault
    if not same:
        raise Torn("an entry must be written in its one form")
    return leaf


def _leaf_from(value: dict[str, object]) -> Leaf:
    if not isinstance(value, dict) or not value.keys() <= _KEYS or value["v"] not in _READ:
        raise ValueError("its keys or its version are unknown")
    public = value.get("public", {})
    if not isinstance(public, dict):
        raise TypeError("its public part is not an object")
    period, serial, commitment = str(value["period"]), value.get("serial"), value.get("commitment")
    if not _PERIOD.fullmatch(period):
        raise ValueError("its period is not a quarter")
    return Leaf(
        type=EventType(value["type"]),
        period=period,
        scope=str(value["scope"]),
        serial=None if serial is None else int(str(serial)),
        commitment=None if commitment is None else bytes.fromhex(str(commitment)),
        public={str(name): str(text) for name, text in public.items()},
        version=int(str(value["v"])),
    )
