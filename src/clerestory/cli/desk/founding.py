"""``office key`` and ``office found``: a key of one's own, and the act that begins an office."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING

import click

from clerestory.acts import Signed, key_hash
from clerestory.acts.staff import Staff
from clerestory.cli.clock import DAY, zone_of
from clerestory.cli.desk.acting import hand_on, sign_here
from clerestory.cli.desk.hand import FILE, Hand, by_two
from clerestory.cli.desk.place import Place, now
from clerestory.cli.desk.saying import listed
from clerestory.cli.desk.written import Written
from clerestory.cli.places import packs_folder, profiles_folder
from clerestory.cli.terminal import tell, tell_folded
from clerestory.holdings import Lookups
from clerestory.kernel import Refusal
from clerestory.kernel.files import read_limited, write_new, write_whole
from clerestory.kernel.ids import wrong_in_id
from clerestory.kernel.reading import read_toml
from clerestory.law.packs import base_packs
from clerestory.ledger.vault import write_encryption_key
from clerestory.notes import Kind, Verifier, parse_vkey
from clerestory.notes.key_files import read_signing_key, write_signing_key

if TYPE_CHECKING:
    from clerestory.office.founding import Founder

_MAX_KEY_BYTES = 1000


@click.command()
@click.argument("file", type=FILE)
@click.option("--id", "member", required=True, metavar="ID", help="Whose key: their id.")
def key(file: Path, member: str) -> None:
    """Make a signing key of one's own in FILE, which only its owner may read.

    Its public half is written beside it, as FILE with the ending .vkey: that is what the office is
    given. The key itself stays with the person, for good. A key that is there is never replaced:
    its public half is written again.
    """
    if wrong := wrong_in_id(member):
        raise Refusal(
            f"a key is somebody's, who has an id in the office: {wrong}",
            code="office-id",
            todo="give the id that the office knows, or will know, them by, such as P-clerk",
        )
    made = not file.exists()
    if made:
        signer = write_signing_key(file, name=member, entropy=token_bytes)
    else:
        signer = read_signing_key(file)
        if signer.verifier.name != member:
            raise Refusal(
                f"a key is one person's, and this one is another's: {file.name}",
                code="log-key-file",
                todo="name another file for the key",
            )
    public = file.with_name(f"{file.name}.vkey")
    write_whole(public, f"{signer.verifier.vkey}\n".encode())
    if made:
        tell_folded(f"made the signing key of {member} in {file}; nobody else may ever read it")
    else:
        tell_folded(f"the signing key of {member} is in {file} already")
    tell(f"its public half is in {public}")
    tell(f"and has the hash {key_hash(signer.verifier)}")
    tell_folded(
        "next: give the public half to two people who sign for the office, and read its hash to "
        "them; they let you join: clerestory office join"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Whom and what the two founders named."""

    origin: str
    profile: str
    roles: tuple[str, str]
    trained_to: tuple[date | None, date | None]
    vkeys: tuple[Path | None, Path | None]


@click.command()
@click.option("--origin", required=True, help="The name of its log, such as log.dhhs.example/acts.")
@click.option("--profile", required=True, help="The agency's profile: its calendar and its law.")
@click.option("--roles", default="administrator", show_default=True, help="Of the first founder.")
@click.option("--trained-to", type=DAY, help="When the first one's training lapses.")
@click.option("--second-roles", default="privacy_officer", show_default=True)
@click.option("--second-trained-to", type=DAY, help="When the second one's training lapses.")
@click.option("--vkey", type=FILE, help="The first one's public key, where they sit elsewhere.")
@click.option("--second-vkey", type=FILE, help="The second one's public key, likewise.")
@by_two
def found(
    hand: Hand, origin: str, profile: str, roles: str, trained_to: date | None,
    second_roles: str, second_trained_to: date | None,
    vkey: Path | None, second_vkey: Path | None,
) -> None:  # fmt: skip
    """Found an office in its folder: it is bound for good to what both founders sign.

    The profile says the calendar and the jurisdiction, and that the packs of law. An office is
    made up where the origin of its log ends in .example.
    """
    hand.check_keys()
    asked = _Asked(
        origin=origin, profile=profile, roles=(roles, second_roles),
        trained_to=(trained_to, second_trained_to), vkeys=(vkey, second_vkey),
    )  # fmt: skip
    binding = _binding(profile)
    _make_keys(hand.place, origin)
    from clerestory.office.opening import prepare

    prepare(hand.place.url)
    from clerestory.office.founding import draft_founding

    first, second = _founders(hand, asked)
    statement = draft_founding(
        first, second, log_key=hand.place.keys().log_key, binding=binding, at=hand.at or now()
    )
    written = sign_here(hand, Written(statement=statement))
    if hand.write is not None:
        hand_on(written, hand.write)
        return
    do_founding(hand.place, written.signed(), hand.at)


