"""The pictures of the acts in the documents are those of the data."""

from pathlib import Path

from clerestory.acts import load_table
from clerestory.acts.picture import BEGIN, END, draw

PAGE = Path(__file__).parents[3] / "docs" / "acts.md"


def test_the_page_shows_the_table_as_it_is() -> None:
    page = PAGE.read_text("utf-8")

    shown = page[page.index(BEGIN) :]

    assert shown == draw(load_table()), "put the drawn part of docs/acts.md in again"
    assert END in shown


def test_the_picture_names_every_state_act_and_role() -> None:
    table, text = load_table(), draw(load_table())

    names = {*table.role_names, *table.act, *(state.name for state in table.states)}
    assert {name for name in names if f"| `{name}` |" not in text} == set()
    assert "    [*] --> received: receive\n" in text
    assert "    one_vote --> decided: vote, recuse\n" in text
    assert "    closed --> [*]\n" in text
    assert "by nobody who did amend, receive, recuse in the matter" in text
