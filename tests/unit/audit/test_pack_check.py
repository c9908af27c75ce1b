"""Every kind of flaw is found, at its line, and nothing is found in a sound pack."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clerestory.audit.pack_check import check_packs
from clerestory.demands.reading import read_demand
from clerestory.law.codes import load_vocabulary
from clerestory.law.errors import PackFault
from clerestory.policy.model.facts import facts_of
from clerestory.policy.model.shape import OWN_WORDS, WITHOUT_CODES, lists_of

Damage = Callable[[str, str, str], int]
LAW = "law.cedar"
AUTH = "authorities.toml"

OFFICER = '@authority("aa-officer")'
NEW = '@id("aa-new")\n@authority("aa-closed")\n'


def policy(head: str, conditions: str, notes: str = "") -> str:
    """A further policy, put where the made-up pack's first comment stands."""
    return f"{NEW}{notes}{head}\n{conditions};\n"


LIFT = 'permit (principal, action == Action::"lift", resource in Program::"snap")'
REFER = 'permit (principal, action == Action::"refer", resource)'
FORBID = 'forbid (principal, action in Action::"disclose", resource)'
COMMENT = "// Made-up law."

FLAWS = {
    "an authority that does not exist": (
        LAW,
        OFFICER,
        '@authority("aa-oficer")',
        "cites aa-oficer, which no pack in use defines",
    ),
    "a permit that rests first on context": (
        LAW,
        OFFICER,
        '@authority("aa-about aa-officer")',
        "rests first on aa-about, which is context",
    ),
    "a permit that rests on text that nobody read": (
        LAW,
        OFFICER,
        '@authority("aa-officer aa-unread")',
        "cites aa-unread, whose text nobody read",
    ),
    "a permit on half-read text that does not say on which part": (
        LAW,
        OFFICER,
        '@authority("aa-half-read")',
        "of which only a part was read",
    ),
    "a policy that no day fits": (
        LAW,
        OFFICER,
        '@authority("aa-officer aa-ended")',
        "is never in force",
    ),
    "a class of requester that does not exist": (
        LAW,
        'Requester::"law_enforcement"',
        'Requester::"law_enforcment"',
        "tests principal for law_enforcment, which is not in the list requester_class",
    ),
    "a purpose that does not exist": (
        LAW,
        'Purpose::"locate_fugitive"',
        'Purpose::"locate_fugitives"',
        "tests purpose for locate_fugitives",
    ),
    "a field that does not exist": (
        LAW,
        '"address", "ssn"',
        '"adress", "ssn"',
        "tests resource.name for adress",
    ),
    "a kind of paper that does not exist": (
        LAW,
        '"judicial_subpoena"',
        '"judical_subpoena"',
        "tests paper.kind for judical_subpoena",
    ),
    "an answer that is none": (
        LAW,
        'official_capacity == "yes"',
        'official_capacity == "true"',
        "tests findings.official_capacity for true",
    ),
    "an outcome that does not exist": (
        LAW,
        'outcome == "withhold"',
        'outcome == "withheld"',
        "tests outcome for withheld",
    ),
    "a finding that does not exist": (
        LAW,
        "findings.official_capacity",
        "findings.oficial_capacity",
        "can fail when asked: attribute",
    ),
    "a type that does not fit": (
        LAW,
        'context.subject.relation == "named"',
        'context.subject.relation.contains("named")',
        "can fail when asked: unexpected type",
    ),
    "a word that nothing establishes": (
        LAW,
        'contains("person_named")',
        'contains("person_nmed")',
        "tests context.established for person_nmed, which no policy gives",
    ),
    "a word that nothing tests": (
        LAW,
        '@establishes("person_named")',
        '@establishes("person_named person_met")',
        "establishes person_met, which no policy tests",
    ),
    "a misspelled lock": (
        LAW,
        '@lifts("snap")',
        '@lifts("snapp")',
        "lifts snapp, which no policy tests",
    ),
    "a lock that nothing puts on": (
        LAW,
        'lifted.contains("snap")',
        'lifted.contains("tanf")',
        "tests context.lifted for tanf, which no policy gives",
    ),
    "a bar that nothing puts on": (
        LAW,
        'barred.contains("lists")',
        'barred.contains("list")',
        "tests context.barred for list, which no policy gives",
    ),
    "a duty that does not exist": (
        LAW,
        '@duty("written_reasons")',
        '@duty("written_reason")',
        "obliges to written_reason",
    ),
    "a clock that is none": (
        LAW,
        '@within("5 working days")',
        '@within("5 workdays")',
        "has no known clock: 5 workdays",
    ),
    "a clock that starts on an unknown day": (
        LAW,
        '@starts("received")',
        '@starts("served")',
        "starts a clock on a day that is not known",
    ),
    "a basis that does not exist": (
        LAW,
        '@starts("received")',
        '@basis("custom")',
        "has no known basis: custom",
    ),
    "an annotation that nobody reads": (
        LAW,
        OFFICER,
        f'{OFFICER}\n@lift("snap")',
        "has an annotation nobody reads: @lift",
    ),
    "an annotation on the wrong action": (
        LAW,
        '@establishes("person_named")',
        '@establishes("person_named")\n@bars("snap")',
        "carries @bars, which nobody reads for define",
    ),
    "an action that does not exist": (
        LAW,
        'Action::"refer"',
        'Action::"refers"',
        "must name one action",
    ),
    "a lift without a lock": (LAW, '@lifts("snap")\n', "", "has no @lifts"),
    "a policy without an id": (LAW, '@id("aa-reasons")\n', "", "has no @id"),
    "pattern matching": (
        LAW,
        'context.purpose == Purpose::"locate_fugitive"',
        'resource.name like "addr*"',
        "uses like, which packs do without",
    ),
    "arithmetic": (
        LAW,
        'context.outcome == "withhold"',
        'context.outcome == "withhold" && 1 + 1 == 2',
        "uses +, which packs do without",
    ),
    "a fact that may be absent": (
        LAW,
        'context.outcome == "withhold"',
        'context has outcome && context.outcome == "withhold"',
        "uses has, which packs do without",
    ),
    "an extension other than days": (
        LAW,
        'context.outcome == "withhold"',
        'context.outcome == "withhold" && context.on.toTime() == duration("0h")',
        "uses duration, which packs do without",
    ),
    "a day that does not exist": (
        LAW,
        'context.outcome == "withhold"',
        'context.outcome == "withhold" && context.on >= datetime("2026-02-30")',
        "can fail when asked",
    ),
    "a comparison of two facts": (
        LAW,
        'context.outcome == "withhold"',
        "context.outcome == resource.name",
        "compares no fact with a code",
    ),
    "a word read before it is filled in": (
        LAW,
        COMMENT,
        policy(LIFT, 'when { context.barred.contains("lists") }', '@lifts("snap")\n'),
        "reads context.barred, which is still empty when lift is asked",
    ),
    "a disclosure that needs no lift": (
        LAW,
        COMMENT,
        policy('permit (principal, action in Action::"disclose", resource)', ""),
        "permits a disclosure by itself",
    ),
    "a lock that gives way to another's key": (
        LAW,
        COMMENT,
        policy(FORBID, 'unless { context.lifted.contains("snap") }', '@bars("lists")\n'),
        "bars lists and gives way to snap",
    ),
    "a coarser answer that does not exist": (
        LAW,
        COMMENT,
        policy(
            'permit (principal, action == Action::"lift_coarsened", resource)',
            "",
            '@lifts("snap")\n@coarsen_to("decade")\n',
        ),
        "offers no known coarser answer: decade",
    ),
    "people picked by status": (
        LAW,
        COMMENT,
        policy(REFER, 'when { context.subject.defined_by.contains("citizenship") }'),
        "tests subject.defined_by for citizenship: people by status",
    ),
    "a class by status that is opened": (
        LAW,
        'context.established.contains("person_named")',
        'context.established.contains("by_status")',
        "opens for by_status, a class picked by status",
    ),
    "a policy that stands twice": (
        LAW,
        '@id("aa-reasons")',
        '@id("aa-lists-to-counsel")',
        "the policy aa-lists-to-counsel stands twice",
    ),
    "Cedar that cannot be read": (
        LAW,
        'when { context.outcome == "withhold" }',
        "when { context.outcome == }",
        "is not Cedar: unexpected token `}`",
    ),
    "a body that cannot be bound": (
        AUTH,
        'id = "aa-about"',
        'id = "aa-about"\nparties = ["usda"]',
        "aa-about has a key nobody reads: parties",
    ),
    "a kind of authority that does not exist": (
        AUTH,
        'kind = "context"',
        'kind = "background"',
        "kind must be one of",
    ),
    "an unlikely year": (
        AUTH,
        "valid_from = 2020-01-01",
        "valid_from = 0202-01-01",
        "has an unlikely valid_from",
    ),
    "dates the wrong way round": (
        AUTH,
        "valid_from = 2020-01-01",
        "valid_from = 2020-01-01\nvalid_to = 2019-01-01",
        "valid_to must come after valid_from",
    ),
    "a date in quotes": (
        AUTH,
        "valid_to = 2019-01-01",
        'valid_to = "2019"',
        "valid_to must be a day",
    ),
    "half-read text that does not say which half": (
        AUTH,
        'read = "Only the first paragraph."\n',
        "",
        "read must say which part was read",
    ),
    "TOML that cannot be read": (
        AUTH,
        "valid_to = 2019-01-01",
        "valid_to = = 2019-01-01",
        "cannot be read",
    ),
    "a manifest without a version": ("pack.toml", 'version = "1"\n', "", "has no version"),
    "a manifest with an unknown key": (
        "pack.toml",
        'version = "1"',
        'version = "1"\nverson = "1"',
        "has a key nobody reads: verson",
    ),
    "a manifest of another name": (
        "pack.toml",
        'name = "us-aa"',
        'name = "us-ab"',
        "is called us-ab and lies in the folder us-aa",
    ),
    "a required pack that is not here": (
        "pack.toml",
        "requires = []",
        'requires = ["us-zz"]',
        "requires the pack us-zz, which is not here",
    ),
    "a required pack that is named twice": (
        "pack.toml",
        "requires = []",
        'requires = ["us-zz", "us-zz"]',
        "requires names a pack twice: us-zz",
    ),
    "a jurisdiction that no demand can name": (
        "pack.toml",
        'jurisdiction = "us-me"',
        'jurisdiction = "us-zz"',
        "there is no jurisdiction us-zz in codes.yaml",
    ),
    "a jurisdiction that is no text": (
        "pack.toml",
        'jurisdiction = "us-me"',
        "jurisdiction = 7",
        "there is no jurisdiction 7 in codes.yaml",
    ),
    "a last look at the law that nobody can have taken": (
        "pack.toml",
        "law_as_of = 2026-01-01",
        "law_as_of = 9999-12-31",
        "law_as_of has an unlikely year: 9999-12-31",
    ),
    "a manifest that orders a file that is not there": (
        "pack.toml",
        "requires = []",
        'requires = []\norder = ["lore"]',
        "orders lore",
    ),
    "a case that nobody can read": (
        "cases/cases.yaml",
        "findings: {official_capacity: 'no'}",
        "findings: {capacity: 'no'}",
        "AA-2 cannot be run",
    ),
    "a policy that compares the day itself": (
        LAW,
        COMMENT,
        policy(REFER, 'when { context.on < datetime("2026-01-01") }'),
        "aa-new cannot be proved or replayed: it uses <",
    ),
    "a policy that compares two facts": (
        LAW,
        COMMENT,
        policy(REFER, "when { context.paper.kind == context.paper.form }"),
        "aa-new cannot be proved or replayed: it uses ==",
    ),
    "a permit that no case shows": (
        "cases/cases.yaml",
        "rulings: {S1.address: release}",
        "rulings: {S1.address: withhold}",
        "aa-officer-lifts opens a record and no known answer shows it",
    ),
}


