"""Packages and the log put together: nothing is sealed unlogged, and a stranger can check it.

:func:`seal_logged` proves the log's evidence and seals; :func:`verify_package` takes the same
evidence out again and follows eight numbered steps, with public keys and no database.
"""

from clerestory.audit.packages.evidence import (
    check_commitment,
    check_inclusion,
    evidence_of,
    prove_logged,
)
from clerestory.audit.packages.sealing import seal_logged
from clerestory.audit.packages.steps import Check, Step, Verified
from clerestory.audit.packages.verifying import verify_package

__all__ = [
    "Check",
    "Step",
    "Verified",
    "check_commitment",
    "check_inclusion",
    "evidence_of",
    "prove_logged",
    "seal_logged",
    "verify_package",
]
