"""``./clerestory`` sets itself up once, mends itself, and says what is missing."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from launched import PIP, PYTEST, UV, Checkout


def test_the_program_gets_its_words_its_home_and_gives_its_exit_code(checkout: Checkout) -> None:
    done = checkout.run("say", "a b", "no")

    program = checkout.folder / "src" / "clerestory" / "cli" / "__init__.py"
    assert done.stdout == f"['say', 'a b', 'no'] {checkout.folder} {program}\n"
    assert done.returncode == 7


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["./a check out/clerestory"], "./a check out/clerestory"),
        (["sh", "clerestory"], "./clerestory"),
    ],
)
def test_the_program_is_told_by_which_words_it_was_called(
    typed: list[str], told: str, checkout: Checkout
) -> None:
    program = checkout.folder / "src" / "clerestory" / "cli" / "__init__.py"
    program.write_text("def main():\n    import os\n    print(os.environ['CLERESTORY_COMMAND'])\n")
    here = checkout.folder if typed[0] == "sh" else checkout.folder.parent

    done = subprocess.run(
        typed, cwd=here, env=checkout.environment, capture_output=True, text=True, timeout=60
    )

    assert done.stdout == f"{told}\n", done.stderr


def test_it_works_through_links_from_another_folder(checkout: Checkout) -> None:
    inner, outer = checkout.bin.parent / "inner", checkout.bin.parent / "outer"
    inner.symlink_to(checkout.script)
    outer.symlink_to("inner")

    done = checkout.run(at=outer)

    assert (done.returncode, str(checkout.folder) in done.stdout) == (0, True), done.stderr


def test_the_version_can_be_looked_up(checkout: Checkout) -> None:
    checkout.run()

    look = "from importlib.metadata import version; print(version('clerestory'))"
    python = checkout.folder / ".venv" / "bin" / "python"
    done = subprocess.run([python, "-c", look], capture_output=True, text=True)

    assert done.stdout == "9.8.7\n"


def test_a_second_run_installs_nothing_and_says_nothing(checkout: Checkout) -> None:
    first = checkout.run()
    calls = checkout.calls()

    second = checkout.run()

    assert calls == ["venv", "pip install", "pip install"]
    assert (checkout.calls(), second.stderr) == (calls, "")
    assert "preparing" in first.stderr


def test_a_changed_lock_makes_the_environment_anew(checkout: Checkout) -> None:
    checkout.run()
    (checkout.site() / "left-over").touch()
    (checkout.folder / "requirements.lock").write_text("# newer\n")

    done = checkout.run()

    assert done.returncode == 0
    assert not (checkout.site() / "left-over").exists()
    assert checkout.calls() == ["venv", "pip install", "pip install"] * 2


def test_a_failed_set_up_is_said_and_the_next_run_begins_afresh(checkout: Checkout) -> None:
    fails = Path(f"{checkout.log}.fails")
    fails.touch()

    failed = checkout.run()
    fails.unlink()
    mended = checkout.run()

    assert failed.returncode == 4
    assert "next: check the network and the package index settings" in failed.stderr
    assert mended.returncode == 0
    assert checkout.calls() == ["venv", "pip install", "venv", "pip install", "pip install"]


def test_an_environment_made_by_somebody_else_is_added_to_and_kept(checkout: Checkout) -> None:
    venv = checkout.folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (venv / "theirs").touch()

    first = checkout.run()
    (checkout.folder / "requirements.lock").write_text("# newer\n")
    second = checkout.run()

    assert (first.returncode, second.returncode) == (0, 0)
    assert (venv / "theirs").exists()
    assert checkout.calls() == ["pip install"] * 4


@pytest.mark.parametrize("name", ["a\nb", "b\n"])
def test_a_line_break_in_the_path_is_said(name: str, checkout: Checkout) -> None:
    moved = checkout.folder.rename(checkout.folder.with_name(name))

    done = checkout.run(at=moved / "clerestory")

    assert done.returncode == 4
    assert "there is a line break in the path of this folder" in done.stderr
    assert checkout.calls() == []


@pytest.mark.parametrize("name", ["-n", "$HOME `id`", "*", "it's", '"', "\\", "é"])
def test_any_other_name_of_the_folder_will_do(name: str, checkout: Checkout) -> None:
    moved = checkout.folder.rename(checkout.folder.with_name(name))

    done = checkout.run("word", at=moved / "clerestory")

    assert done.returncode == 0, done.stderr
    assert str(moved / "src") in done.stdout


def test_without_uv_pip_installs_from_the_locks(checkout: Checkout) -> None:
    (checkout.bin / "uv").unlink()
    whole = (checkout.bin / "python3").read_text().removeprefix("#!/bin/sh\n")
    real = whole.strip().removeprefix("exec ").removesuffix(' "$@"')
    pip = checkout.bin.parent / "pip.py"
    pip.write_text(PIP)
    checkout.add_tool(
        "python3",
        '#!/bin/sh\ncase "$1 $2 $3" in\n'
        f'"-I -m venv") {real} -I -m venv --without-pip "$4" || exit 1\n'
        f'for site in "$4"/lib/python3.*/site-packages; do cp "{pip}" "$site"; done\n'
        f"exit 0 ;;\nesac\n{whole}",
    )

    done = checkout.run()

    assert done.returncode == 0, done.stderr
    assert checkout.calls() == ["install", "install"]


def test_a_moved_checkout_runs_the_code_beside_it(checkout: Checkout) -> None:
    checkout.run()
    moved = checkout.folder.rename(checkout.folder.with_name("moved"))

    done = checkout.run(at=moved / "clerestory")

    assert str(moved / "src") in done.stdout


def test_two_set_ups_at_once_make_one_environment(checkout: Checkout) -> None:
    command = [str(checkout.script)]
    pair = [subprocess.Popen(command, env=checkout.environment) for _ in range(2)]

    codes = [process.wait(timeout=60) for process in pair]

    assert codes == [0, 0]
    assert checkout.calls() == ["venv", "pip install", "pip install"]


def test_a_half_made_environment_of_a_running_set_up_is_waited_for(checkout: Checkout) -> None:
    gate = checkout.bin.parent / "gate"
    os.mkfifo(gate)
    waits = f'[ "$1" = venv ] || [ ! -p "{gate}" ] || {{ read -r _ <"{gate}"; rm "{gate}"; }}\n'
    checkout.add_tool("uv", UV.replace("case $1", f"{waits}case $1"))
    command = [str(checkout.script)]
    first = subprocess.Popen(command, env=checkout.environment)
    with gate.open("w") as opened:  # it opens once the first set-up reads from it
        assert (checkout.venv / "clerestory" / "unfinished").exists()
        second = subprocess.Popen(command, env=checkout.environment)
        opened.write("on\n")

    assert [process.wait(timeout=60) for process in (first, second)] == [0, 0]
    assert checkout.calls() == ["venv", "pip install", "pip install"]


def test_a_machine_without_python_is_told_what_to_install(checkout: Checkout) -> None:
    (checkout.bin / "python3").unlink()

    done = checkout.run()

    assert done.returncode == 4
    assert "install the package python3 (version 3.11 or newer)" in done.stderr


def test_an_old_python_is_passed_over_for_a_newer_one(checkout: Checkout) -> None:
    (checkout.bin / "python3").rename(checkout.bin / "python3.12")
    checkout.add_tool("python3", "#!/bin/sh\nexit 1\n")
    checkout.add_tool("uv", UV.replace("python3 -I", "python3.12 -I"))

    done = checkout.run()

    assert done.returncode == 0, done.stderr


def test_a_python_that_cannot_make_environments_names_the_package(checkout: Checkout) -> None:
    whole = (checkout.bin / "python3").read_text()
    lame = '#!/bin/sh\ncase "$*" in *ensurepip*) exit 1 ;; esac\n'
    checkout.add_tool("python3", lame + whole.removeprefix("#!/bin/sh\n"))
    (checkout.bin / "uv").unlink()

    done = checkout.run()

    assert done.returncode == 4
    assert "the package python3-venv is missing" in done.stderr
    assert not (checkout.folder / ".venv").exists()


@pytest.mark.parametrize(
    ("word", "broken", "closing", "code"),
    [
        ("good", "", "6 passed, 0 failed, 1 skipped", 0),
        ("bad", "", "6 passed, 2 failed, 1 skipped", 1),
        ("good", "mypy", "5 passed, 1 failed, 1 skipped", 1),
        ("crash", "", "4 passed, 1 failed, 0 skipped", 1),
    ],
)
def test_the_closing_line_counts_checks_and_tests(
    word: str, broken: str, closing: str, code: int, checkout: Checkout
) -> None:
    source = checkout.folder / "src"
    (source / "importlinter").mkdir()
    (source / "importlinter" / "cli.py").write_text("def lint_imports_command(): raise SystemExit")
    for tool in ("ruff", "mypy"):
        (source / f"{tool}.py").write_text(f"raise SystemExit({int(tool == broken)})")
    (source / "pytest.py").write_text(PYTEST)

    done = checkout.run("test", word, TMPDIR=os.fspath(checkout.bin.parent))

    assert done.stdout.splitlines()[-1] == closing
    assert done.returncode == code


def test_no_function_of_the_script_is_written_twice(checkout: Checkout) -> None:
    named = re.findall(r"^(\w+)\(\)", checkout.script.read_text(), re.MULTILINE)

    assert len(named) > 20
    assert sorted(named) == sorted(set(named))
