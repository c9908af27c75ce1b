"""``clerestory log``: the transparency log at the command line."""

from collections.abc import Sequence
from pathlib import Path
from secrets import token_bytes
from typing import Any

import click

from clerestory.cli.clock import (
    at_option,
    check_not_ahead,
    is_made_up,
    late_entry_option,
    profile_option,
    read_clock,
    zone_of_scopes,
)
from clerestory.cli.handed_in import HandedIn, HandedInFile
from clerestory.cli.log_checking import check_apart, verified_entry, verified_folder
from clerestory.cli.log_text import (
    appended_line,
    appended_value,
    parse_events,
    report_text,
    report_value,
    say,
)
from clerestory.cli.log_witness import witness
from clerestory.cli.terminal import tell_cleared
from clerestory.cli.verify_text import key_text, names_file
from clerestory.kernel import Corruption, Refusal
from clerestory.kernel.bad_file import show
from clerestory.kernel.files import clear_drafts, write_whole
from clerestory.kernel.time import local_day
from clerestory.ledger import (
    BadNote,
    FileKeyEncryptionKey,
    Keeper,
    Ledger,
    TrustPolicy,
    add_cosignatures,
    audit_ledger,
    parse_note,
    parse_trust_policy,
    request_for,
)
from clerestory.ledger.projection import project
from clerestory.ledger.storage import Epoch
from clerestory.ledger.vault import write_encryption_key
from clerestory.notes.key_files import (
    read_signing_key,
    write_signing_key,
)

_KEY_NAME = Path("keys/log.key")

_KEK_NAME = Path("keys/encryption.key")

_FILE = click.Path(path_type=Path, dir_okay=False)

_FOLDER = click.Path(path_type=Path, file_okay=False)

_IN = HandedInFile()

_json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")

_key_options = (
    click.option("--key", type=_FILE, help="The log's key file. [default: DIR/keys/log.key]"),
    click.option(
        "--kek", type=_FILE, help="The key-encryption key. [default: DIR/keys/encryption.key]"
    ),
)


def _with_keys(command: Any) -> Any:
    # click's decorators are typed for one signature each; two are applied in a row here.
    for option in _key_options:
        command = option(command)
    return command


@click.group(name="log")
def log() -> None:
    """Write, publish, prove and check the public log."""


@log.command()
@click.argument("directory", type=_FOLDER)
@click.option("--origin", required=True, help="The log's name for ever: host and path, no scheme.")
@_with_keys
@_json_option
def create(directory: Path, origin: str, key: Path | None, kek: Path | None, as_json: bool) -> None:
    """Make an empty log in DIRECTORY, and its keys where they do not exist yet."""
    key, kek = key or directory / _KEY_NAME, kek or directory / _KEK_NAME
    # A key is written once, so that nobody would write its half file again and so take it away.
    for folder in dict.fromkeys((directory, key.parent, kek.parent)):
        for path in clear_drafts(folder):
            tell_cleared(path)
    signer = read_signing_key(key) if key.exists() else None
    if signer is None:
        signer = write_signing_key(key, name=origin, entropy=token_bytes)
    if not kek.exists():
        write_encryption_key(kek, entropy=token_bytes)
    wrapping = FileKeyEncryptionKey.read(kek, entropy=token_bytes)
    with Ledger.create(directory, origin, signer, wrapping) as ledger:
        vkey = ledger.log.verifier.vkey
    say(
        as_json,
        {"origin": origin, "vkey": vkey},
        f"created the log {origin}\npublic key, to give to everybody:\n{vkey}",
    )


