"""What a record holds, as it is given."""

from clerestory.disclosure import Attachment, History, Value, attach_bytes
from clerestory.holdings import FieldValue
from clerestory.kernel import Refusal


def value_of(found: FieldValue) -> Value:
    """Return what a record holds: one text, several, a file, or nothing.

    Raises:
        Refusal: It holds several files, or one that is no document.
    """
    held = list(found.values)
    files = [value for value in held if isinstance(value, bytes)]
    if files and len(held) > 1:
        raise Refusal(
            f"a field must hold one file: {found.program}.{found.field} holds {len(held)} values",
            code="answer-several-files",
            todo="let the catalogue name a view with one file a field, or withhold the field",
        )
    if files:
        attached: Attachment = attach_bytes(files[0], f"{found.program}.{found.field}")
        return attached
    texts = tuple(str(value) for value in held)
    if texts and found.days:
        return History(texts, found.days)
    return texts[0] if len(texts) == 1 else texts or None
