"""What a type checker knows of ``import clerestory``; it is checked by mypy and never run.

A line with an ignored error is one that must be refused: an ignore that nobody needs is an error.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import assert_type

import clerestory
from clerestory import (
    Corruption,
    Demand,
    Determination,
    Law,
    Outcome,
    Refusal,
    Ruling,
    Verified,
    VerifiedLog,
)

assert_type(clerestory.__version__, str)

law = clerestory.load_law("us-me")
assert_type(law, Law)
assert_type(clerestory.load_law("us-federal", "us-me", folder="packs"), Law)
assert_type(clerestory.load_law("us-me", folder=Path("packs"), profiles=Path("profiles")), Law)
assert_type(law.packs, tuple[str, ...])
assert_type(law.digest, str)
clerestory.load_law(Path("us-me"))  # type: ignore[arg-type]
clerestory.load_law("us-me", "packs", Path("packs"))  # type: ignore[arg-type]

demand = clerestory.read_demand("demand.yaml", law)
assert_type(demand, Demand)
assert_type(clerestory.read_demand(Path("demand.yaml"), law), Demand)
assert_type(clerestory.read_demand({"format": "clerestory-demand/1"}, law), Demand)
clerestory.read_demand(b"demand.yaml", law)  # type: ignore[arg-type]
clerestory.read_demand("demand.yaml", "us-me")  # type: ignore[arg-type]

answer = clerestory.decide(demand, law, date(2026, 10, 21))
assert_type(answer, Determination)
assert_type(clerestory.decide(demand, law, on=date(2026, 10, 21)), Determination)
assert_type(answer.rulings, tuple[Ruling, ...])
assert_type(answer.rulings[0].outcome, Outcome)
assert_type(answer.alarms, tuple[str, ...])
clerestory.decide(demand, law)  # type: ignore[call-arg]
clerestory.decide(demand, law, "2026-10-21")  # type: ignore[arg-type]
answer.overall = "release"  # type: ignore[misc]

verified = clerestory.verify_package("a.tar.age", sender="a+1+b", log_key=Path("log.vkey"))
assert_type(verified, Verified)
assert_type(verified.demand_id, str | None)
assert_type(
    clerestory.verify_package(
        Path("a.tar.age"), sender=Path("s.vkey"), log_key="a+1+b", identity=Path("id.txt")
    ),
    Verified,
)
assert_type(clerestory.verify_package("a", sender="s", log_key="l", identity=b"AGE"), Verified)
clerestory.verify_package("a.tar.age", "a+1+b", "a+1+b")  # type: ignore[call-arg]
clerestory.verify_package("a.tar.age", sender="a+1+b")  # type: ignore[call-arg]
clerestory.verify_package("a.tar.age", sender=b"a", log_key="l")  # type: ignore[arg-type]

log = clerestory.verify_log("public", log_key="a+1+b")
assert_type(log, VerifiedLog)
assert_type(clerestory.verify_log(Path("p"), log_key=Path("k"), earlier=Path("seen")), VerifiedLog)
assert_type(
    clerestory.verify_log(Path("p"), log_key="k", earlier="seen", proof=Path("old-5")), VerifiedLog
)
assert_type(log.size, int)
assert_type(log.root, bytes)
assert_type(log.checkpoint, str)
clerestory.verify_log("public")  # type: ignore[call-arg]
clerestory.verify_log("public", log_key="k", earlier=log)  # type: ignore[arg-type]
clerestory.verify_log("public", log_key="k", earlier="seen", proof=b"")  # type: ignore[arg-type]

clerestory.load_packs("us-me")  # type: ignore[attr-defined]

try:
    clerestory.verify_log("public", log_key="a+1+b")
except Refusal as refusal:
    assert_type(refusal.code, str)
except Corruption as corruption:
    assert_type(corruption.todo, str)

names: Sequence[str] = clerestory.__all__
