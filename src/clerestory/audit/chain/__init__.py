"""The chain of an office's acts, checked from the log and the signed statements alone.

No database, no settings and no word of the office's own tables is trusted: people are those that
two people signed for, states are those that the acts lead to.
"""

from clerestory.audit.chain.checking import ChainCheck
from clerestory.audit.chain.discrepancy import Discrepancy, Logged

__all__ = ["ChainCheck", "Discrepancy", "Logged"]
