"""Find exactly one right person, or say why not.

The rules, in order:

1. A name is always needed. A number alone is one wrong digit from somebody else.
2. Then either a number of the person's own (Social Security, Medicaid, person id) that agrees
   with the name and with the birth date if one was given; or name, full birth date and one more:
   the last four digits of the Social Security number, or the address, telephone or e-mail address.
3. A household shares its address, so with that alone every given name must be said, and a
   telephone number or an e-mail address that is not the record's refuses: it may be a twin's.
   Of whom the record hides where they live, the address is no key (see ``search``).
4. A number that was given is never passed over: one that is not the record's refuses, and so does
   one of which the record has none, unless another number of the person's own agrees.
5. A second person who agrees as well, or is near enough to be the one who was meant, refuses the
   search, unless a number tells the two apart by more than one slip.
6. A second record that may be of the same person refuses too, also where the key of one is given:
   whoever else has a number of the person's own, under whatever name, and be it among words.

Doubt names nobody. No answer holds a second person, and no reason holds anybody's data.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from clerestory.holdings.index import PersonIndex
from clerestory.holdings.index_rows import Candidate
from clerestory.holdings.names import NameFit, compare_names, count_telling
from clerestory.holdings.numbers import UNREADABLE, fold_key
from clerestory.holdings.query import Answer, Clues, Found, NotFound, PersonQuery, Reason, Refused

_STRONG = ("ssn", "medicaid_id", "person_id")
_NUMBERS = (*_STRONG, "ssn_last4")
_NO_NUMBER = frozenset({None, UNREADABLE})
_SHARED = ("address", "phone", "email")
_NOWHERE = ""  # no record has this address


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """How one candidate fits the clues."""

    candidate: Candidate
    name: NameFit
    born: bool | None  # None: not said, or not on record
    agree: frozenset[str]  # which of the keys agree
    unverified: frozenset[str]  # which of the numbers that were said the record has none of
    contradicted: bool  # a number that was said is not the one on record
    other_contact: bool  # a telephone number or an e-mail address that was said is not


def find_person(index: PersonIndex, query: PersonQuery, *, elsewhere: bool = False) -> Answer:
    """Return the one person that ``query`` is about, or the reasons for naming nobody.

    Only ``PersonSearch`` calls this, since it records each look-up.

    Args:
        index: The index.
        query: What is known of the person.
        elsewhere: Take the address that was given for one at which nobody lives.
    """
    clues = Clues.of(query)
    if elsewhere:
        clues = replace(clues, address=_NOWHERE)
    if too_little := _check_enough(clues):
        return Refused(reasons=(too_little,))
    fits = _fit_all(clues, index.gather_candidates(clues, _near_numbers(clues)))
    agreeing = [fit for fit in fits if _disagreement(fit) is None]
    if not agreeing:
        return _explain(fits)
    chosen = agreeing[0]
    if len(agreeing) > 1:
        return Refused(reasons=(Reason.TWO_PERSONS_AGREE,))
    if any(fit.agree & chosen.unverified for fit in fits):
        # The number that is not on this record is on somebody else's.
        return Refused(reasons=(Reason.NUMBER_DISAGREES,))
    if any(_is_rival(clues, chosen, fit) for fit in fits if fit is not chosen):
        return Refused(reasons=(Reason.SECOND_PERSON_NEAR,))
    if _is_generation_open(clues, chosen, index):
        return Refused(reasons=(Reason.SECOND_PERSON_NEAR,))
    if _is_recorded_twice(clues, chosen, index):
        return Refused(reasons=(Reason.RECORDED_TWICE,))
    why = ["same-name"] + (["same-birth-date"] if chosen.born else [])
    why += sorted(f"same-{key.replace('_', '-')}" for key in chosen.agree)
    return Found(person_id=chosen.candidate.person_id, why=tuple(why))


def living_there(index: PersonIndex, query: PersonQuery) -> tuple[str, ...]:
    """Return the keys of those who live at the address that was given and may have that name."""
    clues = Clues.of(query)
    if clues.address is None:
        return ()
    nothing_else = Clues(
        name=clues.name, address=clues.address, born=None, ssn=None, ssn_last4=None,
        medicaid_id=None, person_id=None, phone=None, email=None,
    )  # fmt: skip
    found = index.gather_candidates(nothing_else, {})
    return tuple(
        one.person_id for one in found if compare_names(clues.name, one.names) is not NameFit.NONE
    )


def agrees(query: PersonQuery, candidate: Candidate) -> bool:
    """Whether everything of ``query`` that must agree with one person does.

    It says nothing of others who may agree too: it is asked of a person who was found already.
    """
    clues = Clues.of(query)
    return all(_disagreement(fit) is None for fit in _fit_all(clues, [candidate]))


def _check_enough(clues: Clues) -> Reason | None:
    if not clues.name.words:
        return Reason.NAME_MISSING
    if count_telling(clues.name) < 2 and not _said(clues, _STRONG):
        return Reason.NAME_TOO_SHORT
    if _said(clues, _STRONG):
        return None
    if clues.born and _said(clues, (*_SHARED, "ssn_last4")):
        return None
    return Reason.TOO_LITTLE_KNOWN


def _near_numbers(clues: Clues) -> dict[str, tuple[str, ...]]:
    """Without a birth date, whose number is one slip away may be who was meant."""
    if clues.born:
        return {}
    said = {"ssn": clues.ssn, "medicaid_id": clues.medicaid_id}
    return {key: tuple(_one_slip_away(number)) for key, number in said.items() if number}


def _said(clues: Clues, keys: Sequence[str]) -> bool:
    return any(getattr(clues, key) is not None for key in keys)


def _fit_all(clues: Clues, candidates: Sequence[Candidate]) -> list[_Fit]:
    keys = [candidate.person_id for candidate in candidates]
    return [_fit(clues, candidate, _same_keys(clues, keys)) for candidate in candidates]


def _same_keys(clues: Clues, keys: Sequence[str]) -> frozenset[str]:
    """The key that was meant: as it was written, or else the one that differs in case alone."""
    if clues.person_id is None:
        return frozenset()
    said = clues.person_id
    if exact := [key for key in keys if key.strip() == said]:
        return frozenset(exact)
    folded = frozenset(key for key in keys if fold_key(key) == fold_key(said))
    return folded if len(folded) == 1 else frozenset()


def _fit(clues: Clues, candidate: Candidate, same_keys: frozenset[str]) -> _Fit:
    agree, unverified, contradicted = set(), set(), False
    for key in _NUMBERS:
        said = getattr(clues, key)
        if said is None:
            continue
        held = _held(candidate, key)
        if held is None:
            unverified.add(key)
        elif candidate.person_id in same_keys if key == "person_id" else said == held:
            agree.add(key)
        else:
            contradicted = True
    for key in _SHARED:
        said = getattr(clues, key)
        if said is not None and said == getattr(candidate, key):
            agree.add(key)
    both = clues.born is not None and candidate.born is not None
    return _Fit(
        candidate=candidate,
        name=compare_names(clues.name, candidate.names),
        born=clues.born == candidate.born if both else None,
        agree=frozenset(agree),
        unverified=frozenset(unverified),
        contradicted=contradicted,
        other_contact=_is_other_contact(clues, candidate),
    )


def _is_other_contact(clues: Clues, candidate: Candidate) -> bool:
    """Whether a telephone number or an e-mail address was said, and another is on record.

    A wrong digit in a telephone number is a slip; twins' e-mail addresses differ in as little.
    """
    phone, email = candidate.phone, candidate.email
    if clues.phone and phone and not _is_one_slip(clues.phone, phone):
        return True
    return bool(clues.email and email and clues.email != email)


def _held(candidate: Candidate, key: str) -> str | None:
    if key == "ssn_last4":
        return candidate.ssn[-4:] if candidate.ssn else None
    held: str | None = getattr(candidate, key)
    return held


def _disagreement(fit: _Fit) -> Reason | None:
    """Why this candidate is not the one; ``None`` when everything that must agree does."""
    strong = not fit.agree.isdisjoint(_STRONG)
    if fit.contradicted:
        return Reason.NUMBER_DISAGREES
    if fit.born is False:
        return Reason.BIRTH_DATE_DISAGREES
    if strong and fit.born:
        return None if fit.name >= NameFit.WEAK else Reason.NAME_DISAGREES
    if fit.name < NameFit.PART:
        return Reason.NAME_DISAGREES
    if strong:
        return None
    if fit.unverified:
        return Reason.NUMBER_NOT_ON_RECORD
    if fit.born is None:
        return Reason.BIRTH_DATE_NOT_ON_RECORD
    if "ssn_last4" in fit.agree:
        return None
    if fit.agree.isdisjoint(_SHARED):
        return Reason.NOTHING_MORE_AGREES
    if fit.other_contact:
        return Reason.CONTACT_DISAGREES
    return None if fit.name is NameFit.FULL else Reason.GIVEN_NAMES_INCOMPLETE


def _explain(fits: Sequence[_Fit]) -> Answer:
    """Say what stood in the way, of those who come near; nobody near is not found."""
    close = [
        fit
        for fit in fits
        if not fit.agree.isdisjoint(_STRONG)
        or (fit.name >= NameFit.PART and (fit.born or not fit.agree.isdisjoint(_SHARED)))
        or (fit.name is NameFit.WEAK and fit.born and not fit.agree.isdisjoint(_SHARED))
    ]
    reasons = {_disagreement(fit) for fit in close} - {None}
    if not reasons:
        return NotFound(reasons=(Reason.NOBODY_AGREES,))
    return Refused(reasons=tuple(sorted(reason for reason in reasons if reason is not None)))


def _is_rival(clues: Clues, chosen: _Fit, other: _Fit) -> bool:
    """Whether ``other`` could be the one who was meant, by a slip or two in what was given."""
    if other.name is NameFit.NONE:
        return False
    # A namesake, or who has nearly the name where the chosen has it no better than weakly.
    as_likely = other.name >= NameFit.PART or chosen.name < NameFit.PART
    if as_likely and other.agree - chosen.agree:
        # And that one agrees with something that was said and is not the chosen's.
        return True
    if other.born is False and not _is_near_date(clues.born or "", other.candidate.born or ""):
        return False
    if _is_told_apart(clues, chosen, other):
        return False
    # With a number of the person's own and the name, mistaking the other takes two slips that
    # both happen to land on this one: in the number and in the name.
    strong = not chosen.agree.isdisjoint(_STRONG)
    return not (strong and chosen.name >= NameFit.PART and other.name is NameFit.NEAR)


def _is_generation_open(clues: Clues, chosen: _Fit, index: PersonIndex) -> bool:
    """Whether a generation was said that the record does not say, and a namesake lives there.

    Father and son have one name and one address; that the paper says Jr shows that it knows of
    both, and which record is whose is then not known.
    """
    held = chosen.candidate
    if clues.name.generation is None or any(name.generation for name in held.names):
        return False
    return any(
        other.row != held.row and compare_names(clues.name, other.names) >= NameFit.PART
        for other in index.gather_household(held)
    )


def _is_recorded_twice(clues: Clues, chosen: _Fit, index: PersonIndex) -> bool:
    """Whether a second record may be of the same person.

    What protects the person may stand in that one alone. It has a number of the person's own, under
    whatever name: who marries, or flees, takes another. Or it has name and birth date, where
    one of the two has no Social Security number that would tell two people apart.
    The key of one record is no way past it: it says which record is meant, not what the other says.
    """
    held = chosen.candidate
    for other in index.gather_again(held):
        if other.row == held.row:
            continue
        if any(_is_one_number(held, other, key) for key in ("ssn", "medicaid_id")):
            return True
        is_open = not _NO_NUMBER.isdisjoint({held.ssn, other.ssn})
        name = compare_names(clues.name, other.names)
        if is_open and name >= NameFit.PART and held.born == other.born:
            return True
    return index.has_number_elsewhere(held)


def _is_one_number(one: Candidate, other: Candidate, key: str) -> bool:
    number = _held(one, key)
    return number not in _NO_NUMBER and number == _held(other, key)


def _is_told_apart(clues: Clues, chosen: _Fit, other: _Fit) -> bool:
    """Whether a number agrees with the chosen and is more than one slip from the other's."""
    for key in _STRONG:
        said = getattr(clues, key)
        if key in chosen.agree and said is not None:
            held = getattr(other.candidate, key)
            if held is None or not _is_one_slip(said, held):
                return True
    if "ssn_last4" in chosen.agree and clues.ssn_last4 and other.candidate.ssn:
        return not _is_one_slip(clues.ssn_last4, other.candidate.ssn[-4:])
    return False


def _is_one_slip(one: str, other: str) -> bool:
    """Whether one digit was changed, or two neighbors swapped."""
    return one == other or other in set(_one_slip_away(one))


def _one_slip_away(number: str) -> Iterator[str]:
    for at, digit in enumerate(number):
        for other in "0123456789":
            if other != digit:
                yield number[:at] + other + number[at + 1 :]
        if at and number[at - 1] != digit:
            yield number[: at - 1] + digit + number[at - 1] + number[at + 1 :]


def _is_near_date(said: str, held: str) -> bool:
    """Whether one slip, or day for month, makes one date from the other. ISO dates."""
    swapped = f"{said[:4]}-{said[8:]}-{said[5:7]}"
    return held == swapped or _is_one_slip(said.replace("-", ""), held.replace("-", ""))
