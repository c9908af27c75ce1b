"""Every word that a letter may need has a sentence, and no sentence is of a word that is not."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clerestory.audit.pack_check import check_packs
from clerestory.audit.pack_check_flaws import Flaw
from clerestory.audit.pack_check_sentences import check_sentences
from clerestory.law.packs import load_stack

ROOT = Path(__file__).parents[3]


def flaws(packs: Path) -> list[Flaw]:
    stack = load_stack(packs, ["us-aa"])
    return list(check_sentences(packs, stack.packs, stack.vocabulary))


def without(path: Path, start: str, lines: int = 1) -> None:
    """Take lines out of a file, from the first that starts so."""
    text = path.read_text("utf-8").splitlines(keepends=True)
    place = next(n for n, line in enumerate(text) if line.startswith(start))
    path.write_text("".join([*text[:place], *text[place + lines :]]), "utf-8")


def test_the_real_packs_have_a_sentence_for_every_word() -> None:
    stack = load_stack(ROOT / "packs", ["us-federal", "us-me"])

    assert list(check_sentences(ROOT / "packs", stack.packs, stack.vocabulary)) == []


def test_a_sound_pack_has_no_flaw(packs: Path) -> None:
    assert flaws(packs) == []


@pytest.mark.parametrize(
    ("file", "start", "lines", "word"),
    [
        ("words/en/findings.toml", "[findings.authority_stated]", 5, "findings.authority_stated"),
        ("words/en/defined.toml", "[defined.own_side]", 5, "defined.own_side"),
        ("us-aa/words/en/defined.toml", "[defined.by_status]", 3, "defined.by_status"),
        ("words/en/facts.toml", '[facts."paper.status"]', 3, "facts.paper.status"),
        ("words/en/facts.toml", "[facts.resource]", 5, "facts.resource"),
        ("words/en/codes.toml", "letter = ", 1, "codes.instrument_kind.letter"),
        ("words/en/codes.toml", "holder_state = ", 1, "codes.paper.court.holder_state"),
        ("words/en/codes.toml", "strip_fti = ", 1, "codes.duties.strip_fti"),
        ("words/en/phrases.toml", "unraised = ", 1, "phrases.unraised"),
        ("words/en/phrases.toml", "acting_spouse = ", 1, "phrases.acting_spouse"),
        ("words/en/phrases.toml", "acting_unstated = ", 1, "phrases.acting_unstated"),
    ],
)
def test_a_word_without_a_sentence_is_a_fault(
    file: str, start: str, lines: int, word: str, packs: Path
) -> None:
    without(packs / file, start, lines)

    (flaw,) = flaws(packs)

    assert flaw.grave
    assert flaw.text == f"{word} has no sentence for counsel, requester and person"
    assert flaw.file.startswith("words/en/")
    assert flaw.todo


def test_without_any_sentences_every_word_lacks_one(packs: Path) -> None:
    shutil.rmtree(packs / "words")

    found = flaws(packs)

    assert len(found) > 400
    assert all(flaw.grave for flaw in found)


def test_the_check_of_a_pack_refuses_it_before_its_known_answers_are_run(packs: Path) -> None:
    without(packs / "words" / "en" / "codes.toml", "letter = ")

    report = check_packs(packs)

    assert [fault.text for fault in report.faults] == [
        "codes.instrument_kind.letter has no sentence for counsel, requester and person"
    ]
    assert report.cases == 0


def test_a_sentence_of_a_word_that_is_not_is_a_warning(packs: Path) -> None:
    path = packs / "us-aa" / "words" / "en" / "defined.toml"
    path.write_text(f'{path.read_text()}\n[defined.gone]\nyes = "so"\nno = "not so"\n')

    (flaw,) = flaws(packs)

    assert (flaw.text, flaw.grave) == ("defined.gone is said, and nothing is called so", False)


def test_a_word_that_hangs_on_a_file_is_marked_as_one_that_no_letter_says(
    packs: Path, damage: Callable[[str, str, str], int]
) -> None:
    old = 'when { context.subject.relation == "named" };'
    match = 'context.findings.identifier_matches_one_person == "yes"'
    damage("law.cedar", old, old.replace("named", 'named" && ' + match[:-1]))

    (flaw,) = flaws(packs)

    assert flaw.grave
    assert flaw.text.startswith("defined.person_named would tell in a letter")
    assert "aa-person-named" in flaw.text
    path = packs / "us-aa" / "words" / "en" / "defined.toml"
    path.write_text(path.read_text().replace("named]\n", "named]\nunsaid = true\n", 1))
    assert flaws(packs) == []


def test_a_file_that_cannot_be_read_is_a_fault_at_its_line(packs: Path) -> None:
    path = packs / "us-aa" / "words" / "en" / "defined.toml"
    path.write_text(path.read_text().replace("names the person", "names_the person", 1))

    (fault,) = check_packs(packs).faults

    assert (fault.file, fault.line) == ("words/en", 5)
    assert fault.text.startswith("defined.person_named.yes: a clause has no code")


def test_each_language_is_held_to_the_same(packs: Path) -> None:
    shutil.copytree(packs / "words" / "en", packs / "words" / "es")
    for path in (packs / "words" / "es").glob("*.toml"):
        path.write_text(path.read_text("utf-8").replace('language = "en"', 'language = "es"', 1))

    found = flaws(packs)
    assert [(flaw.file, flaw.text.split()[0]) for flaw in found if "defined" in flaw.file] == [
        ("words/es/defined.toml", "defined.person_named"),
        ("words/es/defined.toml", "defined.by_status"),
    ]
    authorities = [flaw for flaw in found if flaw.file == "words/es/authorities.toml"]
    assert len(authorities) == len(load_stack(packs, ["us-aa"]).authorities)
    assert all(flaw.grave and "requester, person, not_met" in flaw.text for flaw in authorities)


def test_the_texts_of_authorities_in_another_language_are_all_there(packs: Path) -> None:
    folder = packs / "us-aa" / "words" / "es"
    folder.mkdir()
    first, *others = sorted(load_stack(packs, ["us-aa"]).authorities)
    told = "".join(
        f'[authorities.{name}]\nrequester = "a"\nperson = "b"\nnot_met = "c"\n' for name in others
    )
    path = folder / "authorities.toml"
    path.write_text(f'language = "es"\nreviewed = ""\n{told}[authorities.{first}]\nperson = "b"\n')

    (flaw,) = (one for one in flaws(packs) if "authorities" in one.file)

    said = f"authorities.{first} has no text in this language: requester, not_met"
    assert (flaw.text, flaw.grave) == (said, True)


def test_a_text_of_an_authority_that_is_gone_is_a_warning(packs: Path) -> None:
    path = packs / "us-aa" / "words" / "en" / "authorities.toml"
    path.write_text('language = "en"\nreviewed = ""\n[authorities.gone]\nperson = "It is so."\n')

    (flaw,) = flaws(packs)

    said = "authorities.gone is said, and no authority is called so"
    assert (flaw.file, flaw.text, flaw.grave) == ("words/en/authorities.toml", said, False)
