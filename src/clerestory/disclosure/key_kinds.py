"""The kinds of keys that nothing is sealed to: each by its name, with what to send instead."""

import json
import re

from clerestory.disclosure import der
from clerestory.disclosure.recipient_kinds import private, wrong
from clerestory.kernel import Refusal

_MAKE_AGE = "ask for an age recipient: the recipient runs age-keygen and sends the line age1..."
_CERTIFICATE = "ask for the certificate that goes with it"
_MAKE_SSH = "ask for the ssh-ed25519 key (id_ed25519.pub) of the same person"

# How a line or a whole text begins, or what a block is labelled: what it is, what to send.
_SSH = (
    (re.compile(r".*-cert-v0[01]@openssh\.com"), "an SSH certificate, which is for logging in",
     "ask for the public key itself: the file .pub without -cert in its name"),
    (re.compile(r"sk-.*|webauthn-sk-.*"), "a key in a security key, which age cannot seal to",
     _MAKE_AGE),
    (re.compile(r"ecdsa-sha2-.*"), "an ECDSA key, which age cannot seal to", _MAKE_SSH),
    (re.compile(r"ssh-dss"), "a DSA key, which signs and does not seal", _MAKE_SSH),
    (re.compile(r"ssh-(ed448|xmss).*"), "an SSH key of a kind that age cannot seal to", _MAKE_SSH),
)  # fmt: skip
_READ_SSH = frozenset({"ssh-ed25519", "ssh-rsa"})
_BLOCKS = (
    ("PGP ", "an OpenPGP key", _MAKE_AGE),
    ("CERTIFICATE REQUEST", "a request for a certificate", _CERTIFICATE),
    ("NEW CERTIFICATE REQUEST", "a request for a certificate", _CERTIFICATE),
    ("PUBLIC KEY", "a bare public key", _CERTIFICATE),
    ("RSA PUBLIC KEY", "a bare public key", _CERTIFICATE),
    ("EC PUBLIC KEY", "a bare public key", _CERTIFICATE),
    ("X509 CRL", "a list of revoked certificates", _CERTIFICATE),
    ("AGE ENCRYPTED FILE", "an encrypted file", _MAKE_AGE),
    ("SSH SIGNATURE", "a signature", _MAKE_SSH),
)  # fmt: skip
_WHOLE = (
    ("untrusted comment:", "a minisign or signify key, which signs and does not seal", _MAKE_AGE),
    ("age-encryption.org/v1", "an encrypted file", _MAKE_AGE),
    ("{\\rtf", "a document", _MAKE_AGE),
)
_BYTES = (
    (b"PK\x03\x04", "an archive or office document"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"age-encryption.org/v1", "an encrypted file"),
)
_DER = {
    "request": ("a request for a certificate", _CERTIFICATE),
    "public": ("a bare public key", _CERTIFICATE),
    "message": ("a CMS message that is no bag of certificates", _CERTIFICATE),
    "other": ("bytes that are no certificate", _CERTIFICATE),
}
_PLUGINS = {
    "pq": "a post-quantum age key",
    "tagpq": "a post-quantum age key",
    "yubikey": "an age key in a YubiKey",
    "tpm": "an age key in a TPM",
    "se": "an age key in a Secure Enclave",
}
_MAY_BE_OPENPGP = frozenset({0x98, 0x99, 0xC6})
_PRIVATE_OPENPGP = frozenset({0x94, 0x95, 0x9C, 0x9D, 0xC5, 0xC7})
_JWK_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_PRIVATE_TEXT = re.compile(
    r"AGE-SECRET-KEY-|AGE-PLUGIN-[A-Z0-9-]+1|PRIVATE KEY(?: BLOCK)?-----|PRIVATE KEY ----"
    r"|PuTTY-User-Key-File-|minisign (?:encrypted )?secret key|signify secret key",
    re.IGNORECASE,
)


def is_key(text: str) -> bool:
    """Whether a line among others is meant as a key."""
    return (
        text[:4].lower() == "age1"
        or re.search(r"(?:^|\s)(?:ssh-|ecdsa-|sk-)\S+ AAAA", text) is not None
    )


def check_whole_text(text: str) -> None:
    """Refuse a file whose first words say that it is something else.

    Raises:
        Refusal: It holds a private key, or is of a kind that nothing is sealed to.
    """
    match = _PRIVATE_TEXT.search(text)
    if match:
        raise private(f", line {text.count(chr(10), 0, match.start()) + 1}")
    start = text.lstrip()
    for beginning, what, send in _WHOLE:
        if start.startswith(beginning):
            raise _named(what, "", send)
    if re.match(r"<(?:[!?]|[A-Za-z]+[\s>/])", start):
        raise _named("a web page or other marked-up text", "", _MAKE_AGE)
    if start.startswith(("{", "[")):
        _refuse_json(start)


