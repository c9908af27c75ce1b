"""The acts about one person or job, each by two others who sign for the office."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clerestory.acts import OFFICE_CHAIN, Statement
from clerestory.cli.clock import DAY
from clerestory.cli.desk.acting import carry_out
from clerestory.cli.desk.founding import read_public_key
from clerestory.cli.desk.hand import FILE, By, Hand, by_two

if TYPE_CHECKING:
    from clerestory.office.office import Office

_roles = click.option("--roles", required=True, help="Its roles, with blanks between them.")
_from = click.option("--from", "begins", type=DAY, help="The first day of the roles. [today]")
_until = click.option("--until", type=DAY, help="The day after the last one of the roles.")
_site = click.option("--site", default="", help="Only for the matters of this site.")


@click.command()
@click.argument("person")
@_roles
@click.option("--vkey", type=FILE, required=True, help="The file of the public key.")
@click.option("--trained-to", type=DAY, help="When the training lapses.")
@click.option("--acts", default="", help="Of a job: the only acts that it may do.")
@_from
@_until
@_site
@by_two
def join(
    hand: Hand, person: str, roles: str, vkey: Path, trained_to: date | None, acts: str,
    begins: date | None, until: date | None, site: str,
) -> None:  # fmt: skip
    """Let PERSON join, an id that nobody ever had; with --acts it is a job and no person."""
    _about(
        hand, "join", person=person, kind="job" if acts else "person", roles=roles,
        vkey=read_public_key(vkey).vkey, trained_to=_day(trained_to), acts=acts,
        **{"from": _day(begins), "to": _day(until), "site": site},
    )  # fmt: skip


@click.command()
@click.argument("person")
@_roles
@_from
@_until
@_site
@by_two
def assign(
    hand: Hand, person: str, roles: str, begins: date | None, until: date | None, site: str
) -> None:
    """Give PERSON other roles, in the place of all those before."""
    days = {"from": _day(begins), "to": _day(until), "site": site}
    _about(hand, "assign", person=person, roles=roles, **days)


@click.command()
@click.argument("person")
@click.option("--to", "trained_to", type=DAY, required=True, help="When the training lapses.")
@by_two
def train(hand: Hand, person: str, trained_to: date) -> None:
    """Record that PERSON was trained, and until which day that is good."""
    _about(hand, "train", person=person, trained_to=_day(trained_to))


@click.command()
@click.argument("person")
@click.option("--vkey", type=FILE, required=True, help="The file of the new public key.")
@by_two
def replace_key(hand: Hand, person: str, vkey: Path) -> None:
    """Put a new key of PERSON in the place of the lost one, which signs nothing from now on."""
    new = read_public_key(vkey).vkey

    def draft(office: "Office", by: By) -> Statement:
        from clerestory.office.asking import known_key

        lost = known_key(office, person)
        return _draft(office, by, "replace_key", {"person": person, "lost": lost, "vkey": new})

    carry_out(hand, draft)


@click.command()
@click.argument("person")
@by_two
def leave(hand: Hand, person: str) -> None:
    """Let PERSON go: roles and key end with this act. Who comes back gets a new id."""
    _about(hand, "leave", person=person)


def _about(hand: Hand, act: str, **facts: str) -> None:
    told = {name: text for name, text in facts.items() if text}
    carry_out(hand, lambda office, by: _draft(office, by, act, told))


def _draft(office: "Office", by: By, act: str, facts: Mapping[str, str]) -> Statement:
    from clerestory.office.acting import draft

    return draft(
        office, act, OFFICE_CHAIN, actor=by.actor, key=by.key, second=by.second, at=by.at,
        facts=dict(facts),
    )  # fmt: skip


def _day(day: date | None) -> str:
    return "" if day is None else str(day)
