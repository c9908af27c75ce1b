"""The stages of the law, declared once: their order, what each fills, and what it answers.

An item goes through the stages in the order of :data:`STAGES`. What a stage finds is a set of
words, and a fact for the stages after it; a stage that answers ends the way, and what none of them
answers is withheld. All interpreters, the checks of a pack and the documentation read this table.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Given:
    """How a set is filled: by which policies of a stage that are met, with which of their words.

    Attributes:
        note: The annotation that names the words.
        by: The policies: ``permit``, ``forbid``, or ``mandate`` for those that rest first on an
            authority that orders release.
    """

    note: str
    by: str = "permit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One action of a policy.

    Attributes:
        action: Cedar's action.
        gives: The sets that it fills, for the stages after it.
        answer: The answer that it gives where a permit is met and no forbid is.
        retries: A stage before, and one that answers. The first is taken as if policies of this
            stage that are met stood among its own, and the second is asked again. What is filled
            for that is tried and forgotten, and is no fact for the stages after it.
        knows: What it knows beside the demand's facts and the sets that stages before it fill.
        beside: Whether it is no part of the way: it is asked when the answer is there.
        needs: The annotations without which one of its permits says nothing.
        forbids: The annotations without which one of its forbids says nothing; ``None`` where a
            forbid has no meaning.
        may: Further annotations that are read.
    """

    action: str
    gives: Mapping[str, Given] = field(default_factory=dict)
    answer: str | None = None
    retries: tuple[str, ...] = ()
    knows: tuple[str, ...] = ()
    beside: bool = False
    needs: tuple[str, ...] = ()
    forbids: tuple[str, ...] | None = None
    may: tuple[str, ...] = ()

    @property
    def asked(self) -> str:
        """Cedar's action of the question that answers: it bears the name of the answer."""
        return self.answer or self.action

    @property
    def reads(self) -> frozenset[str]:
        """Every annotation that is read of its policies, beside those that are read of all."""
        return frozenset({*self.needs, *(self.forbids or ()), *self.may})


STAGES: tuple[Stage, ...] = (
    Stage(action="define", gives={"established": Given("establishes")}, needs=("establishes",)),
    Stage(
        action="lift",
        gives={"lifted": Given("lifts"), "mandated": Given("lifts", by="mandate")},
        needs=("lifts",),
    ),
    Stage(
        action="disclose",
        gives={"barred": Given("bars", by="forbid")},
        answer="release",
        forbids=("bars",),
    ),
    Stage(
        action="lift_coarsened",
        answer="coarsen",
        retries=("lift", "disclose"),
        needs=("lifts", "coarsen_to"),
    ),
    Stage(action="refer", answer="refer", forbids=(), may=("opinion", "lifts")),
    Stage(action="consider", beside=True),
    Stage(
        action="oblige",
        knows=("outcome",),
        beside=True,
        needs=("duty",),
        may=("basis", "within", "starts", "to", "content"),
    ),
)
DECIDING: Mapping[str, frozenset[tuple[str, str]]] = {
    "release": frozenset({("lift", "permit")}),
    "coarsen": frozenset({("lift", "permit"), ("lift_coarsened", "permit")}),
    # A mandate that meets a lock is named: counsel has to know what was ordered.
    "refer": frozenset({("refer", "permit"), ("lift", "mandate"), ("disclose", "forbid")}),
    "withhold": frozenset({("disclose", "forbid"), ("refer", "forbid")}),
}
"""For each answer the policies that decide it: of which action, and which (see ``Given.by``)."""
BY_ACTION: Mapping[str, Stage] = {stage.action: stage for stage in STAGES}
GIVEN_BY: Mapping[str, tuple[str, Given]] = {
    name: (stage.action, given) for stage in STAGES for name, given in stage.gives.items()
}
"""For each set the action that fills it, and how."""
STAGE_SETS = tuple(GIVEN_BY)


def way(stages: Iterable[Stage]) -> list[Stage]:
    """Return the stages that an item goes through until it is answered, in order."""
    return [stage for stage in stages if not stage.beside]


def known_to(action: str) -> frozenset[str]:
    """Return the sets that are filled, beside the demand's facts, when an action is asked.

    >>> sorted(known_to("lift"))
    ['established']
    """
    stage = BY_ACTION[action]
    before = STAGES[: STAGES.index(stage)]
    return frozenset(name for one in before for name in one.gives).union(stage.knows)
