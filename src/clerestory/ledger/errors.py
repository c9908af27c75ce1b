"""What the ledger refuses, and what it raises the alarm about."""

from clerestory.kernel import ClerestoryError, Corruption


class BadProof(Corruption):
    """An inclusion or consistency proof does not lead to the root it claims."""

    code = "log-bad-proof"


class Torn(Corruption):
    """A stored file or row is cut short, too long, or holds other bytes than the root covers."""

    code = "log-torn"


class RolledBack(Corruption):
    """The ledger is shorter than a checkpoint that was already seen."""

    code = "log-rollback"


class Forked(Corruption):
    """Two checkpoints of the same log that cannot both be true."""

    code = "log-fork"


class StorageFailed(ClerestoryError):
    """The disk or the database failed; the ledger has stopped and must be opened again."""

    code = "log-storage"


class Busy(ClerestoryError):
    """Another process holds the ledger's write lock."""

    code = "log-locked"
