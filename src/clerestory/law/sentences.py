"""The sentences of the law: for each word of it what counsel, a requester and a person read.

They are data, one folder for each language: ``packs/words/<language>`` for the words that all packs
share, ``packs/<pack>/words/<language>`` for those that a pack adds. They are no part of the law's
digest, so that a mended sentence needs no gate.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from clerestory.law.errors import PackFault
from clerestory.law.manifest import KEPT
from clerestory.law.sentence_file import HELPER, READERS, Clause, SentenceFile, read_sentence_file

FOLDER = "words"
BASE_LANGUAGE = "en"
COUNSEL, REQUESTER, PERSON = READERS
_MARK_LENGTH = 12
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """All sentences of one language.

    Attributes:
        language: Its code, such as ``en``.
        clauses: By table, word and reader, the two clauses of a finding, a defined word or a fact.
            A fact that has clauses for each of its codes has them as ``path = code``.
        names: By list, code and reader, what a code is called.
        texts: By table, key and reader, whole texts: phrases, and the texts of authorities.
        unsaid: Words, by table, that no letter says: they would tell whether there is a file.
        mark: What tells one state of the sentences from another.
    """

    language: str
    clauses: Mapping[str, Mapping[str, Mapping[str, Clause]]] = field(repr=False)
    names: Mapping[str, Mapping[str, Mapping[str, str]]] = field(repr=False)
    texts: Mapping[str, Mapping[str, Mapping[str, str]]] = field(repr=False)
    unsaid: frozenset[tuple[str, str]] = frozenset()
    mark: str = ""

    def clause(self, table: str, word: str, reader: str) -> Clause | None:
        """Return the two clauses of a word for a reader; ``None`` where it has none."""
        return _for(self.clauses.get(table, {}).get(word, {}), reader)

    def name(self, list_name: str, code: str, reader: str) -> str:
        """Return what a code is called; nothing where it has no name."""
        return _for(self.names.get(list_name, {}).get(code, {}), reader) or ""

    def text(self, table: str, key: str, reader: str) -> str:
        """Return a whole text; nothing where there is none."""
        return _for(self.texts.get(table, {}).get(key, {}), reader) or ""


def _for(said: Mapping[str, T], reader: str) -> T | None:
    own = said.get(reader)
    return said.get(PERSON) if own is None and reader == HELPER else own


def load_sentences(
    packs_folder: Path, packs: Sequence[str], language: str = BASE_LANGUAGE
) -> Sentences:
    """Read the sentences of some packs in a language.

    A language without a folder, or of which one file was reviewed by nobody, falls back to
    English: a sentence that nobody reviewed is not sent.

    Raises:
        PackFault: A file cannot be read, or a word has its sentences in two files.
    """
    files = read_folders(word_folders(packs_folder, packs, language))
    if language != BASE_LANGUAGE and not (files and all(file.reviewed for file in files)):
        language = BASE_LANGUAGE
        files = read_folders(word_folders(packs_folder, packs, language))
    return joined(language, files)


def word_folders(packs_folder: Path, packs: Iterable[str], language: str) -> list[Path]:
    """Return the folders of sentences, the shared one first."""
    # The kept law has no sentences of its own: it is read with those of the day.
    kept = packs_folder.parent.name == KEPT
    home = packs_folder.parent.parent if kept else packs_folder
    return [home / FOLDER / language, *(home / name / FOLDER / language for name in packs)]


def read_folders(folders: Iterable[Path]) -> list[SentenceFile]:
    """Read every file of sentences in some folders.

    Raises:
        PackFault: One cannot be read.
    """
    return [
        read_sentence_file(path) for folder in folders for path in sorted(folder.glob("*.toml"))
    ]


def joined(language: str, files: Sequence[SentenceFile]) -> Sentences:
    """Put files of one language together.

    Raises:
        PackFault: A word has its sentences in two of them.
    """
    whole = hashlib.sha256()
    known: dict[tuple[str, ...], SentenceFile] = {}
    clauses: dict[str, dict[str, Mapping[str, Clause]]] = {}
    names: dict[str, dict[str, Mapping[str, str]]] = {}
    texts: dict[str, dict[str, Mapping[str, str]]] = {}
    for file in files:
        whole.update(f"{file.file}\0{len(file.content)}\0".encode())
        whole.update(file.content)
        for key in file.keys:
            if key in known:
                raise PackFault(
                    f"{file.file} says {'.'.join(key)} again, which {known[key].file} says",
                    todo="keep the sentence that is right",
                )
            known[key] = file
        for table, words in file.clauses.items():
            clauses.setdefault(table, {}).update(words)
        for list_name, codes in file.names.items():
            names.setdefault(list_name, {}).update(codes)
        for table, words_of in file.texts.items():
            texts.setdefault(table, {}).update(words_of)
    return Sentences(
        language=language,
        clauses=clauses,
        names=names,
        texts=texts,
        unsaid=frozenset().union(*(file.unsaid for file in files)),
        mark=whole.hexdigest()[:_MARK_LENGTH] if files else "",
    )


NONE = Sentences(language=BASE_LANGUAGE, clauses={}, names={}, texts={})
"""No sentences at all: every condition is then said by its codes, and to counsel only."""