def do_founding(place: Place, signed: Signed, at: datetime | None = None) -> None:
    """Found an office whose founding both have signed, and say what stands."""
    from clerestory.office.opening import prepare

    prepare(place.url)
    from clerestory.office.founding import found_office

    office, acted = found_office(signed, keys=place.keys(), clock=now, at=at)
    _give_out(place)
    Lookups.open(place.folder / "lookups", entropy=token_bytes)
    again = "was founded before, by this very act" if acted.again else "is founded"
    kind = "a made-up office" if office.made_up else "an office"
    tell_folded(
        f"{office.origin} {again}: {kind} under {office.packs}, with the profile {office.profile} "
        f"and the calendar of {office.zone.name}"
    )
    tell(f"the digest of its founding is {acted.digest}")
    tell_folded(
        "next: give that digest, on paper, to whoever will audit the office, keep a copy of "
        f"{place.folder / 'keys'} apart from the database, give out the public keys in "
        f"{place.public}, and let a third person who can sign "
        f"for it join at once, for now it has only {listed(_ids(office.staff()), 'and')}: "
        "clerestory office join"
    )


def _ids(staff: Staff) -> list[str]:
    return [one.id for one in staff.members.values() if not one.has_left]


def _binding(profile: str) -> dict[str, str]:
    """Return what an office is bound to by its profile."""
    folder = profiles_folder() / profile
    zone = zone_of(folder)
    place = read_toml(folder / "profile.toml").get("jurisdiction")
    if not isinstance(place, str) or not place:
        raise Refusal(
            f"an office is under the law of a place, and this profile says none: {folder.name}",
            code="office-profile",
            todo="write its jurisdiction into profile.toml",
        )
    packs = [*base_packs(packs_folder()), place]
    return {
        "profile": profile, "jurisdiction": place, "packs": " ".join(dict.fromkeys(packs)),
        "zone": zone.name,
    }  # fmt: skip


def _make_keys(place: Place, origin: str) -> None:
    """Make the office's own keys, or take up those of a founding that was begun."""
    if not place.log_key.exists():
        place.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_signing_key(place.log_key, name=origin, entropy=token_bytes)
    if not place.package_key.exists():
        write_signing_key(place.package_key, name=origin, entropy=token_bytes)
    if not place.kek.exists():
        write_encryption_key(place.kek, entropy=token_bytes)
    name = read_signing_key(place.log_key).verifier.name
    if name != origin:
        raise Refusal(
            f"the folder of an office holds one office, and this one's log is {name}",
            code="office-exists",
            todo="name another folder with --office",
        )


def _give_out(place: Place) -> None:
    """Write the public halves of the office's keys, for everybody who checks what it gives out."""
    place.public.mkdir(exist_ok=True)
    for name, path in (("log", place.log_key), ("sender", place.package_key)):
        public = place.public / f"{name}.vkey"
        if not public.exists():
            write_new(public, f"{read_signing_key(path).verifier.vkey}\n".encode())


def _founders(hand: Hand, asked: _Asked) -> "tuple[Founder, Founder]":
    from clerestory.office.founding import Founder

    def one(place: int, who: str, private: Path | None) -> Founder:
        public = asked.vkeys[place]
        if private is not None:
            verifier = read_signing_key(private).verifier
        elif public is not None:
            verifier = read_public_key(public)
        else:
            raise Refusal(
                f"a founding names the public key of both, and {who} gave none",
                code="office-no-key",
                todo="give their key file, or with --vkey or --second-vkey its public half",
            )
        return Founder(
            id=who, roles=asked.roles[place], key=verifier, trained_to=asked.trained_to[place]
        )

    return one(0, hand.actor, hand.key), one(1, hand.second or "", hand.second_key)


def read_public_key(path: Path) -> Verifier:
    """Read a public key that ``office key`` wrote."""
    content = read_limited(path, _MAX_KEY_BYTES).decode(errors="replace")
    return parse_vkey(content.strip(), only=Kind.ED25519)
