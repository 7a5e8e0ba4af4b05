"""COSE_Sign1: the example of the COSE working group, and one form only."""

from __future__ import annotations

from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st

from desks.cose import NotSigned, decode_cbor, encode_cbor, open_sign1, sign1, to_be_signed
from desks.keys import HeldKey

KEY = HeldKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = HeldKey(Ed25519PrivateKey.from_private_bytes(bytes(32)))
KEYS = {KEY.kid: KEY.public}
MESSAGE = sign1(b"payload", "card", KEY)


def fault(data: bytes, keys: Any = KEYS) -> str:
    """Return the code with which bytes are refused."""
    with pytest.raises(NotSigned) as caught:
        open_sign1(data, "card", keys)
    return caught.value.code


def forged(
    protected: dict[Any, Any], rest: dict[Any, Any] | None = None, signer: HeldKey = KEY, tag: int = 18
) -> bytes:
    """Return a message with other headers, rightly signed."""
    header = cbor2.dumps(protected, canonical=True)
    signature = signer.sign(to_be_signed(header, b"payload"))
    return cbor2.dumps(cbor2.CBORTag(tag, [header, rest or {}, b"payload", signature]), canonical=True)


def test_what_is_signed_is_what_the_working_group_signs() -> None:
    # eddsa-examples/eddsa-sig-01 of the COSE working group, whose key is that of RFC 8032, 7.1, test 1.
    private = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    found = Ed25519PrivateKey.from_private_bytes(private).sign(
        to_be_signed(bytes.fromhex("A201270300"), b"This is the content.")
    )
    assert found == bytes.fromhex(
        "7142FD2FF96D56DB85BEE905A76BA1D0B7321A95C8C4D3607C5781932B7AFB87"
        "11497DFA751BF40B58B3BCC32300B1487F3DB34085EEF013BF08F4A44D6FEF0D"
    )


def test_a_signed_message_opens_with_its_key() -> None:
    assert open_sign1(MESSAGE, "card", KEYS) == b"payload"
    assert forged({1: -8, 4: KEY.kid, 16: "card"}) == MESSAGE


def test_another_key_does_not_open_it() -> None:
    assert fault(MESSAGE, {OTHER.kid: OTHER.public}) == "UNKNOWN_KEY"
    assert fault(MESSAGE, {KEY.kid: OTHER.public}) == "BAD_SIGNATURE"
    assert fault(forged({1: -8, 4: KEY.kid, 16: "card"}, signer=OTHER)) == "BAD_SIGNATURE"


@pytest.mark.parametrize("place", range(len(MESSAGE)))
def test_no_byte_may_change(place: int) -> None:
    assert fault(MESSAGE[:place] + bytes([MESSAGE[place] ^ 1]) + MESSAGE[place + 1 :]) in {
        *("MALFORMED", "UNKNOWN_KEY", "BAD_SIGNATURE")
    }


@pytest.mark.parametrize(
    "protected",
    [
        {1: -7, 4: KEY.kid, 16: "card"},  # ES256
        {1: -19, 4: KEY.kid, 16: "card"},
        {1: "EdDSA", 4: KEY.kid, 16: "card"},
        {4: KEY.kid, 16: "card"},
        {1: -8, 16: "card"},
        {1: -8, 4: KEY.kid},
        {1: -8, 4: KEY.kid, 16: "keys"},
        {1: -8, 4: KEY.kid, 16: "card", 2: [16]},
        {1: -8, 4: KEY.kid.hex(), 16: "card"},
    ],
    ids=str,
)
def test_other_algorithms_types_and_headers_are_refused(protected: dict[Any, Any]) -> None:
    assert fault(forged(protected)) == "MALFORMED"


def test_nothing_is_unprotected_and_the_tag_is_that_of_sign1() -> None:
    right = {1: -8, 4: KEY.kid, 16: "card"}
    assert fault(forged(right, {4: OTHER.kid})) == "MALFORMED"
    assert fault(forged(right, tag=98)) == "MALFORMED"


def test_an_empty_or_short_signature_is_a_bad_one() -> None:
    assert fault(MESSAGE[:-64] + bytes(64)) == "BAD_SIGNATURE"
    header = cbor2.dumps({1: -8, 4: KEY.kid, 16: "card"}, canonical=True)
    short = cbor2.dumps(cbor2.CBORTag(18, [header, {}, b"payload", b""]), canonical=True)
    assert fault(short) == "BAD_SIGNATURE"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        MESSAGE[:-1],
        MESSAGE + b"\0",
        bytes.fromhex("1800"),  # 0, not in the shortest form
        bytes.fromhex("9fff"),  # of indefinite length
        bytes.fromhex("a201000100"),  # the same key twice
        b"\x81" * 500,  # deeper than anything of ours
        bytes.fromhex("a2020001 00".replace(" ", "")),  # keys out of order
    ],
    ids=["empty", "cut", "longer", "long form", "indefinite", "twice", "deep", "order"],
)
def test_only_the_deterministic_encoding_is_read(data: bytes) -> None:
    with pytest.raises(NotSigned, match="MALFORMED"):
        decode_cbor(data)


@example(bytes.fromhex("c06161"))  # a date that is none
@example(bytes.fromhex("c240"))
@example(bytes.fromhex("d81c00"))  # a shared value
@example(bytes.fromhex("c482187800"))
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        value = decode_cbor(data)
    except NotSigned:
        return
    assert encode_cbor(value) == data
