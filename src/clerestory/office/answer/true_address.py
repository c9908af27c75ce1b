"""The true address of who takes part in address confidentiality, told by another field.

The law lets the address in the file leave, since agencies accept no other than the designated one.
A record may still hold the true one there, or a letter or a note may repeat it. So every value that
may say a place is ruled as the true address is, unless it is exactly a designated address: where
that stays closed it goes to counsel, for whom the paper and the record contradict each other.
"""

import contextlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from clerestory.demands import Item
from clerestory.demands.determination import Outcome, Ruling, overall_of
from clerestory.disclosure import Attachment, Value
from clerestory.holdings import Catalogue, bare_address, may_be_home, may_tell_place
from clerestory.holdings.told_addresses import LABEL_WORDS
from clerestory.office.answer.protections import Protected, unsaid

_PICTURES = frozenset({".png", ".jpg", ".jpeg"})
# The groups of the vocabulary that a column of addresses is in.
_OF_ADDRESSES = frozenset({"contact", "whereabouts"})
# What a household leaves traces in together: its one card, the appointments of its case, and the
# networks from which somebody of it wrote to the agency.
_OF_ALL_AT_HOME = frozenset({"ebt_transactions", "appointment_times", "ip_address"})


def keep_true_address(
    protected: Protected, catalogue: Catalogue, found: Mapping[Item, Value]
) -> Protected:
    """Keep back each value that may say a true address, unless it is the person's and may leave.

    Args:
        protected: The answer with what the records say of protection.
        catalogue: Says which field of a program is the true address, and which are designated.
        found: What was read for the answers that are open.
    """
    known = _Known(protected, catalogue)
    telling = [
        item
        for item, value in found.items()
        if item.subject in protected.hidden_homes and known.may_tell(item, value)
    ]
    kept = set(telling) - _as_open(protected, catalogue, telling)
    # What opens somebody's own true address, such as that they ask for it, opens nobody else's.
    kept |= {
        item
        for item, value in found.items()
        if item.subject in protected.hiding_others
        and known.may_tell(item, value, own=protected.true_addresses.get(item.subject, ()))
    }
    kept |= {
        item
        for item, value in found.items()
        for text in _texts(value)
        for home in protected.others_addresses.get(item.subject, ())
        if may_be_home(text, home, words=known.words_of(item))
    }
    # The papers and notes of a case are its members' alike. What one of them told there in
    # confidence, such as a plan to flee, is not given to another, who asks for their own record.
    # Nor is where their one card was used, when and where somebody comes to an office, or from
    # where they wrote, since that tells in which town who has fled is now.
    kept |= {
        item
        for item, value in found.items()
        if item.subject in protected.shared_papers
        and ("narrative" in known.groups_of(item) or (item.field in _OF_ALL_AT_HOME and value))
    }
    if not kept:
        return protected
    determination = protected.decided.determination
    rulings = tuple(
        _to_counsel(protected, one) if one.item in kept else one for one in determination.rulings
    )
    changed = replace(
        determination,
        rulings=rulings,
        overall=overall_of([ruling.outcome for ruling in rulings]),
    )
    return replace(
        protected,
        decided=replace(protected.decided, determination=changed),
        lowered=(*protected.lowered, *sorted(kept)),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of fields and of addresses that are nobody's secret."""

    protected: Protected
    catalogue: Catalogue

    def groups_of(self, item: Item) -> frozenset[str]:
        return self.protected.decided.stack.vocabulary.groups_of("fields", item.field)

    def words_of(self, item: Item) -> int:
        """How many words a label may have; in a column of addresses a name alone may be one."""
        return 0 if self.groups_of(item) >= _OF_ADDRESSES else LABEL_WORDS

    def may_tell(self, item: Item, value: Value, *, own: Collection[str] = ()) -> bool:
        """Whether a value may say where anybody lives, other than at a designated address.

        Args:
            item: Whose value of which field.
            value: What was read.
            own: What the person knows to be their own home.
        """
        if isinstance(value, Attachment):
            # Nobody looks into a file; a photograph of a face is none of a lease.
            return not (value.suffix in _PICTURES and "identity" in self.groups_of(item))
        untold = {bare_address(one) for one in (*self.catalogue.designated_addresses, *own)}
        return any(
            may_tell_place(text, words=self.words_of(item)) and bare_address(text) not in untold
            for text in _texts(value)
        )


def _texts(value: Value) -> Iterable[str]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, tuple):
        return value
    found: list[str] = []
    # A text that a column holds as bytes is read as a file, and says what it says all the same.
    if isinstance(value, Attachment) and isinstance(value.source, bytes) and value.suffix == ".txt":
        for coding in ("utf-8", "utf-16"):
            with contextlib.suppress(UnicodeDecodeError):
                found.append(value.source.decode(coding))
    return found


def _as_open(
    protected: Protected, catalogue: Catalogue, telling: Collection[Item]
) -> frozenset[Item]:
    """Those of which the person's true address itself may leave, in the same program."""
    columns = {mark.column for mark in catalogue.protections if mark.holds_address}
    of_item = {
        item: Item(subject=item.subject, program=item.program, field=held.code)
        for item in telling
        for held in catalogue.programs[item.program].fields.values()
        if held.column in columns
    }
    demand = protected.demand
    asked = dict.fromkeys((*demand.items, *of_item.values()))
    again = protected.decided.engine().decide(replace(demand, items=tuple(asked)), explain=False)
    open_items = {one.item for one in again.rulings if one.outcome is Outcome.RELEASE}
    return frozenset(item for item, true in of_item.items() if true in open_items)


def _to_counsel(protected: Protected, ruling: Ruling) -> Ruling:
    return unsaid(protected.decided, replace(ruling, outcome=Outcome.REFER, coarsen_to=None))
