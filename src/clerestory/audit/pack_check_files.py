"""The other files of a pack: the manifest, the authorities and the codes."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from clerestory.audit.pack_check_flaws import (
    Flaw,
    Sources,
    flaws_of,
    statements,
    unreadable_cedar,
)
from clerestory.kernel import BadFile
from clerestory.kernel.reading import read_document
from clerestory.kernel.time import FIRST_YEAR, LAST_YEAR
from clerestory.law import doubts, exceptions, openings, promises, reach
from clerestory.law.codes import Vocabulary
from clerestory.law.errors import PackFault
from clerestory.law.pack_toml import read_pack_toml
from clerestory.law.packs import Pack

_MANIFEST = ("name", "title", "jurisdiction", "version", "law_as_of", "requires")
# Of these the loader speaks: without them a pack cannot be used, and not only not be checked.
_LOADED = frozenset({"name", "version", "requires"})
_MANIFEST_MAY = frozenset({*_MANIFEST, "statement", "scope", "order"})
_AUTHORITY_MAY = frozenset(
    {"id", "citation", "title", "kind", "binds", "basis", "confirmed", "read", "source", "effect"}
    | {"requester", "person", "not_met", "note", "court", "docket", "valid_from", "valid_to"}
    | {"parties_bound", "plaintiffs", "decides"}
)
# Whom an authority can bind beside the kinds of holders and the classes of requesters.
_BOUND_TOO = frozenset({"everyone", "recipient", "covered_component", "law_enforcement_agency"})
_FIRST_YEAR, _LAST_YEAR = 1789, 2200
_GROUP_LIST = {"program": "program_group", "fields": "category"}


def check_loading(pack: Pack, sources: Sources) -> Iterator[Flaw]:
    """Yield what the loader found, with the true line where the loader knows only the file."""
    for fault in pack.faults:
        path = pack.folder / fault.file
        file = f"{pack.folder.name}/{fault.file}"
        if fault.text.startswith("is not Cedar"):
            for line, said in unreadable_cedar(path):
                yield Flaw(file, line, f"is not Cedar: {said}", "mend the policy at this line")
        elif fault.text.startswith("a policy without @id"):
            unnamed = [n for n, text in statements(_text(path)) if "@id(" not in " ".join(text)]
            yield Flaw(file, unnamed[0] if unnamed else fault.line, fault.text, "give it an @id")
        else:
            yield Flaw(file, fault.line, fault.text, "mend it as the message says")
    yield from _policies_twice(pack, sources)


def _policies_twice(pack: Pack, sources: Sources) -> Iterator[Flaw]:
    seen: dict[str, str] = {}
    for policy in pack.policies:
        here = f"{pack.name}/{policy.file}"
        if policy.id in seen:
            same = seen[policy.id] == here
            pattern = rf'@id\("{re.escape(policy.id)}"\)'
            line = sources.line_with(pack.folder / policy.file, pattern, 2 if same else 1)
            yield Flaw(here, line, f"the policy {policy.id} stands twice", "rename one of them")
        seen.setdefault(policy.id, here)


def check_manifest(pack: Pack, known: Sequence[str], sources: Sources) -> Iterator[Flaw]:
    """Yield what is wrong with ``pack.toml``."""
    path = pack.folder / "pack.toml"
    manifest, _, _ = read_pack_toml(path)
    if not manifest:
        return  # the loader has said so
    for text, todo, key in _manifest_remarks(pack, manifest, known):
        line = sources.line_with(path, rf"^{re.escape(key)}\s*=")
        yield Flaw(f"{pack.folder.name}/pack.toml", line, text, todo)


def _manifest_remarks(
    pack: Pack, manifest: Mapping[str, object], known: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    for key in _MANIFEST:
        if key not in manifest and key not in _LOADED:
            yield f"has no {key}", "add it, see docs/writing-law.md", key
    for key in sorted(set(manifest) - _MANIFEST_MAY):
        yield f"has a key nobody reads: {key}", "take it out or mend its name", key
    if pack.name != pack.folder.name:
        yield (
            f"is called {pack.name} and lies in the folder {pack.folder.name}",
            "call both the same",
            "name",
        )
    law_as_of = manifest.get("law_as_of", date(FIRST_YEAR, 1, 1))
    if not isinstance(law_as_of, date) or isinstance(law_as_of, datetime):
        yield (
            f"law_as_of is not a day: {law_as_of}",
            "write it as 2026-02-26, without quotes",
            "law_as_of",
        )
    elif not FIRST_YEAR <= law_as_of.year <= LAST_YEAR:
        yield (
            f"law_as_of has an unlikely year: {law_as_of}",
            "write the last day on which somebody looked at the law",
            "law_as_of",
        )
    files = {path.stem for path in pack.folder.glob("*.cedar")}
    order = manifest.get("order", [])
    for name in order if isinstance(order, list) else [order]:
        if name not in files:
            yield f"orders {name}, and there is no {name}.cedar", "mend the name", "order"
    for name in pack.requires:
        if name not in known:
            yield (
                f"requires the pack {name}, which is not here",
                f"choose one of: {', '.join(known)}",
                "requires",
            )


def check_promise_files(pack: Pack) -> Iterator[Flaw]:
    """Yield what keeps a pack's promises, exceptions and openings from being read."""
    readers: tuple[tuple[str, Callable[[Path], object]], ...] = (
        (promises.FILE, lambda folder: promises.load_promises([folder])),
        (exceptions.FILE, exceptions.load_exceptions),
        (openings.FILE, openings.load_openings),
        (doubts.FILE, doubts.load_doubts),
        (reach.FILE, reach.load_reach),
    )
    for name, read in readers:
        try:
            read(pack.folder)
        except PackFault as fault:
            file = f"{pack.folder.name}/{name}"
            found = re.match(r", line ([0-9]+)(?:, |: )|: ", str(fault).removeprefix(file))
            text = str(fault).removeprefix(file)[found.end() if found else 0 :]
            line = int(found[1]) if found and found[1] else 1
            yield Flaw(file, line, " ".join(text.split()), fault.todo)


