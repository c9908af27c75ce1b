"""The day that decides is the one on the agency's wall, in every command that needs a day."""

import json
import re
import shutil
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner, Result

from clerestory.cli.main import program
from clerestory.kernel import Refusal
from clerestory.kernel.time import BadTime
from clerestory.ledger import parse_leaf

HOME = Path(__file__).resolve().parents[2]

# Made up. The letter is good from 5 March 2026 on; in Maine that day begins at 05:00 UTC.
EARLY = """\
format: clerestory-demand/1
id: EVENING-1
title: "Made up: a complete letter about a fleeing felon, good from the fifth of March"
received: {date: 2026-03-02, channel: post}
holder: {agency: me-dhhs, kind: state_agency, jurisdiction: us-me}
requester: {body: "a made-up State police force", class: police_state}
instrument:
  kind: letter
  valid: {from: 2026-03-05}
  issuer: officer
  written: yes
  scope: {persons: named, count: 1, fields: stated}
  status: live
cited: [snap-7usc2020e8-E]
purpose: locate_fugitive
grounds: [fleeing_felony]
subjects:
  - {ref: S1, relation: named, applicant: yes}
records:
  - {program: snap, fields: [S1.address]}
findings: {requester_identified: yes, official_capacity: yes, locating_is_official_duty: yes}
"""
EVENING_BEFORE = ("2026-03-05T01:30Z", "2026-03-04T20:30-05:00", "2026-03-05T04:59:59Z")
THE_DAY = ("2026-03-05T05:00Z", "2026-03-05T00:00-05:00", "2026-03-06T04:59:59Z")


def type_command(*words: str | Path) -> Result:
    return CliRunner().invoke(program, [str(word) for word in words])


def done(*words: str | Path) -> str:
    result = type_command(*words)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


@pytest.fixture
def office(office: Path) -> Path:
    (office.parent / "early.yaml").write_text(EARLY)
    return office


def answer(office: Path, verb: str, at: str, *more: str | Path) -> Result:
    demand = office.parent / "early.yaml"
    return type_command(verb, demand, "--office", office, "--at", at, *more)


def disclose(office: Path, at: str) -> Result:
    who = office.parent / "who.yaml"
    demo = (HOME / "profiles" / "maine-dhhs" / "demo" / "letter-who.yaml").read_text()
    who.write_text(re.sub("^demand: .*$", "demand: EVENING-1", demo, flags=re.MULTILINE))
    return answer(
        office, "disclose", at, "--who", who, "--reviewer", "one", "--reviewer", "two",
        "--recipient", office.parent / "agents" / "recipient.txt",
    )  # fmt: skip


def entries(office: Path) -> list[bytes]:
    """Every entry of the office's log."""
    size = int(done("log", "checkpoint", office / "log").splitlines()[1])
    said = [
        json.loads(done("log", "prove", office / "log", str(index), "--json"))["entry"]
        for index in range(size)
    ]
    return [entry.encode() for entry in said]


def text_of(pdf: Path) -> str:
    pages = pypdfium2.PdfDocument(pdf)
    return " ".join("".join(p.get_textpage().get_text_bounded() for p in pages).split())


@pytest.mark.parametrize("at", EVENING_BEFORE)
def test_on_the_evening_before_nothing_leaves_though_utc_has_the_day(office: Path, at: str) -> None:
    assert answer(office, "receive", at).exit_code == 0

    refused = disclose(office, at)
    written = answer(office, "refuse", at)

    assert isinstance(refused.exception, Refusal)
    assert written.exit_code == 0, written.exception
    assert sorted(path.name for path in (office / "out").iterdir()) == [
        "EVENING-1-2026-03-04-refusal.pdf",
        "EVENING-1-2026-03-04-withheld.pdf",
    ]
    for path in (office / "out").iterdir():
        assert "March 4, 2026" in text_of(path)
        assert "March 5, 2026" not in text_of(path)


