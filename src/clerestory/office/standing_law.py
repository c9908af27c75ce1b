"""The law that an office answers by: activated and suspended by act, and stopped when it changes.

Its founders sign the first law, counsel and another person each later one: the packs, the profile
and the engine, by their digests, and what the gate said of the packs. Files that are anything else
stop the office, whatever wrote them. A suspension works from the day of its act and only lowers.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from clerestory.acts import OFFICE_CHAIN, Second, Signed, Statement
from clerestory.audit.installed import installed_data
from clerestory.kernel import Refusal
from clerestory.kernel.canonical import digest_of
from clerestory.kernel.time import parse_day
from clerestory.law import PackStack, load_stack
from clerestory.law.activation import check_active, list_active
from clerestory.office.acting import Acted, draft
from clerestory.office.matters import check_act, check_same, perform_on_office
from clerestory.office.office import Office, own_key
from clerestory.policy.decide.engine import ENGINE
from clerestory.store.models import ActRow

_ACTS = ("found", "activate", "suspend", "resume")
_LAW = ("law", "profile_files", "engine", "gate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """What stands of the law after the acts of an office.

    Attributes:
        bound: The digests of packs, profile and gate, and the engine, as they were signed.
        review_by: The day by which it is reviewed; none where its founders said none.
        suspended: The acts by which authorities are suspended, by authority.
    """

    bound: Mapping[str, str]
    review_by: date | None
    suspended: Mapping[str, Statement]

    def written_suspensions(self) -> list[dict[str, Any]]:
        """Return the suspensions in the written form of a demand."""
        return [
            {
                "authority": authority, "by": told.actor, "from": str(told.on),
                "reason": told.facts["reason"],
            }
            for authority, told in sorted(self.suspended.items())
        ]  # fmt: skip


def standing_law(office: Office) -> Law:
    """Return the law that stands, read off the office's own signed acts.

    Raises:
        Corruption: Its acts are not what their entries say.
    """
    office.staff()  # proves every act on the office
    bound: dict[str, str] = {}
    review_by: date | None = None
    suspended: dict[str, Statement] = {}
    rows = ActRow.objects.filter(chain=OFFICE_CHAIN, act__in=_ACTS).order_by("position")
    for told in (office.signed(row).statement for row in rows):
        if told.act in {"found", "activate"}:
            bound = {name: told.facts.get(name, "") for name in _LAW}
            said = told.facts.get("review_by", "")
            review_by = parse_day(said) if said else None
        elif told.act == "suspend":
            suspended[told.facts["authority"]] = told
        else:
            suspended.pop(told.facts["authority"], None)
    return Law(bound=bound, review_by=review_by, suspended=suspended)


def check_in_force(office: Office, stack: PackStack, profile: Path, on: date) -> None:
    """Stop unless packs, profile and engine are those that were activated, and reviewed in time.

    Raises:
        Refusal: Something was changed since, or the review is overdue.
    """
    law = standing_law(office)
    now = law_facts(stack, profile)
    changed = [name for name in _LAW if law.bound.get(name) != now[name]]
    if changed:
        raise Refusal(
            f"an office answers by the law that was activated in it: {', '.join(changed)} differs",
            code="law-not-activated",
            todo="bring the files back as they were; or, where they are meant to change, have "
            "counsel and another person activate them",
        )
    if law.review_by is not None and on >= law.review_by:
        raise Refusal(
            f"the law is reviewed before its day: {law.review_by}",
            code="law-review-lapsed",
            todo="have counsel review it, and activate it anew with another person",
        )


def law_facts(stack: PackStack, profile: Path) -> dict[str, str]:
    """Return what an activation binds of packs, profile and engine as they are now."""
    return {
        "law": stack.digest, "profile_files": digest_of_profile(profile), "engine": ENGINE,
        "gate": digest_of(list_active(stack.folder).get(stack.digest)),
    }  # fmt: skip


def digest_of_profile(profile: Path) -> str:
    """Return the digest over all files of a profile, by name and length."""
    whole = hashlib.sha256()
    for path in sorted(one for one in profile.rglob("*") if one.is_file()):
        content = path.read_bytes()
        name = path.relative_to(profile).as_posix()
        whole.update(f"{name}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def first_law(packs: str, profile: str) -> dict[str, str]:
    """Return what a founding binds of the law, for an office of this profile.

    Raises:
        PackFault: The packs did not come through the gate as they stand.
    """
    home = installed_data()
    stack = load_stack(home / "packs", packs.split())
    check_active(stack, home / "packs")
    return law_facts(stack, home / "profiles" / profile)


def draft_activation(
    office: Office,
    *,
    review_by: date,
    actor: str,
    key: str,
    second: Second,
    at: datetime | None = None,
) -> Statement:
    """Write the statement that activates the law as it lies on this machine, for two to sign.

    Args:
        office: Which office.
        review_by: The day by which it is reviewed again.
        actor: Who signs first.
        key: The hash of the key that they sign with.
        second: Who else signs; one of the two is counsel.
        at: When, in an office that is made up.

    Raises:
        PackFault: The packs did not come through the gate as they stand.
        Refusal: The day is over.
    """
    facts = _activation(office, review_by, office.day(office.moment(at)))
    return draft(
        office, "activate", OFFICE_CHAIN, actor=actor, key=key, second=second, at=at, facts=facts
    )


def activate(office: Office, signed: Signed, *, at: datetime | None = None) -> Acted:
    """Activate the law as it lies on this machine: it answers from now on.

    Raises:
        Refusal: The statement is of another law, or is not the next act.
        NotAllowed: Those who signed may not, or neither is counsel.
        Corruption: Whoever is named did not sign it.
    """
    told = signed.statement
    check_act(told, "activate")
    check_same(told.facts, _activation(office, _day(told), told.on))
    return perform_on_office(office, signed, at=at)


def draft_suspension(
    office: Office,
    act: str,
    *,
    authority: str,
    reason: str,
    actor: str,
    key: str,
    second: Second | None = None,
    at: datetime | None = None,
) -> Statement:
    """Write the statement that suspends an authority, or lets it open again.

    Args:
        office: Which office.
        act: ``suspend``, which counsel signs alone, or ``resume``, which two sign.
        authority: Its id in the packs.
        reason: The order that was served, or why, in words that name nobody.
        actor: Who signs first.
        key: The hash of the key that they sign with.
        second: Who else signs.
        at: When, in an office that is made up.

    Raises:
        Refusal: No pack has the authority, it stands so already, or no reason is said.
    """
    facts = _suspension(office, act, authority, reason)
    return draft(office, act, OFFICE_CHAIN, actor=actor, key=key, second=second, at=at, facts=facts)


def suspend(office: Office, signed: Signed, *, at: datetime | None = None) -> Acted:
    """Suspend an authority, or let it open again: what ``signed`` says, from its day on.

    Raises:
        Refusal: No pack has the authority, it stands so already, or no reason is said.
        NotAllowed: Whoever signed may not.
        Corruption: Whoever is named did not sign it.
    """
    told = signed.statement
    if not ActRow.objects.filter(key=own_key("office", told.content.decode())).exists():
        authority, reason = (told.facts.get(name, "") for name in ("authority", "reason"))
        check_same(told.facts, _suspension(office, told.act, authority, reason))
    return perform_on_office(office, signed, at=at)


def _activation(office: Office, review_by: date, on: date) -> dict[str, str]:
    if review_by <= on:
        raise Refusal(
            f"the law is reviewed on a day to come: {review_by}",
            code="activate-review",
            todo="name a later day",
        )
    return {**first_law(office.packs, office.profile), "review_by": str(review_by)}


def _suspension(office: Office, act: str, authority: str, reason: str) -> dict[str, str]:
    stands = authority in standing_law(office).suspended
    if act not in {"suspend", "resume"} or stands is (act == "suspend"):
        raise Refusal(
            f"an authority is suspended once, and resumed once it is: {authority}",
            code="suspend-stands",
            todo="look at what is suspended",
        )
    home = installed_data()
    stack = load_stack(home / "packs", office.packs.split())
    if act == "suspend" and authority not in stack.authorities:
        raise Refusal(
            f"a suspension names an authority that no pack has: {authority}",
            code="suspension-unknown-authority",
            todo="write its id, as the decision shows it and a pack's authorities.toml has it",
        )
    if not reason.strip():
        raise Refusal(
            "a suspension says why",
            code="suspend-no-reason",
            todo="cite the order, or say why, in words that name nobody",
        )
    return {"authority": authority, "reason": reason}


def _day(told: Statement) -> date:
    return parse_day(told.facts.get("review_by", ""))
