"""A comparison that others can repeat: scenario, laws, demands and result in one file.

Whoever has the same packs, and the same demands or their seed, gets the same digest or learns which
of these is another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from typing import Any

from clerestory.audit.lab.compare import Compared
from clerestory.audit.lab.regimes import Regimes
from clerestory.audit.lab.report import notice, to_json
from clerestory.audit.lab.scenario import BadScenario
from clerestory.kernel import BadFile, digest_of
from clerestory.kernel.canonical import Json
from clerestory.kernel.reading import parse_document
from clerestory.kernel.time import BadTime, parse_day

FORMAT = "clerestory-comparison/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A comparison file that was read. On ``days`` its laws are taken again, whatever day it is."""

    scenario: str
    inputs: Mapping[str, Json] = field(repr=False)
    result: Mapping[str, Json] = field(repr=False)
    days: Mapping[str, date]
    digest: str


def inputs_of(regimes: Regimes, demands: Json) -> dict[str, Json]:
    """Return all that a result rests on: the scenario's text, the laws, the demands."""
    laws: dict[str, Json] = {
        name: {"packs": list(law.choice.stack.names), "digest": law.choice.stack.digest,
               "on": law.choice.on.isoformat()}
        for name, law in regimes.laws.items()
    }  # fmt: skip
    return {"scenario": regimes.scenario.text, "laws": laws, "demands": demands}


def share(inputs: Mapping[str, Json], found: Compared) -> dict[str, Json]:
    """Return the file to share; its digest is over inputs and result."""
    result = to_json(found)
    return {
        "format": FORMAT,
        "notice": notice(found),
        "inputs": dict(inputs),
        "result": result,
        "digest": digest_of({"inputs": dict(inputs), "result": result}),
        "made_with": f"clerestory {version('clerestory')}",
    }


def read_shared(text: str) -> Shared:
    """Read a comparison file, and check that it is whole.

    Raises:
        BadScenario: It is no such file, or was changed after it was made.
    """
    try:
        document: Any = parse_document(text.encode(), file="the file", kind="json").value
        inputs, result, digest = (document[key] for key in ("inputs", "result", "digest"))
        scenario, laws, _ = (inputs[key] for key in ("scenario", "laws", "demands"))
        days = {name: parse_day(law["on"]) for name, law in laws.items()}
        computed = digest_of({"inputs": inputs, "result": result})
    except (BadFile, ValueError, KeyError, TypeError, AttributeError, BadTime) as fault:
        raise BadScenario(
            "this is neither a scenario nor a comparison that was written by lab compare",
            todo="give a scenario (.toml) or the comparison.json of an earlier run",
        ) from fault
    if document.get("format") != FORMAT or computed != digest:
        raise BadScenario(
            f"the comparison was changed after it was made: its digest is {computed[:16]}, "
            f"it says {str(digest)[:16]}",
            code="lab-comparison-changed",
            todo="ask for the file again from whoever made it",
        )
    return Shared(
        scenario=str(scenario), inputs=inputs, result=result, days=days, digest=digest
    )  # fmt: skip


def differences(shared: Shared, inputs: Mapping[str, Json]) -> Iterator[str]:
    """Yield what is not the same here as where the comparison was made."""
    theirs, ours = _laws(shared.inputs), _laws(inputs)
    for name in sorted({*theirs, *ours}):
        if theirs.get(name) != ours.get(name):
            yield f"the law {name}"
    if shared.inputs["demands"] != inputs["demands"]:
        yield "the demands"


def _laws(inputs: Mapping[str, Json]) -> Mapping[str, Json]:
    laws = inputs["laws"]
    return laws if isinstance(laws, Mapping) else {}
