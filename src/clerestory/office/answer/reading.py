"""What is ruled open is read from the records, field by field, as far back as is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from clerestory.demands import Demand, Item, asked_period
from clerestory.disclosure import Value
from clerestory.holdings import Catalogue, FieldValue, PermittedField, Source, read_fields
from clerestory.kernel import Period
from clerestory.kernel.period import whole_months
from clerestory.office.answer.decided import Decided
from clerestory.office.answer.values import value_of


def read_values(
    source: Source,
    catalogue: Catalogue,
    decided: Decided,
    persons: Mapping[str, str],
    items: Sequence[Item],
    *,
    known: dict[PermittedField, FieldValue],
) -> dict[Item, Value]:
    """Read what some rulings open.

    Args:
        source: The records.
        catalogue: Where they say what.
        decided: What was decided.
        persons: For each subject's ref the key of the one person found.
        items: Those of the answers that are open; what is about a whole class is left out.
        known: What was read before; it is added to.
    """
    asked = [item for item in items if not item.subject.endswith("*")]
    span = asked_period(decided.demand)
    # An answer for a month is of the whole month, whichever of its days the paper names.
    by_month = {
        ruling.item
        for ruling in decided.determination.rulings
        if ruling.coarsen_to == "month_yes_no"
    }
    permitted = [
        PermittedField(
            person_id=persons[item.subject],
            program=item.program,
            field=item.field,
            period=(_months_held(decided.demand, span) if item in by_month else span)
            if catalogue.get_field(item.program, item.field).dated
            else None,
        )
        for item in asked
    ]
    new = [one for one in permitted if one not in known]
    known.update(zip(new, read_fields(source, catalogue, new), strict=True))
    return {item: value_of(known[one]) for item, one in zip(asked, permitted, strict=True)}


def _months_held(demand: Demand, span: Period) -> Period:
    """The whole months of which a demand asks a day, but of no day after it came."""
    whole, after = whole_months(span), demand.received_on + timedelta(days=1)
    return replace(whole, valid_to=min(whole.valid_to or after, after))
