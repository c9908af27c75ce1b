"""What the YAML library could not read, in words for those who wrote the file."""

import re
from typing import Any

# What a word processor makes of a hyphen at the start of a line, and of straight quotes.
_DASH = re.compile(r"\s*([\u2010-\u2015\u2022\u00b7\u2212\uf0b7])")
_CURLY = re.compile(r":\s+([\u2018\u201a\u201c\u201e\u00ab])")
_NO_BREAK = re.compile(r"[\u00a0\u2000-\u200a\u202f\u3000]")

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


def explain(fault: Any, text: str, quoted: Any = None) -> tuple[int, str, str]:
    """Return the line of a fault, what is wrong there, and what to write instead.

    Args:
        fault: What the library raised.
        text: The whole file.
        quoted: The last value that was read, where it stands in quotes; it may have been closed
            by a quote that was meant to open the next.
    """
    mark = fault.problem_mark or fault.context_mark
    problem = f"{fault.problem or ''} {fault.context or ''}"
    lines = text.splitlines()
    if "could not find expected ':'" in problem and fault.context_mark:
        # The library notices at the next line; the key without a colon is where it began.
        mark = fault.context_mark
    # What is open at the end is told at the last line: there is none after it.
    line = min(mark.line + 1, len(lines)) if mark else 0
    if told := _from_word_processor(lines, line) or _quotes(lines, line, quoted):
        return told
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


def _from_word_processor(lines: list[str], line: int) -> tuple[int, str, str] | None:
    """What a word processor puts for a hyphen, a space or a quote, which is none of them here."""
    # A line that begins wrongly may be told at the one after it, which no longer fits.
    for number in (line, line - 1):
        if not 0 < number <= len(lines):
            continue
        written = lines[number - 1]
        if found := _DASH.match(written):
            return (
                number, f"the line begins with {found[1]}, which is no hyphen",
                "write - and a space before each of a list",
            )  # fmt: skip
        if found := _NO_BREAK.search(written):
            return (
                number, f"the line holds a space of another kind (U+{ord(found[0]):04X})",
                "delete each space of the line and type it again",
            )  # fmt: skip
        if found := _CURLY.search(written):
            return (
                number,
                f"a text begins with the quote {found[1]}, which does not count as one here",
                'put the whole text in straight quotes: "..."',
            )  # fmt: skip
    return None


def _quotes(lines: list[str], line: int, quoted: Any) -> tuple[int, str, str] | None:
    """A text in quotes that ended elsewhere than meant, just before the fault."""
    if quoted is None or quoted.end_mark.line + 1 != line:
        return None
    began = quoted.start_mark.line + 1
    if began < line:
        return (
            began, f"a quote is opened here and closed only in line {line}",
            "close it at the end of its own text",
        )  # fmt: skip
    rest = lines[line - 1][quoted.end_mark.column :].strip() if line <= len(lines) else ""
    if rest and rest[0] not in ",:]}#":
        sign = quoted.style
        return (
            line, f"the text in quotes ends before the end of its line, at the second {sign}",
            'put the whole text in double quotes and write \\" for one within'
            if sign == '"'
            else "put the whole text in double quotes, or write two single quotes for one within",
        )  # fmt: skip
    return None


def _first_character(text: str, mark: Any) -> tuple[str, str]:
    lines = text.splitlines()
    rest = lines[mark.line][mark.column :] if mark.line < len(lines) else ""
    if rest.startswith("\t"):
        return "a tab stands where only spaces may", "indent with spaces"
    return (
        f"a text begins with {rest[:1] or 'a sign'}, which has a meaning of its own in YAML",
        "put the text in quotes",
    )
