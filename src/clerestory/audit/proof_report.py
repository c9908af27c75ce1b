"""How a proof came out, told to people and to programs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from typing import Any

from clerestory.kernel.canonical import Json

PROVED, REFUTED, NOT_PROVED = "proved", "refuted", "not proved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How one promise came out. ``demand`` breaks it, on the day ``on``, where it is refuted.

    ``source`` is who supplied the field that it asks: the agency's catalogue says so, no demand.
    """

    promise: str
    says: str
    result: str
    on: date
    laws: int
    demand: Mapping[str, Any] | None = field(default=None, repr=False)
    policies: tuple[str, ...] = ()
    source: str = ""

    def to_json(self) -> dict[str, Json]:
        """Return the proof for programs."""
        return {
            "promise": self.promise,
            "says": self.says,
            "result": self.result,
            "laws": self.laws,
            "on": self.on.isoformat(),
            "demand": dict(self.demand) if self.demand else None,
            "policies": list(self.policies),
            "source": self.source,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofReport:
    """All promises of a stack of packs."""

    packs: tuple[str, ...]
    digest: str
    proofs: tuple[Proof, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether every promise was proved; without promises nothing is."""
        return bool(self.proofs) and all(proof.result == PROVED for proof in self.proofs)

    def lines(self, *, shown: bool = True) -> Iterator[str]:
        """Yield the report for people, with the demands that break a promise if ``shown``."""
        import yaml

        yield f"{' + '.join(self.packs)}, digest {self.digest[:16]}"
        for proof in self.proofs:
            yield f"{proof.result:10}  {proof.promise}: {proof.says}"
            if proof.demand is not None:
                yield (
                    f"            broken on {proof.on} by {', '.join(proof.policies)}, of a field "
                    f"whose source is {proof.source}"
                )
                if shown:
                    yield yaml.safe_dump(dict(proof.demand), sort_keys=False)
        counts = Counter(proof.result for proof in self.proofs)
        laws = self.proofs[0].laws if self.proofs else 0
        yield (
            f"{counts[PROVED]} proved, {counts[REFUTED]} refuted, {counts[NOT_PROVED]} not proved, "
            f"each for all demands under {laws} laws of different days ({self.seconds:.1f} s)"
        )

    def record(self) -> dict[str, Json]:
        """Return what is kept of a proof: the same packs and solver give the same record."""
        return {
            "packs": list(self.packs),
            "proved": [proof.promise for proof in self.proofs],
            "laws": max(proof.laws for proof in self.proofs),
            "solver": f"z3 {version('z3-solver')}",
        }

    def to_json(self) -> dict[str, Json]:
        """Return the report for programs."""
        return {
            "packs": list(self.packs),
            "digest": self.digest,
            "holds": self.holds,
            "proofs": [proof.to_json() for proof in self.proofs],
        }