@log.command()
@click.argument("directory", type=_FOLDER)
@click.argument("events", type=_IN, default="-")
@at_option
@late_entry_option
@profile_option
@_with_keys
@_json_option
def append(
    directory: Path, events: HandedIn, at_text: str | None, late: bool, profile: str,
    key: Path | None, kek: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Append EVENTS, a JSON list (or one object) of type, scope, matter, fields and public.

    The quarter that the log shows is that of the profile which the scope names. Where no profile
    has that name it is that of --profile.
    """
    at, parsed = (
        read_clock(at_text),
        parse_events(events.content, file=show(Path(events.name).name)),
    )
    zone = zone_of_scopes({event.scope for event in parsed}, profile)
    with _open(directory, key, kek, late=late) as ledger:
        check_not_ahead(at, made_up=is_made_up(ledger.log.origin), zone=zone)
        ledger.check_by_hand(parsed)
        done = ledger.append(parsed, at, zone=zone)
    say(
        as_json,
        [appended_value(one) for one in done],
        "\n".join(appended_line(one) for one in done),
    )


@log.command()
@click.argument("directory", type=_FOLDER)
@click.argument("matter")
@click.option("--scope", required=True, help="The agency's short name.")
@click.option("--authority", required=True, help="The provision that requires the erasure.")
@at_option
@late_entry_option
@profile_option
@_with_keys
@_json_option
def erase(
    directory: Path, matter: str, scope: str, authority: str, at_text: str | None, late: bool,
    profile: str, key: Path | None, kek: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Destroy the key and salts of MATTER for good, and log that it was done."""
    from clerestory.cli.order_of_acts import check_order_of_office

    at, zone = read_clock(at_text), zone_of_scopes({scope}, profile)
    with _open(directory, key, kek, late=late) as ledger:
        check_not_ahead(at, made_up=is_made_up(ledger.log.origin), zone=zone)
        # Days stand in the entries of an office; what a program of one's own logs may say any.
        with ledger.log.reading() as reader:
            in_office = reader.keeper() is Keeper.OFFICE
        on = local_day(at, zone)
        after = check_order_of_office(ledger, on, late=late) if in_office else ""
        done = ledger.erase(matter, scope=scope, authority=authority, at=at, zone=zone, late=after)
    say(as_json, appended_value(done), f"erased; {appended_line(done)}")


@log.command()
@click.argument("directory", type=_FOLDER)
@click.option("--published", is_flag=True, help="Show the public checkpoint, not the latest.")
@click.option("--propose", is_flag=True, help="Fix the next epoch and show its checkpoint.")
@click.option(
    "--at-least",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Entries a new epoch must have.",
)
@click.option("--request", type=_FILE, help="Write the request for a witness to this file.")
@click.option(
    "--old",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="The size that the witness has seen.",
)
@click.option(
    "--cosignature", "cosignatures", type=_IN, multiple=True, help="A witness's answer, a file."
)
@click.option("--policy", type=_IN, help="The trust policy file.")
@click.option("--publish", is_flag=True, help="Let the public see the epoch.")
@_with_keys
@_json_option
def checkpoint(
    directory: Path,
    published: bool,
    propose: bool,
    at_least: int,
    request: Path | None,
    old: int,
    cosignatures: Sequence[HandedIn],
    policy: HandedIn | None,
    publish: bool,
    key: Path | None,
    kek: Path | None,
    as_json: bool,
) -> None:
    """Show the latest signed checkpoint, or make the next one public."""
    with _open(directory, key, kek) as ledger:
        shown = ledger.shown() if publish and not propose and not request else None
        if shown is not None:
            # Typed again after a run that was killed: opening the log has finished its work.
            note = _cosigned(shown, [file.content for file in cosignatures], policy)
            if note != shown.note:
                raise _shown_already(shown)
        elif publish or propose or request:
            epoch = ledger.propose(at_least=at_least)
            if request:
                write_whole(request, request_for(ledger.log, epoch, old_size=old))
            note = _cosigned(epoch, [file.content for file in cosignatures], policy)
            if publish:
                ledger.publish(note)
        elif published:
            note = _published(ledger)
        else:
            note = ledger.checkpoint()
    say(as_json, {"checkpoint": note, "published": publish or published}, note.rstrip("\n"))


@log.command()
@click.argument("directory", type=_FOLDER)
@click.argument("index", type=click.IntRange(min=0))
@click.option("--published", is_flag=True, help="Prove against the public checkpoint.")
@click.option("--out", type=_FILE, help="Write the proof to this file (.tlog-proof).")
@click.option("--entry", type=_FILE, help="Write the entry's bytes to this file.")
@_with_keys
@_json_option
def prove(
    directory: Path,
    index: int,
    published: bool,
    out: Path | None,
    entry: Path | None,
    key: Path | None,
    kek: Path | None,
    as_json: bool,
) -> None:
    """Write the offline proof that the log holds the entry at INDEX."""
    with _open(directory, key, kek) as ledger:
        proof, content = ledger.prove(index, published=published), ledger.entry(index)
    if out:
        write_whole(out, proof.encode())
    if entry:
        write_whole(entry, content)
    shown = f"wrote {out}" if out else proof.rstrip("\n")
    say(as_json, {"index": index, "proof": proof, "entry": content.decode()}, shown)


@log.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--vkey", required=True, help="The log's public key, from another source.")
@click.option("--entry", type=_FILE, help="PATH is a proof; this file holds the entry.")
@click.option(
    "--old",
    "olds",
    type=_FILE,
    multiple=True,
    help="A checkpoint seen earlier, or a proof, that PATH must continue; again for more.",
)
@click.option("--remember", type=_FILE, help="Check against this file, then renew it.")
@click.option("--policy", type=_IN, help="Demand its quorum.")
@click.option("--count", is_flag=True, help="Recount the leaves and the demand numbers.")
@_json_option
def verify(
    path: Path,
    vkey: str,
    entry: Path | None,
    olds: Sequence[Path],
    remember: Path | None,
    policy: HandedIn | None,
    count: bool,
    as_json: bool,
) -> None:
    """Check a public directory, or a .tlog-proof with its entry. Needs no database."""
    # A folder that is no log's is told as that: where its log lies, the key may lie beside it.
    if entry is None and (path / "checkpoint").exists():
        given = (Path(vkey), Path(policy.name if policy else ""))
        check_apart(path, [file for file in given if names_file(file)])
    vkey = key_text(vkey, what="the log's key")
    trust = _trust_policy(policy)
    if entry is not None:
        if olds or remember or count:
            raise click.UsageError(
                "--old, --remember and --count check a whole public directory; a proof of one "
                "entry (--entry) has none. To compare a log with the checkpoint of a proof, give "
                "its public directory and the proof as --old"
            )
        value, text = verified_entry(path, entry, vkey, trust)
    else:
        value, text = verified_folder(
            path, vkey, olds=olds, remember=remember, trust=trust, count=count
        )
    say(as_json, value, text)


@log.command()
@click.argument("directory", type=_FOLDER)
@click.option("--repair", is_flag=True, help="Write again the public files that are missing.")
@_with_keys
@_json_option
def audit(directory: Path, repair: bool, key: Path | None, kek: Path | None, as_json: bool) -> None:
    """Check everything: leaves, tiles, numbers, private fields, erasures and public files."""
    with _open(directory, key, kek) as ledger:
        if repair:
            with ledger.log.reading() as reader:
                project(reader, ledger.log.public, ledger.log.verifier, from_start=True)
        report = audit_ledger(ledger)
    say(as_json, report_value(report), report_text(report))
    if report.faults:
        raise Corruption(
            f"the log is not what it says: {len(report.faults)} faults",
            code="log-audit-faults",
            todo="keep the ledger and its public folder as they are, append nothing, and see the "
            "code of each finding in docs/errors.md",
        )


log.add_command(witness)


# -- shared --------------------------------------------------------------------------------


def _open(directory: Path, key: Path | None, kek: Path | None, *, late: bool = False) -> Ledger:
    signer = read_signing_key(key or directory / _KEY_NAME)
    wrapping = FileKeyEncryptionKey.read(kek or directory / _KEK_NAME, entropy=token_bytes)
    return Ledger.open(directory, signer, wrapping, late=late)


def _trust_policy(policy: HandedIn | None) -> TrustPolicy | None:
    if policy is None:
        return None
    # As whatever editor wrote it: nothing is signed here, so its line ends mean nothing.
    text = _text(policy.content, "a trust policy").removeprefix("\ufeff")
    return parse_trust_policy(text.replace("\r\n", "\n"))


def _text(content: bytes, what: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as fault:
        raise BadNote(f"{what} must be utf-8: byte {fault.start}") from fault


def _cosigned(epoch: Epoch, answers: Sequence[bytes], policy: HandedIn | None) -> str:
    note = parse_note(epoch.note)
    trust = _trust_policy(policy)
    if answers and trust is None:
        raise BadNote("cosignatures need the policy that names their keys", todo="add --policy")
    if trust is not None:
        for answer in answers:
            note = add_cosignatures(
                note, _text(answer, "an answer"), list(trust.witnesses.values())
            )
        trust.check_checkpoint(note.content)
    return note.content


def _shown_already(epoch: Epoch) -> Refusal:
    return Refusal(
        f"a published checkpoint stays as it is: size {epoch.size} is out without these "
        "cosignatures, and there is nothing after it",
        code="log-epoch-small",
        todo="keep the cosignatures beside it; the next epoch can be cosigned before it is out",
    )


def _published(ledger: Ledger) -> str:
    with ledger.log.reading() as reader:
        epoch = reader.latest_epoch(published=True)
    if epoch is None:
        raise Refusal(
            "nothing is published yet",
            code="log-unpublished",
            todo="run: clerestory log checkpoint DIRECTORY --publish",
        )
    return epoch.note
