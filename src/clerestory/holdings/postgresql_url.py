"""Read the URL of a PostgreSQL database strictly: every option is kept or refused by its name."""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from clerestory.holdings.errors import SourceFault
from clerestory.holdings.source_faults import shown

# What the query of a URL may say of the place.
_PLACE = frozenset({"host", "hostaddr", "port", "dbname"})
# Handed to the driver as they are. Not here: what reads further settings from elsewhere (service),
# what undoes what is asked for below (replication, gssencmode with a weak choice), what is new and
# nobody has looked at.
_KEPT = _PLACE | {
    "application_name", "channel_binding", "connect_timeout", "keepalives", "keepalives_count",
    "keepalives_idle", "keepalives_interval", "krbsrvname", "load_balance_hosts", "passfile",
    "password", "require_auth", "requirepeer", "ssl_max_protocol_version",
    "ssl_min_protocol_version", "sslcert", "sslcertmode", "sslcrl", "sslcrldir", "sslkey",
    "sslmode", "sslnegotiation", "sslpassword", "sslrootcert", "sslsni", "target_session_attrs",
    "tcp_user_timeout", "user",
}  # fmt: skip
# Settings of the server that a reader may choose; what makes it read-only is not among them.
_SETTINGS = frozenset({"search_path", "statement_timeout", "lock_timeout"})
_OPTION = re.compile(r"(?:-c\s*|--)([A-Za-z_.]+)=((?:\\.|[^\s\\])*)\s*")
_LAST_PORT = 65_535
_REPEATED = frozenset({"host", "port", "hostaddr"})
_WEAK = frozenset({"disable", "allow", "prefer"})
_STRONG = frozenset({"require", "verify-ca", "verify-full"})
_DRIVERS = frozenset({"postgresql", "postgres", "postgresql+psycopg"})


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """Where a database is, what is said to its server, and what may be told in messages."""

    url: sa.URL
    settings: str
    label: str

    @property
    def has_tls(self) -> bool:
        """Whether an encrypted connection is asked for."""
        return self.url.query.get("sslmode") in _STRONG


def read_database_url(written: str) -> DatabaseUrl:
    """Read a URL; a database that is not on this machine is reached by TLS only.

    Raises:
        SourceFault: It is no URL of a PostgreSQL database, or an option cannot be kept.
    """
    url = _parsed(written)
    _check_kind(url)
    _check_ports(url)
    label = _label_of(url)
    for name, value in url.query.items():
        if name == "options":
            continue
        if name not in _KEPT or (isinstance(value, tuple) and name not in _REPEATED):
            raise SourceFault(
                f"the option of the URL is not one that is kept: {shown(name)}",
                code="source-url-option",
                todo=f"take it out, or write one of {', '.join(sorted(_KEPT))} once",
            )
    settings = " ".join(_settings(url.query.get("options", ())))
    query = {name: value for name, value in url.query.items() if name != "options"}
    url = url.set(drivername="postgresql+psycopg", query=query)
    return DatabaseUrl(_with_tls(url, label), settings, label)


def _with_tls(url: sa.URL, label: str) -> sa.URL:
    mode = url.query.get("sslmode")
    if mode is not None and mode not in _WEAK | _STRONG:
        raise SourceFault(
            f"there is no such sslmode: {shown(mode)}",
            code="source-url-option",
            todo=f"write one of {', '.join(sorted(_STRONG))}",
        )
    hosts = list(_hosts(url))
    if hosts and all(map(_is_here, hosts)):
        return url
    if mode in _WEAK:
        raise SourceFault(
            f"a database on another machine is read by TLS only: sslmode={mode}: {label}",
            code="source-tls",
            todo="write sslmode=verify-full, with sslrootcert=FILE for the server's own authority",
        )
    # Without a host the environment may name one. On a socket of this machine TLS is not used.
    return url if mode else url.update_query_dict({"sslmode": "verify-full"})


def _hosts(url: sa.URL) -> Iterator[str]:
    if url.host:
        yield url.host
    for name in ("host", "hostaddr"):
        value = url.query.get(name, ())
        for one in (value,) if isinstance(value, str) else value:
            yield from one.split(",")


