"""A demand as it stands on paper: frozen values, read from the written form by ``reading``.

``said`` holds what is said of a paper, a person, a consent or an agreement and is taken as it
stands: for each of its facts a code (see ``law.fact_table``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Literal

from clerestory.demands.said import Said, nothing_said


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds the records: an agency, what kind of body it is, whose law it is under."""

    agency: str
    kind: str
    jurisdiction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """Who asks. ``kind`` is the coded class, ``component`` its office.

    ``jurisdiction`` is the State whose body it is, or the United States.
    ``body`` and ``reference``, the requester's own number of the paper, are for people: the
    engine never reads them.
    """

    body: str
    kind: str
    component: str | None = None
    jurisdiction: str | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """What the demand rests on, and what came with it in ``accompanies``.

    Dates are the first day and, half-open, the day after the last day the paper is good for.
    ``fields_named`` holds references such as ``S1.address`` when the paper itself names fields,
    ``persons_named`` and ``programs`` whom it names and from whose records. ``court`` is the
    jurisdiction whose court issued it. Names of courts and persons, and dockets, are for people.
    """

    kind: str
    form: str | None = None
    issuer: str = "none"
    court: str | None = None
    court_name: str = ""
    docket: str = ""
    signed_by: str = ""
    signed_on: date | None = None
    served_by: str = ""
    served_on: date | None = None
    persons: str = "unknown"
    count: int | Literal["all", "unknown"] = "unknown"
    persons_named: tuple[str, ...] | None = None
    fields: str = "unstated"
    fields_named: tuple[str, ...] | None = None
    programs: tuple[str, ...] | None = None
    period_from: date | None = None
    period_to: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    status: str = "unknown"
    said: Said = field(default_factory=partial(nothing_said, "paper"))
    returns_on: date | None = None
    accompanies: tuple["Instrument", ...] = ()

    @property
    def with_accompanying(self) -> tuple["Instrument", ...]:
        """The paper itself and everything that came with it."""
        return (self, *(inner for extra in self.accompanies for inner in extra.with_accompanying))


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A person, or a whole class, that the demand is about.

    ``represented_by`` is the code of whoever says that they act for this person, and what lets
    them act runs from ``represented_from`` until, half-open, ``represented_to``.
    """

    ref: str
    relation: str
    flags: frozenset[str] = frozenset()
    represented_by: str | None = None
    represented_from: date | None = None
    represented_to: date | None = None
    defined_by: frozenset[str] = frozenset()
    said: Said = field(default_factory=partial(nothing_said, "subject"))

    @property
    def is_class(self) -> bool:
        """Whether this is a whole class of people whom nobody has named.

        Somebody whose tie to the demand is unknown is still one person. The law opens no more of
        them than of a class, and says so itself.
        """
        return self.relation == "class"

    @property
    def is_several(self) -> bool:
        """Whether the ref stands for several people, such as S*, whatever their relation is."""
        return self.ref.endswith("*")


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """One asked answer: a subject's field in a programme."""

    subject: str
    program: str
    field: str

    @property
    def ref(self) -> str:
        """The written form, for example ``S1.address``."""
        return f"{self.subject}.{self.field}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A person's permission. ``to`` and ``purpose`` are codes or, where no code fits, text.

    ``programs`` is ``None`` where the paper does not say whose records are meant.
    """

    by: str
    to: str
    purpose: str
    fields: tuple[str, ...]
    programs: tuple[str, ...] | None = None
    signed_on: date | None = None
    expires_on: date | None = None
    said: Said = field(default_factory=partial(nothing_said, "consent"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A matching or sharing agreement that the demand relies on."""

    id: str
    with_body: str
    purposes: frozenset[str]
    fields: tuple[str, ...]
    programs: tuple[str, ...] | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    said: Said = field(default_factory=partial(nothing_said, "agreement"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A request that the subject not be told for a time (45 CFR 164.528(a)(2))."""

    kind: str
    form: str
    held_from: date
    held_to: date | None = None
    written_followup: str = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """Counsel's signed answer to one point that was referred, for this demand and these items.

    ``point`` is the policy that refers. ``by`` and ``reason`` are for people.
    """

    point: str
    in_favor: bool
    items: frozenset[Item]
    by: str
    signed_on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """An authority that counsel suspended, from a day or a moment until another, half-open.

    ``by`` and ``reason``, which cites the order or says why, are for people.
    """

    authority: str
    by: str
    reason: str
    held_from: date | datetime
    held_to: date | datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One paper or message asking for records.

    ``findings`` holds only what was stated; a fact that is absent is unknown (:meth:`finding`).
    """

    id: str
    title: str
    received_on: date
    channel: str
    holder: Holder
    requester: Requester
    instrument: Instrument
    cited: tuple[str, ...]
    purpose: str
    grounds: frozenset[str]
    subjects: tuple[Subject, ...]
    items: tuple[Item, ...]
    findings: Mapping[str, str]
    consents: tuple[Consent, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    holds: tuple[Hold, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    threats: frozenset[str] = frozenset()
    nondisclosure: Said = field(default_factory=partial(nothing_said, "nondisclosure"))
    nondisclosure_until: date | None = None
    _by_ref: Mapping[str, Subject] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort the subjects by ref, since a list of persons may have very many."""
        by_ref = {subject.ref: subject for subject in reversed(self.subjects)}
        object.__setattr__(self, "_by_ref", by_ref)

    def finding(self, code: str) -> str:
        """Return what is known of ``code``: absent is unknown, never no."""
        return self.findings.get(code, "unknown")

    def subject(self, ref: str) -> Subject:
        """Return the subject called ``ref``.

        Raises:
            KeyError: The demand has none.
        """
        return self._by_ref[ref]
