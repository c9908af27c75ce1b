"""What an office noted of a matter is read as it was written, or not at all."""

from pathlib import Path

import pytest

from clerestory.cli.office import BadRecord, read_record

WHOLE = '{"demand": "D-1", "number": 1, "asked": {"holder": "%s"}}'


@pytest.mark.parametrize(
    "content",
    [
        WHOLE.replace('"%s"', "0.1"),
        WHOLE.replace('"%s"', "NaN"),
        WHOLE.replace('"%s"', "[1e999]"),
        WHOLE % "\\ud800",
        WHOLE.replace("1,", "true,"),
        WHOLE.replace("1,", "1.0,"),
        "[" * 100_000,
        "[]",
    ],
    ids=["fraction", "no number", "endless", "half a letter", "truth", "1.0", "deep", "list"],
)
def test_what_no_office_wrote_is_said_by_the_name_of_its_file(content: str, tmp_path: Path) -> None:
    path = tmp_path / "D-1.json"
    path.write_text(content)

    with pytest.raises(BadRecord, match=r"D-1\.json") as fault:
        read_record(path, "D-1", "number")

    assert fault.value.code == "office-record-unreadable"


def test_what_the_office_wrote_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "D-1.json"
    path.write_text(WHOLE % "ab12")

    assert read_record(path, "D-1", "number") == {
        "demand": "D-1",
        "number": 1,
        "asked": {"holder": "ab12"},
    }
