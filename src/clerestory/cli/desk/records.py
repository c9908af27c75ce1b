"""``office records``: where the agency's own records lie, for looking up whom a demand names."""

import json
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING

import click

from clerestory.cli.clock import zone_of
from clerestory.cli.places import profiles_folder
from clerestory.cli.terminal import tell, tell_folded
from clerestory.kernel import Refusal
from clerestory.kernel.files import write_whole
from clerestory.kernel.reading import read_toml

if TYPE_CHECKING:
    from clerestory.office.answer.looking_up import Holdings

_FILE, LOOKUPS = "records.toml", "lookups"
_FORMAT = "clerestory-office-records/1"


@click.command()
@click.argument("source")
@click.option("--index", type=click.Path(path_type=Path), required=True,
              help="The index of persons that clerestory holdings index built of it.")  # fmt: skip
@click.option("--office", "folder", envvar="CLERESTORY_OFFICE",
              type=click.Path(path_type=Path), required=True)  # fmt: skip
def records(source: str, index: Path, folder: Path) -> None:
    """Name SOURCE, a file or a database's URL, as the records of the agency."""
    told = {"format": _FORMAT, "source": _whole(source), "index": _whole(str(index))}
    lines = [f"{name} = {json.dumps(text)}" for name, text in told.items()]
    write_whole(folder / _FILE, "".join(f"{line}\n" for line in lines).encode(), mode=0o600)
    tell("from now on persons are looked up in these records, and each look is recorded")
    tell_folded("next: a person whom a demand names is established with clerestory office person")


def holdings_of(folder: Path, profile: str) -> "Holdings | None":
    """Return the records of an office's agency; nothing where none were named.

    Args:
        folder: The office's folder.
        profile: What the office is bound to, which says what stands where in them.

    Raises:
        Refusal: What the office's file of them says cannot be used.
        LookupsAltered: The record of look-ups is missing: it was begun with the office.
    """
    path = folder / _FILE
    if not path.exists():
        return None
    from clerestory.holdings import Lookups, load_catalogue
    from clerestory.office.answer.looking_up import Holdings

    told = read_toml(path)
    names = ("source", "index")
    if told.get("format") != _FORMAT or not all(isinstance(told.get(n), str) for n in names):
        raise Refusal(
            f"an office's file of its agency's records must be one of {_FORMAT}",
            code="office-records",
            todo="name them anew: clerestory office records",
        )
    home = profiles_folder() / profile
    return Holdings(
        source=told["source"], index=Path(told["index"]),
        catalogue=load_catalogue(home / "catalogue.toml"),
        lookups=Lookups.open(folder / LOOKUPS, entropy=token_bytes, begun=True),
        zone=zone_of(home).name,
    )  # fmt: skip


def _whole(text: str) -> str:
    """Return a path from the root, and a URL as it is."""
    return text if "://" in text else str(Path(text).absolute())
