"""Which logs and how many witnesses a reader trusts. Source: C2SP tlog-policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from clerestory.notes.base64s import parse_decimal
from clerestory.notes.checkpoint import Checkpoint, parse_body
from clerestory.notes.errors import BadNote, UnknownLog, Unsigned
from clerestory.notes.keys import Kind, Verifier, parse_vkey
from clerestory.notes.note import parse_note, signers_of

NO_QUORUM = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Some witnesses or groups, of which ``needed`` must have cosigned."""

    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPolicy:
    """A parsed policy file; ``groups`` are in its order, each after its members."""

    logs: tuple[Verifier, ...]
    witnesses: Mapping[str, Verifier]
    groups: Mapping[str, Group]
    quorum: str

    def check_checkpoint(self, content: bytes | str) -> Checkpoint:
        """Prove that a listed log signed a checkpoint and that the quorum cosigned it.

        Raises:
            UnknownLog: The origin is not listed.
            Unsigned: The log did not sign it, or too few witnesses cosigned it.
        """
        note = parse_note(content)
        checkpoint = parse_body(note.text)
        keys = [key for key in self.logs if key.name == checkpoint.origin]
        if self.logs and not keys:
            raise UnknownLog(f"a checkpoint must be of a trusted log: {checkpoint.origin}")
        if self.logs and not signers_of(note, keys):
            raise Unsigned(f"a checkpoint must be signed by its log: {checkpoint.origin}")
        signed = signers_of(note, self.witnesses.values())
        cosigned = {name for name, key in self.witnesses.items() if key in signed}
        if self.quorum not in self._reached(cosigned):
            raise Unsigned(
                f"a checkpoint must be cosigned by the quorum {self.quorum}: "
                f"{', '.join(sorted(cosigned)) or 'nobody'}",
                code="log-quorum",
                todo="ask the witnesses that are missing, then try again",
            )
        return checkpoint

    def _reached(self, cosigned: set[str]) -> set[str]:
        reached = {NO_QUORUM, *cosigned}
        # A group's members stand above it, so each is known by now however deep groups lie.
        for name, group in self.groups.items():
            if sum(member in reached for member in group.members) >= group.needed:
                reached.add(name)
        return reached


@dataclass(slots=True)
class _Draft:
    logs: list[Verifier] = field(default_factory=list)
    witnesses: dict[str, Verifier] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    quorum: str | None = None

    def take(self, words: list[str]) -> None:
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                self.logs.append(self._new_key(vkey, self.logs, {Kind.ED25519}))
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                kinds = {Kind.ED25519_COSIGNER, Kind.MLDSA44_COSIGNER}
                known = list(self.witnesses.values())
                self._check_new(name)
                self.witnesses[name] = self._new_key(vkey, known, kinds)
            case ["group", name, needed, first, *others]:
                self._take_group(name, needed, (first, *others))
            case ["quorum", name] if self.quorum is None:
                if name != NO_QUORUM:
                    self._check_known(name)
                self.quorum = name
            case _:
                raise BadNote(f"a policy line must be of a known form: {' '.join(words)[:80]}")

    def _new_key(self, vkey: str, known: list[Verifier], kinds: set[Kind]) -> Verifier:
        key = parse_vkey(vkey)
        if key.kind not in kinds:
            raise BadNote(f"a key must be of a type for its line: {key.kind:#04x} of {key.name}")
        if any(key.public_bytes == other.public_bytes for other in known):
            raise BadNote(f"a key must be listed once: {key.name}")
        return key

    def _take_group(self, name: str, needed: str, members: tuple[str, ...]) -> None:
        self._check_new(name)
        for member in members:
            self._check_known(member)
            # Each witness counts in one way only.
            if member in self.members:
                raise BadNote(f"a name must be a member once: {member}")
            self.members.add(member)
        words = {"any": 1, "all": len(members)}
        count = words[needed] if needed in words else parse_decimal(needed, what="a threshold")
        if not 1 <= count <= len(members):
            raise BadNote(f"a threshold must be 1 to {len(members)}: {count}")
        self.groups[name] = Group(needed=count, members=members)

    def _check_new(self, name: str) -> None:
        if name == NO_QUORUM or name in self.witnesses or name in self.groups:
            raise BadNote(f"a name must be given once: {name}")

    def _check_known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise BadNote(f"a name must be defined on a line above: {name}")


def parse_trust_policy(text: str) -> TrustPolicy:
    """Read a policy file.

    Raises:
        BadNote: A line is malformed; the message names it.
    """
    draft = _Draft()
    for number, line in enumerate(text.split("\n"), 1):
        if any(letter < " " and letter != "\t" for letter in line):
            raise BadNote(f"line {number}: a policy has no control character but tab")
        # Only space and tab divide words here; split() would take other scripts' spaces too.
        words = [word for word in line.replace("\t", " ").split(" ") if word]
        if not words or words[0].startswith("#"):
            continue
        try:
            draft.take(words)
        except BadNote as fault:
            raise BadNote(f"line {number}: {fault}") from fault
    if draft.quorum is None:
        raise BadNote("a policy must have one quorum line")
    return TrustPolicy(
        logs=tuple(draft.logs),
        witnesses=draft.witnesses,
        groups=draft.groups,
        quorum=draft.quorum,
    )
