"""The sentences of the law: read strictly, joined, and sent only where somebody reviewed them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clerestory.law.errors import PackFault
from clerestory.law.packs import load_stack
from clerestory.law.sentence_file import Clause, read_sentence_file
from clerestory.law.sentences import load_sentences, word_folders

ROOT = Path(__file__).parents[3]
HEAD = 'language = "en"\nreviewed = ""\n'
Write = Callable[..., Path]

WHOLE = """\
[findings.told]
yes = "the person was told"
no = "the person was not told"
person.yes = "you were told"

[facts."paper.kind"]
unsaid = true
yes = "the paper is {codes}"
no = "the paper is not {codes}"
counsel = {yes = "the instrument is {codes}", no = "the instrument is not {codes}"}

[codes.instrument_kind]
letter = "a letter"
form = {every = "a form", person = "a sheet"}

[phrases]
joint = "{first}. And {last}."

[authorities.act]
every = "It says this."
not_met = "It was not met."
citation = "An act (made up)"
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of sentences and return its path."""

    def written(
        text: str, *, head: str = HEAD, name: str = "words.toml", folder: str = "words/en"
    ) -> Path:
        path = tmp_path / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(head + text, "utf-8")
        return path

    return written


def test_a_file_that_was_changed_is_read_anew_whatever_it_was_before(write: Write) -> None:
    said = {
        read_sentence_file(write(text)).texts["phrases"]["joint"]["person"]
        for text in (WHOLE, WHOLE.replace("{first}. And", "{first}. Then"))
    }

    assert said == {"{first}. And {last}.", "{first}. Then {last}."}


def test_each_reader_has_its_own_clauses_or_those_for_all(write: Write) -> None:
    file = read_sentence_file(write(WHOLE))

    shared = Clause(yes="the person was told", no="the person was not told")
    own = Clause(yes="you were told", no="the person was not told")
    assert file.clauses["findings"] == {
        "told": {"counsel": shared, "requester": shared, "person": own}
    }
    assert file.clauses["facts"]["paper.kind"]["counsel"].yes == "the instrument is {codes}"
    assert file.clauses["facts"]["paper.kind"]["person"].no == "the paper is not {codes}"
    assert file.names["instrument_kind"]["form"] == {
        "counsel": "a form", "requester": "a form", "person": "a sheet"
    }  # fmt: skip
    assert file.texts["phrases"]["joint"]["counsel"] == "{first}. And {last}."
    assert file.texts["authorities"]["act"]["not_met"] == "It was not met."
    assert file.texts["authorities"]["act"]["citation"] == "An act (made up)"
    assert file.unsaid == {("facts", "paper.kind")}
    assert sorted(file.keys) == [
        ("authorities", "act"), ("codes", "instrument_kind", "form"),
        ("codes", "instrument_kind", "letter"), ("facts", "paper.kind"), ("findings", "told"),
        ("phrases", "joint"),
    ]  # fmt: skip


BAD = {
    "an authority of which nothing is said": (
        "[authorities.x]\n",
        3,
        "authorities.x",
        "it says nothing",
    ),
    "another table": ("[finding.x]\n", 3, "finding", "no such table"),
    "one clause alone": ('[findings.x]\nyes = "so"\n', 3, "findings.x.counsel", "it has no no"),
    "another key": (
        '[findings.x]\nyes = "so"\nno = "not so"\nmaybe = "so"\n',
        6,
        "findings.x.maybe",
        "no such key",
    ),
    "another reader": (
        '[findings.x]\nyes = "so"\nno = "not so"\n[findings.x.judge]\nyes = "so"\n',
        6,
        "findings.x.judge",
        "no such key",
    ),
    "a clause that is none": (
        '[findings.x]\nyes = 1\nno = "not so"\n',
        4,
        "findings.x.yes",
        "it is no text",
    ),
    "an empty clause": (
        '[findings.x]\nyes = "so"\nno = " "\n',
        5,
        "findings.x.no",
        "it is no text",
    ),
    "a code in a clause": (
        '[findings.x]\nyes = "the paper_kind is so"\nno = "not so"\n',
        4,
        "findings.x.yes",
        "a clause has no code",
    ),
    "a full stop": (
        '[findings.x]\nyes = "so."\nno = "not so"\n',
        4,
        "findings.x.yes",
        "a clause has no code",
    ),
    "a slot where none is": (
        '[findings.x]\nyes = "{codes}"\nno = "not so"\n',
        4,
        "findings.x.yes",
        "a clause has no code",
    ),
    "another slot": (
        '[facts.x]\nyes = "is {code}"\nno = "is not {codes}"\n',
        4,
        "facts.x.yes",
        "a clause has no code",
    ),
    "a slot twice": (
        '[facts.x]\nyes = "{codes} and {codes}"\nno = "is not {codes}"\n',
        4,
        "facts.x.yes",
        "a clause has no code",
    ),
    "idle space": (
        '[findings.x]\nyes = "so  it is"\nno = "not so"\n',
        4,
        "findings.x.yes",
        "a clause has no code",
    ),
    "a reader's clause that is none": (
        '[findings.x]\nyes = "so"\nno = "not so"\nperson.no = "no_t"\n',
        6,
        "findings.x.person.no",
        "a clause has no code",
    ),
    "a mark that is none": (
        '[findings.x]\nunsaid = "yes"\nyes = "so"\nno = "not so"\n',
        4,
        "findings.x.unsaid",
        "it is no mark",
    ),
    "a word that is no group": ('[findings]\nx = "so"\n', 4, "findings.x", "it is no group"),
    "a name with a code": (
        '[codes.a]\nb = "a b_c"\n',
        4,
        "codes.a.b.every",
        "a clause has no code",
    ),
    "a name for some only": (
        '[codes.a]\nb = {person = "x"}\n',
        4,
        "codes.a.b",
        "counsel has no text",
    ),
    "a name for nobody known": (
        '[codes.a]\nb = {every = "x", judge = "y"}\n',
        4,
        "codes.a.b.judge",
        "no such reader",
    ),
    "a list that is no group": ('[codes]\na = "x"\n', 4, "codes.a", "it is no group"),
    "a phrase that is none": ("[phrases]\na = 1\n", 4, "phrases.a", "it is no group"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_sentence_is_refused_with_its_place(name: str, write: Write) -> None:
    text, line, key, said = BAD[name]

    with pytest.raises(PackFault) as refused:
        read_sentence_file(write(text))

    fault = next(fault for fault in refused.value.faults if fault.key == key)
    assert said in fault.what
    assert fault.line == line
    assert fault.write_instead


@pytest.mark.parametrize(
    ("head", "key"),
    [
        ('language = "en"\n', "reviewed"),
        ('language = "es"\nreviewed = ""\n', "language"),
        ('reviewed = ""\n', "language"),
        ('language = "en"\nreviewed = 1\n', "reviewed"),
    ],
)
def test_a_file_says_its_language_and_who_reviewed_it(head: str, key: str, write: Write) -> None:
    with pytest.raises(PackFault, match=rf"words\.toml.*{key}"):
        read_sentence_file(write("", head=head))


def test_a_word_is_said_in_one_file_alone(write: Write, tmp_path: Path) -> None:
    text = '[codes.purpose]\nbarter = "to trade"\n'
    write(text)
    write(text, folder="us-aa/words/en", name="own.toml")

    assert load_sentences(tmp_path, []).name("purpose", "barter", "counsel") == "to trade"
    with pytest.raises(PackFault, match=r"own\.toml says codes\.purpose\.barter again") as refused:
        load_sentences(tmp_path, ["us-aa"])
    assert "words.toml" in str(refused.value)


@pytest.mark.parametrize(
    ("first", "second", "language"),
    [("A. Person", "B. Person", "es"), ("A. Person", "", "en"), (" ", "B. Person", "en")],
)
def test_another_language_is_sent_only_where_every_file_was_reviewed(
    first: str, second: str, language: str, write: Write, tmp_path: Path
) -> None:
    write('[codes.purpose]\nbarter = "to trade"\n')
    for name, reviewed in (("a.toml", first), ("b.toml", second)):
        head = f'language = "es"\nreviewed = "{reviewed}"\n'
        write(f'[codes.{name[0]}]\nx = "uno"\n', head=head, folder="words/es", name=name)

    found = load_sentences(tmp_path, [], "es")

    assert found.language == language
    assert bool(found.name("a", "x", "person")) is (language == "es")


def test_a_language_without_a_folder_falls_back_to_english(write: Write, tmp_path: Path) -> None:
    write('[codes.purpose]\nbarter = "to trade"\n')

    assert load_sentences(tmp_path, [], "fr").name("purpose", "barter", "person") == "to trade"


def test_the_mark_follows_the_content_and_the_digest_of_the_law_does_not(
    write: Write, tmp_path: Path
) -> None:
    path = write('[codes.purpose]\nbarter = "to trade"\n')
    first = load_sentences(tmp_path, [])
    path.write_text(path.read_text().replace("trade", "swap"))

    assert load_sentences(tmp_path, []).mark != first.mark
    assert len(first.mark) == 12
    assert load_sentences(tmp_path / "nowhere", []).mark == ""


def test_the_kept_law_is_said_in_the_sentences_of_the_day() -> None:
    kept = ROOT / "packs" / "active" / "0123"

    assert word_folders(kept, ["us-me"], "en") == word_folders(ROOT / "packs", ["us-me"], "en")


def test_the_sentences_of_the_real_packs_belong_to_their_stack() -> None:
    stack = load_stack(ROOT / "packs", ["us-me"])

    assert stack.sentences.language == "en"
    assert stack.sentences.clause("findings", "order_stayed", "person") is not None
    assert stack.sentences_in("xx").mark == stack.sentences.mark
    assert not any("words" in path.parts for pack in stack.packs for path in [pack.folder])


def test_who_asks_in_anothers_name_reads_what_is_said_for_them_or_for_the_person() -> None:
    said = load_sentences(ROOT / "packs", ["us-federal"])
    held, told = "written_permission_held", "subject_notified"

    words = {
        reader: said.clause("findings", held, reader) for reader in ("person", "helper", "counsel")
    }

    assert [one.yes for one in words.values() if one] == [
        "we have your signed permission",
        "you have the person's signed permission",
        "the agency has the person's signed permission in hand",
    ]
    assert said.clause("findings", told, "helper") == said.clause("findings", told, "person")
    assert said.name("program", "snap", "helper") == said.name("program", "snap", "person") != ""
    assert said.text("phrases", "whole_consent", "helper").startswith("the person has signed")
