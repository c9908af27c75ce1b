"""The packs copied with a part of their known answers, where a test is about something else.

``law check`` and ``law activate`` run every known answer, and that all pass is the test of
tests/spec/test_casebook.py. The files that are left out show no permit that the others do not show.
"""

import shutil
from pathlib import Path

LEFT_OUT = (
    "asked-and-unanswered.yaml", "hospital-accounting.yaml", "lost-and-slipped.yaml",
    "mandates-answered.yaml", "near-misses-*.yaml", "*one-by-one.yaml", "orders-and-courts.yaml",
    "red-team.yaml", "second-addresses-services.yaml", "second-cash-other.yaml",
    "second-hospital-treatment.yaml", "second-mainecare.yaml", "second-medicaid.yaml",
    "second-snap-*.yaml", "second-towns-public.yaml", "services-hospital-addresses.yaml",
    "snap-process.yaml", "treatment-records.yaml",
)  # fmt: skip


def copy_packs(packs: Path, to: Path) -> Path:
    """Copy a folder of packs, the active law with it, and leave most known answers behind."""

    def left_out(folder: str, names: list[str]) -> set[str]:
        return left(folder, names) if Path(folder).name == "cases" else set()

    left = shutil.ignore_patterns(*LEFT_OUT)
    return shutil.copytree(packs, to, ignore=left_out)
