"""Whatever is appended, in whatever batches, proves; whatever is altered does not."""

import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clerestory.kernel import ClerestoryError
from clerestory.ledger import (
    BadNote,
    Ed25519Signer,
    Log,
    commit_fields,
    leaf_hash,
    make_opening,
    open_checkpoint,
    open_field,
    parse_note,
    parse_proof,
    verify_directory,
    verify_proof,
)
from clerestory.ledger.frontier import Frontier
from clerestory.ledger.tiles import join_bundle, split_bundle
from clerestory.ledger.tree import check_consistency, root_of

SIGNER = Ed25519Signer(name="ledger.example/made-up", seed=bytes(32))


@given(cuts=st.lists(st.integers(0, 600), max_size=6), size=st.integers(0, 600))
@settings(max_examples=60, deadline=None)
def test_the_batches_do_not_matter(cuts: list[int], size: int) -> None:
    leaves = [leaf_hash(b"%d" % number) for number in range(size)]
    edges = [0, *sorted(min(cut, size) for cut in cuts), size]
    frontier = Frontier()

    for start, end in pairwise(edges):
        frontier.extend_hashes(leaves[start:end])

    assert frontier.root == root_of(leaves)
    assert frontier.size == size


@given(batches=st.lists(st.lists(st.binary(max_size=40), max_size=90), max_size=5), data=st.data())
@settings(max_examples=25, deadline=None)
def test_every_log_proves_and_publishes_what_it_took(
    batches: list[list[bytes]], data: st.DataObject
) -> None:
    entries = [entry for batch in batches for entry in batch]
    with tempfile.TemporaryDirectory() as name:
        Log.create(Path(name), signers=[SIGNER])
        with Log(Path(name), signers=[SIGNER]) as log:
            notes = [log.append(batch)[1] for batch in batches]
            if not entries:
                return
            index = data.draw(st.integers(0, len(entries) - 1))
            verified = verify_proof(log.prove(index), entries[index], SIGNER.verifier)
            log.publish(log.propose().note)
            old = data.draw(st.sampled_from(notes))
            directory = verify_directory(log.public.folder, SIGNER.verifier, old)
            earlier = open_checkpoint(old, SIGNER.verifier)
            if earlier.size:
                check_consistency(
                    old_size=earlier.size,
                    size=len(entries),
                    old_root=earlier.root,
                    root=directory.root,
                    proof=log.consistency(earlier.size, len(entries)),
                )

    assert verified.index == index
    assert directory.size == len(entries)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_proof_with_one_altered_byte_proves_nothing_else(data: st.DataObject) -> None:
    entries = [b"%d" % number for number in range(7)]
    frontier = Frontier()
    frontier.extend(entries)
    with tempfile.TemporaryDirectory() as name:
        Log.create(Path(name), signers=[SIGNER])
        with Log(Path(name), signers=[SIGNER]) as log:
            log.append(entries)
            proof = log.prove(5)
    content = bytearray(proof.encode())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= 1 << data.draw(st.integers(0, 6))

    with pytest.raises((ClerestoryError, UnicodeDecodeError)):
        verify_proof(content.decode(), entries[5], SIGNER.verifier)


@given(content=st.binary(max_size=400) | st.text(max_size=200))
def test_no_bytes_crash_the_readers(content: bytes | str) -> None:
    for read in (parse_note, parse_proof):
        text = content.decode("latin-1") if isinstance(content, bytes) else content
        with pytest.raises(BadNote):
            read(text)


@given(entries=st.lists(st.binary(max_size=50), min_size=1, max_size=20))
def test_bundles_come_back_as_they_were(entries: list[bytes]) -> None:
    assert split_bundle(join_bundle(entries), width=len(entries), name="b") == entries


@given(
    fields=st.dictionaries(st.text(max_size=20), st.text(max_size=50), min_size=1, max_size=8),
    data=st.data(),
)
def test_any_field_opens_alone(fields: dict[str, str], data: st.DataObject) -> None:
    salts = {name: bytes([place]) * 32 for place, name in enumerate(fields)}
    name = data.draw(st.sampled_from(sorted(fields)))

    value = open_field(commit_fields(fields, salts), make_opening(name, fields, salts))

    assert value == fields[name]
