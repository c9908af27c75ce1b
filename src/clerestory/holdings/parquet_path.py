"""How a path is given to DuckDB so that it is one file, and the file alone says what it holds."""

from pathlib import Path

# What DuckDB would take for a pattern of many files is written as a set of one sign.
_PATTERN_SIGNS = "*?["
# Each of these would let something else than the file say what its columns hold: the names of the
# folders above it, its own name, another file, a guess.
AS_IT_IS = (
    "hive_partitioning = false, hive_types_autocast = false, union_by_name = false, "
    "filename = false, file_row_number = false, binary_as_string = false"
)


def one_file(path: Path) -> str:
    """Return the name by which DuckDB opens exactly this file.

    >>> one_file(Path("case [12]/rows?.parquet"))
    'case [[]12]/rows[?].parquet'
    """
    return "".join(f"[{one}]" if one in _PATTERN_SIGNS else one for one in str(path))


def in_quotes(text: Path | str) -> str:
    """Return a text as SQL writes one."""
    return "'" + str(text).replace("'", "''") + "'"
