"""The deciding interpreter: Cedar itself, through cedarpy, with everything parsed once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import cedarpy

from clerestory.kernel.same import Same
from clerestory.law.policies import Policy, policies_text
from clerestory.policy.model.schema import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """Cedar's answer: allowed or not, by which policies, and which could not be evaluated."""

    allowed: bool
    policies: tuple[str, ...]
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PolicySet:
    """Policies of one action, parsed once."""

    by_id: Mapping[str, Policy] = field(repr=False)

    @classmethod
    def parse(cls, policies: Sequence[Policy]) -> "PolicySet":
        """Take policies; their ``@id`` is how Cedar reports them."""
        return cls(by_id={policy.id: policy for policy in policies})

    @cached_property
    def handle(self) -> cedarpy.PolicySet:
        """The policies as Cedar parsed them, when it is first asked: a proof asks the trees."""
        return _parsed(Same(tuple(self.by_id.values())))

    def decide(self, requests: Sequence[Request], entities: cedarpy.Entities) -> list[Response]:
        """Answer the requests in order.

        Cedar skips a policy whose evaluation fails, so each failure is carried in ``errors``
        and must be treated as a refusal by the caller.
        """
        results = cedarpy.is_authorized_batch(
            [dict(request) for request in requests], self.handle, entities
        )
        return [_response(result) for result in results]


# One program decides many demands under one law, each with an engine of its own.
@lru_cache(maxsize=64)
def _parsed(same: Same[Policy]) -> cedarpy.PolicySet:
    return cedarpy.PolicySet.from_str(policies_text(same.parts))


def _response(result: cedarpy.AuthzResult) -> Response:
    diagnostics = result.diagnostics
    names = diagnostics.id_annotations_by_reason
    return Response(
        allowed=result.allowed,
        policies=tuple(sorted(names[reason] for reason in diagnostics.reasons)),
        errors=tuple(diagnostics.errors),
    )
