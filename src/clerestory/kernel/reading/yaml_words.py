"""What the YAML library could not read, in words for those who wrote the file."""

from typing import Any

# A part of the library's own words, what they mean, and what to write instead. The first fits.
_WORDS = (
    (
        "mapping values are not allowed",
        "a colon with a space stands inside a text, or the line is indented too far",
        "put the whole text in quotes, or move the line to the left",
    ),
    (
        "found unexpected end of stream",
        "a quote is opened and never closed",
        "close the quote at the end of the text",
    ),
    (
        "found unexpected document indicator",
        "a quote is opened and never closed",
        "close the quote at the end of the text",
    ),
    (
        "did not find expected ',' or ']'",
        "a list that begins with [ is not closed, or a comma is missing in it",
        "put a comma between two of the list and ] at its end; a text with [ or , needs quotes",
    ),
    (
        "did not find expected ',' or '}'",
        "a group that begins with { is not closed, or a comma is missing in it",
        "put a comma between two keys and } at the end; a text with { or , needs quotes",
    ),
    (
        "did not find expected node content",
        "a bracket is opened and not closed, or a value is missing in it",
        "close it with ] or }; a text with [, { or , needs quotes",
    ),
    (
        "could not find expected ':'",
        "a key has no colon after it",
        "write key: value",
    ),
    (
        "did not find expected key",
        "the line does not fit those before it: it is indented otherwise, or a key is missing",
        "begin it under the key that it stands beside, and write key: value",
    ),
    (
        "did not find expected '-' indicator",
        "a line of a list does not begin with -",
        "write - before each of the list, all under each other",
    ),
    (
        "block sequence entries are not allowed",
        "a - stands where no list can begin",
        "begin the list on a line of its own",
    ),
    (
        "found unknown escape character",
        "a backslash in double quotes stands before a letter that means nothing",
        "write two backslashes, or use single quotes",
    ),
    (
        "hexdecimal",
        "a backslash in double quotes is not followed by its digits",
        "write two backslashes, or use single quotes",
    ),
    (
        "invalid Unicode character",
        "an escape writes a character that there is not",
        "write the character itself",
    ),
    (
        "found a tab character",
        "a tab stands where only spaces may",
        "indent with spaces",
    ),
    (
        "did not find expected alphabetic or numeric character",
        "a text begins with * or &, which have a meaning of their own",
        "put the text in quotes",
    ),
    (
        "tag",
        "tags that begin with ! are not read",
        "leave the tag out; put a text in quotes",
    ),
    (
        "directive",
        "a line begins with %, which has a meaning of its own",
        "leave the line out, or put the text in quotes",
    ),
)  # fmt: skip


def explain(fault: Any, text: str) -> tuple[int, str, str]:
    """Return the line of a fault, what is wrong there, and what to write instead."""
    mark = fault.problem_mark or fault.context_mark
    problem = f"{fault.problem or ''} {fault.context or ''}"
    # What is open at the end is told at the last line: there is none after it.
    line = min(mark.line + 1, len(text.splitlines())) if mark else 0
    if "cannot start any token" in problem and mark:
        return line, *_first_character(text, mark)
    for words, what, write_instead in _WORDS:
        if words in problem:
            opened = fault.context_mark
            # The end of the file says little: what was left open says more.
            if opened and opened.line + 1 < line and "closed" in what:
                what = f"{what} (opened in line {opened.line + 1})"
            return line, what, write_instead
    return line, "the line is not YAML", "write key: value; put a text with signs in quotes"


def _first_character(text: str, mark: Any) -> tuple[str, str]:
    lines = text.splitlines()
    rest = lines[mark.line][mark.column :] if mark.line < len(lines) else ""
    if rest.startswith("\t"):
        return "a tab stands where only spaces may", "indent with spaces"
    return (
        f"a text begins with {rest[:1] or 'a sign'}, which has a meaning of its own in YAML",
        "put the text in quotes",
    )
