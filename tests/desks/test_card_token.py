"""The token of a card: small, exact, signed, and of these Games."""

from __future__ import annotations

from typing import Any

import cbor2
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from desks import base45
from desks.card_token import PREFIX, decode, encode
from desks.cose import decode_cbor, encode_cbor, open_sign1, sign1
from desks.keys import HeldKey
from management.access import Access, decide_access
from management.entitlement import Entitlement, Override, entitle
from management.gate import Token, TokenFailure
from tests.management.accredited import JULY, T20
from tests.management.at_the_gate import GATE, SNAPSHOT, SWIMMER, TOKEN

KEY = HeldKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = HeldKey(Ed25519PrivateKey.from_private_bytes(bytes(32)))
KEYS = {KEY.kid: KEY.public}
TEXT = encode(TOKEN, T20, KEY)
MALFORMED = TokenFailure("MALFORMED")


def claims(text: str = TEXT) -> dict[int, Any]:
    """Return what a token says, as plain data."""
    found = decode_cbor(open_sign1(base45.decode(text.removeprefix(PREFIX)), "card", KEYS))
    assert isinstance(found, dict)
    return found


def signed(payload: object, typ: str = "card") -> str:
    """Return a text that says something else, rightly signed."""
    return PREFIX + base45.encode(sign1(encode_cbor(payload), typ, KEY))


def test_a_token_comes_back_from_its_text() -> None:
    assert decode(TEXT, T20, KEYS) == TOKEN


def test_a_card_is_decided_from_its_text() -> None:
    printed = decode(TEXT, T20, KEYS)
    snapshot = msgspec.structs.replace(SNAPSHOT, entitlements={})
    assert decide_access(printed, GATE, JULY, "IN", snapshot) == Access(
        "ALLOW", "OK", ("UNKNOWN_SERIAL",), show_photo=True
    )


def test_it_is_of_the_class_of_153_bytes_and_fits_its_code() -> None:
    large = msgspec.structs.replace(TOKEN, serial=535_000, index=534_999, nbf=T20.validity.first, exp=T20.validity.end)
    text = encode(large, T20, KEY)
    assert len(base45.decode(text.removeprefix(PREFIX))) == 155
    assert len(text) <= 259  # characters of a QR code of 61 x 61 modules at level Q
    assert set(text) <= set(base45.ALPHABET)


def test_it_has_no_name_and_no_document_in_it() -> None:
    assert claims() == {
        3: "T20",
        4: TOKEN.exp // 1000,
        5: 0,
        -65537: [1, 10, "AAA", "Aa", 3, 0b100100000, [70, 70, 768, 0, 64, 0], "SWM", False, None, []],
    }


def test_what_one_person_is_granted_or_denied_goes_along_without_who_approved_it() -> None:
    overrides = (Override("DENY", "sup-a", JULY + 1, "SWC"), Override("GRANT", "sup-a", JULY + 2, "STA", "6"))
    token = msgspec.structs.replace(TOKEN, entitlement=msgspec.structs.replace(SWIMMER, overrides=overrides))
    printed = decode(encode(token, T20, KEY), T20, KEYS)
    assert isinstance(printed, Token)
    assert printed.entitlement.overrides == tuple(msgspec.structs.replace(one, approver="") for one in overrides)
    gate_alone = msgspec.structs.replace(SNAPSHOT, entitlements={})
    assert decide_access(printed, GATE, JULY, "IN", gate_alone).reason == "VENUE"


def test_a_pass_names_its_host() -> None:
    guest = msgspec.structs.replace(TOKEN, escorted=True, host=5)
    assert decode(encode(guest, T20, KEY), T20, KEYS) == guest


def test_every_function_of_the_games_comes_back() -> None:
    for category, found in T20.categories.items():
        for name in found.functions:
            held = entitle(T20.function(category, name), "SWM", (), version=1)
            token = msgspec.structs.replace(TOKEN, category=category, entitlement=held)
            printed = decode(encode(token, T20, KEY), T20, KEYS)
            assert isinstance(printed, Token)
            read = printed.entitlement
            assert (set(read.venues), read.discipline) == (set(held.venues), held.discipline)
            assert {kind: set(zones) for kind, zones in read.zones.items()} == {
                kind: set(zones) for kind, zones in held.zones.items()
            }


