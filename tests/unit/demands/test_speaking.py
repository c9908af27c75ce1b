"""Conditions, changes and questions in words, for three readers."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from clerestory.demands.condition import AllOf, AnyOf, Asked, Condition
from clerestory.demands.determination import Change, Question
from clerestory.demands.speaking import Line, Speaker
from clerestory.kernel import Refusal
from clerestory.law.fact_table import whole_of
from clerestory.law.sentences import NONE, load_sentences

PACKS = Path(__file__).parents[3] / "packs"
COUNSEL = Speaker(sentences=load_sentences(PACKS, ["us-federal", "us-me"]))
REQUESTER = Speaker(sentences=COUNSEL.sentences, reader="requester")
PERSON = Speaker(sentences=COUNSEL.sentences, reader="person")

HOLD = Asked("hold", ("active",))
MONTHS = Asked("months", ("one",))
WRITTEN = Asked("paper.written", ("yes",))


def no(asked: Asked) -> Asked:
    return Asked(asked.fact, asked.codes, not asked.wanted, asked.how)


CODED: Mapping[str, tuple[Asked, str, str]] = {
    "a kind of paper": (
        Asked("paper.kind", ("court_order",)),
        "the paper is an order of a court",
        "the paper is not an order of a court",
    ),
    "several kinds": (
        Asked("paper.kind", ("court_order", "search_warrant")),
        "the paper is an order of a court or a judge's search warrant",
        "the paper is not an order of a court or a judge's search warrant",
    ),
    "one of the papers": (
        Asked("papers", ("letter",)),
        "a letter is among the papers",
        "none of the papers is a letter",
    ),
    "who issued it": (
        Asked("paper.issuer", ("article_iii_judge",)),
        "the paper was issued by an Article III judge",
        "the paper was issued by somebody else than an Article III judge",
    ),
    "a requester": (
        Asked("principal", ("police_state", "sheriff", "fns")),
        "the requester is a State police force, a sheriff or the Food and Nutrition Service of "
        "USDA",
        "the requester is not a State police force, a sheriff or the Food and Nutrition Service of "
        "USDA",
    ),
    "a purpose": (
        Asked("purpose", ("immigration_enforcement",)),
        "the purpose is to enforce immigration law",
        "the purpose is not to enforce immigration law",
    ),
    "a group of fields": (
        Asked("resource", ("health",)),
        "the field is about health or care",
        "the field is not about health or care",
    ),
    "a group of programs": (
        Asked("resource.program", ("medicaid_plan",)),
        "the program is Medicaid or CHIP",
        "the program is not Medicaid or CHIP",
    ),
    "one field": (
        Asked("resource.name", ("ssn",)),
        "the field is this one: Social Security number",
        "the field is another one than this: Social Security number",
    ),
    "several fields": (
        Asked("resource.name", ("ssn", "name")),
        "the field is one of these: Social Security number or name",
        "the field is not one of these: Social Security number or name",
    ),
    "a field of status": (
        Asked("resource.proxy", ("yes",)),
        "the field can tell a person's immigration status or origin",
        "the field cannot tell a person's immigration status or origin",
    ),
    "a code with clauses of its own": (
        HOLD,
        "a request to delay the person's list of disclosures is in force",
        "no request to delay the person's list of disclosures is in force",
    ),
    "codes with clauses of their own": (
        Asked("paper.names_field", ("yes", "everything")),
        "either the paper itself names this field, or the paper asks for everything",
        "both the paper itself does not name this field, and the paper does not ask for everything",
    ),
    "a code that stands in no list": (
        Asked("component", ("none",)),
        "the office that asks is no known office",
        "the office that asks is not no known office",
    ),
    "nothing else": (
        Asked("subject.defined_by", ("language", "birthplace"), how="only"),
        "the class is picked by nothing but their language and where they were born",
        "the class is picked by something else than their language and where they were born",
    ),
    "nothing at all": (Asked("lifted", how="empty"), "no lock is lifted", "a lock is lifted"),
    "a defined word": (
        Asked("established", ("enforced_subpoena",)),
        "a court has ordered that the subpoena be obeyed, and no stay is in force",
        "no court order that the subpoena be obeyed is in force",
    ),
    "several defined words": (
        Asked("established", ("for_immigration_enforcement", "whole_class")),
        "either the request serves immigration enforcement, or the demand is for a whole class of "
        "people",
        "both the request does not serve immigration enforcement, and the demand is not for a "
        "whole class of people",
    ),
    "what no sentence is for": (
        Asked(""),
        "a condition of the policy is met",
        "a condition of the policy is absent",
    ),
}


@pytest.mark.parametrize("name", CODED)
def test_a_condition_is_said_both_ways(name: str) -> None:
    asked, said, denied = CODED[name]

    assert COUNSEL.say(asked) == said
    assert COUNSEL.say(no(asked)) == denied


ORDER = "findings.part2_order"
YES = "a court has issued an order under 42 CFR 2.61 to 2.67 for these records"
NO = "no court has issued an order under 42 CFR 2.61 to 2.67 for these records"


@pytest.mark.parametrize(
    ("codes", "wanted", "said"),
    [
        (("yes",), True, YES),
        (("no",), False, YES),
        (("yes", "unknown"), True, YES),
        (("no",), True, NO),
        (("yes",), False, NO),
        (("no", "unknown"), True, NO),
        (("unknown",), True, f"it is not settled whether {YES}"),
        (("yes", "no"), False, f"it is not settled whether {YES}"),
        (("unknown",), False, f"it is settled whether {YES}"),
        (("yes", "no"), True, f"it is settled whether {YES}"),
    ],
)
def test_an_answer_is_said_by_what_would_do(
    codes: tuple[str, ...], wanted: bool, said: str
) -> None:
    assert COUNSEL.say(Asked(ORDER, codes, wanted)) == said


def test_a_finding_in_doubt_is_said_as_such() -> None:
    raised = Asked("raised", ("part2_order",))
    silent = AllOf((no(raised), Asked(ORDER, ("unknown",)), WRITTEN))

    assert COUNSEL.say(raised) == f"somebody has asked whether {YES}, and nobody has answered"
    assert COUNSEL.say(no(raised)) == f"there is no open question whether {YES}"
    assert COUNSEL.say(silent) == f"both nobody has asked whether {YES}, and {COUNSEL.say(WRITTEN)}"
    assert COUNSEL.say(AnyOf((WRITTEN, silent))).count("nobody has asked whether") == 1


def test_and_and_or_are_never_taken_for_each_other() -> None:
    first = AllOf((AnyOf((HOLD, MONTHS)), WRITTEN))
    second = AnyOf((HOLD, AllOf((MONTHS, WRITTEN))))
    hold, months, written = map(COUNSEL.say, (HOLD, MONTHS, WRITTEN))

    assert COUNSEL.say(first) == f"all of these: (either {hold}, or {months}); {written}"
    assert COUNSEL.say(second) == f"one of these: {hold}; (both {months}, and {written})"
    assert COUNSEL.lines([first]) == (
        Line("one of these:", (Line(hold), Line(months))), Line(written)
    )  # fmt: skip
    assert COUNSEL.lines([second, second]) == (
        Line(
            "one of these:",
            (Line(hold), Line("all of these:", (Line(months), Line(written)))),
        ),
    )
    assert COUNSEL.lines([]) == ()


@pytest.mark.parametrize("head", ["consent", "agreement"])
def test_a_whole_permission_or_agreement_is_one_thing(head: str) -> None:
    whole = [Asked(path, (code,)) for path, code in sorted(whole_of(head))]
    said = REQUESTER.phrase(f"whole_{head}")

    assert REQUESTER.lines(whole) == (Line(said),)
    assert REQUESTER.lines([*whole[:2], WRITTEN, *whole[2:]]) == (
        Line(said), Line(REQUESTER.say(WRITTEN)),
    )  # fmt: skip
    assert REQUESTER.say(AnyOf((WRITTEN, AllOf(tuple(whole))))).endswith(f"; {said}")
    # What is not all of it is said part by part.
    assert len(REQUESTER.lines(whole[1:])) == len(whole) - 1
    assert len(REQUESTER.lines([*whole[1:], no(whole[0])])) == len(whole)


def test_what_a_paper_is_and_who_issued_it_is_one_thing() -> None:
    order, judge = Asked("paper.kind", ("court_order",)), Asked("paper.issuer", ("state_judge",))
    both = "the paper is an order of a court, issued by a judge of a State court"

    assert REQUESTER.lines([order, WRITTEN, judge]) == (
        Line(both), Line(REQUESTER.say(WRITTEN)),
    )  # fmt: skip
    assert len(REQUESTER.lines([order, no(judge)])) == 2
    assert len(REQUESTER.lines([Asked("paper.kind", ("letter", "email")), judge])) == 2
    assert REQUESTER.say(AnyOf((order, judge))) == (
        "either the paper is an order of a court, or the paper was issued by a judge of a State "
        "court"
    )


def test_clauses_that_hold_a_joint_stand_in_a_row_of_their_own() -> None:
    paper = Asked("paper.kind", ("letter", "email"))

    assert COUNSEL.say(AnyOf((paper, WRITTEN))) == (
        "one of these: the paper is a letter or an e-mail; the request is in writing"
    )
    assert COUNSEL.say(AllOf((HOLD, MONTHS, WRITTEN))).startswith("all of these: ")


def test_each_reader_has_words_of_its_own() -> None:
    stayed = Asked("findings.order_stayed", ("no",))
    named = Asked("consent.recipient", ("yes",))

    assert COUNSEL.say(stayed) == "the court order that compels has not been stayed"
    assert REQUESTER.say(stayed) == "the order is not on hold"
    assert PERSON.say(named) == "your permission names them"
    assert PERSON.name("fields", "a_number") == "immigration file number"


def test_changes_and_questions_are_said_by_the_same_words() -> None:
    changes = [Change(fact="paper.kind", value="court_order"), Change(fact=ORDER, value="yes")]
    paper = Change(fact="papers", value="consent")

    assert COUNSEL.change(paper) == "the person's signed permission is among the papers"
    assert COUNSEL.turn(changes) == f"both the paper is an order of a court, and {YES}"
    assert COUNSEL.question(Question(fact=ORDER, by="counsel", turns=())) == f"Is it so that {YES}?"


@pytest.mark.parametrize(
    "condition",
    [
        Asked("findings.unheard_of", ("yes",)),
        Asked("established", ("unheard_of",)),
        Asked("paper.kind", ("unheard_of",)),
        AnyOf((WRITTEN, Asked("raised", ("unheard_of",)))),
    ],
)
def test_a_word_without_a_sentence_reaches_counsel_and_no_letter(condition: Condition) -> None:
    assert "unheard_of" in COUNSEL.say(condition)
    for reader in (REQUESTER, PERSON):
        with pytest.raises(Refusal, match=f"no sentence for the {reader.reader}: ") as refused:
            reader.say(condition)
        assert refused.value.code == "sentence-missing"
        assert "law check" in refused.value.todo


def test_without_any_sentences_counsel_reads_codes() -> None:
    bare = Speaker(sentences=NONE)

    assert bare.say(Asked("paper.kind", ("letter", "form"), wanted=False)) == (
        "paper.kind is not letter or form"
    )
    assert bare.say(Asked("lifted", how="empty")) == "lifted is empty"
    assert bare.name("fields", "ssn") == "ssn"


@pytest.mark.parametrize(
    ("condition", "tells"),
    [
        (Asked("findings.identifier_matches_one_person", ("yes",)), True),
        (Asked("established", ("person_asked_about",)), True),
        (Asked("raised", ("identifier_matches_one_person",), wanted=False), True),
        (AnyOf((WRITTEN, Asked("established", ("person_asked_about",)))), True),
        (Asked("findings.part2_order", ("yes",)), False),
        (AnyOf((WRITTEN, MONTHS)), False),
        (AnyOf((WRITTEN, HOLD)), True),
    ],
)
def test_what_would_tell_whether_there_is_a_file_is_known(
    condition: Condition, tells: bool
) -> None:
    assert REQUESTER.tells_of_files(condition) is tells


ONLY = Asked("papers", ("letter", "email"), how="only")


@pytest.mark.parametrize(
    ("wider", "narrow", "is_said"),
    [
        (Asked("purpose", ("own_record", "child_support")), "child_support", False),
        (Asked("purpose", ("own_record", "program_audit")), "child_support", True),
        (Asked("purpose", ("own_record", "child_support"), wanted=False), "child_support", True),
        (Asked("grounds", ("own_record", "child_support")), "child_support", True),
        (ONLY, "letter", True),
    ],
)
def test_of_two_lists_of_which_one_holds_the_other_only_the_shorter_is_said(
    wider: Asked, narrow: str, is_said: bool
) -> None:
    shorter = Asked("papers" if wider is ONLY else "purpose", (narrow,))

    for parts in ([wider, shorter], [shorter, wider]):
        said = [line.text for line in COUNSEL.lines(parts)]
        assert COUNSEL.say(shorter) in said
        assert (COUNSEL.say(wider) in said) is is_said
