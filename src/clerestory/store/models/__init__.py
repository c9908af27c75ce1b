"""The tables, one file a group."""

from clerestory.store.models.acts import ActRow, VoteRow
from clerestory.store.models.matters import MatterRow, PaperRow
from clerestory.store.models.office import OfficeRow
from clerestory.store.models.people import KeyRow, MemberRow, PostRow

__all__ = [
    "ActRow",
    "KeyRow",
    "MatterRow",
    "MemberRow",
    "OfficeRow",
    "PaperRow",
    "PostRow",
    "VoteRow",
]
