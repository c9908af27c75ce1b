"""All paths through the acts: nothing leaves that was not decided, voted on and logged.

The walk asks `allowed` for every act by every person in every state that can be reached, and holds
each path against rules that are written here a second time, in words of their own. Then each rule
of the table is taken away or bent, and the walk must find a path that breaks them.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from clerestory.acts import Act, Actor, Denial, Done, Move, Standing, Table, allowed, load_table

TABLE = load_table()
ROLES = TABLE.role_names
ACTS = frozenset(TABLE.act)
FACTS_CHANGE = {"receive", "amend", "establish", "opine"}
KEYED = {"receive", "amend"}
ANSWERS = {"seal", "refuse"}
VOTES = {"one_vote": 1} | dict.fromkeys(
    ("voted", "sealed", "refused", "handed_over", "receipted"), 2
)
# Three who may do everything, a reviewer whose training lapsed, and a job with the longest list.
PEOPLE = (
    *(Actor(id=name, roles=ROLES - {"job"}, trained=True) for name in "abc"),
    Actor(id="lapsed", roles=frozenset({"reviewer"})),
    Actor(id="job", roles=frozenset({"job"}), trained=True, acts=ACTS),
)


@dataclass(frozen=True)
class Seen:
    """What a bystander knows of a path, who never saw the table."""

    decided: bool = False
    votes: frozenset[str] = frozenset()
    shut_out: frozenset[str] = frozenset()
    answered: bool = False
    proved: bool = False
    wrong: str = ""

    def after(self, act: str, who: str, to: str) -> "Seen":
        """What the bystander knows after one more act; ``wrong`` says what must never be."""
        seen = replace(self, proved=False)
        if act in KEYED | {"recuse"}:
            seen = replace(seen, shut_out=self.shut_out | {who})
        if act == "recuse":
            seen = replace(seen, votes=frozenset(), answered=False)
        if act in FACTS_CHANGE | {"take_back", "withdraw", "refer"}:
            seen = replace(seen, decided=False, votes=frozenset(), answered=False)
        if act == "decide":
            seen = replace(seen, decided=to == "decided", votes=frozenset(), answered=False)
        if act == "vote":
            # Two that differ end the round, and what is lower is voted on anew.
            again = to not in ("one_vote", "voted")
            seen = replace(
                seen,
                votes=frozenset() if again else self.votes | {who},
                decided=self.decided and to != "referred",
                wrong="" if who in "abc" else f"a vote by {who}",
            )
            if who in self.votes and not again:
                seen = replace(seen, wrong="a person's second vote")
        if act in ANSWERS:
            seen = replace(seen, answered=True, wrong=self._lacks())
        if act == "hand_over":
            lacks = self._lacks() or ("" if self.answered else "no answer is logged")
            seen = replace(seen, wrong=lacks or ("" if self.proved else "not proved in the log"))
        return seen

    def _lacks(self) -> str:
        if not self.decided:
            return "no determination stands"
        if len(self.votes) < 2:
            return "fewer than two voted"
        return "a voter keyed it in or is recused" if self.votes & self.shut_out else ""


@dataclass(frozen=True)
class Place:
    """One place that a path can reach: where the matter stands, and what was seen."""

    standing: Standing
    seen: Seen

    def key(self) -> object:
        """The same for places that differ only in which of the three people is which."""
        separated = {name for act in TABLE.acts for name in act.not_by} | {"receive"}
        persons = []
        for person in PEOPLE:
            who = person.id
            persons.append((
                person.id if person.id not in "abc" else "",
                tuple(sorted(d.act for d in self.standing.done
                             if d.actor == who and d.act in separated)),
                tuple(sorted(d.act for d in self.standing.round
                             if d.actor == who and d.act == "vote")),
                who in self.seen.votes, who in self.seen.shut_out,
            ))  # fmt: skip
        seen = self.seen
        return (
            self.standing.state, self.standing.proved, seen.decided, seen.answered, seen.proved,
            tuple(sorted(persons)),
        )  # fmt: skip


def steps(table: Table, place: Place) -> Iterator[tuple[str, str, Place]]:
    """Every act that somebody may do here, and the sequencer's own step."""
    if not place.standing.proved:
        proved = replace(place.standing, proved=True)
        yield "(log)", "", Place(proved, replace(place.seen, proved=True))
    for act in table.acts_of("matter"):
        for move in act.moves_from(place.standing.state):
            for person in PEOPLE:
                made = allowed(table, act.name, standing=place.standing, actor=person, to=move.to)
                if isinstance(made, Denial):
                    continue
                standing = place.standing.after(made, Done(act.name, person.id))
                yield (
                    act.name,
                    person.id,
                    Place(standing, place.seen.after(act.name, person.id, made.to)),
                )


