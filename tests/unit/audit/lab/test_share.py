"""A comparison is shared in one file, read back whole, and held against what is here."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from importlib.metadata import version
from typing import Any

import pytest

from clerestory.audit.lab.compare import Compared, Figures
from clerestory.audit.lab.counting import Counts
from clerestory.audit.lab.regimes import Regimes
from clerestory.audit.lab.report import to_json
from clerestory.audit.lab.scenario import BadScenario
from clerestory.audit.lab.share import FORMAT, differences, inputs_of, read_shared, share
from clerestory.kernel import digest_of
from clerestory.kernel.canonical import Json

FOUND = Compared(
    (
        Figures(
            regime="law",
            group="all",
            counts=Counts(demands=1, answered=1, to_counsel=0, refused=0, referred=0,
                          persons_exposed=1),
            rulings={"release": 2, "coarsen": 0, "refer": 0, "withhold": 0},
            fields_exposed=2,
            staff_minutes=11,
        ),
    ),
    rows=2,
    checked_with_cedar=2,
    made_up=True,
)  # fmt: skip
REAL = Compared(FOUND.figures, rows=2, checked_with_cedar=2, made_up=False)
DEMANDS: dict[str, Json] = {"rows": 10, "seed": 1, "mix_sha256": "0" * 64}
INPUTS: dict[str, Any] = {
    "scenario": 'title = "x"',
    "laws": {
        "us-aa": {"packs": ["us-aa 1"], "digest": "a" * 64, "on": "2026-03-02"},
        "us-aa@2019-12-31": {"packs": ["us-aa 1"], "digest": "a" * 64, "on": "2019-12-31"},
    },
    "demands": DEMANDS,
}


def sealed(inputs: Any, result: Any = None) -> str:
    """A file whose digest is right, whatever stands in it: anybody can make one."""
    digest = digest_of({"inputs": inputs, "result": result})
    return json.dumps({"format": FORMAT, "inputs": inputs, "result": result, "digest": digest})


def test_a_result_rests_on_the_scenario_the_laws_and_the_demands(
    regimes: Callable[..., Regimes], scenario: str
) -> None:
    made = regimes()

    digest, names = made.base.choice.stack.digest, list(made.base.choice.stack.names)
    assert inputs_of(made, DEMANDS) == {
        "scenario": scenario,
        "laws": {
            "us-aa": {"packs": names, "digest": digest, "on": "2026-03-02"},
            "us-aa@2019-12-31": {"packs": names, "digest": digest, "on": "2019-12-31"},
        },
        "demands": DEMANDS,
    }


@pytest.mark.parametrize(
    ("found", "notice"),
    [
        (FOUND, "every demand here is made up: no such demand was made, and no such person exists"),
        (REAL, "counts of real demands, not suppressed: for counsel, and not for publication"),
    ],
)
def test_the_file_says_what_it_is_and_carries_its_digest(found: Compared, notice: str) -> None:
    assert share(INPUTS, found) == {
        "format": "clerestory-comparison/1",
        "notice": notice,
        "inputs": INPUTS,
        "result": to_json(found),
        "digest": digest_of({"inputs": INPUTS, "result": to_json(found)}),
        "made_with": f"clerestory {version('clerestory')}",
    }


def test_a_shared_file_is_read_back_whole() -> None:
    document = share(INPUTS, FOUND)

    shared = read_shared(json.dumps(document))

    assert (shared.scenario, shared.inputs, shared.result, shared.digest) == (
        INPUTS["scenario"], INPUTS, document["result"], document["digest"],
    )  # fmt: skip
    assert shared.days == {
        "us-aa": date(2026, 3, 2),
        "us-aa@2019-12-31": date(2019, 12, 31),
    }


def test_the_program_that_made_a_file_is_no_part_of_its_digest() -> None:
    document = {**share(INPUTS, FOUND), "made_with": "another version", "notice": "read me"}

    assert read_shared(json.dumps(document)).digest == document["digest"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        'format = "clerestory-scenario/1"',
        "[]",
        "null",
        '"inputs"',
        "{}",
        '{"inputs": 1, "result": 2, "digest": 3}',
        sealed([]),
        sealed({"laws": {}, "demands": 1}),
        sealed({"scenario": "x", "demands": 1}),
        sealed({"scenario": "x", "laws": {}}),
        sealed({**INPUTS, "laws": ["us-aa"]}),
        sealed({**INPUTS, "laws": {"us-aa": "2026-03-02"}}),
        sealed({**INPUTS, "laws": {"us-aa": {}}}),
        sealed({**INPUTS, "laws": {"us-aa": {"on": "soon"}}}),
        sealed({**INPUTS, "laws": {"us-aa": {"on": 20260302}}}),
        sealed(INPUTS).replace('"rows": 10', '"rows": 10.5'),
    ],
)
def test_what_is_no_comparison_is_refused(text: str) -> None:
    with pytest.raises(
        BadScenario, match=r"^this is neither a scenario nor a comparison"
    ) as refused:
        read_shared(text)

    assert refused.value.code == "lab-bad-scenario"


def changed(**parts: Any) -> str:
    return json.dumps({**share(INPUTS, FOUND), **parts})


@pytest.mark.parametrize(
    "text",
    [
        changed(result={**to_json(FOUND), "rulings": 3}),
        changed(inputs={**INPUTS, "scenario": "another"}),
        changed(digest="f" * 64),
        changed(digest=None),
        changed(format="clerestory-comparison/9"),
    ],
)
def test_what_was_changed_after_it_was_made_is_refused(text: str) -> None:
    with pytest.raises(
        BadScenario, match=r"^the comparison was changed after it was ma"
    ) as refused:
        read_shared(text)

    assert refused.value.code == "lab-comparison-changed"


NEW = {"packs": ["us-aa 2"], "digest": "b" * 64, "on": "2026-03-02"}


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        (INPUTS, []),
        ({**INPUTS, "scenario": "of which the shared one is taken"}, []),
        ({**INPUTS, "laws": {**INPUTS["laws"], "us-aa": NEW}}, ["the law us-aa"]),
        ({**INPUTS, "laws": {**INPUTS["laws"], "us-bb": NEW}}, ["the law us-bb"]),
        ({**INPUTS, "laws": {}}, ["the law us-aa", "the law us-aa@2019-12-31"]),
        ({**INPUTS, "demands": {**DEMANDS, "seed": 2}}, ["the demands"]),
        ({**INPUTS, "laws": {"us-aa": NEW}, "demands": None},
         ["the law us-aa", "the law us-aa@2019-12-31", "the demands"]),
    ],
)  # fmt: skip
def test_what_is_another_here_is_named(inputs: Mapping[str, Json], told: list[str]) -> None:
    shared = read_shared(json.dumps(share(INPUTS, FOUND)))

    assert list(differences(shared, inputs)) == told
