"""Asking witnesses to cosign a proposed epoch, and hearing what their answers mean."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from clerestory.ledger.errors import Forked, RolledBack
from clerestory.ledger.log import Log
from clerestory.ledger.storage.reader import Epoch
from clerestory.ledger.witness import Answer, make_request
from clerestory.notes import base64s
from clerestory.notes.errors import BadNote, Unsigned
from clerestory.notes.keys import Verifier
from clerestory.notes.note import Note, parse_note, parse_signature, signers_of, with_signatures

AddCheckpoint = Callable[[bytes], Answer]
"""Sends a request to one witness: over a network, through a file, or in this process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    """An epoch's checkpoint with what the witnesses gave, and who still owes an answer."""

    note: str
    awaiting: tuple[str, ...]


def request_for(log: Log, epoch: Epoch, *, old_size: int) -> bytes:
    """Write the request that asks a witness to go from ``old_size`` to an epoch.

    Raises:
        BadNote: The epoch is smaller than what the witness is said to have seen.
    """
    if not 0 <= old_size <= epoch.size:
        raise BadNote(
            f"an old size must be in the proposed epoch: {old_size} of {epoch.size}",
            todo="give the size that the witness named, or 0 for a witness that has seen nothing",
        )
    proof = log.consistency(old_size, epoch.size) if 0 < old_size < epoch.size else []
    return make_request(old_size=old_size, proof=proof, note=epoch.note).body


def ask_witnesses(
    log: Log, epoch: Epoch, witnesses: Mapping[str, tuple[Sequence[Verifier], AddCheckpoint]]
) -> Cosigned:
    """Ask every witness once, and again from the size it names.

    A witness that is down, or answers with something unreadable, is reported as awaited; whether
    publication may go on without it is for the trust policy.

    Raises:
        RolledBack: A witness has seen a larger tree than the one proposed.
        Forked: A witness has seen another history.
    """
    note, awaiting = parse_note(epoch.note), []
    for name, (keys, send) in witnesses.items():
        try:
            answer = _ask(log, epoch, send, name=name)
            note = add_cosignatures(note, answer.body, keys)
        except (BadNote, Unsigned, OSError):
            awaiting.append(name)
    return Cosigned(note=note.content, awaiting=tuple(awaiting))


def _ask(log: Log, epoch: Epoch, send: AddCheckpoint, *, name: str) -> Answer:
    answer = send(request_for(log, epoch, old_size=0))
    if answer.status == 409:
        seen = base64s.parse_decimal(answer.body.removesuffix("\n"), what="a witness's size")
        if seen > epoch.size:
            raise RolledBack(
                f"no witness must have seen more than is proposed: {name} has {seen}, "
                f"the proposal {epoch.size}",
                todo="do not publish; find out who signed the larger tree",
            )
        answer = send(request_for(log, epoch, old_size=seen))
    if answer.status == 422:
        raise Forked(
            f"a witness must have seen the same history: {name} refuses the proof",
            todo="do not publish; compare with the checkpoint that the witness shows",
        )
    if answer.status != 200:
        raise BadNote(f"a witness must cosign or say why not: {name} answered {answer.status}")
    return answer


def add_cosignatures(note: Note, lines: str, keys: Sequence[Verifier]) -> Note:
    """Add the cosignatures by known keys to a note; other lines are passed over.

    Raises:
        Unsigned: A known key's cosignature fails, or there is none.
    """
    found = [parse_signature(line) for line in lines.removesuffix("\n").split("\n")]
    known = [line for line in found if any(line.is_by(key) for key in keys)]
    cosigned = with_signatures(note, known)
    if not signers_of(cosigned, keys):
        raise Unsigned("a witness's answer must hold a cosignature by its key")
    return cosigned
