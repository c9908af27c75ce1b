"""Where ``./clerestory`` makes its environment, and what of others it never touches."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from launched import Checkout


def theirs(checkout: Checkout) -> Path:
    """An environment that nobody asked this script to make, with something of theirs."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", checkout.venv], check=True)
    (checkout.venv / "theirs").touch()
    return checkout.venv / "theirs"


def broken(checkout: Checkout) -> Path:
    kept = theirs(checkout)
    for python in (checkout.venv / "bin").glob("python*"):
        python.unlink()
    return kept


def too_old(checkout: Checkout) -> Path:
    kept = broken(checkout)
    (checkout.venv / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    (checkout.venv / "bin" / "python").chmod(0o755)
    return kept


def half_made(checkout: Checkout) -> Path:
    kept = broken(checkout)
    (checkout.venv / "clerestory").mkdir()
    (checkout.venv / "clerestory" / "unfinished").touch()
    return kept


def a_file(checkout: Checkout) -> Path:
    checkout.venv.write_text("a list of wishes")
    return checkout.venv


def no_environment(checkout: Checkout) -> Path:
    checkout.venv.mkdir()
    (checkout.venv / "thesis.txt").write_text("years of work")
    return checkout.venv / "thesis.txt"


def a_hidden_file(checkout: Checkout) -> Path:
    checkout.venv.mkdir()
    (checkout.venv / "..keys").write_text("hidden")
    return checkout.venv / "..keys"


def ours_with_more(checkout: Checkout) -> Path:
    checkout.run()
    (checkout.venv / "thesis.txt").write_text("years of work")
    (checkout.folder / "requirements.lock").write_text("# newer\n")
    return checkout.venv / "thesis.txt"


def linked(checkout: Checkout) -> Path:
    elsewhere = checkout.bin.parent / "elsewhere"
    elsewhere.mkdir()
    checkout.venv.symlink_to(elsewhere)
    (elsewhere / "thesis.txt").write_text("years of work")
    return elsewhere / "thesis.txt"


def dangling(checkout: Checkout) -> Path:
    checkout.venv.symlink_to("nowhere")
    return checkout.venv


def others(checkout: Checkout) -> Path:
    kept = theirs(checkout)
    checkout.belongs_to_another(checkout.venv)
    return kept


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (broken, "was not made by this script, and holds no Python 3.11 or newer that runs"),
        (too_old, "was not made by this script, and holds no Python 3.11 or newer that runs"),
        (half_made, "was not made by this script, and holds no Python 3.11 or newer that runs"),
        (a_file, "is not a folder"),
        (no_environment, "was not made by this script"),
        (a_hidden_file, "was not made by this script"),
        (ours_with_more, "must be made anew, and holds what is not part of it: thesis.txt"),
        (linked, "is a link"),
        (dangling, "is a link"),
        (others, "belongs to another user"),
    ],
)
def test_what_this_script_did_not_make_is_never_removed_or_written_to(
    there: Callable[[Checkout], Path], said: str, checkout: Checkout
) -> None:
    kept = there(checkout)
    before = (sorted(checkout.venv.rglob("*")), os.lstat(kept).st_mtime_ns, checkout.calls())

    done = checkout.run()

    assert done.returncode == 4
    assert done.stderr.splitlines() == [
        done.stderr.splitlines()[0],
        "clerestory: next: move it away, or name another folder in CLERESTORY_VENV, and run the "
        "same again",
    ]
    assert done.stderr.startswith(f"clerestory: {checkout.venv} {said}")
    assert done.stderr.splitlines()[0].endswith(": it is left as it is")
    assert before == (
        sorted(checkout.venv.rglob("*")),
        os.lstat(kept).st_mtime_ns,
        checkout.calls(),
    )


def test_what_a_package_laid_beside_its_code_is_part_of_the_environment(checkout: Checkout) -> None:
    checkout.run()
    (checkout.venv / "locale" / "en").mkdir(parents=True)
    (checkout.venv / "locale" / "en" / "words.mo").touch()
    (site,) = checkout.venv.glob("lib/python*/site-packages")
    (site / "words-1.dist-info").mkdir()
    (site / "words-1.dist-info" / "RECORD").write_text(
        "words/__init__.py,,\n../../../locale/en/words.mo,sha256=0,0\n"
    )
    (checkout.folder / "requirements.lock").write_text("# newer\n")

    done = checkout.run()

    assert done.returncode == 0
    assert not (checkout.venv / "locale").exists()


