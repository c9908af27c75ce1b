"""Letters say what was decided, in data-driven words, and nothing more."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from clerestory.demands.condition import Asked
from clerestory.demands.demand import Demand, Holder, Instrument, Requester, Subject
from clerestory.demands.determination import (
    Change,
    Determination,
    Duty,
    NearMiss,
    Outcome,
    Ruling,
    Turn,
)
from clerestory.demands.speaking import Speaker
from clerestory.disclosure import composing
from clerestory.disclosure.letter_facts import LetterInput
from clerestory.disclosure.letters import (
    disclosure_letter,
    person_notice,
    refusal_letter,
    withholding_index,
)
from clerestory.disclosure.stationery import Stationery, read_stationery
from clerestory.kernel import Period, Refusal
from clerestory.law.authorities import Authority
from clerestory.law.fact_table import whole_of
from clerestory.law.sentences import load_sentences

SPEAKER = Speaker(
    sentences=load_sentences(Path(__file__).parents[3] / "packs", []), reader="requester"
)
PROFILE = Path(__file__).parents[3] / "profiles" / "maine-dhhs"
Make = Callable[..., Determination]


def authority(name: str, citation: str) -> Authority:
    return Authority(
        id=name,
        citation=citation,
        title=citation,
        kind="restricts",
        binds=frozenset(),
        basis="law",
        confirmed="yes",
        in_force=Period(),
        effect="effect for counsel",
        requester=f"what {citation} tells the requester",
        person=f"what {citation} tells the person",
        not_met=f"{citation} was not met.",
    )


AUTHORITIES = {
    "snap-7usc2020e8-E": authority("snap-7usc2020e8-E", "7 U.S.C. 2020(e)(8)(E)"),
    "snap-7cfr272-1-c1vii": authority("snap-7cfr272-1-c1vii", "7 CFR 272.1(c)(1)(vii)"),
}


def demand(body: str = "Made-up Police Department", kind: str = "letter") -> Demand:
    return Demand(
        id="ME-2026-0041",
        title="not for letters",
        received_on=date(2026, 2, 20),
        channel="post",
        holder=Holder(agency="me-dhhs", kind="state_agency", jurisdiction="us-me"),
        requester=Requester(body=body, kind="police_local"),
        instrument=Instrument(kind=kind),
        cited=(),
        purpose="locate_fugitive",
        grounds=frozenset(),
        subjects=(),
        items=(),
        findings={},
    )


@pytest.fixture(scope="module")
def stationery() -> Stationery:
    return read_stationery(PROFILE)


@pytest.fixture
def given(stationery: Stationery, mixed: Determination) -> LetterInput:
    return LetterInput(
        stationery=stationery,
        demand=demand(),
        determination=mixed,
        on=date(2026, 3, 3),
        authorities=AUTHORITIES,
        speaker=SPEAKER,
    )


@pytest.fixture
def refused(given: LetterInput, make_determination: Make) -> LetterInput:
    kept = [r for r in given.determination.rulings if r.outcome is Outcome.WITHHOLD]
    return replace(given, determination=make_determination(*kept, overall="withhold"))


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_range() for page in document]
    return " ".join(" ".join(pages).split())


def test_the_cover_letter_says_what_is_enclosed_and_what_is_not(given: LetterInput) -> None:
    text = text_of(disclosure_letter(given))

    assert "Answer to demand ME-2026-0041" in text
    assert "We received your demand on February 20, 2026. We decided it on March 2, 2026" in text
    assert "Parts asked for: 6. Given: 4. Not given: 2." in text
    assert "date of birth the year only 1 and 2" in text
    assert "1. what 7 U.S.C. 2020(e)(8)(E) tells the requester 7 U.S.C. 2020(e)(8)(E)." in text
    assert "The law opens no more than this: the year only." in text
    assert "The law of the program decides on ssn." not in text
    assert "withheld.pdf" in text
    assert "may be against the law" in text


def test_the_same_input_gives_the_same_bytes(given: LetterInput) -> None:
    assert disclosure_letter(given) == disclosure_letter(given)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("limit_to_order", "What the order or warrant does not name was left out."),
        ("limit_to_dates", "Records of other days than those that count were left out."),
        ("minimise_to_elements", "What the law or the agreement does not list was left out."),
        ("recipient_bound_by_confidentiality", "You must keep the records confidential, and use"),
        ("strip_fti", "Tax information from the federal tax agency is not in any answer like"),
    ],
)
def test_a_duty_that_concerns_its_reader_is_a_full_sentence(
    given: LetterInput, code: str, said: str
) -> None:
    duty = Duty(code=code, basis="law", authority="snap-7usc2020e8-E")
    ours = Duty(code="notify_counsel", basis="law", authority="snap-7usc2020e8-E")
    bound = replace(given.determination, duties=(duty, ours, duty))

    text = text_of(disclosure_letter(replace(given, determination=bound)))

    line = text[text.index(said) :]
    assert text.count(said) == 1
    assert "7U.S.C.2020(e)(8)(E)." in line[:130].replace(" ", "")
    assert "notify counsel" not in text
    assert said not in text_of(disclosure_letter(given))


def test_the_refusal_answers_each_near_miss_and_says_what_would_change_it(
    refused: LetterInput,
) -> None:
    text = text_of(refusal_letter(refused))

    assert "neither confirms nor denies" in text
    assert (
        "Under 7 CFR 272.1(c)(1)(vii), this would have to be so for Social Security number (SNAP): "
        "the requester has named the crime that it looks into." in text
    )
    assert (
        "To open Social Security number (SNAP), show that the requester has named the crime that "
        "it looks into." in text
    )
    assert "ask for a second look" in text
    assert "Freedom of Access" not in text


def test_a_refused_public_records_request_names_its_appeal(refused: LetterInput) -> None:
    asked = replace(refused, demand=demand(kind="public_records_request"))

    assert "Freedom of Access Act" in text_of(refusal_letter(asked))


def test_a_part_with_counsel_is_named_as_such(
    refused: LetterInput, make_ruling: Callable[..., Ruling], make_determination: Make
) -> None:
    ruled = make_determination(make_ruling("S*", "address", Outcome.REFER), overall="refer")

    text = text_of(refusal_letter(replace(refused, determination=ruled)))

    assert "What our counsel decided" in text
    assert "address (SNAP), about everyone in your demand" in text
    assert "S*" not in text


def test_a_refusal_is_the_same_whether_or_not_the_person_is_on_file(
    refused: LetterInput, make_ruling: Callable[..., Ruling], make_determination: Make
) -> None:
    def decided(holdings: dict[str, str]) -> Determination:
        # The facts judged differ with the holdings, and so does everything drawn from them.
        found = "made-up person" in holdings
        named = Asked("findings.crime_named", ("yes",))
        unmet = Asked("established", ("person_asked_about",))
        missing = (named,) if found else (named, unmet)
        changes = [Change(fact="findings.crime_named", value="yes")]
        if not found:
            changes.append(Change(fact="findings.identifier_matches_one_person", value="yes"))
        ruling = make_ruling(
            "S1",
            "address",
            Outcome.WITHHOLD,
            misses=(NearMiss(authority="snap-7cfr272-1-c1vii", missing=missing),),
            turns=(Turn(outcome=Outcome.RELEASE, changes=tuple(changes)),),
        )
        return replace(
            make_determination(ruling, overall="withhold"),
            facts_digest=("aa" if found else "bb") * 32,
        )

    on_file = decided({"made-up person": "1 Madeup Street"})
    not_on_file = decided({})

    letters = {
        refusal_letter(replace(refused, determination=each)) for each in (on_file, not_on_file)
    }
    indexes = {
        withholding_index(replace(refused, determination=each)) for each in (on_file, not_on_file)
    }
    assert on_file != not_on_file
    assert len(letters) == len(indexes) == 1


def test_a_reason_that_would_tell_is_said_neutrally(
    refused: LetterInput, make_ruling: Callable[..., Ruling], make_determination: Make
) -> None:
    ruling = make_ruling("S1", "address", Outcome.WITHHOLD)
    told = "The identifiers do not match exactly one person."
    telling = replace(ruling.reason, notices=(told,))
    ruled = make_determination(replace(ruling, reason=telling), overall="withhold")

    text = text_of(refusal_letter(replace(refused, determination=ruled)))

    assert "match exactly one person" not in text
    assert "does not allow us to answer this part" in text


def own(given: LetterInput, kind: str = "subject") -> LetterInput:
    """Return the same answer, to the person or to somebody who asks in the person's name."""
    asker = Requester(body="a made-up person", kind=kind)
    return replace(
        given,
        demand=replace(given.demand, requester=asker),
        speaker=replace(SPEAKER, reader="person"),
    )


