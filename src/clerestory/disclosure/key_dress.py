"""What a key comes dressed in: encodings, armor, certificates in bags, options before a key.

Nothing here judges a key. A file is taken apart into blocks and lines, each with the line it
stands on, so that a message can say where.

Source: RFC 7468 (PEM), RFC 4716 (SSH2 public key files), RFC 5652 section 5 (a bag of
certificates is a SignedData that signs nothing), sshd(8), AUTHORIZED_KEYS FILE FORMAT.
"""

import base64
import binascii
import re
from dataclasses import dataclass

from clerestory.disclosure import der
from clerestory.disclosure.recipient_kinds import wrong

_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_MARK = re.compile(r"\s*(-{4,5}) ?(BEGIN|END) ([A-Z0-9 #]+?) ?(-{4,5})\s*")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}:(?: .*)?")
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u00ad"
_SIGNED_DATA = der.oid("1.2.840.113549.1.7.2")
_OPTION = re.compile(r'([A-Za-z0-9-]+)(?:="((?:[^"\\]|\\.)*)")?')
_OPTIONS = re.compile(rf"((?:{_OPTION.pattern},)*{_OPTION.pattern})\s+(.*)")
SSH_OPTIONS = frozenset(
    (
        "agent-forwarding", "cert-authority", "command", "environment", "expiry-time", "from",
        "no-agent-forwarding", "no-port-forwarding", "no-pty", "no-touch-required", "no-user-rc",
        "no-x11-forwarding", "permitlisten", "permitopen", "port-forwarding", "principals", "pty",
        "restrict", "tunnel", "user-rc", "verify-required", "x11-forwarding",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One armored block: its label, the bytes in it, and the line on which it begins."""

    label: str
    body: bytes
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text outside of every block."""

    text: str
    number: int


def text_of(given: bytes) -> str | None:
    """Return a file's text, whatever it was saved as; ``None`` if it is no text."""
    for mark, encoding in _BOMS:
        if given.startswith(mark):
            return _decoded(given[len(mark) :], encoding)
    if b"\0" in given:
        # Letters of keys are ASCII, so that UTF-16 without a mark shows by every second byte.
        for encoding, zeros in (("utf-16-le", given[1::2]), ("utf-16-be", given[0::2])):
            if len(given) % 2 == 0 and not any(zeros):
                return _decoded(given, encoding)
        return None
    # An old mail program's name in a comment is no reason to refuse the key before it.
    return _decoded(given, "utf-8") or _decoded(given, "latin-1")


def _decoded(given: bytes, encoding: str) -> str | None:
    try:
        text = given.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if _NOT_TEXT.search(text) else text


def take_apart(text: str) -> tuple[list[Block], list[Line]]:
    """Return the armored blocks of ``text``, and the lines that stand outside of them.

    Raises:
        Refusal: A block is damaged; the message names its line.
    """
    blocks: list[Block] = []
    outside: list[Line] = []
    label, started, inside = "", 0, list[str]()
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        mark = _MARK.fullmatch(line.strip(_INVISIBLE))
        if mark and mark.group(2) == "BEGIN":
            if label:
                raise _damaged(label, started)
            label, started, inside = mark.group(3), number, []
        elif mark:
            if mark.group(3) != label:
                raise _damaged(mark.group(3), number)
            blocks.append(Block(label=label, body=_armored(inside, label, started), line=started))
            label = ""
        elif label:
            inside.append(line)
        else:
            bare = line.strip().strip(_INVISIBLE).strip()
            if bare and not bare.startswith("#"):
                outside.append(Line(text=bare, number=number))
    if label:
        raise _damaged(label, started)
    return blocks, outside


def _armored(lines: list[str], label: str, started: int) -> bytes:
    if label.startswith("PGP "):  # it has a checksum line of its own, and is refused whatever it is
        return b""
    kept: list[str] = []
    header = False
    for line in lines:
        # A header of an SSH2 file goes on in the next line after a backslash.
        if header or (not kept and _HEADER.fullmatch(line.strip())):
            header = line.rstrip().endswith("\\")
            continue
        kept.append(line)
    body = from_base64("".join(kept))
    if body is None:
        raise _damaged(label, started)
    return body


def from_base64(text: str) -> bytes | None:
    """Return the bytes of base64 on one line or several, or ``None`` if it is none."""
    if not _BASE64.fullmatch(text):
        return None
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        return None


def first_der(given: bytes) -> bytes | None:
    """Return the DER value that ``given`` is, but for white space behind it; else ``None``."""
    if given[:1] != b"\x30":
        return None
    try:
        whole = der.read(given).whole
    except ValueError:
        return None
    return None if given[len(whole) :].strip() else whole


def certificates_in(bag: bytes, where: str) -> list[bytes]:
    """Return the certificates that a PKCS #7 or CMS bag carries.

    Raises:
        Refusal: It is another kind of message, or damaged.
    """
    try:
        kind, explicit = der.read(bag).children()
        if kind.whole != _SIGNED_DATA:
            raise wrong(
                f"a PKCS #7 file must be a bag of certificates: another kind of message{where}"
            )
        signed = explicit.children()[0].children()
        held = [node for node in signed if node.tag == 0xA0]
        return [each.whole for node in held for each in node.children() if each.tag == 0x30]
    except (ValueError, IndexError) as fault:
        raise wrong(f"the PKCS #7 file is damaged, or is not in DER{where}") from fault


def ssh_words(text: str) -> tuple[dict[str, str], list[str]]:
    """Return the options before an SSH key, by name, and the words of the key itself.

    A line without options gives all its words; one whose beginning is neither a key nor options
    gives them too, for the caller to refuse.
    """
    match = _OPTIONS.fullmatch(text)
    if match is None:
        return {}, text.split()
    options = {name.lower(): value for name, value in _OPTION.findall(match.group(1))}
    if not set(options) <= SSH_OPTIONS:
        return {}, text.split()
    return options, match.group(6).split()


def _damaged(label: str, line: int) -> Exception:
    return wrong(
        f"the block {label.lower()} of line {line} is damaged or cut short",
        send="ask the recipient to send the file as an attachment, not as text of a message",
    )
