"""A log compared with a checkpoint that was seen, by the log's own proof between the two."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import clerestory
from clerestory.ledger import Log
from clerestory.ledger.witness import make_request
from clerestory.notes import Ed25519Signer

SIGNER = Ed25519Signer(name="log.example/made-up", seed=bytes(range(32)))


@dataclass
class Grown:
    """A log with its checkpoints by size, of which 3 and 5 were published."""

    log: Log
    notes: dict[int, str]

    def proof(self, old: int, size: int) -> str:
        hashes = self.log.consistency(old, size)
        return make_request(old_size=old, proof=hashes, note=self.notes[size]).body.decode()

    def verify(self, earlier: int | str, proof: str | Path | None) -> clerestory.VerifiedLog:
        return clerestory.verify_log(
            self.log.public.folder,
            log_key=SIGNER.verifier.vkey,
            earlier=self.notes[earlier] if isinstance(earlier, int) else earlier,
            proof=proof,
        )


def grow(folder: Path, word: str) -> Grown:
    Log.create(folder, signers=[SIGNER])
    log, notes = Log(folder, signers=[SIGNER]), {}
    for size in range(1, 8):
        log.append([f"{word} {size}".encode()])
        notes[size] = log.latest_note
        if size in {3, 5}:
            log.publish(log.propose().note)
    return Grown(log, notes)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grown]:
    made = grow(tmp_path_factory.mktemp("grown") / "log", "made up")
    yield made
    made.log.close()


@pytest.fixture(scope="module")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grown]:
    made = grow(tmp_path_factory.mktemp("forked") / "log", "otherwise")
    yield made
    made.log.close()


@pytest.mark.parametrize("earlier", [1, 2, 3, 4, 6, 7])
def test_a_proof_holds_whichever_of_the_two_is_larger(grown: Grown, earlier: int) -> None:
    verified = grown.verify(earlier, grown.proof(*sorted((earlier, 5))))

    assert (verified.size, verified.consistent_with) == (5, earlier)


def test_a_proof_is_read_from_its_file(grown: Grown, tmp_path: Path) -> None:
    (tmp_path / "old-5").write_text(grown.proof(5, 7), "utf-8")

    assert grown.verify(7, tmp_path / "old-5").consistent_with == 7


def test_what_is_ahead_of_the_folder_is_an_alarm_without_a_proof(grown: Grown) -> None:
    with pytest.raises(clerestory.Corruption) as alarm:
        grown.verify(7, None)

    assert alarm.value.code == "log-rollback"


@pytest.mark.parametrize("earlier", [2, 3, 5, 6, 7])
def test_another_history_under_the_same_key_is_an_alarm(
    grown: Grown, forked: Grown, earlier: int
) -> None:
    sizes = sorted((earlier, 5))
    for proof in {grown.proof(*sizes), forked.proof(*sizes)}:
        with pytest.raises(clerestory.Corruption) as alarm:
            grown.verify(forked.notes[earlier], proof)
        assert alarm.value.code == "log-bad-proof"


@pytest.mark.parametrize("sizes", [(4, 7), (5, 6), (2, 5)])
def test_a_proof_between_other_sizes_proves_nothing(grown: Grown, sizes: tuple[int, int]) -> None:
    with pytest.raises(clerestory.Refusal, match="from size 5 to size 7") as refused:
        grown.verify(7, grown.proof(*sizes))

    assert f"it is from {sizes[0]} to {sizes[1]}" in str(refused.value)


def test_a_proof_without_what_was_seen_or_in_another_form_is_refused(grown: Grown) -> None:
    folder, key = grown.log.public.folder, SIGNER.verifier.vkey

    with pytest.raises(clerestory.Refusal, match="the earlier one is not given"):
        clerestory.verify_log(folder, log_key=key, proof=grown.proof(5, 7))
    with pytest.raises(clerestory.Refusal, match="a request is an old size"):
        grown.verify(7, "no proof")