@pytest.mark.parametrize(
    ("kind", "whose", "use"),
    [
        ("subject", "your records", "You may use these records as you like."),
        ("representative_of_subject", "the person's records", "Use them for that person only."),
    ],
)
def test_a_persons_own_file_comes_without_warnings_and_without_duties(
    given: LetterInput, kind: str, whose: str, use: str
) -> None:
    duties = tuple(
        Duty(code=code, basis="law", authority="snap-7usc2020e8-E")
        for code in ("recipient_bound_by_confidentiality", "strip_fti", "limit_to_order")
    )
    bound = replace(given, determination=replace(given.determination, duties=duties))

    text = text_of(disclosure_letter(own(bound, kind)))

    assert f"You asked us for {whose}." in text
    assert use in text
    assert ("as you like" in text) is (kind == "subject")
    assert "what 7 U.S.C. 2020(e)(8)(E) tells the person" in text
    for not_theirs in (
        "against the law",
        "left out",
        "confidential",
        "purpose",
        "tax",
        "requester",
    ):
        assert not_theirs not in text


def test_a_person_who_is_refused_reads_what_to_do(refused: LetterInput) -> None:
    text = text_of(refusal_letter(own(refused)))

    assert "We cannot give you the records now" in text
    assert "neither confirms nor denies" in text
    assert "Social Security number (SNAP food help)" in text
    assert "Ask for an interpreter if you want one." in text
    assert "counsel" not in text
    assert ("Ask for each person in a letter of its own." in text) is ("S2" in text)


