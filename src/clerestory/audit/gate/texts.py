"""What two laws say otherwise though no answer tells it: promises, sources of law, codes, rows.

The solver compares answers and duties. A promise that is gone changes none of them today, and lets
the next slip through; a source of law that is called a mandate opens what the next policy asks for.
So these are compared as they are written.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from clerestory.law.authorities import Authority
from clerestory.law.codes import Vocabulary, load_vocabulary
from clerestory.law.errors import PackFault
from clerestory.law.pack_toml import read_pack_toml
from clerestory.law.packs import Pack, available_packs, load_pack
from clerestory.law.policies import Policy
from clerestory.law.promises import load_promises

Difference = tuple[str, str]
"""What differs, and how; both as ``changes.toml`` says them."""

# Of a source of law: what decides whom it binds, when, and whether anything may rest on it.
_AUTHORITY = (
    "citation", "kind", "confirmed", "read", "binds", "basis", "decides", "in_force",
    "court", "docket", "parties_bound", "plaintiffs",
)  # fmt: skip
# Annotations that neither an answer nor the name of a duty tells.
_NOTES = ("basis", "starts", "content", "rests_on", "within", "to")
_MANIFEST = ("name", "jurisdiction", "requires", "order")
# A promise more is a promise more; of every other file a row more may loosen something.
_MAY_GROW = frozenset({"promises.toml"})
_OWN = frozenset({"pack.toml", "authorities.toml"})
_LONGEST = 60


def text_differences(old: Path, new: Path) -> Iterator[Difference]:
    """Yield everything that two folders of packs say otherwise, beside their policies' answers.

    Raises:
        PackFault: A pack of either cannot be read.
    """
    yield from _codes(old, new)
    before = {name: load_pack(old / name) for name in available_packs(old)}
    after = {name: load_pack(new / name) for name in available_packs(new)}
    for name, pack in before.items():
        if name not in after:
            yield f"pack {name}", "removed"
            continue
        yield from pack_differences(pack, after[name])


def promised_before(folder: Path) -> frozenset[str]:
    """Return the ids of the promises that the packs of a folder write themselves."""
    folders = [folder / name for name in available_packs(folder)]
    return frozenset(promise.id for promise in load_promises(folders))


def pack_differences(old: Pack, new: Pack) -> Iterator[Difference]:
    """Yield everything that two states of one pack say otherwise, beside the answers."""
    yield from _keys(f"pack {old.name}", _manifest(old), _manifest(new))
    for name, authority in old.authorities.items():
        what = f"authority {name}"
        if name not in new.authorities:
            yield what, "removed"
        else:
            yield from _keys(what, _of_authority(authority), _of_authority(new.authorities[name]))
    yield from _policies(old.policies, new.policies)
    yield from _tables(old, new)


def _manifest(pack: Pack) -> dict[str, Any]:
    whole = _toml(pack.folder / "pack.toml")
    return {key: whole.get(key) for key in _MANIFEST}


def _of_authority(authority: Authority) -> dict[str, Any]:
    keys = {key: getattr(authority, key) for key in _AUTHORITY if key != "in_force"}
    period = authority.in_force
    return {**keys, "valid_from": period.valid_from, "valid_to": period.valid_to}


def _policies(old: Sequence[Policy], new: Sequence[Policy]) -> Iterator[Difference]:
    after = {policy.id: policy for policy in new}
    for policy in old:
        what, other = f"policy {policy.id}", after.get(policy.id)
        considers = policy.action == "consider"
        if other is None:
            # Another policy's end is told by the answers; this one's by nothing but letters.
            if considers:
                yield what, "removed"
            continue
        yield from _keys(what, _of_policy(policy), _of_policy(other))
        if considers and policy.tree != other.tree:
            yield what, f"conditions, now {_mark(_bare(other))}"


def _of_policy(policy: Policy) -> dict[str, Any]:
    notes = {f"@{note}": policy.notes.get(note, "") for note in _NOTES}
    return {"@authority": " ".join(policy.authorities), **notes}


def _bare(policy: Policy) -> Any:
    return {key: part for key, part in policy.tree.items() if key != "annotations"}


def _tables(old: Pack, new: Pack) -> Iterator[Difference]:
    """Compare every further file of tables, row by row, by the rows' ids."""
    names = sorted({p.name for pack in (old, new) for p in pack.folder.glob("*.toml")} - _OWN)
    for name in names:
        before, after = (_rows(pack.folder / name) for pack in (old, new))
        for row in sorted({*before, *after}):
            what = f"{old.name}/{name}: {row}"
            if row not in before:
                if name not in _MAY_GROW:
                    yield what, f"added, {_mark(after[row])}"
            elif row not in after:
                yield what, "removed"
            else:
                yield from _keys(what, before[row], after[row])


def _rows(path: Path) -> dict[str, dict[str, Any]]:
    whole = _toml(path)
    rows: dict[str, dict[str, Any]] = {}
    for kind, tables in whole.items():
        if isinstance(tables, list):
            for number, table in enumerate(tables):
                known = table if isinstance(table, dict) else {"": table}
                rows[f"{kind} {known.get('id', number)}"] = known
        elif isinstance(tables, dict):
            rows |= {f"{kind} {key}": {"": value} for key, value in tables.items()}
        else:
            rows[kind] = {"": tables}
    return rows


def _toml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    whole, _, faults = read_pack_toml(path)
    if faults:
        raise PackFault(f"{path.name}, line {faults[0].line}, {faults[0].text}")
    return whole


def _codes(old: Path, new: Path) -> Iterator[Difference]:
    before, after = (load_vocabulary(_code_files(folder)) for folder in (old, new))
    yield from code_differences(before, after)


def code_differences(old: Vocabulary, new: Vocabulary) -> Iterator[Difference]:
    """Yield what codes that both know say otherwise, and what became of the others."""
    for list_name, codes in old.lists.items():
        for name, code in codes.items():
            what = f"code {list_name}.{name}"
            other = new.lists.get(list_name, {}).get(name)
            if other is None:
                yield what, "removed"
            else:
                yield from _keys(what, _of_code(code), _of_code(other))


def _code_files(folder: Path) -> list[Path]:
    own = (folder / name / "codes.yaml" for name in available_packs(folder))
    return [folder / "codes.yaml", *(path for path in own if path.is_file())]


def _of_code(code: object) -> dict[str, Any]:
    names = (name for name in getattr(type(code), "__dataclass_fields__", ()))
    return {name: getattr(code, name) for name in names if name not in {"name", "means"}}


def _keys(what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for key in sorted({*before, *after}):
        one, other = _plain(before.get(key)), _plain(after.get(key))
        if one != other:
            says = f"{_told(one)} > {_told(other)}"
            yield what, f"{key}: {says}" if key else says


def _plain(value: object) -> object:
    """Return a value so that a line broken elsewhere is no change."""
    return " ".join(value.split()) if isinstance(value, str) else value


def _told(value: object) -> str:
    """Return a value in so many words; a long one by its mark, so that exactly it was reviewed."""
    if value is None or value in ("", (), [], frozenset()):
        return "none"
    words = sorted(value) if isinstance(value, frozenset) else value
    text = ", ".join(map(str, words)) if isinstance(words, list | tuple) else str(words)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({_mark(value)})"


def _mark(value: object) -> str:
    text = json.dumps(value, sort_keys=True, default=_as_json)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _as_json(value: object) -> Any:
    return sorted(value) if isinstance(value, frozenset) else str(value)
