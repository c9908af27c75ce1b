"""Known answers that are wanted, as files to be filled in: the demand whole, the answer blank.

A blank is no answer: the reader of cases refuses it. What the program would answer is told nowhere
in the file, since an answer that is copied from the program tests nothing.
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from clerestory.audit.grading import Wanted
from clerestory.law.authorities import Authority

_WIDTH = 110
_HEAD = """\
Known answers that are wanted: in each demand all that a policy asks for is there but one thing.
Read the text of the law and fill in overall, the ruling of each field and why. Never copy what the
program answers. Change the demand where a real one would say it otherwise; all of it is made up.
"""


class _Blanks(yaml.SafeDumper):
    """YAML in which what is not known yet is left blank."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (the dumper's own signature)
        """Write everything out: a person reads it from top to bottom."""
        return True


_Blanks.add_representer(
    type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", "")
)


def drafts(wanted: Sequence[Wanted]) -> dict[str, str]:
    """Return a file of cases for each policy that wants some, by the policy's id."""
    files: dict[str, str] = {}
    for one in wanted:
        if one.demand is None:
            continue
        name = one.policy.id
        files.setdefault(name, f"{_comment(_HEAD)}cases:\n")
        files[name] += f"\n{_comment(*_beside(one))}{_case(one)}"
    return files


def _beside(wanted: Wanted) -> Iterator[str]:
    missing = wanted.missing
    yield f"{missing.file}:{missing.line}: {missing.policy} ({missing.grade})"
    yield f"It lacks only: {missing.words}"
    for authority in _rests_on(wanted):
        yield f"{authority.citation}: {authority.effect}"


def _rests_on(wanted: Wanted) -> list[Authority]:
    return [wanted.authorities[name] for name in wanted.policy.authorities]


def _case(wanted: Wanted) -> str:
    assert wanted.demand is not None  # noqa: S101 (the caller leaves out those without)
    refs = [ref for record in wanted.demand["records"] for ref in record["fields"]]
    case: Mapping[str, Any] = {
        "format": "clerestory-case/1",
        "packs": list(wanted.packs),
        "demand": dict(wanted.demand),
        "expect": [
            {
                "from": wanted.on.isoformat(),
                "overall": None,
                "rulings": dict.fromkeys(refs),
                "decides_first": None,
                "why": None,
            }
        ],
    }
    return yaml.dump([case], Dumper=_Blanks, sort_keys=False, width=_WIDTH, allow_unicode=True)


def _comment(*texts: str) -> str:
    lines = [line for text in texts for line in textwrap.wrap(text, _WIDTH - 2)]
    return "".join(f"# {line}\n" for line in lines)