def test_a_record_is_denied_to_nobody_of_whom_something_is_given(
    given: LetterInput, make_ruling: Callable[..., Ruling], make_determination: Make
) -> None:
    house = replace(
        authority("house", "Agency policy"),
        decides="protection",
        requester="It neither confirms nor denies a record.",
    )
    closed = replace(make_ruling("S1", "address", Outcome.WITHHOLD), authorities=("house",))
    open_now = make_ruling("S1", "name", Outcome.RELEASE)
    other = replace(make_ruling("S2", "address", Outcome.WITHHOLD), authorities=("house",))
    known = replace(given, authorities={**AUTHORITIES, "house": house})

    def index(*rulings: Ruling) -> str:
        ruled = make_determination(*rulings)
        return text_of(withholding_index(replace(known, determination=ruled)))

    both, others, nothing = index(open_now, closed), index(open_now, closed, other), index(closed)

    assert "neither confirms" not in both
    assert "The law does not allow us to answer this part of the demand." in both
    assert "Of a person of whom we give nothing, it neither confirms nor denies" in others
    assert others.count("It neither confirms nor denies a record.") == 1
    assert "A row says only what was asked for. It neither confirms nor denies" in nothing


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([Change(fact="papers", value="court_order")], "an order of a court is among the papers"),
        ([Change(fact="findings.paper_contradicts_itself", value="yes")], ""),
        (
            [
                Change(fact="paper.enforced_by_order", value="yes"),
                Change(fact="findings.plaintiff_state", value="no"),
            ],
            "",
        ),
    ],
)
def test_of_what_goes_to_counsel_the_papers_are_named_and_no_doubt(
    refused: LetterInput,
    make_ruling: Callable[..., Ruling],
    make_determination: Make,
    changes: list[Change],
    said: str,
) -> None:
    turn = Turn(outcome=Outcome.REFER, changes=tuple(changes))
    ruled = make_determination(
        make_ruling("S1", "address", Outcome.WITHHOLD, turns=(turn,)), overall="withhold"
    )

    text = "\n".join(composing.refusal(replace(refused, determination=ruled)).lines)

    assert ("When our counsel would look again" in text) == bool(said)
    assert said in text
    assert "not a plaintiff" not in text


