"""Who is in the office, read off the acts on the office and nothing else.

Tables of people are a copy of this. So nobody comes into the office, gets a role or a key by
writing to a database: two people must have signed for it, and the log says since when.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from clerestory.acts.allowed import Actor, Standing, check_allowed
from clerestory.acts.errors import BadStatement
from clerestory.acts.statement import Signed, Statement, check_signatures, key_hash
from clerestory.acts.table import OFFICE, Table
from clerestory.kernel import Period, Refusal
from clerestory.kernel.ids import wrong_in_id
from clerestory.kernel.time import BadTime, parse_day
from clerestory.notes import BadKey, Kind, Verifier, parse_vkey

PERSON, JOB = "person", "job"
JOB_ROLE = "job"


class BadPeople(Refusal):
    """An act on the office that would leave its people in a state that cannot be."""

    code = "office-people"
    todo = "correct what the act says, and have both sign it anew"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Roles that somebody holds for some days, everywhere or for the matters of one site."""

    roles: frozenset[str]
    days: Period
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person or job.

    Attributes:
        id: What statements call them.
        kind: ``person`` or ``job``.
        posts: Their roles, with days and site.
        trained_to: The first day on which their training is good no more.
        vkey: The public key that they sign with now.
        acts: A job's closed list of acts.
        has_left: Whether they have left; their key signs nothing then.
    """

    id: str
    kind: str
    posts: tuple[Post, ...]
    vkey: str
    trained_to: date | None = None
    acts: frozenset[str] | None = None
    has_left: bool = False

    @property
    def verifier(self) -> Verifier:
        """The public key."""
        return parse_vkey(self.vkey, only=Kind.ED25519)

    def roles_on(self, on: date, site: str) -> frozenset[str]:
        """Return the roles that they hold on a day, for the matters of a site."""
        if self.has_left:
            return frozenset()
        held = (post.roles for post in self.posts if on in post.days and post.site in ("", site))
        return frozenset().union(*held)


@dataclass(frozen=True, kw_only=True)
class Staff:
    """Everybody who is or was in the office. Each act on the office makes another one."""

    table: Table
    members: Mapping[str, Member] = field(default_factory=dict)
    keys: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Every key that was ever anybody's, by its hash: whose, and the key. None has two owners."""
    state: str = ""
    """The state of the office after its signed acts."""

    def actor(self, member: str, *, on: date, site: str = "") -> Actor:
        """Return who acts, as they stand on that day; a stranger has no role."""
        found = self.members.get(member)
        if found is None:
            return Actor(id=member, roles=frozenset())
        return Actor(
            id=member,
            roles=found.roles_on(on, site),
            trained=found.trained_to is not None and on < found.trained_to,
            acts=found.acts,
        )

    def verifier(self, member: str, key: str) -> Verifier:
        """Return the key that a member signs with now.

        Raises:
            Refusal: It is another one than ``key``, was replaced, or its holder has left.
        """
        found = self.members.get(member)
        if found is None or found.has_left or key_hash(found.verifier) != key:
            raise Refusal(
                f"an act is signed with the key that the office knows of {member} today",
                code="act-key",
                todo="use the key that was registered last; a lost one is replaced by two people",
            )
        return found.verifier

    def check_signed(self, signed: Signed) -> None:
        """Prove that an act of whatever time was signed by whom it names, with a key of theirs.

        Raises:
            BadStatement: Somebody's key was never theirs, or a signature fails.
        """
        told = signed.statement
        named = [(told.actor, told.key)]
        if told.second is not None:
            named.append((told.second.actor, told.second.key))
        verifiers = []
        for who, key in named:
            owner, vkey = self.keys.get(key, ("", ""))
            if owner != who:
                raise BadStatement(f"an act is signed with a key of who did it: {told.act}")
            verifiers.append(parse_vkey(vkey, only=Kind.ED25519))
        check_signatures(signed, *verifiers)

    def after(self, statement: Statement) -> "Staff":
        """Return the people once an act on the office is done.

        Raises:
            BadPeople: What it says cannot be.
        """
        change = _CHANGES.get(statement.act)
        if change is None:
            return self
        staff = change(self, statement)
        if len(staff._signing()) < 2:
            raise BadPeople(
                f"two people who can sign for the office must stay in it: {statement.act}",
                code="office-last-two",
                todo="let another one join or be assigned first",
            )
        return staff

    def after_signed(self, signed: Signed) -> "Staff":
        """Return the people once a signed act on the office is done, which two did who may.

        Raises:
            NotAllowed: Whoever signed may not.
            Refusal: A key is not its holder's now, or what the act says cannot be.
            BadStatement: Somebody did not sign it.
        """
        told = signed.statement
        after = self.after(told)
        # Founders sign with the keys that their own act names; nobody else does.
        signers = self if self.members else after
        named = [(told.actor, told.key)]
        if told.second is not None:
            named.append((told.second.actor, told.second.key))
        check_signatures(signed, *(signers.verifier(who, key) for who, key in named))
        move = check_allowed(
            self.table,
            told.act,
            standing=Standing(state=self.state or self.table.first_state(OFFICE)),
            actor=signers.actor(told.actor, on=told.on),
            second=signers.actor(told.second.actor, on=told.on) if told.second else None,
            about=told.facts.get("person"),
        )
        return replace(after, state=move.to)

    def _signing(self) -> list[str]:
        """Return who can sign acts on the office for good."""
        roles = frozenset().union(*(act.roles for act in self.table.acts_of(OFFICE)))
        return [
            member.id
            for member in self.members.values()
            if not member.has_left
            and any(
                post.roles & roles and post.days.valid_to is None and not post.site
                for post in member.posts
            )
        ]

    def found(self, statement: Statement) -> "Staff":
        """Let the two founders in, with the keys and roles that the founding names."""
        if self.members:
            raise BadPeople("an office is founded once")
        if statement.second is None or statement.second.actor == statement.actor:
            raise BadPeople("an office is founded by two people")
        staff = self
        for who, part in ((statement.actor, "actor"), (statement.second.actor, "second")):
            member = Member(
                id=_new_id(staff, who),
                kind=PERSON,
                posts=(Post(roles=_roles(self.table, statement, f"{part}_roles"),
                            days=Period(valid_from=statement.on)),),
                vkey=_text(statement, f"{part}_vkey"),
                trained_to=_day(statement, f"{part}_trained_to"),
            )  # fmt: skip
            staff = staff._with_key(member)
        return staff

    def join(self, statement: Statement) -> "Staff":
        """Let a person or a job in."""
        kind, acts = _text(statement, "kind"), statement.facts.get("acts", "")
        if kind not in (PERSON, JOB):
            raise BadPeople("whoever joins is a person or a job")
        member = Member(
            id=_new_id(self, _text(statement, "person")),
            kind=kind,
            posts=(_post(self.table, statement),),
            vkey=_text(statement, "vkey"),
            trained_to=_day(statement, "trained_to"),
            acts=frozenset(acts.split()) if kind == JOB else None,
        )
        _check_kind(self.table, member)
        return self._with_key(member)

    def assign(self, statement: Statement) -> "Staff":
        """Give somebody the roles that they have from now on, in place of those before."""
        member = self._present(statement)
        post = _post(self.table, statement)
        changed = replace(member, posts=(post,))
        _check_kind(self.table, changed)
        return self._with(changed)

    def train(self, statement: Statement) -> "Staff":
        """Record until when somebody's training is good."""
        to = _day(statement, "trained_to")
        if to is None or to <= statement.on:
            raise BadPeople("training lapses on a day that is still to come")
        return self._with(replace(self._present(statement), trained_to=to))

    def replace_key(self, statement: Statement) -> "Staff":
        """Put another key in the place of one that is lost."""
        member = self._present(statement)
        if _text(statement, "lost") != key_hash(member.verifier):
            raise BadPeople("the key that is replaced is the one that the person has now")
        return self._with_key(replace(member, vkey=_text(statement, "vkey")))

    def leave(self, statement: Statement) -> "Staff":
        """Let somebody go: roles and key end at once."""
        return self._with(replace(self._present(statement), has_left=True))

    def _present(self, statement: Statement) -> Member:
        member = self.members.get(_text(statement, "person"))
        if member is None or member.has_left:
            raise BadPeople(
                f"{statement.act} is about somebody who is in the office",
                todo="check the id; who has left joins again under a new one",
            )
        return member

    def _with(self, member: Member) -> "Staff":
        return replace(self, members={**self.members, member.id: member})

    def _with_key(self, member: Member) -> "Staff":
        try:
            key = key_hash(member.verifier)
        except BadKey as fault:
            raise BadPeople("a signing key is an ed25519 key in its text form") from fault
        # One key with two people behind it would be two votes by one.
        if key in self.keys:
            raise BadPeople("a key is one person's, and is given to nobody else, ever")
        return replace(self._with(member), keys={**self.keys, key: (member.id, member.vkey)})


