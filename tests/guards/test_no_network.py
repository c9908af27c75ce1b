"""The demonstration runs with the network cut: nothing is fetched while the program works."""

import errno
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

RUN = 'import sys; sys.argv[0] = "clerestory"; from clerestory.cli import main; main()'

# An audit hook cannot be taken off again, and it writes each try down, so that a try which the
# program swallows is found too.
GUARD = """
import os
import sys


def stop(event, arguments, _watched=frozenset(
    ["socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo",
     "socket.gethostbyname", "socket.gethostbyaddr"]
)):
    if event in _watched:
        tries = os.open(os.environ["NETWORK_TRIES"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(tries, f"{event} {arguments[1:]}\\n".encode())
        os.close(tries)
        raise OSError(f"the network is cut: {event}")


sys.addaudithook(stop)
"""


def cut_off() -> list[str]:
    """Words that start a command in a network of its own, where this machine permits it."""
    tool = shutil.which("unshare")
    for flags in (["-n"], ["-r", "-n"]):
        if tool and subprocess.run([tool, *flags, "true"], capture_output=True).returncode == 0:
            return [tool, *flags]
    return []


def run_cut_off(
    arguments: list[str], *, folder: Path, root: Path, words: list[str]
) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run Python with ``arguments`` and no network; also return the tries to reach one."""
    (folder / "guard").mkdir()
    (folder / "guard" / "sitecustomize.py").write_text(GUARD)
    (folder / "work").mkdir()
    tries = folder / "tries"
    tries.touch()
    done = subprocess.run(
        [*words, sys.executable, *arguments],
        cwd=folder / "work",
        env={
            **os.environ,
            "PYTHONPATH": str(folder / "guard"),
            "NETWORK_TRIES": str(tries),
            "CLERESTORY_HOME": str(root),
            "HOME": str(folder / "work"),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    return done, tries.read_text()


def test_the_guard_stops_a_connection_and_writes_it_down(root: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        connect = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5)"

        done, tries = run_cut_off(["-c", connect], folder=tmp_path, root=root, words=[])

    assert done.returncode == 1
    assert "the network is cut" in done.stderr
    assert "socket." in tries


def test_a_network_of_its_own_reaches_nothing(root: Path, tmp_path: Path) -> None:
    words = cut_off()
    if not words:
        pytest.skip("unshare is missing or not permitted: only Python's own sockets are blocked")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        connect = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5)"

        # Without the site module there is no guard: what stops this is the namespace alone.
        bare = ["-I", "-S", "-c", connect]
        done, tries = run_cut_off(bare, folder=tmp_path, root=root, words=words)

    assert done.returncode == 1
    assert f"[Errno {errno.ENETUNREACH}]" in done.stderr
    assert tries == ""


@pytest.mark.slow
def test_the_demo_needs_no_network(root: Path, tmp_path: Path) -> None:
    done, tries = run_cut_off(
        ["-P", "-c", RUN, "demo", "--persons", "60"], folder=tmp_path, root=root, words=cut_off()
    )

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert tries == ""
