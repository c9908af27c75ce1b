"""Packs and stacks of them: a version follows the content, and no pack comes without its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clerestory.law.errors import PackFault
from clerestory.law.packs import code_files, join_packs, load_pack, load_stack

DEFAULT = """\
[[authority]]
id = "house-default-deny"
citation = "Made-up rule"
title = "Silence releases nothing"
kind = "restricts"
binds = ["state_agency"]
basis = "agency_policy"
confirmed = "yes"
effect = "An effect."
requester = "Words to the requester."
person = "Words to the person."
not_met = "Words on what is missing."
decides = "silence"
"""
POLICY = """\
@id("{pack}-closed")
@authority("house-default-deny")
@bars("all")
forbid (principal, action in Action::"disclose", resource);
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a made-up pack beside the others; return the folder of packs."""
    (tmp_path / "codes.yaml").write_text("program:\n  snap: {means: made up.}\n")

    def written(name: str, *requires: str, called: str = "") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        required = ", ".join(f'"{one}"' for one in requires)
        (folder / "pack.toml").write_text(
            f'name = "{called or name}"\ntitle = "Made up"\nversion = "2026.11"\n'
            f"requires = [{required}]\n"
        )
        (folder / "authorities.toml").write_text("" if requires else DEFAULT)
        (folder / "law.cedar").write_text(POLICY.format(pack=name))
        (folder / "promises.toml").write_text("# none\n")
        (folder / "cases").mkdir()
        (folder / "cases" / "known.yaml").write_text("cases: []\n")
        return tmp_path

    return written


@pytest.mark.parametrize("file", ["pack.toml", "authorities.toml", "law.cedar", "promises.toml"])
def test_one_byte_more_is_another_version_of_the_pack(
    file: str, write: Callable[..., Path]
) -> None:
    packs = write("us-aa")
    before = load_stack(packs, ["us-aa"])

    path = packs / "us-aa" / file
    path.write_text(path.read_text() + "\n")
    after = load_stack(packs, ["us-aa"])

    assert before.packs[0].version != after.packs[0].version
    assert before.packs[0].edition == after.packs[0].edition == "2026.11"
    assert before.names[0] != after.names[0]
    assert before.digest != after.digest


def test_a_version_is_the_edition_and_the_first_of_the_digest(write: Callable[..., Path]) -> None:
    stack = load_stack(write("us-aa"), ["us-aa"])

    pack = stack.packs[0]
    assert pack.version == f"2026.11+{pack.digest[:12]}"
    assert stack.names == (f"us-aa {pack.version}", f"codes {stack.codes_digest[:12]}")


def test_the_version_is_the_same_wherever_the_pack_lies(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    packs = write("us-aa")
    (packs / "us-aa" / "codes.yaml").write_text("program:\n  tanf: {means: made up.}\n")
    before = load_stack(packs, ["us-aa"])

    moved = (packs / "us-aa").rename(tmp_path / "aaa-drafts")
    elsewhere = load_pack(moved)
    after = join_packs([elsewhere], packs)

    assert elsewhere.version == before.packs[0].version
    assert after.digest == before.digest


def test_one_byte_of_the_shared_codes_is_another_vocabulary(write: Callable[..., Path]) -> None:
    packs = write("us-aa")
    before = load_stack(packs, ["us-aa"])

    (packs / "codes.yaml").write_text("program:\n  snap: {means: made up!}\n")
    after = load_stack(packs, ["us-aa"])

    assert before.names[0] == after.names[0]
    assert before.names[1] != after.names[1]
    assert before.digest != after.digest


def test_known_answers_are_not_law_and_change_no_version(write: Callable[..., Path]) -> None:
    packs = write("us-aa")
    before = load_stack(packs, ["us-aa"])

    (packs / "us-aa" / "cases" / "known.yaml").write_text("cases: [ ]\n")

    assert load_stack(packs, ["us-aa"]).digest == before.digest


def test_a_digest_holds_the_names_of_the_files(write: Callable[..., Path]) -> None:
    packs = write("us-aa")
    before = load_pack(packs / "us-aa").digest

    (packs / "us-aa" / "law.cedar").rename(packs / "us-aa" / "lore.cedar")

    assert load_pack(packs / "us-aa").digest != before


def test_no_byte_wanders_from_one_file_into_the_next(write: Callable[..., Path]) -> None:
    packs = write("us-aa")
    folder = packs / "us-aa"
    text = (folder / "law.cedar").read_text()
    (folder / "law.cedar").write_text(f"{text}// one\n// two\n")
    (folder / "more.cedar").write_text("// three\n")
    before = load_pack(folder).digest

    (folder / "law.cedar").write_text(f"{text}// one\n")
    (folder / "more.cedar").write_text("// two\n// three\n")

    assert load_pack(folder).digest != before


def test_a_name_does_not_pose_as_content(write: Callable[..., Path]) -> None:
    folder = write("us-aa") / "us-aa"
    (folder / "law.cedar").write_text("// one\n")
    (folder / "more.cedar").write_text("// two\n")
    before = load_pack(folder).digest

    (folder / "more.cedar").unlink()
    (folder / "law.cedar").write_text("// one\nmore.cedar\0// two\n")

    assert load_pack(folder).digest != before


def test_a_pack_named_alone_brings_all_that_it_requires(write: Callable[..., Path]) -> None:
    write("us-aa")
    write("us-bb", "us-aa")
    packs = write("us-cc", "us-bb")

    stack = load_stack(packs, ["us-cc"])

    assert [pack.name for pack in stack.packs] == ["us-aa", "us-bb", "us-cc"]
    assert stack.digest == load_stack(packs, ["us-cc", "us-aa", "us-cc", "us-bb"]).digest


def test_no_pack_becomes_law_without_what_it_requires(write: Callable[..., Path]) -> None:
    write("us-aa")
    packs = write("us-bb", "us-aa")
    first, second = load_pack(packs / "us-aa"), load_pack(packs / "us-bb")

    for row in ([second], [second, first]):
        with pytest.raises(PackFault) as refused:
            join_packs(row, packs)
        assert str(refused.value) == "the pack us-bb is used without us-aa, which it requires"
        assert refused.value.code == "law-pack-alone"
        assert refused.value.todo == "load us-aa before it"
    assert [pack.name for pack in join_packs([first, second], packs).packs] == ["us-aa", "us-bb"]


def test_packs_in_a_circle_are_refused(write: Callable[..., Path]) -> None:
    write("us-aa", "us-bb")
    packs = write("us-bb", "us-aa")

    with pytest.raises(PackFault, match=r"in a circle: us-bb > us-aa > us-bb$") as refused:
        load_stack(packs, ["us-bb"])

    assert refused.value.code == "law-packs-circle"


def test_a_manifest_that_is_not_whole_is_no_law(write: Callable[..., Path]) -> None:
    write("us-aa")
    packs = write("us-bb", "us-aa")
    manifest = packs / "us-bb" / "pack.toml"
    manifest.write_text(manifest.read_text().replace('["us-aa"]', '"us-aa"'))

    with pytest.raises(PackFault) as refused:
        load_stack(packs, ["us-aa", "us-bb"])

    assert str(refused.value) == (
        "pack us-bb has 1 faults: pack.toml:4: requires must be a list of names in quotes: us-aa"
    )
    assert refused.value.todo == "run `clerestory law check us-bb` and mend each line it names"


@pytest.mark.parametrize("name", ["us-zz", "../packs/us-aa", "us-aa/", "./us-aa", "", "US-AA"])
def test_what_is_no_name_of_a_pack_here_is_refused_with_those_that_are(
    name: str, write: Callable[..., Path]
) -> None:
    packs = write("us-aa")

    with pytest.raises(PackFault) as refused:
        load_stack(packs, [name])

    assert str(refused.value) == f"there is no pack called {name}"
    assert (refused.value.code, refused.value.todo) == ("law-no-pack", "choose one of: us-aa")


def test_a_pack_that_is_not_called_as_its_folder_is_refused(write: Callable[..., Path]) -> None:
    packs = write("us-aa", called="us-federal")

    with pytest.raises(PackFault) as refused:
        load_stack(packs, ["us-aa"])

    assert str(refused.value) == "the pack in the folder us-aa is called us-federal"
    assert refused.value.todo == "give the folder and the name in us-aa/pack.toml the same name"


def test_a_demand_is_read_by_the_codes_of_all_that_is_required(write: Callable[..., Path]) -> None:
    write("us-aa")
    write("us-bb", "us-aa")
    packs = write("us-cc", "us-bb")
    for name in ("us-bb", "us-cc"):
        (packs / name / "codes.yaml").write_text("program: {}\n")

    assert code_files(packs, ["us-cc"]) == [
        packs / "codes.yaml",
        packs / "us-bb" / "codes.yaml",
        packs / "us-cc" / "codes.yaml",
    ]
    with pytest.raises(PackFault, match=r"^there is no pack called us-zz$"):
        code_files(packs, ["us-zz"])


def test_a_pack_that_is_written_to_while_it_is_read_is_no_law(write: Callable[..., Path]) -> None:
    packs = write("us-aa")
    # What the system writes there anew for each reader.
    (packs / "us-aa" / "more.toml").symlink_to("/proc/sys/kernel/random/uuid")

    with pytest.raises(PackFault, match="writes to the packs while they are read: us-aa") as fault:
        load_pack(packs / "us-aa")

    assert fault.value.code == "law-pack-changing"
