"""``clerestory lab``: other ways to control disclosure, tried on the same demands."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clerestory.cli.clock import profile_option, today_in
from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.law_options import json_option, packs_dir_option, progress
from clerestory.cli.places import known_files, packs_folder, scenarios_folder
from clerestory.cli.terminal import tell, tell_json

if TYPE_CHECKING:
    from clerestory.audit.lab.compare import Compared
    from clerestory.audit.lab.regimes import Regimes
    from clerestory.audit.lab.scenario import Scenario
    from clerestory.audit.lab.share import Shared
    from clerestory.kernel.canonical import Json

Say = Callable[[str], None]
_file = click.Path(path_type=Path, dir_okay=False)


@click.group()
def lab() -> None:
    """Try other ways to control disclosure. Nothing here can be activated."""


@lab.command()
@click.argument("what", metavar="[SCENARIO|COMPARISON]", required=False, type=_file)
@click.option(
    "--demands", type=_file, help="Parquet file of demand rows; without it they are made up."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("lab"),
    show_default=True,
    help="Folder for the table, the picture, and the comparison to share.",
)
@packs_dir_option
@profile_option
@json_option
def compare(
    what: Path | None, demands: Path | None, out: Path, packs_dir: Path | None, profile: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Answer the same demands under every regime of a SCENARIO, side by side.

    Without a SCENARIO the five regimes that come with the program are compared. Given the
    comparison.json of an earlier run, the run is repeated: the exit code is 1 where its result is
    not the same. A run that was stopped goes on where it was.
    """
    from clerestory.audit.lab.compare import Comparison
    from clerestory.audit.lab.regimes import Regimes
    from clerestory.audit.lab.share import inputs_of, share

    scenario, shared = _read(what or scenarios_folder() / "five-regimes.toml")
    regimes = Regimes(
        scenario,
        packs_folder(packs_dir),
        today_in(profile),
        shared.days if shared else None,
    )
    with progress(as_json) as say:
        path, told = (
            (demands, {"file_sha256": _sha256(demands)})
            if demands
            else _made_up(scenario, packs_dir, out / "work", say)
        )
        inputs = inputs_of(regimes, told)
        _check_same(shared, inputs)
        found = Comparison(regimes, path, out / "work").run(say)
    document = share(inputs, found)
    _write(regimes, found, document, out)
    _tell(regimes, found, document, out, as_json=as_json)
    if shared:
        _tell_repeated(shared, document, quiet=as_json)


def _read(path: Path) -> "tuple[Scenario, Shared | None]":
    from clerestory.audit.lab.scenario import BadScenario, read_scenario
    from clerestory.audit.lab.share import read_shared
    from clerestory.cli.handed_in import WrongFile, read_handed_in

    try:
        text = read_handed_in(path).decode("utf-8-sig")
    except (WrongFile, UnicodeDecodeError) as fault:
        raise BadScenario(
            f"the scenario cannot be read: {path}",
            todo="give the path of a scenario, or none to compare the five regimes",
        ) from fault
    if path.suffix != ".json":
        return read_scenario(text), None
    shared = read_shared(text)
    return read_scenario(shared.scenario), shared


def _made_up(
    scenario: "Scenario", packs_dir: Path | None, work: Path, say: Say
) -> "tuple[Path, Json]":
    from clerestory.audit.rows.simulator import known_mix, simulate

    mix, shape = known_mix(packs_folder(packs_dir), known_files(packs_dir))
    told: Json = {"rows": scenario.rows, "seed": scenario.seed, "mix_sha256": mix.digest}
    path = work / f"made-up-{mix.digest[:12]}-{scenario.seed}-{scenario.rows}.parquet"
    if not path.is_file():
        # The file is put in place whole, so one that is there was finished.
        work.mkdir(parents=True, exist_ok=True)
        simulate(mix, shape, path, rows=scenario.rows, seed=scenario.seed, say=say)
    return path, told


def _sha256(path: Path) -> str:
    from clerestory.audit.rows.columns import DemandColumns
    from clerestory.audit.rows.file import DemandFile

    file = DemandFile(path, DemandColumns({}, {}))
    file.open()
    return file.digest()


def _check_same(shared: "Shared | None", inputs: "dict[str, Json]") -> None:
    from clerestory.audit.lab.scenario import BadScenario
    from clerestory.audit.lab.share import differences

    if shared and (other := list(differences(shared, inputs))):
        raise BadScenario(
            f"this cannot be the same comparison: {' and '.join(other)} differ here",
            code="lab-other-inputs",
            todo="use the packs and the demands it was made with (the file names their digests), "
            "or run its scenario anew",
        )


def _write(regimes: "Regimes", found: "Compared", document: "dict[str, Json]", out: Path) -> None:
    from clerestory.audit.lab.picture import picture
    from clerestory.audit.lab.report import table

    (out / "comparison.json").write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    (out / "regimes.csv").write_text(table(found), "utf-8")
    (out / "regimes.svg").write_text(picture(regimes.scenario, found), "utf-8")


def _tell(
    regimes: "Regimes", found: "Compared", document: "dict[str, Json]", out: Path, *, as_json: bool
) -> None:
    from clerestory.audit.lab.report import lines

    if as_json:
        tell_json(document, indent=1)
        return
    for line in lines(regimes.scenario, found):
        tell(line)
    tell()
    tell(f"wrote {out}/comparison.json (to share), regimes.csv and regimes.svg")
    tell(f"digest {document['digest']}")


def _tell_repeated(shared: "Shared", document: "dict[str, Json]", *, quiet: bool) -> None:
    same = shared.digest == document["digest"]
    if not quiet:
        tell("the same result, bit for bit" if same else "ANOTHER RESULT than the one given")
    sys.exit(ExitCode.DONE if same else ExitCode.NO)