@pytest.mark.parametrize("name", FLAWS)
def test_a_flaw_is_found(name: str, packs: Path, damage: Damage) -> None:
    file, old, new, said = FLAWS[name]
    damage(file, old, new)

    faults = check_packs(packs).faults

    assert said in "\n".join(map(str, faults))


# The line of the damage itself is the line that is named, also inside a long policy.
EXACT = [
    "a class of requester that does not exist",
    "a purpose that does not exist",
    "a field that does not exist",
    "an answer that is none",
    "a word that nothing establishes",
    "a misspelled lock",
    "a clock that is none",
    "Cedar that cannot be read",
    "an authority that does not exist",
    "TOML that cannot be read",
    "a required pack that is not here",
    "a required pack that is named twice",
    "a jurisdiction that no demand can name",
    "a last look at the law that nobody can have taken",
]


# One slip, and the authorities that are cited elsewhere are not known: that is all that is said.
@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("pack.toml", "requires = []", 'requires = ["us-zz"]'),
        ("pack.toml", "requires = []", "requires = 7"),
        ("authorities.toml", 'id = "aa-closed"', "id = aa-closed"),
    ],
)
def test_one_slip_is_told_once_and_not_at_every_citation(
    file: str, old: str, new: str, packs: Path, damage: Damage
) -> None:
    line = damage(file, old, new)
    damage(LAW, OFFICER, '@authority("aa-elsewhere")')

    faults = check_packs(packs).faults

    assert [(flaw.file, flaw.line) for flaw in faults] == [(f"us-aa/{file}", line)]


