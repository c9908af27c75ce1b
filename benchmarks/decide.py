"""How long a determination takes, beside bare cedarpy on the same policies and requests.

One run measures both in turn, round by round, so that the machine's mood falls on both.

- ``bare``: every request that the stages of the distinct cases make, already built, handed to
  cedarpy with the same parsed policies and entities, and nothing else.
- ``bare, each ruling``: the same without sharing: every ruling asks its own requests.
- ``rulings``: the whole determination with authorities, near misses and duties.
- ``with changes``: the same with what would change each ruling and the open questions.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import cedarpy

from clerestory.demands import Demand, read_demand
from clerestory.law import load_stack
from clerestory.policy import Engine
from clerestory.policy.interpreters.cedar import PolicySet, Response
from clerestory.policy.model.schema import Request

HOME = Path(__file__).resolve().parents[1]
_FIELD_CODES = (
    "name alias date_of_birth ssn a_number address mailing_address phone email photo "
    "household_members relatives absent_parent emergency_contact citizenship immigration_status "
    "place_of_birth race_ethnicity language income wages employer employer_address "
    "unearned_income assets bank_account vehicles fti_income ndnh_data benefit_amount "
    "benefit_history ebt_transactions program_participation application_form "
    "eligibility_documents case_notes case_file notices informant_identity certification_dates"
)
_FIELDS = _FIELD_CODES.split()


def demand_of(persons: int, fields: int) -> dict[str, Any]:
    """Return a made-up fugitive request about named persons and their household."""
    refs = [f"S{n}" for n in range(1, persons + 1)]
    return {
        "format": "clerestory-demand/1",
        "id": "BENCH-1",
        "received": {"date": date(2026, 3, 2), "channel": "post"},
        "holder": {"agency": "me-dhhs", "kind": "state_agency", "jurisdiction": "us-me"},
        "requester": {"class": "police_state"},
        "instrument": {
            "kind": "letter",
            "issuer": "officer",
            "written": "yes",
            "status": "live",
            "scope": {"persons": "named", "fields": "stated"},
        },
        "purpose": "locate_fugitive",
        "grounds": ["fleeing_felony"],
        "subjects": [
            {
                "ref": ref,
                "relation": "named" if n < 2 else "household_member",
                "applicant": "yes" if n % 2 else "unknown",
                "flags": ["minor"] if n == persons - 1 else [],
            }
            for n, ref in enumerate(refs)
        ],
        "records": [
            {"program": "snap", "fields": [f"{r}.{f}" for r in refs for f in _FIELDS[:fields]]}
        ],
        "findings": {
            "requester_identified": "yes",
            "official_capacity": "yes",
            "locating_is_official_duty": "yes",
        },
    }


def record_requests(engine: Engine, demand: Demand) -> list[tuple[PolicySet, list[Request]]]:
    """Decide once and note every batch that the rulings need, without explanations."""
    batches: list[tuple[PolicySet, list[Request]]] = []
    decide = PolicySet.decide

    def noting(
        self: PolicySet, requests: list[Request], entities: cedarpy.Entities
    ) -> list[Response]:
        batches.append((self, list(requests)))
        return decide(self, requests, entities)

    PolicySet.decide = noting  # type: ignore[method-assign,assignment]
    try:
        engine.decide(demand, explain=False)
    finally:
        PolicySet.decide = decide  # type: ignore[method-assign]
    return batches


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that the work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def cold_start(demand: dict[str, Any], folder: Path) -> float:
    """Return the seconds of one whole ``clerestory decide`` in a new process."""
    path = folder / "bench-demand.json"
    path.write_text(json.dumps(demand, default=str))
    command = [sys.executable, "-c", "from clerestory.cli import main; main()", "decide", str(path)]
    return timed(lambda: subprocess.run(command, check=True, capture_output=True))


def measure(persons: int, fields: int, rounds: int, folder: Path) -> dict[str, float]:
    """Return the medians in seconds and the ratios to the bare run of the same round."""
    stack = load_stack(HOME / "packs", ["us-federal", "us-me"])
    written = demand_of(persons, fields)
    demand = read_demand(written, stack.vocabulary)
    engine = Engine.of(stack, date(2026, 3, 2))
    batches = record_requests(engine, demand)
    entities = engine.law.entities(demand.items)
    distinct = max(len(requests) for _, requests in batches)
    times = len(demand.items) / distinct

    def bare() -> None:
        for policies, requests in batches:
            cedarpy.is_authorized_batch(
                [dict(request) for request in requests], policies.handle, entities
            )

    rows = [
        (
            timed(bare),
            timed(lambda: engine.decide(demand, explain=False)),
            timed(lambda: engine.decide(demand)),
        )
        for _ in range(rounds)
    ]
    first = [row[0] for row in rows]
    return {
        "rulings": len(demand.items),
        "distinct_cases": distinct,
        "bare_s": statistics.median(first),
        "rulings_s": statistics.median(row[1] for row in rows),
        "with_changes_s": statistics.median(row[2] for row in rows),
        "ratio_to_bare": statistics.median(row[1] / row[0] for row in rows),
        "ratio_to_bare_each_ruling": statistics.median(row[1] / (row[0] * times) for row in rows),
        "changes_extra_s": statistics.median(row[2] - row[1] for row in rows),
        "cold_decide_s": statistics.median(cold_start(demand_of(1, 5), folder) for _ in range(3)),
    }


def main() -> None:
    """Print the figures as a table, or as JSON."""
    import tempfile

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--small", action="store_true", help="two persons, five fields, one round")
    options = parser.parse_args()
    persons, fields, rounds = (2, 5, 1) if options.small else (5, 40, 7)
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(persons, fields, rounds, Path(folder))
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    for name, value in figures.items():
        print(f"{name:28} {value:10.3f}")


if __name__ == "__main__":
    main()
