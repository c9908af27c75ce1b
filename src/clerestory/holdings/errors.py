"""What can go wrong between a demand and the agency's own records."""

from clerestory.kernel import BadFile, Refusal


class CatalogueFault(Refusal):
    """The catalogue cannot be used as it is written."""

    code = "catalogue-fault"
    todo = "mend what is named, then run: clerestory holdings check"


class SourceFault(Refusal):
    """A source is missing, locked, or does not hold what the catalogue says."""

    code = "source-fault"
    todo = "run clerestory holdings check, which names what is missing; nothing was read"


class ReadFault(Refusal):
    """A read was asked for that the catalogue or the determination does not allow."""

    code = "read-fault"
    todo = "read only what the determination opens and the catalogue has"


class QueryFault(Refusal):
    """What is known of the person sought cannot be used as it is written."""

    code = "query-fault"
    todo = "correct the key that is named"


class QueryFileFault(BadFile):
    """The file that says who is sought is not YAML or JSON with keys."""

    code = "query-not-yaml"
    todo = 'write one key a line, such as name: "..."'


class IndexFault(Refusal):
    """The index of persons is missing, or was built for another catalogue."""

    code = "index-fault"
    todo = "build it again: clerestory holdings index"


class RosterFault(BadFile):
    """A list of persons that somebody handed in cannot be used as it stands."""

    code = "roster-fault"
    todo = "correct the rows that are named; nobody was looked up"
