"""Keys are read in one form, and a key that protects nobody is refused."""

import pytest

from clerestory.notes import (
    BadKey,
    Ed25519Cosigner,
    Ed25519Signer,
    Kind,
    Verifier,
    parse_signing_key,
    parse_vkey,
)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+00000000+AQ==",
        "name+00000000+",
        "na me+00000000+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "ledger.example/test+7a864098+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "ledger.example/test+7a864099+AgOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "+7a864099+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
    ],
)
def test_a_malformed_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(BadKey):
        parse_vkey(vkey)


def test_each_key_has_one_written_form(signer: Ed25519Signer) -> None:
    vkey = signer.verifier.vkey

    assert parse_vkey(f"  {vkey}\n") == signer.verifier
    assert str(signer.verifier) == vkey == parse_vkey(vkey).vkey
    assert signer.verifier.pem().startswith(b"-----BEGIN PUBLIC KEY-----\n")


@pytest.mark.parametrize(
    "text",
    [
        "PRIVATE+KEY+name+00000000+SECRET",
        "CLERESTORY+COSIGNER+ed25519+name+SECRET",
        "AGE-SECRET-KEY-1SECRET",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nSECRET",
        "# a comment first\nPRIVATE+KEY+name+00000000+SECRET",
    ],
)
def test_a_private_key_where_a_public_one_belongs_is_named_and_not_shown(text: str) -> None:
    with pytest.raises(BadKey) as caught:
        parse_vkey(text)

    assert str(caught.value) == "a private key was given where the public one belongs"
    assert "replace this private key" in caught.value.todo


def test_a_key_of_another_type_does_not_pass_where_one_type_belongs(signer: Ed25519Signer) -> None:
    witness = Ed25519Cosigner(name="w.example", seed=bytes(32)).verifier

    assert parse_vkey(signer.verifier.vkey, only=Kind.ED25519) == signer.verifier
    with pytest.raises(BadKey, match="of type 0x04 was given where type 0x01 belongs"):
        parse_vkey(witness.vkey, only=Kind.ED25519)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\tb", "a\x00b", "a\u00a0b"])
def test_a_name_that_no_note_can_carry_makes_no_key(name: str) -> None:
    with pytest.raises(BadKey) as caught:
        Ed25519Signer(name=name, seed=bytes(32))

    assert caught.value.code == "key-name-unusable"


P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def small_order_encodings() -> set[bytes]:
    """Return each encoding, also beyond the prime, of the points whose order divides eight."""
    roots = {1, 0, P - 1}
    # At order eight, x^2 = y^2 or x^2 = -y^2 on -x^2 + y^2 = 1 + d x^2 y^2: the first has no
    # solution in y, the second gives d y^4 + 2 y^2 - 1 = 0.
    for square in range(2):
        root = pow(1 + D, (P + 3) // 8, P) * (pow(2, (P - 1) // 4, P) if square else 1) % P
        if root * root % P != (1 + D) % P:
            continue
        for sign in (root, -root):
            y2 = (sign - 1) * pow(D, -1, P) % P
            y = pow(y2, (P + 3) // 8, P)
            for turn in (1, pow(2, (P - 1) // 4, P)):
                if (y * turn) ** 2 % P == y2:
                    roots |= {y * turn % P, -y * turn % P}
    found = {y.to_bytes(32, "little") for y in roots}
    return found | {(y + P).to_bytes(32, "little") for y in roots if y + P < 2**255}


def test_a_point_of_small_order_is_no_key() -> None:
    encodings = small_order_encodings()

    assert len(encodings) == 7
    for encoding in encodings:
        for sign in (0, 0x80):
            point = encoding[:31] + bytes([encoding[31] | sign])
            for kind in (Kind.ED25519, Kind.ED25519_COSIGNER):
                with pytest.raises(BadKey, match="small order"):
                    Verifier(name="x", kind=kind, public_bytes=point)


def test_a_key_has_the_length_of_its_type() -> None:
    with pytest.raises(BadKey, match="type 0x01 has 32 bytes: 5"):
        Verifier(name="x", kind=Kind.ED25519, public_bytes=b"short")


def test_a_signing_key_is_read_and_never_shown(signer: Ed25519Signer) -> None:
    text = signer.private_text

    assert parse_signing_key(text).verifier == signer.verifier
    assert text.split("+")[-1] not in repr(signer)
    for bad in (text[:-4], text.replace("PRIVATE", "PUBLIC"), text[:-3] + "!!=", "x"):
        with pytest.raises(BadKey) as caught:
            parse_signing_key(bad)
        assert text.split("+", 4)[4][:20] not in str(caught.value)


def test_a_private_key_with_another_keys_id_is_refused(signer: Ed25519Signer) -> None:
    text = signer.private_text.replace(signer.verifier.key_id.hex(), "00000000")

    with pytest.raises(BadKey, match="its own id: 00000000"):
        parse_signing_key(text)
