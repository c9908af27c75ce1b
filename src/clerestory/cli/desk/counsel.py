"""``office refer`` and ``opine``: what goes to counsel, and counsel's signed answers."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clerestory.acts import Statement
from clerestory.cli.desk.acting import carry_out
from clerestory.cli.desk.hand import By, Hand, by_one
from clerestory.cli.desk.performing import Given
from clerestory.kernel import Refusal
from clerestory.kernel.canonical import Json, canonical_bytes
from clerestory.kernel.files import write_whole

if TYPE_CHECKING:
    from clerestory.office.counsel import Opinion
    from clerestory.office.office import Office


@click.command()
@click.argument("matter")
@click.option("--reason", required=True, help="Why, in words that name nobody.")
@by_one
def refer(hand: Hand, matter: str, reason: str) -> None:
    """Ask for counsel on MATTER although the law did not; votes that were cast are void."""

    def draft(office: "Office", by: By) -> Statement:
        from clerestory.office.asking import find_matter
        from clerestory.office.counsel import draft_referral

        return draft_referral(
            office, find_matter(office, matter), reason=reason, actor=by.actor, key=by.key,
            at=by.at,
        )  # fmt: skip

    carry_out(hand, draft)


@click.command()
@click.argument("matter")
@click.option(
    "--favor", multiple=True, metavar="POINT=ITEMS",
    help="In favor of what this point referred: snap/S1.address,snap/S1.phone.",
)  # fmt: skip
@click.option("--against", multiple=True, metavar="POINT=ITEMS", help="Against it.")
@click.option("--closed", metavar="ITEMS", help="What no point referred and stays closed.")
@click.option("--reason", required=True, help="Why, in words that name nobody.")
@by_one
def opine(
    hand: Hand, matter: str, favor: tuple[str, ...], against: tuple[str, ...],
    closed: str | None, reason: str,
) -> None:  # fmt: skip
    """Answer, as counsel, what was referred of MATTER; it is decided again with that.

    The points and their items are told by: clerestory office read. Without an answer what people
    asked goes back as the law says it.
    """
    told: list[Json] = [
        *(_told(text, in_favor=True, reason=reason) for text in favor),
        *(_told(text, in_favor=False, reason=reason) for text in against),
    ]
    if closed:
        told.append({"point": "", "in_favor": False, "items": closed.split(","), "reason": reason})
    content = canonical_bytes(told)

    def draft(office: "Office", by: By) -> Statement:
        from clerestory.office.asking import find_matter
        from clerestory.office.counsel import draft_opinions

        return draft_opinions(
            office, find_matter(office, matter), opinions=opinions_from(content),
            actor=by.actor, key=by.key, at=by.at,
        )  # fmt: skip

    path: Path | None = None
    if hand.write is not None:
        # Whoever does it later does it with these very answers.
        path = hand.write.with_name(f"{hand.write.name}.opinions")
        write_whole(path, content, mode=0o600)
    carry_out(hand, draft, paper=path, given=Given(paper=content))


def opinions_from(content: bytes) -> "list[Opinion]":
    """Read counsel's answers as ``opine`` writes them.

    Raises:
        Refusal: They are none.
    """
    from clerestory.office.counsel import Opinion

    try:
        return [
            Opinion(point=str(one["point"]), in_favor=one["in_favor"] is True,
                    items=tuple(map(str, one["items"])), reason=str(one["reason"]))
            for one in json.loads(content)
        ]  # fmt: skip
    except (ValueError, TypeError, KeyError) as fault:
        raise Refusal(
            "counsel's answers must stand as the program wrote them",
            code="office-statement-file",
            todo="have them written anew: clerestory office opine --write FILE",
        ) from fault


def _told(text: str, *, in_favor: bool, reason: str) -> dict[str, Json]:
    point, equals, items = text.partition("=")
    if not equals or not point or not items:
        raise Refusal(
            f"an opinion answers a point for its items: {text!a}",
            code="opine-no-reason",
            todo="write POINT=snap/S1.address, with a comma between several items",
        )
    return {"point": point, "in_favor": in_favor, "items": sorted(items.split(",")),
            "reason": reason}  # fmt: skip
