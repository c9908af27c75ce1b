"""A refusal is logged with its letters: it points to its decision and to both votes.

The office writes the letters itself, from its profile and the voted answer: nobody gives them to
it. No look is taken into the records, so they are the same whether a file exists or not. They are
kept sealed under the matter's key, and put out once the entry of the refusal is in the log.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from clerestory.acts import Signed, Statement
from clerestory.demands import Outcome
from clerestory.disclosure import refusal_letter, withholding_index
from clerestory.kernel import Corruption, Refusal
from clerestory.kernel.canonical import canonical_bytes
from clerestory.kernel.files import write_whole
from clerestory.kernel.folders import make_lasting
from clerestory.office.acting import Acted, draft
from clerestory.office.answer.contents import letter_of
from clerestory.office.answer.decided import Decided
from clerestory.office.answer.protections import as_told
from clerestory.office.asked import own_law
from clerestory.office.cells import Cells, cells_digest, releases_nothing
from clerestory.office.counsel import opinions_in
from clerestory.office.errors import OfficeAltered
from clerestory.office.kept import LETTERS, is_as_bound, letters_from
from clerestory.office.matters import acts_in, bound_key, check_act, do, is_done, stands_on
from clerestory.office.office import Office
from clerestory.office.papers import paper_digest, read_paper
from clerestory.office.ready import answer_name, entry_of, letter_paths
from clerestory.office.voted import voted_on
from clerestory.office.voting import ballot_of, two_votes
from clerestory.store.models import MatterRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What the act of a refusal binds, and its letters as they will leave."""

    facts: Mapping[str, str]
    letters: Mapping[str, bytes] = field(repr=False)

    @property
    def content(self) -> bytes:
        """The letters in the form in which they are kept."""
        return canonical_bytes({n: b64encode(one).decode() for n, one in self.letters.items()})


def draft_refusal(
    office: Office, matter: str, *, actor: str, key: str, at: datetime | None = None
) -> Statement:
    """Write the statement by which a refusal is logged, for its actor to sign.

    Args:
        office: Whose matter.
        matter: Which one.
        actor: Who logs it.
        key: The hash of the key that they sign with.
        at: When, in an office that is made up.

    Raises:
        Refusal: Two did not vote for it, not all of it is withheld, the law says something else
            by now, or its letter would say that counsel was asked, and nobody did.
    """
    on = office.day(office.moment(at))
    ready = _refused(office, matter, acts_in(office, matter), on)
    return draft(office, "refuse", matter, actor=actor, key=key, at=at, facts=dict(ready.facts))


def refuse(office: Office, signed: Signed, *, at: datetime | None = None) -> Acted:
    """Log a refusal, once two people let stand that everything is withheld.

    Raises:
        Refusal: As :func:`draft_refusal`, or the statement is of another letter.
        NotAllowed: Whoever signed may not, or the matter stands elsewhere.
        Corruption: Whoever is named did not sign it.
    """
    told = signed.statement
    check_act(told, "refuse")
    key = bound_key(told)
    if is_done(key):
        return do(office, signed, None, key=key, at=at)
    acts = acts_in(office, told.matter, told.position)
    # Written of the day that was signed, which must be today.
    ready = _refused(office, told.matter, acts, told.on)
    return do(office, signed, ready.facts, key=key, content=ready.content, at=at)


def put_out_letters(office: Office, matter: str, folder: Path) -> tuple[Path, ...]:
    """Write the letters of a refusal that is logged, or find that they were written.

    Args:
        office: Whose matter.
        matter: Which one.
        folder: Where they are put.

    Raises:
        Refusal: No refusal stands in the matter.
        Corruption: What is kept is not what its act binds, or another file lies under a name.
        OSError: The disk is full, or the folder cannot be written.
    """
    acts = acts_in(office, matter)
    told = acts[-1].statement
    if told.act != "refuse":
        raise Refusal(
            f"a letter is put out of an answer that is refused: the last act is {told.act}",
            code="refuse-none",
            todo="have the answer voted on and its refusal logged",
        )
    letters = _letters_in(office, told)
    make_lasting(folder)
    paths = letter_paths(folder, answer_name(office, acts))
    for path, name in zip(paths, LETTERS, strict=True):
        _write(path, letters[name])
    return paths


def _letters_in(office: Office, told: Statement) -> Mapping[str, bytes]:
    content = read_paper(office, told.matter, told.position)
    if not is_as_bound(told, content):
        raise OfficeAltered(
            f"a letter is what its refusal binds: {told.matter}, position {told.position}"
        )
    return letters_from(content)


def _refused(office: Office, matter: str, acts: list[Signed], on: date) -> Refused:
    ballot = ballot_of(office, acts)
    cells, votes = two_votes(ballot)
    if not releases_nothing(cells):
        raise Refusal(
            "a refusal withholds everything, and this answer lets something leave",
            code="refuse-not-all",
            todo="seal what leaves, with the letter that tells what does not",
        )
    told = _told(office, matter, acts, cells, on)
    letter = letter_of(
        told, profile=own_law(office).profiles / office.profile, made_up=office.made_up,
        number=MatterRow.objects.get(id=matter).number, entry=entry_of(office, matter, 1), on=on,
    )  # fmt: skip
    letters = {"letter": refusal_letter(letter), "index": withholding_index(letter)}
    return Refused(
        letters=letters,
        facts={
            "to": "refused", "decision": ballot.decision, "answer": cells_digest(cells),
            "votes": " ".join(votes), "law": told.determination.pack_digest,
            "stands_on": stands_on(acts),
            **{name: paper_digest(one) for name, one in letters.items()},
        },
    )  # fmt: skip


def _told(office: Office, matter: str, acts: list[Signed], cells: Cells, on: date) -> Decided:
    """Return the refusal as its requester may read it.

    Raises:
        Refusal: It would say that counsel was asked, so that it does not tell whether the person
            was found, and counsel was not.
    """
    told = as_told(voted_on(office, matter, acts, cells, on))
    rulings = told.determination.rulings
    said = {one.outcome for one in rulings} | {one.lowered_from for one in rulings}
    if Outcome.REFER in said and not opinions_in(office, matter, acts):
        raise Refusal(
            "a letter that says what would be said of anybody would say that counsel answers this, "
            "and counsel was not asked",
            code="refuse-counsels-own",
            todo="refer the matter to counsel; have it decided and voted on with their opinion",
        )
    return told


def _write(path: Path, content: bytes) -> None:
    if not path.exists():
        write_whole(path, content, mode=0o600)
    elif path.read_bytes() != content:
        raise Corruption(
            f"a letter must be the one that was logged: {path.name}",
            code="answer-letter-altered",
            todo="hand it to nobody; keep it elsewhere, find out who wrote it, and run the "
            "same again: the letter is put out as it was logged",
        )