def miscounted(standing: Standing) -> str:
    """What is wrong where other votes count than the state says."""
    votes = sum(done.act == "vote" for done in standing.round)
    over = standing.state in {"withdrawn", "closed"}
    return "" if over or votes == VOTES.get(standing.state, 0) else f"{votes} votes count"


def walk(table: Table) -> tuple[list[str], dict[object, Place], set[object]]:
    """Return the first path that breaks a rule, every place there is, and those that release."""
    start = Place(Standing(state=table.first_state("matter")), Seen())
    found: dict[object, Place] = {start.key(): start}
    queue: deque[tuple[Place, tuple[str, ...]]] = deque([(start, ())])
    released: set[object] = set()
    while queue:
        place, path = queue.popleft()
        for act, who, then in steps(table, place):
            longer = (*path, f"{act} {who}".strip())
            if wrong := then.seen.wrong or miscounted(then.standing):
                return [*longer, wrong], found, released
            if act == "hand_over":
                released.add(then.key())
            if then.key() not in found:
                found[then.key()] = then
                queue.append((then, longer))
    return [], found, released


def bent(name: str, **changes: object) -> Table:
    """The table with one act changed."""
    acts = tuple(replace(act, **changes) if act.name == name else act for act in TABLE.acts)  # type: ignore[arg-type]
    return replace(TABLE, acts=acts)


def moved(name: str, before: str, to: str, instead: str) -> Table:
    """The table with one move of an act leading elsewhere."""
    moves = tuple(
        replace(move, to=instead) if (move.before, move.to) == (before, to) else move
        for move in TABLE.act[name].moves
    )
    assert moves != TABLE.act[name].moves
    return bent(name, moves=moves)


def added(name: str, before: str, to: str) -> Table:
    """The table with one more move of an act."""
    return bent(name, moves=(*TABLE.act[name].moves, Move(before=before, to=to)))


def without(name: str, rule: str) -> Act:
    return replace(TABLE.act[name], not_by=TABLE.act[name].not_by - {rule})


@pytest.fixture(scope="module")
def walked() -> tuple[list[str], dict[object, Place], set[object]]:
    return walk(TABLE)


def test_no_path_releases_without_determination_two_votes_and_proof(
    walked: tuple[list[str], dict[object, Place], set[object]],
) -> None:
    broken, found, released = walked

    assert broken == []
    assert released
    assert {place.standing.state for place in found.values()} == {
        state.name for state in TABLE.states_of("matter")
    }


def test_every_act_in_a_matter_is_done_on_some_path(
    walked: tuple[list[str], dict[object, Place], set[object]],
) -> None:
    _, found, _ = walked

    done = {act for place in found.values() for act, _, _ in steps(TABLE, place)} - {"(log)"}

    assert done == {act.name for act in TABLE.acts_of("matter")}


