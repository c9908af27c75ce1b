"""A determination on the terminal: one sentence, the answers side by side, and why if asked.

Titles, references and relations are the demand's own words, so every word goes through
``terminal.styled``: what looks like markup or like a terminal's code is shown as it is written.
"""

from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import groupby
from typing import TypeVar

from rich.padding import Padding
from rich.table import Table

from clerestory.cli.answer_in_short import SHAPES, answer_in_short
from clerestory.cli.in_short import columns_of, in_short, items_in_short
from clerestory.cli.terminal import Part, console, shortened, styled
from clerestory.demands.determination import Duty, Outcome, Ruling, Turn
from clerestory.demands.unsaid import what_to_add
from clerestory.law.policies import NEITHER
from clerestory.office.answer.decided import Decided

_SAID = {
    "release": ("RELEASE", "green"),
    "coarsen": ("COARSER ANSWER", "cyan"),
    "refer_to_counsel": ("TO COUNSEL", "yellow"),
    "withhold": ("WITHHOLD", "red"),
    "partial": ("PARTLY RELEASED", "green"),
}


class Detail(Enum):
    """How much is printed."""

    BRIEF = "the answer and its authorities"
    ANSWER = "the answer, and what is due"
    WHY = "the reasons, the questions and the duties as well"
    COUNSEL = "all that, with counsel's whole reasons and the steps of each clock"


# So many persons, or groups of persons with the same answers, stand in columns of their own.
_SIDE_BY_SIDE = 6
_NOT_ASKED = ("-", "")
_NO_WORD = "neither_confirm_nor_deny"
_OPEN = frozenset({Outcome.RELEASE, Outcome.COARSEN})
_LONG_NAME = 24
T = TypeVar("T")


