"""What a gate knows when a card is held to it: the card's token, the gate itself, and a snapshot of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from management.entitlement import Entitlement, Place, Released
from management.status_list import StatusList
from schemas.policy.accreditation import Policy

__all__ = [
    "DeviceScan",
    "Direction",
    "Gate",
    "HostScan",
    "Passage",
    "Shift",
    "Snapshot",
    "Span",
    "Token",
    "TokenFailure",
]

Direction = Literal["IN", "OUT"]


class Token(msgspec.Struct, frozen=True):
    """What a card says, its signature found good. No name, no document."""

    games: str
    serial: int
    index: int  # in the status list
    ro: str
    category: str
    nbf: int  # ms, the first instant at which it holds
    exp: int  # ms, the first instant at which it does not
    entitlement: Entitlement
    escorted: bool = False  # a pass whose holder is taken along by a host
    host: int | None = None  # serial of that host; None: anybody of the same organisation


class TokenFailure(msgspec.Struct, frozen=True):
    """Why what was held to the gate is no token."""

    code: Literal["MALFORMED", "BAD_SIGNATURE", "UNKNOWN_KEY", "WRONG_GAMES"]


class Gate(msgspec.Struct, frozen=True):
    """A way into a zone of a venue."""

    id: str
    venue: str
    zone: str
    perimeter: str  # what it leads into: several gates may lead into one
    passback: Literal["OFF", "WARN", "DENY"] = "OFF"  # what happens to who is inside already
    device: str = ""  # the kind of supplementary device that it asks for; empty: none
    capacity: int | None = None  # of the zone


class Span(msgspec.Struct, frozen=True):
    """A stretch of time with its first instant and without its end, ms."""

    first: int
    end: int


class Shift(msgspec.Struct, frozen=True):
    """When somebody works where."""

    venue: str
    span: Span


class DeviceScan(msgspec.Struct, frozen=True):
    """A supplementary device was held to a gate: a ticket of a prime event, an upgrade card, a bib."""

    kind: str
    gate: str
    at: int
    serial: int | None = None  # the card that it belongs to; None: to any of the organisation
    ro: str = ""


class HostScan(msgspec.Struct, frozen=True):
    """A card that may be a host's was let in at a gate."""

    gate: str
    at: int
    serial: int
    ro: str


class Passage(msgspec.Struct, frozen=True):
    """The last time that a card went through a perimeter."""

    perimeter: str
    venue: str
    direction: Direction
    at: int


class Snapshot(msgspec.Struct, frozen=True):
    """What a gate holds: published things with their versions, and what it and its neighbours saw lately."""

    policy: Policy
    statuses: StatusList | None = None  # none: it has never got one
    list_version: int = 0
    list_at: int = 0  # ms, when the list was signed
    clock_error: int | None = None  # ms, the gate's clock against the last signed time beacon; None: it never had one
    entitlements: Mapping[int, Entitlement] = {}  # by serial
    released: Released = {}
    operating: Mapping[str, tuple[Span, ...]] = {}  # venue -> when it is open
    shifts: Mapping[int, tuple[Shift, ...]] = {}  # by serial
    devices: tuple[DeviceScan, ...] = ()
    hosts: tuple[HostScan, ...] = ()
    passages: Mapping[int, tuple[Passage, ...]] = {}  # by serial, the last at each perimeter
    occupancy: Mapping[Place, int] = {}  # people inside