def check_jurisdiction(pack: Pack, vocabulary: Vocabulary, sources: Sources) -> Iterator[Flaw]:
    """Yield a jurisdiction that no demand can name: nobody would ever be under this law."""
    path = pack.folder / "pack.toml"
    manifest, _, _ = read_pack_toml(path)
    named = manifest.get("jurisdiction")
    # That the key is missing is said with the other keys.
    if named is None or (isinstance(named, str) and vocabulary.knows("jurisdiction", named)):
        return
    line = sources.line_with(path, r"^jurisdiction\s*=")
    text = f"there is no jurisdiction {named} in codes.yaml"
    todo = "mend the name, or add it to the list jurisdiction with what it means"
    yield Flaw(f"{pack.folder.name}/pack.toml", line, text, todo)


def check_authorities(pack: Pack, vocabulary: Vocabulary, sources: Sources) -> Iterator[Flaw]:
    """Yield what is wrong with the authorities beyond what the loader finds."""
    path = pack.folder / "authorities.toml"
    # What is no list of tables is said by the loader.
    written: Any = read_pack_toml(path)[0].get("authority", [])
    listed = written if isinstance(written, list) else []
    tables = [table for table in listed if isinstance(table, Mapping)]
    cited = {name for policy in pack.policies for name in policy.authorities}
    bodies = {*vocabulary.lists.get("holder_kind", {}), *vocabulary.lists["requester_class"]}
    for number, table in enumerate(tables, 1):
        line = sources.line_with(path, r"^\s*\[\[authority\]\]\s*$", number)
        name = str(table.get("id", "an authority"))
        file = f"{pack.folder.name}/authorities.toml"
        for text, todo in _authority_remarks(table, bodies | _BOUND_TOO):
            yield Flaw(file, line, f"{name} {text}", todo)
        if table.get("court") and not isinstance(table.get("valid_from"), date):
            text, todo = f"{name} is a court's and has no valid_from", "give its first day"
            yield Flaw(file, line, text, todo, grave=name in cited)


