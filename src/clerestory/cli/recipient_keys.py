"""To whose key an answer is sealed: the recipient's own, and never one of the office itself."""

from clerestory.cli.office import Office
from clerestory.cli.receipt_keys import own_key_file
from clerestory.disclosure import Recipient, key_digest
from clerestory.disclosure.recipients import public_keys_of
from clerestory.kernel import Refusal

# Where an office's own keys lie. A recipient's key may be kept elsewhere in its folder.
_OWN = ("keys", "log/keys", "public")


def check_for_others(office: Office, to: Recipient) -> None:
    """Refuse to seal an answer to a key of the office itself.

    The log would show an answer to somebody who cannot open it, and who holds the folder could.

    Raises:
        Refusal: The key is one that the office signs with, in whatever form.
    """
    for public in public_keys_of(to):
        path = own_key_file(office, key_digest(public), below=_OWN)
        if path is None:
            continue
        raise Refusal(
            "an answer must be sealed to its recipient's key, and this key is the office's own: "
            f"{path.relative_to(office.folder)}",
            code="recipient-ours",
            todo="ask the recipient for their own key: they run age-keygen and send the line that "
            "begins with age1; if they did give this one, find out how they came by it before "
            "anything else is signed",
        )
