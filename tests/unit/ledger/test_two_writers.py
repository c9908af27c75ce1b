"""Two who hold one log open append in turn, and the tree is that of all entries."""

from collections.abc import Iterator

import pytest

from clerestory.ledger import Ed25519Signer, Log, verify_directory
from clerestory.ledger.tree import leaf_hash, root_of
from clerestory.notes import open_checkpoint


@pytest.fixture
def other(log: Log, signer: Ed25519Signer) -> Iterator[Log]:
    with Log(log.public.folder.parent, signers=[signer]) as other:
        yield other


@pytest.mark.parametrize("sizes", [(1, 1, 1), (5, 3, 2, 1), (255, 1, 1), (256, 256, 1), (1, 300)])
def test_each_continues_what_the_other_wrote(
    log: Log, other: Log, signer: Ed25519Signer, sizes: tuple[int, ...]
) -> None:
    written: list[bytes] = []
    for turn, size in enumerate(sizes):
        added = [b"made-up entry %d" % (len(written) + at) for at in range(size)]
        (log, other)[turn % 2].append(added)
        written += added

        head = open_checkpoint((log, other)[turn % 2].latest_note, signer.verifier)
        root = root_of([leaf_hash(entry) for entry in written])
        assert (head.size, head.root) == (len(written), root)

    log.publish(log.propose().note)
    assert verify_directory(log.public.folder, signer.verifier).size == len(written)
