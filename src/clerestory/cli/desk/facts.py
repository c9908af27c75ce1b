"""``office establish`` and ``person``: what the demand claims, and whom it names."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clerestory.acts import Statement
from clerestory.cli.desk.acting import carry_out
from clerestory.cli.desk.hand import FILE, By, Hand, by_one
from clerestory.cli.desk.intake import read_paper_file
from clerestory.cli.desk.performing import Given
from clerestory.cli.terminal import tell, tell_folded
from clerestory.kernel import Refusal

if TYPE_CHECKING:
    from clerestory.office.office import Office


@click.command()
@click.argument("matter")
@click.argument("facts", nargs=-1, required=True, metavar="FACT=ANSWER...")
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
    hand: Hand, matter: str, facts: tuple[str, ...], evidence: Path, as_whom: str
) -> None:
    """Establish facts of MATTER, each an act of its own: crime_named=yes, consents.1=no.

    A finding is yes, no or unknown and takes one person; a consent takes two, an agreement two of
    whom one is counsel.
    """
    content = read_paper_file(evidence)
    told = [_fact(text) for text in facts]
    if hand.write is not None and len(told) > 1:
        raise Refusal(
            "a statement is written of one fact",
            code="establish-answer",
            todo="write one for each fact, each to a file of its own",
        )
    for fact, answer in told:
        _establish(hand, matter, fact, answer, content, evidence, as_whom)


def _establish(
    hand: Hand, matter: str, fact: str, answer: str, content: bytes, evidence: Path, by_whom: str
) -> None:
    def draft(office: "Office", by: By) -> Statement:
        from clerestory.office.asking import find_matter
        from clerestory.office.establishing import draft_finding

        return draft_finding(
            office, find_matter(office, matter), fact=fact, answer=answer, evidence=content,
            by=by_whom, actor=by.actor, key=by.key, at=by.at,
        )  # fmt: skip

    tell(f"{fact}={answer}:")
    try:
        carry_out(hand, draft, paper=evidence, given=Given(paper=content))
    except Refusal as fault:
        # Of several facts some were done before whatever stopped the first run.
        if fault.code != "establish-nothing":
            raise
        tell_folded(f"{fault}")


def _fact(text: str) -> tuple[str, str]:
    """Return a fact and its answer; a name without a group is that of a finding."""
    fact, equals, answer = text.partition("=")
    if not equals or not fact:
        raise Refusal(
            f"a fact is established as an answer: {text!a}",
            code="establish-answer",
            todo="write crime_named=yes, or consents.1=no",
        )
    return (fact if "." in fact else f"findings.{fact}"), answer


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