@pytest.mark.parametrize("name", EXACT)
def test_a_flaw_is_found_at_its_line(name: str, packs: Path, damage: Damage) -> None:
    file, old, new, said = FLAWS[name]
    line = damage(file, old, new)

    found = [flaw for flaw in check_packs(packs).faults if said in flaw.text]

    assert {(flaw.file, flaw.line) for flaw in found} == {(f"us-aa/{file}", line)}


@pytest.mark.parametrize(
    "text", ["authority = [1, 2]\n", '[authority]\nid = "aa"\n', "authority = 7\n"]
)
def test_authorities_that_are_no_tables_are_a_fault(text: str, packs: Path) -> None:
    (packs / "us-aa" / AUTH).write_text(text)

    faults = check_packs(packs).faults

    assert ("us-aa/authorities.toml", 1) in {(fault.file, fault.line) for fault in faults}


PROMISE = '[[promise]]\nid = "aa-kept"\nsays = "made up"\nwhen = "true"\nnever = ["release"]\n'


@pytest.mark.parametrize("name", ["promises.toml", "exceptions.toml", "openings.toml"])
@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("\n[[promise\n", 2, "cannot be read"),
        ("[[bogus]]\nid = 1\n", 1, "bogus is no table of this file"),
        ("[terms]\na = 1\n", 1, "terms must be a table of conditions"),
    ],
)
def test_a_file_of_promises_that_cannot_be_read_is_a_fault(
    name: str, content: str, line: int, said: str, packs: Path
) -> None:
    (packs / "us-aa" / name).write_text(content)

    (fault,) = check_packs(packs).faults

    assert (fault.file, fault.line) == (f"us-aa/{name}", line)
    assert said in fault.text
    assert fault.todo


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[[promise]]", "[[promises]]", "promises is no table of this file"),
        ("[[promise]]", "promise = 7\n[terms]", "promise must be a list of tables"),
        ("never", "nevr", "aa-kept: mend the key"),
        ("release", "releese", "never must name answers: releese"),
        ('when = "true"', 'when = "true &&"', "aa-kept"),
    ],
)
def test_a_promise_that_nobody_would_keep_is_a_fault(
    old: str, new: str, said: str, packs: Path
) -> None:
    (packs / "us-aa" / "promises.toml").write_text(PROMISE)
    assert check_packs(packs).faults == ()
    (packs / "us-aa" / "promises.toml").write_text(PROMISE.replace(old, new))

    (fault,) = check_packs(packs).faults

    assert fault.file == "us-aa/promises.toml"
    assert said in fault.text


