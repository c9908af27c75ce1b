"""A statement in a file, that goes from one person to the next until all have signed it.

Its first line is the form, its second the statement in its one written form, and each line after
that is somebody's id and signature. Whoever signs sees first what it binds.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from clerestory.acts import Signed, Statement, key_hash, parse_statement, signature_of
from clerestory.kernel import Refusal
from clerestory.kernel.files import read_limited, write_new, write_whole
from clerestory.notes import BadNote, Ed25519Signer, base64s

_FORM = "clerestory-statement/1"
_MAX_BYTES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A statement with the signatures that it has so far, by id."""

    statement: Statement
    signatures: dict[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def named(self) -> dict[str, str]:
        """Who signs it, in their order, with the hashes of their public keys."""
        told = self.statement
        named = {told.actor: told.key}
        if told.second is not None:
            named[told.second.actor] = told.second.key
        return named

    @property
    def missing(self) -> list[str]:
        """Who has not signed it yet."""
        return [who for who in self.named if who not in self.signatures]

    def signed_by(self, who: str, signer: Ed25519Signer) -> "Written":
        """Return it with one more signature.

        Raises:
            Refusal: It does not name this person, or names another key of theirs.
        """
        if who not in self.named:
            raise Refusal(
                f"a statement is signed by whom it names: {who} is not among them",
                code="act-signing-key",
                todo=f"it is for: {', '.join(self.named)}",
            )
        if key_hash(signer.verifier) != self.named[who]:
            raise Refusal(
                f"a statement is signed with the key that it names of {who}, and this is another",
                code="act-signing-key",
                todo="give the key file that the office knows; a lost key is replaced by two "
                "others: clerestory office replace-key",
            )
        signature = signature_of(self.statement, signer)
        return replace(self, signatures={**self.signatures, who: signature})

    def signed(self) -> Signed:
        """Return it as an act that can be done.

        Raises:
            Refusal: Somebody has not signed it yet.
        """
        if self.missing:
            raise Refusal(
                f"an act is done once all have signed it: {', '.join(self.missing)} has not",
                code="office-unsigned",
                todo="let them read it (clerestory office show) and sign it (clerestory office "
                "sign)",
            )
        return Signed(
            statement=self.statement,
            signatures=tuple(self.signatures[who] for who in self.named),
        )

    def text(self) -> bytes:
        """Return what stands in its file."""
        lines = [_FORM, self.statement.content.decode()]
        lines += [f"{who} {base64s.encode(self.signatures[who])}"
                  for who in self.named if who in self.signatures]  # fmt: skip
        return "".join(f"{line}\n" for line in lines).encode()

    def write(self, path: Path) -> None:
        """Write it to a new file.

        Raises:
            Refusal: A file is there already.
        """
        try:
            write_new(path, self.text())
        except FileExistsError as fault:
            raise Refusal(
                f"a statement is never written over a file: {path.name}",
                code="office-statement-file",
                todo="name a file that does not exist yet",
            ) from fault

    def rewrite(self, path: Path) -> None:
        """Write it with one more signature in the place of the one before."""
        write_whole(path, self.text())


def read_written(path: Path) -> Written:
    """Read a statement's file, strictly.

    Raises:
        Refusal: It is none, or was altered so that it is none any more.
    """
    try:
        lines = read_limited(path, _MAX_BYTES).decode().split("\n")
        form, content, *signed = lines
        if form != _FORM or signed.pop() != "":
            raise _bad(path)
        statement = parse_statement(content.encode())
        pairs = [line.split(" ") for line in signed]
        signatures = {who: base64s.decode(text, what="a signature") for who, text in pairs}
    except (ValueError, IndexError, BadNote) as fault:
        raise _bad(path) from fault
    written = Written(statement=statement, signatures=signatures)
    if written.text().decode() != "\n".join(lines):
        raise _bad(path)
    return written


def _bad(path: Path) -> Refusal:
    return Refusal(
        f"a written statement must stand as the program wrote it: {path.name}",
        code="office-statement-file",
        todo="have it written anew with --write, and sign that",
    )
