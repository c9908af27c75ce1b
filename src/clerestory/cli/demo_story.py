"""The story of the demonstration, in acts of an office that is made up with its people.

What governments asked is real and taken from the casebook. The staff, the agency's records and the
hospital's subpoena are made up. Where an attack is played, it must be refused.
"""

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from clerestory.audit.casebook import demand_on, pick_case
from clerestory.cli.places import casebook_folder, packs_folder, profiles_folder
from clerestory.demands import load_document
from clerestory.demands.schema import plain
from clerestory.kernel import Refusal

STAFF = {
    "P-adm": "administrator", "P-off": "privacy_officer", "P-law": "counsel",
    "P-clk": "clerk reviewer", "P-cus": "custodian", "P-ann": "reviewer", "P-bob": "reviewer",
}  # fmt: skip
_FOUNDERS = 2
_BEGINS, _TRAINED = "2025-07-01T14:00Z", "2027-07-01"
_JULY, _NOVEMBER = "DK-01-ME-SNAP-2025-07", "DK-02-ME-SNAP-2025-11"
_HOSPITAL = "STORY-HOSPITAL"


@dataclass(frozen=True, slots=True)
class Command:
    """A command as it is typed. ``brief`` shows what stands afterwards, and no more.

    An ``attack`` must be refused; ``of_shell`` is a word of the shell and not of the program.
    """

    typed: str
    brief: bool = False
    attack: bool = False
    of_shell: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A heading, what happens, and the commands typed."""

    title: str
    said: str
    commands: tuple[Command, ...]


class Story:
    """The scenes of one demonstration, in its folder."""

    def __init__(self, folder: Path, persons: int) -> None:
        """Take where the files are left, and how many people are made up."""
        casebook = casebook_folder()
        if casebook is None:
            raise Refusal(
                "the casebook is not here",
                code="demo-no-casebook",
                todo="run the demonstration from a checkout, where casebook/ lies",
            )
        self._folder, self._persons = folder, persons
        self._dockets = casebook / "dockets.yaml"
        self._hospital = next(packs_folder().glob("*/cases/story.yaml"))

    def write_papers(self) -> None:
        """Write the papers as the clerk keys them in, and what is shown as evidence."""
        papers = self._folder / "papers"
        papers.mkdir()
        (self._folder / "staff").mkdir(mode=0o700)
        for name, file, case, day in (
            ("usda-july", self._dockets, _JULY, date(2025, 7, 23)),
            ("usda-november", self._dockets, _NOVEMBER, date(2025, 11, 24)),
            ("hospital-subpoena", self._hospital, _HOSPITAL, date(2026, 8, 19)),
            ("hospital-order", self._hospital, _HOSPITAL, date(2026, 10, 20)),
        ):
            demand = plain(demand_on(pick_case(load_document(file), file.name, case), day))
            if name == "hospital-subpoena":
                demand = {**demand, "id": f"{_HOSPITAL}-1"}
            if name == "hospital-order":
                demand = {**demand, "received": {"date": str(day), "channel": "served"}}
            text = json.dumps(demand, indent=1, default=str)
            (papers / f"{name}.yaml").write_text(f"{text}\n", "utf-8")
        for name, text in (("seen", "what was seen on the paper itself"),
                           ("ruling", "what the court ruled")):  # fmt: skip
            (papers / f"{name}.txt").write_text(f"made up: {text}\n", "utf-8")

    def scenes(self) -> Iterator[Scene]:
        """Yield the scenes in their order."""
        yield self._founding()
        yield self._july()
        yield self._ruled()
        yield self._november()
        yield self._subpoena()
        yield self._rewritten()
        yield self._order()
        yield self._leaves()
        yield self._public()

    # -- the scenes ----------------------------------------------------------------------------

    def _founding(self) -> Scene:
        agency, both = self._folder / "agency", self._by("P-adm", _BEGINS, second="P-off")
        joins = (
            f"office join {who} --roles {shlex.quote(roles)} --vkey {self._key(who)}.vkey "
            f"--trained-to {_TRAINED} {both}"
            for who, roles in list(STAFF.items())[_FOUNDERS:]
        )
        return Scene(
            "July 2025: an agency and its office",
            f"{self._persons:,} made-up people with their records. Two found the office and sign "
            "for everybody who joins: a clerk, a custodian, two reviewers, counsel. Each has a key "
            "of their own.",
            (
                Command(f"holdings make {word(agency)} --persons {self._persons}"),
                *(Command(f"office key {self._key(who)} --id {who}", brief=True) for who in STAFF),
                Command(
                    f"office found --origin log.dhhs.example/disclosures --profile maine-dhhs "
                    f"--second-trained-to {_TRAINED} {both}"
                ),
                *(Command(join, brief=True) for join in joins),
                Command(
                    f"office records {word(agency / 'agency.sqlite')} "
                    f"--index {word(agency / 'persons.index')}"
                ),
                *(Command(f"keys recipient {word(self._folder / who)} "
                          f"--name {who}.example/receipts", brief=True)
                  for who in ("agents", "others")),
            ),
        )  # fmt: skip

    def _july(self) -> Scene:
        at = "2025-07-23T14:00Z"
        return Scene(
            "July 2025: USDA asks for every SNAP household since 2020",
            "No protocol is agreed and no court has ruled: everything is held for counsel.",
            (
                self._receive("usda-july", at),
                *self._establish(
                    1, "requester_identified=yes authority_stated=yes "
                    "administers_or_audits_program=yes", at,
                ),
                *self._establish(
                    1, "agreed_security_protocol=no protocol_bars_onward_sharing=unknown "
                    "plaintiff_state=unknown", at, counsel=True,
                ),
                Command(f"office decide 1 {self._by('P-cus', at)}"),
            ),
        )  # fmt: skip

    def _ruled(self) -> Scene:
        at = "2025-09-19T15:00Z"
        return Scene(
            "September 2025: a court rules, and two people vote",
            "The same letter, another day: now it is refused. Whoever keyed it in may not vote on "
            "it; two reviewers read it and do.",
            (
                *self._establish(1, "plaintiff_state=yes", at, counsel=True, evidence="ruling"),
                Command(f"office decide 1 {self._by('P-cus', at)}"),
                Command(f"office read 1 {self._by('P-ann', at)}"),
                Command(f"office vote 1 {self._by('P-clk', at)}", attack=True),
                *self._refused(1, at),
            ),
        )

    def _november(self) -> Scene:
        at, later = "2025-11-24T14:00Z", "2026-02-27T15:00Z"
        return Scene(
            "November 2025: the demand comes again, with a protocol",
            "A protocol that the State has not agreed to does not meet the Act.",
            (
                self._receive("usda-november", at),
                *self._establish(
                    2, "requester_identified=yes authority_stated=yes "
                    "administers_or_audits_program=yes protocol_offered=yes", at,
                ),
                *self._establish(
                    2, "agreed_security_protocol=no plaintiff_state=yes "
                    "protocol_bars_onward_sharing=no", later, counsel=True,
                ),
                Command(f"office decide 2 {self._by('P-cus', later)}", brief=True),
                *self._refused(2, later),
            ),
        )  # fmt: skip

    def _subpoena(self) -> Scene:
        at, later = "2026-08-19T14:00Z", "2026-08-20T15:00Z"
        return Scene(
            "August 2026 (made up): a subpoena names one hospital patient",
            "An officer signed it. It compels nothing by itself, and nobody is looked up.",
            (
                self._receive("hospital-subpoena", at),
                *self._establish(3, "requester_identified=yes authority_stated=yes", at),
                *self._establish(3, "issued_in_court_proceeding=no", at, counsel=True),
                Command(f"office decide 3 {self._by('P-cus', later)}"),
                *self._refused(3, later),
            ),
        )

    def _rewritten(self) -> Scene:
        at = "2026-10-20T14:00Z"
        return Scene(
            "October 2026 (made up): a court's order comes, and its file is rewritten",
            "The paper is received. Then somebody writes one more field into its file: the number "
            "stands for what came in, and for nothing else.",
            (
                self._receive("hospital-order", at),
                Command(self._rewriting(), of_shell=True),
                Command(
                    f"office receive {self._paper('hospital-order')} {self._by('P-clk', at)}",
                    attack=True,
                ),
                Command("office status 4"),
            ),
        )

    def _order(self) -> Scene:
        at = "2026-10-21T15:00Z"
        who = profiles_folder() / "maine-dhhs" / "demo" / "who.yaml"
        return Scene(
            "The order is decided",
            "Three items of the person named are released to the order's terms. The diagnosis and "
            "the other person are not.",
            (
                *self._establish(4, "requester_identified=yes authority_stated=yes", at),
                *self._establish(
                    4, "issued_in_court_proceeding=yes order_stayed=no", at, counsel=True
                ),
                Command(f"office person 4 --who {word(who)} {self._by('P-cus', at)}", brief=True),
                Command(f"office decide 4 {self._by('P-cus', at)}"),
                Command(f"office read 4 {self._by('P-bob', at)}"),
                *self._votes(4, at),
            ),
        )

    def _leaves(self) -> Scene:
        at, folder = "2026-10-21T16:00Z", self._folder
        package = folder / "office" / "out" / f"{_HOSPITAL}+4.tar.age"
        agents, public = folder / "agents", folder / "office" / "public"
        recipient = word(agents / "recipient.txt")
        return Scene(
            "It is sealed to its recipient, and to nobody else",
            "Logged first, then written. A second recipient is refused; the first verifies it "
            "offline and signs for it.",
            (
                Command(f"office seal 4 {recipient} {self._by('P-cus', at)}"),
                Command(
                    f"office seal 4 {word(folder / 'others' / 'recipient.txt')} "
                    f"{self._by('P-cus', at)}",
                    attack=True,
                ),
                Command(
                    f"office hand-over 4 {word(package)} "
                    f"--receipt-key {word(agents / 'receipt.vkey')} {self._by('P-clk', at)}"
                ),
                Command(
                    f"verify {word(package)} --sender {word(public / 'sender.vkey')} "
                    f"--log {word(public / 'log.vkey')} "
                    f"--identity {word(agents / 'identity.txt')} "
                    f"--extract-to {word(agents / 'opened')}"
                ),
                Command(
                    f"keys sign-receipt {word(package)} {word(agents / 'receipt.note')} "
                    f"--demand {_HOSPITAL} --key {word(agents / 'receipt.key')} "
                    "--at 2026-10-21T17:00Z"
                ),
                Command(
                    f"office take-receipt 4 {word(agents / 'receipt.note')} "
                    f"{self._by('P-clk', '2026-10-21T18:00Z')}"
                ),
            ),
        )

    def _public(self) -> Scene:
        log = self._folder / "office" / "log" / "public"
        vkey = self._folder / "office" / "public" / "log.vkey"
        return Scene(
            "The log, for everybody, and every act checked again",
            "Published as plain files: that and when, never whom. The audit walks every act from "
            "the log and the signatures alone.",
            (
                Command("office publish"),
                Command(f"log verify {word(log)} --vkey {word(vkey)} --count"),
                Command("office status"),
                Command("office audit"),
            ),
        )

    # -- what the scenes share -------------------------------------------------------------------

    def _receive(self, name: str, at: str) -> Command:
        return Command(f"office receive {self._paper(name)} {self._by('P-clk', at)}")

    def _establish(
        self, number: int, facts: str, at: str, *, counsel: bool = False, evidence: str = "seen"
    ) -> tuple[Command, ...]:
        who, by = ("P-law", " --by counsel") if counsel else ("P-cus", "")
        paper = word(self._folder / "papers" / f"{evidence}.txt")
        typed = f"office establish {number} {facts} --evidence {paper}{by} {self._by(who, at)}"
        return (Command(typed, brief=True),)

    def _votes(self, number: int, at: str) -> tuple[Command, ...]:
        return tuple(
            Command(f"office vote {number} {self._by(who, at)}", brief=True)
            for who in ("P-ann", "P-bob")
        )

    def _refused(self, number: int, at: str) -> tuple[Command, ...]:
        letter = word(self._folder / "office" / "out" / f"{number}-refusal.pdf")
        return (
            *self._votes(number, at),
            Command(f"office refuse {number} {self._by('P-cus', at)}"),
            Command(f"office hand-over {number} {letter} {self._by('P-clk', at)}", brief=True),
        )

    def _by(self, who: str, at: str, second: str = "") -> str:
        also = f" --second {second} --second-key {self._key(second)}" if second else ""
        return f"--as {who} --key {self._key(who)}{also} --at {at}"

    def _key(self, who: str) -> str:
        return word(self._folder / "staff" / f"{who}.key")

    def _paper(self, name: str) -> str:
        return word(self._folder / "papers" / f"{name}.yaml")

    def _rewriting(self) -> str:
        paper = self._paper("hospital-order")
        return f"sed -i.kept 's/S1.discharge_date/S1.diagnosis/' {paper}"


def word(path: Path) -> str:
    """Return a path as a word for the shell, told from here where it lies below."""
    here = Path.cwd()
    near = path.relative_to(here) if path.is_relative_to(here) else path
    # A name that begins with a dash would be taken for an option.
    return shlex.quote(f"./{near}" if str(near).startswith("-") else str(near))