def _refuse_json(text: str) -> None:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        if text.startswith("["):  # the name of a computer can begin so, too
            return
        raise _named("a file in JSON", "", _MAKE_AGE) from None
    keys = told.get("keys", [told]) if isinstance(told, dict) else told
    held = [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
    if any(_JWK_PRIVATE & set(key) for key in held):
        raise private("")
    raise _named("a key in JSON (JWK)" if held else "a file in JSON", "", _MAKE_AGE)


def wrong_bytes(given: bytes) -> Refusal:
    """Return the refusal of a file that is neither text nor DER."""
    if given[0] in _PRIVATE_OPENPGP or given.startswith(b"\xfe\xed\xfe\xed"):
        return private("")
    for beginning, what in _BYTES:
        if given.startswith(beginning):
            return _named(what, "", "ask for the key by itself, in a plain file")
    if given[0] in _MAY_BE_OPENPGP:
        return _named("an OpenPGP key", "", _MAKE_AGE)
    return _named("bytes that are no key", "", "")


def wrong_block(label: str, where: str) -> Refusal:
    """Return the refusal of an armored block."""
    for beginning, what, send in _BLOCKS:
        if label == beginning or (beginning.endswith(" ") and label.startswith(beginning)):
            return _named(what, where, send)
    return _named(f"a block that says {label.lower()}", where, _CERTIFICATE)


def wrong_der(kind: str, where: str) -> Refusal:
    """Return the refusal of a DER value of ``kind`` (see :func:`kind_of_der`)."""
    if kind == "private":
        return private(where)
    what, send = _DER[kind]
    return _named(what, where, send)


def wrong_age(prefix: str, where: str) -> Refusal:
    """Return the refusal of an age recipient that needs more than age itself."""
    plugin = prefix.lower().removeprefix("age1")
    what = _PLUGINS.get(plugin, f"a key of the age plugin {plugin}, or a damaged age key")
    return _named(f"{what}, which this program cannot seal to", where, _MAKE_AGE)


def check_ssh_kind(words: list[str], where: str) -> None:
    """Refuse a line that is no SSH key, or one of a kind that age cannot seal to.

    Raises:
        Refusal: The kind is named.
    """
    kind = words[0] if words else ""
    if kind in _READ_SSH:
        return
    for pattern, what, send in _SSH:
        if pattern.fullmatch(kind):
            raise _named(what, where, send)
    if any(word in _READ_SSH for word in words[1:]):
        raise _named(
            "an SSH key with other words before it: of a computer, or of a note", where,
            "ask for the recipient's own line, which begins with ssh-ed25519 or ssh-rsa",
        )  # fmt: skip
    if re.fullmatch(r"\S+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+", kind):
        raise _named("a verifier key, which checks signatures", where, _MAKE_AGE)
    raise _named("a line that is no key", where, "")


def kind_of_der(value: bytes) -> str:
    """Say what a DER value is by its shape: ``certificate``, ``bag``, ``private`` ..."""
    try:
        parts = der.read(value).children()
        if parts[0].tag == der.INTEGER:
            # Whole private keys and PKCS #12 begin with their version; a bare RSA key of two
            # numbers is a public one.
            both = len(parts) == 2 and {part.tag for part in parts} == {der.INTEGER}
            whole = len(parts) > 1 and not both
            return "private" if whole else "public" if both else "other"
        if parts[0].tag == der.OID:
            return "bag" if parts[0].whole == der.oid("1.2.840.113549.1.7.2") else "message"
        second = [part.tag for part in parts[1:2]]
        if len(parts) == 2 and second == [der.OCTETS]:
            return "private"  # encrypted PKCS #8
        if len(parts) == 2 and second == [der.BITS]:
            return "public"
        if len(parts) == 3 and parts[0].tag == parts[1].tag == der.SEQUENCE:
            inner = parts[0].children()
            # A request begins with its version as a plain number and has no dates.
            request = inner[0].tag == der.INTEGER and len(inner) <= 4
            return "request" if request else "certificate"
    except (ValueError, IndexError):
        pass
    return "other"


def leading_value(body: bytes, where: str) -> bytes:
    """Return the DER value that ``body`` begins with."""
    try:
        return der.read(body).whole
    except ValueError as fault:
        raise wrong(f"the recipient's certificate cannot be read{where}") from fault


def _named(what: str, where: str, send: str) -> Refusal:
    return wrong(f"the recipient key must be an age, SSH or X.509 key: {what}{where}", send=send)
