"""Hold the catalogue against a source: name every table and column that is missing."""

from dataclasses import dataclass

from clerestory.holdings.catalogue import Catalogue
from clerestory.holdings.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing the catalogue names and the source does not have.

    Attributes:
        column: ``None`` when the whole table is missing.
        needed_by: The fields, search keys and programs that would fail without it.
    """

    table: str
    column: str | None
    needed_by: tuple[str, ...]

    def __str__(self) -> str:
        what = (
            f"table {self.table}" if self.column is None else f"column {self.table}.{self.column}"
        )
        more = f" and {len(self.needed_by) - 3} more" if len(self.needed_by) > 3 else ""
        return f"{what} is missing, needed by {', '.join(self.needed_by[:3])}{more}"


def list_missing(source: Source, catalogue: Catalogue) -> tuple[Missing, ...]:
    """Every table and column of the catalogue that ``source`` lacks, in name order."""
    missing = []
    for table, columns in sorted(catalogue.columns_by_table().items()):
        held = source.columns_of(table)
        if held is None:
            by = dict.fromkeys(need for needs in columns.values() for need in needs)
            missing.append(Missing(table=table, column=None, needed_by=tuple(by)))
            continue
        missing += [
            Missing(table=table, column=column, needed_by=tuple(needs))
            for column, needs in sorted(columns.items())
            if column not in {one.name for one in held}
        ]
    return tuple(missing)
