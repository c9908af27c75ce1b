"""What can go wrong between a demand and the agency's own records."""

from clerestory.kernel import Refusal


class CatalogueFault(Refusal):
    """The catalogue cannot be used as it is written."""

    code = "catalogue-fault"


class SourceFault(Refusal):
    """A source is missing, locked, or does not hold what the catalogue says."""

    code = "source-fault"


class ReadFault(Refusal):
    """A read was asked for that the catalogue or the determination does not allow."""

    code = "read-fault"


class QueryFault(Refusal):
    """What is known of the person sought cannot be used as it is written."""

    code = "query-fault"


class IndexFault(Refusal):
    """The index of persons is missing, or was built for another catalogue."""

    code = "index-fault"
