"""On which line of a catalogue something stands."""

from functools import lru_cache


def find_line(text: str, path: tuple[str, ...]) -> int:
    """Return the line, from 1, that best shows ``path``: its own key, or the nearest table above.

    TOML readers keep no line numbers; a catalogue writes each table and key on its own line.
    """
    lines = _lines_by_path(text)
    nearest = (path[:depth] for depth in range(len(path), 0, -1))
    return next((lines[known] for known in nearest if known in lines), 1)


@lru_cache(maxsize=4)
def _lines_by_path(text: str) -> dict[tuple[str, ...], int]:
    header: tuple[str, ...] = ()
    found: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("["):
            header = tuple(part.strip().strip('"') for part in stripped.strip("[]").split("."))
            found.setdefault(header, number)
        elif "=" in stripped and not stripped.startswith("#"):
            found.setdefault((*header, stripped.partition("=")[0].strip().strip('"')), number)
    return found