@pytest.mark.parametrize(
    ("fact", "value", "is_way"),
    [
        ("findings.order_stayed", "no", True),
        ("findings.agency_consent_only", "no", True),
        ("findings.crime_named", "yes", True),
        ("findings.relates_to_immigration_enforcement", "no", False),
        ("findings.specific_and_limited", "no", False),
        ("findings.representative_may_endanger", "no", False),
        ("findings.law_enforcement_hold_written", "no", False),
        ("hold", "lapsed", False),
    ],
)
def test_nobody_is_asked_to_show_what_no_paper_can_show(
    refused: LetterInput,
    make_ruling: Callable[..., Ruling],
    make_determination: Make,
    fact: str,
    value: str,
    is_way: bool,
) -> None:
    paper = Change(fact="paper.written", value="yes")
    turn = Turn(outcome=Outcome.RELEASE, changes=(Change(fact=fact, value=value),))
    other = Turn(outcome=Outcome.RELEASE, changes=(Change(fact=fact, value=value), paper))
    alone, both = (
        replace(
            refused,
            determination=make_determination(
                make_ruling("S1", "address", Outcome.WITHHOLD, turns=(one,)), overall="withhold"
            ),
        )
        for one in (turn, other)
    )

    said = "\n".join(composing.refusal(alone).lines)

    assert ("What would open the records\nThis is not a promise." in said) == is_way
    assert ("we know of nothing that you could show us" in said) != is_way
    # A set of which a part is no way is none either; what may not be said is left out of it.
    beside = "\n".join(composing.refusal(both).lines)
    assert ("the request is in writing" in beside) == (is_way or fact == "hold")


def ways_of(
    refused: LetterInput, ruling: Callable[..., Ruling], make: Make, *sets: dict[str, str]
) -> str:
    turns = tuple(
        Turn(
            outcome=Outcome.RELEASE,
            changes=tuple(Change(fact=fact, value=value) for fact, value in one.items()),
        )
        for one in sets
    )
    ruled = make(ruling("S1", "address", Outcome.WITHHOLD, turns=turns), overall="withhold")
    letter = composing.refusal(replace(refused, determination=ruled))
    return "\n".join(under(letter, "What would open the records")[1:])


def test_what_does_as_well_either_way_is_asked_of_nobody(
    refused: LetterInput, make_ruling: Callable[..., Ruling], make_determination: Make
) -> None:
    limited, named = "findings.specific_and_limited", "findings.crime_named"
    written, court = {"paper.written": "yes"}, {"paper.kind": "court_order"}

    def told(*sets: dict[str, str]) -> str:
        return ways_of(refused, make_ruling, make_determination, *sets)

    either = [written | {limited: answer} for answer in ("yes", "no")]
    assert told(*either) == "To open every part listed here, show that the request is in writing."
    assert "specific" in told(either[0])
    assert told(either[1]) == ""
    assert "specific" in told(either[0], court | {limited: "no"})
    assert told({limited: "yes"}, {limited: "no"}) == ""
    both = [{named: a, limited: b} | written for a in ("yes", "no") for b in ("yes", "no")]
    assert told(*both) == told(*either)
    assert "crime" in told(*both[:2])
    # A fact of the paper is shown one way or the other.
    paper = told(written, {"paper.written": "no"})
    assert "in writing" in paper


def test_a_whole_permission_is_not_asked_for_by_its_parts_again(
    refused: LetterInput, make_ruling: Callable[..., Ruling], make_determination: Make
) -> None:
    whole = dict(sorted(whole_of("consent")))
    parts = {"findings.consent_names_requester": "yes", "findings.written_permission_held": "yes"}

    def told(changes: dict[str, str]) -> str:
        return ways_of(refused, make_ruling, make_determination, changes)

    assert told(whole | parts) == told(whole)
    assert "complete permission" in told(whole)
    assert "names the requester" in told(parts)
    del whole["consent.field"]
    assert "names the requester" in told(whole | parts)


def test_a_person_is_answered_on_the_laws_that_they_named_and_on_no_others(
    refused: LetterInput, make_ruling: Callable[..., Ruling], make_determination: Make
) -> None:
    looked_at = (NearMiss(authority="snap-7cfr272-1-c1vii"),)
    ruled = make_determination(
        make_ruling("S1", "address", Outcome.WITHHOLD, misses=looked_at), overall="withhold"
    )
    silent = own(replace(refused, determination=ruled))
    named = replace(silent, demand=replace(silent.demand, cited=("7 CFR 272.1(c)(1)(vii)",)))

    assert "was not met" not in "\n".join(composing.refusal(silent).lines)
    assert "7 CFR 272.1(c)(1)(vii) was not met." in "\n".join(composing.refusal(named).lines)


def test_who_asks_in_a_persons_name_is_told_whom_the_law_speaks_to(refused: LetterInput) -> None:
    said = 'Where a reason below says "you", it means that person.'

    for letter in (composing.refusal, composing.withheld):
        acts = letter(own(refused, "representative_of_subject"))
        assert sum(said in line for line in acts.lines) == 1
        assert not any(said in line for line in letter(own(refused)).lines)


