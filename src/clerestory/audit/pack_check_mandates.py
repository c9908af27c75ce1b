"""Mandates that may reach immigration enforcement under a law that is not on the program's list."""

import re
from collections.abc import Iterator

from clerestory.audit.pack_check_flaws import Flaw
from clerestory.audit.promises.immigration import laws_to_immigration
from clerestory.law.codes import Vocabulary
from clerestory.law.errors import PackFault
from clerestory.law.exceptions import FILE, load_exceptions
from clerestory.law.packs import Pack
from clerestory.law.promise_rows import Row

_IMMIGRATION = "federal_immigration"


def check_mandates(pack: Pack, vocabulary: Vocabulary) -> Iterator[Flaw]:
    """Yield a grave flaw for every such mandate, at its line.

    The proof would find what it opens: here a maintainer is told before anything is proved.
    """
    try:
        mandates = load_exceptions(pack.folder).rows["mandate"]
    except PackFault:
        return  # Told with the other files that cannot be read.
    listed = {row.text("cite") for row in laws_to_immigration()}
    for row in mandates:
        authority = pack.authorities.get(row.text("authority"))
        if authority is None or authority.citation in listed or not _may_reach(row, vocabulary):
            continue
        line = re.search(r"line ([0-9]+)", row.where)
        yield Flaw(
            f"{pack.folder.name}/{FILE}",
            int(line[1]) if line else 1,
            f"{row.id} may order a release to immigration enforcement under {authority.citation}, "
            "which is no law on the program's list of those that may",
            "say to whom it orders it; another law joins the list in a new version of the program",
        )


def _may_reach(row: Row, vocabulary: Vocabulary) -> bool:
    """Whether somebody of immigration enforcement is among those whom a mandate is for."""
    offices = vocabulary.below("requester_class", _IMMIGRATION) | {_IMMIGRATION}
    to, who = row.lists.get("to"), row.lists.get("who")
    groups = frozenset[str]().union(*(vocabulary.groups_of("requester_class", o) for o in offices))
    return (to is None or bool(groups.intersection(to))) and (
        who is None or bool(offices.intersection(who))
    )
