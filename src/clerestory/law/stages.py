"""The stages of the law, declared once: what each knows, what it gives, what its policies must say.

What a stage finds is a set of words, and a fact for the stages after it. All three interpreters,
the checks of a pack and the documentation read this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One action of a policy.

    Attributes:
        action: Cedar's action.
        knows: The sets that are filled when its policies are asked, besides the demand's facts.
        gives: Which set it fills, with the annotation that names the words. ``mandated`` takes
            the words of mandates alone, ``barred`` those of forbids.
        needs: The annotations without which one of its permits says nothing.
        forbids: The annotations without which one of its forbids says nothing; ``None`` where a
            forbid has no meaning.
    """

    action: str
    knows: tuple[str, ...] = ()
    gives: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    forbids: tuple[str, ...] | None = None


_LOCKS = ("established", "lifted", "mandated")
_ALL = (*_LOCKS, "barred")
STAGES: tuple[Stage, ...] = (
    Stage(action="define", gives={"established": "establishes"}, needs=("establishes",)),
    Stage(
        action="lift",
        knows=("established",),
        gives={"lifted": "lifts", "mandated": "lifts"},
        needs=("lifts",),
    ),
    # What it lifts is tried for a coarser answer alone, and is no fact for the stages after it.
    Stage(action="lift_coarsened", knows=_ALL, needs=("lifts", "coarsen_to")),
    Stage(action="disclose", knows=_LOCKS, gives={"barred": "bars"}, forbids=("bars",)),
    Stage(action="refer", knows=_ALL, forbids=()),
    Stage(action="consider", knows=_ALL),
    Stage(action="oblige", knows=(*_ALL, "outcome"), needs=("duty",)),
)
BY_ACTION: Mapping[str, Stage] = {stage.action: stage for stage in STAGES}
GIVEN_BY: Mapping[str, tuple[str, str]] = {
    name: (stage.action, note) for stage in STAGES for name, note in stage.gives.items()
}
"""For each set the action that fills it, and the annotation with its words."""
STAGE_SETS = tuple(GIVEN_BY)