def _authority_remarks(
    table: Mapping[str, object], bodies: frozenset[str] | set[str]
) -> Iterator[tuple[str, str]]:
    for key in sorted(set(table) - _AUTHORITY_MAY):
        yield f"has a key nobody reads: {key}", "take it out or mend its name"
    binds = table.get("binds")
    if not isinstance(binds, list) or not binds:
        yield "binds nobody", 'say whom it binds, for example binds = ["state_agency"]'
    for body in binds if isinstance(binds, list) else ():
        if body not in bodies:
            yield f"binds {body}, which is no known kind of body", "mend the code"
    for key in ("valid_from", "valid_to"):
        day = table.get(key)
        if isinstance(day, date) and not _FIRST_YEAR <= day.year < _LAST_YEAR:
            yield f"has an unlikely {key}: {day}", "check the year"


def check_shape_of_codes(packs_folder: Path, files: Sequence[Path]) -> Iterator[Flaw]:
    """Yield what keeps a file of codes from being read as lists of codes."""
    for path in files:
        file = path.relative_to(packs_folder).as_posix()
        try:
            lists = read_document(path).value
        except BadFile as fault:
            for flaw in flaws_of(fault, file):
                yield replace(flaw, text=f"cannot be read: {flaw.text}")
            continue
        if not isinstance(lists, Mapping):
            yield Flaw(file, 1, "holds no lists of codes", "see packs/codes.yaml of the program")
            continue
        text = _text(path)
        for name, codes in lists.items():
            wrong = [""] if not isinstance(codes, Mapping) else [
                f".{code}" for code, entry in codes.items() if not isinstance(entry, Mapping)
            ]  # fmt: skip
            for code in wrong:
                line = next((n for n, *at in _codes_of(text) if at == [name, code[1:]]), 0)
                line = line or next(
                    (
                        n
                        for n, words in enumerate(text.splitlines(), 1)
                        if words.startswith(f"{name}:")
                    ),
                    1,
                )
                todo = "write it as  code: {means: what it means.}"
                yield Flaw(file, abs(line), f"{name}{code} is not written as codes are", todo)


def check_vocabulary(
    packs_folder: Path, files: Sequence[Path], vocabulary: Vocabulary
) -> Iterator[Flaw]:
    """Yield codes that stand twice in one file, or lie in groups that do not exist."""
    for path in files:
        file = path.relative_to(packs_folder).as_posix()
        for line, list_name, code in codes_in(path):
            if line < 0:
                yield Flaw(file, -line, f"{list_name}.{code} stands twice", "take one out")
                continue
            entry = vocabulary.lists.get(list_name, {}).get(code)
            for group in entry.groups if entry else ():
                group_list = _GROUP_LIST.get(list_name, list_name)
                if not vocabulary.knows(group_list, group):
                    text = f"{list_name}.{code} is in the group {group}, which does not exist"
                    yield Flaw(file, line, text, f"define it in {group_list}")
            if entry and list_name == "fields" and not vocabulary.knows("source", entry.source):
                yield Flaw(
                    file, line, f"fields.{code} has an unknown source: {entry.source}", "mend it"
                )
            if entry and not entry.means.strip():
                yield Flaw(file, line, f"{list_name}.{code} has no meaning", "write its means")


def codes_in(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield line, list and code; the line is negative for a code that stands a second time."""
    return _codes_of(_text(path))


def _codes_of(text: str) -> Iterator[tuple[int, str, str]]:
    list_name = ""
    seen: set[tuple[str, str]] = set()
    for number, line in enumerate(text.splitlines(), 1):
        head = re.match(r"""^(\s*)['"]?([A-Za-z0-9_-]+)['"]?\s*:""", line)
        if not head:
            continue
        if not head[1]:
            list_name = head[2]
        elif len(head[1]) == 2:
            key = (list_name, head[2])
            yield (-number if key in seen else number), list_name, head[2]
            seen.add(key)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
