"""A receipt whose process is killed at a statement is done or not done, and the retry finishes it.

The child of a fork does the act and kills itself before the n-th call that its driver makes to the
database, commit included. Nothing stands in for a part of the program.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from types import FrameType
from typing import Any

from django.apps import apps
from django.db import connections

from clerestory.acts import sign
from made_up_acts import MadeUp
from made_up_office import own_record
from office_databases import go_to
from signed_acts import signer

CALLS = {"execute", "executemany", "commit"}
DRIVERS = ("psycopg/cursor.py", "psycopg/connection.py")
# So many calls there are about; every third is tried, and the commit itself from both sides.
STEP, MOST = 3, 120


def kills_at(number: int) -> Any:
    """Return a profiler that kills its process before that call; with -1, after the commit."""
    calls = 0

    def profile(frame: FrameType, event: str, called: Any) -> None:
        nonlocal calls
        sqlite = event == "c_call" and getattr(called, "__name__", "") in CALLS
        file = frame.f_code.co_filename
        postgresql = event == "call" and frame.f_code.co_name in CALLS and file.endswith(DRIVERS)
        calls += sqlite or postgresql
        if calls == number and (sqlite or postgresql):
            os.kill(os.getpid(), signal.SIGKILL)
        committed = event in ("c_return", "return") and "commit" in (
            getattr(called, "__name__", ""), frame.f_code.co_name if file.endswith(DRIVERS) else ""
        )  # fmt: skip
        if number < 0 and committed:
            os.kill(os.getpid(), signal.SIGKILL)

    return profile


def receive_in_a_child(made_up: MadeUp, token: int, number: int) -> bool:
    """Let a child of this process receive a paper; return whether it lived."""
    return in_a_child(made_up, number, lambda: made_up.receive(token))


def in_a_child(made_up: MadeUp, number: int, act: Callable[[], object]) -> bool:
    """Let a child of this process do an act; return whether it lived."""
    connections.close_all()
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        status = 1
        try:
            go_to(made_up.url)
            sys.setprofile(kills_at(number))
            act()
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert killed or os.WEXITSTATUS(status) == 0, status
    return not killed


def done() -> int:
    return int(apps.get_model("store", "MatterRow").objects.count())


def test_killed_at_any_statement_it_is_done_once_or_not_at_all(made_up: MadeUp) -> None:
    stood = []
    for number in range(1, MOST, STEP):
        before = done()
        lived = receive_in_a_child(made_up, number, number)

        stood.append(done() - before)
        acted = made_up.receive(number)
        assert (acted.number, acted.again, done()) == (before + 1, stood[-1] == 1, before + 1)
        if lived:
            break
    # Not done until the commit, and done from then on: killed on both sides of it.
    assert stood == sorted(stood)
    assert stood.count(0) >= 8
    assert stood[-1] == 1
    assert made_up.audit() == []


def test_killed_after_the_commit_it_is_found_on_whatever_day(made_up: MadeUp) -> None:
    assert not receive_in_a_child(made_up, 1, -1)
    made_up.clock.on(days=1)

    acted = made_up.receive(1)

    assert (acted.number, acted.again, done()) == (1, True, 1)
    assert made_up.audit() == []


def establish_and_what_follows(made: MadeUp) -> Iterator[tuple[int, Callable[[], Any]]]:
    """Each act of an answer in turn, signed once, with how many calls lie between two kills."""
    from clerestory.office.voting import vote

    text = own_record("M-1", received="2026-12-01", program="mainecare", fields=["address"])
    matter = str(made.receive(paper=text.encode()).matter)
    fact = "findings.identity_of_subject_verified"
    found = sign(made.draft_finding(matter, fact, "no"), signer("P-cus"))
    yield STEP, lambda: made.establish_signed(found)
    decision = sign(made.draft_decision(matter), signer("P-cus"))
    # The law is worked out before each: fewer of them.
    yield 6 * STEP, lambda: made.decide(matter, signed=decision)
    for who in ("P-ann", "P-bob"):
        cast = sign(made.draft_vote(matter, who), signer(who))
        yield STEP, partial(vote, made.office, cast)
    # Not a refusal: what sets its letter has threads of its own, which no child by a fork has.


def acts() -> int:
    return int(apps.get_model("store", "ActRow").objects.count())


def test_any_act_of_an_answer_that_is_killed_is_done_or_not_done(peopled: MadeUp) -> None:
    for step, act in establish_and_what_follows(peopled):
        before, kills = acts(), 0
        for number in count(1, step):
            lived = in_a_child(peopled, number, act)
            if acts() > before or lived:
                break
            kills += 1
        assert kills >= 24 // step
        # The retry finishes it, or finds it: one act more, whatever stopped in between.
        again = acts() == before + 1
        assert (act().again, acts()) == (again, before + 1)
        assert peopled.audit() == []
