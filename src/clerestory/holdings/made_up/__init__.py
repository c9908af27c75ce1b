"""One made-up agency: nobody in it exists.

Numbers come from ranges that are never given out, addresses from towns that are not there, and
e-mail addresses from a domain kept for examples. The same seed makes the same agency.
"""

from clerestory.holdings.made_up.demo import DEMO_PEOPLE, DemoPerson
from clerestory.holdings.made_up.people import MadeUpPerson, make_people
from clerestory.holdings.made_up.write import content_digest, write_agency

__all__ = [
    "DEMO_PEOPLE",
    "DemoPerson",
    "MadeUpPerson",
    "content_digest",
    "make_people",
    "write_agency",
]
