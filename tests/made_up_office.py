"""An office with its records and its recipients' keys, made once and copied for each test.

Making the records and the keys takes longer than most of what is tested with them. Everything in it
is made up.
"""

import shutil
from pathlib import Path

from hostile.running import must

RECIPIENTS = ("theirs", "agents", "others")


def make_template(base: Path) -> Path:
    """Make the records of eight people, an office over them, and three recipients."""
    must("holdings", "make", base / "agency", "--persons", "8", "--seed", "3")
    must(
        "keys", "office", base / "office", "--origin", "log.example/test",
        "--source", base / "agency/agency.sqlite", "--index", base / "agency/persons.index",
    )  # fmt: skip
    for name in RECIPIENTS:
        must("keys", "recipient", base / name, "--name", f"{name}.example/r")
    return base


def copy_office(made: Path, to: Path) -> Path:
    """Copy the folder of an office, its records and its recipients; return the copy."""
    copied = shutil.copytree(made, to)
    settings = copied / "office" / "office.toml"
    settings.write_text(settings.read_text("utf-8").replace(str(made), str(copied)), "utf-8")
    return copied
