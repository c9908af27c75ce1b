"""What must be refused is refused: proofs, tiles and bundles."""

import base64

import pytest

from clerestory.ledger import BadNote, Torn, parse_proof
from clerestory.ledger.tiles import Tile, join_bundle, parse_path, split_bundle, split_hashes

ROOT = base64.b64encode(bytes(31) + b"\x01").decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v2\nindex 0\n\nx",
        "c2sp.org/tlog-proof@v1\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 00\n\nx",
        "c2sp.org/tlog-proof@v1\nindex -1\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nx",
        "c2sp.org/tlog-proof@v1\nextra A\nindex 0\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 0\n" + f"{ROOT}\n" * 64 + "\nx",
        "c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\nx",
    ],
)
def test_a_malformed_proof_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        parse_proof(text)


def test_a_proof_is_read_and_written_alike() -> None:
    text = f"c2sp.org/tlog-proof@v1\nextra AAAA\nindex 3\n{ROOT}\n\nthe checkpoint\n"

    assert parse_proof(text).text == text


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/5",
        "tile/0/0005",
        "tile/0/x000/005",
        "tile/00/005",
        "tile/64/005",
        "tile/0/005.p/0",
        "tile/0/005.p/256",
        "tile/0/005.p/01",
        "tile/0/1000",
        "tile/data/005",
        "tile/0/005.p",
        "tile/0/005/",
        "tile/8/0/005",
        "/tile/0/005",
        "tile/0/٠٠٥",
    ],
)
def test_a_path_that_no_tile_has_is_refused(path: str) -> None:
    with pytest.raises(BadNote):
        parse_path(path)


@pytest.mark.parametrize("number", [0, 5, 999, 1000, 1234067, 10**9])
@pytest.mark.parametrize("level", [-1, 0, 7, 63])
@pytest.mark.parametrize("width", [1, 255, 256])
def test_a_tile_path_is_read_and_written_alike(level: int, number: int, width: int) -> None:
    tile = Tile(level=level, number=number, width=width)

    assert parse_path(tile.path) == tile


def test_a_bundle_with_a_torn_or_extra_byte_is_refused_by_place() -> None:
    bundle = join_bundle([b"one", b"", b"three"])

    assert split_bundle(bundle, width=3, name="b") == [b"one", b"", b"three"]
    with pytest.raises(Torn, match="torn at byte 7"):
        split_bundle(bundle[:-1], width=3, name="b")
    with pytest.raises(Torn, match="goes on at byte 14"):
        split_bundle(bundle + b"\0", width=3, name="b")
    with pytest.raises(Torn, match="torn at byte 7"):
        split_bundle(bundle[:8], width=3, name="b")
    with pytest.raises(Torn, match="has 3"):
        split_bundle(bundle, width=4, name="b")
    with pytest.raises(Torn, match="torn at byte 32"):
        split_hashes(bytes(40), name="t")


def test_an_entry_longer_than_a_bundle_can_count_is_refused() -> None:
    with pytest.raises(BadNote, match="65535"):
        join_bundle([bytes(65_536)])
