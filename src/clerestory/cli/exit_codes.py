"""What the program says to the program that called it."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes, the same for every command."""

    DONE = 0  # it worked, and the answer is yes where there is one
    NO = 1  # it ran, and the answer is no: a case missed, a pack at fault
    BAD_INPUT = 2  # the input cannot be used; the message says what to do
    CORRUPTION = 3  # bytes do not prove what they claim: raise the alarm
    MACHINE = 4  # disk, database or rights; try again once they are mended
    STOPPED = 5  # a person or a signal stopped it; nothing is half done
    FAULT = 6  # the program met what it was not written for: report it
