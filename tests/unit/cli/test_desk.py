"""The office's commands: one for each act, none of which chooses a law, an agency or a day."""

import os
from pathlib import Path

import click
import pytest

from clerestory.acts import Statement, load_table, sign
from clerestory.cli.demo_playing import _alone
from clerestory.cli.desk.office import office
from clerestory.cli.desk.saying import listed, next_in, said
from clerestory.cli.desk.written import Written, read_written
from clerestory.kernel import ClerestoryError
from signed_acts import signer, staffed

# Told by an act of their own command, not by one of the same name.
ELSEWHERE = {"notify"}
CHOOSING = {"--pack", "--packs", "--packs-dir", "--profile", "--on", "--day", "--jurisdiction",
            "--law", "--engine", "--late"}  # fmt: skip


def command(name: str) -> click.Command:
    found = (
        office.get_command(click.Context(office), name) if isinstance(office, click.Group) else None
    )
    assert found is not None, name
    return found


def names() -> list[str]:
    assert isinstance(office, click.Group)
    return office.list_commands(click.Context(office))


def test_each_act_of_the_table_has_a_command_that_says_what_it_does() -> None:
    acts = {said(act.name) for act in load_table().acts} - ELSEWHERE

    assert acts <= set(names())
    for name in names():
        assert (
            (command(name).help or "").strip().partition("\n")[0].rstrip().endswith((".", ":"))
        ), name


def test_no_act_takes_a_law_an_agency_or_a_day() -> None:
    found = {
        (name, option)
        for name in names()
        for parameter in command(name).params
        for option in parameter.opts
        if option in CHOOSING
    }

    # An office is bound to its profile once, by two people.
    assert found == {("found", "--profile")}


def test_each_act_names_who_does_it_and_takes_their_key() -> None:
    for act in load_table().acts:
        if said(act.name) in ELSEWHERE:
            continue
        options = {o for parameter in command(said(act.name)).params for o in parameter.opts}
        assert {"--as", "--key", "--write", "--at"} <= options, act.name
        assert ({"--second", "--second-key"} <= options) == (act.signers == 2), act.name


@pytest.mark.parametrize("state", [one.name for one in load_table().states_of("matter")])
def test_what_is_next_is_said_of_each_state_and_by_whom(state: str) -> None:
    told = next_in(load_table(), state)

    assert told.startswith("nothing is next" if state == "closed" else "next: ")
    assert "_" not in told
    for act in load_table().acts_of("matter"):
        if f"{said(act.name)} (" in told:
            assert all(said(role) in told for role in act.roles)


def test_what_lies_before_a_vote_is_said_whole() -> None:
    assert next_in(load_table(), "decided").startswith(
        "next: vote (reviewer, with training that is good, not by who did amend, receive or recuse "
        "in it)"
    )
    assert next_in(load_table(), "referred").startswith("next: opine (counsel")
    assert listed([], "or") == ""


def joined() -> Statement:
    paper = staffed()
    return paper.acts[1].statement


def test_a_written_statement_is_read_as_it_was_written_and_takes_each_signature(
    tmp_path: Path,
) -> None:
    told, path = joined(), tmp_path / "join.txt"
    written = Written(statement=told)
    written.write(path)
    assert read_written(path) == written
    for who in ("P-off", "P-adm"):
        read_written(path).signed_by(who, signer(who)).rewrite(path)

    assert read_written(path).signed() == sign(told, signer("P-adm"), signer("P-off"))
    with pytest.raises(ClerestoryError, match="never written over a file"):
        written.write(path)


@pytest.mark.parametrize(
    "bend",
    [
        lambda text: text[:0], lambda text: text[:-1], lambda text: text + "\n",
        lambda text: text.replace("/1", "/2", 1),
        lambda text: text + "P-eve AAAA\n", lambda text: text.replace('"v":1', '"v":2'),
        lambda text: text.replace("\n", "\r\n"), lambda text: text.replace("P-off ", "P-off  "),
        lambda text: text.replace(" ", "", 1), lambda text: "\x00" + text,
    ],
)  # fmt: skip
def test_a_written_statement_that_was_bent_is_none(tmp_path: Path, bend: object) -> None:
    told, path = joined(), tmp_path / "join.txt"
    written = Written(statement=told).signed_by("P-off", signer("P-off"))
    assert callable(bend)
    path.write_bytes(bend(written.text().decode()).encode())

    with pytest.raises(ClerestoryError) as fault:
        read_written(path)

    assert fault.value.code in {"office-statement-file", "act-statement"}


def test_the_demonstration_reaches_no_office_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://a.real.office/records")
    monkeypatch.delenv("CLERESTORY_OFFICE", raising=False)

    with _alone(tmp_path / "office"):
        assert "DATABASE_URL" not in os.environ
        assert os.environ["CLERESTORY_OFFICE"] == str(tmp_path / "office")

    assert os.environ["DATABASE_URL"] == "postgresql://a.real.office/records"
    assert "CLERESTORY_OFFICE" not in os.environ
