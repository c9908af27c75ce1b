"""A signal ends the program wherever it comes, also where a library drops what is raised."""

import signal
import sys
from collections.abc import Callable, Iterator

import pytest

from clerestory.cli.stopping import stoppable
from clerestory.kernel import Corruption


class Dropping:
    """Python drops what is raised while something is taken away, as libraries do in callbacks."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __del__(self) -> None:
        signal.raise_signal(self.number)


def drop(number: int) -> None:
    held = Dropping(number)
    del held
    # Longer than it takes for the signal to be raised again.
    signal.sigtimedwait([], 5)


def rename(number: int) -> None:
    try:
        signal.raise_signal(number)
    except KeyboardInterrupt as stop:
        raise Corruption("damaged, says a library", code="a-b") from stop


def drop_and_go_on(number: int) -> None:
    drop(number)
    raise AssertionError("it went on after a stop")


@pytest.fixture(autouse=True)
def plain_signals() -> Iterator[None]:
    # Whoever runs these tests may have had them ignore a hang-up, or what the keyboard sends.
    before = {one: signal.getsignal(one) for one in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)}
    for one in before:
        signal.signal(one, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for one, handler in before.items():
        signal.signal(one, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("work", [signal.raise_signal, rename, drop_and_go_on])
def test_a_signal_is_a_stop_whatever_a_library_makes_of_it(
    work: Callable[[int], None], number: int
) -> None:
    hook = sys.unraisablehook
    with pytest.raises(KeyboardInterrupt), stoppable():
        work(number)

    assert sys.unraisablehook is hook
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    ends = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
    assert signal.getsignal(number) is ends


def test_without_a_signal_a_fault_stays_what_it_is() -> None:
    with pytest.raises(Corruption), stoppable():
        raise Corruption("other bytes", code="c-d")


def test_what_is_ignored_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with stoppable():
        signal.raise_signal(signal.SIGHUP)

    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_any_other_error_that_is_dropped_is_told_as_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda lost: told.append(lost.exc_type))

    class Failing:
        def __del__(self) -> None:
            raise ValueError

    with stoppable():
        Failing()

    assert told == [ValueError]
