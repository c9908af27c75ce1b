"""What a profile writes its letters with: letterhead, page form, fonts, words, wording."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import typst

from clerestory.disclosure.coarsening import CoarseningTables
from clerestory.disclosure.shown import contained
from clerestory.kernel import BadFile, Period, Refusal
from clerestory.kernel.reading import parse_toml

LETTERS = (
    "acknowledgement",
    "disclosure",
    "refusal",
    "withheld",
    "own-acknowledgement",
    "own-disclosure",
    "own-refusal",
    "own-withheld",
    "notice",
)
BASE_LANGUAGE = "en"
DIRECTIONS = ("ltr", "rtl")
_WORDS = ("language", "direction", "from_to", "until", "made_up", "phrases")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words that all letters in one language share, beside the names of the law."""

    language: str
    direction: str
    table: Mapping[str, Any]

    def code(self, kind: str, code: str) -> str:
        """Return the word for ``code``, for example of kind ``outcomes``.

        Raises:
            Refusal: There is none: a code is nothing for a letter.
        """
        word = self.table.get(kind, {}).get(code)
        if not isinstance(word, str):
            raise _unusable(Path("words.toml"), f"it has no word for {kind}.{code}")
        return word

    def day(self, on: date) -> str:
        """Return ``on`` as people write it in this language."""
        form: str = self.table["date"]
        return form.format(month=self.table["months"][on.month - 1], day=on.day, year=on.year)

    def period(self, span: Period) -> str:
        """Return a period by its first and last day, as people write it.

        Raises:
            ValueError: It has no end, which a letter must say.
        """
        if span.valid_to is None:
            raise ValueError("a letter says where a period ends")
        last = self.day(span.valid_to - timedelta(days=1))
        if span.valid_from is None:
            return str(self.table["until"]).format(last=last)
        return str(self.table["from_to"]).format(first=self.day(span.valid_from), last=last)

    def row(self, said: Sequence[str]) -> str:
        """Return names in a row, as people write it: ``a, b and c``."""
        if len(said) < 2:
            return "".join(said)
        form: str = self.table["row"]
        each = [contained(one, self.direction) for one in said]
        return form.format(first=str(self.table["comma"]).join(each[:-1]), last=each[-1])

    def said(self, key: str, **slots: object) -> str:
        """Return the phrase ``key`` with its slots filled in."""
        told = {name: contained(str(slot), self.direction) for name, slot in slots.items()}
        return str(self.table["phrases"][key]).format(**told)

    def is_unsaid(self, text: str) -> bool:
        """Whether ``text`` would tell that the agency holds a file."""
        return any(phrase in text for phrase in self.table["unsaid"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who writes: the lines at the head, where to write back to, and who signs.

    ``notice`` stands on every page, where an office exists for show only.
    """

    agency: str
    head: tuple[str, ...]
    contact: str
    signed: tuple[str, ...]
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stationery:
    """One profile's letters in one language, ready to be filled in."""

    template: bytes
    fonts: "typst.Fonts"
    letterhead: Letterhead
    words: Words
    wording: Mapping[str, Mapping[str, Any]]


def read_stationery(
    profile: Path, language: str = BASE_LANGUAGE, *, made_up: bool = False
) -> Stationery:
    """Read the letters of ``profile`` in ``language``.

    A language without a folder, or whose texts no named person has reviewed, falls back to
    English: an unreviewed text is not sent.

    Args:
        profile: The profile's folder.
        language: The language's code.
        made_up: Whether the office exists for show only: its letters say so on every page, and
            bear no agency's head.

    Raises:
        Refusal: A file is missing or cannot be read; the message names it.
    """
    letters = profile / "letters"
    if _LANGUAGE.fullmatch(language) is None:
        raise Refusal(
            f"a language must be a code such as en or pt-BR: {language}",
            code="letter-language-unknown",
            todo="give the code of the language",
        )
    folder = letters / language
    if language != BASE_LANGUAGE and not _is_reviewed(folder):
        folder = letters / BASE_LANGUAGE
    words = _toml(folder / "words.toml", *_WORDS)
    if words["direction"] not in DIRECTIONS:
        raise _unusable(folder / "words.toml", "its direction is neither ltr nor rtl")
    return Stationery(
        template=_bytes(letters / "letter.typ"),
        fonts=typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[_folder(profile / "fonts")],
        ),
        letterhead=_letterhead(letters / "agency.toml", str(words["made_up"]) if made_up else ""),
        words=Words(language=words["language"], direction=words["direction"], table=words),
        wording={name: _toml(folder / f"{name}.toml", "title", "section") for name in LETTERS},
    )


def _letterhead(path: Path, notice: str) -> Letterhead:
    whole = _toml(path, "agency", "made_up")
    table = whole["made_up" if notice else "agency"]
    needs = {"name": str, "head": list, "contact": str, "signed": list}
    for key, kind in needs.items():
        if not isinstance(table, dict) or not isinstance(table.get(key), kind) or not table[key]:
            raise _unusable(path, f"it has no {key}, or not in its form")
    return Letterhead(
        agency=table["name"],
        head=tuple(map(str, table["head"])),
        contact=table["contact"],
        signed=tuple(line for line in map(str, table["signed"]) if line),
        notice=notice,
    )


def read_coarsening(profile: Path, *, months: tuple[str, ...] = ()) -> CoarseningTables:
    """Read what ``profile`` knows for coarser answers; ``months`` are those asked about.

    Raises:
        Refusal: The file is missing or cannot be read.
    """
    table = _toml(profile / "letters" / "coarsening.toml", "counties", "yes_words", "no_words")
    counties: dict[str, str] = {}
    for county, towns in table["counties"].items():
        for town in towns:
            if counties.setdefault(town.casefold(), county) != county:
                raise Refusal(
                    f"a town lies in one county: {town}",
                    code="letter-file-unusable",
                    todo="take it out of all but one list in coarsening.toml",
                )
    return CoarseningTables(
        counties=counties,
        yes_words=frozenset(table["yes_words"]),
        no_words=frozenset(table["no_words"]),
        months=months,
    )


def _is_reviewed(folder: Path) -> bool:
    words = folder / "words.toml"
    return words.exists() and bool(_toml(words).get("reviewed_by"))


def _toml(path: Path, *needs: str) -> dict[str, Any]:
    try:
        table = parse_toml(_bytes(path), file=path.name)
    except BadFile as fault:
        raise _unusable(path, str(fault)) from fault
    if missing := [key for key in needs if key not in table]:
        raise _unusable(path, f"it has no {missing[0]}")
    return table


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as fault:
        raise _unusable(path, "it is not there") from fault


def _folder(path: Path) -> str:
    fonts: Sequence[Path] = sorted(path.glob("*.ttf")) if path.is_dir() else []
    if not fonts:
        raise _unusable(path, "it holds no font")
    return str(path)


def _unusable(path: Path, why: str) -> Refusal:
    return Refusal(
        f"a file of the letters cannot be used: {path.name}: {why}",
        code="letter-file-unusable",
        todo="mend the file in the profile; docs/packages.md says what is in it",
    )
