"""How long the proof of all promises and a comparison of two laws take, beside their goals.

One run proves every promise of each stack on every law of different days, and compares two laws.
"""

import argparse
import json
import time
from datetime import date
from pathlib import Path

from clerestory.audit.law_choice import choose_law
from clerestory.audit.law_diff import diff_laws
from clerestory.audit.proof import PROVED, prove
from clerestory.law.packs import load_stack
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.model.law_of_the_day import LawOfTheDay

PACKS = Path(__file__).parents[1] / "packs"
ON = date(2026, 11, 2)
# After a change all is proved anew, so the goal is the one for a change and not for a first proof.
GOALS = {"prove_both_processor_s": 10.0, "diff_s": 60.0}


def measure() -> dict[str, float]:
    """Return seconds, counts and the shares of the goals that were used."""
    figures: dict[str, float] = {}
    total, processor = 0.0, time.process_time()
    for name in ("us-federal", "us-me"):
        report = prove(load_stack(PACKS, [name]))
        figures[f"{name}_s"] = report.seconds
        figures[f"{name}_proved"] = sum(proof.result == PROVED for proof in report.proofs)
        figures[f"{name}_promises"] = len(report.proofs)
        figures[f"{name}_laws"] = max(proof.laws for proof in report.proofs)
        total += report.seconds
    processor = time.process_time() - processor
    started = time.perf_counter()
    found = diff_laws(
        choose_law("us-me@2026-03-02", PACKS, ON), choose_law("us-me@2026-11-02", PACKS, ON)
    )
    figures |= {
        "prove_both_s": total,
        "prove_both_processor_s": processor,
        "diff_s": time.perf_counter() - started,
        "diff_kinds": len(found.changes),
    }
    figures |= {f"{name} / goal": figures[name] / goal for name, goal in GOALS.items()}
    circuit = circuit_of(LawOfTheDay.assemble(load_stack(PACKS, ["us-me"]), ON))
    return {**figures, "nodes": len(circuit.nodes)}


def main() -> None:
    """Print the figures as a table, or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure()
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    for name, value in figures.items():
        print(f"{name:24} {value:10.3f}")


if __name__ == "__main__":
    main()
