"""Bytes to text, and the characters that no file may hold: what the eye does not see."""

import codecs
import re
import unicodedata

from clerestory.kernel.bad_file import Fault

# How files begin that are no text, whatever their name says.
_OTHER_KINDS = (
    (b"PK\x03\x04", "is a Word, Excel or zip file and no plain text"),
    (b"\xd0\xcf\x11\xe0", "is an old Word or Excel file and no plain text"),
    (b"%PDF", "is a PDF and no plain text"),
    (b"{\\rtf", "is a document with formatting (RTF) and no plain text"),
)
_UTF_16_AND_32 = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
# Control characters, all but the tab and the ends of lines; and a byte order mark that is not the
# file's first character, as programs leave it that put two files together.
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff"
# Marks that turn the direction of what stands around them: with them a line can be shown as
# another one than is read (Unicode Technical Report 36, section 3.2).
_TURNS = "\u202a-\u202e\u2066-\u2069"
# YAML 1.1 ends a line at these and no editor does: a comment would go on as a key.
_HIDDEN_LINE_ENDS = "\x85\u2028\u2029"
_IN_FILE = re.compile(f"[{_CONTROLS}\ufeff]|\r(?!\n)")
_IN_TEXT = re.compile(f"[{_CONTROLS}\ud800-\udfff]")
_TURN = re.compile(f"[{_TURNS}]")
_HIDDEN_LINE_END = re.compile(f"[{_HIDDEN_LINE_ENDS}]")
# Letters and marks of no category of their own that show nothing: fillers, blanks, joiners and
# selectors (Unicode Standard, Default_Ignorable_Code_Point, and the blank of Braille).
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
_PLAIN = re.compile(r"[\x20-\x7e]*")


def decode(content: bytes) -> tuple[str, Fault | None]:
    """Return the text of a file, or what is wrong with its bytes.

    A byte order mark is what some editors put before UTF-8; it is no part of the text.
    """
    for beginning, what in _OTHER_KINDS:
        if content.startswith(beginning):
            return "", _not_utf8(1, what)
    for mark, name in _UTF_16_AND_32:
        # The bytes of UTF-32 begin with those of UTF-16, so the longer mark is tried first.
        if content.startswith(mark):
            return "", _not_utf8(1, f"is {name} and not UTF-8")
    if b"\x00" in content[:2]:
        # The first letters of any form are plain ones, which UTF-16 writes with a zero byte.
        return "", _not_utf8(1, "is UTF-16 or no text at all, and not UTF-8")
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode(), None
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        byte = content[fault.start]
        return "", _not_utf8(line, f"is not UTF-8: the byte {byte:02X} stands in this line")


def find_forbidden(text: str, *, yaml: bool, turns: bool) -> Fault | None:
    """Return the first character of a file that no file may hold.

    Args:
        text: The whole file.
        yaml: Whether it is YAML, whose lines end where no editor ends them.
        turns: Whether marks that turn the direction of text are refused as well.
    """
    searches = [_IN_FILE]
    if yaml:
        searches.append(_HIDDEN_LINE_END)
    if turns:
        searches.append(_TURN)
    found = [match for search in searches if (match := search.search(text))]
    if not found:
        return None
    first = min(found, key=lambda match: match.start())
    line = text.count("\n", 0, first.start()) + 1
    if first[0] == "\r":
        return Fault(
            line=line,
            what="a line ends with a carriage return alone, which some programs do not show",
            write_instead="save the file with ordinary ends of lines",
        )
    return Fault(
        line=line,
        what=f"the line holds {named(first[0])}, which cannot be seen",
        write_instead="delete it and type the line again",
    )


def wrong_in_text(text: str, *, turns: bool) -> str:
    """Return what is wrong with the characters of a text that was read, or nothing.

    An escape such as ``\\u202e`` writes a character that the file itself does not show.
    """
    if _PLAIN.fullmatch(text):
        return ""
    found = _IN_TEXT.search(text) or (_TURN.search(text) if turns else None)
    return f"it holds {named(found[0])}, which cannot be seen" if found else ""


def wrong_in_key(key: str) -> str:
    """Return what is wrong with a key, or nothing. A key is seen whole, or it is none."""
    if not key.strip():
        return "a key is missing before the colon"
    if _PLAIN.fullmatch(key) and key == key.strip():
        return ""
    for character in key:
        hidden = unicodedata.category(character)[0] in "CZ" or _UNSEEN.match(character)
        if character != " " and hidden:
            return f"a key holds {named(character)}, which cannot be seen"
    return "a key begins or ends with a space" if key != key.strip() else ""


def named(character: str) -> str:
    """Name a character that cannot be shown.

    >>> named("\\u200b")
    'U+200B (zero width space)'
    """
    name = unicodedata.name(character, "").lower()
    if not name:
        name = "half of a pair" if "\ud800" <= character <= "\udfff" else "a control character"
    return f"U+{ord(character):04X} ({name})"


def folded(key: str) -> str:
    """Return what two keys share that look alike: form of letters, width and capitals apart."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", key).casefold())


def _not_utf8(line: int, what: str) -> Fault:
    return Fault(line=line, what=f"the file {what}", write_instead="save the file as UTF-8 text")