def test_an_empty_folder_and_a_set_up_stopped_at_once_are_filled(checkout: Checkout) -> None:
    (checkout.venv / "clerestory").mkdir(parents=True)

    done = checkout.run()

    assert (done.returncode, checkout.calls()) == (0, ["venv", "pip install", "pip install"])


def test_what_is_ready_runs_wherever_it_lies_and_whosever_it_is(checkout: Checkout) -> None:
    checkout.run()
    checkout.belongs_to_another(checkout.venv)
    moved = checkout.venv.rename(checkout.bin.parent / "elsewhere")
    checkout.venv.symlink_to(moved)

    done = checkout.run()

    assert (done.returncode, done.stderr) == (0, "")


def test_another_folder_can_be_named(checkout: Checkout) -> None:
    kept = broken(checkout)
    named = checkout.bin.parent / "some where" / "else"

    done = checkout.run(CLERESTORY_VENV=f"{named}//")
    again = checkout.run(CLERESTORY_VENV=str(named))

    assert (done.returncode, again.returncode, again.stderr) == (0, 0, "")
    assert (named / "clerestory" / "made-here").exists()
    assert kept.exists()


@pytest.mark.parametrize("place", ["venv", "./venv", "~/venv", "/", "//"])
def test_a_folder_must_be_named_by_its_whole_path(place: str, checkout: Checkout) -> None:
    done = checkout.run(CLERESTORY_VENV=place)

    assert done.returncode == 4
    assert f"CLERESTORY_VENV must be a whole path to a folder: {place}\n" in done.stderr
    assert checkout.calls() == []


@pytest.mark.parametrize("of_checkout", [True, False])
def test_a_folder_that_holds_other_things_is_no_place_for_it(
    of_checkout: bool, checkout: Checkout
) -> None:
    place = checkout.folder if of_checkout else checkout.bin

    done = checkout.run(CLERESTORY_VENV=str(place))

    assert done.returncode == 4
    assert f"{place} was not made by this script" in done.stderr
    assert checkout.script.exists()


@pytest.mark.parametrize("named", [True, False])
def test_in_another_users_checkout_it_lies_with_the_users_own_data(
    named: bool, checkout: Checkout
) -> None:
    checkout.belongs_to_another(checkout.folder)
    data = checkout.bin.parent / "the data"
    more = {"XDG_DATA_HOME": str(data)} if named else {}

    done = checkout.run(at=checkout.script, **more)
    again = checkout.run(at=checkout.script, **more)

    own = data if named else checkout.bin.parent / "home" / ".local" / "share"
    (venv,) = (own / "clerestory").iterdir()
    assert (done.returncode, again.returncode, again.stderr) == (0, 0, "")
    assert f"preparing {venv} " in done.stderr
    assert not checkout.venv.exists()


def test_two_checkouts_of_another_user_do_not_share_one(checkout: Checkout) -> None:
    second = shutil.copytree(checkout.folder, checkout.bin.parent / "second")
    for folder in (checkout.folder, second):
        checkout.belongs_to_another(folder)
        assert checkout.run(at=folder / "clerestory").returncode == 0

    data = checkout.bin.parent / "home" / ".local" / "share" / "clerestory"
    assert len(list(data.iterdir())) == 2


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"HOME": ""}, "and there is no home folder"),
        ({"XDG_DATA_HOME": "data"}, "and there is no home folder"),
        ({"HOME": "/dev"}, "and /dev is not yours"),
    ],
)
def test_where_it_could_lie_nowhere_the_way_out_is_named(
    more: dict[str, str], said: str, checkout: Checkout
) -> None:
    checkout.belongs_to_another(checkout.folder)
    if more.get("HOME") == "/dev":
        whole = (checkout.bin / "ls").read_text()
        checkout.add_tool("ls", whole.replace(f'"{checkout.folder}" ]', '"/dev" ] || [ 1 ]'))

    done = checkout.run(at=checkout.script, **more)

    assert done.returncode == 4
    assert f"cannot be made in {checkout.folder}, {said}\n" in done.stderr
    assert "in CLERESTORY_VENV, by its whole path" in done.stderr
    assert checkout.calls() == []


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_checkout_is_left_as_it_is(checkout: Checkout) -> None:
    checkout.folder.chmod(0o555)

    done = checkout.run()

    checkout.folder.chmod(0o755)
    assert done.returncode == 0
    assert not checkout.venv.exists()
