"""The access decision: whether a card goes through a gate at an instant.

One pure function, the same on a server, in a gate without a network and in the tests. It goes through its checks in
order, and the first that fails gives the one reason. Whoever goes out is only asked who he is and whether he belongs
there: closing time, a full zone or a missing escort must not keep anybody in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import msgspec

from management.entitlement import Entitlement, Place, opens_venue, opens_zone
from management.gate import Direction, Gate, Passage, Snapshot, Token, TokenFailure
from management.status_list import NOT_VALIDATED, REVOKED, SUSPENDED
from management.status_list import Status as ListStatus

__all__ = ["Access", "Finding", "Flag", "Reason", "Verdict", "decide_access"]

Verdict = Literal["ALLOW", "DENY", "REFER"]

Reason = Literal[
    "OK",
    "MALFORMED",
    "BAD_SIGNATURE",
    "UNKNOWN_KEY",
    "WRONG_GAMES",
    "CLOCK_UNTRUSTED",
    "NOT_YET_VALID",
    "EXPIRED",
    "NOT_VALIDATED",
    "SUSPENDED",
    "REVOKED",
    "STATUS_STALE",
    "VENUE",
    "ZONE",
    "TIME",
    "NEEDS_DEVICE",
    "ESCORT",
    "PASSBACK",
    "FULL",
]

Flag = Literal[
    "STATUS_STALE",  # the status list is old, or ends before this card
    "UNKNOWN_SERIAL",  # decided from the card alone: the snapshot does not know it
    "PASSBACK",  # is inside already, and this gate only warns
]

Finding = Literal["IMPOSSIBLE_TRAVEL"]  # two venues faster than anybody travels: a copied card, perhaps

_SECOND = 1_000
_MINUTE = 60_000


class Access(msgspec.Struct, frozen=True):
    """The decision, with exactly one reason."""

    verdict: Verdict
    reason: Reason
    flags: tuple[Flag, ...] = ()  # what makes an ALLOW amber
    findings: tuple[Finding, ...] = ()  # what the security operations centre hears, whatever the verdict
    show_photo: bool = False  # somebody looks whether it is the bearer's card


class _Case(NamedTuple):
    token: Token
    gate: Gate
    t: int
    direction: Direction
    snapshot: Snapshot
    entitlement: Entitlement

    @property
    def place(self) -> Place:
        return Place(self.gate.venue, self.gate.zone)

    @property
    def status(self) -> ListStatus | None:
        statuses = self.snapshot.statuses
        return statuses.status(self.token.index) if statuses else None


def decide_access(token: Token | TokenFailure, gate: Gate, t: int, direction: Direction, snapshot: Snapshot) -> Access:
    """Decide whether a card goes through a gate at an instant, ms since 1970 UTC."""
    if isinstance(token, TokenFailure):
        return Access("DENY", token.code)
    case = _Case(token, gate, t, direction, snapshot, _newest_entitlement(token, snapshot))
    findings = _findings(case)
    for check in CHECKS[direction]:
        reason = check(case)
        if reason is not None:
            return Access("REFER" if reason in REFERRED else "DENY", reason, findings=findings)
    return Access("ALLOW", "OK", _flags(case), findings, show_photo=True)


def _newest_entitlement(token: Token, snapshot: Snapshot) -> Entitlement:
    known = snapshot.entitlements.get(token.serial)
    return known if known is not None and known.version >= token.entitlement.version else token.entitlement


# -- the checks -----------------------------------------------------------------------------------------------------


def _games(case: _Case) -> Reason | None:
    return None if case.token.games == case.snapshot.policy.games else "WRONG_GAMES"


def _clock(case: _Case) -> Reason | None:
    error, tolerance = case.snapshot.clock_error, case.snapshot.policy.access.clock_tolerance_s * _SECOND
    return None if error is not None and abs(error) <= tolerance else "CLOCK_UNTRUSTED"


def _validity(case: _Case) -> Reason | None:
    if case.t < case.token.nbf:
        return "NOT_YET_VALID"
    return "EXPIRED" if case.t >= case.token.exp else None


def _status(case: _Case) -> Reason | None:
    refused: dict[ListStatus | None, Reason]
    refused = {NOT_VALIDATED: "NOT_VALIDATED", SUSPENDED: "SUSPENDED", REVOKED: "REVOKED"}
    return refused.get(case.status)


def _freshness(case: _Case) -> Reason | None:
    return "STATUS_STALE" if _risk(case) == "HIGH" and _is_stale(case) else None


def _venue(case: _Case) -> Reason | None:
    snapshot = case.snapshot
    return None if opens_venue(case.entitlement, case.place, case.t, snapshot.released, snapshot.policy) else "VENUE"


def _zone(case: _Case) -> Reason | None:
    return None if opens_zone(case.entitlement, case.place, case.t, case.snapshot.policy) else "ZONE"


def _time(case: _Case) -> Reason | None:
    return None if _in_category_time(case) and _venue_is_open(case) and _in_shift(case) else "TIME"


def _device(case: _Case) -> Reason | None:
    kind, window = case.gate.device, case.snapshot.policy.access.device_s * _SECOND
    if not kind:
        return None
    for scan in case.snapshot.devices:
        bound = scan.ro == case.token.ro if scan.serial is None else scan.serial == case.token.serial
        if scan.kind == kind and scan.gate == case.gate.id and bound and 0 <= case.t - scan.at <= window:
            return None
    return "NEEDS_DEVICE"


def _escort(case: _Case) -> Reason | None:
    token, window = case.token, case.snapshot.policy.access.escort_s * _SECOND
    if not token.escorted:
        return None
    for scan in case.snapshot.hosts:
        known = scan.ro == token.ro if token.host is None else scan.serial == token.host
        if known and scan.serial != token.serial and scan.gate == case.gate.id and 0 <= case.t - scan.at <= window:
            return None
    return "ESCORT"


def _passback(case: _Case) -> Reason | None:
    return "PASSBACK" if case.gate.passback == "DENY" and _is_inside(case) else None


def _capacity(case: _Case) -> Reason | None:
    capacity = case.gate.capacity
    return "FULL" if capacity is not None and case.snapshot.occupancy.get(case.place, 0) >= capacity else None


# -- their order: the first that fails decides ------------------------------------------------------------------------

WHO_AND_WHERE: tuple[Callable[[_Case], Reason | None], ...] = (
    _games,
    _clock,  # before the times: by a clock that is wrong nothing is expired
    _validity,
    _status,
    _freshness,  # after the status: what an old list revokes is revoked
    _venue,
    _zone,
)
ENTRY: tuple[Callable[[_Case], Reason | None], ...] = (_time, _device, _escort, _passback, _capacity)
CHECKS: dict[Direction, tuple[Callable[[_Case], Reason | None], ...]] = {
    "IN": WHO_AND_WHERE + ENTRY,
    "OUT": WHO_AND_WHERE,
}
REFERRED: frozenset[Reason] = frozenset({"CLOCK_UNTRUSTED"})  # a person decides


# -- what they look at ----------------------------------------------------------------------------------------------


def _risk(case: _Case) -> str:
    zone = case.snapshot.policy.zones.get(case.gate.zone)
    return zone.risk if zone else "HIGH"


def _is_stale(case: _Case) -> bool:
    """Say whether the list is too old for the zone. One that ends before the card is: it was made before the card."""
    limits = case.snapshot.policy.access
    minutes = limits.list_age_high_min if _risk(case) == "HIGH" else limits.list_age_low_min
    return case.status is None or case.t - case.snapshot.list_at > minutes * _MINUTE


def _in_category_time(case: _Case) -> bool:
    policy = case.snapshot.policy
    category = policy.categories.get(case.token.category)
    if category is None:
        return False
    phase = any(policy.phases[name].holds(case.t) for name in category.phases)
    return phase and (category.access is None or category.access.holds(case.t))


def _venue_is_open(case: _Case) -> bool:
    venue = case.snapshot.policy.venues.get(case.gate.venue)
    spans = case.snapshot.operating.get(case.gate.venue, ())
    return venue is not None and (venue.always_open or any(span.first <= case.t < span.end for span in spans))


def _in_shift(case: _Case) -> bool:
    policy = case.snapshot.policy
    if not (policy.venues[case.gate.venue].shift_bound and policy.categories[case.token.category].workforce):
        return True
    before, after = policy.access.before_shift_min * _MINUTE, policy.access.after_shift_min * _MINUTE
    return any(
        shift.venue == case.gate.venue and shift.span.first - before <= case.t < shift.span.end + after
        for shift in case.snapshot.shifts.get(case.token.serial, ())
    )


def _passages(case: _Case) -> tuple[Passage, ...]:
    return case.snapshot.passages.get(case.token.serial, ())


def _is_inside(case: _Case) -> bool:
    last = [passage.direction for passage in _passages(case) if passage.perimeter == case.gate.perimeter]
    return case.direction == "IN" and last == ["IN"]


def _flags(case: _Case) -> tuple[Flag, ...]:
    flags: list[tuple[bool, Flag]] = [
        (_is_stale(case), "STATUS_STALE"),
        (case.token.serial not in case.snapshot.entitlements, "UNKNOWN_SERIAL"),
        (case.gate.passback == "WARN" and _is_inside(case), "PASSBACK"),
    ]
    return tuple(flag for raised, flag in flags if raised)


def _findings(case: _Case) -> tuple[Finding, ...]:
    travel, here = case.snapshot.policy.travel, case.gate.venue
    for passage in _passages(case):
        if passage.venue != here and abs(case.t - passage.at) < travel(passage.venue, here):
            return ("IMPOSSIBLE_TRAVEL",)
    return ()
