"""Clerestory: disclosure control and public accounting for a state benefits agency.

Five functions are for everybody who wants to check an answer, with a program of their own and
without the agency:

- :func:`load_law` reads the law as it lies in packs;
- :func:`read_demand` reads a demand in its written form;
- :func:`decide` decides it under the law of one day;
- :func:`verify_package` checks a package that was handed over;
- :func:`verify_log` checks a public log whole.

None of them reads a clock, the environment or the network, none writes a file that was not asked
for, and each raises :class:`Refusal` for what may not or cannot be done, :class:`Corruption` for
bytes that do not prove what they claim. Whatever else stands in the folders below is not promised
to stay. A tutorial is in ``docs/tutorials/check-an-answer.md``.

Nothing is loaded before it is used, so that ``import clerestory`` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clerestory.audit.offered_law import Law, decide, load_law, read_demand
    from clerestory.audit.offered_proofs import Verified, VerifiedLog, verify_log, verify_package
    from clerestory.demands import Demand, Determination, Outcome, Ruling
    from clerestory.kernel import ClerestoryError, Corruption, Refusal

    __version__: str

__all__ = [
    "ClerestoryError",
    "Corruption",
    "Demand",
    "Determination",
    "Law",
    "Outcome",
    "Refusal",
    "Ruling",
    "Verified",
    "VerifiedLog",
    "__version__",
    "decide",
    "load_law",
    "read_demand",
    "verify_log",
    "verify_package",
]

_ROOMS = {
    "clerestory.audit.offered_law": ("Law", "decide", "load_law", "read_demand"),
    "clerestory.audit.offered_proofs": (
        "Verified",
        "VerifiedLog",
        "verify_log",
        "verify_package",
    ),
    "clerestory.demands": ("Demand", "Determination", "Outcome", "Ruling"),
    "clerestory.kernel": ("ClerestoryError", "Corruption", "Refusal"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


# A type checker would take a module with this function to have every name that anybody asks for.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        # PEP 562: asked only for a name that is not there yet; it stays once it was asked for.
        value: object
        if name == "__version__":
            value = import_module("importlib.metadata").version("clerestory")
        elif name in _ROOM_OF:
            value = getattr(import_module(_ROOM_OF[name]), name)
        else:
            raise AttributeError(f"module 'clerestory' has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
