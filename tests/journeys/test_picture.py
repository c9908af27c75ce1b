"""The picture of the README is what the program answers. ``python FILE`` draws it anew."""

import html
import io
import os
import re
import subprocess
import sys
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "decide.svg"
STORY = ["packs/us-me/cases/story.yaml", "--case", "STORY-HOSPITAL"]
TYPED = f"$ clerestory decide {' '.join(STORY)} \\\n      --on 2026-10-20"
# What stands between is a list of duties: the beginning and the end show what an answer is.
FIRST, LAST = 23, 2


def answered() -> str:
    """What the program says at a terminal of 80 columns, with its colors."""
    script = 'import sys; sys.argv[0] = "clerestory"; from clerestory.cli import main; main()'
    words = [sys.executable, "-P", "-c", script, "decide", *STORY, "--on", "2026-10-20"]
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, "COLUMNS": "80", "FORCE_COLOR": "1", "PYTHONPATH": path}
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    return "\n".join([*lines[:FIRST], "    ...", "", *lines[-LAST:]])


def drawn() -> str:
    console = Console(record=True, width=80, file=io.StringIO(), force_terminal=True)
    console.print(Text(TYPED))
    console.print(Text.from_ansi(answered()))
    # A font of the machine instead of one from a server.
    form = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    form = form.replace("Fira Code, monospace", "DejaVu Sans Mono, monospace")
    form = re.sub(r"\s*<!-- .*? -->", "", form)
    whole = console.export_svg(title="clerestory", code_format=form, unique_id="decide")
    return "\n".join(line.rstrip() for line in whole.splitlines()) + "\n"


def said(picture: str) -> list[str]:
    """The lines of a picture as a reader sees them."""
    rows: dict[float, str] = {}
    for y, text in re.findall(r'<text class="decide-r\d"[^>]*? y="([\d.]+)"[^>]*>([^<]*)', picture):
        rows[float(y)] = rows.get(float(y), "") + html.unescape(text).strip("\n")
    return [" ".join(rows[y].replace("\xa0", " ").split()) for y in sorted(rows)]


def test_the_picture_shows_what_the_program_answers() -> None:
    shown = said(PICTURE.read_text("utf-8"))

    assert shown == said(drawn())
    assert any("RELEASE" in line for line in shown)
    assert any("WITHHOLD" in line for line in shown)


if __name__ == "__main__":
    PICTURE.write_text(drawn(), "utf-8")