BREAKS: dict[str, Callable[[], Table]] = {
    "a vote twice by one person": lambda: bent("vote", once=False),
    "a vote by who received": lambda: bent("vote", not_by=without("vote", "receive").not_by),
    "a vote by who amended": lambda: bent("vote", not_by=without("vote", "amend").not_by),
    "a vote by who is recused": lambda: bent("vote", not_by=without("vote", "recuse").not_by),
    "a vote without training": lambda: bent("vote", trained=False),
    "a job that votes": lambda: bent("vote", roles=frozenset({"reviewer", "job"})),
    "handing over unproved": lambda: bent("hand_over", proved=False),
    "one vote is enough": lambda: moved("vote", "decided", "one_vote", "voted"),
    "a vote on nothing": lambda: added("vote", "received", "one_vote"),
    "different votes count": lambda: moved("vote", "one_vote", "decided", "one_vote"),
    "sealing before the second vote": lambda: added("seal", "one_vote", "sealed"),
    "sealing before any vote": lambda: added("seal", "decided", "sealed"),
    "sealing what counsel has": lambda: added("seal", "referred", "sealed"),
    "refusing before the second vote": lambda: added("refuse", "one_vote", "refused"),
    "refusing at once": lambda: added("refuse", "received", "refused"),
    "handing over what is not sealed": lambda: added("hand_over", "voted", "handed_over"),
    "handing over what was withdrawn": lambda: added("hand_over", "withdrawn", "handed_over"),
    "amending keeps the votes": lambda: moved("amend", "voted", "received", "voted"),
    "amending keeps the decision": lambda: moved("amend", "decided", "received", "decided"),
    "a fact keeps one vote": lambda: moved("establish", "one_vote", "received", "one_vote"),
    "a fact keeps the votes": lambda: moved("establish", "voted", "received", "voted"),
    "an opinion decides": lambda: moved("opine", "referred", "received", "decided"),
    "recusal keeps the vote": lambda: moved("recuse", "voted", "decided", "voted"),
    "recusal keeps one vote": lambda: moved("recuse", "one_vote", "decided", "one_vote"),
    "referring keeps the votes": lambda: moved("refer", "voted", "referred", "voted"),
    "taking back leaves it voted": lambda: moved("take_back", "sealed", "received", "voted"),
    "deciding passes the votes": lambda: moved("decide", "received", "decided", "voted"),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_a_rule_that_is_taken_away_opens_a_path(name: str) -> None:
    broken, _, _ = walk(BREAKS[name]())

    assert broken, name


def can_end(table: Table, people: tuple[Actor, ...]) -> bool:
    """Whether these people get every matter that they can get into on to its end."""
    start = Standing(state=table.first_state("matter"))
    known, waiting, back = {start}, [start], dict[Standing, set[Standing]]()
    while waiting:
        at = waiting.pop()
        for then in onward(table, at, people):
            back.setdefault(then, set()).add(at)
            if then not in known:
                known.add(then)
                waiting.append(then)
    reach = {standing for standing in known if standing.state == "handed_over"}
    waiting = list(reach)
    while waiting:
        new = back.get(waiting.pop(), set()) - reach
        reach |= new
        waiting += new
    over = {"withdrawn", "closed", "receipted"}
    return bool(reach) and all(s in reach or s.state in over for s in known)


def onward(table: Table, at: Standing, people: tuple[Actor, ...]) -> Iterator[Standing]:
    """Where one more act leads, of what was done only what a rule of votes asks for."""
    yield replace(at, proved=True)
    for act in table.acts_of("matter"):
        for move in act.moves_from(at.state):
            for person in people:
                made = allowed(table, act.name, standing=at, actor=person, to=move.to)
                if isinstance(made, Move):
                    after = at.after(made, Done(act.name, person.id))
                    yield replace(
                        after,
                        done=frozenset(d for d in after.done if d.actor in {"one", "two"}),
                        round=frozenset(d for d in after.round if d.act == "vote"),
                    )


OFFICE = (
    Actor(id="clerk", roles=frozenset({"clerk", "custodian"}), trained=True),
    Actor(id="counsel", roles=frozenset({"counsel"}), trained=True),
    *(Actor(id=name, roles=frozenset({"voter"}), trained=True) for name in ("one", "two")),
)


def test_two_who_only_vote_bring_every_matter_to_its_end() -> None:
    vote = replace(TABLE.act["vote"], roles=frozenset({"voter"}))
    acts = tuple(vote if act.name == "vote" else act for act in TABLE.acts)

    assert can_end(replace(TABLE, acts=acts), OFFICE)
    assert not can_end(replace(TABLE, acts=acts), OFFICE[:3])
    assert not can_end(replace(TABLE, acts=acts), OFFICE[1:])


RESETS = [(act.name, move) for act in TABLE.acts_of("matter") for move in act.moves if move.resets]


@pytest.mark.parametrize(("name", "move"), RESETS, ids=lambda part: str(part)[:60])
def test_a_round_that_does_not_end_counts_votes_that_are_void(name: str, move: Move) -> None:
    moves = tuple(
        replace(each, resets=False) if each == move else each for each in TABLE.act[name].moves
    )

    broken, _, _ = walk(bent(name, moves=moves))

    assert broken
