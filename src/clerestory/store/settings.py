"""Settings of the database from one URL; the environment is read elsewhere."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from clerestory.kernel import Refusal

_PATIENCE_SECONDS = 20

_SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    # What is deleted is overwritten: an erased matter stays in no free page.
    "secure_delete=ON",
    # Without it a row that is replaced goes without the trigger that keeps rows from going.
    "recursive_triggers=ON",
)


class BadUrl(Refusal):
    """The address of the database cannot be used. No message shows it: it may hold a password."""

    code = "office-database-url"
    todo = "write sqlite:////srv/office/office.sqlite or postgresql://ACCOUNT@HOST/NAME"


def settings_for(url: str) -> dict[str, Any]:
    """Return all of Django's settings for an office whose database is at ``url``.

    Raises:
        BadUrl: The URL is of another kind, or lacks a part.
    """
    return {
        "DATABASES": {"default": database_for(url)},
        "INSTALLED_APPS": ["clerestory.store"],
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        # Whoever runs the program decides what it writes where.
        "LOGGING_CONFIG": None,
    }


def database_for(url: str) -> dict[str, Any]:
    """Return Django's settings of one database.

    Raises:
        BadUrl: The URL is of another kind, or lacks a part.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(parts.netloc, unquote(parts.path))
    if parts.scheme == "postgresql":
        return _postgresql(url)
    raise BadUrl(f"a database is sqlite or postgresql: {parts.scheme[:20]!a}")


def _sqlite(host: str, path: str) -> dict[str, Any]:
    # Three slashes and a relative path, four and an absolute one, as others write it too.
    name = path.removeprefix("/")
    if host or not name or name == ":memory:":
        raise BadUrl("a database of sqlite is a file")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": _PATIENCE_SECONDS,
            # The lock of the file at once: two who read and then write would both fail.
            "transaction_mode": "IMMEDIATE",
            "init_command": ";".join(f"PRAGMA {pragma}" for pragma in _SQLITE_PRAGMAS),
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    name = unquote(parts.path.removeprefix("/"))
    query = parse_qs(parts.query, strict_parsing=bool(parts.query))
    if not name or set(query) - {"host"}:
        raise BadUrl("a database of postgresql has a name, and of options only its host")
    try:
        port = parts.port
    except ValueError as fault:
        raise BadUrl("a port is a number") from fault
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # A folder with a socket stands in the query, as in SQLAlchemy and libpq.
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": "" if port is None else str(port),
        "CONN_MAX_AGE": None,
        # A commit that is answered is on disk, whatever the server's own setting. What is asked
        # again and again is planned once.
        "OPTIONS": {"options": "-c synchronous_commit=on", "prepare_threshold": 5},
    }
