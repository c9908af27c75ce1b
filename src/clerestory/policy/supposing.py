"""The circuit of an answer as it would be if some facts stood otherwise."""

from collections.abc import Mapping

from clerestory.policy.circuit import All, Any_, Circuit, Has, Is, Not


def supposing(circuit: Circuit, place: int, instead: Mapping[str, str]) -> int:
    """Return the node of ``place`` with the facts of ``instead`` put in place of the demand's own.

    Args:
        circuit: The law; new nodes are added to it.
        place: The node to look at.
        instead: One code for each fact that is supposed; the others stay as the demand has them.

    >>> from clerestory.policy.shape import Shape
    >>> circuit = Circuit(Shape({"consent.given": frozenset({"yes", "no"})}, {}))
    >>> given = circuit.is_one_of("consent.given", ["yes"])
    >>> supposing(circuit, given, {"consent.given": "no"}) == circuit.no
    True
    """
    made: dict[int, int] = {}
    for number in circuit.reached([place]):
        match circuit.nodes[number]:
            case Is(path, codes) if path in instead:
                made[number] = circuit.yes if instead[path] in codes else circuit.no
            case Is() | Has():
                made[number] = number
            case Not(of):
                made[number] = circuit.negate(made[of])
            case All(of):
                made[number] = circuit.both(made[p] for p in of)
            case Any_(of):
                made[number] = circuit.either(made[p] for p in of)
    return made[place]
