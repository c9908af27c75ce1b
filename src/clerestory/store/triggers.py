"""What the database itself refuses, whoever asks, also an administrator with a shell."""

from collections.abc import Iterator, Mapping

_KEPT: Mapping[str, tuple[str, ...]] = {
    "store_actrow": ("UPDATE", "DELETE"),
    "store_officerow": ("UPDATE", "DELETE"),
    "store_paperrow": ("UPDATE",),
    "store_voterow": ("UPDATE", "DELETE"),
    "store_keyrow": ("DELETE",),
    "store_memberrow": ("DELETE",),
    "store_matterrow": ("UPDATE OF id, number, site, received_on", "DELETE"),
}
"""What is never done to the rows of a table."""

MESSAGE = "what an act wrote stays"


def statements(vendor: str) -> Iterator[str]:
    """Yield the statements that make the triggers in one kind of database."""
    if vendor == "postgresql":
        yield (
            "CREATE FUNCTION store_row_stays() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'"
            "; END $$"
        )
    for table, verbs in _KEPT.items():
        for verb in verbs:
            name = f"{table}_no_{verb.split()[0].lower()}"
            head = f"CREATE TRIGGER {name} BEFORE {verb} ON {table}"
            if vendor == "postgresql":
                yield f"{head} FOR EACH ROW EXECUTE FUNCTION store_row_stays()"
            else:
                yield f"{head} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    if vendor == "postgresql":
        # A truncated table asks no row.
        for table in _KEPT:
            yield (
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION store_row_stays()"
            )
