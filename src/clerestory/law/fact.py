"""One row of the table of facts, and the few kinds of row that there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ANSWER = ("answer",)
"""The list of the codes yes, no and unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One row.

    Attributes:
        path: Its name in a condition, without ``context.``.
        lists: The lists of its codes.
        codes: Codes that it can hold as well and that stand in no list.
        many: Whether it is a set of codes.
        cedar: Cedar's type where it is neither a text nor a set of texts.
        place: Where the written form states it, as it stands and with no numbers of lists, such as
            ``agreements.agreed_by_holder``; nothing, where it is worked out.
        silence: Its code where that place is left out. Without one it cannot be left out.
        own: Whether a demand has an attribute for it, since the program computes with it. What is
            not its own is one of the things said of its group: see ``demands.said``.
        settled: Whether every demand settles it, so that it is never unknown.
        absent: Its code where the consent or the agreement that it belongs to is not there.
        is_presence: Whether it says that the consent or the agreement is there at all.
        worst: Its answer that opens least, where it belongs to a consent or an agreement.
        covers: Whether a yes brings a consent or an agreement closer to covering what is asked.
        by: Who may establish it: see ``ESTABLISHERS``.
        evidence: Whether new evidence can change it. Who asks, for whom, for which field and for
            what purpose are the demand itself.
        brings: The only codes that new evidence can bring; any, where none is listed. What stays
            unlisted would be another description of the paper in hand.
        with_kind: Whether it says what a paper is, so that only another kind of paper changes it.
        plain: What a plain demand says, so that a counterexample shows nothing beside the point.
        staged: Whether the stages alone read it: a policy that could ask for it might open on it.
    """

    path: str
    lists: tuple[str, ...] = ()
    codes: frozenset[str] = frozenset()
    many: bool = False
    cedar: str = ""
    place: str = ""
    silence: str = ""
    own: bool = False
    settled: bool = False
    absent: str = ""
    is_presence: bool = False
    worst: str = ""
    covers: bool = False
    by: str = "demand"
    evidence: bool = False
    brings: frozenset[str] = frozenset()
    with_kind: bool = False
    plain: str = "unknown"
    staged: bool = False

    @property
    def head(self) -> str:
        """The group that it belongs to, or its own name: ``paper`` of ``paper.kind``."""
        return self.path.partition(".")[0]

    @property
    def part(self) -> str:
        """Its name within its group, or nothing: ``kind`` of ``paper.kind``."""
        return self.path.partition(".")[2]

    @property
    def key(self) -> str:
        """Its key in the written form: ``elements_complete`` of ``consent.elements``."""
        return self.place.rpartition(".")[2]

    @property
    def has_codes(self) -> bool:
        """Whether codes are all that it can hold."""
        return bool(self.lists or self.codes)


ESTABLISHERS: Mapping[str, str] = {
    "demand": "the demand itself says it; another answer would be another demand",
    "custodian": "who keeps the records: from the paper, or from the agency's own files",
    "counsel": "the agency's counsel: what a paper means, or whether it is good",
    "program": "worked out by the program from other facts, and never stated",
}
"""Who may establish a fact, by code, in words."""


def code(path: str, list_name: str, place: str = "", **more: Any) -> Fact:
    """Return a fact with the codes of one list.

    A demand has an attribute for it, unless it is told otherwise.
    """
    return Fact(path=path, lists=(list_name,), place=place, **{"own": True, **more})


def made(path: str, *codes: str, **more: Any) -> Fact:
    """Return a fact that is worked out, with codes that stand in no list."""
    return Fact(path=path, codes=frozenset(codes), **{"by": "custodian", **more})


def said(path: str, place: str, **more: Any) -> Fact:
    """Return a fact that is yes, no or unknown; where no place states it, it is worked out."""
    silence = "unknown" if place else ""
    return Fact(
        path=path, lists=ANSWER, place=place, silence=silence,
        **{"by": "custodian", **more},
    )  # fmt: skip


def given(path: str, place: str, **more: Any) -> Fact:
    """Return what is said of a consent or an agreement.

    What is not there covers nothing, and an answer of no opens least of all.
    """
    as_most = {"absent": "no", "worst": "no", "covers": True}
    return said(path, place, **{"evidence": True, **as_most, **more})


def words(path: str) -> Fact:
    """Return a set that a stage fills for those that follow it."""
    return Fact(path=path, many=True, by="program")


def signed(path: str) -> Fact:
    """Return a set of what counsel has signed, which the stages alone read."""
    return Fact(path=path, many=True, by="counsel", staged=True)