def test_every_fault_says_what_to_do(packs: Path, damage: Damage) -> None:
    for file, old, new, _ in list(FLAWS.values())[:12]:
        path = packs / "us-aa" / file
        before = path.read_text()
        damage(file, old, new)
        assert all(flaw.todo for flaw in check_packs(packs).faults)
        path.write_text(before)


def test_a_sound_pack_has_no_flaw(packs: Path) -> None:
    report = check_packs(packs)

    assert report.flaws == ()
    assert report.cases == 2


def test_a_permit_that_is_never_shown_unmet_is_a_warning(packs: Path) -> None:
    path = packs / "us-aa" / "cases" / "cases.yaml"
    met, _, _ = path.read_text().rpartition("- format: clerestory-case/1")
    path.write_text(met)

    report = check_packs(packs)

    assert report.faults == ()
    assert [warning.text for warning in report.warnings] == [
        "aa-officer-lifts is never shown unmet by a known answer"
    ]


def test_a_fault_in_a_file_of_codes_is_named(packs: Path) -> None:
    path = packs / "codes.yaml"
    text = path.read_text()
    path.write_text(text + "  mailed: [unclosed\n")

    report = check_packs(packs)

    assert [(f.file, f.line) for f in report.faults] == [("codes.yaml", text.count("\n") + 1)]
    assert "cannot be read" in report.faults[0].text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("form: letters\n", "form is not written as codes are"),
        ("form:\n  ao_1: a form\n", "form.ao_1 is not written as codes are"),
        ("- form\n", "holds no lists of codes"),
        ("channel:\n  post: {means: again.}\n", "defines channel.post again"),
    ],
)
def test_codes_that_are_no_codes_are_named(text: str, said: str, packs: Path) -> None:
    (packs / "us-aa" / "codes.yaml").write_text(text)

    [fault] = check_packs(packs).faults

    assert said in fault.text


