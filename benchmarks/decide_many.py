"""How deciding grows with a list: n, 2n and 4n persons, and a million rows of the flat form.

Each figure stands beside the least that the same answer costs in any way, in the same run:

- ``list``: a requester's list of persons with five fields each, from the parsed document to the
  last letter of its JSON, with reasons, near misses, questions and what would change it. Beside it:
  ``json.loads`` and ``json.dumps`` of the same document and the same number of rulings, each its
  item and its answer, without law.
- ``rows``: demand rows from a file to a file of answers, policies and duties, beside copying the
  same file (Parquet read and written).

A growth of 2.0 from one size to the next is linear.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parents[1]
FIELDS = ("name", "address", "date_of_birth", "benefit_amount", "immigration_status")
ON = date(2026, 3, 2)


def list_of(persons: int) -> dict[str, Any]:
    """Return a made-up demand with a list of so many persons, none of whom exists."""
    refs = [f"S{n}" for n in range(1, persons + 1)]
    return {
        "format": "clerestory-demand/1",
        "id": "BENCH-MANY",
        "received": {"date": ON.isoformat(), "channel": "post"},
        "holder": {"agency": "me-dhhs", "kind": "state_agency", "jurisdiction": "us-me"},
        "requester": {"class": "police_state"},
        "instrument": {
            "kind": "letter",
            "issuer": "officer",
            "written": "yes",
            "status": "live",
            "scope": {"persons": "listed", "fields": "stated"},
        },
        "purpose": "locate_fugitive",
        "grounds": ["fleeing_felony"],
        "subjects": [{"ref": ref, "relation": "listed_row"} for ref in refs],
        "records": [
            {"program": "snap", "fields": [f"{r}.{name}" for r in refs for name in FIELDS]}
        ],
        "findings": {"requester_identified": "yes", "official_capacity": "yes"},
    }


def timed(work: Callable[[], object]) -> float:
    """Return the seconds of processor time that the work takes: others share this machine."""
    start = time.process_time()
    work()
    return time.process_time() - start


def decide_list(persons: int) -> dict[str, float]:
    """Return the seconds and the memory of one list, in a process of its own."""
    from clerestory.demands import determination_text, read_demand
    from clerestory.demands.speaking import Speaker
    from clerestory.law import load_stack
    from clerestory.policy import Engine

    stack = load_stack(HOME / "packs", ["us-federal", "us-me"])
    engine = Engine.of(stack, ON)
    speaker = Speaker(sentences=stack.sentences)
    written = list_of(persons)
    text = json.dumps(written)
    items = [
        {"subject": ref.partition(".")[0], "field": ref.partition(".")[2], "outcome": "withhold"}
        for ref in written["records"][0]["fields"]
    ]
    plain = timed(lambda: (json.loads(text), json.dumps(items)))

    def whole() -> None:
        answer = engine.decide(read_demand(json.loads(text), stack.vocabulary))
        with Path(os.devnull).open("w") as nowhere:
            nowhere.writelines(determination_text(answer, speaker))

    seconds = timed(whole)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "plain_json": plain, "peak_mib": peak}


def answer_rows(rows: int) -> dict[str, float]:
    """Return the seconds and the memory of answering so many made-up rows."""
    import pyarrow.parquet as pq

    from clerestory.audit.law_choice import choose_law
    from clerestory.audit.replay.answered import write_answers
    from clerestory.audit.rows.simulator import known_mix, simulate

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = sorted((HOME / "packs" / "us-me" / "cases").glob("*.yaml"))
        mix, shape = known_mix(HOME / "packs", files)
        simulate(mix, shape, folder / "rows", rows=rows, seed=1)
        choice = choose_law("us-me@2026-03-02", HOME / "packs", ON)

        def copied() -> None:
            read = pq.ParquetFile(folder / "rows")
            with pq.ParquetWriter(folder / "copy", read.schema_arrow) as writer:
                for number in range(read.num_row_groups):
                    writer.write_table(read.read_row_group(number))

        plain = timed(copied)
        seconds = timed(
            lambda: write_answers(
                folder / "rows", choice, folder / "out", folder / "work", lambda _: None
            )
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "copying": plain, "peak_mib": peak}


def alone(kind: str, size: int) -> dict[str, float]:
    """Measure one size in a process of its own, so that no memory is counted twice."""
    command = [sys.executable, __file__, "--one", kind, str(size)]
    said = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(said.stdout)
    return found


def main() -> None:
    """Print the figures as a table, or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--small", action="store_true", help="at a hundredth of the size")
    parser.add_argument("--one", nargs=2, metavar=("KIND", "SIZE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        kind, size = options.one
        print(json.dumps((decide_list if kind == "list" else answer_rows)(int(size))))
        return
    part = 100 if options.small else 1
    sizes = {"list": (25_000, 50_000, 100_000), "rows": (250_000, 500_000, 1_000_000)}
    figures: dict[str, Any] = {}
    for kind, each in sizes.items():
        before = 0.0
        for size in (one // part for one in each):
            found = alone(kind, size)
            least = found.get("plain_json", found.get("copying", 0.0))
            found["ratio"] = found["seconds"] / least
            found["growth"] = found["seconds"] / before if before else 0.0
            before = found["seconds"]
            figures[f"{kind} {size}"] = found
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    for name, found in figures.items():
        said = "  ".join(f"{key} {value:9.2f}" for key, value in found.items())
        print(f"{name:14} {said}")


if __name__ == "__main__":
    main()
