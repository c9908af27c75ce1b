"""What counsel has signed, as nodes: ``decide.counsel`` written once more for the circuit."""

from collections.abc import Mapping
from dataclasses import dataclass

from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.model.law_of_the_day import LawOfTheDay

Nodes = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counsel:
    """The answers of the stages, and what opinions and suspensions make of them.

    Attributes:
        circuit: The law, with the answers of its stages and what determines them.
        law: The same law.
        met: Where the policies of each action are met.
        established: Where each defined word fits.
        tried: Where no lock is left once the opinions' own words are lifted as well.
    """

    circuit: Circuit
    law: LawOfTheDay
    met: Mapping[str, Nodes]
    established: Nodes
    tried: int

    def heed(self) -> int:
        """Put the answers that counsel leaves in the place of the law's own.

        Returns:
            Where opinions opened what the stages had referred.
        """
        circuit, before = self.circuit, self.circuit.outcomes
        opened, closed = self._opened(before["refer"]), self._closed(before["refer"])
        suspended = self._suspended(before["coarsen"], opened)
        doubted = circuit.either(suspended.values())
        released = circuit.either([before["release"], opened])
        lowered = circuit.both([doubted, circuit.either([released, before["coarsen"]])])
        sure = circuit.negate(doubted)
        left = [before["refer"], circuit.negate(opened), circuit.negate(closed)]
        circuit.outcomes = {
            "release": circuit.both([released, sure]),
            "coarsen": circuit.both([before["coarsen"], sure]),
            "refer": circuit.either([circuit.both(left), lowered]),
            "withhold": circuit.either([before["withhold"], closed]),
        }
        self._determine(
            _Changed(
                opened=circuit.both([opened, sure]), closed=closed, lowered=lowered,
                ended=circuit.either([opened, closed]), suspended=suspended,
            )
        )  # fmt: skip
        return opened

    @property
    def _points(self) -> Nodes:
        refers = self.met.get("refer", {}).items()
        return {name: place for name, place in refers if self.law.policies[name].refers}

    def _opened(self, referred: int) -> int:
        circuit = self.circuit
        unopened = [
            circuit.both([place, circuit.negate(self._favors(name))])
            if name in self.law.opened_by_opinion
            else place
            for name, place in self._points.items()
        ]
        house = [self.met["disclose"][name] for name in self.law.house_locks]
        kept = circuit.negate(circuit.either([*unopened, *house]))
        return circuit.both([referred, kept, self.tried])

    def _closed(self, referred: int) -> int:
        circuit, points = self.circuit, self._points
        against = {name: circuit.holds("opinion.against", name) for name in points}
        open_still = [
            circuit.both([place, circuit.negate(against[n]), circuit.negate(self._favors(n))])
            for n, place in points.items()
        ]
        denied = circuit.either(circuit.both([place, against[n]]) for n, place in points.items())
        kept_open = [place for n, place in points.items() if n not in self.law.closed_by_opinion]
        kept = circuit.negate(circuit.either([*open_still, *kept_open, self._ordered()]))
        return circuit.both([referred, denied, kept])

    def _favors(self, point: str) -> int:
        circuit = self.circuit
        against = circuit.holds("opinion.against", point)
        return circuit.both([circuit.holds("opinion.favor", point), circuit.negate(against)])

    def _ordered(self) -> int:
        """Return where a judge, or an authority that orders release, opens."""
        compelling = self.law.stack.vocabulary.compelling
        words = [place for word, place in self.established.items() if word in compelling]
        lifts = self.met.get("lift", {}).items()
        mandates = [place for name, place in lifts if name in self.law.mandates]
        return self.circuit.either([*words, *mandates])

    def _suspended(self, coarsened: int, opened: int) -> Nodes:
        """Return where each definition or permit that opens stands on a suspended authority."""
        circuit, found = self.circuit, dict[str, int]()
        always = circuit.yes
        asked = {"define": always, "lift": always, "lift_coarsened": coarsened, "refer": opened}
        for action, where in asked.items():
            for name, place in self.met.get(action, {}).items():
                policy = self.law.policies[name]
                if policy.effect == "permit":
                    cited = [circuit.holds("suspended", one) for one in policy.authorities]
                    found[name] = circuit.both([where, place, circuit.either(cited)])
        return found

    def _determine(self, where: "_Changed") -> None:
        """Name where each policy decides what counsel left (see ``engine.determining``)."""
        circuit, law = self.circuit, self.law
        as_before = circuit.negate(circuit.either([where.opened, where.closed, where.lowered]))
        found = {
            name: [circuit.both([place, as_before])] for name, place in circuit.determining.items()
        }
        lifting = circuit.either([where.opened, where.lowered])
        more = [(name, where.lowered, place) for name, place in where.suspended.items()]
        more += [(name, where.ended, place) for name, place in self._points.items()]
        for name, place in self.met.get("lift", {}).items():
            more.append((name, lifting if name in law.mandates else where.opened, place))
        for name, place in self.met.get("disclose", {}).items():
            if law.policies[name].effect == "forbid":
                more.append((name, where.closed, place))
        for name, answered, place in more:
            found.setdefault(name, []).append(circuit.both([answered, place]))
        circuit.determining = {name: circuit.either(places) for name, places in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Changed:
    """Where counsel changed the answer, and where each policy that opens is suspended.

    ``ended`` is where opinions ended a referral, whatever a suspension made of it.
    """

    opened: int
    closed: int
    lowered: int
    ended: int
    suspended: Nodes
