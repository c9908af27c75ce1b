"""SSH public keys, one on a line or as bytes: those that age seals to.

Source: RFC 4253 section 6.6 and RFC 8709 (the bytes), sshd(8) (the line, and its options).
"""

import base64
import re
from datetime import UTC, datetime

from clerestory.disclosure import key_dress, key_kinds
from clerestory.disclosure.key_strength import check_ed25519, check_rsa
from clerestory.disclosure.recipient_kinds import AgeRecipient, damaged, wrong

_AGE_RSA_BITS = 4096  # the age library reads no larger one
_EXPIRY = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?Z?")


def read_line(text: str, *, at: datetime, where: str) -> AgeRecipient:
    """Read a line of ``authorized_keys`` or of a file ``.pub``.

    Raises:
        Refusal: It is of a kind that age cannot seal to, weak, expired, or damaged.
    """
    options, words = key_dress.ssh_words(text)
    key_kinds.check_ssh_kind(words, where)
    _check_options(options, at, where)
    blob = key_dress.from_base64(words[1]) if len(words) > 1 else None
    if blob is None:
        raise damaged(where)
    recipient = read_blob(blob, where)
    if recipient.text.split()[0] != words[0]:
        raise damaged(where)
    return recipient


def read_blob(blob: bytes, where: str) -> AgeRecipient:
    """Read an SSH key in the form that programs exchange.

    Raises:
        Refusal: It is of a kind that age cannot seal to, weak, or damaged.
    """
    parts = _ssh_parts(blob)
    kind = parts[0].decode("ascii", "replace") if parts else ""
    key_kinds.check_ssh_kind([kind], where)
    if kind == "ssh-ed25519" and len(parts) == 2 and len(parts[1]) == 32:
        check_ed25519(parts[1])
    elif kind == "ssh-rsa" and len(parts) == 3:
        _check_ssh_rsa(parts[1], parts[2], where)
    else:
        raise damaged(where)
    return AgeRecipient(text=f"{kind} {base64.b64encode(blob).decode()}")


def _ssh_parts(blob: bytes) -> list[bytes]:
    parts, at = [], 0
    while at < len(blob):
        end = at + 4 + int.from_bytes(blob[at : at + 4], "big")
        if end > len(blob) or end < at + 4:
            return []
        parts.append(blob[at + 4 : end])
        at = end
    return parts


def _check_ssh_rsa(exponent: bytes, modulus: bytes, where: str) -> None:
    for number in (exponent, modulus):
        # Positive, and in the shortest form: age hashes the bytes as they are.
        if not number or number[0] > 0x7F or (number[0] == 0 and number[1:2] < b"\x80"):
            raise damaged(where)
    check_rsa(int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big"))
    bits = int.from_bytes(modulus, "big").bit_length()
    if bits > _AGE_RSA_BITS:
        raise wrong(
            f"an SSH key for age must have at most {_AGE_RSA_BITS} bits: {bits}{where}",
            code="recipient-unusable",
            send="ask for an ssh-ed25519 key",
        )


def _check_options(options: dict[str, str], at: datetime, where: str) -> None:
    if "cert-authority" in options:
        raise wrong(f"the SSH key must be the recipient's own: an authority's{where}")
    until = options.get("expiry-time")
    if until is None:
        return
    match = _EXPIRY.fullmatch(until)
    if match is None:
        raise wrong(f"the option expiry-time must be a day, such as 20271231{where}")
    try:
        ends = datetime(*(int(part or 0) for part in match.groups()), tzinfo=UTC)  # type: ignore[misc,arg-type]
    except ValueError as fault:
        raise wrong(f"the option expiry-time must be a day, such as 20271231{where}") from fault
    if at > ends:
        raise wrong(f"the SSH key has expired: {ends:%Y-%m-%d}{where}", code="recipient-expired")
