"""Which law is meant: a pack by name or by folder, on a day."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from clerestory.kernel.time import BadTime, parse_day
from clerestory.law.errors import PackFault
from clerestory.law.packs import PackStack, check_whole, load_pack, load_stack, stack_packs


@dataclass(frozen=True, slots=True)
class LawChoice:
    """A stack of packs and the day whose law counts. ``name`` is how it was asked for."""

    name: str
    stack: PackStack = field(repr=False)
    on: date

    @property
    def mark(self) -> str:
        """What tells this law from every other: its packs' digest, and the day."""
        return f"{self.stack.digest} {self.on}"


def choose_law(wanted: str, packs_folder: Path, today: date) -> LawChoice:
    """Return the law that ``us-me``, ``drafts/us-me`` or ``us-me@2026-03-02`` names.

    A pack in a folder of its own is a draft: what it requires comes from the packs in use.

    Raises:
        PackFault: There is no such pack, it is at fault, or the day cannot be read.
    """
    place, at, day = wanted.partition("@")
    try:
        on = parse_day(day) if at else today
    except BadTime as fault:
        raise PackFault(
            f"not a day: {day or wanted}", code="law-not-a-day", todo="write it as us-me@2026-03-02"
        ) from fault
    folder = Path(place)
    if not (folder / "pack.toml").is_file():
        return LawChoice(wanted, load_stack(packs_folder, [place]), on)
    draft = load_pack(folder)
    check_whole(draft)
    stack = stack_packs([draft.name], packs_folder, {draft.name: draft})
    return LawChoice(wanted, stack, on)
