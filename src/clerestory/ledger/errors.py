"""What the ledger refuses, and what it raises the alarm about."""

from clerestory.kernel import ClerestoryError, Corruption


class BadProof(Corruption):
    """An inclusion or consistency proof does not lead to the root it claims."""

    code = "log-bad-proof"
    todo = (
        "keep the proof and both checkpoints, and use nothing that they say; tell the log's office"
    )


class Torn(Corruption):
    """A stored file or row is cut short, too long, or holds other bytes than the root covers."""

    code = "log-torn"
    todo = (
        "keep the files as they are; restore the part that is named from a copy, and verify again"
    )


class RolledBack(Corruption):
    """The ledger is shorter than a checkpoint that was already seen."""

    code = "log-rollback"
    todo = (
        "keep the newer checkpoint, write nothing to the ledger, and restore it from a newer copy"
    )


class Forked(Corruption):
    """Two checkpoints of the same log that cannot both be true."""

    code = "log-fork"
    todo = (
        "keep both checkpoints, they are the evidence; use neither, and tell the witnesses "
        "and whoever is responsible for security"
    )


class StorageFailed(ClerestoryError):
    """The disk or the database failed; the ledger has stopped and must be opened again."""

    code = "log-storage"
    todo = "mend the disk, then open the ledger again; what was acknowledged stands"


class Busy(ClerestoryError):
    """Another process holds the ledger's write lock."""

    code = "log-locked"
    todo = "wait until the other process is done, then run the same again"
