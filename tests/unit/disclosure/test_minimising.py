"""Only what is released can be in a package, and only as fine as it was released."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from clerestory.demands.demand import Item
from clerestory.demands.determination import Determination, Outcome, Ruling
from clerestory.disclosure.coarsening import SHAPES, CoarseningTables, coarsen
from clerestory.disclosure.minimising import (
    Attachment,
    Minimised,
    Record,
    Value,
    check_precision,
    minimise,
    permitted_items,
)
from clerestory.kernel import Corruption, Refusal

TABLES = CoarseningTables(
    counties={"lewiston": "Androscoggin"},
    yes_words=frozenset({"active"}),
    no_words=frozenset({"closed"}),
    months=("2026-01",),
)


def test_only_released_and_coarsened_items_may_be_read(mixed: Determination) -> None:
    assert [item.ref for item in permitted_items(mixed)] == [
        "S1.address",
        "S1.date_of_birth",
        "S1.photo",
        "S2.address",
    ]


def test_a_coarsened_value_leaves_as_the_coarser_answer_only(
    mixed: Determination, values: dict[Item, Value]
) -> None:
    minimised = minimise(mixed, values)

    by_item = {record.item: record for record in minimised.records}
    born = by_item[Item("S1", "snap", "date_of_birth")]
    assert (born.value, born.precision) == ("1984", "year")
    assert "1984-05-17" not in repr(minimised.records)


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (Item("S1", "snap", "ssn"), "disclosure-value-not-released"),
        (Item("S2H1", "snap", "name"), "disclosure-value-not-released"),
        (Item("S3", "snap", "address"), "disclosure-value-undecided"),
        (Item("S1", "tanf", "address"), "disclosure-value-undecided"),
    ],
)
def test_a_value_that_may_not_leave_raises_the_alarm(
    mixed: Determination, values: dict[Item, Value], item: Item, code: str
) -> None:
    with pytest.raises(Corruption) as caught:
        minimise(mixed, {**values, item: "a made-up value"})

    assert caught.value.code == code
    assert "made-up value" not in str(caught.value)


def test_a_minimised_value_cannot_be_built_with_a_withheld_record(mixed: Determination) -> None:
    record = Record(item=Item("S1", "snap", "ssn"), precision=None, value="x")

    with pytest.raises(Corruption):
        Minimised(determination=mixed, records=(record,))


@pytest.mark.parametrize(
    ("precision", "value"), [("year", "1984-05-17"), (None, "1984"), ("county", "1984")]
)
def test_a_minimised_value_cannot_be_built_finer_than_ruled(
    mixed: Determination, precision: str | None, value: str
) -> None:
    item = Item("S1", "snap", "date_of_birth")

    with pytest.raises(Corruption) as caught:
        Minimised(
            determination=mixed, records=(Record(item=item, precision=precision, value=value),)
        )

    assert caught.value.code == "disclosure-too-fine"


def test_a_minimised_value_holds_each_answer_once(mixed: Determination) -> None:
    record = Record(item=Item("S1", "snap", "address"), precision=None, value="x")

    with pytest.raises(Corruption) as caught:
        Minimised(determination=mixed, records=(record, record))

    assert caught.value.code == "disclosure-value-twice"


def test_a_determination_that_rules_twice_releases_nothing(
    mixed: Determination, values: dict[Item, Value]
) -> None:
    twice = replace(mixed, rulings=(*mixed.rulings, mixed.rulings[0]))

    with pytest.raises(Corruption) as caught:
        minimise(twice, values)

    assert caught.value.code == "disclosure-ruling-twice"


def test_a_missing_value_is_refused(mixed: Determination, values: dict[Item, Value]) -> None:
    del values[Item("S2", "snap", "address")]

    with pytest.raises(Refusal) as caught:
        minimise(mixed, values)

    assert caught.value.code == "disclosure-value-missing"


def test_a_determination_with_an_alarm_releases_nothing(
    mixed: Determination, values: dict[Item, Value]
) -> None:
    with pytest.raises(Refusal) as caught:
        minimise(replace(mixed, alarms=("policy-9 could not be evaluated",)), values)

    assert caught.value.code == "disclosure-alarmed"


def test_a_determination_that_releases_nothing_makes_no_package(
    make_ruling: Callable[..., Ruling], make_determination: Callable[..., Determination]
) -> None:
    with pytest.raises(Refusal) as caught:
        minimise(make_determination(make_ruling("S1", "ssn", Outcome.WITHHOLD)), {})

    assert caught.value.code == "disclosure-nothing-released"


@pytest.mark.parametrize("value", ["1 Madeup Street", Attachment(source=b"x", suffix=".png")])
def test_a_coarser_answer_that_cannot_be_made_is_refused(
    make_ruling: Callable[..., Ruling],
    make_determination: Callable[..., Determination],
    value: Value,
) -> None:
    ruled = make_determination(make_ruling("S1", "address", Outcome.COARSEN, coarsen_to="county"))

    with pytest.raises(Refusal) as caught:
        minimise(ruled, {Item("S1", "snap", "address"): value}, TABLES)

    assert caught.value.code == "disclosure-coarsening-unclear"


@pytest.mark.parametrize("coarsen_to", [None, "nearest_mile"])
def test_an_unknown_coarser_answer_is_refused(
    make_ruling: Callable[..., Ruling],
    make_determination: Callable[..., Determination],
    coarsen_to: str | None,
) -> None:
    ruled = make_determination(make_ruling("S1", "address", Outcome.COARSEN, coarsen_to=coarsen_to))

    with pytest.raises(Refusal) as caught:
        minimise(ruled, {Item("S1", "snap", "address"): "x"}, TABLES)

    assert caught.value.code == "disclosure-coarsening-unknown"


def test_a_coarsened_item_with_nothing_on_file_stays_empty(
    mixed: Determination, values: dict[Item, Value]
) -> None:
    values[Item("S1", "snap", "date_of_birth")] = None

    minimised = minimise(mixed, values)

    assert [r.value for r in minimised.records if r.precision == "year"] == [None]


def test_a_yes_or_no_has_no_third_word_for_nothing_on_file(
    make_ruling: Callable[..., Ruling], make_determination: Callable[..., Determination]
) -> None:
    def answer(precision: str, value: Value) -> Value:
        ruled = make_ruling("S1", "address", Outcome.COARSEN, coarsen_to=precision)
        minimised = minimise(
            make_determination(ruled), {Item("S1", "snap", "address"): value}, TABLES
        )
        return minimised.records[0].value

    assert answer("month_yes_no", None) == answer("month_yes_no", "2025-12") == "2026-01: no"
    with pytest.raises(Refusal) as caught:
        answer("yes_no", None)
    assert caught.value.code == "disclosure-coarsening-unclear"


@pytest.mark.parametrize("precision", ["yes_no", "month_yes_no"])
def test_an_empty_answer_is_finer_than_yes_or_no(precision: str) -> None:
    with pytest.raises(Corruption) as caught:
        check_precision("S1.address", precision, precision, None)

    assert caught.value.code == "disclosure-too-fine"


@pytest.mark.parametrize(
    ("precision", "given", "answer"),
    [
        ("yes_no", ["Active"], "yes"),
        ("yes_no", ["closed "], "no"),
        ("year", ["1984-05-17"], "1984"),
        ("county", ["1 Madeup Street, Lewiston, ME 04240"], "Androscoggin County"),
        ("county", ["1 Madeup Street\nLewiston Maine"], "Androscoggin County"),
        ("month_yes_no", ["2025-12", "2026-01"], "2026-01: yes"),
        ("month_yes_no", ["2026-01-15"], "2026-01: yes"),
        ("month_yes_no", ["2025-12"], "2026-01: no"),
        ("month_yes_no", [], "2026-01: no"),
    ],
)
def test_each_coarser_answer_is_what_its_name_says(
    precision: str, given: list[str], answer: str
) -> None:
    found = coarsen(precision, given, TABLES)

    assert found == answer
    assert SHAPES[precision].fullmatch(found)


@pytest.mark.parametrize(
    ("precision", "given"),
    [
        ("yes_no", ["perhaps"]),
        ("yes_no", ["active", "closed"]),
        ("year", ["May 1984"]),
        ("county", ["Lewiston"]),
        ("county", ["Lewiston, ID 83501"]),
        ("county", ["Lewiston House, Nowhere, ME"]),
        ("month_yes_no", ["last winter"]),
    ],
)
def test_a_value_is_refused_rather_than_guessed(precision: str, given: list[str]) -> None:
    with pytest.raises(Refusal) as caught:
        coarsen(precision, given, TABLES)

    assert caught.value.code == "disclosure-coarsening-unclear"
    assert given[0] not in str(caught.value)


@pytest.mark.parametrize(
    "months", [(), ("2026-13",), ("March",), ("2026-01", "2026-1"), ("2026-01",) * 121]
)
def test_an_answer_for_months_needs_the_months(months: tuple[str, ...]) -> None:
    with pytest.raises(Refusal) as caught:
        coarsen("month_yes_no", ["2026-01"], CoarseningTables(months=months))

    assert caught.value.code == "disclosure-month-missing"


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        (["2025-12-31", "2026-02"], "2025-12: yes; 2026-01: no; 2026-02: yes"),
        (["2026-03", "2025-11-30"], "2025-12: no; 2026-01: no; 2026-02: no"),
        ([], "2025-12: no; 2026-01: no; 2026-02: no"),
    ],
)
def test_each_month_that_was_asked_about_is_answered(values: list[str], answer: str) -> None:
    tables = CoarseningTables(months=("2025-12", "2026-01", "2026-02"))

    found = coarsen("month_yes_no", values, tables)

    assert found == answer
    assert SHAPES["month_yes_no"].fullmatch(found)
    assert len(coarsen("month_yes_no", values, CoarseningTables(months=("2026-01",) * 120))) > 100


@pytest.mark.parametrize(
    "text", ["2026-01: yes;", "2026-01: yes; 2026-02", "2026-01: yes; 2026-02: since 2024-03-05"]
)
def test_what_is_more_than_months_with_yes_or_no_is_finer(text: str) -> None:
    with pytest.raises(Corruption) as caught:
        check_precision("S1.program_participation", "month_yes_no", "month_yes_no", text)

    assert caught.value.code == "disclosure-too-fine"


@pytest.mark.parametrize("suffix", ["pdf", ".PDF", "./x", ".é", "."])
def test_a_file_has_a_plain_suffix(suffix: str) -> None:
    with pytest.raises(ValueError, match="suffix"):
        Attachment(source=b"", suffix=suffix)
