"""The one form of an id: it names files, stands in logs and letters, and is read aloud."""

import re

MAX_ID_CHARACTERS = 64

_FIRST = re.compile(r"[A-Za-z0-9]")
_FORBIDDEN = re.compile(r"[^A-Za-z0-9._-]")
# Names that Windows keeps for devices, with any ending (Microsoft, "Naming Files, Paths, and
# Namespaces"): a folder of answers is opened there as well.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)


def wrong_in_id(text: str) -> str:
    """Return what is wrong with an id, or nothing.

    >>> wrong_in_id("ME-2026-0041"), wrong_in_id("ME/2026/0041")
    ('', 'an id has letters, digits, point, low line and hyphen, and no /')
    """
    if not text:
        return "an id has at least one letter or digit"
    if found := _FORBIDDEN.search(text):
        sign = found[0] if found[0].isprintable() and found[0] != " " else f"U+{ord(found[0]):04X}"
        return f"an id has letters, digits, point, low line and hyphen, and no {sign}"
    if not _FIRST.match(text):
        return "an id begins with a letter or a digit"
    if len(text) > MAX_ID_CHARACTERS:
        return f"an id has at most {MAX_ID_CHARACTERS} characters, and this has {len(text)}"
    if text.endswith("."):
        return "an id does not end with a point"
    if ".." in text:
        return "an id has no two points beside each other"
    if _DEVICES.match(text):
        return "an id is no name that Windows keeps for a device"
    return ""


def is_made_up(origin: str) -> bool:
    """Whether a log, a key or an office exists for show only, as its name says (RFC 2606).

    >>> is_made_up("dhhs.maine.example/log"), is_made_up("dhhs.maine.gov/example")
    (True, False)
    """
    return origin.partition("/")[0].endswith(".example")
