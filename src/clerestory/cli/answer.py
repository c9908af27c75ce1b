"""``receive``, ``disclose``, ``refuse``, ``abandon``, ``receipt``, ``verify`` and ``keys``."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from clerestory.cli.addressed import check_addressed, check_filled_in, check_own_law
from clerestory.cli.clock import at_option, check_not_ahead, late_option, read_clock
from clerestory.cli.deciding import decide_file
from clerestory.cli.demand_options import changed_option, lower_option
from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.office import Office, make_office, open_office
from clerestory.cli.places import packs_folder
from clerestory.cli.terminal import tell, tell_folded
from clerestory.demands import check_day_of_answer
from clerestory.kernel import Refusal
from clerestory.kernel.files import write_new, write_private, write_whole
from clerestory.kernel.folders import RECIPIENT, put_in_place, staged
from clerestory.law.activation import check_active
from clerestory.office.answer.decided import Decided

_PATH = click.Path(path_type=Path)
_office = click.option("--office", "folder", type=_PATH, required=True, help="The office's folder.")


def _demand_options(command: Callable[..., None]) -> Any:
    options = (
        click.argument("demand", type=_PATH),
        click.option("--case", help="Take this case of a casebook, as it stood on the day."),
        click.option("--pack", "packs", multiple=True, help="A law pack; again for more."),
        _office,
        at_option,
        late_option,
    )
    wrapped: Any = command
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped


def _reviewers(what: str) -> Callable[[Callable[..., None]], Any]:
    said = f"Who signed {what}; give two."
    return click.option("--reviewer", "reviewers", multiple=True, help=said)


def _signed_by(counsel: str, what: str) -> Callable[[Callable[..., None]], Any]:
    """Take counsel, who may sign alone, or two people."""

    def with_options(command: Callable[..., None]) -> Any:
        return click.option("--counsel", help=counsel)(_reviewers(what)(command))

    return with_options


@click.command()
@_demand_options
@click.option("--who", type=_PATH, help="A file: whom the paper names; the answer is bound to it.")
@click.option(
    "--again", metavar="ID", help="The demand that this same paper came as before, on purpose."
)
@click.option(
    "--acknowledge",
    is_flag=True,
    help="Write the letter that says so, also of a demand received before.",
)
def receive(
    demand: Path,
    case: str | None,
    packs: tuple[str, ...],
    folder: Path,
    at_text: str | None,
    late: bool,
    who: Path | None,
    again: str | None,
    acknowledge: bool,
) -> None:
    """Log DEMAND and draw its number, before anything is known of the outcome."""
    from clerestory.cli.acknowledging import acknowledge as acknowledge_demand
    from clerestory.cli.deciding import demand_file
    from clerestory.cli.logging_answers import receive as receive_demand
    from clerestory.cli.whom import check_bound, read_whom

    at, office = _acting(folder, at_text, late=late)
    read = demand_file(demand, case=case, on=office.day(at), packs=packs)
    check_day_of_answer(read, office.day(at))
    check_filled_in(read)
    check_addressed(office, read)
    known, named = office.find_number(read.id), read_whom(read, who) if who else None
    if known is None or not acknowledge:
        number = receive_demand(office, read, at, who=named, again=again)
        tell_folded(f"Demand {read.id} is received as number {number}.")
    else:
        if named is not None:
            check_bound(office, read, named)
        tell_folded(f"Demand {read.id} was received already, as number {known}.")
    if acknowledge:
        tell(f"  {acknowledge_demand(office, read, at)}")


@click.command()
@_demand_options
@lower_option
@changed_option
@click.option("--who", type=_PATH, help="A file: whom the demand names as S1, S2 ...")
@click.option("--recipient", type=_PATH, required=True, help="The recipient's public key.")
@_reviewers("what leaves")
@click.option(
    "--cms-cbc",
    "cbc",
    is_flag=True,
    help="For a certificate whose program reads no AES-GCM: AES-CBC, which does not authenticate.",
)
@click.option("--file", "files", multiple=True, metavar="REF=PATH", help="An answer in a file.")
def disclose(
    demand: Path,
    case: str | None,
    packs: tuple[str, ...],
    folder: Path,
    at_text: str | None,
    late: bool,
    lower: tuple[str, ...],
    changed: tuple[str, ...],
    who: Path | None,
    recipient: Path,
    reviewers: tuple[str, ...],
    files: tuple[str, ...],
    cbc: bool,
) -> None:
    """Seal what the law of today lets leave of DEMAND, after logging it."""
    from clerestory.cli.answering import disclose as disclose_answer
    from clerestory.cli.attaching import file_pairs

    at, office = _acting(folder, at_text, late=late)
    decided = _decide(demand, case, packs, lower, office, at)
    answered, sealed = disclose_answer(
        office,
        decided,
        who=who,
        recipient=recipient,
        files=file_pairs(files),
        reviewers=reviewers,
        at=at,
        cbc=cbc,
        changed=changed,
    )
    tell(f"The answer to number {answered.number} is sealed: log entry {answered.index}.")
    for item in answered.lowered:
        tell_folded(f"  kept back, since the record protects the person: {item.program}/{item.ref}")
    tell_folded(
        f"  sealed to {', '.join(sealed.sealed_to)}: compare it with the recipient by phone"
    )
    if cbc:
        tell_folded(
            f"  {sealed.envelope} does not authenticate: have the signature checked before opening"
        )
    for path in answered.files:
        tell(f"  {path}")


@click.command()
@_demand_options
@lower_option
@_signed_by("Counsel who decided to refuse what was referred to them.", "what was lowered")
def refuse(
    demand: Path,
    case: str | None,
    packs: tuple[str, ...],
    folder: Path,
    at_text: str | None,
    late: bool,
    lower: tuple[str, ...],
    counsel: str | None,
    reviewers: tuple[str, ...],
) -> None:
    """Write the refusal of DEMAND with its reasons, and the withholding index, after logging it."""
    from clerestory.cli.refusing import refuse as refuse_demand

    at, office = _acting(folder, at_text, late=late)
    decided = _decide(demand, case, packs, lower, office, at)
    answered = refuse_demand(office, decided, counsel=counsel, reviewers=reviewers, at=at)
    told = f"Demand number {answered.number} is refused"
    if answered.again:
        tell_folded(f"{told} already: log entry {answered.index}. Nothing was logged again.")
        if answered.sealed_since is not None:
            tell(f"  it was answered with a package since, log entry {answered.sealed_since}")
    else:
        tell(f"{told}: log entry {answered.index}.")
    for path in answered.files:
        tell(f"  {path}")


@click.command()
@_demand_options
@lower_option
@_signed_by("Counsel who ends it.", "the end")
def abandon(
    demand: Path,
    case: str | None,
    packs: tuple[str, ...],
    folder: Path,
    at_text: str | None,
    late: bool,
    lower: tuple[str, ...],
    counsel: str | None,
    reviewers: tuple[str, ...],
) -> None:
    """End an answer to DEMAND that was logged, never put out, and may not leave any more."""
    from clerestory.cli.abandoning import abandon as abandon_answer

    at, office = _acting(folder, at_text, late=late)
    decided = _decide(demand, case, packs, lower, office, at)
    done = abandon_answer(office, decided, counsel=counsel, reviewers=reviewers, at=at)
    for answer, entry in done.entries.items():
        said = "is ended already" if done.again else "is ended"
        tell(f"The answer to number {done.number} in log entry {answer} {said}: log entry {entry}.")


@click.command()
@click.argument("package", type=_PATH)
@click.option("--sender", required=True, help="The sender's public key, or a file that holds it.")
@click.option("--log", "log_vkey", required=True, help="The log's public key, or a file.")
@click.option("--identity", type=_PATH, help="Your private key; without it the package stays shut.")
@click.option("--extract-to", type=_PATH, help="Put the opened folder here, if all of it holds.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def verify(
    package: Path,
    sender: str,
    log_vkey: str,
    identity: Path | None,
    extract_to: Path | None,
    as_json: bool,
) -> None:
    """Verify PACKAGE offline: name, seal, contents, and its own entry in the log.

    Ends with 0 when every step was taken, and with 1 when the package stayed shut because no
    identity was given: what could be checked holds, and the rest is listed.
    """
    from clerestory.audit.packages import verify_package
    from clerestory.cli.handed_in import read_handed_in
    from clerestory.cli.log_text import say
    from clerestory.cli.verify_text import key_text, verified_text, verified_value
    from clerestory.disclosure import KEY_FILE_BYTES, Identity

    given = read_handed_in(identity, KEY_FILE_BYTES) if identity else None
    verified = verify_package(
        package,
        sender=key_text(sender, what="the sender's key"),
        log_vkey=key_text(log_vkey, what="the log's key"),
        identity=Identity(given=given) if given is not None else None,
        extract_to=extract_to,
    )
    say(as_json, verified_value(verified), verified_text(verified))
    if not verified.is_complete:
        sys.exit(ExitCode.NO)


@click.command()
@click.argument("receipt_file", metavar="RECEIPT", type=_PATH)
@click.argument("package", type=_PATH)
@click.option(
    "--key", type=_PATH, required=True, help="The recipient's receipt key or certificate."
)
@click.option("--signature", type=_PATH, help="The signature, where it is a file of its own.")
@click.option(
    "--instead-of",
    type=click.IntRange(min=0),
    metavar="ENTRY",
    help="The log's entry of a wrong receipt of this package, in whose place this one stands.",
)
@_office
@at_option
@late_option
def receipt(
    receipt_file: Path,
    package: Path,
    key: Path,
    signature: Path | None,
    instead_of: int | None,
    folder: Path,
    at_text: str | None,
    late: bool,
) -> None:
    """Record the recipient's signed RECEIPT for PACKAGE in the log."""
    from clerestory.cli.receiving import record_receipt

    at, office = _acting(folder, at_text, late=late)
    done = record_receipt(office, receipt_file, package, key, signature, at, instead_of=instead_of)
    told = f"The receipt of {done.receipt.by} for {done.receipt.demand_id} is recorded"
    if done.again:
        tell_folded(f"{told} already: log entry {done.index}. Nothing was logged again.")
    else:
        tell_folded(f"{told}: log entry {done.index}.")


