"""What ``import clerestory`` offers on the law: read packs, read a demand, decide it.

Paths may be given as text or as :class:`~pathlib.Path`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from clerestory.audit.installed import installed_data
from clerestory.audit.sources_of_fields import FieldSources, sources_of
from clerestory.demands import Demand, Determination, check_day_of_answer, load_document
from clerestory.demands import read_demand as read_document
from clerestory.kernel import Refusal
from clerestory.law.packs import PackStack, available_packs, load_stack
from clerestory.policy import Engine

StrPath = str | os.PathLike[str]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Law:
    """Packs in use together, of every day that they know; made by :func:`load_law`.

    Attributes:
        stack: The packs as they were read.
        profiles: The folder of agencies' profiles, which say where each field comes from.
    """

    stack: PackStack
    profiles: Path

    def __repr__(self) -> str:
        return f"Law({', '.join(self.packs)})"

    @property
    def packs(self) -> tuple[str, ...]:
        """Each pack with its version, such as ``us-me 2026.11+d14cba12a453``, and the codes'."""
        return self.stack.names

    @property
    def digest(self) -> str:
        """The SHA-256 over all of it, as 64 hexadecimal digits; a determination names the same."""
        return self.stack.digest

    def sources_of(self, agency: str) -> FieldSources:
        """Return who supplied each field of an agency; nothing where no profile is its own."""
        return sources_of(agency, self.profiles)


def load_law(*packs: str, folder: StrPath | None = None, profiles: StrPath | None = None) -> Law:
    """Read packs, and all that they require, as the law of every day.

    Args:
        packs: Names such as ``"us-me"``; what a pack requires comes with it.
        folder: The folder in which they lie; those that come with the program where none is
            given.
        profiles: The folder of agencies' profiles; ``profiles`` beside the packs where none is
            given and there is one, else those that come with the program.

    Raises:
        Refusal: No pack is named, one is missing or at fault, or two contradict each other; the
            message names file and line.

    Since: 0.1.0
    """
    home = installed_data()
    lie = Path(folder) if folder is not None else home / "packs"
    if not packs:
        raise Refusal(
            "the law must be named by at least one pack", code="law-no-pack",
            todo=f"choose from: {', '.join(available_packs(lie)) or f'none found in {lie}'}",
        )  # fmt: skip
    beside = lie.parent / "profiles"
    agencies = Path(profiles) if profiles else beside if beside.is_dir() else home / "profiles"
    return Law(stack=load_stack(lie, packs), profiles=agencies)


def read_demand(source: StrPath | Mapping[str, object], law: Law) -> Demand:
    """Read a demand in its written form, ``clerestory-demand/1``.

    Args:
        source: The YAML or JSON file, or the same form as a mapping.
        law: The law whose codes the demand uses.

    Raises:
        Refusal: The form is not followed, the facts contradict each other, or a code is not known;
            the message names the place.

    Since: 0.1.0
    """
    document = source if isinstance(source, Mapping) else load_document(Path(source))
    return read_document(document, law.stack.vocabulary)


def decide(demand: Demand, law: Law, on: date) -> Determination:
    """Decide a demand, person by person and field by field, under the law of one day.

    What is not known is not taken for yes, and what no policy opens is withheld. The same demand,
    law and day give the same determination, whoever decides.

    Args:
        demand: The demand with the findings that were made.
        law: The law, of which the part in force on the day decides.
        on: The holder's local day.

    Returns:
        A ruling for each person and field asked for, with its authorities, reasons, and what would
        change it. ``alarms`` names every policy that could not be evaluated: what it touches is
        withheld, and the pack is to be mended.

    Raises:
        TypeError: ``on`` is not a day; a time is none, since its day depends on where one is.
        Refusal: ``on`` lies before the day on which the demand was received.

    Since: 0.1.0
    """
    # A datetime is a date by inheritance, and would be taken for the day of its own time zone.
    if type(on) is not date:
        raise TypeError(f"on must be a datetime.date and nothing more: {on!r}")
    check_day_of_answer(demand, on)
    engine = Engine.of(law.stack, on, law.sources_of(demand.holder.agency))
    return engine.decide(demand)
