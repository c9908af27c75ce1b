"""Ids, time, canonical bytes, whole files, strict reading and base errors, for every floor."""

from clerestory.kernel.bad_file import BadFile, Fault
from clerestory.kernel.canonical import canonical_bytes, digest_of, digest_of_each
from clerestory.kernel.errors import ClerestoryError, Corruption, Refusal
from clerestory.kernel.period import Period

__all__ = [
    "BadFile",
    "ClerestoryError",
    "Corruption",
    "Fault",
    "Period",
    "Refusal",
    "canonical_bytes",
    "digest_of",
    "digest_of_each",
]