@pytest.mark.parametrize("at", THE_DAY)
def test_on_the_day_itself_the_letter_is_answered(office: Path, at: str) -> None:
    assert answer(office, "receive", at).exit_code == 0

    sealed, refused = disclose(office, at), answer(office, "refuse", at)

    assert sealed.exit_code == 0, sealed.exception
    assert isinstance(refused.exception, Refusal)


@pytest.mark.parametrize(
    ("at", "period"),
    [
        ("2026-04-01T03:59:59Z", "2026-Q1"),
        ("2026-03-31T23:59:59-04:00", "2026-Q1"),
        ("2026-04-01T00:00-04:00", "2026-Q2"),
        ("2027-01-01T04:59:59Z", "2026-Q4"),
        ("2027-01-01T05:00Z", "2027-Q1"),
    ],
)
def test_the_log_shows_the_quarter_of_the_agencys_calendar(
    office: Path, at: str, period: str
) -> None:
    assert answer(office, "receive", at).exit_code == 0

    (entry,) = entries(office)

    assert (parse_leaf(entry).period, parse_leaf(entry).version) == (period, 2)


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("2026-03-05T12:00", "time-no-zone"),
        ("2026-03-05", "time-unreadable"),
        ("noon", "time-unreadable"),
        ("0206-03-05T12:00Z", "time-implausible"),
        ("2026-03-05T23:59:60Z", "time-unreadable"),
    ],
)
def test_a_time_that_cannot_be_meant_logs_and_writes_nothing(
    office: Path, at: str, code: str
) -> None:
    before = sorted(path for path in office.rglob("*") if path.is_file())

    for verb in ("receive", "refuse"):
        refused = answer(office, verb, at)
        assert isinstance(refused.exception, BadTime), (verb, refused.output)
        assert refused.exception.code == code
    appended = type_command("log", "append", office / "log", "-", "--at", at)

    assert isinstance(appended.exception, BadTime)
    assert sorted(path for path in office.rglob("*") if path.is_file()) == before
    assert done("log", "checkpoint", office / "log").splitlines()[1] == "0"


def test_a_clock_set_to_an_earlier_quarter_stops_the_answer_and_late_lets_it_through(
    office: Path,
) -> None:
    assert answer(office, "receive", "2026-03-03T12:00Z").exit_code == 0
    other = office.parent / "other.yaml"
    other.write_text(EARLY.replace("EVENING-1", "EVENING-2").replace("police force", "sheriff"))
    done("receive", other, "--office", office, "--at", "2026-10-01T12:00Z")

    backwards = answer(office, "refuse", "2026-03-04T12:00Z")
    assert isinstance(backwards.exception, BadTime)
    assert backwards.exception.code == "log-time-backwards"
    assert not (office / "out").exists()
    assert len(entries(office)) == 2

    late = answer(office, "refuse", "2026-03-04T12:00Z", "--late")
    assert late.exit_code == 0, late.exception
    assert [parse_leaf(entry).period for entry in entries(office)] == [
        "2026-Q1", "2026-Q4", "2026-Q1", "2026-Q1",
    ]  # fmt: skip


EVENT = {"type": "policy.adopted", "public": {"policy": "made up"}}


def with_profiles(folder: Path, monkeypatch: pytest.MonkeyPatch, **profiles: str) -> Path:
    """A home with the real packs and made-up profiles, each with the text of its profile.toml."""
    home = folder / "home"
    for name, text in profiles.items():
        shutil.copytree(HOME / "profiles" / "maine-dhhs", home / "profiles" / name)
        (home / "profiles" / name / "profile.toml").write_text(text)
    (home / "packs").symlink_to(HOME / "packs")
    monkeypatch.setenv("CLERESTORY_HOME", str(home))
    return home


def profile(zone: str) -> str:
    return f'format = "clerestory-profile/1"\ntime_zone = "{zone}"\n'


def append(log: Path, *scopes: str, more: tuple[str, ...] = ()) -> Result:
    events = log.parent / "events.json"
    events.write_text(json.dumps([{**EVENT, "scope": scope} for scope in scopes]))
    return type_command("log", "append", log, events, "--at", "2026-04-01T02:00Z", "--json", *more)


