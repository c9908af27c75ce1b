"""Ids, time, canonical bytes and base errors: what every floor above may use."""

from clerestory.kernel.canonical import canonical_bytes, digest_of
from clerestory.kernel.errors import ClerestoryError, Corruption, Refusal
from clerestory.kernel.period import Period

__all__ = [
    "ClerestoryError",
    "Corruption",
    "Period",
    "Refusal",
    "canonical_bytes",
    "digest_of",
]
