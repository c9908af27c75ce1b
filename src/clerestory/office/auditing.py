"""The whole audit of an office: its chain, its papers, its look-ups, and what the law made of it.

The chain is checked from the log and its signatures alone. Beside that, every paper that is kept
must be the one that its act binds, every look-up must be of a matter, and every determination is
decided again under the law that it names.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from clerestory.acts import OFFICE_CHAIN, Signed, Statement
from clerestory.audit.chain import ChainCheck, Discrepancy, Logged
from clerestory.audit.decided_again import DecidedAgain, Kept
from clerestory.audit.sources_of_fields import sources_of
from clerestory.demands import demand_json, read_demand
from clerestory.kernel import ClerestoryError
from clerestory.kernel.canonical import digest_of
from clerestory.law import PackStack
from clerestory.office.asked import OwnLaw, law_here
from clerestory.office.deciding import settled_demand
from clerestory.office.kept import decision_from, is_as_bound, keeps_paper
from clerestory.office.matters import acts_in, stands_on
from clerestory.office.office import Office
from clerestory.office.papers import read_paper
from clerestory.office.walking import walk
from clerestory.policy import Engine
from clerestory.store.models import ActRow, MatterRow, PaperRow


@dataclass(slots=True)
class Audited:
    """What an audit went through."""

    entries: int = 0
    matters: int = 0
    papers: int = 0
    decided: int = 0
    sampled: int = 0
    found: int = 0


@dataclass(slots=True, kw_only=True)
class OfficeAudit:
    """One audit; ``run`` yields what it finds, and ``counted`` says what it went through.

    Attributes:
        office: Which office.
        founding: The digest of its founding, as it was given out; its own where none is given.
        laws: Older law by its digest; the office's law of today is known.
        seed: What the sample for Cedar is drawn with.
        share: Which share of the determinations Cedar decides again.
        progress: Told the number of entries that were checked, now and then.
    """

    office: Office
    founding: str | None = None
    laws: Mapping[str, PackStack] = field(default_factory=dict, repr=False)
    seed: int = 0
    share: float = 0.05
    progress: Callable[[int], None] | None = None
    counted: Audited = field(default_factory=Audited)
    _suspended: set[str] = field(default_factory=set, init=False, repr=False)

    def run(self) -> Iterator[Discrepancy]:
        """Check all; nothing is written, and it may be stopped anywhere."""
        for each in self._all():
            self.counted.found += 1
            yield each

    def _all(self) -> Iterator[Discrepancy]:
        office = self.office
        # An audit is held too where the law may not answer: its review is over, say.
        law = law_here(office)
        again = DecidedAgain(
            {law.stack.digest: law.stack, **self.laws}, sources_of(law.agency, law.profiles),
            seed=self.seed, share=self.share,
        )  # fmt: skip
        check = ChainCheck(
            office.table, origin=office.origin, founding=self.founding or office.founding
        )
        for logged in walk(office):
            self.counted.entries += 1
            yield from check.take(logged)
            if logged.signed is not None:
                yield from self._act(logged, logged.signed, again, law)
            if self.progress is not None and self.counted.entries % 100 == 0:
                self.progress(self.counted.entries)
        yield from again.end()
        self.counted.decided, self.counted.sampled = again.counted.decided, again.counted.sampled
        yield from self._tables()
        yield from self._lookups()

    def _act(
        self, logged: Logged, signed: Signed, again: DecidedAgain, law: OwnLaw
    ) -> Iterator[Discrepancy]:
        told = signed.statement
        self._note_suspension(told)
        self.counted.matters += told.act == "receive"
        if told.act != "decide" and not keeps_paper(told):
            return
        try:
            content = read_paper(self.office, told.matter, told.position)
        except ClerestoryError as fault:
            yield Discrepancy(
                code="paper-unreadable", what=f"what came with an act is kept: {fault.code}",
                index=logged.index, matter=told.matter, position=told.position,
            )  # fmt: skip
            return
        self.counted.papers += 1
        if told.act == "decide":
            parts = decision_from(told, content)
            if parts is None:
                yield _altered(logged, signed)
                return
            yield from self._opened_by_suspended(logged, signed, parts)
            yield from self._other_facts(logged, signed, parts, law)
            yield from again.take(
                Kept(
                    matter=told.matter,
                    position=told.position,
                    index=logged.index,
                    on=told.on,
                    law=told.facts.get("law", ""),
                    catalogue=told.facts.get("catalogue", ""),
                    parts=parts,
                )
            )
        elif not is_as_bound(told, content):
            yield _altered(logged, signed)

    def _note_suspension(self, told: Statement) -> None:
        if told.matter == OFFICE_CHAIN and told.act in {"suspend", "resume"}:
            authority = {told.facts.get("authority", "")}
            self._suspended = self._suspended - authority
            if told.act == "suspend":
                self._suspended |= authority

    def _opened_by_suspended(
        self, logged: Logged, signed: Signed, parts: Mapping[str, Any]
    ) -> Iterator[Discrepancy]:
        """Tell of a suspension that stood in the log before a decision and is no fact of it."""
        told = signed.statement
        known = {one.get("authority") for one in parts["demand"].get("suspensions") or ()}
        for authority in sorted(self._suspended - known):
            yield Discrepancy(
                code="decision-suspended",
                what=f"a decision knows each authority that is suspended: {authority}",
                index=logged.index, matter=told.matter, position=told.position,
            )  # fmt: skip

    def _other_facts(
        self, logged: Logged, signed: Signed, parts: Mapping[str, Any], law: OwnLaw
    ) -> Iterator[Discrepancy]:
        """Tell of a decision on other facts than those that were established in its matter."""
        told = signed.statement
        stack = {law.stack.digest: law.stack, **self.laws}.get(told.facts.get("law", ""))
        if stack is None:
            return  # told as such where it is decided again
        try:
            acts = acts_in(self.office, told.matter, told.position)
            engine = Engine.of(stack, told.on, sources_of(law.agency, law.profiles))
            demand, _ = settled_demand(
                self.office, replace(law, stack=stack), told.matter, acts, engine
            )
            # Which authorities were suspended then is held against the log beside this.
            kept = read_demand(parts["demand"], stack.vocabulary)
            now = demand_json(replace(demand, suspensions=kept.suspensions))
            same = (digest_of(now), stands_on(acts)) == (
                told.facts.get("demand"), told.facts.get("stands_on"),
            )  # fmt: skip
        except ClerestoryError:
            same = False
        if not same:
            yield Discrepancy(
                code="decision-other-facts",
                what="a decision stands on what was established in its matter before it",
                index=logged.index, matter=told.matter, position=told.position,
            )  # fmt: skip

    def _tables(self) -> Iterator[Discrepancy]:
        """Tell of rows for which no act stands: written by hand, beside the log."""
        acts = ActRow.objects.values_list("chain", flat=True).distinct()
        for matter in MatterRow.objects.exclude(id__in=acts).values_list("id", flat=True):
            yield Discrepancy(
                code="matter-unreceived", what="a matter was received by an act", matter=matter
            )
        known = set(ActRow.objects.values_list("chain", "position"))
        for place in PaperRow.objects.values_list("matter_id", "position"):
            if place not in known:
                yield Discrepancy(
                    code="paper-unbound", what="a paper came with an act", matter=place[0],
                    position=place[1],
                )  # fmt: skip
        for matter, state in MatterRow.objects.values_list("id", "state"):
            last = ActRow.objects.filter(chain=matter).order_by("-position").first()
            if last is not None and last.state != state:
                yield Discrepancy(
                    code="matter-state", what=f"a matter stands where its last act led: {state}",
                    matter=matter,
                )  # fmt: skip

    def _lookups(self) -> Iterator[Discrepancy]:
        """Tell of each look into the records that is of no matter."""
        holdings = self.office.holdings
        if holdings is None:
            return
        holdings.lookups.verify()
        matters = set(MatterRow.objects.values_list("id", flat=True))
        for number, matter in enumerate(holdings.lookups.demands(), 1):
            if matter not in matters:
                yield Discrepancy(
                    code="lookup-without-matter",
                    what=f"a look into the records is of a matter: line {number}",
                )


def _altered(logged: Logged, signed: Signed) -> Discrepancy:
    told = signed.statement
    return Discrepancy(
        code="paper-altered", what=f"what is kept of an act is what it binds: {told.act}",
        index=logged.index, matter=told.matter, position=told.position,
    )  # fmt: skip
