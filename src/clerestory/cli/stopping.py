"""Signals that end the program as Ctrl-C does, and are not lost in somebody else's code."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# A stop that was lost is raised again after this long, by when whoever lost it has returned.
_AGAIN_SECONDS = 0.02


@contextmanager
def stoppable() -> Iterator[None]:
    """Let a signal end the block tidily: what is half done in it is taken away first.

    By itself it would end the program on the spot, and leave the open files of a sealed package
    on the disk.

    Raises:
        KeyboardInterrupt: Somebody asked for it, by whatever name a library called it on its way.
    """
    stopping, told = _Stopping(), sys.unraisablehook

    def unraisable(lost: "sys.UnraisableHookArgs") -> None:
        # Python and many libraries drop what is raised in a callback of theirs, or while
        # something is taken away. Raised in here it would be dropped too.
        if lost.exc_type is not None and issubclass(lost.exc_type, KeyboardInterrupt):
            signal.signal(signal.SIGALRM, stopping.stop)
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
        else:
            told(lost)

    replaced = {number: signal.signal(number, stopping.stop) for number in _heeded()}
    sys.unraisablehook = unraisable
    try:
        yield
    except BaseException as fault:
        if stopping.asked and not isinstance(fault, KeyboardInterrupt):
            raise KeyboardInterrupt from fault
        raise
    finally:
        if stopping.asked:
            signal.setitimer(signal.ITIMER_REAL, 0)
        sys.unraisablehook = told
        for number, before in replaced.items():
            signal.signal(number, before)


class _Stopping:
    """Whether somebody asked the program to end."""

    def __init__(self) -> None:
        self.asked = False

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        """End what is being done."""
        self.asked = True
        raise KeyboardInterrupt


def _heeded() -> list[signal.Signals]:
    # A system may lack one, and nohup asks for the hang-up to be ignored.
    known = [
        signal.Signals[name]
        for name in ("SIGINT", "SIGTERM", "SIGHUP")
        if name in signal.Signals.__members__
    ]
    own = {signal.SIG_DFL, signal.default_int_handler}
    return [number for number in known if signal.getsignal(number) in own]
