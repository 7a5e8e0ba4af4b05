"""What gates are sent: the status list, the facts of access and the time, each signed by a publisher of the manifest.

A gate needs no connection to judge them. Each has a type of its own in the signed message, so that a card is never
taken for a list, nor a list for the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from desks.cose import NotSigned, Signer, open_sign1, sign1
from desks.errors import BadPublication
from management.entitlement import Entitlement
from management.gate import Shift, Span
from schemas.policy.accreditation import Policy

__all__ = ["Beacon", "Entitlements", "Facts", "Publication", "Statuses", "decode", "encode", "pack_entitlements"]

Terms = tuple[Entitlement, ...]


class Statuses(msgspec.Struct, frozen=True):
    """A status list, in its envelope."""

    games: str
    version: int  # a lower one never counts again
    at: int  # ms since 1970 UTC, when it was made
    data: bytes  # compressed, as ``management/status_list.py`` has it


class Facts(msgspec.Struct, frozen=True):
    """All else that decides: the policy, and what changes with people, schedule and shifts."""

    games: str
    version: int
    at: int
    policy: Policy
    terms: Terms = ()  # the entitlements that differ, without their version
    cards: dict[int, tuple[int, int]] = {}  # serial -> version of its entitlement, which of the terms
    released: dict[str, tuple[str, ...]] = {}  # discipline -> its venues
    operating: dict[str, tuple[Span, ...]] = {}  # venue -> when it is open
    shifts: dict[int, tuple[Shift, ...]] = {}  # by serial


class Beacon(msgspec.Struct, frozen=True):
    """The time, as somebody says who knows it. It may come late, and never early."""

    games: str
    at: int  # ms since 1970 UTC
    series: int = 1  # a greater one says that what those before it said of the time does not count


Publication = Statuses | Facts | Beacon
P = TypeVar("P", bound=Publication)

TYPES: dict[type, Literal["status", "facts", "time"]] = {
    Statuses: "status",
    Facts: "facts",
    Beacon: "time",
}


def encode(publication: Publication, publisher: Signer) -> bytes:
    """Return a publication, signed."""
    return sign1(msgspec.msgpack.encode(publication), TYPES[type(publication)], publisher)


def decode(data: bytes, kind: type[P], publishers: Mapping[bytes, Ed25519PublicKey], games: str) -> P:
    """Return what a publisher has signed; raises ``BadPublication``."""
    what = TYPES[kind]
    try:
        found: P = msgspec.msgpack.decode(open_sign1(data, what, publishers), type=kind)
    except (NotSigned, msgspec.DecodeError) as error:
        raise BadPublication(f"no {what} that a publisher has signed: {error}") from None
    if found.games != games or (isinstance(found, Facts) and found.policy.games != games):
        raise BadPublication(f"{what}: of other Games than {games}")
    return found


def pack_entitlements(entitlements: Mapping[int, Entitlement]) -> tuple[Terms, dict[int, tuple[int, int]]]:
    """Return the terms and cards of ``Facts``: hundreds of thousands of cards have a few hundred different terms."""
    places: dict[bytes, int] = {}
    terms: list[Entitlement] = []
    cards: dict[int, tuple[int, int]] = {}
    for serial, entitlement in entitlements.items():
        term = msgspec.structs.replace(entitlement, version=0)
        place = places.setdefault(msgspec.msgpack.encode(term), len(terms))
        if place == len(terms):
            terms.append(term)
        cards[serial] = (entitlement.version, place)
    return tuple(terms), cards


class Entitlements(Mapping[int, Entitlement]):
    """The entitlements of some facts by serial, made when they are asked for."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def __getitem__(self, serial: int) -> Entitlement:
        version, place = self._facts.cards[serial]
        return msgspec.structs.replace(self._facts.terms[place], version=version)

    def __iter__(self) -> Iterator[int]:
        return iter(self._facts.cards)

    def __len__(self) -> int:
        return len(self._facts.cards)

    def __contains__(self, serial: object) -> bool:
        return serial in self._facts.cards
