"""Which combinations of facts a demand can have: what ``facts_of`` never says together.

The proof leaves every other combination open, also those that no real paper has.
"""

from collections.abc import Iterator

from clerestory.law.fact_table import FACTS
from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.model.papers import ENFORCED, PROCESS, UNITED_STATES
from clerestory.policy.model.permissions import AGREE, AGREEMENT
from clerestory.policy.model.process import ANY_JUDGES, FEDERAL_JUDGES, FORMS, ISSUERS, ORDER
from clerestory.policy.model.shape import Shape

# Facts that a demand always settles: unknown is none of their answers.
YES_OR_NO = tuple(fact.path for fact in FACTS if fact.settled)

# What tells most comes first: a demand that needs a consent is told with a plain paper.
_MOST_TELLING = (
    *("consent", "agreement", "component", "paper", "subject", "holder", "months", "hold"),
    *("channel", "requester_state", "resource"),
)
_PLAIN = {
    fact.path: fact.plain
    for head in _MOST_TELLING
    for fact in FACTS
    if fact.head == head and fact.plain != "unknown"
}


def well_formed(circuit: Circuit) -> int:
    """Return the node that holds for every request that some demand can make."""
    return circuit.both(parts_of_well_formed(circuit))


def parts_of_well_formed(circuit: Circuit) -> list[int]:
    """Return the nodes that all hold for every request that some demand can make."""
    return [*_answers(circuit), *_paper(circuit), *_evidence(circuit), *_opinions(circuit)]


def ordinary(circuit: Circuit) -> list[int]:
    """Return what a plain demand has, so that a counterexample shows nothing beside the point."""
    shape = circuit.shape
    empty = [circuit.negate(circuit.holds(p, c)) for p in shape.sets for c in sorted(shape.sets[p])]
    usual = [
        circuit.is_one_of(path, [code])
        for path in (*_PLAIN, *sorted(set(shape.facts) - set(_PLAIN)))
        for code in _usual(path, shape)
    ]
    return [*usual, *empty]


def _usual(path: str, shape: Shape) -> list[str]:
    wanted = _PLAIN.get(path, "unknown")
    return [wanted] if wanted in shape.facts[path] else []


def _answers(circuit: Circuit) -> Iterator[int]:
    for path in YES_OR_NO:
        yield circuit.is_one_of(path, ["yes", "no"])
    for code in circuit.shape.sets["raised"]:
        # What somebody has raised and nobody has answered.
        yield _if(
            circuit,
            circuit.holds("raised", code),
            circuit.is_one_of(f"findings.{code}", ["unknown"]),
        )
    alone = circuit.is_one_of("subject.alone", ["yes"])
    yield _if(circuit, alone, circuit.is_one_of("subject.relation", ["named"]))
    # Nobody acts for people whom nobody has named.
    whole = circuit.is_one_of("subject.relation", ["class"])
    nobody = circuit.is_one_of("subject.represented_by", ["unstated"])
    yield _if(circuit, whole, nobody)
    yield _if(circuit, nobody, circuit.is_one_of("subject.authority_in_date", ["unknown"]))


def _paper(circuit: Circuit) -> Iterator[int]:
    live = circuit.both(
        [
            circuit.is_one_of("paper.status", ["live"]),
            circuit.is_one_of("paper.in_date", ["yes", "unknown"]),
            circuit.negate(circuit.is_one_of("paper.signed", ["later"])),
        ]
    )
    for kind in circuit.shape.sets["papers"]:
        this = circuit.is_one_of("paper.kind", [kind])
        yield _if(circuit, circuit.both([live, this]), circuit.holds("papers", kind))
    yield from _all_that_came(circuit)
    yield from _process(circuit, live)
    yield from _binding(circuit)
    for form in circuit.shape.sets["forms"]:
        yield _if(circuit, circuit.is_one_of("paper.form", [form]), circuit.holds("forms", form))
    # The United States' own courts are federal ones, also where the holder is one of its agencies.
    federal = circuit.is_one_of("holder.jurisdiction", [UNITED_STATES])
    for path in ("paper.court", "requester_state"):
        own = circuit.is_one_of(path, ["holder_state"])
        yield circuit.negate(circuit.both([federal, own]))
    for asked in ("everything", "unstated"):
        named = circuit.is_one_of("paper.names_field", [asked])
        yield _if(circuit, named, circuit.is_one_of("paper.fields", [asked]))