@pytest.mark.parametrize(
    "entitlement",
    [Entitlement(1, venues=("XXX",)), Entitlement(1, zones={"HOTEL": ("X",)}), Entitlement(1, zones={"X": ()})],
    ids=["venue", "zone", "type"],
)
def test_a_code_without_a_position_is_not_printed(entitlement: Entitlement) -> None:
    with pytest.raises(ValueError, match="no position on cards"):
        encode(msgspec.structs.replace(TOKEN, entitlement=entitlement), T20, KEY)


def test_validity_is_in_whole_seconds() -> None:
    for changes in ({"nbf": 1}, {"exp": TOKEN.exp + 999}):
        with pytest.raises(ValueError, match="whole seconds"):
            encode(msgspec.structs.replace(TOKEN, **changes), T20, KEY)


# -- what is none ---------------------------------------------------------------------------------------------------


def test_another_key_or_another_signature_is_named() -> None:
    assert decode(TEXT, T20, {OTHER.kid: OTHER.public}) == TokenFailure("UNKNOWN_KEY")
    assert decode(TEXT, T20, {}) == TokenFailure("UNKNOWN_KEY")
    assert decode(TEXT, T20, {KEY.kid: OTHER.public}) == TokenFailure("BAD_SIGNATURE")


def test_a_card_of_another_games_is_named() -> None:
    other = msgspec.structs.replace(T20, games="T24")
    assert decode(TEXT, other, KEYS) == TokenFailure("WRONG_GAMES")
    assert decode(signed(claims() | {3: "T24"}), T20, KEYS) == TokenFailure("WRONG_GAMES")


def test_a_changed_character_is_never_a_token() -> None:
    allowed = {*("MALFORMED", "UNKNOWN_KEY", "BAD_SIGNATURE")}
    for place in range(len(TEXT)):
        other = "0" if TEXT[place] != "0" else "1"
        found = decode(TEXT[:place] + other + TEXT[place + 1 :], T20, KEYS)
        assert isinstance(found, TokenFailure)
        assert {found.code} <= allowed


@pytest.mark.parametrize(
    "text",
    ["", "PC1:", "PC2:" + TEXT[4:], TEXT[4:], TEXT + "0", TEXT[:-3], TEXT.lower(), "PC1:BB8", signed(claims(), "keys")],
    ids=["empty", "prefix", "other", "bare", "longer", "cut", "lower", "short", "manifest"],
)
def test_what_is_no_card_is_malformed(text: str) -> None:
    assert decode(text, T20, KEYS) == MALFORMED


def changed(place: int, value: object) -> dict[int, Any]:
    """Return the claims with one element of the card's own claim changed."""
    found = claims()
    found[-65537][place] = value
    return found


@pytest.mark.parametrize(
    "payload",
    [
        [],
        {},
        {key: value for key, value in claims().items() if key != 4},
        claims() | {6: 0},
        claims() | {4: "soon"},
        claims() | {-65537: claims()[-65537][:-2]},
        changed(0, "1"),
        changed(0, True),
        changed(5, 1 << len(T20.token.venues)),
        changed(5, -1),
        changed(6, [1 << len(T20.token.zones)]),
        changed(6, [0] * 7),
        changed(10, [["MAYBE", "", "", 0]]),
        claims() | {-65537: [*claims()[-65537], "more"]},
    ],
    ids=lambda payload: str(payload)[:60],
)
def test_what_is_signed_and_says_nothing_that_we_know_is_malformed(payload: object) -> None:
    assert decode(signed(payload), T20, KEYS) == MALFORMED


@given(st.text(base45.ALPHABET, max_size=80), st.binary(max_size=80))
def test_no_text_and_no_bytes_break_the_reader(text: str, data: bytes) -> None:
    for found in (text, PREFIX + text, PREFIX + base45.encode(data), PREFIX + base45.encode(cbor2.dumps(data))):
        assert isinstance(decode(found, T20, KEYS), TokenFailure)
