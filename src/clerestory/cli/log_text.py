"""What ``clerestory log`` reads and shows: events, times, results, as JSON and as text."""

from collections.abc import Sequence
from typing import Any

from clerestory.cli.terminal import folded, tell_json, tell_lines, visible
from clerestory.kernel.bad_file import MAX_TOLD, BadFile
from clerestory.kernel.reading import parse_document
from clerestory.ledger import (
    Appended,
    AuditReport,
    BadNote,
    Event,
    Recount,
    VerifiedDirectory,
    parse_event_type,
)


class BadEvents(BadFile):
    """A file of events that cannot be read as it stands; nothing was written."""

    code = "log-event"


def parse_events(content: bytes, *, file: str) -> list[Event]:
    """Read one event or a list of events from the bytes of a file of that name.

    Raises:
        BadEvents: It is not strict JSON; every fault is named with its line.
        BadNote: It is JSON and holds no events.
    """
    # Read as private: a message that quoted a field could show a person's data.
    value = parse_document(content, file=file, kind="json", private=True, error=BadEvents).value
    items = value if isinstance(value, list) else [value]
    if not items:
        raise BadNote("an append needs at least one event", code="log-event")
    return [_parse_event(item, number) for number, item in enumerate(items, 1)]


def _parse_event(item: Any, number: int) -> Event:
    known = {"type", "scope", "matter", "fields", "public"}
    if not isinstance(item, dict) or not {"type", "scope"} <= item.keys() <= known:
        raise BadNote(
            f"an event is an object with type, scope, and perhaps matter, fields, public: {number}",
            code="log-event",
        )
    for part in ("type", "scope", "matter"):
        if not isinstance(item.get(part, ""), str):
            raise BadNote(f"an event's {part} must be a text: {number}", code="log-event")
    for part in ("fields", "public"):
        texts = item.get(part, {})
        if not isinstance(texts, dict) or not all(isinstance(t, str) for t in texts.values()):
            raise BadNote(
                f"an event's {part} must be an object of texts: {number}", code="log-event"
            )
    try:
        return Event(
            type=parse_event_type(str(item["type"])),
            scope=str(item["scope"]),
            matter=item.get("matter"),
            fields=item.get("fields", {}),
            public=item.get("public", {}),
        )
    except BadNote as fault:
        raise BadNote(f"event {number}: {fault}", code=fault.code, todo=fault.todo) from fault


def appended_value(one: Appended) -> dict[str, object]:
    """Show an appended event to a program."""
    return {
        "index": one.index,
        "leaf_hash": one.leaf_hash.hex(),
        "demand_number": one.demand_number,
        "entry": one.entry.decode(),
        "checkpoint": one.checkpoint,
    }


def appended_line(one: Appended) -> str:
    """Show an appended event to a person."""
    number = f"  demand number {one.demand_number}" if one.demand_number is not None else ""
    return f"index {one.index}  leaf hash {one.leaf_hash.hex()}{number}"


def verified_value(verified: VerifiedDirectory, recount: Recount) -> dict[str, object]:
    """Show a checked directory to a program."""
    return {
        "origin": verified.origin,
        "size": verified.size,
        "root": verified.root.hex(),
        "consistent_with": verified.consistent_with,
        "partial_tiles": verified.files.partials,
        "files_ahead": list(verified.files.ahead),
        "files_unknown": list(verified.files.unknown),
        "counts": [
            {"type": kind, "scope": scope, "period": period, "count": count}
            for kind, scope, period, count in recount.rows()
        ],
        "demand_numbers": recount.last_numbers,
    }


def verified_text(verified: VerifiedDirectory, recount: Recount) -> str:
    """Show a checked directory to a person."""
    lines = [
        f"Proven: the log {verified.origin} is whole, {verified.size} entries.",
        f"root {verified.root.hex()}",
    ]
    if verified.consistent_with is not None:
        lines.append(f"continues the checkpoint of size {verified.consistent_with}")
    else:
        lines.append(
            "not compared with an earlier checkpoint (--remember FILE): a log that was put back "
            "or replaced whole would look the same"
        )
    files = verified.files
    if files.partials:
        lines.append(f"earlier partial tiles, each as the whole one began: {files.partials}")
    lines += _named("not under the checkpoint yet, so not checked", files.ahead)
    lines += _named("not a file of the log, so not checked", files.unknown)
    lines += [
        f"{count:>9}  {kind}  {scope}  {period}" for kind, scope, period, count in recount.rows()
    ]
    # Each by itself: a name from outside that holds a line break must not write a line of its own.
    return "\n".join(part for line in lines for part in folded(line))


def _named(what: str, paths: Sequence[str]) -> list[str]:
    """Name the first few, and count the rest: a folder may hold any number of others' files."""
    lines = [f"{what}: {path}" for path in paths[:MAX_TOLD]]
    more = len(paths) - MAX_TOLD
    return [*lines, f"{what}: {more} more, which --json lists"] if more > 0 else lines


def report_value(report: AuditReport) -> dict[str, object]:
    """Show an audit to a program."""
    return {
        "size": report.size,
        "opened": report.opened,
        "erased": report.erased,
        "demand_numbers": report.recount.last_numbers,
        "unknown_files": list(report.unknown),
        "faults": [{"code": one.code, "message": one.message} for one in report.faults],
    }


def report_text(report: AuditReport) -> str:
    """Show an audit to a person."""
    lines = []
    for one in report.faults:
        lines += [f"finding: {one.message}", f"  code: {one.code}"]
    lines += _named("not a file of the log, so not checked", report.unknown)
    lines.append(
        f"audited {report.size} entries: {report.opened} opened, {report.erased} erased, "
        f"{len(report.faults)} faults"
    )
    return "\n".join(map(visible, lines))


def say(as_json: bool, value: object, text: str) -> None:
    """Answer a program or a person."""
    if as_json:
        tell_json(value, indent=2)
    else:
        tell_lines(text)
