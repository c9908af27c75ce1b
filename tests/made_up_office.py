"""An office with its records and its recipients' keys, made once and copied for each test.

Making the records and the keys takes longer than most of what is tested with them. Everything in it
is made up.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

from hostile.running import must

# A person asks for their own record, which the law permits and does not order.
OWN_RECORD = """\
format: clerestory-demand/1
id: {name}
title: "Made-up"
received: {{date: {received}, channel: counter}}
holder: {{agency: me-dhhs, kind: state_agency, jurisdiction: us-me}}
requester: {{body: "a made-up person", class: subject, reference: "of {name}"}}
instrument:
  kind: letter
  issuer: subject
  written: yes
  scope: {{persons: named, count: 1, fields: stated}}
  status: live
purpose: own_record
subjects:
  - {{ref: S1, relation: named, applicant: unknown}}
records:
  - {{program: {program}, fields: [{fields}]}}
findings:
  identity_of_subject_verified: yes
"""
WHO = """\
demand: {name}
S1: {{name: Amina Warsame Example, birth_date: 1988-04-17, ssn: 911-11-0000}}
"""
RECIPIENTS = ("theirs", "agents", "others")


def make_template(base: Path) -> Path:
    """Make the records of eight people, an office over them, and three recipients."""
    make_records(base / "agency")
    must(
        "keys", "office", base / "office", "--origin", "log.example/test",
        "--source", base / "agency/agency.sqlite", "--index", base / "agency/persons.index",
    )  # fmt: skip
    for name in RECIPIENTS:
        must("keys", "recipient", base / name, "--name", f"{name}.example/r")
    return base


def make_records(agency: Path) -> Path:
    """Make the records of eight people and their index."""
    must("holdings", "make", agency, "--persons", "8", "--seed", "3")
    return agency


def own_record(name: str, *, received: str, program: str, fields: Sequence[str]) -> str:
    """Return the demand of a made-up person for fields of their own record."""
    listed = ", ".join(f"S1.{one}" for one in fields)
    return OWN_RECORD.format(name=name, received=received, program=program, fields=listed)


def copy_office(made: Path, to: Path) -> Path:
    """Copy the folder of an office, its records and its recipients; return the copy."""
    copied = shutil.copytree(made, to)
    settings = copied / "office" / "office.toml"
    settings.write_text(settings.read_text("utf-8").replace(str(made), str(copied)), "utf-8")
    return copied
