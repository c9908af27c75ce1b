"""What `import clerestory` offers: five functions, loaded on use, and their answers."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from importlib import metadata
from inspect import getdoc, signature
from pathlib import Path

import pytest
import yaml

import clerestory
from clerestory.audit.casebook import demand_on
from clerestory.cli.deciding import decide_file
from clerestory.demands import determination_json
from clerestory.law.packs import load_stack

ROOT = Path(__file__).parents[2]
ON = date(2026, 10, 21)
FUNCTIONS = {
    "load_law": "(*packs, folder=None, profiles=None)",
    "read_demand": "(source, law)",
    "decide": "(demand, law, on)",
    "verify_package": "(path, *, sender, log_key, identity=None)",
    "verify_log": "(folder, *, log_key, earlier=None, proof=None)",
}
VALUES = {"Demand", "Determination", "Law", "Outcome", "Ruling", "Verified", "VerifiedLog"}
ERRORS = {"ClerestoryError", "Corruption", "Refusal"}


@pytest.fixture(scope="module")
def law() -> clerestory.Law:
    return clerestory.load_law("us-me")


@pytest.fixture(scope="module")
def paper() -> dict[str, object]:
    """The demonstration's subpoena as it stood after the court's order."""
    story = yaml.safe_load((ROOT / "packs" / "us-me" / "cases" / "story.yaml").read_text("utf-8"))
    return dict(demand_on(story["cases"][0], ON))


def test_the_names_are_five_functions_and_what_they_take_and_give() -> None:
    assert set(clerestory.__all__) == {*FUNCTIONS, *VALUES, *ERRORS, "__version__"}
    assert set(clerestory.__all__) <= set(dir(clerestory))
    assert clerestory.__version__ == metadata.version("clerestory")


@pytest.mark.parametrize(("name", "takes"), FUNCTIONS.items())
def test_each_function_says_what_it_takes_raises_and_since_when(name: str, takes: str) -> None:
    function = getattr(clerestory, name)
    bare = signature(function).replace(return_annotation=signature(function).empty)
    bare = bare.replace(
        parameters=[p.replace(annotation=p.empty) for p in bare.parameters.values()]
    )

    assert str(bare) == takes
    for part in ("Args:", "Raises:", "Since: 0.1.0"):
        assert part in (getdoc(function) or ""), part
    for parameter in bare.parameters:
        assert f"    {parameter}: " in (getdoc(function) or ""), parameter


def test_a_name_that_is_not_offered_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"^module 'clerestory' has no attribute 'load_pack'$"):
        clerestory.load_pack  # type: ignore[attr-defined] # noqa: B018 (that is what is tested)


def test_nothing_is_loaded_before_it_is_used() -> None:
    look = (
        "import sys, clerestory; print([n for n in sys.modules if n.startswith('clerestory.')]);"
        "clerestory.load_law; print([n for n in ('z3', 'duckdb', 'pyarrow', 'numpy', 'typst') "
        "if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == ["[]", "[]"]


def test_no_library_of_pages_and_pictures_is_loaded_where_no_file_is_attached() -> None:
    look = (
        "import sys, clerestory; clerestory.verify_package;"
        "import clerestory.cli.answering, clerestory.cli.receiving, clerestory.cli.attaching;"
        "print([n for n in ('pikepdf', 'PIL', 'pypdfium2', 'numpy') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_the_law_comes_with_the_program_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CLERESTORY_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    law = clerestory.load_law("us-me")

    stack = load_stack(ROOT / "packs", ["us-federal", "us-me"])
    assert (law.packs, law.digest) == (stack.names, stack.digest)
    assert repr(law) == f"Law({', '.join(stack.names)})"
    assert [name.split()[0] for name in law.packs] == ["us-federal", "us-me", "codes"]


@pytest.mark.parametrize("folder", [ROOT / "packs", str(ROOT / "packs")])
def test_a_folder_may_be_a_path_or_text(folder: Path | str, law: clerestory.Law) -> None:
    assert clerestory.load_law("us-me", folder=folder).digest == law.digest


def test_a_law_of_no_pack_is_refused_with_those_that_are_there() -> None:
    with pytest.raises(clerestory.Refusal, match="must be named by at least one pack") as refused:
        clerestory.load_law()

    assert (refused.value.code, refused.value.todo) == (
        "law-no-pack",
        "choose from: us-federal, us-me",
    )


def test_a_pack_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(clerestory.Refusal, match="there is no pack called us-zz"):
        clerestory.load_law("us-zz")
    with pytest.raises(clerestory.Refusal, match="there is no pack called us-me") as refused:
        clerestory.load_law("us-me", folder=tmp_path)
    assert refused.value.todo == "choose one of: none found"


def test_a_demand_is_the_same_from_a_file_and_from_a_mapping(
    law: clerestory.Law, paper: dict[str, object], tmp_path: Path
) -> None:
    path = tmp_path / "demand.json"
    path.write_text(json.dumps(paper, default=str), "utf-8")

    read = clerestory.read_demand(path, law)

    assert read == clerestory.read_demand(str(path), law) == clerestory.read_demand(paper, law)


def test_a_demand_with_a_code_that_the_law_does_not_know_is_refused(
    law: clerestory.Law, paper: dict[str, object]
) -> None:
    with pytest.raises(clerestory.Refusal, match="purpose") as refused:
        clerestory.read_demand({**paper, "purpose": "curiosity"}, law)

    assert refused.value.todo


def test_the_answer_is_the_one_that_the_command_gives(
    law: clerestory.Law, paper: dict[str, object], tmp_path: Path
) -> None:
    path = tmp_path / "demand.yaml"
    path.write_text(yaml.safe_dump(paper), "utf-8")
    command = decide_file(path, on=ON)

    answer = clerestory.decide(clerestory.read_demand(path, law), law, ON)

    speaker = command.speaker
    assert determination_json(answer, speaker) == determination_json(command.determination, speaker)
    assert {ruling.item.ref: ruling.outcome.value for ruling in answer.rulings} == {
        "S1.admission_status": "release",
        "S1.discharge_date": "release",
        "S1.address": "release",
        "S1.diagnosis": "withhold",
        "S2.address": "withhold",
    }


def test_where_a_field_comes_from_is_known_from_the_profiles(
    law: clerestory.Law, tmp_path: Path
) -> None:
    assert law.sources_of("me-dhhs")
    assert law.sources_of("nobody") == {}

    packs = tmp_path / "packs"
    packs.symlink_to(ROOT / "packs")
    assert clerestory.load_law("us-me", folder=packs).profiles == ROOT / "profiles"
    (tmp_path / "profiles").mkdir()
    assert clerestory.load_law("us-me", folder=packs).profiles == tmp_path / "profiles"
    assert clerestory.load_law("us-me", profiles=tmp_path).profiles == tmp_path


def test_no_day_before_the_demand_came_answers_it(
    law: clerestory.Law, paper: dict[str, object]
) -> None:
    demand = clerestory.read_demand(paper, law)

    with pytest.raises(clerestory.Refusal, match="before the day it was received") as refused:
        clerestory.decide(demand, law, demand.received_on - timedelta(days=1))
    assert refused.value.code == "answer-before-receipt"
    assert clerestory.decide(demand, law, demand.received_on).rulings


@pytest.mark.parametrize("on", [datetime(2026, 10, 21, tzinfo=UTC), "2026-10-21", None])
def test_a_day_must_be_a_day(on: object, law: clerestory.Law, paper: dict[str, object]) -> None:
    demand = clerestory.read_demand(paper, law)

    with pytest.raises(TypeError, match=r"^on must be a datetime\.date and nothing more: "):
        clerestory.decide(demand, law, on)  # type: ignore[arg-type] # what no checker saw
