"""The circuit of an answer as it would be if some facts stood otherwise."""

from collections.abc import Iterable, Mapping

from clerestory.policy.circuit.circuit import All, Any_, Circuit, Has, Is, Not, inputs


class Supposing:
    """Some nodes of a circuit, asked again and again as if single facts stood otherwise.

    Only what rests on a changed fact is written anew, which is little of a whole law.

    Args:
        circuit: The law; new nodes are added to it.
        places: The nodes to look at.
    """

    def __init__(self, circuit: Circuit, places: Iterable[int]) -> None:
        self._circuit = circuit
        self._places = [*places]
        self._readers: dict[int, list[int]] = {}
        self._leaves: dict[str, list[int]] = {}
        for number in circuit.reached(self._places):
            node = circuit.nodes[number]
            if isinstance(node, Is | Has):
                self._leaves.setdefault(node.path, []).append(number)
            for read in inputs(node):
                self._readers.setdefault(read, []).append(number)

    def instead(
        self, instead: Mapping[str, str], without: Iterable[tuple[str, str]] = ()
    ) -> list[int]:
        """Return the nodes, in their order, with facts put in place of the demand's own.

        Args:
            instead: One code for each fact that is supposed; the others stay as the demand has
                them.
            without: Codes that sets are supposed not to hold, with the set's name.
        """
        circuit, gone = self._circuit, frozenset(without)
        changed = self._resting_on({*instead, *(path for path, _ in gone)})
        made: dict[int, int] = {}
        for number in sorted(changed):
            match circuit.nodes[number]:
                case Is(path, codes) if path in instead:
                    made[number] = circuit.yes if instead[path] in codes else circuit.no
                case Has(path, code) if (path, code) in gone:
                    made[number] = circuit.no
                case Is() | Has():
                    made[number] = number
                case Not(of):
                    made[number] = circuit.negate(made.get(of, of))
                case All(of):
                    made[number] = circuit.both(made.get(p, p) for p in of)
                case Any_(of):
                    made[number] = circuit.either(made.get(p, p) for p in of)
        return [made.get(place, place) for place in self._places]

    def _resting_on(self, paths: set[str]) -> set[int]:
        waiting = [number for path in paths for number in self._leaves.get(path, ())]
        seen: set[int] = set()
        while waiting:
            number = waiting.pop()
            if number not in seen:
                seen.add(number)
                waiting += self._readers.get(number, ())
        return seen


def supposing(circuit: Circuit, place: int, instead: Mapping[str, str]) -> int:
    """Return the node of ``place`` with the facts of ``instead`` put in place of the demand's own.

    Args:
        circuit: The law; new nodes are added to it.
        place: The node to look at.
        instead: One code for each fact that is supposed; the others stay as the demand has them.

    >>> from clerestory.policy.model.shape import Shape
    >>> circuit = Circuit(Shape({"consent.given": frozenset({"yes", "no"})}, {}))
    >>> given = circuit.is_one_of("consent.given", ["yes"])
    >>> supposing(circuit, given, {"consent.given": "no"}) == circuit.no
    True
    """
    (supposed,) = Supposing(circuit, [place]).instead(instead)
    return supposed
