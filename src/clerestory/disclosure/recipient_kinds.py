"""What a package can be sealed to, and the words of a refusal that asks for it."""

import hashlib
from dataclasses import dataclass

from clerestory.kernel import Refusal

ASK = (
    "ask the recipient for an age recipient (a line beginning age1), an ssh-ed25519 or ssh-rsa "
    "public key, or an X.509 certificate for key encipherment"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeRecipient:
    """An age X25519 or SSH public key: one line, without options and comment."""

    text: str

    @property
    def name(self) -> str:
        """What to compare with the recipient by telephone before sealing."""
        return " ".join(self.text.split()[:2])


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRecipient:
    """An X.509 certificate with an RSA key, as DER bytes."""

    der: bytes

    @property
    def name(self) -> str:
        """What to compare with the recipient by telephone before sealing."""
        return f"sha256:{hashlib.sha256(self.der).hexdigest()}"


Recipient = AgeRecipient | CertificateRecipient


def wrong(message: str, *, code: str = "recipient-wrong-kind", send: str = "") -> Refusal:
    """Return the refusal of a recipient key; ``send`` is the nearest thing that would do."""
    return Refusal(message, code=code, todo=f"{send}; or {ASK}" if send else ASK)


def private(where: str) -> Refusal:
    """Return the refusal of a file that holds the half that the recipient must keep."""
    return Refusal(
        f"the recipient key must be the public half: a private key was given{where}",
        code="recipient-is-private",
        todo="delete this file, tell the recipient that the key is no longer secret, and ask "
        "for the public half of a new one",
    )


def damaged(where: str) -> Refusal:
    """Return the refusal of a key that is cut off, mistyped, or no key at all."""
    return wrong(
        f"the recipient key is not an age, SSH or X.509 key, or is damaged{where}",
        send="ask for the key in a file of its own: one line, nothing before it, nothing cut off",
    )