@click.group()
def keys() -> None:
    """Make an office's folder, a recipient's keys, or a recipient's receipt."""


@keys.command("office")
@click.argument("folder", type=_PATH)
@click.option("--origin", required=True, help="The log's name for ever: host and path.")
@click.option("--profile", default="maine-dhhs", show_default=True)
@click.option("--source", required=True, help="The agency's records: a file, folder or address.")
@click.option("--index", type=_PATH, required=True, help="The index of persons.")
def office_keys(folder: Path, origin: str, profile: str, source: str, index: Path) -> None:
    """Make FOLDER with the keys and the empty log of a disclosing office."""
    # Whole paths: from another folder the same words would lead to other records, or to none.
    office = make_office(
        folder, profile=profile, origin=origin, index=index.absolute(),
        source=source if "://" in source else str(Path(source).absolute()),
    )  # fmt: skip
    tell(f"made the office {office.origin} in {folder}; give out what is in public/")


@keys.command("recipient")
@click.argument("folder", type=_PATH)
@click.option("--name", required=True, help="The office's name, for its receipts.")
def recipient_keys(folder: Path, name: str) -> None:
    """Make an age identity and a receipt key in FOLDER, for a recipient who has none."""
    from secrets import token_bytes

    import pyrage

    from clerestory.notes.key_files import write_signing_key

    identity = pyrage.x25519.Identity.generate()
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    # All or none: half of the keys would be in the way of the next try.
    with staged(folder.absolute(), prefix=RECIPIENT) as making:
        write_private(making / "identity.txt", f"{identity}\n")
        signer = write_signing_key(making / "receipt.key", name=name, entropy=token_bytes)
        write_whole(making / "recipient.txt", f"{identity.to_public()}\n".encode())
        write_whole(making / "receipt.vkey", f"{signer.verifier.vkey}\n".encode())
        put_in_place(making, folder.absolute())
    tell(f"made keys in {folder}; give out recipient.txt and receipt.vkey")