def named_by(given: LetterInput, *acting: str | None) -> LetterInput:
    """Return the same answer, to who says of S1, S2 and so on that they act so for them."""
    subjects = tuple(
        Subject(ref=f"S{number}", relation="named", represented_by=one)
        for number, one in enumerate(acting, 1)
    )
    asked = own(given, "representative_of_subject")
    return replace(asked, demand=replace(asked.demand, subjects=subjects))


def under(letter: composing.Letter, heading: str) -> list[str]:
    """Return the lines that stand below a heading."""
    found: list[str] = []
    heads = [n for n, block in enumerate(letter.blocks) if block["kind"] == "heading"]
    for start, end in zip(heads, [*heads[1:], len(letter.blocks)], strict=True):
        if letter.blocks[start]["text"] == heading:
            found += composing.Letter(
                title="", foot="", blocks=letter.blocks[start + 1 : end]
            ).lines
    return [line for line in found if line]


WAYS = {
    "parent": "Show papers that say you may act for the person. If they are 18 or older,",
    "guardian": "Show the court paper that says you may act for the person.",
    "personal_representative": "Send the court paper that lets you settle the person's affairs. "
    "Our lawyers look at it.",
    "agent": "Show the paper in which the person chose you",
    "authorized_representative": "Show the paper that names you to the program",
    "attorney": "Show a permission that the person signed.",
    "spouse": "Show a permission that the person signed.",
    None: "Tell us by what right you act for the person",
}


@pytest.mark.parametrize("acting", WAYS)
def test_who_acts_for_another_is_told_by_what_they_are_and_by_nothing_else(
    acting: str | None,
    refused: LetterInput,
    make_ruling: Callable[..., Ruling],
    make_determination: Make,
) -> None:
    def letter(ruling: Ruling, write: Callable[[LetterInput], composing.Letter]) -> list[str]:
        ruled = replace(refused, determination=make_determination(ruling, overall="withhold"))
        return list(write(named_by(ruled, acting)).lines)

    lifted = Turn(
        outcome=Outcome.RELEASE,
        changes=(Change(fact="findings.written_permission_held", value="yes"),),
    )
    lacking = NearMiss(
        authority="snap-7cfr272-1-c1vii", missing=(Asked("established", ("acts_for_minor",)),)
    )
    plain = make_ruling("S1", "address", Outcome.WITHHOLD)
    full = make_ruling("S1", "address", Outcome.WITHHOLD, misses=(lacking,), turns=(lifted,))

    for write in (composing.refusal, composing.withheld):
        assert letter(plain, write) == letter(full, write)
    ruled = replace(refused, determination=make_determination(full, overall="withhold"))
    promise, *told = under(composing.refusal(named_by(ruled, acting)), "What you can do")
    assert promise.startswith("Write to us, and send this. Then we decide again.")
    assert [line.startswith(WAYS[acting]) for line in told] == [True]
    assert under(composing.refusal(named_by(ruled, acting)), "What the law asks for") == []
    # The person, whom no such thing can be told of, reads what is missing as before.
    assert "someone else" not in "\n".join(composing.refusal(own(ruled)).lines)
    assert under(composing.refusal(own(ruled)), "What the law asks for") != []


def test_beside_what_is_given_of_a_person_nobody_is_asked_for_papers_again(
    given: LetterInput, make_ruling: Callable[..., Ruling], make_determination: Make
) -> None:
    rulings = [
        make_ruling("S1", "name", Outcome.RELEASE),
        make_ruling("S1", "address", Outcome.WITHHOLD),
        make_ruling("S2", "address", Outcome.WITHHOLD),
        make_ruling("S3", "address", Outcome.WITHHOLD),
    ]

    def told(*ruled: Ruling) -> list[str]:
        letter = replace(given, determination=make_determination(*ruled, overall="partial"))
        index = composing.withheld(named_by(letter, "parent", "parent", "spouse"))
        return under(index, "What you can do")[1:]

    assert told(*rulings[:2]) == []
    assert [line[:19] for line in told(*rulings[:3])] == ["Show papers that sa"]
    assert [line.partition(":")[0] for line in told(*rulings)] == [
        "About person S2", "About person S3"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("others", "is_told"),
    [
        ((Subject(ref="S2", relation="named"),), True),
        ((Subject(ref="S2", relation="listed_row"),), True),
        ((Subject(ref="S1H1", relation="household_member"),), False),
        ((Subject(ref="S2", relation="unknown"),), False),
        ((), False),
    ],
)
def test_who_names_several_is_told_to_ask_for_each_whatever_is_asked_of_them(
    refused: LetterInput,
    make_ruling: Callable[..., Ruling],
    make_determination: Make,
    others: tuple[Subject, ...],
    is_told: bool,
) -> None:
    ruled = make_determination(make_ruling("S1", "address", Outcome.WITHHOLD), overall="withhold")
    one = own(replace(refused, determination=ruled), "representative_of_subject")
    subjects = (Subject(ref="S1", relation="named"), *others)
    several = replace(one, demand=replace(one.demand, subjects=subjects))

    text = "\n".join(composing.refusal(several).lines)

    assert ("Ask for each person in a letter of its own." in text) is is_told
    assert ("about person S1" in text) is is_told
    assert ("about the person you ask for" in text) is not is_told
    assert "S1H1" not in text


