"""A made-up office in a database: founded by two, with a clerk, a custodian and two reviewers.

Its clock stands where a test puts it. Everything is done through the office's own acts.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from clerestory.acts import OFFICE_CHAIN, Second, Signed, Statement, key_hash, sign
from clerestory.ledger import FileKeyEncryptionKey
from clerestory.notes import Ed25519Signer
from signed_acts import LAPSES, ORIGIN, signer

LOG_KEY = Ed25519Signer(name=ORIGIN, seed=bytes(range(32)))
KEK = bytes(range(32, 64))
NOON = datetime(2026, 12, 1, 17, tzinfo=UTC)
BINDING = {
    "profile": "maine-dhhs", "jurisdiction": "us-me", "packs": "us-federal us-me",
    "zone": "America/New_York",
}  # fmt: skip
LETTER = b"made up: never mind"
WHO = b"""\
demand: M-1
S1: {name: Amina Warsame Example, birth_date: 1988-04-17, ssn: 911-11-0000}
"""
NOBODY = b"demand: M-1\nS1: {name: Nobody Example, birth_date: 1950-01-01, ssn: 999-99-0000}\n"
FOUND = ("requester_identified", "official_capacity", "locating_is_official_duty",
         "requester_supplied_ssn", "written_request_complete")  # fmt: skip
TWO = """\
format: clerestory-demand/1
id: M-1
title: "Made-up: two who flee"
received: {date: 2026-12-01, channel: post}
holder: {agency: me-dhhs, kind: state_agency, jurisdiction: us-me}
requester: {body: "a made-up State police unit", class: police_state}
instrument:
  kind: letter
  issuer: officer
  written: yes
  scope: {persons: named, count: 2, fields: stated}
  status: live
purpose: locate_fugitive
grounds: [fleeing_felony]
subjects:
- {ref: S1, relation: named, applicant: yes}
- {ref: S2, relation: named, applicant: yes}
records:
- {program: snap, fields: [S1.address, S2.address]}
"""
TWO_WHO = WHO + NOBODY.replace(b"demand: M-1\nS1", b"S2")
PAPER = b"A made-up paper that asks for one made-up address."


def unlike() -> Any:
    """Bytes that are never the same twice, and the same in each run."""
    calls = iter(range(1, 1 << 30))
    return lambda size: next(calls).to_bytes(size, "big")


def token(number: int = 1) -> str:
    return f"made-up-intake-token-{number:06d}"


@dataclass
class Clock:
    """Tells what it is told."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def on(self, **ahead: int) -> None:
        self.at += timedelta(**ahead)


