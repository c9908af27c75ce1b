"""The wrong person is never returned, in thousands of queries whose right answer is known.

Each is written from one made-up person, then spoiled as papers and clerks spoil them; a tenth of
the people are left out of the index, and one record in twelve is spoiled too. People with a twin
or a namesake are asked about far oftener than by chance, so that many queries are about somebody
whom the agency does not hold but whose twin or namesake it does. 400,000 of the same queries are
asked by ``benchmarks/find_person.py --wrong --queries 400000``.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from clerestory.holdings import (
    Found,
    PersonIndex,
    PersonQuery,
    QueryFault,
    Refused,
    tell_requester,
)
from clerestory.holdings.find import find_person
from clerestory.holdings.index import build_index_of_rows
from clerestory.holdings.made_up import MadeUpPerson, make_people
from clerestory.holdings.made_up.queries import SPOILERS, QueryMaker
from clerestory.holdings.made_up.records import record_of, with_generations

QUERIES_A_SEED = 10_000
SEEDS = (11, 12)


@pytest.fixture(scope="module")
def agency(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[PersonIndex, list[MadeUpPerson], set[str]]]:
    people = with_generations(make_people(seed=7, persons=40_000))
    random = Random(7)
    held = [person for person in people if random.random() > 0.1]
    path: Path = tmp_path_factory.mktemp("index") / "persons.index"
    rows = (record_of(random, person) for person in held)
    index = build_index_of_rows(rows, catalogue_digest="", path=path)
    yield index, people, {person.person_id for person in held}
    index.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_the_wrong_person_is_never_returned(
    agency: tuple[PersonIndex, list[MadeUpPerson], set[str]], seed: int
) -> None:
    index, people, held = agency
    maker = QueryMaker(Random(seed), people)
    count: Counter[str] = Counter()
    clean: Counter[str] = Counter()
    spoiled: Counter[str] = Counter()
    wrong = []

    for _ in range(QUERIES_A_SEED):
        person, draft = maker.make()
        try:
            answer = find_person(index, PersonQuery.from_mapping(dict(draft.known)))
        except QueryFault:
            outcome = "unreadable"
        else:
            outcome = "refused" if isinstance(answer, Refused) else "not found"
            if isinstance(answer, Found):
                outcome = "right" if answer.person_id == person.person_id else "wrong"
            if outcome == "wrong":
                wrong.append((person, answer, draft))
        count[outcome if person.person_id in held else f"{outcome}, not held"] += 1
        spoiled.update(draft.spoiled)
        if not draft.spoiled and person.person_id in held:
            clean[outcome] += 1

    print(f"seed {seed}: {dict(sorted(count.items()))}; unspoiled {dict(sorted(clean.items()))}")
    assert wrong == []
    assert count["right, not held"] == 0
    # A search that refuses everybody is safe and useless: unspoiled queries mostly succeed.
    assert clean["right"] > 0.84 * clean.total()
    assert set(spoiled) == set(SPOILERS)


@pytest.mark.slow
def test_a_wrong_name_is_told_the_same_whether_the_number_exists_or_not(
    agency: tuple[PersonIndex, list[MadeUpPerson], set[str]],
) -> None:
    """Who asks with a number and a wrong name learns nothing of the number."""
    index, people, held = agency
    random = Random(15)
    holders = [person for person in people if person.ssn and person.person_id in held]
    told: Counter[str] = Counter()

    for _ in range(3_000):
        person = random.choice(holders)
        sentences = set()
        for ssn in (str(person.ssn), _nobodys_number(random)):
            keys = {"name": "Zebulon Quisenberry", "ssn": ssn}
            if random.random() < 0.5:
                keys["birth_date"] = person.born.isoformat()
            answer = find_person(index, PersonQuery.from_mapping(keys))
            assert not isinstance(answer, Found)
            sentences.add(tell_requester(answer))
            told[type(answer).__name__] += 1
        assert len(sentences) == 1

    # Inside, the two are different: what is the same is what leaves.
    assert set(told) == {"NotFound", "Refused"}


def _nobodys_number(random: Random) -> str:
    # Middle digits from 50 on are given to no made-up person.
    area, group, serial = random.randrange(900, 999), random.randrange(50, 100), random.random()
    return f"{area}-{group}-{1 + int(serial * 9998):04d}"


# What stands before a family name and is left out, added or written onto it.
LEADING = ("al", "as", "bin", "binti", "da", "de", "do", "dos", "el", "ibn", "la")
ADDED = ("de la ", "de los ", "El-", "El ", "el", "binti ", "bin ", "al-", "de ", "Del")


def ways_with_particles(person: MadeUpPerson) -> Iterator[str]:
    """Ways to write a name with other particles before its last word, or with none."""
    words = person.name.replace("-", " ").split()
    led = [at for at, word in enumerate(words[:-1]) if at and word.casefold() in LEADING]
    for at in led:
        yield " ".join(words[:at] + words[at + 1 :])
        yield " ".join([*words[:at], words[at] + words[at + 1].casefold(), *words[at + 2 :]])
    if led:
        yield " ".join(word for at, word in enumerate(words) if at not in led)
    for added in ADDED:
        last = words[-1].casefold() if added.isalpha() else words[-1]
        yield " ".join([*words[:-1], added + last])


@pytest.mark.slow
def test_particles_before_a_family_name_find_the_right_person_and_never_another(
    agency: tuple[PersonIndex, list[MadeUpPerson], set[str]],
) -> None:
    index, people, held = agency
    count: Counter[str] = Counter()
    for person in people[::20]:
        for name in ways_with_particles(person):
            for marks in ({"address": person.address}, {"medicaid_id": person.medicaid_id}):
                known = {"name": name, "birth_date": person.born.isoformat(), **marks}
                answer = find_person(index, PersonQuery.from_mapping(known))
                found = answer.person_id if isinstance(answer, Found) else None
                assert found in {None, person.person_id}, (known, answer)
                here = person.person_id in held
                count[f"{next(iter(marks))}: {'held' if here else 'not'}, {bool(found)}"] += 1

    print(dict(sorted(count.items())))
    assert not [told for told in count if told.endswith("not, True")]
    # Of 18,557 queries each; before particles were known as such it was 6,549 and 12,935.
    assert count["address: held, True"] >= 11_000
    assert count["medicaid_id: held, True"] >= 17_000
