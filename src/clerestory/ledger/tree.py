"""RFC 6962 hashing and the checking of inclusion and consistency proofs.

Nothing here knows about tiles, files or signatures. Source: RFC 6962 section 2.1, and the
verification procedures of RFC 9162 sections 2.1.3.2 and 2.1.4.2.
"""

import hashlib
from collections.abc import Callable, Sequence

from clerestory.ledger.errors import BadProof
from clerestory.notes.checkpoint import EMPTY_ROOT

HASH_BYTES = 32

_sha256 = hashlib.sha256


def leaf_hash(entry: bytes) -> bytes:
    """Hash one entry as a leaf of the tree.

    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return _sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into their parent."""
    # The two prefixes differ so that no entry can pose as an interior node.
    return _sha256(b"\x01" + left + right).digest()


def fold_peaks(peaks: Sequence[bytes]) -> bytes:
    """Join the roots of the perfect subtrees, largest first, into the root of the whole tree."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over some neighbouring leaf or subtree hashes, of any number.

    >>> root_of([]) == EMPTY_ROOT
    True
    """
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        pairs = iter(level)
        level = [_sha256(b"\x01" + a + b).digest() for a, b in zip(pairs, pairs, strict=False)]
        level += odd
    return level[0]


def split_point(size: int) -> int:
    """Return the largest power of two below ``size`` (which is at least 2).

    >>> [split_point(n) for n in (2, 3, 4, 5, 8, 9)]
    [1, 2, 2, 4, 4, 8]
    """
    return 1 << ((size - 1).bit_length() - 1)


def root_from_inclusion(*, index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """Compute the root that an inclusion proof leads to; the caller compares it.

    Args:
        index: Place of the leaf, from 0.
        size: Leaves in the tree.
        leaf: The leaf hash.
        proof: Sibling hashes, the leaf's own sibling first.

    Raises:
        BadProof: The index is outside the tree or the proof has another length.
    """
    if not 0 <= index < size:
        raise BadProof(f"an index must be inside its tree: {index} of {size}")
    node, last, root = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise BadProof(f"an inclusion proof has too many hashes: {len(proof)}")
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            # A last node without a right sibling is its own parent: climb until it has one.
            while not node & 1 and node != 0:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise BadProof(f"an inclusion proof has too few hashes: {len(proof)}")
    return root


def check_inclusion(
    *, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that the tree of ``size`` leaves with ``root`` holds ``leaf`` at ``index``.

    Raises:
        BadProof: It does not.
    """
    if root_from_inclusion(index=index, size=size, leaf=leaf, proof=proof) != root:
        raise BadProof(f"an inclusion proof must lead to the root: index {index} of {size}")


def check_consistency(
    *, old_size: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the first ``old_size`` leaves of the tree are the whole of the older tree.

    Raises:
        BadProof: They are not, or no proof exists between these sizes.
    """
    if not 0 < old_size <= size:
        raise BadProof(f"a consistency proof needs 0 < old <= new: {old_size} and {size}")
    if old_size == size:
        if proof or old_root != root:
            raise BadProof(f"trees of one size must have one root and no proof: {size}")
        return
    path = list(proof)
    # A perfect old tree is its own first node, so the proof leaves it out.
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        raise BadProof(f"a consistency proof must not be empty: {old_size} to {size}")
    found_old, found = _climb(old_size - 1, size - 1, path)
    if found_old != old_root or found != root:
        raise BadProof(f"a consistency proof must lead to both roots: {old_size} to {size}")


def _climb(node: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    while node & 1:
        node, last = node >> 1, last >> 1
    old_root = root = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise BadProof(f"a consistency proof has too many hashes: {len(path)}")
        if node & 1 or node == last:
            old_root = node_hash(sibling, old_root)
            root = node_hash(sibling, root)
            while not node & 1 and node != 0:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise BadProof(f"a consistency proof has too few hashes: {len(path)}")
    return old_root, root


Subtree = Callable[[int, int], bytes]
"""Returns the root over the leaves ``[start, end)``."""


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """Build the inclusion proof of ``index``, the leaf's sibling first. Source: section 2.1.1."""
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + split_point(end - start)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return [subtree(*span) for span in reversed(path)]


def consistency_proof(old_size: int, size: int, subtree: Subtree) -> list[bytes]:
    """Build the consistency proof between two sizes. Source: section 2.1.2.

    Raises:
        BadProof: The sizes are out of order, or the old tree is empty.
    """
    if not 0 < old_size <= size:
        raise BadProof(f"a consistency proof needs 0 < old <= new: {old_size} and {size}")
    start, end, path = 0, size, []
    while end != old_size:
        middle = start + split_point(end - start)
        if old_size <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    # Here [start, old_size) is one perfect subtree; the verifier knows it when it is the old tree.
    if start:
        path.append((start, end))
    return [subtree(*span) for span in reversed(path)]
