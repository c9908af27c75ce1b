"""What is refused of notes and keys, and what raises the alarm."""

from clerestory.kernel import Corruption, Refusal


class BadNote(Refusal):
    """A note, checkpoint, proof or request that is not written as its format says."""

    code = "log-malformed"


class BadKey(BadNote):
    """A key that is not in its written form, or of a kind that does not belong here."""

    code = "key-unreadable"


class UnknownLog(Refusal):
    """A checkpoint or key of another log than the one expected."""

    code = "log-unknown-origin"


class OtherSigner(Refusal):
    """The key that was given is not one that signed: another key, or another's note."""

    code = "key-not-signer"


class Unsigned(Corruption):
    """A known key's signature fails, or too few known keys signed."""

    code = "log-signature"
