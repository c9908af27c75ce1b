"""Which command reads which kind of file, and where in its words the file stands."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import yaml

from hostile.bytes_of import ANY, Spoil, something_else
from hostile.stores import STORES
from hostile.trees import TREES
from hostile.world import CASE, CATALOGUE, HOME, STORY, World

PACKS = HOME / "packs"


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One place at which a command reads a file that somebody handed in.

    Attributes:
        name: The command and what the file is to it.
        kind: What is known of the file's form: yaml, json, toml, sqlite, parquet or bytes.
        seed: A file that is good there.
        words: The command; ``{x}`` is the hostile file, ``{tree}`` the folder that it lies in,
            ``{new}`` a path at which nothing is.
        claims: Whether the file claims to be ours, so that an alarm (exit code 3) is right.
        tree: A folder that is copied, with the hostile file in the place of the seed.
        beside: Files that are copied beside the hostile one, by their new suffix.
    """

    name: str
    kind: str
    seed: str
    words: str
    claims: bool = False
    tree: str = ""
    beside: Sequence[tuple[str, str]] = ()


OFFICE, SEALED = "--office {office}", "--office {sealed}"
ASKED = f"{STORY} --case {CASE} {OFFICE} --at 2026-10-21T15:00Z"
TWO = "--reviewer one --reviewer two"
SENDER = "--sender {world}/office/public/sender.vkey --log {world}/office/public/log.vkey"
OTHER_LOG = "--vkey {vkey}"

