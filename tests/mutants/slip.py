"""What a slip is: a policy, authority, promise, row or code that stands otherwise or is gone."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from clerestory.law.authorities import Authority
from clerestory.law.codes import Code, Vocabulary
from clerestory.law.packs import Pack, PackStack
from clerestory.law.policies import Policy
from clerestory.law.promise_rows import Row
from clerestory.law.promises import Promise

CodeName = tuple[str, str]
"""The list of a code and the code itself."""


@dataclass(frozen=True, kw_only=True)
class Slip:
    """One slip. A policy, authority, promise or row that is None was deleted.

    A row goes by where it stands. ``kind`` is the kind of slip, ``where`` what it touches, ``says``
    what was written instead.
    """

    kind: str
    pack: str
    where: str
    says: str
    policies: Mapping[str, Policy | None] = field(default_factory=dict, repr=False)
    authorities: Mapping[str, Authority | None] = field(default_factory=dict, repr=False)
    promises: Mapping[str, Promise | None] = field(default_factory=dict, repr=False)
    rows: Mapping[str, Row | None] = field(default_factory=dict, repr=False)
    codes: Mapping[CodeName, Code] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """What tells this slip from every other."""
        return f"{self.kind}: {self.pack}/{self.where}: {self.says}"

    def pack_with(self, pack: Pack) -> Pack:
        """Return a pack with the slip in it; another pack as it is."""
        if pack.name != self.pack:
            return pack
        policies = [self.policies.get(policy.id, policy) for policy in pack.policies]
        authorities = {n: self.authorities.get(n, a) for n, a in pack.authorities.items()}
        return replace(
            pack,
            policies=[policy for policy in policies if policy is not None],
            authorities={n: a for n, a in authorities.items() if a is not None},
            digest=hashlib.sha256(f"{pack.digest}{self.name}".encode()).hexdigest(),
        )

    def vocabulary_with(self, vocabulary: Vocabulary) -> Vocabulary:
        """Return the codes with the slip in them."""
        lists = {name: dict(codes) for name, codes in vocabulary.lists.items()}
        for (list_name, name), code in self.codes.items():
            lists[list_name][name] = code
        return Vocabulary(lists) if self.codes else vocabulary

    def stack_with(self, stack: PackStack) -> PackStack:
        """Return a stack with the slip in it; one that lacks the pack as it is."""
        packs = tuple(self.pack_with(pack) for pack in stack.packs)
        if packs == stack.packs:
            return stack
        return replace(
            stack,
            packs=packs,
            policies=[policy for pack in packs for policy in pack.policies],
            authorities={n: a for pack in packs for n, a in pack.authorities.items()},
            vocabulary=self.vocabulary_with(stack.vocabulary),
            digest=hashlib.sha256(f"{stack.digest}{self.name}".encode()).hexdigest(),
        )
