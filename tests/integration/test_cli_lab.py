"""``lab compare`` as counsel and a legislator use it, with good input and bad."""

import json
import shutil
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from clerestory.audit.lab.compare import Comparison
from clerestory.audit.lab.regimes import Regimes
from clerestory.audit.lab.scenario import BadScenario, read_scenario
from clerestory.audit.law_choice import choose_law
from clerestory.audit.proof import InterpretersDisagree
from clerestory.cli.main import program
from clerestory.kernel import ClerestoryError
from clerestory.policy.interpreters.columnar import ColumnarCircuit
from clerestory.policy.interpreters.whole_answers import cedar_answers
from clerestory.policy.model.law_of_the_day import LawOfTheDay

ROOT = Path(__file__).parents[2]
PACKS = ROOT / "packs"
ON = date(2026, 11, 2)
FIVE = (ROOT / "scenarios" / "five-regimes.toml").read_text("utf-8")
SMALL = FIVE.replace("rows = 200000", "rows = 1500")
NOBODY = {"about_nobody", "public_business", "totals"}
Row = dict[str, Any]
LAW = LawOfTheDay.assemble(choose_law("us-me", PACKS, ON).stack, ON)
VOCABULARY = LAW.stack.vocabulary


def compare(*words: str | Path) -> Result:
    return CliRunner().invoke(program, ["lab", "compare", *map(str, words)])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    (folder / "small.toml").write_text(SMALL, "utf-8")
    done = compare(folder / "small.toml", "--out", folder / "out")
    assert done.exit_code == 0, done.output
    (folder / "said.txt").write_text(done.output, "utf-8")
    return folder


@pytest.fixture(scope="module")
def rows(made: Path) -> list[Row]:
    (path,) = (made / "out" / "work").glob("made-up-*.parquet")
    found: list[Row] = pq.read_table(path).to_pylist()
    return found


def figures(made: Path, group: str = "all") -> dict[str, Row]:
    document = json.loads((made / "out" / "comparison.json").read_text("utf-8"))
    regimes = document["result"]["regimes"]
    return {one["regime"]: one for one in regimes if one["group"] == group}


def recounted(rows: list[Row], answers: list[str], exposes: Callable[[Row], bool]) -> Row:
    """Count again from the rows, one by one."""
    by_demand: dict[str, set[str]] = defaultdict(set)
    persons, fields = set(), 0
    for row, answer in zip(rows, answers, strict=True):
        by_demand[row["demand"]].add(answer)
        if answer in {"release", "coarsen"} and exposes(row):
            persons.add((row["demand"], row["person"]))
            fields += 1
    opened = [bool(told & {"release", "coarsen"}) for told in by_demand.values()]
    referred = ["refer" in told for told in by_demand.values()]
    pairs = list(zip(opened, referred, strict=True))
    return {
        "demands": len(by_demand),
        "demands_answered": sum(opened),
        "demands_with_counsel": pairs.count((False, True)),
        "demands_refused": pairs.count((False, False)),
        "demands_referred_in_part": sum(referred),
        "persons_exposed": len(persons),
        "fields_exposed": fields,
        **{f"rulings_{a}": answers.count(a) for a in ("release", "coarsen", "refer", "withhold")},
    }


def about_a_person(row: Row) -> bool:
    return not NOBODY & set(VOCABULARY.groups_of("fields", row["resource.name"]))


def told(found: Row) -> Row:
    return {k: v for k, v in found.items() if k not in {"group", "regime", "staff_minutes"}}


@pytest.mark.slow
def test_the_law_of_today_is_counted_as_cedar_answers(made: Path, rows: list[Row]) -> None:
    facts = [{k: v for k, v in row.items() if k not in {"demand", "person", "month"}}
             for row in rows]  # fmt: skip

    answers = [answer.outcome for answer in cedar_answers(LAW, facts)]

    assert told(figures(made)["law of today"]) == recounted(rows, answers, about_a_person)


def test_consent_only_is_counted_as_the_papers_say(made: Path, rows: list[Row]) -> None:
    parts = ("given", "recipient", "purpose", "field", "in_date", "elements")

    def answer(row: Row) -> str:
        nobody = "about_nobody" in VOCABULARY.groups_of("fields", row["resource.name"])
        whole = all(row[f"consent.{part}"] == "yes" for part in parts)
        agency = row["findings.agency_consent_only"] == "yes" or (
            "agency_consent_only" in row["raised"]
        )
        valid = whole and row["consent.revoked"] == "no" and not agency
        return "release" if nobody or valid else "withhold"

    expected = recounted(rows, [answer(row) for row in rows], about_a_person)

    assert told(figures(made)["consent only"]) == expected
    assert expected["fields_exposed"] > 0


