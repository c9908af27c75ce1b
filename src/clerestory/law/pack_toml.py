"""Reading the TOML files of a pack, with every fault where a lawyer finds it."""

from pathlib import Path

from clerestory.kernel import BadFile
from clerestory.kernel.files import read_limited
from clerestory.kernel.reading.toml_form import MAX_TOML_BYTES, parse_toml
from clerestory.law.errors import Fault


def read_pack_toml(path: Path) -> tuple[dict[str, object], str, list[Fault]]:
    """Return the tables and the text of a file of a pack, or what keeps it from being read."""
    try:
        content = read_limited(path, MAX_TOML_BYTES)
        return parse_toml(content, file=path.name), content.decode("utf-8-sig"), []
    except BadFile as bad:
        faults = [
            Fault(path.name, each.line or 1, f"cannot be read: {each.what}; {each.write_instead}")
            for each in bad.faults
        ]
        return {}, "", faults or [Fault(path.name, 1, f"cannot be read: {bad}")]
