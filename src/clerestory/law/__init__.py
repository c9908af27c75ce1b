"""Authorities, packs, codes and clocks: the law as data, all of it dated."""

from clerestory.law.authorities import Authority
from clerestory.law.errors import Fault, PackFault, UnknownCode
from clerestory.law.packs import Pack, PackStack, load_pack, load_stack

__all__ = [
    "Authority",
    "Fault",
    "Pack",
    "PackFault",
    "PackStack",
    "UnknownCode",
    "load_pack",
    "load_stack",
]
