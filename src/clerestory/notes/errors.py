"""What is refused of notes and keys, and what raises the alarm."""

from clerestory.kernel import Corruption, Refusal


class BadNote(Refusal):
    """A note, checkpoint, proof or request that is not written as its format says."""

    code = "log-malformed"
    todo = "get it again from where it came, as it was written there"


class BadKey(BadNote):
    """A key that is not in its written form, or of a kind that does not belong here."""

    code = "key-unreadable"
    todo = "give the key as clerestory keys wrote or published it"


class UnknownLog(Refusal):
    """A checkpoint or key of another log than the one expected."""

    code = "log-unknown-origin"
    todo = "use the key and the files of one and the same log"


class OtherSigner(Refusal):
    """The key that was given is not one that signed: another key, or another's note."""

    code = "key-not-signer"
    todo = "give the public key of the one who signed it, from where they publish it"


class Unsigned(Corruption):
    """A known key's signature fails, or too few known keys signed."""

    code = "log-signature"
    todo = (
        "keep the note, and use nothing that it says; ask its signer by another way for the "
        "public key, and compare"
    )
