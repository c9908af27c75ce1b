"""``office establish`` and ``person``: what the demand claims, and whom it names."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clerestory.acts import Statement
from clerestory.cli.desk.acting import carry_out
from clerestory.cli.desk.hand import FILE, By, Hand, by_one
from clerestory.cli.desk.intake import read_paper_file
from clerestory.cli.desk.performing import Given

if TYPE_CHECKING:
    from clerestory.office.office import Office


@click.command()
@click.argument("matter")
@click.argument("fact")
@click.argument("answer", type=click.Choice(["yes", "no", "unknown"]))
@click.option("--evidence", type=FILE, required=True, help="The paper or note that shows it.")
@click.option(
    "--by",
    "as_whom",
    type=click.Choice(["custodian", "counsel"]),
    default="custodian",
    show_default=True,
    help="As whom: counsel establishes what the table of facts leaves to counsel.",
)
@by_one
def establish(
    hand: Hand, matter: str, fact: str, answer: str, evidence: Path, as_whom: str
) -> None:
    """Establish FACT of MATTER, such as findings.crime_named or consents.1, as ANSWER.

    A finding takes one person, a consent two, and an agreement two of whom one is counsel.
    """
    content = read_paper_file(evidence)

    def draft(office: "Office", by: By) -> Statement:
        from clerestory.office.asking import find_matter
        from clerestory.office.establishing import draft_finding

        return draft_finding(
            office, find_matter(office, matter), fact=fact, answer=answer, evidence=content,
            by=as_whom, actor=by.actor, key=by.key, at=by.at,
        )  # fmt: skip

    carry_out(hand, draft, paper=evidence, given=Given(paper=content))


@click.command()
@click.argument("matter")
@click.option(
    "--who", type=FILE, required=True,
    help="The file that says of each person what the paper says; names stand in it alone.",
)  # fmt: skip
@by_one
def person(hand: Hand, matter: str, who: Path) -> None:
    """Establish whom MATTER names: each is looked up once in the agency's own records.

    Nobody is looked up of whom the law would let nothing leave, whoever they are.
    """
    content = read_paper_file(who)

    def draft(office: "Office", by: By) -> Statement:
        from clerestory.office.asking import find_matter
        from clerestory.office.resolving import draft_persons

        return draft_persons(
            office, find_matter(office, matter), who=content, actor=by.actor, key=by.key, at=by.at
        )

    carry_out(hand, draft, paper=who, given=Given(paper=content))
