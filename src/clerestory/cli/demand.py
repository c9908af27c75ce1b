"""``clerestory demand``: help to write a demand down. Nothing is logged, nothing decided."""

import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.law_options import json_option, packs_dir_option
from clerestory.cli.places import packs_folder, profiles_folder
from clerestory.cli.terminal import tell, tell_json, tell_lines, visible
from clerestory.kernel import BadFile, Refusal
from clerestory.kernel.files import write_new

if TYPE_CHECKING:
    from clerestory.demands.demand import Demand

_PATH = click.Path(path_type=Path)


@click.group()
def demand() -> None:
    """Help to write a demand down: a filled template, the codes that fit, a check."""


@demand.command()
@click.argument("kind", required=False)
@click.option("--out", type=_PATH, help="Write it to this new file instead of the terminal.")
@click.option("--profile", default="maine-dhhs", show_default=True, help="Whose templates.")
def new(kind: str | None, out: Path | None, profile: str) -> None:
    """Write a filled template for a paper of KIND; without KIND list the kinds.

    As it stands a template releases nothing: every finding is unknown until somebody looked.
    """
    papers = _papers(profile)
    if kind is None:
        for name, path in papers.items():
            tell(f"{name:12}{_first_line(path)}")
        return
    if kind not in papers:
        raise Refusal(
            f"there is no template called {visible(kind)}",
            code="demand-no-template",
            todo=f"choose one of: {', '.join(papers)}",
        )
    text = papers[kind].read_text("utf-8")
    if out is None:
        tell_lines(text.rstrip("\n"))
        return
    _write_new(out, text)
    tell(f"wrote {out}")
    tell(
        f"next: write into it what the paper says, then: "
        f"clerestory demand check {shlex.quote(str(out))}"
    )


@demand.command()
@click.argument("place", required=False)
@click.option("--find", "word", help="Only codes in which this word stands, or in their meaning.")
@click.option("--pack", "packs", multiple=True, help="Codes of this pack too; again for more.")
@packs_dir_option
@json_option
def codes(
    place: str | None, word: str | None, packs: tuple[str, ...], packs_dir: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """List the codes that fit at PLACE, such as requester.class; without PLACE the places.

    A code marked `proxy` tells, or nearly tells, immigration status or nationality: it may be
    asked for and is never a key, a filter or a count.
    """
    found = list(_codes(place, word or "", packs, packs_folder(packs_dir)))
    if as_json:
        tell_json(found, indent=1)
        return
    for entry in found:
        if "code" not in entry:
            tell(f"{entry['place']:32}{entry['count']:4} codes of {entry['list']}")
            continue
        where = "" if place else f"{entry['place']}: "
        mark = " [proxy]" if entry["proxy"] else ""
        tell(f"{where}{entry['code']}{mark}: {entry['means']}")
    if not found:
        tell("no code fits; see `clerestory demand codes` for the places")
        sys.exit(ExitCode.NO)


@demand.command()
@click.argument("files", nargs=-1, required=True, type=_PATH)
@click.option("--pack", "packs", multiple=True, help="Packs to read under; again for more.")
@json_option
def check(files: tuple[Path, ...], packs: tuple[str, ...], as_json: bool) -> None:
    """Read each of FILES strictly and tell every fault on a line of its own.

    Nothing is decided, logged or written. A casebook is read case by case, step by step.
    """
    told = [_checked(path, packs) for path in files]
    if as_json:
        tell_json(told, indent=1)
    else:
        for answer in told:
            for fault in answer["faults"]:
                tell(str(fault["told"]))
            if not answer["faults"]:
                names = ", ".join(dict.fromkeys(answer["demands"]))
                tell(f"{answer['file']}: can be read ({names})")
            for text in answer["add"]:
                tell(f"not said in it: {text}")
    sys.exit(ExitCode.BAD_INPUT if any(answer["faults"] for answer in told) else ExitCode.DONE)


def _papers(profile: str) -> dict[str, Path]:
    folder = profiles_folder() / profile / "papers"
    # One name, and no path: a profile lies in the folder of profiles.
    found = sorted(folder.glob("*.yaml")) if Path(profile).name == profile else []
    if not found:
        raise Refusal(
            f"the profile {visible(profile)} has no templates of papers",
            code="demand-no-template",
            todo="name a profile with a folder papers, such as maine-dhhs",
        )
    return {path.stem: path for path in found}


def _first_line(path: Path) -> str:
    return path.read_text("utf-8").partition("\n")[0].removeprefix("# ")


def _write_new(out: Path, text: str) -> None:
    try:
        write_new(out, text.encode())
    except FileExistsError as fault:
        raise Refusal(
            f"a demand is never written over a file: {visible(out.name)}",
            code="demand-file-exists",
            todo="name a file that does not exist yet",
        ) from fault


def _codes(
    place: str | None, word: str, packs: tuple[str, ...], folder: Path
) -> Iterator[dict[str, Any]]:
    from clerestory.demands.code_places import code_places
    from clerestory.law.codes import load_vocabulary
    from clerestory.law.packs import code_files

    lists = load_vocabulary(code_files(folder, packs)).lists
    places = code_places()
    if place is not None:
        places = {place: _list_at(place, places)}
    for name, list_name in places.items():
        held = lists.get(list_name, {})
        if place is None and not word:
            yield {"place": name, "list": list_name, "count": len(held)}
            continue
        for code in held.values():
            if word.casefold() in f"{code.name} {code.means}".casefold():
                yield {"place": name, "code": code.name, "means": code.means, "proxy": code.proxy}


def _list_at(place: str, places: Mapping[str, str]) -> str:
    if place in places:
        return places[place]
    from clerestory.demands.leaves import close_to

    near = close_to(place, places)
    raise Refusal(
        f"no codes stand at this place: {visible(place)}",
        code="demand-no-such-place",
        todo=f"did you mean {near}?" if near else "see `clerestory demand codes` for the places",
    )


def _checked(path: Path, packs: tuple[str, ...]) -> dict[str, Any]:
    from clerestory.demands.unsaid import what_to_add

    try:
        read = list(_read(path, packs))
        return {
            "file": visible(path.name),
            "demands": [demand.id for demand in read],
            "faults": [],
            "add": list(dict.fromkeys(text for demand in read for text in what_to_add(demand))),
        }
    except BadFile as fault:
        faults = [
            {"line": each.line, "key": each.key, "what": each.what,
             "write_instead": each.write_instead, "told": each.line_told(visible(path.name))}
            for each in fault.faults
        ]  # fmt: skip
        whole = {"line": 0, "key": "", "what": str(fault), "write_instead": fault.todo,
                 "told": f"{fault}; {fault.todo}"}  # fmt: skip
        code, told = fault.code, faults or [whole]
    except Refusal as fault:
        code, told = fault.code, [
            {"line": 0, "key": "", "what": str(fault), "write_instead": fault.todo,
             "told": f"{visible(path.name)}: {fault}; {fault.todo}"}
        ]  # fmt: skip
    return {"file": visible(path.name), "code": code, "demands": [], "faults": told, "add": []}


def _read(path: Path, packs: tuple[str, ...]) -> "Iterator[Demand]":
    from clerestory.cli.deciding import documents_in, read_without_deciding
    from clerestory.demands import load_document
    from clerestory.law.errors import PackFault
    from clerestory.law.packs import base_packs

    for document in documents_in(load_document(path), path.name):
        try:
            yield read_without_deciding(document, packs)
        except PackFault as fault:
            if fault.code != "law-no-pack" or packs:
                raise
            # Whether it can be read does not wait for the law of its State.
            yield read_without_deciding(document, base_packs(packs_folder()))