def _all_that_came(circuit: Circuit) -> Iterator[int]:
    """Yield that a paper is among those that came, in force or not; no paper and nobody are not."""
    for path, own in (("kinds", "paper.kind"), ("issuers", "paper.issuer")):
        yield circuit.negate(circuit.holds(path, "none"))
        for code in sorted(circuit.shape.sets[path] - {"none"}):
            came = circuit.holds(path, code)
            yield _if(circuit, circuit.is_one_of(own, [code]), came)
            if path == "kinds":
                yield _if(circuit, circuit.holds("papers", code), came)


def _process(circuit: Circuit, live: int) -> Iterator[int]:
    """Yield that process is a paper in force that somebody could have issued."""
    yields = circuit.is_one_of("paper.process", ["yes"])
    known = circuit.shape.sets["issuers"]
    possible, own = [], []
    for kind, issuers in ISSUERS.items():
        who = sorted(issuers & known)
        anybody = circuit.either(circuit.holds("issuers", one) for one in who)
        possible.append(circuit.both([circuit.holds("papers", kind), anybody]))
        this = [circuit.is_one_of("paper.kind", [kind]), circuit.is_one_of("paper.issuer", who)]
        own.append(circuit.both(this))
    yield _if(circuit, yields, circuit.either(possible))
    plain = [
        circuit.is_one_of("paper.names_field", ["yes"]),
        circuit.is_one_of("paper.written", ["yes", "unknown"]),
        circuit.is_one_of("paper.signed", ["lately", "unstated"]),
    ]
    # On its own form and of its own court it is process as well as where it says neither.
    by_itself = circuit.both([live, circuit.either(own), *plain, _of_one_court(circuit)])
    yield _if(circuit, by_itself, yields)
    # Process in force that came along may bind, but where it is for what an order names.
    beside = circuit.is_one_of("paper.process_beside", ["yes"])
    for_an_order = circuit.both(
        [
            circuit.is_one_of("paper.names_field", ["no"]),
            circuit.is_one_of("paper.kind", [ORDER]),
        ]
    )
    yield _if(circuit, yields, circuit.either([by_itself, beside, for_an_order]))
    came = [circuit.holds("kinds", kind) for kind in sorted({*PROCESS, ENFORCED})]
    # What a judge wrote came along as well, whatever it is called.
    came += [circuit.holds("issuers", judge) for judge in sorted(ANY_JUDGES & known)]
    yield _if(circuit, beside, circuit.either(came))


def _of_one_court(circuit: Circuit) -> int:
    """Whether form, judge and court of the paper itself can be one court's (``process``)."""
    of_kind = [
        circuit.both(
            [
                circuit.is_one_of("paper.kind", [kind]),
                circuit.is_one_of("paper.form", [form]),
            ]
        )
        for form, (kind, _) in FORMS.items()
    ]
    federal, states = (
        circuit.either(
            [
                circuit.is_one_of("paper.issuer", judges),
                circuit.is_one_of("paper.court", [court]),
                circuit.is_one_of("paper.form", [f for f in FORMS if FORMS[f][1] is own]),
            ]
        )
        for judges, court, own in (
            (sorted(FEDERAL_JUDGES), "federal", True),
            (["state_judge"], "holder_state", False),
        )
    )
    return circuit.both(
        [
            circuit.either([circuit.is_one_of("paper.form", ["none"]), *of_kind]),
            circuit.negate(circuit.is_one_of("paper.court", ["other_state"])),
            circuit.negate(circuit.both([federal, states])),
        ]
    )


