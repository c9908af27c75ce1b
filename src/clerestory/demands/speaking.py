"""The one speaker: a condition, a change or a question in the words of a language, for a reader.

Every sentence is data (see ``law.sentences``). A joint of several conditions is never left to the
reader's guess: "either A, or both B, and C" in a line of text, and nested lines in a list.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from clerestory.demands.condition import AllOf, AnyOf, Asked, Condition, all_of, asked_in
from clerestory.demands.determination import Change, Question
from clerestory.kernel import Refusal
from clerestory.law.authorities import Authority
from clerestory.law.fact import ANSWER
from clerestory.law.fact_table import BY_PATH, ISSUER, KIND, whole_of
from clerestory.law.sentence_file import Clause
from clerestory.law.sentences import COUNSEL, Sentences

_ANSWERS = frozenset({"yes", "no", "unknown"})
_FINDING = "findings."
_LISTS = {
    "resource": ("category",),
    "resource.program": ("program", "program_group"),
    "resource.proxy": ANSWER,
}
# A clause that has one of these in it cannot stand beside "and" or "or" without a doubt.
_JOINTS = (" and ", " or ", ", ", "; ", ": ")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list, and the lines that belong to it."""

    text: str
    under: "tuple[Line, ...]" = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Says conditions in the words of ``sentences`` for one of their readers.

    Counsel reads the fact and its codes where a word has no sentence. Nobody else does: a letter
    with a code in it does not go out.
    """

    sentences: Sentences = field(repr=False)
    reader: str = COUNSEL

    def say(self, condition: Condition) -> str:
        """Return a condition as one clause that can be read in one way only.

        Raises:
            Refusal: A word has no sentence for this reader.
        """
        return self._joined(_gathered(condition))

    def lines(self, conditions: Iterable[Condition]) -> tuple[Line, ...]:
        """Return conditions that all have to be so as the lines of a list.

        Raises:
            Refusal: A word has no sentence for this reader.
        """
        whole = _gathered(all_of(conditions))
        parts = whole.parts if isinstance(whole, AllOf) else (whole,)
        return tuple(map(self._line, parts))

    def tells_of_files(self, condition: Condition) -> bool:
        """Whether a condition would tell a requester if the agency holds a file on somebody."""
        return any(self._tells(asked) for asked in asked_in(condition))

    def _tells(self, asked: Asked) -> bool:
        words = {("defined" if asked.fact == "established" else "findings", c) for c in asked.codes}
        words |= {("findings", asked.fact.removeprefix(_FINDING)), ("facts", asked.fact)}
        return not words.isdisjoint(self.sentences.unsaid)

    def not_met(self, authority: Authority) -> str:
        """Return what answers a reader who relies on an authority in vain: it denies no paper.

        The sentences have it where the authority's own text speaks of a paper as if none had come.
        """
        return self.sentences.text("authorities", authority.id, "not_met") or authority.not_met

    def change(self, change: Change) -> str:
        """Return what would have to be so."""
        return self.say(sought([change]))

    def turn(self, changes: Iterable[Change]) -> str:
        """Return what would have to be so together."""
        return self.say(sought(changes))

    def question(self, question: Question) -> str:
        """Return the question whose answer would turn rulings."""
        return self.phrase("question", clause=self.say(Asked(question.fact, ("yes",))))

    def name(self, list_name: str, code: str) -> str:
        """Return what a code of a list is called.

        Raises:
            Refusal: It has no name for this reader.
        """
        said = self.sentences.name(list_name, code, self.reader)
        return said or self._unsaid(f"{list_name}.{code}", code)

    def phrase(self, key: str, **slots: str) -> str:
        """Return a whole text, with its slots filled in.

        Raises:
            Refusal: There is none for this reader.
        """
        form = self.sentences.text("phrases", key, self.reader)
        if not form:
            return self._unsaid(f"phrases.{key}", f"{key}({'; '.join(slots.values())})")
        for slot, text in slots.items():
            form = form.replace(f"{{{slot}}}", text)
        return form

    def _joined(self, condition: Condition) -> str:
        if isinstance(condition, Asked):
            return self._asked(condition)
        kind = "all" if isinstance(condition, AllOf) else "one"
        return self._join(kind, [self._within(part) for part in condition.parts])

    def _join(self, kind: str, said: Sequence[str]) -> str:
        if len(said) == 1:
            return said[0]
        simple = len(said) == 2 and sum(any(j in one for j in _JOINTS) for one in said) == 0
        if simple:
            return self.phrase(f"{kind}_of_two", first=said[0], second=said[1])
        return self.phrase(f"{kind}_of", parts="; ".join(said))

    def _within(self, condition: Condition) -> str:
        said = self._joined(condition)
        return said if isinstance(condition, Asked) else f"({said})"

    def _line(self, condition: Condition) -> Line:
        if isinstance(condition, Asked):
            return Line(self._asked(condition))
        kind = "all" if isinstance(condition, AllOf) else "one"
        return Line(self.phrase(f"{kind}_of_head"), tuple(map(self._line, condition.parts)))

    def _asked(self, asked: Asked) -> str:
        fact, codes = asked.fact, asked.codes
        if fact == _ISSUED:
            kind, issuer = codes
            kind, issuer = self._code(KIND, kind), self._code(ISSUER, issuer)
            return self.phrase("paper_issued", kind=kind, issuer=issuer)
        if fact in _WHOLE:
            return self.phrase(f"whole_{fact}")
        if fact in {"established", "raised", _UNRAISED}:
            kind = "one" if asked.wanted else "all"
            return self._join(kind, [self._word(fact, code, asked.wanted) for code in codes])
        if fact.startswith(_FINDING):
            clause = self.sentences.clause("findings", fact.removeprefix(_FINDING), self.reader)
            return self._answer(asked, clause)
        clause = self.sentences.clause("facts", fact, self.reader)
        if asked.how == "empty":
            said = clause and (clause.empty if asked.wanted else clause.some)
            return said or self._bare(asked)
        if _lists_of(fact) == ANSWER:
            return self._answer(asked, clause)
        return self._coded(asked, clause)

    def _word(self, fact: str, code: str, wanted: bool) -> str:
        """Say a defined word, or whether it is open whether a finding is so."""
        if fact == "established":
            clause = self.sentences.clause("defined", code, self.reader)
            if clause is None:
                return self._bare(Asked(fact, (code,), wanted))
            return clause.yes if wanted else clause.no
        said = self.say(Asked(f"{_FINDING}{code}", ("yes",)))
        if fact == _UNRAISED:
            return self.phrase("unraised", clause=said)
        return self.phrase("raised" if wanted else "not_raised", clause=said)

    def _answer(self, asked: Asked, clause: Clause | None) -> str:
        """Say a fact that is yes, no or unknown, by the answers that would do."""
        if clause is None:
            return self._bare(asked)
        would_do = frozenset(asked.codes) if asked.wanted else _ANSWERS - set(asked.codes)
        if would_do == {"unknown"}:
            return self.phrase("unsettled", clause=clause.yes)
        if {"yes", "no"} <= would_do:
            return self.phrase("settled", clause=clause.yes)
        return clause.yes if "yes" in would_do else clause.no

    def _coded(self, asked: Asked, clause: Clause | None) -> str:
        own = [
            self.sentences.clause("facts", f"{asked.fact} = {code}", self.reader)
            for code in asked.codes
        ]
        if asked.how == "any" and own and all(own):
            said = [(one.yes if asked.wanted else one.no) for one in own if one]
            return self._join("one" if asked.wanted else "all", said)
        forms = {"any": ("yes", "no"), "only": ("only", "not_only")}[asked.how]
        form = getattr(clause, forms[not asked.wanted], "")
        if len(asked.codes) == 1:
            form = getattr(clause, ("one", "not_one")[not asked.wanted], "") or form
        if not form:
            return self._bare(asked)
        return str(form.replace("{codes}", self._names(asked)))

    def _names(self, asked: Asked) -> str:
        said = [self._code(asked.fact, code) for code in asked.codes]
        return self.list_of(said, "and" if asked.how == "only" else "or")

    def list_of(self, said: Sequence[str], joint: str = "and") -> str:
        """Return names in a row: ``a, b or c``."""
        if len(said) < 2:
            return "".join(said)
        return self.phrase(f"list_{joint}", first=", ".join(said[:-1]), last=said[-1])

    def _code(self, fact: str, code: str) -> str:
        for list_name in (fact, *_lists_of(fact)):
            said = self.sentences.name(list_name, code, self.reader)
            if said:
                return said
        return self._unsaid(f"{fact} = {code}", code)

    def _bare(self, asked: Asked) -> str:
        """Say a condition by its fact and codes, for counsel alone."""
        if not asked.fact:
            return self.phrase("condition_met" if asked.wanted else "condition_absent")
        verb = "is" if asked.wanted else "is not"
        codes = " or ".join(asked.codes) or "empty"
        return self._unsaid(f"{asked.fact} = {codes}", f"{asked.fact} {verb} {codes}")

    def _unsaid(self, what: str, bare: str) -> str:
        if self.reader == COUNSEL:
            return bare
        raise Refusal(
            f"the law has no sentence for the {self.reader}: {what}",
            code="sentence-missing",
            todo="write it in the folder words of the packs; `clerestory law check` names each "
            "that is missing",
        )


def sought(changes: Iterable[Change]) -> Condition:
    """Return what would have to be so for some changes, as one condition."""
    return all_of(Asked(change.fact, (change.value,)) for change in changes)


_UNRAISED = "unraised"
_ISSUED = "paper issued"
# A permission or an agreement of which everything is asked is one thing, and not seven.
_WHOLE = {
    head: frozenset(Asked(path, (code,)) for path, code in whole_of(head))
    for head in ("consent", "agreement")
}


def _gathered(condition: Condition) -> Condition:
    """Put together what one sentence says of several facts that all have to be so."""
    if isinstance(condition, Asked):
        return condition
    parts = [_gathered(part) for part in condition.parts]
    if isinstance(condition, AnyOf):
        return AnyOf(tuple(parts))  # type: ignore[arg-type]
    for head, whole in _WHOLE.items():
        if whole <= set(parts):
            first = min(parts.index(part) for part in whole)
            parts[first] = Asked(head)
            parts = [part for part in parts if part not in whole]
    return all_of(_narrowest(_unraised(_issued(parts))))


def _narrowest(parts: list[Condition]) -> list[Condition]:
    """Leave out that a fact is one of some codes, where it has to be one of fewer of them."""
    asked = [
        part for part in parts if isinstance(part, Asked) and part.wanted and part.how == "any"
    ]
    wider = {
        one
        for one in asked
        if any(one.fact == two.fact and set(two.codes) < set(one.codes) for two in asked)
    }
    return [part for part in parts if part not in wider]


def _issued(parts: list[Condition]) -> list[Condition]:
    """Put what the paper is and who issued it together, where both have to be one thing."""
    one: dict[str, Asked] = {}
    for part in parts:
        if isinstance(part, Asked) and part.wanted and len(part.codes) == 1:
            one[part.fact] = part
    kind, issuer = one.get(KIND), one.get(ISSUER)
    if kind is None or issuer is None:
        return parts
    both = Asked(_ISSUED, (*kind.codes, *issuer.codes))
    return [both if part == kind else part for part in parts if part != issuer]


def _unraised(parts: list[Condition]) -> list[Condition]:
    """Put "not known" and "not asked" of one finding together: nobody has raised it."""
    asked = {part for part in parts if isinstance(part, Asked)}
    codes = (one.codes[0] for one in asked if one.fact == "raised" and not one.wanted)
    for code in sorted(codes):
        unknown = Asked(f"{_FINDING}{code}", ("unknown",))
        if unknown in asked:
            silent = Asked("raised", (code,), wanted=False)
            merged = Asked(_UNRAISED, (code,))
            parts = [merged if part == silent else part for part in parts if part != unknown]
    return parts


def _lists_of(fact: str) -> tuple[str, ...]:
    if fact in _LISTS:
        return _LISTS[fact]
    return BY_PATH[fact].lists if fact in BY_PATH else ()