def test_a_scope_has_the_calendar_of_its_own_profile_or_of_the_one_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = with_profiles(
        tmp_path, monkeypatch,
        **{"maine-dhhs": profile("America/New_York"), "far-east": profile("Asia/Tokyo")},
    )  # fmt: skip
    assert home.is_dir()
    done("log", "create", tmp_path / "log", "--origin", "log.example/zones")
    log = tmp_path / "log"

    said = [
        append(log, "maine-dhhs"),
        append(log, "maine-dhhs", more=("--profile", "far-east")),
        append(log, "far-east"),
        append(log, "nobody"),
        append(log, "nobody", more=("--profile", "far-east")),
        append(log, "nobody", "maine-dhhs"),
    ]
    mixed = append(log, "far-east", "maine-dhhs")

    periods = [json.loads(json.loads(one.output)[0]["entry"])["period"] for one in said[:-1]]
    assert periods == ["2026-Q1", "2026-Q1", "2026-Q2", "2026-Q1", "2026-Q2"]
    assert isinstance(said[-1].exception, BadTime)  # nobody is in the second quarter already
    assert isinstance(mixed.exception, Refusal)
    assert "America/New_York, Asia/Tokyo" in str(mixed.exception)
    assert done("log", "checkpoint", log).splitlines()[1] == "5"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "format"),
        ('format = "clerestory-profile/1"\n', "time_zone"),
        ('format = "clerestory-profile/1"\ntime_zone = 5\n', "time_zone"),
        ('format = "clerestory-profile/2"\ntime_zone = "America/New_York"\n', "format"),
        (profile("America/Augusta"), "'America/Augusta'"),
        (profile("EST5"), "'EST5'"),
        (profile("America/New_York") + "zone = 1\n", "zone"),
        ("time_zone", "toml"),
    ],
)
def test_a_profile_without_a_usable_zone_is_refused_by_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    with_profiles(tmp_path, monkeypatch, **{"maine-dhhs": text})

    refused = [
        type_command(
            "keys", "office", tmp_path / "office", "--origin", "log.example/x",
            "--source", "x", "--index", "x",
        ),
        type_command("law", "show", "snap-7usc2020e8-E"),
        type_command("law", "diff", "us-federal", "us-federal"),
    ]  # fmt: skip

    for one in refused:
        assert isinstance(one.exception, Refusal), (one.output, one.exception)
        assert one.exception.code == "profile-zone"
        assert "maine-dhhs/profile.toml" in str(one.exception)
        assert said in str(one.exception)
    assert not (tmp_path / "office").exists()


@pytest.mark.parametrize(
    "day", ["2026-3-5", "20260305", "2026-02-30", "5 March 2026", "٢٠٢٦-03-05"]
)
def test_a_day_in_another_form_is_refused_by_every_command_that_takes_one(
    office: Path, day: str
) -> None:
    for words in (
        ("decide", office.parent / "early.yaml"),
        ("law", "show", "snap-7usc2020e8-E"),
        ("law", "diff", "us-me", "us-me"),
    ):
        refused = type_command(*words, "--on", day)
        assert refused.exit_code == 2
        assert "2026-03-04" in refused.output


@pytest.mark.parametrize("verb", ["receive", "refuse"])
def test_nothing_is_done_about_a_demand_before_the_day_it_came(office: Path, verb: str) -> None:
    """It came on 2 March, which in Maine begins at 05:00 UTC."""
    if verb != "receive":
        assert answer(office, "receive", "2026-03-02T05:00Z").exit_code == 0
    before = len(entries(office))

    early, then = (answer(office, verb, f"2026-03-02T0{time}Z") for time in ("4:59:59", "5:00"))

    assert isinstance(early.exception, Refusal)
    assert early.exception.code == "answer-before-receipt"
    assert "2026-03-01 is before 2026-03-02" in str(early.exception)
    assert then.exit_code == 0, then.exception
    assert len(entries(office)) == before + (1 if verb == "receive" else 2)
