"""The facts of a request as they would stand once some changes are established."""

from collections.abc import Iterable, Mapping
from typing import Any

from clerestory.law.fact_table import KIND
from clerestory.policy.explain.abduction import ChangeSet
from clerestory.policy.model.facts import changed
from clerestory.policy.model.papers import PROCESS
from clerestory.policy.model.permissions import AGREEMENT
from clerestory.policy.model.process import ISSUERS

OF_A_COURT, BESIDE = "paper.process", "paper.process_beside"
# Where process is still to come, the plainest there is: a clerk's subpoena.
_SUBPOENA, _CLERK = "judicial_subpoena", "clerk"


def apply_changes(context: Mapping[str, Any], changes: ChangeSet) -> dict[str, Any]:
    """Return the facts as they would stand once the changes are established."""
    facts = dict(context)
    for path, value in sorted(changes):
        if path == "papers":
            facts |= {name: _with(facts[name], [value]) for name in ("papers", "kinds")}
            if value in PROCESS:
                facts = changed(facts, BESIDE, "yes")
            continue
        facts = changed(facts, path, value)
        if path.startswith("findings."):
            code = path.removeprefix("findings.")
            facts["raised"] = [name for name in facts["raised"] if name != code]
        elif path == KIND:
            # A better paper stands in the place of the one in hand.
            old = context["paper"]["kind"]
            facts |= {n: _with(facts[n], [value], without=old) for n in ("papers", "kinds")}
        elif path == "paper.issuer":
            old = context["paper"]["issuer"]
            facts["issuers"] = _with(facts["issuers"], [value], without=old)
    return _with_process(context, _with_agreement(facts, changes), changes)


def _with_agreement(facts: dict[str, Any], changes: ChangeSet) -> dict[str, Any]:
    """Have an agreement in hand that is in force again be a paper that stands on the day."""
    if facts["paper"]["kind"] != AGREEMENT or ("agreement.in_force", "yes") not in changes:
        return facts
    return changed(changed(facts, "paper.status", "live"), "paper.in_date", "yes")


def _with(codes: Iterable[str], more: Iterable[str], *, without: str = "") -> list[str]:
    return sorted(({*codes} - {without}) | ({*more} - {"none"}))


def _with_process(
    context: Mapping[str, Any], facts: dict[str, Any], changes: ChangeSet
) -> dict[str, Any]:
    """Have what is said of a court's process follow from the paper, unless it is itself changed."""
    paper, sought = facts["paper"], dict(changes)
    if OF_A_COURT in sought:
        if sought[OF_A_COURT] != "yes":
            return facts
        facts = changed(facts, BESIDE, "yes")
        if ISSUERS.keys() & {*facts["papers"]}:
            return facts
        brought = {name: _with(facts[name], [_SUBPOENA]) for name in ("papers", "kinds")}
        return facts | brought | {"issuers": _with(facts["issuers"], [_CLERK])}
    if KIND not in sought:
        return facts
    own = paper["issuer"] in ISSUERS.get(paper["kind"], ()) and paper["names_field"] == "yes"
    if own and paper["status"] == "live" and paper["written"] != "no":
        return changed(facts, OF_A_COURT, "yes")
    return changed(facts, OF_A_COURT, "no") if context["paper"]["kind"] in ISSUERS else facts