SLOTS: Sequence[Slot] = (
    Slot(name="decide", kind="yaml", seed="{world}/given/demand.yaml", words="decide {x}"),
    Slot(
        name="decide json", kind="json", seed="{world}/given/demand.json", words="decide {x} --json"
    ),
    Slot(name="decide case", kind="yaml", seed=str(STORY), words=f"decide {{x}} --case {CASE}"),
    Slot(
        name="decide why",
        kind="yaml",
        seed="{world}/given/demand.yaml",
        words="decide {x} --why --on 2026-10-21",
    ),
    Slot(
        name="receive",
        kind="yaml",
        seed="{world}/given/demand.yaml",
        words=f"receive {{x}} {OFFICE} --at 2026-10-21T15:00Z",
    ),
    Slot(
        name="refuse",
        kind="yaml",
        seed="{world}/given/withheld-demand.yaml",
        words=f"refuse {{x}} {OFFICE} --at 2026-08-20T15:00Z",
    ),
    Slot(
        name="disclose",
        kind="yaml",
        seed="{world}/given/story-demand.yaml",
        words="disclose {x} " + OFFICE + " --at 2026-10-21T15:00Z --who {world}/given/who.yaml "
        "--recipient {world}/agents/recipient.txt " + TWO,
    ),
    Slot(
        name="disclose who",
        kind="yaml",
        seed="{world}/given/who.yaml",
        words=f"disclose {ASKED} --who {{x}} --recipient {{world}}/agents/recipient.txt {TWO}",
    ),
    *(
        Slot(
            name=f"disclose recipient {name}",
            kind="bytes",
            seed=f"{{world}}/given/{name}",
            words=f"disclose {ASKED} --who {{world}}/given/who.yaml --recipient {{x}} {TWO}",
        )
        for name in ("recipient.txt", "ssh.pub", "certificate.pem", "certificate.der")
    ),
    Slot(
        name="disclose office",
        kind="toml",
        seed="{world}/office/office.toml",
        words="receive {world}/given/demand.yaml --office {tree} --at 2026-10-21T15:00Z",
        tree="{world}/office",
    ),
    Slot(
        name="disclose office key",
        kind="bytes",
        seed="{world}/received/keys/package.key",
        words=f"disclose {STORY} --case {CASE} --office {{tree}} --at 2026-10-21T15:00Z "
        f"--who {{world}}/given/who.yaml --recipient {{world}}/agents/recipient.txt {TWO}",
        tree="{world}/received",
    ),
    Slot(
        name="receive office log key",
        kind="bytes",
        seed="{world}/office/log/keys/log.key",
        words="receive {world}/given/demand.yaml --office {tree} --at 2026-10-21T15:00Z",
        tree="{world}/office",
    ),
    Slot(
        name="receive office matter",
        kind="json",
        seed="{world}/received/matters/STORY-HOSPITAL.json",
        words=f"refuse {STORY} --case {CASE} --office {{tree}} --at 2026-08-20T15:00Z",
        tree="{world}/received",
        claims=True,
    ),
    Slot(
        name="receive office log",
        kind="sqlite",
        seed="{world}/office/log/ledger.sqlite3",
        words="receive {world}/given/demand.yaml --office {tree} --at 2026-10-21T15:00Z",
        tree="{world}/office",
        claims=True,
    ),
    Slot(
        name="verify package",
        kind="bytes",
        seed="{world}/given/STORY-HOSPITAL.tar.age",
        words=f"verify {{tree}}/STORY-HOSPITAL.tar.age {SENDER} "
        "--identity {world}/agents/identity.txt",
        claims=True,
        tree="{world}/given",
    ),
    Slot(
        name="verify signature",
        kind="bytes",
        seed="{world}/given/STORY-HOSPITAL.tar.age.sig",
        words=f"verify {{tree}}/STORY-HOSPITAL.tar.age {SENDER}",
        claims=True,
        tree="{world}/given",
    ),
    Slot(
        name="verify sender",
        kind="bytes",
        seed="{world}/office/public/sender.vkey",
        words="verify {world}/given/STORY-HOSPITAL.tar.age --sender {x} "
        "--log {world}/office/public/log.vkey",
        claims=True,
    ),
    Slot(
        name="verify sender pem",
        kind="bytes",
        seed="{world}/office/public/sender.pem",
        words="verify {world}/given/STORY-HOSPITAL.tar.age --sender {x} "
        "--log {world}/office/public/log.vkey",
        claims=True,
    ),
    Slot(
        name="verify log key",
        kind="bytes",
        seed="{world}/office/public/log.vkey",
        words="verify {world}/given/STORY-HOSPITAL.tar.age --log {x} "
        "--sender {world}/office/public/sender.vkey --identity {world}/agents/identity.txt",
        claims=True,
    ),
    Slot(
        name="verify identity",
        kind="bytes",
        seed="{world}/agents/identity.txt",
        words=f"verify {{world}}/given/STORY-HOSPITAL.tar.age {SENDER} --identity {{x}} "
        "--extract-to {new}",
    ),
    Slot(
        name="receipt",
        kind="bytes",
        seed="{world}/given/receipt.note",
        claims=True,
        words="receipt {x} {world}/given/STORY-HOSPITAL.tar.age "
        f"--key {{world}}/agents/receipt.vkey {SEALED} --at 2026-10-21T17:00Z",
    ),
    Slot(
        name="receipt key",
        kind="bytes",
        seed="{world}/agents/receipt.vkey",
        claims=True,
        words="receipt {world}/given/receipt.note {world}/given/STORY-HOSPITAL.tar.age "
        f"--key {{x}} {SEALED} --at 2026-10-21T17:00Z",
    ),
    Slot(
        name="receipt package",
        kind="bytes",
        seed="{world}/given/STORY-HOSPITAL.tar.age",
        words="receipt {world}/given/receipt.note {x} "
        f"--key {{world}}/agents/receipt.vkey {SEALED} --at 2026-10-21T17:00Z",
    ),
    Slot(
        name="receipt signature",
        kind="bytes",
        seed="{world}/given/receipt.note",
        claims=True,
        words="receipt {world}/given/receipt.note {world}/given/STORY-HOSPITAL.tar.age "
        f"--signature {{x}} --key {{world}}/agents/receipt.vkey {SEALED} --at 2026-10-21T17:00Z",
    ),
    Slot(
        name="keys sign-receipt",
        kind="bytes",
        seed="{world}/agents/receipt.key",
        words="keys sign-receipt {world}/given/STORY-HOSPITAL.tar.age {new} --demand X --key {x}",
    ),
    Slot(
        name="holdings check",
        kind="sqlite",
        seed="{world}/agency/agency.sqlite",
        words="holdings check {x}",
    ),
    Slot(
        name="holdings check parquet",
        kind="parquet",
        seed="{world}/agency/parquet/people.parquet",
        words="holdings check {tree}",
        tree="{world}/agency/parquet",
    ),
    Slot(
        name="holdings check catalogue",
        kind="toml",
        seed=str(CATALOGUE),
        words="holdings check {world}/agency/agency.sqlite --catalogue {x}",
    ),
    Slot(
        name="holdings make catalogue",
        kind="toml",
        seed=str(CATALOGUE),
        words="holdings make {new} --persons 8 --catalogue {x}",
    ),
    Slot(
        name="holdings index",
        kind="sqlite",
        seed="{world}/agency/agency.sqlite",
        words="holdings index {x} {new}",
    ),
    Slot(
        name="holdings find",
        kind="yaml",
        seed="{world}/given/query.yaml",
        words="holdings find {world}/agency/persons.index --query {x}",
    ),
    Slot(
        name="holdings find index",
        kind="sqlite",
        seed="{world}/agency/persons.index",
        words="holdings find {x} --query {world}/given/query.yaml",
    ),
    Slot(
        name="holdings roster",
        kind="bytes",
        seed="{world}/given/roster.csv",
        words="holdings roster {world}/agency/persons.index {x}",
    ),
    *(
        Slot(
            name=f"holdings {file}",
            kind=kind,
            seed=f"{{world}}/office/lookups/{file}",
            words="holdings lookups {tree}",
            tree="{world}/office",
            claims=True,
        )
        for file, kind in (("lookups.jsonl", "bytes"), ("lookups.head", "json"))
    ),
    Slot(name="law cases", kind="yaml", seed=str(STORY), words="law cases {x}"),
    Slot(
        name="law rows",
        kind="yaml",
        seed="{world}/given/demand.yaml",
        words="law rows {x} --out {new}",
    ),
    Slot(
        name="law replay",
        kind="parquet",
        seed="{world}/given/rows.parquet",
        words="law replay --demands {x} --pack us-me@2026-03-02 --pack us-me@2026-11-02 "
        "--out {new}",
    ),
    *(
        Slot(
            name=f"law show {file}",
            kind=kind,
            seed=str(PACKS / file),
            words="law show --packs-dir {tree}",
            tree=str(PACKS),
        )
        for file, kind in (
            ("us-me/pack.toml", "toml"),
            ("us-me/authorities.toml", "toml"),
            ("us-me/maine.cedar", "bytes"),
        )
    ),
    *(
        Slot(
            name=f"decide packs {file}",
            kind=kind,
            seed=str(PACKS / file),
            words="decide {world}/given/demand.yaml --packs-dir {tree}",
            tree=str(PACKS),
            claims=True,
        )
        for file, kind in (
            ("codes.yaml", "yaml"),
            ("us-me/pack.toml", "toml"),
            ("us-me/authorities.toml", "toml"),
            ("us-me/maine.cedar", "bytes"),
            ("us-me/promises.toml", "toml"),
        )
    ),
    Slot(
        name="lab compare",
        kind="toml",
        seed="{world}/given/scenario.toml",
        words="lab compare {x} --demands {world}/given/rows.parquet --out {new}",
    ),
    Slot(
        name="lab compare again",
        kind="json",
        seed="{world}/lab/comparison.json",
        words="lab compare {x}.json --demands {world}/given/rows.parquet --out {new}",
        beside=((".json", "{x}"),),
    ),
    Slot(
        name="lab compare demands",
        kind="parquet",
        seed="{world}/given/rows.parquet",
        words="lab compare {world}/given/scenario.toml --demands {x} --out {new}",
    ),
    Slot(
        name="log append",
        kind="json",
        seed="{world}/given/events.json",
        words="log append {office}/log {x} --at 2026-11-23T15:00:00Z",
    ),
    Slot(
        name="log append key",
        kind="bytes",
        seed="{world}/office/log/keys/log.key",
        words="log append {office}/log {world}/given/events.json --key {x}",
    ),
    Slot(
        name="log create key",
        kind="bytes",
        seed="{world}/office/log/keys/log.key",
        words="log create {new} --origin log.example/made-up --key {x} --kek {new}.kek",
    ),
    Slot(
        name="log append kek",
        kind="bytes",
        seed="{world}/office/log/keys/encryption.key",
        words="log append {office}/log {world}/given/events.json --kek {x}",
        claims=True,
    ),
    *(
        Slot(
            name=f"log verify {file}",
            kind="bytes",
            seed=f"{{world}}/log/public/{file}",
            words=f"log verify {{tree}} {OTHER_LOG} --count",
            tree="{world}/log/public",
            claims=True,
        )
        for file in ("checkpoint", "tile/entries/000.p/4", "tile/0/000.p/4")
    ),
    Slot(
        name="log verify proof",
        kind="bytes",
        seed="{world}/given/p.tlog-proof",
        claims=True,
        words=f"log verify {{x}} {OTHER_LOG} --entry {{world}}/given/entry.bin",
    ),
    Slot(
        name="log verify entry",
        kind="bytes",
        seed="{world}/given/entry.bin",
        claims=True,
        words=f"log verify {{world}}/given/p.tlog-proof {OTHER_LOG} --entry {{x}}",
    ),
    Slot(
        name="log verify old",
        kind="bytes",
        seed="{world}/given/old.note",
        claims=True,
        words=f"log verify {{world}}/log/public {OTHER_LOG} --old {{x}}",
    ),
    Slot(
        name="log verify remember",
        kind="bytes",
        seed="{world}/given/old.note",
        claims=True,
        words=f"log verify {{world}}/log/public {OTHER_LOG} --remember {{x}}",
    ),
    Slot(
        name="log verify policy",
        kind="bytes",
        seed="{world}/given/policy.txt",
        claims=True,
        words=f"log verify {{world}}/log/public {OTHER_LOG} --policy {{x}}",
    ),
    Slot(
        name="log witness",
        kind="bytes",
        seed="{world}/given/request.txt",
        claims=True,
        words="log witness {new} {x} --key {world}/witness.key --log {vkey}",
    ),
    Slot(
        name="log witness key",
        kind="bytes",
        seed="{world}/witness.key",
        words="log witness {new} {world}/given/request.txt --key {x} --log {vkey}",
    ),
    Slot(
        name="log witness state",
        kind="bytes",
        seed="{world}/witness-state/{state}",
        claims=True,
        words="log witness {tree} {world}/given/request.txt --key {world}/witness.key --log {vkey}",
        tree="{world}/witness-state",
    ),
    Slot(
        name="log checkpoint cosignature",
        kind="bytes",
        seed="{world}/given/answer.txt",
        words="log checkpoint {world}/log --propose --cosignature {x} "
        "--policy {world}/given/policy.txt",
        claims=True,
    ),
    *(
        Slot(
            name=f"log {command}",
            kind="sqlite",
            seed="{world}/log/ledger.sqlite3",
            words=f"log {words}",
            tree="{world}/log",
            claims=True,
        )
        for command, words in (
            ("audit", "audit {tree}"),
            ("audit repair", "audit {tree} --repair"),
            ("prove", "prove {tree} 0"),
            ("checkpoint", "checkpoint {tree} --publish"),
            ("erase", "erase {tree} m/1 --scope made-up --authority x"),
            ("append database", "append {tree} {world}/given/events.json"),
        )
    ),
)


