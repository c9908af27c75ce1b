"""Half-open periods of days."""

from dataclasses import dataclass
from datetime import date, timedelta

from clerestory.kernel.time import month_text


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

    def covers(self, other: "Period") -> bool:
        """Whether each day of the other period is one of this.

        >>> january = Period(valid_from=date(2026, 1, 1), valid_to=date(2026, 2, 1))
        >>> Period(valid_from=date(2026, 1, 1)).covers(january), january.covers(Period())
        (True, False)
        """
        starts = self.valid_from is None or (
            other.valid_from is not None and self.valid_from <= other.valid_from
        )
        ends = self.valid_to is None or (
            other.valid_to is not None and other.valid_to <= self.valid_to
        )
        return starts and ends


def months_of(period: Period) -> tuple[str, ...]:
    """Every month of which a day is in a period with a first and a last day, oldest first.

    Raises:
        ValueError: The period has no beginning or no end.

    >>> months_of(Period(valid_from=date(2025, 12, 31), valid_to=date(2026, 2, 1)))
    ('2025-12', '2026-01')
    """
    if period.valid_from is None or period.valid_to is None:
        raise ValueError("only a period with a first and a last day has so many months")
    first, last = period.valid_from, period.valid_to - timedelta(days=1)
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return tuple(month_text(date(number // 12, number % 12 + 1, 1)) for number in numbers)


def whole_months(period: Period) -> Period:
    """The period from the first day of its first month to the last day of its last.

    >>> whole_months(Period(valid_from=date(2026, 1, 15), valid_to=date(2026, 2, 1))).valid_from
    datetime.date(2026, 1, 1)
    """
    first, after = period.valid_from, period.valid_to
    if after is not None and after.day != 1:
        # The calendar ends in December 9999: a period that goes so far has no end.
        last = (after.year, after.month) == (date.max.year, 12)
        after = None if last else date(after.year + after.month // 12, after.month % 12 + 1, 1)
    return Period(valid_from=first and first.replace(day=1), valid_to=after)
