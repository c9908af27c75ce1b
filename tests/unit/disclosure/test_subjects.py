"""A package says whom each reference stands for, in the requester's own words."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clerestory.audit.packages import verify_package
from clerestory.demands.demand import Item
from clerestory.demands.determination import Determination
from clerestory.disclosure.contents import Contents, prepare_contents
from clerestory.disclosure.minimising import Value, minimise
from clerestory.disclosure.opening import Identity
from clerestory.disclosure.released import check_released, read_rulings
from clerestory.disclosure.sealing import Sealed
from clerestory.kernel import Corruption
from clerestory.notes import Ed25519Signer

MARKS = {
    "S2": {"name": "=Made Up", "birth_date": "17. April 1988"},
    "S1": {"ssn": "911-11-0000", "name": "Jos\u00e9 Made-Up, Jr."},
    "S9": {"name": "Nobody Asked"},
}


@pytest.fixture
def told(mixed: Determination, values: dict[Item, Value]) -> Contents:
    return prepare_contents(minimise(mixed, values), letter_pdf=b"letter", marks=MARKS)


def files_of(contents: Contents) -> dict[str, bytes]:
    return {part.path: b"".join(part.pieces()) for part in contents.parts}


def test_the_marks_of_the_demands_persons_are_repeated_unchanged(told: Contents) -> None:
    files = files_of(told)

    assert json.loads(files["data/subjects.json"]) == {
        "format": "clerestory-subjects/1",
        "demand": "ME-2026-0041",
        "subjects": [
            {"ref": "S1", "as_given": MARKS["S1"]},
            {"ref": "S2", "as_given": MARKS["S2"]},
        ],
    }
    assert files["data/subjects.csv"].decode() == (
        '\ufeff"ref","mark","as_given"\r\n'
        '"S1","name","Jos\u00e9 Made-Up, Jr."\r\n"S1","ssn","911-11-0000"\r\n'
        '"S2","birth_date","17. April 1988"\r\n"S2","name","\'=Made Up"\r\n'
    )


def test_without_marks_there_is_no_list(mixed: Determination, values: dict[Item, Value]) -> None:
    for marks in (None, {}, {"S9": MARKS["S9"]}):
        contents = prepare_contents(minimise(mixed, values), letter_pdf=b"l", marks=marks)
        assert not any("subjects" in part.path for part in contents.parts)


def test_a_package_with_the_list_verifies(
    told: Contents,
    seal: Callable[..., Sealed],
    sender: Ed25519Signer,
    log: Any,
    identity: Identity,
    tmp_path: Path,
) -> None:
    sealed = seal(told)

    verified = verify_package(
        sealed.path, sender=sender.verifier, log_vkey=log.key, identity=identity,
        extract_to=tmp_path / "opened",
    )  # fmt: skip

    assert verified.is_complete
    assert (tmp_path / "opened/data/subjects.csv").exists()


class _Held:
    def __init__(self, body: bytes) -> None:
        self.body: bytes | None = body


@pytest.mark.parametrize(
    ("path", "change", "code"),
    [
        ("data/subjects.json", None, "package-answer-missing"),
        ("data/subjects.csv", None, "package-answer-missing"),
        ("data/subjects.csv", (b"911", b"912"), "package-contents-not-released"),
        ("data/subjects.json", (b"911", b"912"), "package-contents-not-released"),
        ("data/subjects.json", (b'"S2"', b'"S3"'), "package-contents-not-released"),
        ("data/subjects.json", (b'"S2"', b'"S1"'), "package-contents-unreadable"),
        ("data/subjects.json", (b"0041", b"0042"), "package-contents-unreadable"),
        ("data/subjects.json", (b"subjects/1", b"subjects/2"), "package-contents-unreadable"),
        ("data/subjects.json", (b'"911-11-0000"', b"911"), "package-contents-unreadable"),
        ("data/subjects.json", (b'"ref"', b'"name"'), "package-contents-unreadable"),
        ("data/subjects.json", (b'"ref"', b'"also":1,"ref"'), "package-contents-unreadable"),
    ],
)
def test_another_list_is_found(
    told: Contents, path: str, change: tuple[bytes, bytes] | None, code: str
) -> None:
    files = files_of(told)
    if change is None:
        del files[path]
    else:
        files[path] = files[path].replace(*change)
    rulings = read_rulings(files["data/determination.json"])

    with pytest.raises(Corruption) as caught:
        check_released({name: _Held(body) for name, body in files.items()}, rulings)

    assert caught.value.code == code


def test_a_large_table_in_an_attachment_is_only_measured() -> None:
    from clerestory.disclosure.verifying import is_kept

    assert is_kept("package-ME-1/data/records/S1.csv")
    assert is_kept("package-ME-1/data/subjects.json")
    assert is_kept("package-ME-1/bag-info.txt")
    for name in ("attachments/S-all/snap.x.csv", "attachments/S-all/snap.x.json", "letter.pdf"):
        assert not is_kept(f"package-ME-1/data/{name}")
