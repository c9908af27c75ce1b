"""``clerestory log witness``: cosign what only grew, and keep what was cosigned."""

import sys
from collections.abc import Sequence
from pathlib import Path
from secrets import token_bytes

import click

from clerestory.cli.clock import at_option, check_not_ahead, is_made_up, read_clock
from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.handed_in import HandedIn, HandedInFile
from clerestory.cli.log_text import say
from clerestory.kernel import Corruption
from clerestory.kernel.files import write_whole
from clerestory.ledger import BadNote, Witness
from clerestory.notes import Kind, parse_vkey
from clerestory.notes.key_files import COSIGNER_KINDS, read_cosigning_key, write_cosigning_key

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("state", type=click.Path(path_type=Path, file_okay=False))
@click.argument("request", type=HandedInFile(), required=False)
@click.option("--key", type=_FILE, required=True, help="The witness's key file.")
@click.option("--new-key", metavar="NAME", help="Make the key file, for a witness of this name.")
@click.option("--kind", type=click.Choice(COSIGNER_KINDS), default="ml-dsa-44", show_default=True)
@click.option("--log", "vkeys", multiple=True, help="The public key of a log to cosign for.")
@click.option("--out", type=_FILE, help="Write the answer to this file.")
@at_option
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def witness(
    state: Path,
    request: HandedIn | None,
    key: Path,
    new_key: str | None,
    kind: str,
    vkeys: Sequence[str],
    out: Path | None,
    at_text: str | None,
    as_json: bool,
) -> None:
    """Answer one add-checkpoint REQUEST, keeping what was cosigned in STATE.

    The answer is that of the witness protocol: signature lines (status 200), the size to go on
    from (409), or a reason (400, 403, 404, 422).
    """
    if new_key is not None:
        made = write_cosigning_key(key, name=new_key, kind=kind, entropy=token_bytes)
        vkey = made.verifier.vkey
        say(as_json, {"vkey": vkey}, f"public key, to give to everybody:\n{vkey}")
        return
    if request is None:
        raise BadNote("a witness needs a request", todo="give its file, or - for standard input")
    cosigners = [read_cosigning_key(key)]
    at = read_clock(at_text)
    check_not_ahead(at, made_up=is_made_up(cosigners[0].verifier.name))
    here = Witness(
        state, cosigners=cosigners, logs=[parse_vkey(text, only=Kind.ED25519) for text in vkeys]
    )
    answer = here.add_checkpoint(request.content, at=at)
    if out:
        write_whole(out, answer.body.encode())
    value = {"status": answer.status, "type": answer.content_type, "body": answer.body}
    say(as_json, value, f"{answer.status}\n{answer.body.rstrip()}")
    _check_answered(answer.status, answer.body.strip())


def _check_answered(status: int, reason: str) -> None:
    if status in {403, 422}:
        raise Corruption(
            f"the witness must not cosign this: {reason}",
            code="log-not-cosigned",
            todo="keep the request, and ask the log's office by another way whether it made it; "
            "if it did, the log cannot be trusted",
        )
    if status in {400, 404}:
        raise BadNote(
            f"the witness cannot answer this request: {reason}",
            code="log-request-refused",
            todo="check that --log is the key of the log that made the request, and ask for it "
            "again: clerestory log checkpoint DIRECTORY --request FILE",
        )
    sys.exit(ExitCode.DONE if status == 200 else ExitCode.NO)
