"""A witness: cosigns a log's checkpoints as long as each continues the last.

Source: C2SP tlog-witness. The state is one file a log, at the path where the read side of the
protocol expects it, so that the state directory can be served as it is.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from clerestory.kernel.files import Steps, no_steps, sync_folder, write_whole
from clerestory.kernel.locks import wait_for
from clerestory.ledger.errors import BadProof, Torn
from clerestory.ledger.tree import check_consistency
from clerestory.notes import base64s
from clerestory.notes.checkpoint import Checkpoint, parse_body
from clerestory.notes.cosigners import Cosigner
from clerestory.notes.errors import BadNote, Unsigned
from clerestory.notes.keys import Verifier
from clerestory.notes.note import (
    Note,
    cosign_note,
    only_signed,
    parse_note,
    signers_of,
    with_signatures,
)

MAX_PROOF_LINES = 63

SIZE_TYPE = "text/x.tlog.size"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a witness replies: an HTTP status and a body."""

    status: int
    body: str
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A parsed ``add-checkpoint`` request."""

    old_size: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint

    @property
    def body(self) -> bytes:
        """The request as it is sent."""
        lines = [f"old {self.old_size}", *map(base64s.encode, self.proof), "", self.note.content]
        return "\n".join(lines).encode()


def make_request(*, old_size: int, proof: Sequence[bytes], note: str) -> Request:
    """Put a request together."""
    parsed = parse_note(note)
    return Request(
        old_size=old_size,
        proof=tuple(proof),
        note=parsed,
        checkpoint=parse_body(parsed.text),
    )


def parse_request(body: bytes) -> Request:
    """Read a request, strictly.

    Raises:
        BadNote: It is malformed.
    """
    head, blank, note = body.partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as fault:
        raise BadNote("a request must begin with ascii lines") from fault
    if not blank or not first.startswith("old "):
        raise BadNote("a request is an old size, proof lines, an empty line and a checkpoint")
    if len(lines) > MAX_PROOF_LINES:
        raise BadNote(f"a request has at most {MAX_PROOF_LINES} proof lines: {len(lines)}")
    parsed = parse_note(note)
    return Request(
        old_size=base64s.parse_decimal(first.removeprefix("old "), what="an old size"),
        proof=tuple(base64s.decode_hash(line, what="a proof hash") for line in lines),
        note=parsed,
        checkpoint=parse_body(parsed.text),
    )


def state_path(origin: str) -> str:
    """Return where the latest cosigned checkpoint of a log is read, under the witness's prefix."""
    return f"{hashlib.sha256(origin.encode()).hexdigest()}/checkpoint"


class Witness:
    """Cosigns for the logs it knows. Safe for several processes over one state directory."""

    def __init__(
        self,
        folder: Path,
        *,
        cosigners: Sequence[Cosigner],
        logs: Sequence[Verifier],
        steps: Steps = no_steps,
    ) -> None:
        """Keep the state below ``folder`` and know only ``logs``.

        A log may have several keys; any one of them may sign.
        """
        self._folder = folder
        self._cosigners = list(cosigners)
        self._logs = list(logs)
        self._steps = steps

    def add_checkpoint(self, body: bytes, *, at: datetime) -> Answer:
        """Answer one request; a cosignature is given only after the state is on disk.

        Of the request's signature lines only the log's own are kept. Whoever carries a request may
        add others, even in this witness's name, and they must not become its state.

        Raises:
            Torn: The witness's own state cannot be trusted; it must not cosign.
        """
        try:
            request = parse_request(body)
        except BadNote as fault:
            return Answer(status=400, body=f"{fault}\n")
        origin = request.checkpoint.origin
        keys = self._keys_of(origin)
        if not keys:
            return Answer(status=404, body="unknown origin\n")
        try:
            signed = signers_of(request.note, keys)
        except Unsigned:
            signed = []
        if not signed:
            return Answer(status=403, body="not signed by the log\n")
        if request.old_size > request.checkpoint.size:
            return Answer(status=400, body="the old size is larger than the checkpoint\n")
        # Compare and swap under one lock: two requests must not both continue the same state.
        with self._locked():
            return self._continue(request, at)

    def latest(self, origin: str) -> tuple[Checkpoint, str] | None:
        """Return the latest cosigned checkpoint of a log with its note, if there is one.

        Raises:
            Torn: The stored note is not one that this witness cosigned.
        """
        try:
            content = (self._folder / state_path(origin)).read_bytes()
        except FileNotFoundError:
            return None
        try:
            note = parse_note(content)
            if not signers_of(note, [key.verifier for key in self._cosigners]):
                raise Unsigned("none of this witness's keys cosigned it")
            checkpoint = parse_body(note.text)
        except (BadNote, Unsigned) as fault:
            raise Torn(
                f"a witness's state must be what it cosigned: {state_path(origin)}: {fault}",
                todo="restore the newest state; a witness that forgets may cosign a fork",
            ) from fault
        return checkpoint, note.content

    def _keys_of(self, origin: str) -> list[Verifier]:
        return [key for key in self._logs if key.name == origin]

    def _continue(self, request: Request, at: datetime) -> Answer:
        new = request.checkpoint
        known = self.latest(new.origin)
        size = known[0].size if known else 0
        if request.old_size != size:
            return Answer(status=409, body=f"{size}\n", content_type=SIZE_TYPE)
        if known is None or size == 0:
            if request.proof:
                return Answer(status=422, body="no proof exists from size 0\n")
        else:
            try:
                check_consistency(
                    old_size=size,
                    size=new.size,
                    old_root=known[0].root,
                    root=new.root,
                    proof=request.proof,
                )
            except BadProof as fault:
                return Answer(status=422, body=f"{fault}\n")
        lines = [cosign_note(request.note, key, at=at) for key in self._cosigners]
        kept = with_signatures(only_signed(request.note, self._keys_of(new.origin)), lines).content
        try:
            parse_note(kept)
        except BadNote as fault:
            # What cannot be read again would stop this witness for good.
            return Answer(status=400, body=f"no room is left for a cosignature: {fault}\n")
        self._keep(new.origin, kept)
        return Answer(status=200, body="".join(line.line for line in lines))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            wait_for(
                handle,
                what=f"the lock of the witness {self._folder.name!a}",
                code="file-held",
                todo="run the same again when it has ended; end it if it hangs",
            )
            yield
        finally:
            os.close(handle)

    def _keep(self, origin: str, note: str) -> None:
        target = self._folder / state_path(origin)
        if not target.parent.is_dir():
            target.parent.mkdir()
            sync_folder(self._folder)
        # The lock is held, so one name for the draft is enough.
        write_whole(
            target,
            note.encode(),
            draft_name=".checkpoint.new",
            sync_name=False,
            steps=lambda step: self._steps(f"{step} state"),
        )
        self._steps("sync folder")
        sync_folder(target.parent)
        self._steps("answer")
