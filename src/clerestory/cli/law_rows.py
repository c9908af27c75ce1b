"""``clerestory law rows``: written demands as the rows that ``law replay`` takes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clerestory.cli.law_options import json_option, packs_dir_option, progress
from clerestory.cli.places import packs_folder
from clerestory.cli.terminal import tell, tell_json
from clerestory.kernel import BadFile, Refusal

if TYPE_CHECKING:
    from clerestory.audit.law_days import LawDays
    from clerestory.demands import Demand
    from clerestory.policy import Engine

_Sources = Mapping[tuple[str, str], str]


@click.command()
@click.argument("demands", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Parquet file to write; it must be new.",
)
@click.option(
    "--pack",
    "packs",
    multiple=True,
    help="A pack whose codes the demands use; give it again for more. All packs if none is given.",
)
@packs_dir_option
@json_option
def rows(
    demands: tuple[Path, ...],
    out: Path,
    packs: tuple[str, ...],
    packs_dir: Path | None,
    as_json: bool,
) -> None:
    """Write the rows of DEMANDS, one for each person's field, for `law replay`.

    DEMANDS are files that `decide` takes: demands and casebooks, or folders of them. Facts are as
    of the day of receipt; of a case, as it stood on the first day that has an answer.
    """
    from clerestory.audit.case_score import list_case_files
    from clerestory.audit.law_days import LawDays
    from clerestory.audit.rows.demand_rows import write_rows
    from clerestory.law.packs import available_packs
    from clerestory.policy.model.shape import shape_of

    folder = packs_folder(packs_dir)
    names = packs or tuple(available_packs(folder))
    days = LawDays(folder)
    shape = shape_of(days.stack(names))
    with progress(as_json) as say:
        reading = _Reading(days, names, folder, bool(packs), say)
        written = write_rows(reading.demands(list_case_files(demands)), shape, out)
    if as_json:
        told = {"rows": written, "demands": reading.read, "not_covered": reading.not_covered}
        tell_json(told, indent=2)
        return
    tell(f"wrote {written:,} rows of {reading.read:,} demands to {out}")
    for case, why in reading.not_covered.items():
        tell(f"left out {case}: {why}")


@dataclass
class _Reading:
    """Reads files one demand at a time, and keeps count of those left out."""

    days: "LawDays"
    packs: tuple[str, ...]
    folder: Path
    chosen: bool
    say: Callable[[str], None]
    read: int = 0
    not_covered: dict[str, str] = field(default_factory=dict)
    _sources: dict[str, _Sources] = field(default_factory=dict)

    def demands(self, files: Sequence[Path]) -> Iterator[tuple["Demand", "Engine"]]:
        """Yield each demand with the law of the day of its receipt."""
        from clerestory.demands import load_document

        for path in files:
            document = load_document(path)
            for name, one in self._documents(document, path.name):
                yield self._read(one, name)
                self.read += 1
                self.say(f"{self.read:,} demands")

    def _documents(self, document: Any, file: str) -> Iterator[tuple[str, Any]]:
        from clerestory.audit.casebook import case_documents, day_of, demand_on
        from clerestory.cli.deciding import packs_for
        from clerestory.demands.schema import plain

        if not _holds_cases(plain(document)):
            if not self.chosen:
                with _named(file):
                    packs_for(document, self.folder)
            yield file, document
            return
        for part in case_documents(document, file):
            case = plain(part)
            name, known = str(case["demand"]["id"]), self.days.stack(self.packs).packs
            missing = sorted({*map(str, case["packs"])} - {pack.name for pack in known})
            if missing:
                self.not_covered[name] = f"there is no pack {', '.join(missing)}"
            else:
                yield f"{file}, {name}", demand_on(part, day_of(case["expect"][0]))

    def _read(self, document: Any, name: str) -> tuple["Demand", "Engine"]:
        from clerestory.audit.sources_of_fields import sources_of
        from clerestory.cli.places import profiles_folder
        from clerestory.demands import read_demand

        with _named(name):
            demand = read_demand(document, self.days.stack(self.packs).vocabulary)
        agency = demand.holder.agency
        if agency not in self._sources:
            self._sources[agency] = sources_of(agency, profiles_folder())
        engine = self.days.engine(self.packs, demand.received_on)
        return demand, replace(engine, sources=self._sources[agency])


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Say of which of many demands a refusal is."""
    try:
        yield
    except Refusal as fault:
        if isinstance(fault, BadFile) and fault.faults:
            raise  # it names its file, its line and its key already
        raise type(fault)(f"{name}: {fault}", code=fault.code, todo=fault.todo) from fault


def _holds_cases(document: Any) -> bool:
    return isinstance(document, list) or (
        isinstance(document, dict) and ("cases" in document or "expect" in document)
    )
