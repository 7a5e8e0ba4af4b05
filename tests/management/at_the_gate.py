"""A swimmer's card at a gate of the swimming centre, where everything is in order until a test changes it."""

from __future__ import annotations

from typing import Any

import msgspec

from management.access import Access, decide_access
from management.entitlement import Place, entitle
from management.gate import Direction, Gate, Snapshot, Span, Token, TokenFailure
from management.status_list import decode, encode
from tests.management.accredited import HOUR, JULY, MINUTE, T20, ms

EXP = ms("2021-08-09T00:00:00Z")
SWIMMER = entitle(T20.function("Aa", "ATHLETE"), "SWM", (), version=3)

TOKEN = Token("T20", serial=1, index=10, ro="AAA", category="Aa", nbf=0, exp=EXP, entitlement=SWIMMER)
GATE = Gate("SWC-1", "SWC", "2", perimeter="SWC")
POOL = Place("SWC", "2")
SNAPSHOT = Snapshot(
    T20,
    statuses=decode(encode({10: 0, 11: 1, 12: 2, 13: 3}, 16)),
    list_version=7,
    list_at=JULY - MINUTE,
    clock_error=0,
    entitlements={1: SWIMMER},
    released={"SWM": ("SWC",), "ATH": ("STA",)},
    operating={"SWC": (Span(JULY - HOUR, JULY + 30 * 24 * HOUR),)},
)


def at(
    token: Token | TokenFailure = TOKEN, gate: Gate = GATE, t: int = JULY, direction: Direction = "IN", **known: Any
) -> Access:
    """Decide with some parts of the snapshot changed."""
    return decide_access(token, gate, t, direction, msgspec.structs.replace(SNAPSHOT, **known))


def reason(
    token: Token | TokenFailure = TOKEN, gate: Gate = GATE, t: int = JULY, direction: Direction = "IN", **known: Any
) -> str:
    """Return the one reason."""
    return at(token, gate, t, direction, **known).reason


def card(**changes: Any) -> Token:
    """Return the swimmer's token with some parts changed."""
    return msgspec.structs.replace(TOKEN, **changes)


def gate(**changes: Any) -> Gate:
    """Return the gate with some parts changed."""
    return msgspec.structs.replace(GATE, **changes)