def test_beside_what_is_given_no_authority_denies_the_whole_paper(
    given: LetterInput, make_ruling: Callable[..., Ruling], make_determination: Make
) -> None:
    looked_at = (
        NearMiss(authority="snap-7cfr272-1-c1vii"),
        NearMiss(authority="snap-7usc2020e8-E", is_met=True),
    )
    closed = make_ruling("S1", "address", Outcome.WITHHOLD, misses=looked_at)
    partly = make_determination(make_ruling("S1", "name", Outcome.RELEASE), closed)
    whole = make_determination(closed, overall="withhold")

    beside = text_of(withholding_index(replace(given, determination=partly)))
    alone = text_of(refusal_letter(replace(given, determination=whole)))

    assert "7 CFR 272.1(c)(1)(vii) alone does not open these parts." in beside
    assert "was not met" not in beside
    assert "• 7 CFR 272.1(c)(1)(vii) was not met." in alone
    assert "7 U.S.C. 2020(e)(8)(E) alone does not open these parts." in alone


def test_ways_that_open_the_same_parts_stand_under_one_line(
    refused: LetterInput, make_ruling: Callable[..., Ruling], make_determination: Make
) -> None:
    named = Change(fact="findings.crime_named", value="yes")
    known = Change(fact="findings.requester_identified", value="yes")
    written = Change(fact="findings.written_request_complete", value="yes")
    turns = tuple(
        Turn(outcome=Outcome.RELEASE, changes=changes) for changes in ((named,), (known, written))
    )
    ruled = make_determination(
        make_ruling("S1", "address", Outcome.WITHHOLD, turns=turns), overall="withhold"
    )

    letter = composing.refusal(replace(refused, determination=ruled))

    [block] = [
        block
        for block in letter.blocks
        if block["kind"] == "list" and "To open" in str(block["items"])
    ]
    assert isinstance(block["items"], list)
    [way] = block["items"]
    assert way == {
        "text": "To open every part listed here, show one of these:",
        "under": [
            {"text": "the requester has named the crime that it looks into", "under": []},
            {
                "text": "all of these:",
                "under": [
                    {"text": SPEAKER.change(known), "under": []},
                    {"text": SPEAKER.change(written), "under": []},
                ],
            },
        ],
    }


def test_a_determination_that_releases_is_not_refused(given: LetterInput) -> None:
    with pytest.raises(Refusal) as caught:
        refusal_letter(given)

    assert caught.value.code == "letter-not-a-refusal"


def test_the_index_has_a_row_for_each_part_not_given(given: LetterInput) -> None:
    text = text_of(withholding_index(given))

    assert "SNAP Social Security number not given 1 and 2" in text
    assert "SNAP name not given 1 and 3" in text
    assert "Parts asked for: 6. Parts not given: 2." in text
    assert "3 the person" not in text


def test_a_notice_shows_its_reader_only_the_readers_own_data(given: LetterInput) -> None:
    text = text_of(person_notice(given, subject="S2", addressee="Made-up Reader"))

    assert "Made-up Reader" in text
    assert "address SNAP food help as held" in text
    for others in ("photo", "Social Security", "date of birth", "S1", "S2H1", "for counsel"):
        assert others not in text


