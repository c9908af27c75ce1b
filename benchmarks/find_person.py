"""Find one person among 1,400,000: the rules beside a fuzzy scan and a plain SQL scan.

    python benchmarks/find_person.py [--small] [--persons N] [--queries N]
    python benchmarks/find_person.py --wrong --queries 400000

With --wrong it asks spoiled queries, as ``tests/generative`` does, about 40,000 people, and counts
whom they name; any wrong person is told with what was asked. Nothing is timed then.

All three run in one process on the same made-up people, and the times are given as ratios too.
The peers only rank or filter by name: they answer an easier question, and can name the wrong
person. What they name is counted beside the times.
"""

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from rapidfuzz import fuzz, process

from clerestory.holdings import Found, PersonQuery, QueryFault, Refused, SearchKey
from clerestory.holdings.find import find_person
from clerestory.holdings.index import PersonIndex, build_index_of_rows
from clerestory.holdings.made_up import MadeUpPerson, make_people
from clerestory.holdings.made_up.people import PeopleMaker
from clerestory.holdings.made_up.queries import QueryMaker
from clerestory.holdings.made_up.records import record_of, with_generations

Search = Callable[[MadeUpPerson], str | None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="20,000 people and 100 queries")
    parser.add_argument("--persons", type=int, default=1_400_000)
    parser.add_argument("--queries", type=int, default=2_000)
    parser.add_argument("--wrong", action="store_true", help="count wrong persons, time nothing")
    options = parser.parse_args()
    if options.wrong:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(count_wrong(Path(folder), queries=options.queries), indent=2))
        return
    persons, queries = (20_000, 100) if options.small else (options.persons, options.queries)
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(run(Path(folder), persons=persons, queries=queries), indent=2))


def run(folder: Path, *, persons: int, queries: int) -> dict[str, object]:
    random = Random(5)
    asked: list[MadeUpPerson] = []
    started = time.perf_counter()
    with sqlite3.connect(folder / "peer.sqlite") as peer:
        peer.execute("CREATE TABLE person (person_id TEXT, name TEXT, born TEXT)")
        rows = _people(peer, asked, random, persons=persons, share=queries / persons)
        index = build_index_of_rows(rows, catalogue_digest="", path=folder / "persons.index")
        peer.execute("CREATE INDEX by_born ON person (born)")
    built = time.perf_counter() - started
    asked = asked[:queries]
    ours = measure(lambda person: _ours(index, person), asked)
    by_number = measure(lambda person: _ours(index, person, by_number=True), asked)
    fuzzy = measure(lambda person: _fuzzy(peer, person), asked)
    # A scan takes long: a few are enough for its median.
    scan = measure(lambda person: _scan(peer, person), asked[: max(10, queries // 100)])
    size = (folder / "persons.index").stat().st_size
    peer.close()
    index.close()
    return {
        "persons": persons,
        "build_seconds": round(built, 1),
        "index_megabytes": round(size / 1e6, 1),
        "find_person, name + birth date + address": ours,
        "find_person, name + birth date + number": by_number,
        "rapidfuzz.extractOne in the birth date": fuzzy,
        "sql like over all": scan,
        "ratio to rapidfuzz, medians": round(ours["median_ms"] / fuzzy["median_ms"], 2),
        "ratio to sql like, medians": round(ours["median_ms"] / scan["median_ms"], 4),
    }


def count_wrong(folder: Path, *, queries: int) -> dict[str, object]:
    """Ask spoiled queries whose right answer is known, and count the answers."""
    people = with_generations(make_people(seed=7, persons=40_000))
    random = Random(7)
    held = [person for person in people if random.random() > 0.1]
    keys = {person.person_id for person in held}
    rows = (record_of(random, person) for person in held)
    index = build_index_of_rows(rows, catalogue_digest="", path=folder / "persons.index")
    maker, count, wrong = QueryMaker(Random(400), people), Counter[str](), list[object]()
    for _ in range(queries):
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
                wrong.append(
                    [person.name, str(person.born), draft.known, draft.spoiled, str(answer)]
                )
        count[f"{'held' if person.person_id in keys else 'not held'}: {outcome}"] += 1
    index.close()
    return {"queries": queries, **dict(sorted(count.items())), "wrong": wrong}


def _people(
    peer: sqlite3.Connection,
    asked: list[MadeUpPerson],
    random: Random,
    *,
    persons: int,
    share: float,
) -> Iterator[dict[SearchKey, str | bytes | None]]:
    """Make people one household at a time; keep in memory only those to ask about."""
    maker, made = PeopleMaker(5), 0
    while made < persons:
        for person in maker.make_household():
            made += 1
            if random.random() < share * 1.2:
                asked.append(person)
            peer.execute(
                "INSERT INTO person VALUES (?,?,?)",
                (person.person_id, person.name, person.born.isoformat()),
            )
            yield {
                SearchKey.PERSON_ID: person.person_id,
                SearchKey.SSN: person.ssn,
                SearchKey.MEDICAID_ID: person.medicaid_id,
                SearchKey.GIVEN_NAMES: person.given,
                SearchKey.FAMILY_NAMES: person.family,
                SearchKey.OTHER_NAMES: person.other_names,
                SearchKey.BIRTH_DATE: person.born.isoformat(),
                SearchKey.ADDRESS: person.address,
                SearchKey.PHONE: person.phone,
                SearchKey.EMAIL: person.email,
            }


def _ours(index: PersonIndex, person: MadeUpPerson, *, by_number: bool = False) -> str | None:
    query = PersonQuery(
        name=person.name,
        birth_date=person.born,
        medicaid_id=person.medicaid_id if by_number else None,
        address=None if by_number else person.address,
    )
    answer = find_person(index, query)
    return answer.person_id if isinstance(answer, Found) else None


def _fuzzy(peer: sqlite3.Connection, person: MadeUpPerson) -> str | None:
    block = peer.execute(
        "SELECT person_id, name FROM person WHERE born = ?", (person.born.isoformat(),)
    ).fetchall()
    best = process.extractOne(
        person.name, [name for _, name in block], scorer=fuzz.token_sort_ratio
    )
    return None if best is None else str(block[best[2]][0])


def _scan(peer: sqlite3.Connection, person: MadeUpPerson) -> str | None:
    row = peer.execute(
        "SELECT person_id FROM person WHERE name LIKE ? AND born LIKE ?",
        (f"%{person.name}%", f"{person.born.isoformat()}%"),
    ).fetchone()
    return None if row is None else str(row[0])


def measure(search: Search, asked: list[MadeUpPerson]) -> dict[str, float]:
    """Time each search; count who was named."""
    times, right, wrong = [], 0, 0
    for person in asked:
        started = time.perf_counter()
        named = search(person)
        times.append((time.perf_counter() - started) * 1000)
        right += named == person.person_id
        wrong += named not in (None, person.person_id)
    times.sort()
    return {
        "queries": len(times),
        "median_ms": round(statistics.median(times), 3),
        "p99_ms": round(times[int(len(times) * 0.99)], 3),
        "right": right,
        "wrong": wrong,
        "nobody_named": len(times) - right - wrong,
    }


if __name__ == "__main__":
    main()