def _binding(circuit: Circuit) -> Iterator[int]:
    """Yield what no paper that binds says of a member of the household."""
    enforced = circuit.both(
        [
            circuit.is_one_of("paper.kind", [ENFORCED]),
            circuit.is_one_of("paper.enforced_by_order", ["yes"]),
        ]
    )
    binds = circuit.either([circuit.is_one_of("paper.kind", sorted(PROCESS)), enforced])
    # Whom it names it names: a member of the household is named by no field of theirs.
    housemate = circuit.both([binds, circuit.is_one_of("subject.relation", ["household_member"])])
    named = circuit.is_one_of("paper.names_field", ["yes"])
    stated = circuit.is_one_of("paper.fields", ["stated"])
    yield _if(circuit, circuit.both([housemate, named]), stated)
    unsure = circuit.is_one_of("paper.names_field", ["of_which_program"])
    yield circuit.negate(circuit.both([housemate, unsure]))


def _evidence(circuit: Circuit) -> Iterator[int]:
    for presence in (fact for fact in FACTS if fact.is_presence):
        absent = circuit.is_one_of(presence.path, ["no"])
        for fact in FACTS:
            if fact.head == presence.head and fact is not presence:
                yield _if(circuit, absent, circuit.is_one_of(fact.path, [fact.absent]))
    # Found not to name the requester, it does not. Found to name them, the paper may still be made
    # out to another: what is found does not make it out anew.
    given = circuit.is_one_of("consent.given", ["yes"])
    stated = circuit.is_one_of("findings.consent_names_requester", ["no"])
    recipient = circuit.is_one_of("consent.recipient", ["no"])
    yield _if(circuit, circuit.both([given, stated]), recipient)
    unsure = circuit.is_one_of("consent.in_date", ["unknown"])
    yield _if(circuit, unsure, circuit.is_one_of("consent.elements", ["unknown"]))
    yield from _papers_of_permission(circuit)


def _papers_of_permission(circuit: Circuit) -> Iterator[int]:
    """Yield that a permission which stands is on no paper that does not (``permissions``)."""
    this = circuit.is_one_of("paper.kind", ["consent"])
    kept = circuit.is_one_of("consent.revoked", ["no"])
    yield _if(circuit, circuit.both([this, kept]), _may_stand(circuit))
    whole = circuit.is_one_of("consent.elements", ["yes"])
    signed = [
        circuit.is_one_of("paper.issuer", ["subject"]),
        circuit.is_one_of("paper.written", ["yes", "unknown"]),
    ]
    yield _if(circuit, circuit.both([this, whole]), circuit.both(signed))
    came = circuit.holds("kinds", "consent")
    yield _if(circuit, circuit.both([came, whole]), circuit.holds("issuers", "subject"))
    # So it is with an agreement, which those make who may bind an agency.
    this = circuit.is_one_of("paper.kind", [AGREEMENT])
    in_force = circuit.is_one_of("agreement.in_force", ["yes"])
    bound = [
        circuit.is_one_of("paper.issuer", sorted(AGREE)),
        circuit.is_one_of("paper.written", ["yes", "unknown"]),
        _may_stand(circuit),
    ]
    yield _if(circuit, circuit.both([this, in_force]), circuit.both(bound))
    came = circuit.holds("kinds", AGREEMENT)
    made = circuit.either(circuit.holds("issuers", one) for one in sorted(AGREE))
    yield _if(circuit, circuit.both([came, in_force]), made)


def _may_stand(circuit: Circuit) -> int:
    return circuit.both(
        [
            circuit.is_one_of("paper.status", ["live", "unknown"]),
            circuit.is_one_of("paper.in_date", ["yes", "unknown"]),
            circuit.is_one_of("paper.signed", ["lately", "long_ago", "unstated"]),
        ]
    )


def _opinions(circuit: Circuit) -> Iterator[int]:
    favor, against = (
        {code: circuit.holds(path, code) for code in sorted(circuit.shape.sets[path])}
        for path in ("opinion.favor", "opinion.against")
    )
    # No opinion is about a class of people, and each point has one.
    one = circuit.negate(circuit.is_one_of("subject.relation", ["class"]))
    yield _if(circuit, circuit.either([*favor.values(), *against.values()]), one)
    for point, said in favor.items():
        yield circuit.negate(circuit.both([said, against[point]]))


def _if(circuit: Circuit, condition: int, then: int) -> int:
    return circuit.either([circuit.negate(condition), then])
