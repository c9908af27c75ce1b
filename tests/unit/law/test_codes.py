"""The vocabulary: known codes pass, others are errors that name them."""

from pathlib import Path

import pytest

from clerestory.law.codes import Code, Vocabulary, load_vocabulary
from clerestory.law.errors import PackFault, UnknownCode

ROOT = Path(__file__).parents[3]
TREES = {"requester_class", "purpose", "program_group", "category"}


@pytest.fixture(scope="module")
def real() -> Vocabulary:
    return load_vocabulary([ROOT / "packs" / "codes.yaml"])


def written(folder: Path, text: str, name: str = "codes.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_known_code_comes_back(real: Vocabulary) -> None:
    assert real.check("program", "snap", "here") == "snap"


def test_an_unknown_code_is_named_with_its_place_and_with_close_ones(real: Vocabulary) -> None:
    with pytest.raises(UnknownCode) as caught:
        real.check("program", "snapp", "records[0].program")

    assert str(caught.value) == (
        "unknown code in records[0].program: snapp is not in the list program"
    )
    assert "(close to it: snap" in caught.value.todo
    assert caught.value.code == "law-unknown-code"


def test_a_code_that_is_like_no_other_has_no_close_ones(real: Vocabulary) -> None:
    with pytest.raises(UnknownCode) as caught:
        real.check("program", "qqqqqqqq", "here")

    assert "close to it" not in caught.value.todo


def test_knowing_a_code_needs_the_right_list(real: Vocabulary) -> None:
    assert real.knows("program", "snap")
    assert not real.knows("purpose", "snap")
    assert not real.knows("no_such_list", "snap")


def test_the_groups_above_a_code_are_climbed_to_the_top(real: Vocabulary) -> None:
    assert real.groups_of("requester_class", "fns") == {
        "fns", "federal_program", "federal_agency", "benefit_agency",
    }  # fmt: skip
    assert real.groups_of("program", "mainecare") == {"mainecare", "medicaid_plan", "hipaa_covered"}
    assert real.groups_of("fields", "address") == {"address", "contact", "whereabouts"}


def test_a_code_that_stands_nowhere_is_only_itself(real: Vocabulary) -> None:
    assert real.groups_of("purpose", "no_such_purpose") == {"no_such_purpose"}


def test_every_group_that_a_code_names_exists(real: Vocabulary) -> None:
    homes = {"program": "program_group", "fields": "category"}
    for name, codes in real.lists.items():
        home = real.lists.get(homes.get(name, name), {})
        for code in codes.values():
            assert set(code.groups) <= set(home), (name, code.name)
            assert not code.groups or name in TREES | set(homes), name


def test_every_code_says_what_it_means(real: Vocabulary) -> None:
    silent = [
        f"{name}.{code.name}"
        for name, codes in real.lists.items()
        for code in codes.values()
        if not code.means
    ]

    assert silent == []


def test_every_code_of_every_list_is_found_without_naming_the_list(real: Vocabulary) -> None:
    assert {"snap", "ice", "S1"} & real.every_code == {"snap", "ice"}
    assert len(real.every_code) <= sum(map(len, real.lists.values()))


def test_an_entry_keeps_its_source_and_its_marks(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "fields:\n  a: {means: x, in: [g], source: irs, proxy: true}\n"
        "findings:\n  b: {event: true}\n",
    )

    vocabulary = load_vocabulary([path])

    assert vocabulary.get("fields", "a") == Code(
        name="a", means="x", groups=("g",), source="irs", proxy=True
    )
    assert vocabulary.get("findings", "b") == Code(name="b", means="", event=True)


def test_a_later_file_adds_codes(tmp_path: Path) -> None:
    first = written(tmp_path, "program:\n  a: {means: x}\n")
    second = written(tmp_path, "program:\n  b: {means: y}\n", "more.yaml")

    assert set(load_vocabulary([first, second]).lists["program"]) == {"a", "b"}


def test_a_later_file_never_redefines_a_code(tmp_path: Path) -> None:
    first = written(tmp_path, "program:\n  a: {means: x}\n")
    second = written(tmp_path, "program:\n  a: {means: y}\n", "more.yaml")

    with pytest.raises(PackFault, match=r"more\.yaml defines program\.a again"):
        load_vocabulary([first, second])


def test_a_key_that_nobody_reads_is_a_fault(tmp_path: Path) -> None:
    # What a text with a comma and no quotes turns into.
    path = written(tmp_path, "program:\n  a: {means: food, and drink}\n")

    with pytest.raises(PackFault, match=r"program\.a has a key nobody reads: and drink"):
        load_vocabulary([path])


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("in: origin", "in is no list of texts"),
        ("in: [1]", "in is no list of texts"),
        ("in:", "in is no list of texts"),
        ("proxy:", "proxy is no true or false"),
        ('proxy: "no"', "proxy is no true or false"),
        ("proxy: 1", "proxy is no true or false"),
        ('compels: "no"', "compels is no true or false"),
        ("event: [true]", "event is no true or false"),
        ("group:", "group is no true or false"),
        ("by: counsel", "nobody is asked by that name: by"),
        ("source: 7", "source is no text"),
        ("source:", "source is no text"),
    ],
)
def test_a_mark_that_would_count_as_its_contrary_or_be_lost_is_a_fault(
    entry: str, said: str, tmp_path: Path
) -> None:
    path = written(tmp_path, f"fields:\n  made_up:\n    means: made up.\n    {entry}\n")

    with pytest.raises(PackFault) as caught:
        load_vocabulary([path])

    assert str(caught.value) == f"codes.yaml: fields.made_up: {said}"
    assert caught.value.todo


