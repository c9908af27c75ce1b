"""Whether an index is as new as the records: one that is older could hide a second person."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing

from clerestory.holdings.catalogue import Catalogue, SearchKey
from clerestory.holdings.row_digests import RowDigests, digest_of_row
from clerestory.holdings.source import Scalar, Source

# Who somebody is, without where they live.
IDENTITY = tuple(
    key for key in SearchKey if key not in {SearchKey.ADDRESS, SearchKey.PHONE, SearchKey.EMAIL}
)


def rows_of(
    source: Source, catalogue: Catalogue, keys: Sequence[SearchKey]
) -> Generator[dict[SearchKey, Scalar], None, None]:
    """Walk the search keys of every person, in birth date order.

    Whoever does not walk to the end closes it: the source holds a connection open all the while.
    """
    columns = [catalogue.search[key].name for key in keys]
    order = catalogue.search[SearchKey.BIRTH_DATE].name
    with closing(source.scan_keys(catalogue.person.table, columns, order)) as rows:
        for row in rows:
            yield dict(zip(keys, row, strict=True))


def told_by_source(source: Source, catalogue: Catalogue) -> str | None:
    """Return the digest of who is recorded, taken by the source itself in one pass.

    Nobody leaves the source for it. ``None`` where it cannot, and everybody must be walked.

    Raises:
        SourceFault: The source cannot be read.
    """
    columns = [catalogue.search[key].name if key in catalogue.search else None for key in IDENTITY]
    told = source.sum_digests(catalogue.person.table, columns)
    return None if told is None else str(told)


class Identities:
    """A digest of who is recorded, in whatever order a source gives those of one birth date."""

    def __init__(self) -> None:
        self._sum = self._rows = 0

    def add(self, row: Mapping[SearchKey, Scalar]) -> None:
        """Take one person into the digest."""
        told = [None if (one := row.get(key)) is None else str(one) for key in IDENTITY]
        self._sum += digest_of_row(told)
        self._rows += 1

    def passing(
        self, rows: Iterable[Mapping[SearchKey, Scalar]]
    ) -> Iterator[Mapping[SearchKey, Scalar]]:
        """Yield the rows, and take each into the digest."""
        for row in rows:
            self.add(row)
            yield row

    @property
    def digest(self) -> str:
        """How many persons there are, and the sum of their digests."""
        return str(RowDigests(rows=self._rows, total=self._sum))
