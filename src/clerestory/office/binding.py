"""What an office is bound to: signed at its founding, and compared whenever it opens."""

from clerestory.acts import OFFICE_CHAIN, Signed, load_table
from clerestory.kernel import Refusal
from clerestory.kernel.ids import is_made_up
from clerestory.kernel.time import Zone
from clerestory.office.errors import OfficeAltered
from clerestory.office.office import Clock, Keys, Office
from clerestory.store.models import ActRow, OfficeRow

BOUND = ("profile", "jurisdiction", "packs", "zone", "made_up", "log_vkey")
"""What a founding says of the office, each as a text."""

YES, NO = "yes", "no"


def office_of(signed: Signed, keys: Keys, clock: Clock) -> Office:
    """Return the office that a founding makes.

    Raises:
        Refusal: The founding leaves something out, or says that a real office is made up.
        BadTime: There is no such time zone.
    """
    told = signed.statement
    facts = told.facts
    missing = [name for name in BOUND if not facts.get(name)]
    if missing:
        raise _bad(f"it says its {', '.join(missing)}")
    if facts["made_up"] != (YES if is_made_up(told.office) else NO):
        raise _bad("it is made up where the origin of its log ends in .example, and else real")
    if facts["log_vkey"] != keys.log_key.vkey or told.office != keys.log_key.name:
        raise _bad("its log has the origin as its name, and the key that is given")
    return Office(
        origin=told.office,
        profile=facts["profile"],
        jurisdiction=facts["jurisdiction"],
        packs=facts["packs"],
        zone=Zone(facts["zone"]),
        made_up=facts["made_up"] == YES,
        founding=signed.digest,
        keys=keys,
        clock=clock,
        table=load_table(),
    )


def write_office(office: Office) -> None:
    """Keep what the office is bound to."""
    OfficeRow.objects.create(
        origin=office.origin,
        profile=office.profile,
        jurisdiction=office.jurisdiction,
        packs=office.packs,
        zone=office.zone.name,
        made_up=office.made_up,
        log_vkey=office.keys.log_key.vkey,
        founding=office.founding,
    )


def bound_office(keys: Keys, clock: Clock) -> Office | None:
    """Return the office of the database; nothing where none was founded.

    Raises:
        OfficeAltered: Its row is not what its founders signed.
        Refusal: The log's key is another one.
    """
    row = OfficeRow.objects.first()
    first = ActRow.objects.filter(chain=OFFICE_CHAIN, position=1).first()
    if row is None and first is None:
        return None
    if row is None or first is None:
        raise OfficeAltered("an office has its founding, and a founding its office")
    if row.log_vkey != keys.log_key.vkey:
        raise Refusal(
            f"a key of this office must be the one that it publishes: {keys.log_key.said} is "
            "another",
            code="office-keys-differ",
            todo="answer nothing; bring back the log's own key, and find out who replaced it",
        )
    office = Office(
        origin=row.origin,
        profile=row.profile,
        jurisdiction=row.jurisdiction,
        packs=row.packs,
        zone=Zone(row.zone),
        made_up=row.made_up,
        founding=row.founding,
        keys=keys,
        clock=clock,
        table=load_table(),
    )
    # The founding is read from the log's own entry: a row can be written by anybody with a shell.
    signed = office.signed(first)
    facts = signed.statement.facts
    said = {name: facts.get(name, "") for name in BOUND}
    kept = {
        "profile": row.profile, "jurisdiction": row.jurisdiction, "packs": row.packs,
        "zone": row.zone, "made_up": YES if row.made_up else NO, "log_vkey": row.log_vkey,
    }  # fmt: skip
    altered = [name for name in BOUND if said[name] != kept[name]]
    if altered or signed.digest != row.founding:
        raise OfficeAltered(
            f"an office is what its founders signed: {', '.join(altered) or 'founding'} differs"
        )
    return office


def _bad(what: str) -> Refusal:
    return Refusal(
        f"a founding must be whole: {what}",
        code="office-founding",
        todo="correct what is founded, and have both sign it anew",
    )