_CHANGES = {
    "found": Staff.found,
    "join": Staff.join,
    "assign": Staff.assign,
    "train": Staff.train,
    "replace_key": Staff.replace_key,
    "leave": Staff.leave,
}


def _check_kind(table: Table, member: Member) -> None:
    """Refuse a person with a job's role, and a job that could do what it may not."""
    roles = frozenset().union(*(post.roles for post in member.posts))
    if (member.kind == JOB) != (JOB_ROLE in roles) or (member.kind == JOB and len(roles) > 1):
        raise BadPeople("a job has the role job and no other, and no person has it")
    if member.acts is None:
        return
    may = {act.name for act in table.acts if JOB_ROLE in act.roles}
    if not member.acts or not member.acts <= may:
        raise BadPeople(
            "a job has a closed list of acts that jobs may do",
            todo=f"name some of: {', '.join(sorted(may))}",
        )


def _new_id(staff: Staff, text: str) -> str:
    if wrong := wrong_in_id(text):
        raise BadPeople(f"whoever joins has an id: {wrong}")
    if text in staff.members:
        raise BadPeople("an id is one person's, and is given to nobody else, ever")
    return text


def _post(table: Table, statement: Statement) -> Post:
    begins = _day(statement, "from") or statement.on
    if begins < statement.on:
        raise BadPeople("a role is not given for days that are over")
    ends = _day(statement, "to")
    if ends is not None and ends <= begins:
        raise BadPeople("a role ends after it begins")
    return Post(
        roles=_roles(table, statement, "roles"),
        days=Period(valid_from=begins, valid_to=ends),
        site=statement.facts.get("site", ""),
    )


def _roles(table: Table, statement: Statement, name: str) -> frozenset[str]:
    roles = frozenset(_text(statement, name).split())
    if not roles or not roles <= table.role_names:
        raise BadPeople(
            "whoever joins has roles that there are",
            todo=f"name some of: {', '.join(sorted(table.role_names))}",
        )
    return roles


def _text(statement: Statement, name: str) -> str:
    text = statement.facts.get(name, "")
    if not text:
        raise BadPeople(f"{statement.act} says its {name}")
    return text


def _day(statement: Statement, name: str) -> date | None:
    text = statement.facts.get(name, "")
    try:
        return parse_day(text) if text else None
    except BadTime as fault:
        raise BadPeople(f"{name} is a day of the calendar") from fault