def _is_here(host: str) -> bool:
    if host.startswith(("/", "@")) or host == "localhost":
        return True
    # A port may stand behind the name, as SQLAlchemy reads a repeated host.
    name = host.rpartition(":")[0] if re.fullmatch(r"[^:]+:\d*", host) else host
    try:
        return name == "localhost" or ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def _settings(options: str | tuple[str, ...]) -> Iterator[str]:
    text = options if isinstance(options, str) else " ".join(options)
    at = 0
    while at < len(text.rstrip()):
        found = _OPTION.match(text, at)
        if found is None or found[1].lower() not in _SETTINGS:
            raise SourceFault(
                "the options of the URL set what a reader may not set: "
                f"{shown(found[1] if found else text[at:].split('=')[0])}",
                code="source-url-option",
                todo=f"set nothing but {', '.join(sorted(_SETTINGS))}, each as -c name=value",
            )
        if found[1].lower() == "search_path":
            _check_schemas(found[2])
        yield f"-c {found[1].lower()}={found[2]}"
        at = found.end()


def _check_schemas(written: str) -> None:
    """Refuse a search path that puts another's tables, functions or operators before the server's.

    Left out, ``pg_catalog`` comes first by itself. Written behind another schema it comes second,
    and an operator ``=`` of that schema would decide which row is whose. Temporary tables likewise.
    """
    for one in re.sub(r"\\(.)", r"\1", written).split(","):
        name = one.strip().strip('"').lower()
        if not name or name.startswith("pg_"):
            raise SourceFault(
                "the search path of the URL names schemas of the agency and no other: "
                f"{shown(one.strip()) or 'nothing'}",
                code="source-url-option",
                todo="name the schemas with the agency's tables; the server's own come first "
                "without being named",
            )


def _check_ports(url: sa.URL) -> None:
    written = url.query.get("port", ())
    ports = [written] if isinstance(written, str) else list(written)
    ports += [str(url.port)] if url.port is not None else []
    # As SQLAlchemy reads it, a repeated host may bear its port behind it.
    ports += [found[1] for host in _hosts(url) if (found := re.fullmatch(r"[^:/@]+:([^:]*)", host))]
    for one in (port for text in ports for port in text.split(",")):
        # Nothing means the usual port.
        if one and not (re.fullmatch(r"[0-9]{1,5}", one) and 1 <= int(one) <= _LAST_PORT):
            raise SourceFault(
                f"a port is a number from 1 to {_LAST_PORT}: {shown(one)}",
                code="source-bad-url",
                todo="correct the port behind the host's name; PostgreSQL's usual port is 5432",
            )


def _check_kind(url: sa.URL) -> None:
    backend = url.drivername.partition("+")[0]
    if backend == "sqlite":
        raise SourceFault(
            "a SQLite database is opened by the name of its file, not by a URL",
            code="source-bad-url",
            todo="give the file's name alone, without sqlite://",
        )
    if backend not in {"postgresql", "postgres"}:
        raise SourceFault(
            f"the source is of a kind that is not read: {shown(backend)}",
            code="source-kind",
            todo="use SQLite, PostgreSQL, or a folder of Parquet files",
        )
    if url.drivername not in _DRIVERS:
        raise SourceFault(
            f"the driver for PostgreSQL is not installed: {shown(url.drivername)}",
            code="source-no-driver",
            todo="install psycopg, and write the URL as postgresql+psycopg://...",
        )


def _label_of(url: sa.URL) -> str:
    """Return where a database is; what else stands in the query may be a password."""
    kept = {name: value for name, value in url.query.items() if name in _PLACE}
    return shown(url.set(query=kept).render_as_string(hide_password=True))


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
        # With a bare @ in a password its end would pass for the host, and be told in messages.
        if "@" not in (parsed.host or ""):
            return parsed
    except (ArgumentError, ValueError):
        # The fault's own words may quote the URL, password and all.
        pass
    raise SourceFault(
        "the source is not a database URL",
        code="source-bad-url",
        todo="write it as postgresql+psycopg://reader@host/database, and @ in a password as %40",
    )