@dataclass(frozen=True, kw_only=True)
class Laid:
    """A hostile file in its place, and the command that reads it."""

    words: tuple[str, ...]
    content: bytes


def spoilers(kind: str) -> Sequence[Spoil]:
    """The ways to spoil a file of a kind; those that keep its form are taken as often as others."""
    forms: dict[str, Sequence[Spoil]] = {**TREES, **STORES}
    form = tuple(forms.get(kind, ()))
    return (*ANY, *(form * len(ANY))) if form else ANY


def lay(
    slot: Slot,
    number: int,
    world: World,
    folder: Path,
    *,
    spoil: bool = True,
    instead: bytes | None = None,
) -> Laid:
    """Put the hostile file of a number in its place; the same number always gives the same one."""
    random = Random(f"{slot.name} {number}")
    names = {**world.names(), "new": str(folder / "new")}
    seed = Path(slot.seed.format(**names))
    content = seed.read_bytes() if instead is None else instead
    spoil = spoil and instead is None
    try:
        if spoil:
            content = random.choice(spoilers(slot.kind))(content, random)
        if spoil and random.random() < 0.1:
            content = random.choice(ANY)(content, random)
    except (OSError, ValueError, KeyError, TypeError, RecursionError, yaml.YAMLError):
        # A spoiled value that the writer itself cannot write: any other file will do.
        content = something_else(content, random)
    hostile = folder / "hostile"
    if slot.tree:
        tree = Path(slot.tree.format(**names))
        shutil.copytree(tree, folder / "tree")
        hostile = folder / "tree" / seed.relative_to(tree)
        names["tree"] = str(folder / "tree")
    # Keys are read only where nobody else may read them.
    hostile.touch(0o600)
    hostile.chmod(0o600)
    hostile.write_bytes(content)
    names["x"] = str(hostile)
    for suffix, other in slot.beside:
        shutil.copy(Path(other.format(**names)), f"{hostile}{suffix}")
    return Laid(words=tuple(word.format(**names) for word in slot.words.split()), content=content)