def test_a_notice_to_nobody_who_can_be_read_has_no_empty_line(given: LetterInput) -> None:
    def heads(addressee: str) -> list[object]:
        blocks = composing.notice(given, subject="S2", addressee=addressee).blocks
        return [one["lines"] for one in blocks if one["kind"] == "lines"]

    assert heads("Made-up Reader") == [["March 3, 2026", "Made-up Reader"]]
    assert heads("\u200b \x00") == [["March 3, 2026"]]


def test_a_letter_calls_an_authority_as_the_sentences_cite_it(
    refused: LetterInput, make_ruling: Callable[..., Ruling], make_determination: Make
) -> None:
    house = replace(
        authority("house-named-person-only", "Agency policy (promise 99)"),
        requester="It is kept.",
        not_met="It was not met.",
    )
    ruling = replace(
        make_ruling("S1", "address", Outcome.WITHHOLD, misses=(NearMiss(authority=house.id),)),
        authorities=(house.id,),
    )
    said = load_sentences(Path(__file__).parents[3] / "packs", ["us-federal"])
    told = replace(
        refused,
        authorities={**AUTHORITIES, house.id: house},
        determination=make_determination(ruling, overall="withhold"),
    )

    for speaker, cited, other in (
        (replace(SPEAKER, sentences=said), "(only the person named)", "promise 99"),
        (SPEAKER, "promise 99", "only the person named"),
    ):
        text = "\n".join(composing.refusal(replace(told, speaker=speaker)).lines)
        assert text.count(cited) == 2
        assert other not in text


def test_a_notice_says_a_reason_once_for_all_the_fields_of_a_program(
    given: LetterInput, make_ruling: Callable[..., Ruling], make_determination: Make
) -> None:
    def ruled(field: str, reason: str, program: str = "snap") -> Ruling:
        one = make_ruling("S1", field, Outcome.WITHHOLD)
        item = replace(one.item, program=program)
        return replace(one, item=item, reason=replace(one.reason, person=reason))

    determination = make_determination(
        ruled("address", "One."), ruled("name", "One."), ruled("ssn", "Two."),
        ruled("address", "One.", "tanf"), overall="withhold",
    )  # fmt: skip
    told = replace(given, determination=determination)

    letter = composing.notice(told, subject="S1", addressee="Made-up Reader")

    [table] = [block for block in letter.blocks if block["kind"] == "table"]
    assert table["rows"] == [
        ["address and name", "SNAP food help", "One."],
        ["Social Security number", "SNAP food help", "Two."],
        ["address", "TANF cash help", "One."],
    ]


def test_a_notice_of_nothing_given_says_so(given: LetterInput) -> None:
    text = text_of(person_notice(given, subject="S2H1", addressee="Made-up Reader"))

    assert "We gave nothing." in text
    assert "The law protects your name." in text


@pytest.mark.parametrize("subject", ["S9", "S*"])
def test_a_notice_goes_to_a_person_of_the_demand(
    given: LetterInput,
    make_ruling: Callable[..., Ruling],
    make_determination: Make,
    subject: str,
) -> None:
    ruled = make_determination(make_ruling("S*", "address", Outcome.WITHHOLD))

    with pytest.raises(Refusal) as caught:
        person_notice(replace(given, determination=ruled), subject=subject, addressee="x")

    assert caught.value.code == "letter-no-such-subject"


@pytest.mark.parametrize(
    "name",
    [
        "#panic() [x] $x^2$",
        "\\ *bold* _it_ `raw` <label> @ref",
        "{demand} {contact} {nothing}",
        '"quoted" // comment /* x */',
        "= Heading - item + item / term: x",
    ],
)
def test_marks_in_a_value_stay_marks(given: LetterInput, name: str) -> None:
    pdf = disclosure_letter(replace(given, demand=demand(body=name)))

    assert f"To: {name}" in text_of(pdf)


def test_names_in_arabic_somali_and_portuguese_can_be_read_back(given: LetterInput) -> None:
    for name in ("Cabdiraxmaan Xasan", "João Conceição", "Nguyễn Văn Ả"):
        assert name in text_of(person_notice(given, subject="S2", addressee=name))
    arabic = text_of(person_notice(given, subject="S2", addressee="مثال"))
    assert "مثال" in arabic


def test_a_character_without_a_glyph_is_refused_and_not_repeated(given: LetterInput) -> None:
    with pytest.raises(Refusal) as caught:
        person_notice(given, subject="S2", addressee="ប្រទេស")

    assert caught.value.code == "letter-character-missing"
    assert "ប" not in str(caught.value)


