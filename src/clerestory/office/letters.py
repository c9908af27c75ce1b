"""The letter of a refusal, written from the answer that two people let stand."""

from datetime import date

from clerestory.disclosure import refusal_letter
from clerestory.office.answer.contents import letter_of
from clerestory.office.answer.protections import as_told
from clerestory.office.asked import own_law
from clerestory.office.office import Office
from clerestory.office.reading import answer_to_read
from clerestory.office.sealing import receipt_entry
from clerestory.store.models import MatterRow


def letter_of_refusal(office: Office, matter: str, on: date) -> bytes:
    """Return the refusal of a matter as PDF: the same whether a file exists or not.

    Args:
        office: Whose matter.
        matter: Which one.
        on: The day of the letter.

    Raises:
        Refusal: Nothing is decided, something may leave, or the law is another one since.
        Corruption: What stands is not what was signed.
    """
    told = as_told(answer_to_read(office, matter))
    return refusal_letter(
        letter_of(
            told, profile=own_law(office).profiles / office.profile, made_up=office.made_up,
            number=MatterRow.objects.get(id=matter).number, entry=receipt_entry(office, matter),
            on=on,
        )
    )  # fmt: skip