def test_without_controls_everything_leaves(made: Path, rows: list[Row]) -> None:
    expected = recounted(rows, ["release"] * len(rows), about_a_person)

    assert told(figures(made)["no controls"]) == expected


def test_a_group_counts_its_own_demands(made: Path, rows: list[Row]) -> None:
    here = [
        row
        for row in rows
        if "federal_immigration" in VOCABULARY.groups_of("requester_class", row["principal"])
        or "immigration_enforcement" in VOCABULARY.groups_of("purpose", row["purpose"])
    ]

    expected = recounted(here, ["release"] * len(here), about_a_person)

    assert 0 < len(here) < len(rows)
    assert told(figures(made, "immigration enforcement")["no controls"]) == expected


def test_staff_minutes_are_the_assumed_ones(made: Path) -> None:
    found = figures(made)["agreement with audit"]

    assert found["staff_minutes"] == (
        20 * found["demands"] + 15 * found["demands_answered"]
        + 90 * found["demands_referred_in_part"] + 30 * found["demands_refused"]
        + 16 * found["persons_exposed"]
    )  # fmt: skip


def test_the_terminal_and_the_files_tell_the_same_and_name_nobody(
    made: Path, rows: list[Row]
) -> None:
    said = (made / "said.txt").read_text("utf-8")
    texts = {name: (made / "out" / name).read_text("utf-8")
             for name in ("comparison.json", "regimes.csv", "regimes.svg")}  # fmt: skip
    answered = figures(made)["law of today"]["demands_answered"]

    assert "every demand here is made up" in said
    assert f"{answered:,}" in said
    assert (
        f"law of today,{figures(made)['law of today']['demands']},{answered},"
        in (texts["regimes.csv"])
    )
    assert ElementTree.fromstring(texts["regimes.svg"]).tag.endswith("svg")
    for text in (said, *texts.values()):
        assert not any(row["demand"] in text or row["person"] in text for row in rows)


def test_a_comparison_is_repeated_bit_for_bit(made: Path, tmp_path: Path) -> None:
    again = compare(made / "out" / "comparison.json", "--out", tmp_path / "again")

    assert again.exit_code == 0, again.output
    assert "the same result, bit for bit" in again.output
    for name in ("comparison.json", "regimes.csv", "regimes.svg"):
        one, other = (folder / name for folder in (made / "out", tmp_path / "again"))
        assert one.read_bytes() == other.read_bytes()


def refused(*words: str | Path) -> ClerestoryError:
    fault = compare(*words).exception
    assert isinstance(fault, ClerestoryError), fault
    assert fault.todo
    return fault


def test_a_comparison_that_was_changed_is_refused(made: Path, tmp_path: Path) -> None:
    text = (made / "out" / "comparison.json").read_text("utf-8")
    document = json.loads(text)
    document["result"]["regimes"][0]["demands_refused"] += 1
    (tmp_path / "changed.json").write_text(json.dumps(document))

    assert refused(tmp_path / "changed.json").code == "lab-comparison-changed"


def test_a_file_that_is_no_comparison_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("[1, 2]")

    assert refused(tmp_path / "other.json").code == "lab-bad-scenario"
    assert refused(tmp_path / "absent.toml").code == "lab-bad-scenario"


def test_other_packs_are_named_and_not_compared(made: Path, tmp_path: Path) -> None:
    shutil.copytree(PACKS, tmp_path / "packs")
    shutil.copytree(ROOT / "casebook", tmp_path / "casebook")
    with (tmp_path / "packs" / "us-me" / "maine.cedar").open("a") as stream:
        stream.write("\n// a remark\n")

    fault = refused(made / "out" / "comparison.json", "--packs-dir", tmp_path / "packs",
                    "--out", tmp_path / "out")  # fmt: skip

    assert fault.code == "lab-other-inputs"
    assert "the law us-me@2026-11-02" in str(fault)


