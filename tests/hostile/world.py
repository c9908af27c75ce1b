"""A small office with all of its files, made by typing commands. Everything in it is made up."""

import contextlib
import hashlib
import json
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.x509.oid import NameOID

from hostile.running import inside, must, type_in

HOME = Path(__file__).resolve().parents[2]
STORY = HOME / "packs" / "us-me" / "cases" / "story.yaml"
WHO = HOME / "profiles" / "maine-dhhs" / "demo" / "who.yaml"
CATALOGUE = HOME / "profiles" / "maine-dhhs" / "catalogue.toml"
CASE = "STORY-HOSPITAL"

DEMAND = """\
format: clerestory-demand/1
id: MADE-UP-1
title: "Made-up: an officer asks where one person lives"
received: {date: 2026-03-02, channel: post}
holder: {agency: me-dhhs, kind: state_agency, jurisdiction: us-me}
requester: {body: "a made-up police office", class: police_state}
instrument:
  kind: letter
  valid: {from: 2026-03-02, to: 2026-06-30}
  issuer: officer
  written: yes
  scope: {persons: named, count: 1, fields: stated}
  status: live
cited: [snap-7usc2020e8-E]
purpose: locate_fugitive
grounds: [fleeing_felony]
subjects:
  - {ref: S1, relation: named, applicant: yes}
records:
  - {program: snap, fields: [S1.address]}
findings:
  requester_identified: yes
  official_capacity: yes
  locating_is_official_duty: yes
"""

QUERY = """\
name: Robert Alan Pinkham Example
birth_date: '1974-06-22'
address: 93 Demonstration Lane, Exampleton, ME 00011
"""

EVENTS = [
    {"type": "demand.received", "scope": "made-up", "matter": "m/1", "fields": {"office": "a"}},
    {"type": "class-demand.received", "scope": "made-up", "public": {"requester": "b"}},
]

ROSTER = """\
ref,name,birth_date,ssn
1,Amina Warsame Example,1988-04-17,911-11-0000
"""

SCENARIO = """\
format = "clerestory-scenario/1"
title = "Made-up"
law = "us-me@2026-11-02"
exposes = '!(resource in Category::"about_nobody")'

[demands]
rows = 20
seed = 1

[minutes]
demand = 20
demand_answered = 45
demand_to_counsel = 90
demand_refused = 30
person_exposed = 6

[[regime]]
id = "law"
says = "The law as it stands."
law = "us-me@2026-11-02"
"""


@dataclass(frozen=True)
class World:
    """Where the files are. ``base`` is never written to; ``office`` is copied from it."""

    base: Path
    office: Path
    sealed: Path

    @property
    def package(self) -> Path:
        """The sealed package of the story."""
        return self.base / "given" / f"{CASE}.tar.age"

    def names(self) -> dict[str, str]:
        """What a command's words may name."""
        return {
            "world": str(self.base),
            "office": str(self.office),
            "sealed": str(self.sealed),
            "vkey": (self.base / "given" / "log.vkey").read_text("utf-8").strip(),
            "state": next((self.base / "witness-state").iterdir()).name,
        }

    def fresh_office(self) -> None:
        """Put both offices back as they were made: before the package was sealed, and after."""
        for made, copy in (("received", self.office), ("office", self.sealed)):
            if copy.exists():
                shutil.rmtree(copy)
            shutil.copytree(self.base / made, copy)

    def state(self) -> dict[str, str]:
        """Every file of the office and its content; of the log's database its entries.

        A reader of the database may move its journal, which changes bytes and nothing else.
        """
        found = {}
        for path in sorted([*self.office.rglob("*"), *self.sealed.rglob("*")]):
            name = path.relative_to(self.base).as_posix()
            # A look into the records is noted whatever came of it.
            if (
                path.is_dir()
                or path.name.startswith("lookups.")
                or name.endswith(("-wal", "-shm", ".lock", "/lock"))
            ):
                continue
            if name.endswith(".sqlite3"):
                with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as log:
                    (entries,) = log.execute("SELECT count(*) FROM entry").fetchone()
                found[name] = f"{entries} entries"
            else:
                found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found


