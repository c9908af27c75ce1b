"""People and jobs join, are assigned and trained, lose a key and leave: each by two who sign it.

The tables of people are a copy for asking. What counts is read off the acts themselves.
"""

from datetime import date, datetime

from clerestory.acts import Member, Signed, key_hash
from clerestory.kernel import Refusal
from clerestory.office.acting import Acted, Step, perform
from clerestory.office.office import Office, own_key
from clerestory.store.models import KeyRow, MemberRow, PostRow

ACTS = ("join", "assign", "train", "replace_key", "leave")
"""The acts about one person or job."""


def change_people(office: Office, signed: Signed, *, at: datetime | None = None) -> Acted:
    """Do an act about somebody in the office, which two others have signed.

    The same signed statement is the same act, done again; another statement is another act.

    Raises:
        NotAllowed: Whoever signed may not, or it is about one of them.
        BadPeople: It would leave the office's people in a state that cannot be.
        Refusal: The statement is not the next one, of another day, or no act about somebody.
        Corruption: Whoever is named did not sign it.
    """
    told = signed.statement
    if told.act not in ACTS or not told.is_on_office:
        raise Refusal(
            f"this is no act about people: {told.act}",
            code="act-not-people",
            todo=f"it is one of: {', '.join(ACTS)}",
        )

    def save(step: Step) -> None:
        staff = step.staff.after(step.signed.statement)
        keep_member(staff.members[step.signed.statement.facts["person"]])

    return perform(office, signed, key=own_key("office", told.content.decode()), save=save, at=at)


def keep_member(member: Member) -> None:
    """Write somebody's rows as they now are."""
    MemberRow.objects.update_or_create(
        id=member.id,
        defaults={
            "kind": member.kind,
            "acts": " ".join(sorted(member.acts or ())),
            "trained_to": member.trained_to,
            "has_left": member.has_left,
        },
    )
    PostRow.objects.filter(member_id=member.id).delete()
    for post in member.posts:
        PostRow.objects.create(
            member_id=member.id,
            roles=" ".join(sorted(post.roles)),
            site=post.site,
            valid_from=post.days.valid_from or date.min,
            valid_to=post.days.valid_to,
        )
    now = key_hash(member.verifier)
    others = KeyRow.objects.filter(member_id=member.id)
    (others if member.has_left else others.exclude(hash=now)).update(retired=True)
    if not member.has_left:
        KeyRow.objects.get_or_create(
            hash=now, defaults={"member_id": member.id, "vkey": member.vkey}
        )
