"""The gate before a law answers demands: four steps, and nothing is written unless all pass.

1. **Check**: every file is whole, and no policy can fail when it is asked.
2. **Proof**: every promise is proved for all demands.
3. **Known answers**: every known answer is given as it is known; nothing is over-released.
4. **Changes**: whatever the new law answers otherwise than the active one was reviewed.

A step that cannot be finished has failed: a law that cannot be compared is not a law that changes
nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from clerestory.audit.case_score import CaseTally, score_files
from clerestory.audit.gate.changes import Changes
from clerestory.audit.gate.found import Found
from clerestory.audit.gate.report import ANSWERS, CHECK, PROOF, GateReport, Step
from clerestory.audit.gate.reviewed import FILE, HEADER, read_reviewed
from clerestory.audit.pack_check import check_packs
from clerestory.audit.proof import prove
from clerestory.audit.proof_report import ProofReport
from clerestory.demands.errors import BadDemand
from clerestory.kernel.canonical import Json
from clerestory.kernel.files import write_whole
from clerestory.law.activation import activate, kept_law, list_active
from clerestory.law.packs import available_packs, load_stack


def pass_gate(
    packs_folder: Path,
    files: Sequence[Path],
    *,
    timeout_ms: int = 30_000,
    say: Callable[[str], None] = lambda _: None,
) -> GateReport:
    """Take all packs of a folder through the gate, and make them active if every step passes.

    Args:
        packs_folder: The folder of packs.
        files: The known answers beside those of the packs themselves.
        timeout_ms: How long one question to the solver may take.
        say: Is told, from time to time, how far the work is.

    Raises:
        PackFault: A pack or the reviewed file cannot be read, or the files of the active law are
            missing or were altered.
        OutsideSubset: A promise uses what cannot be translated.
        InterpretersDisagree: Cedar does not confirm an example.
    """
    gate = _Gate(packs_folder, files, timeout_ms, say)
    # Asked first, since all the rest is in vain without a law to compare with.
    gate.kept = kept_law(packs_folder)
    read_reviewed(packs_folder)
    for step in (gate.check, gate.prove, gate.score, gate.compare):
        gate.steps.append(step())
        if not gate.steps[-1].passed:
            return gate.report(activated=False)
    gate.activate()
    return gate.report(activated=True)


@dataclass
class _Gate:
    folder: Path
    files: Sequence[Path]
    timeout_ms: int
    say: Callable[[str], None]
    kept: Path | None = None
    steps: list[Step] = field(default_factory=list)
    found: tuple[Found, ...] = ()
    proofs: list[ProofReport] = field(default_factory=list)

    def check(self) -> Step:
        """Check every pack whole."""
        self.say("checking the packs")
        report = check_packs(self.folder, casebook=self.files, say=self.say)
        lines = [str(flaw) for flaw in report.faults]
        return Step(
            name=CHECK, passed=not lines, lines=(*lines, *list(report.lines())[-1:]),
            detail=report.to_json(),
        )  # fmt: skip

    def prove(self) -> Step:
        """Prove every promise of every stack."""
        for name in available_packs(self.folder):
            stack = load_stack(self.folder, [name])
            self.say(f"proving the law of {name}")
            self.proofs.append(prove(stack, timeout_ms=self.timeout_ms, say=self.say))
        lines = [line for report in self.proofs for line in _told(report)]
        detail: Json = [report.to_json() for report in self.proofs]
        holds = bool(self.proofs) and all(report.holds for report in self.proofs)
        return Step(name=PROOF, passed=holds, lines=tuple(lines), detail=detail)

    def score(self) -> Step:
        """Run every known answer."""
        tally, files = CaseTally(), self._all_files()
        try:
            for number, score in enumerate(score_files(self.folder, files), 1):
                tally.add(score)
                self.say(f"{number} known answers, {tally.failed} failed")
        except BadDemand as fault:
            return Step(name=ANSWERS, passed=False, lines=tuple(str(fault).splitlines()))
        good = tally.passed > 0 and not tally.failed and not tally.over_releases
        lines = [line for line in tally.lines() if not line.startswith("not covered")]
        if not tally.passed:
            lines.append("no known answer is here: what nothing shows is not activated")
        return Step(name=ANSWERS, passed=good, lines=tuple(lines), detail=tally.to_json())

    def compare(self) -> Step:
        """Hold every change since the active law against what was reviewed."""
        before = list_active(self.folder).values()
        changes = Changes(
            folder=self.folder,
            kept=self.kept,
            files=self._all_files(),
            promised=_proved(report.record() for report in self.proofs),
            promised_before=_proved(before),
            timeout_ms=self.timeout_ms,
            say=self.say,
        )
        step = changes.step()
        self.found = changes.found
        return step

    def activate(self) -> None:
        """Make the packs active, and leave the reviewed file empty."""
        path = self.folder / FILE
        entries = read_reviewed(self.folder)
        reviewed = path.read_bytes() if entries else b""
        activate(self.folder, {r.digest: r.record() for r in self.proofs}, reviewed)
        if entries:
            write_whole(path, HEADER.encode())

    def report(self, *, activated: bool) -> GateReport:
        """Return what came of the steps."""
        return GateReport(
            packs=tuple(dict.fromkeys(name for r in self.proofs for name in r.packs)),
            steps=tuple(self.steps),
            found=self.found,
            activated=activated,
            broken=tuple(p.demand for r in self.proofs for p in r.proofs if p.demand is not None),
        )

    def _all_files(self) -> list[Path]:
        own = sorted(path for path in self.folder.glob("*/cases/*.yaml"))
        return [*own, *(path for path in self.files if path not in own)]


def _proved(records: Iterable[Json]) -> frozenset[str]:
    """Return the ids of all promises that records of proofs name."""
    found: set[str] = set()
    for record in records:
        named = record.get("proved") if isinstance(record, Mapping) else None
        found |= set(map(str, named if isinstance(named, list) else []))
    return frozenset(found)


def _told(report: ProofReport) -> Iterator[str]:
    """Yield what is not proved, and the sum; what is proved needs no line."""
    lines = list(report.lines(shown=False))
    yield from (line for line in lines[1:-1] if not line.startswith("proved"))
    yield f"{report.packs[-2] if len(report.packs) > 1 else report.packs[0]}: {lines[-1]}"
