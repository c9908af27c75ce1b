"""What an auditor installs runs without Django: every module below the tables, and the commands."""

import subprocess
import sys
from pathlib import Path

# The rooms with tables and what they stand under; everything else is an auditor's.
ABOVE = ("store", "office", "config")
IMPORTS = """
import importlib
import pkgutil
import sys


class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "django":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Gone())
import clerestory

above = tuple(f"clerestory.{room}" for room in sys.argv[1:])
seen = 0
for module in pkgutil.walk_packages(clerestory.__path__, "clerestory."):
    if not module.name.startswith(above) and not module.name.endswith("__main__"):
        importlib.import_module(module.name)
        seen += 1
print(seen)
"""


def test_everything_below_the_tables_is_imported_without_django(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS, *ABOVE],
        capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(root / "src"), "PATH": ""},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 400
