"""How long the gate takes to compare a draft with the active law, beside its goal.

A slip is made in a copy of the packs, and all of its changes are told: every stack, every day on
which the law changes, every demand, with the codes, days and smallest demand of each change.
"""

import argparse
import json
import shutil
import tempfile
import time
from pathlib import Path

from clerestory.audit.gate.changes import Changes
from clerestory.law.activation import kept_law

PACKS = Path(__file__).parents[1] / "packs"
GOAL_S = 60.0
# Each a slip of the pen: a text of a file, and what is written instead.
SLIPS = {
    "a remark": ("us-federal/2-house.cedar", "//", "// A remark.\n//"),
    "a lock gone": (
        "us-federal/2-house.cedar",
        'context.subject.relation == "household_member"',
        'context.subject.relation == "household_member" && false',
    ),
    "a clock": ("us-federal/duties.cedar", '@within("same day")', '@within("60 days")'),
}


def measure(file: str, old: str, new: str) -> dict[str, float]:
    """Return seconds of the wall clock and of the processor, and how many changes were told."""
    with tempfile.TemporaryDirectory() as folder:
        packs = Path(shutil.copytree(PACKS, Path(folder) / "packs"))
        text = (packs / file).read_text("utf-8")
        (packs / file).write_text(text.replace(old, new, 1), "utf-8")
        wall, processor = time.perf_counter(), time.process_time()
        changes = Changes(
            folder=packs,
            kept=kept_law(packs),
            files=sorted(packs.glob("*/cases/*.yaml")),
            promised=frozenset(),
            promised_before=frozenset(),
            timeout_ms=30_000,
            say=lambda _: None,
        )
        changes.step()
        return {
            "wall_s": time.perf_counter() - wall,
            "processor_s": time.process_time() - processor,
            "changes": len(changes.found),
            "wall / goal": (time.perf_counter() - wall) / GOAL_S,
        }


def main() -> None:
    """Print the figures as a table, or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = {name: measure(*slip) for name, slip in SLIPS.items()}
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    for name, found in figures.items():
        told = "  ".join(f"{key} {value:.2f}" for key, value in found.items())
        print(f"{name:14} {told}")


if __name__ == "__main__":
    main()