class DeterminationView:
    """Prints one determination. Rulings that are the same for several fields stand together."""

    def __init__(
        self, decided: Decided, *, detail: Detail = Detail.ANSWER, says_next: bool = True
    ) -> None:
        """Take what is printed; ``says_next`` is off where whoever prints it says what is next."""
        self._decided = decided
        self._brief = detail is Detail.BRIEF
        self._whole = detail is Detail.COUNSEL
        self._why = detail in {Detail.WHY, Detail.COUNSEL}
        self._says_next = says_next
        self._console = console()

    def print(self) -> None:
        """Print the answer, and as much of why as is asked for."""
        self._heading()
        is_shown = self._matrix()
        if self._why or self._brief or not is_shown:
            for number, group in enumerate(self._groups(), 1):
                self._reasons(number, group)
        if self._why:
            self._questions()
            self._unsaid()
            self._duties()
            self._footing()
        elif not self._brief:
            self._in_short()
        if self._says_next and not self._brief:
            self._next()

    def _line(self, *parts: Part, indent: int = 0) -> None:
        self._console.print(Padding(styled(*parts), (0, 0, 0, indent), expand=False))

    def _gap(self) -> None:
        self._console.print()

    def _heading(self) -> None:
        demand, determination = self._decided.demand, self._decided.determination
        self._line((answer_in_short(determination), "bold"))
        self._gap()
        self._titled(shortened(demand.id), shortened(demand.title))
        self._line(
            f"received {demand.received_on} {self._decided.speaker.name('channel', demand.channel)}"
            f", decided under the law of {determination.on}"
        )
        for alarm in determination.alarms:
            self._line(("ALARM", "bold red"), f" {alarm}: nothing may leave")

    def _titled(self, name: str, title: str) -> None:
        # Where it folds it stands further in, so that no line begins with words of its own.
        if len(name) > _LONG_NAME:
            self._line((name, "bold"))
            self._say(title)
            return
        row = Table.grid(padding=(0, 2, 0, 0))
        row.add_row(styled((name, "bold")), styled(title))
        self._console.print(row)

    def _matrix(self) -> bool:
        """Print a table of the answers, and say whether it has room for them."""
        rulings = self._decided.determination.rulings
        cells = {(r.item.program, r.item.field, r.item.subject): self._cell(r) for r in rulings}
        rows = dict.fromkeys((program, field) for program, field, _ in cells)
        subjects = [subject.ref for subject in self._decided.demand.subjects]
        answers = {
            ref: tuple(cells.get((*row, ref), _NOT_ASKED) for row in rows) for ref in subjects
        }
        columns = columns_of(
            [((answers[ref], self._who(ref)), ref) for ref in subjects],
            alone=len(subjects) <= _SIDE_BY_SIDE,
        )
        if len(columns) > _SIDE_BY_SIDE:
            self._gap()
            self._line(
                f"{len(subjects):,} subjects have {len(columns):,} different answers, too many to "
                "stand side by side; the list below names each"
            )
            self._gap()
            return False
        table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
        table.add_column("program")
        table.add_column("field")
        for (_, who), refs in columns:
            table.add_column(styled(f"{in_short(refs)} ({who})"))
        for place, (program, field) in enumerate(rows):
            said = [styled(answer[place]) for (answer, _), _ in columns]
            name = self._decided.speaker.name
            table.add_row(styled(name("program", program)), styled(name("fields", field)), *said)
        self._console.print(Padding(table, (1, 2), expand=False))
        return True

    def _who(self, ref: str) -> str:
        subject = self._decided.demand.subject(ref)
        if not subject.is_class:
            return subject.relation.replace("_", " ")
        period = self._decided.demand.instrument
        since = f" since {period.period_from}" if period.period_from else ""
        picked = f", by {', '.join(sorted(subject.defined_by))}" if subject.defined_by else ""
        return f"everyone{since}{picked}"

    def _cell(self, ruling: Ruling) -> tuple[str, str]:
        word, color = _SAID[ruling.outcome.value]
        more = f": {ruling.coarsen_to}" if ruling.coarsen_to else ""
        more += " (lowered)" if ruling.lowered_from else ""
        more += " (opinion)" if ruling.opinions else ""
        more += " (suspended)" if ruling.suspended else ""
        return f"{SHAPES[ruling.outcome.value]} {word}{more}", color

    def _groups(self) -> Iterator[list[Ruling]]:
        def key(ruling: Ruling) -> tuple[str, ...]:
            signed = (" ".join(ruling.opinions), " ".join(ruling.suspended))
            return (ruling.outcome.value, *signed, *ruling.authorities)

        ordered = sorted(self._decided.determination.rulings, key=key)
        for _, group in groupby(ordered, key=key):
            yield list(group)

    def _reasons(self, number: int, group: list[Ruling]) -> None:
        first = group[0]
        word, color = _SAID[first.outcome.value]
        named = items_in_short(ruling.item for ruling in group)
        shape = SHAPES[first.outcome.value]
        self._line((f"{number}. {shape}", "bold"), " ", (word, f"bold {color}"), f" {named}")
        authorities = self._decided.stack.authorities
        for name in first.authorities:
            authority = authorities[name]
            self._say(f"on {authority.citation} ", (f"({name})", "dim"), f": {authority.title}")
        self._signed(first)
        if not self._why:
            return
        self._say(first.reason.counsel if self._whole else first.reason.requester)
        self._misses(group)
        for turn in _each_once(ruling.would_change for ruling in group):
            word, color = _SAID[turn.outcome.value]
            self._say(
                ("would become", "dim"), " ", (word, color), " ", ("if", "dim"),
                f" {self._turn(turn)}",
            )  # fmt: skip
        if first.outcome.value != "release" and not any(r.would_change for r in group):
            self._say(("nothing that can be established would open this", "dim"))

    def _signed(self, ruling: Ruling) -> None:
        """Say what counsel's papers did, and on which points an opinion is awaited."""
        if ruling.opinions:
            self._say(f"counsel's opinion ended the referral: {', '.join(ruling.opinions)}")
        if ruling.suspended:
            self._say(f"stands on a suspended authority: {', '.join(ruling.suspended)}")
        refers = {p.id: p for p in self._decided.stack.policies if p.refers}
        for name in ruling.policies if ruling.outcome is Outcome.REFER else ():
            if name in refers:
                ends = " ".join(refers[name].words("opinion")) or NEITHER
                self._say(("a point for counsel: ", "dim"), f"{name} (an opinion: {ends})")

    def _misses(self, group: list[Ruling]) -> None:
        authorities = self._decided.stack.authorities
        found = _each_once(ruling.considered_not_met for ruling in group)
        misses = {miss.authority: miss for miss in found}
        for miss in misses.values():
            authority = authorities[miss.authority]
            said = "; ".join(map(self._decided.speaker.say, miss.missing))
            text = said or self._decided.speaker.not_met(authority)
            lead = "missing: " if miss.missing else ""
            self._say(
                (f"considered {authority.citation} ({miss.authority})", "dim"), f": {lead}{text}"
            )

    def _turn(self, turn: Turn) -> str:
        return "; and ".join(map(self._decided.speaker.change, turn.changes))

    def _questions(self) -> None:
        questions = self._decided.determination.questions
        if questions:
            self._gap()
            self._line(("Questions whose answers matter", "bold"))
        for question in questions:
            self._say(
                f"{self._decided.speaker.question(question)} ",
                (f"(for {question.by}; {question.fact}; turns {len(question.turns):,})", "dim"),
            )

    def _unsaid(self) -> None:
        told = tuple(what_to_add(self._decided.demand))
        if told:
            self._gap()
            self._line(("Not said in the demand", "bold"))
        for text in told:
            self._say(text)

    def _duties(self) -> None:
        self._gap()
        self._line(("What must be done", "bold"))
        for duty in self._duties_told():
            self._say(*self._duty(duty))
            if duty.due and self._whole:
                for step in duty.due.steps:
                    self._line((step, "dim"), indent=8)

    def _duties_told(self) -> list[Duty]:
        """Return the duties that are left: of whom something is given a record is no secret."""
        duties = self._decided.determination.duties
        return [duty for duty in duties if duty.code != _NO_WORD or self._silent_of()]

    def _silent_of(self) -> list[str]:
        """Return of whom nothing is given, in the order of the demand."""
        rulings = self._decided.determination.rulings
        given = {one.item.subject for one in rulings if one.outcome in _OPEN}
        return list(dict.fromkeys(r.item.subject for r in rulings if r.item.subject not in given))

    def _duty(self, duty: Duty) -> Iterable[Part]:
        yield from self._dated(duty)
        authority = self._decided.stack.authorities[duty.authority]
        basis = duty.basis.replace("_", " ")
        yield (f" ({authority.citation}, {basis})", "dim")

    def _dated(self, duty: Duty) -> Iterable[Part]:
        name = self._decided.speaker.name
        if duty.due:
            yield (f"by {duty.due.on}: ", "bold")
        elif duty.within:
            yield (f"within {duty.within}: ", "bold")
        yield name("duties", duty.code)
        if duty.to:
            yield f" (to {name('duty_to', duty.to)})"
        elif duty.code == _NO_WORD and len(self._decided.demand.subjects) > 1:
            yield f" ({in_short(self._silent_of())})"

    def _footing(self) -> None:
        determination = self._decided.determination
        packs = ", ".join(determination.packs)
        self._gap()
        self._line(
            (
                f"packs {packs} (digest {determination.pack_digest[:16]}), "
                f"facts {determination.facts_digest[:16]}, {determination.engine}",
                "dim",
            )
        )

    def _in_short(self) -> None:
        """Print what must be done, and how much more there is to read."""
        determination = self._decided.determination
        self._line(("What must be done", "bold"))
        told = sorted(self._duties_told(), key=lambda duty: duty.due is None)
        named = {(duty.code, duty.due and duty.due.on) for duty in told if duty.to}
        for duty in told:
            # Whom it is owed to besides is said with it, and not on a line of its own.
            if duty.to or (duty.code, duty.due and duty.due.on) not in named:
                self._say(*self._dated(duty))
        self._gap()
        questions = len(determination.questions)
        if questions:
            is_one = questions == 1
            self._line(f"{questions:,} open question{'' if is_one else 's'} would change an answer")
        self._line("for the reasons, the questions and whose duty it is, add --why")

    def _next(self) -> None:
        determination = self._decided.determination
        if determination.overall == "refer_to_counsel":
            self._line(("next: give this to counsel; nothing leaves meanwhile", "dim"))
        elif determination.overall == "withhold":
            self._line(("next: clerestory refuse", "dim"))
        else:
            self._line(("next: two reviewers sign, then clerestory disclose", "dim"))

    def _say(self, *parts: Part) -> None:
        self._line(*parts, indent=4)


def _each_once(rows: Iterable[tuple[T, ...]]) -> Iterable[T]:
    """Return what stands in the rows, each once, in order; most rows are the very same one."""
    different = {id(row): row for row in rows}
    return dict.fromkeys(one for row in different.values() for one in row)
