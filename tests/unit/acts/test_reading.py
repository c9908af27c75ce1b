"""The table of acts is read strictly: each slip is named with its key, and nothing is used."""

from collections.abc import Callable
from importlib.resources import files

import pytest

from clerestory.acts import BadTable, load_table, parse_table

TEXT = files("clerestory.acts").joinpath("acts.toml").read_text("utf-8")
VOTE = 'name = "vote"\n'


def test_the_table_that_comes_with_the_program_is_whole() -> None:
    table = load_table()

    assert [role.name for role in table.roles] == [
        "clerk", "custodian", "reviewer", "counsel", "privacy_officer", "manager", "auditor",
        "publisher", "administrator", "job",
    ]  # fmt: skip
    assert [state.name for state in table.states_of("matter")] == [
        "absent", "received", "decided", "one_vote", "voted", "referred", "sealed", "refused",
        "handed_over", "receipted", "withdrawn", "closed",
    ]  # fmt: skip
    assert table.first_state("matter") == "absent"
    assert table.first_state("office") == "unfounded"
    assert table.act["vote"].not_by == {"receive", "amend", "recuse"}


def swap(old: str, new: str) -> Callable[[], str]:
    def changed() -> str:
        assert TEXT.count(old) >= 1, old
        return TEXT.replace(old, new, 1)

    return changed


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (swap("clerestory-acts/1", "clerestory-acts/2"), "key format: the format is not known"),
        (swap("once = true", "ones = true"), "key acts[4].ones: the key is not known"),
        (swap("once = true", "once = 1"), "key acts[4].once: true or false is wanted"),
        (swap("signers = 2", "signers = true"), "key acts[16].signers: a whole number is wanted"),
        (swap("signers = 2", "signers = 3"), "key acts[16].signers: one or two people sign"),
        (swap('roles = ["reviewer"]', "roles = []"), "key acts[4].roles: a list of names"),
        (swap('roles = ["reviewer"]', 'roles = ["revewer"]'), "the name is not known: revewer"),
        (swap('roles = ["reviewer"]', 'roles = ["manager"]'), "the role manager acts on something"),
        (swap('"amend", "recuse"]', '"amend", "recuse", "amend"]'), "a name stands twice"),
        (swap('"amend", "recuse"]', '"amnd", "recuse"]'), "the name is not known: amnd"),
        (swap('leaf = "demand.closed"', 'leaf = "demand.refused"'), "not known: demand.refused"),
        (swap('{ from = "absent", to', '{ from = "nowhere", to'), "not known: nowhere"),
        (swap('{ from = "absent", to', '{ before = "absent", to'), "moves[0].from: the key is mis"),
        (swap('"absent", to = "received" }]', '"absent", to = "gone" }]'), "is not known: gone"),
        (swap('of = "matter"\nname = "vote"', 'of = "person"\nname = "vote"'), "known: person"),
        (swap('name = "vote"\n', 'name = "seal"\n'), "it stands twice: seal"),
        (swap("first = true", "first = false"), "one state of each kind is the first: matter"),
        (swap("last = true", "last = true\nfirst = true"), "one state of each kind is the first"),
        (swap('"withdrawn", to = "closed" }', '"closed", to = "closed" }'),
         "nothing is done after closed"),
        (swap('leaf = "demand.received"\n', ""), "key acts[0].leaf: the key is missing"),
        (swap('name = "clerk"', 'name = ""'), "key roles[0].name: a text is wanted"),
        (swap("reads_only = true", "reads_only = false"), "the role manager does no act"),
        (swap('name = "handed_over"', 'name = "handed_over"\nfinal = true'), "states[8].final"),
        (lambda: TEXT + "\n[more]\n", "key more: the key is not known"),
        (lambda: TEXT.partition("[[roles]]")[0], "key roles: the table has no rows of this kind"),
    ],
)  # fmt: skip
def test_a_slip_is_named(change: Callable[[], str], told: str) -> None:
    with pytest.raises(BadTable) as fault:
        parse_table(change().encode(), file="acts.toml")

    assert told in str(fault.value)
    assert fault.value.code == "acts-unreadable"
    assert fault.value.file == "acts.toml"


def test_a_move_that_stands_twice_is_a_fault() -> None:
    move = '{ from = "decided", to = "one_vote" },'

    with pytest.raises(BadTable, match="a move stands twice"):
        parse_table(TEXT.replace(move, move * 2, 1).encode(), file="acts.toml")


def test_a_state_to_which_nothing_leads_is_a_fault() -> None:
    row = '[[states]]\nof = "matter"\nname = "lost"\nsays = "nothing leads here"\n\n[[acts]]'

    with pytest.raises(BadTable, match="no act leads to lost"):
        parse_table(TEXT.replace("[[acts]]", row, 1).encode(), file="acts.toml")