@pytest.mark.parametrize("text", ["- a\n", "just words\n"])
def test_a_file_without_lists_is_a_fault(text: str, tmp_path: Path) -> None:
    with pytest.raises(PackFault, match="holds no lists of codes"):
        load_vocabulary([written(tmp_path, text)])


@pytest.mark.parametrize("text", ["program: words\n", "program:\n  a: words\n", "program:\n"])
def test_a_list_that_holds_no_codes_is_a_fault(text: str, tmp_path: Path) -> None:
    with pytest.raises(PackFault, match="program is not a list of codes"):
        load_vocabulary([written(tmp_path, text)])


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    torn = written(tmp_path, "program: {a: [\n")
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("program: {a: {means: Größe}}".encode("latin-1"))

    empty = tmp_path / "empty.yaml"
    empty.write_bytes(b"")

    for path, said in (
        (torn, r"codes\.yaml, line 1: a bracket is opened and not closed"),
        (latin, r"latin\.yaml, line 1: the file is not UTF-8: the byte F6"),
        (tmp_path / "missing.yaml", r"there is no file missing\.yaml"),
        (empty, r"empty\.yaml, line 1: the file is empty"),
    ):
        with pytest.raises(PackFault, match=said) as caught:
            load_vocabulary([path])
        assert caught.value.code == "law-pack-fault"


def test_a_code_that_stands_twice_is_refused_before_one_is_lost(tmp_path: Path) -> None:
    text = "fields:\n  citizenship: {means: a, proxy: true}\n  citizenship: {means: a}\n"

    with pytest.raises(PackFault, match=r"line 3, key fields\.citizenship: the key stands twice"):
        load_vocabulary([written(tmp_path, text)])


def test_a_code_may_be_called_yes_or_no(tmp_path: Path) -> None:
    path = written(tmp_path, "answer:\n  yes: {means: a.}\n  no: {means: b.}\n")

    assert list(load_vocabulary([path]).lists["answer"]) == ["yes", "no"]


@pytest.mark.parametrize(
    ("said", "by"),
    [("", "custodian"), (", by: custodian", "custodian"), (", by: counsel", "counsel")],
)
def test_who_may_establish_a_finding_is_said_by_its_code(
    said: str, by: str, tmp_path: Path
) -> None:
    path = written(tmp_path, f"findings:\n  made_up: {{means: made up{said}}}\n")

    assert load_vocabulary([path]).get("findings", "made_up").by == by


@pytest.mark.parametrize("by", ["anybody", "demand", "", "7", "[counsel]"])
def test_a_finding_that_nobody_known_establishes_is_a_fault(by: str, tmp_path: Path) -> None:
    path = written(tmp_path, f"findings:\n  made_up: {{means: made up, by: {by}}}\n")

    with pytest.raises(PackFault, match=r"findings\.made_up: nobody is asked by that name: by"):
        load_vocabulary([path])


def test_groups_in_a_circle_are_each_others(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "requester_class:\n"
        "  one: {means: made up, in: [two], group: true}\n"
        "  two: {means: made up, in: [three], group: true}\n"
        "  three: {means: made up, in: [two], group: true}\n",
    )
    vocabulary = load_vocabulary([path])

    assert vocabulary.groups_of("requester_class", "one") == {"one", "two", "three"}
    assert vocabulary.groups_of("requester_class", "three") == {"two", "three"}
    assert vocabulary.below("requester_class", "three") == {"one", "two", "three"}