def test_an_authority_of_no_pack_is_refused(given: LetterInput) -> None:
    with pytest.raises(Refusal) as caught:
        disclosure_letter(replace(given, authorities={}))

    assert caught.value.code == "letter-authority-unknown"


def test_every_letter_is_tagged_and_says_its_language(given: LetterInput) -> None:
    pdf = disclosure_letter(given)

    assert b"/StructTreeRoot" in pdf or b"/MarkInfo" in pdf or b"/ObjStm" in pdf
    assert b"pdfuaid" in pdf
    assert pypdfium2.PdfDocument(pdf).is_tagged()


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    shutil.copytree(PROFILE / "letters", tmp_path / "letters")
    shutil.copytree(PROFILE / "fonts", tmp_path / "fonts")
    return tmp_path


def test_a_lawyer_changes_the_wording_in_a_data_file(given: LetterInput, profile: Path) -> None:
    file = profile / "letters" / "en" / "disclosure.toml"
    file.write_text(file.read_text().replace("What is given", "What {requester} receives"))

    changed = replace(given, stationery=read_stationery(profile))

    assert "What Made-up Police Department receives" in text_of(disclosure_letter(changed))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("{requester}", "{requestor}", "letter-slot-unknown"),
        ('when = "someone"', 'when = "somone"', "letter-wording-unusable"),
        ('when = "someone"', 'whan = "someone"', "letter-wording-unusable"),
        ("widths = [4, 4, 8, 4, 3]", "widths = [4]", "letter-wording-unusable"),
    ],
)
def test_a_slip_in_the_wording_is_named(
    given: LetterInput, profile: Path, old: str, new: str, code: str
) -> None:
    file = profile / "letters" / "en" / "disclosure.toml"
    file.write_text(file.read_text().replace(old, new))

    with pytest.raises(Refusal) as caught:
        disclosure_letter(replace(given, stationery=read_stationery(profile)))

    assert caught.value.code == code


def test_a_broken_page_form_is_named_without_quoting_the_letter(
    given: LetterInput, profile: Path
) -> None:
    (profile / "letters" / "letter.typ").write_text("#panic(sys.inputs.letter)")

    with pytest.raises(Refusal) as caught:
        disclosure_letter(replace(given, stationery=read_stationery(profile)))

    assert caught.value.code == "letter-form-unusable"
    assert "ME-2026-0041" not in str(caught.value)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda profile: (profile / "letters" / "agency.toml").unlink(),
        lambda profile: (profile / "letters" / "en" / "words.toml").write_text("= broken"),
        lambda profile: (profile / "letters" / "en" / "notice.toml").write_bytes(b"\xff"),
        lambda profile: (profile / "letters" / "agency.toml").write_text('name = "Made up"\n'),
        lambda profile: (profile / "letters" / "en" / "words.toml").write_text('language = "en"\n'),
        lambda profile: shutil.rmtree(profile / "fonts"),
    ],
)
def test_a_missing_or_broken_file_is_named(
    profile: Path, break_it: Callable[[Path], object]
) -> None:
    break_it(profile)

    with pytest.raises(Refusal) as caught:
        read_stationery(profile)

    assert caught.value.code == "letter-file-unusable"


def test_a_language_without_a_named_reviewer_falls_back_to_english(profile: Path) -> None:
    folder = profile / "letters" / "fr"
    shutil.copytree(profile / "letters" / "en", folder)
    words = folder / "words.toml"
    words.write_text(words.read_text().replace('language = "en"', 'language = "fr"'))

    unreviewed = read_stationery(profile, "fr")
    words.write_text(
        words.read_text().replace('reviewed_by = ""', 'reviewed_by = "A made-up name"')
    )
    reviewed = read_stationery(profile, "fr")

    assert (unreviewed.words.language, reviewed.words.language) == ("en", "fr")
    assert read_stationery(profile, "so").words.language == "en"


def test_a_broken_file_of_another_language_is_named(profile: Path) -> None:
    (profile / "letters" / "fr").mkdir()
    (profile / "letters" / "fr" / "words.toml").write_text("= broken")

    with pytest.raises(Refusal) as caught:
        read_stationery(profile, "fr")

    assert caught.value.code == "letter-file-unusable"


def test_a_language_is_a_code(profile: Path) -> None:
    with pytest.raises(Refusal):
        read_stationery(profile, "../en")
