"""Which keys are the office's own, or of somebody in it: none of them is a recipient's."""

from collections.abc import Iterable

from clerestory.disclosure import ReceiptKey, key_digest
from clerestory.notes import Verifier, parse_vkey
from clerestory.office.office import Office
from clerestory.store.models import KeyRow


def is_own(office: Office, keys: Iterable[ReceiptKey], *more: Verifier) -> bool:
    """Whether one of these keys signs for the office, or did, in whatever form it is given.

    Args:
        office: Which office.
        keys: The keys.
        more: Other keys of the office, such as the one under which packages leave.
    """
    people = map(parse_vkey, KeyRow.objects.values_list("vkey", flat=True))
    own = {key_digest(one) for one in (*people, office.keys.log_key, *more)}
    return not own.isdisjoint(map(key_digest, keys))