@dataclass
class MadeUp:
    """The office, its clock, and everybody's keys."""

    url: str
    seen: Path | None = None
    clock: Clock = field(default_factory=Clock)
    office: Any = None
    records: Path | None = None
    """The folder of a made-up agency, where somebody may be looked up."""

    def holdings(self) -> Any:
        from clerestory.holdings import Lookups, load_catalogue
        from clerestory.office.answer.looking_up import Holdings

        if self.records is None or self.seen is None:
            return None
        return Holdings(
            source=str(self.records / "agency.sqlite"), index=self.records / "persons.index",
            catalogue=load_catalogue("profiles/maine-dhhs/catalogue.toml"),
            lookups=Lookups.open(self.seen.with_name("lookups"), entropy=unlike()),
            zone="America/New_York",
        )  # fmt: skip

    def keys(self, log_key: Ed25519Signer = LOG_KEY, kek: bytes = KEK) -> Any:
        from clerestory.office.opening import make_keys, seen_beside

        entropy = unlike()
        return make_keys(
            log_key, FileKeyEncryptionKey(kek, entropy=entropy), entropy,
            self.seen or seen_beside(self.url),
        )  # fmt: skip

    def open(self, log_key: Ed25519Signer = LOG_KEY, kek: bytes = KEK, **more: Any) -> Any:
        from clerestory.office.opening import open_office

        entropy = unlike()
        self.office = open_office(
            self.url, log_key=log_key, kek=FileKeyEncryptionKey(kek, entropy=entropy),
            clock=self.clock, entropy=entropy,
            **({"seen_file": self.seen, "holdings": self.holdings()} | more),
        )  # fmt: skip
        return self.office

    def founding(self, binding: dict[str, str] = BINDING) -> Statement:
        from clerestory.office.founding import Founder, draft_founding

        return draft_founding(
            Founder(id="P-adm", roles="administrator", key=signer("P-adm").verifier),
            Founder(id="P-off", roles="privacy_officer", key=signer("P-off").verifier,
                    trained_to=date.fromisoformat(LAPSES)),
            log_key=LOG_KEY.verifier, binding=binding, at=self.clock(),
        )  # fmt: skip

    def found(self, signed: Signed | None = None) -> Any:
        from clerestory.office.founding import found_office

        signed = signed or sign(self.founding(), signer("P-adm"), signer("P-off"))
        self.office, acted = found_office(signed, keys=self.keys(), clock=self.clock)
        return acted

    def people(self, act: str, **facts: str) -> Any:
        from clerestory.office.people import change_people

        return change_people(self.office, self.draft_people(act, facts))

    def draft_people(
        self, act: str, facts: dict[str, str], by: tuple[str, str] = ("P-adm", "P-off")
    ) -> Signed:
        from clerestory.office.acting import draft

        first, second = (signer(who) for who in by)
        statement = draft(
            self.office, act, OFFICE_CHAIN, actor=by[0], key=key_hash(first.verifier), facts=facts,
            second=Second(actor=by[1], key=key_hash(second.verifier)),
        )  # fmt: skip
        return sign(statement, first, second)

    def join(self, who: str, roles: str, **facts: str) -> Any:
        told = {
            "person": who, "kind": "person", "roles": roles, "trained_to": LAPSES,
            "vkey": signer(who).verifier.vkey,
        }  # fmt: skip
        return self.people("join", **(told | facts))

    def staffed(self) -> "MadeUp":
        self.found()
        self.join("P-clk", "clerk")
        self.join("P-ann", "reviewer clerk")
        return self

    def peopled(self) -> "MadeUp":
        self.staffed()
        for who, role in (("P-cus", "custodian"), ("P-bob", "reviewer"), ("P-eve", "reviewer"),
                          ("P-law", "counsel")):  # fmt: skip
            self.join(who, role)
        self.join("P-new", "reviewer custodian", trained_to="")
        return self

    def draft_finding(
        self, matter: str, fact: str, answer: str = "yes", *, who: str = "P-cus",
        evidence: bytes = LETTER, by: str = "custodian",
    ) -> Statement:  # fmt: skip
        from clerestory.office.establishing import draft_finding

        return draft_finding(
            self.office, matter, fact=fact, answer=answer, evidence=evidence, by=by, actor=who,
            key=key_hash(signer(who).verifier),
        )  # fmt: skip

    def establish(
        self, matter: str, fact: str, answer: str = "yes", *, who: str = "P-cus", **more: Any
    ) -> Any:
        signed = sign(self.draft_finding(matter, fact, answer, who=who, **more), signer(who))
        return self.establish_signed(signed, more.get("evidence", LETTER))

    def establish_signed(self, signed: Signed, evidence: bytes = LETTER) -> Any:
        from clerestory.office.establishing import establish

        return establish(self.office, signed, evidence=evidence)

    def draft_persons(self, matter: str, who: bytes = WHO, *, by: str = "P-cus") -> Statement:
        from clerestory.office.resolving import draft_persons

        return draft_persons(
            self.office, matter, who=who, actor=by, key=key_hash(signer(by).verifier)
        )

    def persons(
        self, matter: str, who: bytes = WHO, *, by: str = "P-cus", signed: Signed | None = None
    ) -> Any:
        from clerestory.office.resolving import establish_persons

        signed = signed or sign(self.draft_persons(matter, who, by=by), signer(by))
        return establish_persons(self.office, signed, who=who)

    def draft_decision(self, matter: str, *, who: str = "P-cus") -> Statement:
        from clerestory.office.deciding import draft_decision

        return draft_decision(self.office, matter, actor=who, key=key_hash(signer(who).verifier))

    def decide(self, matter: str, *, who: str = "P-cus", signed: Signed | None = None) -> Any:
        from clerestory.office.deciding import decide

        signed = signed or sign(self.draft_decision(matter, who=who), signer(who))
        return decide(self.office, signed)

    def draft_vote(
        self, matter: str, who: str, lower: dict[str, str] | None = None, dissent: str = ""
    ) -> Statement:
        from clerestory.office.voting import draft_vote

        return draft_vote(
            self.office, matter, actor=who, key=key_hash(signer(who).verifier), lower=lower,
            dissent=dissent,
        )  # fmt: skip

    def vote(self, matter: str, who: str, **more: Any) -> Any:
        from clerestory.office.voting import vote

        return vote(self.office, sign(self.draft_vote(matter, who, **more), signer(who)))

    def recuse(self, matter: str, who: str, reason: str = "made up") -> Any:
        from clerestory.office.voting import draft_recusal, recuse

        told = draft_recusal(
            self.office, matter, actor=who, key=key_hash(signer(who).verifier), reason=reason
        )
        return recuse(self.office, sign(told, signer(who)))

    def answered(self, text: str, *findings: str, number: int = 1) -> str:
        """Receive, establish, look up, decide and vote twice: all but what leaves."""
        matter = str(self.receive(number, paper=text.encode()).matter)
        for name in findings:
            self.establish(matter, f"findings.{name}")
        self.persons(matter)
        self.decide(matter)
        for who in ("P-ann", "P-bob"):
            self.vote(matter, who)
        return matter

    def draft_seal(self, matter: str, recipient: bytes, *, who: str = "P-cus") -> Statement:
        from clerestory.office.sealing import draft_seal

        return draft_seal(
            self.office, matter, recipient=recipient, sender=signer("sender").verifier,
            actor=who, key=key_hash(signer(who).verifier),
        )  # fmt: skip

    def seal(self, matter: str, recipient: bytes, signed: Signed | None = None) -> Any:
        from clerestory.office.sealing import seal

        signed = signed or sign(self.draft_seal(matter, recipient), signer("P-cus"))
        return seal(self.office, signed, recipient=recipient, sender=signer("sender").verifier)

    def put_out(self, matter: str, folder: Path) -> Path:
        from clerestory.office.sealing import put_out

        return put_out(self.office, matter, sender=signer("sender"), folder=folder)

    def draft_hand_over(
        self, matter: str, sent: Path, receipt_key: bytes = b"", *, who: str = "P-clk"
    ) -> Statement:
        from clerestory.office.handing_over import draft_hand_over

        return draft_hand_over(
            self.office, matter, sent=sent, sender=signer("sender").verifier,
            receipt_key=receipt_key, actor=who, key=key_hash(signer(who).verifier),
        )  # fmt: skip

    def hand_over(
        self, matter: str, sent: Path, receipt_key: bytes = b"", signed: Signed | None = None
    ) -> Any:
        from clerestory.office.handing_over import hand_over

        told = signed or sign(self.draft_hand_over(matter, sent, receipt_key), signer("P-clk"))
        return hand_over(
            self.office, told, sent=sent, sender=signer("sender").verifier, receipt_key=receipt_key
        )

    def take_receipt(
        self, matter: str, receipt: bytes, signed: Signed | None = None,
        signature: bytes | None = None,
    ) -> Any:  # fmt: skip
        from clerestory.office.handing_over import draft_receipt_taken, take_receipt

        if signed is None:
            told = draft_receipt_taken(
                self.office, matter, receipt=receipt, signature=signature, actor="P-clk",
                key=key_hash(signer("P-clk").verifier),
            )  # fmt: skip
            signed = sign(told, signer("P-clk"))
        return take_receipt(self.office, signed, receipt=receipt, signature=signature)

    def take_back(self, matter: str, folder: Path, reason: str = "a made-up slip") -> Any:
        from clerestory.office.taking_back import draft_take_back, take_back

        told = draft_take_back(
            self.office, matter, reason=reason, actor="P-off",
            key=key_hash(signer("P-off").verifier),
        )  # fmt: skip
        return take_back(self.office, sign(told, signer("P-off")), folder=folder)

    def refer(self, matter: str, reason: str = "made up", *, who: str = "P-cus") -> Any:
        from clerestory.office.counsel import draft_referral, refer

        told = draft_referral(
            self.office, matter, reason=reason, actor=who, key=key_hash(signer(who).verifier)
        )
        return refer(self.office, sign(told, signer(who)))

    def draft_opinions(self, matter: str, *opinions: Any, who: str = "P-law") -> Statement:
        from clerestory.office.counsel import draft_opinions

        return draft_opinions(
            self.office, matter, opinions=opinions, actor=who, key=key_hash(signer(who).verifier)
        )

    def opine(
        self, matter: str, *opinions: Any, who: str = "P-law", signed: Signed | None = None
    ) -> Any:
        from clerestory.office.counsel import opine

        signed = signed or sign(self.draft_opinions(matter, *opinions, who=who), signer(who))
        return opine(self.office, signed, opinions=opinions)

    def draft_refusal(self, matter: str) -> Statement:
        from clerestory.office.refusing import draft_refusal

        return draft_refusal(
            self.office, matter, actor="P-cus", key=key_hash(signer("P-cus").verifier)
        )  # fmt: skip

    def refuse(self, matter: str, signed: Signed | None = None) -> Any:
        from clerestory.office.refusing import refuse

        signed = signed or sign(self.draft_refusal(matter), signer("P-cus"))
        return refuse(self.office, signed)

    def put_out_letters(self, matter: str, folder: Path) -> tuple[Path, ...]:
        from clerestory.office.refusing import put_out_letters

        return put_out_letters(self.office, matter, folder)

    def opened(self, acted: Any) -> dict[str, str]:
        """Each field of an act's entry, opened alone; all of them are those of the whole."""
        office = self.office
        fields = office.keys.ledger.payload(office.statements(), acted.index).fields
        for name, text in fields.items():
            opening = office.keys.ledger.opening(office.statements(), acted.index, name)
            assert (opening.name, opening.value) == (name, text)
        return dict(fields)

    def draft_receipt(
        self, number: int = 1, *, paper: bytes = PAPER, who: str = "P-clk", site: str = ""
    ) -> Statement:
        from clerestory.office.receiving import draft_receipt

        return draft_receipt(
            self.office, token=token(number), paper=paper, actor=who,
            key=key_hash(signer(who).verifier), site=site,
        )  # fmt: skip

    def receive(
        self, number: int = 1, *, paper: bytes = PAPER, who: str = "P-clk", site: str = ""
    ) -> Any:
        from clerestory.office.receiving import receive

        statement = self.draft_receipt(number, paper=paper, who=who, site=site)
        return receive(self.office, sign(statement, signer(who)), token=token(number), paper=paper)

    def amend(self, matter: str, paper: bytes, *, who: str = "P-clk", reason: str = "slip") -> Any:
        from clerestory.office.receiving import amend, draft_amendment

        statement = draft_amendment(
            self.office, matter, paper=paper, reason=reason, actor=who,
            key=key_hash(signer(who).verifier),
        )  # fmt: skip
        return amend(self.office, sign(statement, signer(who)), paper=paper)

    def draft_withdrawal(self, matter: str, paper: bytes = LETTER) -> Statement:
        from clerestory.office.receiving import draft_withdrawal

        return draft_withdrawal(
            self.office, matter, paper=paper, actor="P-clk",
            key=key_hash(signer("P-clk").verifier),
        )  # fmt: skip

    def withdraw(
        self, matter: str, *, paper: bytes = LETTER, statement: Statement | None = None
    ) -> Any:
        from clerestory.office.receiving import withdraw

        signed = sign(statement or self.draft_withdrawal(matter, paper), signer("P-clk"))
        return withdraw(self.office, signed, paper=paper)

    def audit(self) -> list[str]:
        """What the walk along the log finds, by its codes."""
        from clerestory.audit.chain import ChainCheck
        from clerestory.office.walking import walk

        check = ChainCheck(self.office.table, origin=ORIGIN, founding=self.office.founding)
        return [f"{each.index} {each.code}" for entry in walk(self.office)
                for each in check.take(entry)]  # fmt: skip
