"""A small project of this one's shape, with the real ``./clerestory`` beside it.

The script is run as it is, with an installer that fetches nothing and writes down what it was asked
for.
"""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

TOOLS = [
    "sh",
    "cat",
    "cksum",
    "cmp",
    "cp",
    "head",
    "id",
    "ls",
    "mkdir",
    "mktemp",
    "mv",
    "readlink",
    "rm",
    "rmdir",
    "touch",
]
UV = """#!/bin/sh
printf '%s\\n' "$*" >>"$UV_LOG"
case $1 in
venv) for last; do :; done; exec python3 -I -m venv --without-pip "$last" ;;
esac
[ ! -e "$UV_LOG.fails" ]
"""
PROGRAM = """
import os, sys
def main():
    print(sys.argv[1:], os.environ["CLERESTORY_HOME"], __file__)
    sys.exit(7 if "no" in sys.argv else 0)
"""
PIP = """
import os, sys
if "pip" in sys.orig_argv:  # run, and not imported to see whether it is there
    print("install", file=open(os.environ["UV_LOG"], "a"))
"""
PYTEST = """
import sys
from pathlib import Path
report = next(word for word in sys.argv if word.startswith("--junitxml=")).partition("=")[2]
if "crash" not in sys.argv:
    Path(report).write_text(
        "<testsuites><testsuite><testcase/><testcase/><testcase><skipped/></testcase>"
        + "<testcase><failure/></testcase><testcase><error/></testcase>" * ("bad" in sys.argv)
        + "</testsuite></testsuites>"
    )
sys.exit(1 if {"bad", "crash"} & set(sys.argv) else 0)
"""


@dataclass
class Checkout:
    """A small project beside the real script, on a machine with nothing but a few tools."""

    folder: Path
    bin: Path
    log: Path

    @property
    def script(self) -> Path:
        return self.folder / "clerestory"

    @property
    def environment(self) -> dict[str, str]:
        home = str(self.bin.parent / "home")
        return {"PATH": str(self.bin), "UV_LOG": str(self.log), "LC_ALL": "C.UTF-8", "HOME": home}

    def run(
        self, *words: str, at: Path | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(at or self.script), *words],
            env={**self.environment, **more},
            cwd=self.bin.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def calls(self) -> list[str]:
        """What the installer was asked for: the first word or two of each call."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line.split(" -")[0] for line in lines]

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"

    def site(self, venv: Path | None = None) -> Path:
        """Where the packages of an environment lie."""
        return next((venv or self.venv).glob("lib/python3.*/site-packages"))

    def belongs_to_another(self, path: Path) -> None:
        """Let ``ls`` say that ``path``, and nothing else, is another user's."""
        whole = shutil.which("ls")
        self.add_tool(
            "ls",
            f'#!/bin/sh\nif [ "$3" = "{path}" ]; then echo "drwxr-xr-x 2 4242 4242 1 Nov 1 a"\n'
            f'else exec {whole} "$@"; fi\n',
        )

    def add_tool(self, name: str, text: str) -> None:
        (self.bin / name).unlink(missing_ok=True)
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)


def make_checkout(root: Path, tmp_path: Path) -> Checkout:
    """Lay the project out below ``tmp_path``."""
    made = Checkout(folder=tmp_path / "a check out", bin=tmp_path / "bin", log=tmp_path / "log")
    program = made.folder / "src" / "clerestory" / "cli"
    program.mkdir(parents=True)
    made.bin.mkdir()
    shutil.copy2(root / "clerestory", made.script)
    (made.folder / "pyproject.toml").write_text(
        '[project]\nname = "clerestory"\nversion = "9.8.7"\ndescription = "A trial"\n'
        "dependencies = []\n"
    )
    for lock in ("requirements.lock", "requirements-test.lock", "requirements-build.lock"):
        (made.folder / lock).write_text(f"# {lock}\n")
    (program / "__init__.py").write_text(PROGRAM)
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (made.bin / tool).symlink_to(found)
    base = getattr(sys, "_base_executable", sys.executable)
    made.add_tool("python3", f'#!/bin/sh\nexec "{base}" "$@"\n')
    made.add_tool("uv", UV)
    return made
