"""COSE_Sign1 (RFC 9052) with Ed25519 and nothing else: a small signed message in CBOR.

The algorithm, the key's name and the type of the message are all in the protected header. What is signed with another
algorithm, carries anything in the unprotected header, or is not encoded the one deterministic way (RFC 8949, 4.2) is
refused, so that a message has one form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

__all__ = ["NotSigned", "Signer", "decode_cbor", "encode_cbor", "open_sign1", "sign1", "to_be_signed"]

ALG, KID, TYP = 1, 4, 16  # labels of headers; typ is RFC 9596
EDDSA = -8
SIGN1 = 18  # the CBOR tag

Fault = Literal["MALFORMED", "UNKNOWN_KEY", "BAD_SIGNATURE"]


class NotSigned(ValueError):  # noqa: N818 - it says what happened
    """Bytes are no message that a known key has signed."""

    def __init__(self, code: Fault, reason: str) -> None:
        super().__init__(code, reason)
        self.code: Fault = code
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}"


class Signer(Protocol):
    """Whatever signs with one Ed25519 key: a file's, or that of a device that never shows it."""

    kid: bytes

    def sign(self, data: bytes) -> bytes:
        """Return the signature of some bytes."""


def encode_cbor(value: object) -> bytes:
    """Return the one deterministic encoding of a value."""
    return cbor2.dumps(value, canonical=True)


def decode_cbor(data: bytes) -> object:
    """Return the value of a deterministic encoding; raise ``NotSigned`` (``MALFORMED``) for any other bytes."""
    try:
        value = cbor2.loads(data, max_depth=8, allow_indefinite=False, allow_duplicate_keys=False)
        exact = encode_cbor(value) == data
    except (cbor2.CBORError, ValueError, TypeError, RecursionError, OverflowError) as error:
        raise NotSigned("MALFORMED", f"no CBOR: {error}") from None
    if not exact:
        raise NotSigned("MALFORMED", "not the deterministic encoding")
    return value


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """Return what a signature is over (RFC 9052, 4.4)."""
    return encode_cbor(["Signature1", protected, b"", payload])


def sign1(payload: bytes, typ: str, signer: Signer) -> bytes:
    """Return a signed message of a type."""
    protected = encode_cbor({ALG: EDDSA, KID: signer.kid, TYP: typ})
    signature = signer.sign(to_be_signed(protected, payload))
    return encode_cbor(cbor2.CBORTag(SIGN1, [protected, {}, payload, signature]))


def open_sign1(data: bytes, typ: str, keys: Mapping[bytes, Ed25519PublicKey]) -> bytes:
    """Return the payload of a message of a type that one of the keys has signed; raise ``NotSigned`` otherwise."""
    match decode_cbor(data):
        case cbor2.CBORTag(
            tag=18, value=[bytes() as protected, Mapping() as rest, bytes() as payload, bytes() as given]
        ):
            pass
        case _:
            raise NotSigned("MALFORMED", "no COSE_Sign1")
    match decode_cbor(protected):
        case {1: -8, 4: bytes() as kid, 16: str() as found, **others} if not others and not rest:
            pass
        case _:
            raise NotSigned("MALFORMED", "not the headers of ours: EdDSA, a key's name and a type")
    if found != typ:
        raise NotSigned("MALFORMED", f"a message of the type {found!r}, not {typ!r}")
    key = keys.get(kid)
    if key is None:
        raise NotSigned("UNKNOWN_KEY", f"no key {kid.hex()} is known")
    try:
        key.verify(given, to_be_signed(protected, payload))
    except InvalidSignature:
        raise NotSigned("BAD_SIGNATURE", f"not signed with the key {kid.hex()}") from None
    return payload