def test_a_code_that_stands_twice_is_named_with_its_line(packs: Path) -> None:
    path = packs / "codes.yaml"
    text = path.read_text()
    path.write_text(text + "  whole_class: {means: a second time.}\n")

    report = check_packs(packs)

    assert [(f.file, f.line) for f in report.faults] == [("codes.yaml", text.count("\n") + 1)]
    assert "stands twice" in report.faults[0].text


def test_a_group_that_does_not_exist_is_named(packs: Path) -> None:
    path = packs / "us-aa" / "codes.yaml"
    path.write_text("program:\n  barter: {means: made up., in: [no_such_group]}\n")

    report = check_packs(packs)

    assert [(f.file, f.line) for f in report.faults] == [("us-aa/codes.yaml", 2)]
    assert "program.barter is in the group no_such_group" in report.faults[0].text


def test_two_packs_that_define_the_same_are_both_named(packs: Path) -> None:
    shutil.copytree(packs / "us-aa", packs / "us-ab")
    manifest = packs / "us-ab" / "pack.toml"
    manifest.write_text(manifest.read_text().replace("us-aa", "us-ab"))

    faults = [str(flaw) for flaw in check_packs(packs).faults]

    assert any("us-aa and us-ab both define the authority aa-closed" in f for f in faults)
    assert any("us-aa and us-ab both define the policy aa-reasons" in f for f in faults)


def test_a_pack_that_does_not_exist_is_refused(packs: Path) -> None:
    with pytest.raises(PackFault, match="there is no pack called us-zz") as refused:
        check_packs(packs, ["us-zz"])

    assert refused.value.code == "law-no-pack"
    assert "us-aa" in refused.value.todo


def test_a_folder_without_packs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackFault, match="there are no packs"):
        check_packs(tmp_path)


def test_every_fact_that_a_policy_can_read_has_its_list_of_codes(packs: Path) -> None:
    vocabulary = load_vocabulary([packs / "codes.yaml"])
    demand = read_demand(
        {
            "format": "clerestory-demand/1",
            "id": "X",
            "received": {"date": "2026-01-05", "channel": "post"},
            "holder": {"agency": "me-dhhs", "kind": "state_agency", "jurisdiction": "us-me"},
            "requester": {"body": "", "class": "public"},
            "purpose": "research",
            "subjects": [{"ref": "S1", "relation": "named"}],
            "records": [{"program": "snap", "fields": ["S1.name"]}],
        },
        vocabulary,
    )
    facts = facts_of(demand, demand.items[0], demand.received_on, vocabulary)
    paths = [
        f"{name}.{part}" if part else name
        for name, value in facts.items()
        for part in (
            value
            if isinstance(value, dict) and "__extn" not in value and "__entity" not in value
            else [""]
        )
    ]

    unknown = [
        path for path in paths if not lists_of(path) and path not in OWN_WORDS | WITHOUT_CODES
    ]

    assert unknown == []


def test_packs_that_require_each_other_are_named_with_their_path(packs: Path) -> None:
    shutil.copytree(packs / "us-aa", packs / "us-ab")
    for name, other in (("us-aa", "us-ab"), ("us-ab", "us-aa")):
        manifest = packs / name / "pack.toml"
        text = manifest.read_text().replace("us-aa", name)
        manifest.write_text(text.replace("requires = []", f'requires = ["{other}"]'))

    faults = [str(flaw) for flaw in check_packs(packs).faults]

    said = "us-aa/pack.toml:6: packs require each other in a circle: us-aa > us-ab > us-aa"
    assert any(fault.startswith(said) for fault in faults)
