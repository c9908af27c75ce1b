"""From a demand's file to a determination: what ``decide``, ``disclose`` and ``refuse`` share."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from clerestory.audit.casebook import case_documents, cases_of, day_of, demand_on, pick_case
from clerestory.audit.sources_of_fields import sources_of
from clerestory.cli.places import packs_folder, profiles_folder
from clerestory.demands import (
    BadDemand,
    Demand,
    Item,
    check_day_of_answer,
    load_document,
    read_demand,
)
from clerestory.demands.determination import Outcome
from clerestory.demands.schema import check_shape, plain
from clerestory.kernel import Refusal
from clerestory.kernel.reading import Document
from clerestory.law import PackFault, load_stack
from clerestory.law.codes import load_vocabulary
from clerestory.law.packs import available_packs, base_packs, code_files
from clerestory.office.answer.decided import Decided
from clerestory.policy import Engine


def decide_file(
    path: Path,
    *,
    on: date | None = None,
    case: str | None = None,
    packs: Sequence[str] = (),
    packs_dir: Path | None = None,
    explain: bool = True,
    lower: Sequence[str] = (),
) -> Decided:
    """Read a demand and decide it.

    Args:
        path: A demand in its written form, or a casebook.
        on: The day whose law decides; the day of receipt where nothing is said.
        case: Which case of a casebook; its demand is taken as it stood on the day.
        packs: Packs to decide under; those of the holder's jurisdiction where nothing is said.
        packs_dir: Where the packs are.
        explain: Whether to compute what would change each ruling.
        lower: What reviewers lower, each such as ``S1.address=withhold``.

    Raises:
        AnsweredTooEarly: The day lies before the day of receipt.
    """
    folder = packs_folder(packs_dir)
    document = _demand_in(load_document(path), path.name, case, on)
    stack = load_stack(folder, list(packs) or packs_for(document, folder))
    demand = read_demand(document, stack.vocabulary)
    day = on or demand.received_on
    check_day_of_answer(demand, day)
    sources = sources_of(demand.holder.agency, profiles_folder())
    determination = Engine.of(stack, day, sources).decide(
        demand, explain=explain, lowerings=_lowerings(demand, lower)
    )
    return Decided(demand=demand, determination=determination, stack=stack, sources=sources)


def decide_again(decided: Decided, on: date) -> Decided:
    """Decide the same demand under the same packs as on another day, lowered as it was."""
    demand, told = decided.demand, decided.determination
    lowered = {ruling.item: ruling.outcome for ruling in told.rulings if ruling.lowered_from}
    again = decided.engine(on).decide(demand, lowerings=lowered)
    return replace(decided, determination=again)


def _lowerings(demand: Demand, lower: Sequence[str]) -> dict[Item, Outcome]:
    """Return what each item is lowered to; ``S1.address`` means it in every programme."""
    lowerings: dict[Item, Outcome] = {}
    asked: dict[str, list[Item]] = {}
    for item in demand.items if lower else ():
        asked.setdefault(item.ref, []).append(item)
    for text in lower:
        name, _, to = text.partition("=")
        program, slash, ref = name.rpartition("/")
        items = [i for i in asked.get(ref, ()) if not slash or i.program == program]
        if to not in set(Outcome) or not items:
            raise Refusal(
                f"not an answer that can be lowered: {text}",
                code="review-unknown-item",
                todo="write it as S1.address=withhold, or snap/S1.address=refer_to_counsel",
            )
        for item in items:
            if lowerings.setdefault(item, Outcome(to)) is not Outcome(to):
                raise Refusal(
                    f"two answers are given for {item.program}/{item.ref}: {lowerings[item]} and "
                    f"{to}",
                    code="review-twice",
                    todo="give --lower once for each field; where two reviewers differ, the one "
                    "that lets less leave counts",
                )
    return lowerings


def _demand_in(document: Document, file: str, case: str | None, on: date | None) -> Any:
    if case is None:
        if isinstance(document.value, dict) and "cases" in document.value:
            first = cases_of(document, file)[0]["demand"]["id"]
            raise BadDemand(
                f"{file} is a casebook", todo=f"name one of its cases, for example --case {first}"
            )
        return document
    picked = pick_case(document, file, case)
    return demand_on(picked, on or day_of(plain(picked)["expect"][0]))


def demand_file(
    path: Path, *, on: date | None = None, case: str | None = None, packs: Sequence[str] = ()
) -> Demand:
    """Read a demand without deciding it."""
    return read_without_deciding(_demand_in(load_document(path), path.name, case, on), packs)


def documents_in(document: Document, file: str) -> Iterator[Document | Any]:
    """Yield the demand of a file, or each demand of a casebook as each of its steps leaves it."""
    value = document.value
    holds_cases = isinstance(value, dict) and bool({"cases", "expect"} & set(value))
    if not holds_cases and not isinstance(value, list):
        yield document
        return
    for case in case_documents(document, file):
        for step in plain(case)["expect"]:
            yield demand_on(case, day_of(step))


def read_without_deciding(document: Document | Any, packs: Sequence[str] = ()) -> Demand:
    """Read a demand's document under the codes of its packs."""
    folder = packs_folder()
    names = list(packs) or packs_for(document, folder)
    return read_demand(document, load_vocabulary(code_files(folder, names)))


def packs_for(document: Document | Any, folder: Path) -> list[str]:
    """Return the packs of the holder's jurisdiction.

    Where the document does not tell it, the federal pack: reading under it tells every fault of
    the document at once.

    Raises:
        BadDemand: There is no pack for it, and the form is not followed either.
        PackFault: The holder is under the law of a State that has no pack yet.
    """
    holder = plain(document).get("holder") if isinstance(plain(document), dict) else None
    place = holder.get("jurisdiction") if isinstance(holder, dict) else None
    if isinstance(place, str) and place in available_packs(folder):
        return [place]
    base = base_packs(folder)
    known = load_vocabulary([folder / "codes.yaml"])
    if isinstance(place, str) and place.startswith("us-") and known.knows("jurisdiction", place):
        check_shape(document)
        raise PackFault(
            f"there is no pack for the law of {place} yet",
            code="law-no-pack",
            todo=f"add --pack {' --pack '.join(base)} to decide under federal law alone, and ask "
            "counsel for the State's",
        )
    return base
