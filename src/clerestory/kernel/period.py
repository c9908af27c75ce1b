"""Half-open periods of days."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from ``valid_from`` up to, and not including, ``valid_to``; ``None`` is open.

    Raises:
        ValueError: The end is not after the start.

    >>> date(2026, 1, 6) in Period(valid_from=date(2025, 8, 12), valid_to=date(2026, 1, 6))
    False
    """

    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise ValueError(
                f"a period must end after it starts: {self.valid_from} {self.valid_to}"
            )

    def __contains__(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on < self.valid_to
        )