def make_world(base: Path) -> World:
    """Make the agency, its office, a sealed package with its receipt, and a published log."""
    agency, agents, given = base / "agency", base / "agents", base / "given"
    given.mkdir()
    must("holdings", "make", agency, "--persons", "30", "--seed", "3")
    # The office is copied about, and finds its records by these paths.
    must(
        "keys", "office", base / "office", "--origin", "log.example/made-up",
        "--source", agency / "agency.sqlite", "--index", agency / "persons.index",
    )  # fmt: skip
    must("keys", "recipient", agents, "--name", "agents.example/r")
    _answer_the_story(base)
    (given / "demand.yaml").write_text(DEMAND)
    (given / "demand.json").write_text(json.dumps(yaml.safe_load(DEMAND), default=str))
    case = yaml.safe_load(STORY.read_text("utf-8"))["cases"][0]
    ordered = {**case["demand"]["instrument"], "enforced_by_order": "yes"}
    findings = {**case["demand"]["findings"], **case["expect"][1]["findings"]}
    story = {**case["demand"], "instrument": ordered, "findings": findings}
    (given / "story-demand.yaml").write_text(yaml.safe_dump(story, sort_keys=False))
    (given / "withheld-demand.yaml").write_text(yaml.safe_dump(case["demand"], sort_keys=False))
    _make_recipients(given, agents)
    (given / "query.yaml").write_text(QUERY)
    (given / "who.yaml").write_text(WHO.read_text("utf-8"))
    (given / "roster.csv").write_text(ROSTER)
    (given / "events.json").write_text(json.dumps(EVENTS))
    (given / "scenario.toml").write_text(SCENARIO)
    must("law", "rows", given / "demand.yaml", "--out", given / "rows.parquet")
    _publish_a_log(base)
    must(
        "lab", "compare", given / "scenario.toml", "--demands", given / "rows.parquet",
        "--out", base / "lab",
    )  # fmt: skip
    world = World(base=base, office=base / "copy-received", sealed=base / "copy-sealed")
    world.fresh_office()
    return world


def _answer_the_story(base: Path) -> None:
    office, agents, given = base / "office", base / "agents", base / "given"
    asked: list[str | Path] = [STORY, "--case", CASE, "--office", office]
    must("receive", *asked, "--at", "2026-08-19T14:00Z")
    shutil.copytree(office, base / "received")
    must(
        "disclose", *asked, "--at", "2026-10-21T15:00Z", "--who", WHO,
        "--recipient", agents / "recipient.txt", "--reviewer", "one", "--reviewer", "two",
    )  # fmt: skip
    for path in sorted((office / "out").iterdir()):
        shutil.copy(path, given / path.name)
    must(
        "keys", "sign-receipt", given / f"{CASE}.tar.age", given / "receipt.note",
        "--demand", CASE, "--key", agents / "receipt.key", "--at", "2026-10-21T16:00Z",
    )  # fmt: skip


def _make_recipients(given: Path, agents: Path) -> None:
    shutil.copy(agents / "recipient.txt", given / "recipient.txt")
    ssh = ed25519.Ed25519PrivateKey.generate().public_key()
    form = serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    (given / "ssh.pub").write_bytes(ssh.public_bytes(*form) + b" made-up\n")
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "made-up office")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2028, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    for suffix, encoding in (
        ("pem", serialization.Encoding.PEM), ("der", serialization.Encoding.DER),
    ):  # fmt: skip
        (given / f"certificate.{suffix}").write_bytes(certificate.public_bytes(encoding))


def _publish_a_log(base: Path) -> None:
    given, log = base / "given", base / "log"
    with inside(base):
        made = json.loads(must("log", "create", log, "--origin", "log.example/other", "--json"))
        (given / "log.vkey").write_text(made["vkey"] + "\n")
        must("log", "append", log, given / "events.json", "--at", "2026-11-23T12:00:00Z")
        must("log", "checkpoint", log, "--publish")
        (given / "old.note").write_bytes((log / "public" / "checkpoint").read_bytes())
        must("log", "append", log, given / "events.json", "--at", "2026-11-23T13:00:00Z")
        must("log", "checkpoint", log, "--publish")
        must(
            "log", "prove", log, "0", "--published", "--out", given / "p.tlog-proof",
            "--entry", given / "entry.bin",
        )  # fmt: skip
        must("log", "append", log, given / "events.json", "--at", "2026-11-23T14:00:00Z")
        must("log", "checkpoint", log, "--propose", "--request", given / "request.txt")
        new = must(
            "log", "witness", base / "witness", "--key", base / "witness.key",
            "--new-key", "witness.example/w", "--json",
        )  # fmt: skip
        vkey = json.loads(new)["vkey"]
        (given / "policy.txt").write_text(f"log {made['vkey']}\nwitness w {vkey}\nquorum w\n")
        answered = type_in(
            "log", "witness", base / "witness-state", given / "request.txt",
            "--key", base / "witness.key", "--log", made["vkey"], "--out", given / "answer.txt",
        )  # fmt: skip
        if answered.code:
            raise AssertionError(answered.err + answered.out)
