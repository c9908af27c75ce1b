"""What an older written form leaves open about whom and what a paper names, and what to add."""

from collections.abc import Iterator

from clerestory.demands.demand import Demand


def what_to_add(demand: Demand) -> Iterator[str]:
    """Yield what to write so that nobody has to guess whom and what a paper means."""
    paper = demand.instrument
    several = len({item.program for item in demand.items}) > 1
    persons = len({item.subject for item in demand.items}) > 1
    if paper.kind != "none" and persons and paper.persons_named is None and paper.count != "all":
        yield "add instrument.scope.persons_named: each person whom the paper itself names"
    if not several:
        return
    if paper.kind != "none" and paper.programs is None:
        yield "add instrument.scope.programs: the programs whose records the paper names"
    if any(consent.programs is None for consent in demand.consents):
        yield "add programs to each of consents: without them it covers none of several"
    if any(agreement.programs is None for agreement in demand.agreements):
        yield "add programs to each of agreements: without them it covers none of several"