@keys.command("sign-receipt")
@click.argument("package", type=_PATH)
@click.argument("receipt_file", metavar="RECEIPT", type=_PATH)
@click.option("--demand", "demand_id", required=True, help="The demand's id, as the letter says.")
@click.option("--key", type=_PATH, required=True, help="Your receipt key.")
@at_option
def sign_receipt(
    package: Path, receipt_file: Path, demand_id: str, key: Path, at_text: str | None
) -> None:
    """Write a signed RECEIPT for PACKAGE, as its recipient."""
    from clerestory.cli.receiving import signed_receipt

    receipt = signed_receipt(package, demand_id, key, read_clock(at_text))
    try:
        # Never over another file: it may be the package, or the key that signs.
        write_new(receipt_file, receipt)
    except FileExistsError as fault:
        raise Refusal(
            f"a receipt is written into a new file: {receipt_file} is there already",
            code="receipt-file-exists",
            todo="name another file, or take away the one that is there",
        ) from fault
    tell(f"  {receipt_file}")


def _acting(folder: Path, at_text: str | None, *, late: bool) -> tuple[datetime, Office]:
    """Return when an act of an office is, and the office.

    Raises:
        BadTime: The day has not come yet, and the office is a real one.
    """
    at, office = read_clock(at_text), open_office(folder, late=late)
    check_not_ahead(at, made_up=office.is_made_up, zone=office.zone)
    return at, office


def _decide(
    path: Path,
    case: str | None,
    packs: tuple[str, ...],
    lower: tuple[str, ...],
    office: Office,
    at: datetime,
) -> Decided:
    decided = decide_file(path, on=office.day(at), case=case, packs=packs, lower=lower)
    check_addressed(office, decided.demand)
    check_own_law(decided)
    check_active(decided.stack, packs_folder())
    return decided
