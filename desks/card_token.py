"""The token of a card: what its QR code says, signed, without a name or a document.

A CWT (RFC 8392) in a COSE_Sign1, as Base45 behind ``PC1:``. Venues and zones are bits, by the positions of the code
lists in the policy, which only ever grow at their ends; a card of a later list, with a bit that the gate does not know,
is malformed to it rather than half understood. What one person is granted or denied goes along with its expiry, so that
a gate without a snapshot keeps to it. Validity is in whole seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from desks import base45
from desks.cose import NotSigned, Signer, decode_cbor, encode_cbor, open_sign1, sign1
from management.entitlement import Entitlement, Override
from management.gate import Token, TokenFailure
from schemas.policy.accreditation import Policy

__all__ = ["PREFIX", "decode", "encode"]

PREFIX = "PC1:"
CARD = "card"  # the type of the signed message
AUD, EXP, NBF, CARD_CLAIM = 3, 4, 5, -65537  # claims; the last is private


class _Claims(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The private claim, as an array."""

    serial: int
    index: int
    ro: str
    category: str
    version: int
    venues: int  # bits
    zones: tuple[int, ...]  # bits, by the position of the type of venue
    discipline: str
    escorted: bool
    host: int | None
    overrides: tuple[tuple[Literal["GRANT", "DENY"], str, str, int], ...]  # action, venue, zone, expires in ms


def encode(token: Token, policy: Policy, signer: Signer) -> str:
    """Return the text of a token's QR code.

    Who approved an override is not in it. Raises ValueError for a code that is not in the policy's lists, and for a
    validity that is not in whole seconds.
    """
    codes, entitlement = policy.token, token.entitlement
    if token.nbf % 1000 or token.exp % 1000:
        raise ValueError("the validity of a card is in whole seconds")
    _bits(entitlement.zones, codes.venue_types)  # each type of venue has a position
    claims = _Claims(
        token.serial,
        token.index,
        token.ro,
        token.category,
        entitlement.version,
        _bits(entitlement.venues, codes.venues),
        tuple(_bits(entitlement.zones.get(kind, ()), codes.zones) for kind in codes.venue_types),
        entitlement.discipline,
        token.escorted,
        token.host,
        tuple((one.action, one.venue, one.zone, one.expires) for one in entitlement.overrides),
    )
    payload = {
        AUD: token.games,
        EXP: token.exp // 1000,
        NBF: token.nbf // 1000,
        CARD_CLAIM: msgspec.to_builtins(claims),
    }
    return PREFIX + base45.encode(sign1(encode_cbor(payload), CARD, signer))


def decode(text: str, policy: Policy, keys: Mapping[bytes, Ed25519PublicKey]) -> Token | TokenFailure:
    """Return the token of a QR code's text, or why it is none of these Games."""
    if not text.startswith(PREFIX):
        return TokenFailure("MALFORMED")
    try:
        payload = open_sign1(base45.decode(text.removeprefix(PREFIX)), CARD, keys)
        return _token(decode_cbor(payload), policy)
    except NotSigned as error:
        return TokenFailure(error.code)
    except (base45.Base45Error, msgspec.ValidationError):
        return TokenFailure("MALFORMED")


def _token(payload: object, policy: Policy) -> Token | TokenFailure:
    match payload:
        case {3: str() as games, 4: int() as exp, 5: int() as nbf, -65537: list() as found, **others} if not others:
            pass
        case _:
            return TokenFailure("MALFORMED")
    if games != policy.games:
        return TokenFailure("WRONG_GAMES")
    claims, codes = msgspec.convert(found, _Claims), policy.token
    venues = _codes(claims.venues, codes.venues)
    zones = [_codes(bits, codes.zones) for bits in claims.zones]
    if venues is None or None in zones or len(zones) > len(codes.venue_types):
        return TokenFailure("MALFORMED")
    by_type = {kind: found for kind, found in zip(codes.venue_types, zones, strict=False) if found}
    overrides = tuple(Override(action, "", expires, venue, zone) for action, venue, zone, expires in claims.overrides)
    entitlement = Entitlement(claims.version, venues, by_type, claims.discipline, overrides)
    return Token(
        games,
        claims.serial,
        claims.index,
        claims.ro,
        claims.category,
        nbf * 1000,
        exp * 1000,
        entitlement,
        claims.escorted,
        claims.host,
    )


def _bits(codes: Iterable[str], positions: Sequence[str]) -> int:
    """Return codes as bits; raise ValueError for one that has no position."""
    unknown = sorted(set(codes) - set(positions))
    if unknown:
        raise ValueError(f"no position on cards: {', '.join(unknown)}")
    return sum(1 << positions.index(code) for code in set(codes))


def _codes(bits: int, positions: Sequence[str]) -> tuple[str, ...] | None:
    """Return bits as codes; None where one has no position."""
    if not 0 <= bits < 1 << len(positions):
        return None
    return tuple(code for position, code in enumerate(positions) if bits >> position & 1)
