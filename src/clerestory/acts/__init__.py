"""The acts of an office: what they are, who may do them, and how each is signed and chained.

An act is the only thing that changes state. Which acts there are is data (``acts.toml``); whether
one is allowed is one pure function over it. The people of an office and the state of a matter are
read off their chains of signed statements, so that a stranger with the statements alone finds the
same. Nothing here knows a database.
"""

from clerestory.acts.allowed import Actor, Denial, Done, Standing, allowed, check_allowed
from clerestory.acts.errors import BadStatement, BadTable, NotAllowed
from clerestory.acts.reading import load_table, parse_table
from clerestory.acts.staff import BadPeople, Member, Post, Staff
from clerestory.acts.statement import (
    NOTHING_BEFORE,
    OFFICE_CHAIN,
    Second,
    Signed,
    Statement,
    check_signatures,
    key_hash,
    parse_statement,
    sign,
    signature_of,
    signed_from,
)
from clerestory.acts.table import Act, Move, Role, State, Table

__all__ = [
    "NOTHING_BEFORE",
    "OFFICE_CHAIN",
    "Act",
    "Actor",
    "BadPeople",
    "BadStatement",
    "BadTable",
    "Denial",
    "Done",
    "Member",
    "Move",
    "NotAllowed",
    "Post",
    "Role",
    "Second",
    "Signed",
    "Staff",
    "Standing",
    "State",
    "Statement",
    "Table",
    "allowed",
    "check_allowed",
    "check_signatures",
    "key_hash",
    "load_table",
    "parse_statement",
    "parse_table",
    "sign",
    "signature_of",
    "signed_from",
]
