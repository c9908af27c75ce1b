"""``clerestory holdings find``, ``roster``, ``lookups``: one right person, and the record."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from secrets import token_bytes
from typing import Any, TypeVar

import click

from clerestory.cli.clock import read_clock
from clerestory.cli.committed_lookups import check_lookups
from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.handed_in import HandedIn, HandedInFile
from clerestory.cli.office import open_office
from clerestory.cli.terminal import tell, tell_json
from clerestory.holdings import (
    SENTENCES,
    Found,
    LookupReason,
    Lookups,
    NotFound,
    PersonQuery,
    PersonSearch,
    Purpose,
    QueryFileFault,
    as_recorded,
    load_catalogue,
    open_index,
    open_source,
    read_roster,
    resolve_roster,
    tell_requester,
)
from clerestory.kernel.reading import parse_document

INDEX = "persons.index"
_MAX_QUERY_BYTES = 100_000
_Command = TypeVar("_Command", bound=Callable[..., Any])


def _recorded(command: _Command) -> _Command:
    """The options that say where a look-up is recorded, and what it is for."""
    for option in reversed(
        (
            click.option(
                "--office",
                type=click.Path(path_type=Path),
                help="Whose record of look-ups it goes into; without it, one beside INDEX.",
            ),
            click.option("--demand", help="The demand that the look-up is for."),
            click.option(
                "--reason",
                type=click.Choice([reason.value for reason in LookupReason]),
                help="What it is for, where it is for no demand.",
            ),
            click.option(
                "--staff",
                is_flag=True,
                help="Say why nobody is named: for the agency's own staff, never for a requester.",
            ),
            click.option("--json", "as_json", is_flag=True, help="Answer for a program."),
        )
    ):
        command = option(command)
    return command


@click.command()
@click.argument("index", type=click.Path(path_type=Path))
@click.option(
    "--query",
    type=HandedInFile(),
    default="-",
    help="YAML or JSON with name, birth_date, ssn ...; - reads standard input.",
)
@_recorded
def find(
    index: Path,
    query: HandedIn,
    office: Path | None,
    demand: str | None,
    reason: str | None,
    staff: bool,
    as_json: bool,
) -> None:
    """Find exactly one person in INDEX, or say that nobody is named.

    What is known of the person is read from a file or from standard input, never from the
    command line, where other accounts could see it. Nothing is ever listed, and each look-up is
    recorded. Who asked may be told the answer, but not what --staff adds.

    Without --office no records are read, and so nobody is found by an address: it may be one
    that is kept secret.
    """
    asked = _read_query(query.content, query.name)
    purpose = _purpose(office, demand, reason)
    with _search(index, office) as search:
        answer = search.find(asked, purpose=purpose, at=read_clock(None))
    told: dict[str, Any]
    if isinstance(answer, Found):
        told = {"answer": "found", "person_id": answer.person_id, "why": list(answer.why)}
        lines = [f"found: {answer.person_id}", f"  {', '.join(answer.why)}"]
    else:
        sentences = tell_requester(answer)
        told = {"answer": "nobody-named", "told": list(sentences)}
        lines = ["nobody is named", *(f"  {sentence}" for sentence in sentences)]
        if staff:
            word = "not-found" if isinstance(answer, NotFound) else "refused"
            told["for_staff_only"] = {"answer": word, "reasons": [*map(str, answer.reasons)]}
            lines.append("for staff only, never for who asked:")
            lines += [f"  {one}: {SENTENCES[one]}" for one in answer.reasons]
    _say(told, lines, as_json=as_json)
    sys.exit(ExitCode.DONE if isinstance(answer, Found) else ExitCode.NO)


@click.command()
@click.argument("index", type=click.Path(path_type=Path))
@click.argument("roster", type=click.Path(path_type=Path))
@_recorded
def roster(
    index: Path,
    roster: Path,
    office: Path | None,
    demand: str | None,
    reason: str | None,
    staff: bool,
    as_json: bool,
) -> None:
    """Find each person of ROSTER in INDEX, one by one: CSV, YAML or JSON.

    A row that names nobody for certain says so, and never who else it could be. Two rows that
    come to one person name nobody.
    """
    named = read_roster(roster, demand=demand)
    purpose = _purpose(office, demand, reason)
    with _search(index, office) as search:
        resolved = resolve_roster(search, named, purpose=purpose, at=read_clock(None))
    rows, lines = [], []
    for one in resolved:
        row: dict[str, Any] = {"row": one.row, "ref": one.ref, "person_id": one.person_id}
        says = f"found: {one.person_id}"
        if one.person_id is None:
            row["told"] = list(one.told)
            says = "nobody is named"
            if staff:
                row["for_staff_only"] = {"reasons": [*map(str, one.staff_reasons)]}
                says += f" (for staff only: {', '.join(one.staff_reasons)})"
        rows.append(row)
        lines.append(f"row {one.row}{f' ({one.ref})' if one.ref else ''}: {says}")
    found = sum(one.person_id is not None for one in resolved)
    lines.append(f"{found} of {len(resolved)} found")
    _say({"rows": rows, "found": found}, lines, as_json=as_json)
    sys.exit(ExitCode.DONE if found == len(resolved) else ExitCode.NO)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def lookups(folder: Path) -> None:
    """Check that no look-up was altered or taken out of the record in FOLDER.

    FOLDER is an office, the folder beside an index, or the index itself. That of an office must
    also hold what its log says that it held when the last answer was given.
    """
    if (folder / "office.toml").is_file():
        office = open_office(folder)
        checked = office.lookups().verify()
        with office.ledger() as ledger:
            check_lookups(office, ledger)
        tell(f"{checked} look-ups, each following the one before")
        return
    index = folder / INDEX if folder.is_dir() else folder
    beside = index.with_name(f"{index.name}.lookups")
    kept = next(
        (one for one in (folder / "lookups", folder, beside) if (one / "lookups.key").exists()
         or (one / "lookups.jsonl").exists()), None,
    )  # fmt: skip
    if kept is None:
        # Opening would begin a record, and an empty one would pass for one that holds.
        raise click.BadParameter(f"no look-up was ever recorded in {folder.name}")
    checked = Lookups.open(kept, entropy=token_bytes).verify()
    tell(f"{checked} look-ups, each following the one before")


def _say(told: dict[str, Any], lines: list[str], *, as_json: bool) -> None:
    if as_json:
        tell_json(told)
        return
    for line in lines:
        tell(line)


@contextmanager
def _search(index: Path, office: Path | None) -> Iterator[PersonSearch]:
    path = index / INDEX if index.is_dir() else index
    with ExitStack() as held:
        opened = held.enter_context(closing(open_index(path)))
        if office is None:
            beside = path.with_name(f"{path.name}.lookups")
            # Without records nobody knows whose address is kept secret, so that none is a key.
            yield PersonSearch(opened, Lookups.open(beside, entropy=token_bytes))
            return
        of = open_office(office)
        catalogue = load_catalogue(of.profile / "catalogue.toml")
        source = held.enter_context(closing(open_source(of.source, zone=of.zone.name)))
        hides = as_recorded(source, catalogue, on=of.day(read_clock(None)))
        yield PersonSearch(opened, of.lookups(), hides_address=hides)


def _purpose(office: Path | None, demand: str | None, reason: str | None) -> Purpose:
    """Return what a look-up is for; a demand must be one that the office has received."""
    if demand is not None and office is None:
        raise click.UsageError("--demand needs the --office that received it")
    if demand is not None and reason not in {None, LookupReason.DEMAND.value}:
        raise click.UsageError("--demand is the reason; leave out --reason")
    opened = open_office(office) if office is not None else None
    if demand is not None and opened is not None:
        number = opened.number_of(demand)
        return Purpose(reason=LookupReason.DEMAND, demand=demand, number=number)
    if reason == LookupReason.DEMAND.value or (opened is not None and reason is None):
        raise click.UsageError("say what the look-up is for: --demand ID, or --reason")
    return Purpose(reason=LookupReason(reason) if reason else LookupReason.UNSTATED)


def _read_query(content: bytes, name: str) -> PersonQuery:
    if len(content) > _MAX_QUERY_BYTES:
        raise QueryFileFault("the query is too long", todo="write what is known of one person")
    json = name.endswith(".json") or content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b'{"')
    document = parse_document(
        content,
        file="the query",
        kind="json" if json else "yaml",
        texts_only=True,
        private=True,
        error=QueryFileFault,
    )
    if not isinstance(document.value, dict):
        what = "a query has keys"
        raise QueryFileFault.of("the query", [document.fault((), what, 'write name: "..."')])
    return PersonQuery.from_mapping(document.value)
