"""Demands, findings, determinations, rulings and duties: frozen values and their written form."""

from clerestory.demands.as_received import asked_parts, changed_parts, demand_digest
from clerestory.demands.asked_period import asked_period
from clerestory.demands.day_of_answer import check_day_of_answer
from clerestory.demands.demand import Demand, Item
from clerestory.demands.determination import Determination, Outcome, Ruling
from clerestory.demands.errors import AnsweredTooEarly, BadDemand
from clerestory.demands.reading import load_document, read_demand
from clerestory.demands.writing import determination_json, determination_text
from clerestory.demands.writing_demands import demand_json

__all__ = [
    "AnsweredTooEarly",
    "BadDemand",
    "Demand",
    "Determination",
    "Item",
    "Outcome",
    "Ruling",
    "asked_parts",
    "asked_period",
    "changed_parts",
    "check_day_of_answer",
    "demand_digest",
    "demand_json",
    "determination_json",
    "determination_text",
    "load_document",
    "read_demand",
]