def test_demands_of_ones_own_are_for_counsel(made: Path, tmp_path: Path) -> None:
    (path,) = (made / "out" / "work").glob("made-up-*.parquet")
    pq.write_table(pq.read_table(path).replace_schema_metadata({}), tmp_path / "rows.parquet")

    done = compare(made / "small.toml", "--demands", tmp_path / "rows.parquet", "--out", tmp_path,
                   "--json")  # fmt: skip

    document = json.loads(done.output)
    assert "not for publication" in document["notice"]
    assert document["result"]["regimes"] == json.loads(
        (made / "out" / "comparison.json").read_text()
    )["result"]["regimes"]  # fmt: skip
    assert refused(made / "out" / "comparison.json", "--demands", tmp_path / "rows.parquet",
                   "--out", tmp_path).code == "lab-other-inputs"  # fmt: skip


def test_a_bad_file_of_demands_is_refused(made: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_text("no table")
    (path,) = (made / "out" / "work").glob("made-up-*.parquet")
    pq.write_table(pq.read_table(path).drop_columns(["purpose"]), tmp_path / "less.parquet")

    codes = [refused(made / "small.toml", "--demands", tmp_path / name, "--out", tmp_path).code
             for name in ("bad.parquet", "less.parquet")]  # fmt: skip

    assert codes == ["replay-bad-file", "replay-column-missing"]


CLOSED = {
    "a finding": 'context.findings.not_lawfully_present == "yes"',
    "a flag": 'context.subject.flags.contains("minor")',
    "a class": "context.subject.defined_by.isEmpty()",
    "a word that rests on one": 'context.established.contains("known_unlawful_presence")',
    "what was raised": 'context.raised.contains("not_lawfully_present")',
    "a lifted lock": 'context.lifted.contains("snap")',
    "an applicant": 'context.subject.applicant == "yes"',
}


@pytest.mark.parametrize("fact", CLOSED)
def test_nobody_is_counted_by_what_they_are(fact: str) -> None:
    condition = CLOSED[fact].replace('"', '\\"')
    scenario = read_scenario(SMALL.replace('release = "true"', f'release = "{condition}"'))

    with pytest.raises(BadScenario, match="nobody is counted by that") as fault:
        Regimes(scenario, PACKS, ON)

    assert fault.value.code == "lab-closed-fact"


@pytest.mark.parametrize("fact", ["context.subject.relation == 'x'", "resource.name == 'status'"])
def test_a_group_reads_only_who_asks_and_the_paper(fact: str) -> None:
    known = {"context.subject.relation == 'x'": 'context.subject.relation == "named"',
             "resource.name == 'status'": 'resource.name == "address"'}[fact]  # fmt: skip
    scenario = read_scenario(f'{SMALL}\n[[group]]\nid = "g"\nsays = "x"\nwhen = \'{known}\'\n')

    with pytest.raises(BadScenario, match="nobody is counted by that"):
        Regimes(scenario, PACKS, ON)


def test_what_only_promises_may_read_is_refused() -> None:
    scenario = read_scenario(
        SMALL.replace('release = "true"', 'release = "context.settled.isEmpty()"')
    )

    with pytest.raises(BadScenario, match="promises alone"):
        Regimes(scenario, PACKS, ON)


def test_a_comparison_that_was_stopped_goes_on(made: Path, tmp_path: Path) -> None:
    (path,) = (made / "out" / "work").glob("made-up-*.parquet")
    pq.write_table(pq.read_table(path), tmp_path / "rows.parquet", row_group_size=400)
    regimes = Regimes(read_scenario(SMALL), PACKS, ON)

    def stop(text: str) -> None:
        if text == "batch 3 of 4":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Comparison(regimes, tmp_path / "rows.parquet", tmp_path / "one").run(stop)
    kept = {p: p.stat().st_mtime_ns for p in (tmp_path / "one").rglob("batch-*.json")}
    resumed = Comparison(regimes, tmp_path / "rows.parquet", tmp_path / "one").run(lambda _: None)

    assert len(kept) == 2
    assert all(p.stat().st_mtime_ns == at for p, at in kept.items())
    whole = Comparison(regimes, tmp_path / "rows.parquet", tmp_path / "two").run(lambda _: None)
    assert resumed == whole


def test_an_answer_that_cedar_does_not_give_stops_the_comparison(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = (made / "out" / "work").glob("made-up-*.parquet")
    met = ColumnarCircuit.met
    monkeypatch.setattr(
        ColumnarCircuit,
        "met",
        lambda self, table: {n: ~f if n.startswith("refer judge") else f
                             for n, f in met(self, table).items()},
    )  # fmt: skip

    with pytest.raises(InterpretersDisagree, match="the laboratory and cedar differ"):
        Comparison(Regimes(read_scenario(SMALL), PACKS, ON), path, tmp_path).run(lambda _: None)
