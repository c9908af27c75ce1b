"""The code base as the guards see it: files under version control, and each module's tree."""

import ast
import shutil
import subprocess
from pathlib import Path

import pytest

from launched import Checkout, make_checkout

ROOT = Path(__file__).resolve().parents[2]
MADE = {".git", ".venv", "__pycache__", ".hypothesis", "build", "dist", "demo-files"}


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder that holds pyproject.toml."""
    return ROOT


@pytest.fixture(scope="session")
def tracked() -> dict[str, str]:
    """Text of every file under version control, by its path; a file that is not text is left out.

    In a copy without version control, every file that is not made by a tool.
    """
    names = (
        _names_in_git() if (ROOT / ".git").exists() and shutil.which("git") else _names_on_disk()
    )
    texts: dict[str, str] = {}
    for name in names:
        try:
            texts[name] = (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
    assert "pyproject.toml" in texts
    return texts


@pytest.fixture(scope="session")
def modules() -> dict[str, ast.Module]:
    """The tree of every module of the program, by its path below ``src/clerestory``."""
    source = ROOT / "src" / "clerestory"
    found = {
        path.relative_to(source).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(source.rglob("*.py"))
    }
    assert "kernel/errors.py" in found
    return found


def _names_in_git() -> list[str]:
    done = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in done.stdout.split("\0") if name]


def _names_on_disk() -> list[str]:
    files = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return [
        path.as_posix()
        for path in files
        if not any(part in MADE or part.endswith("_cache") for part in path.parts)
    ]


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Checkout:
    """A small project beside the real script, on a machine with nothing but a few tools."""
    return make_checkout(root, tmp_path)
