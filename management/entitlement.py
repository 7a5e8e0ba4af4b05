"""Where a card opens: venues and zones of a function, with what was granted or denied to one person.

A function of a category gives venues (by code, all of them, or those of the person's discipline in the released
schedule) and, for each type of venue, zones. An override grants or denies one person a venue or a zone until it
expires; a denial wins over every grant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

import msgspec

from schemas.policy.accreditation import ALL_VENUES, INFINITY, Function, Policy

__all__ = ["Entitlement", "Override", "Place", "Released", "entitle", "opens_venue", "opens_zone"]

Released = Mapping[str, tuple[str, ...]]  # discipline -> its venues in the released schedule


class Place(NamedTuple):
    """A zone of a venue."""

    venue: str
    zone: str


class Override(msgspec.Struct, frozen=True):
    """A venue or a zone that one person has beyond the function, or has not."""

    action: Literal["GRANT", "DENY"]
    approver: str  # id of the person who decided it
    expires: int  # ms since 1970 UTC; from then on it is as if it had never been
    venue: str = ""  # where; empty: at every venue
    zone: str = ""  # empty: the venue itself


class Entitlement(msgspec.Struct, frozen=True):
    """Where a card opens, as its newest snapshot or the card itself says."""

    version: int  # of the participation's entitlement; the greater one is the newer
    venues: tuple[str, ...] = ()  # codes, or ALL
    zones: Mapping[str, tuple[str, ...]] = {}  # type of venue -> zones, or INF
    discipline: str = ""  # its venues in the released schedule are open too; empty: none are
    overrides: tuple[Override, ...] = ()


def entitle(function: Function | None, discipline: str, overrides: tuple[Override, ...], version: int) -> Entitlement:
    """Return what a function gives to a person of a discipline; no function opens nothing but what is granted."""
    if function is None:
        return Entitlement(version, overrides=overrides)
    released = discipline if function.by_discipline else ""
    return Entitlement(version, function.venues, function.zones, released, overrides)


def opens_venue(entitlement: Entitlement, place: Place, t: int, released: Released, policy: Policy) -> bool:
    """Say whether the venue of a place is open at an instant."""
    venue = place.venue
    actions = set(_in_force(entitlement, Place(venue, ""), t))
    if actions:
        return "DENY" not in actions
    if venue in entitlement.venues:
        return True
    if entitlement.discipline and venue in released.get(entitlement.discipline, ()):
        return True
    excluded = {venue, f"{venue}:{place.zone}"} & set(policy.all_excludes)
    return ALL_VENUES in entitlement.venues and venue in policy.venues and not excluded


def opens_zone(entitlement: Entitlement, place: Place, t: int, policy: Policy) -> bool:
    """Say whether the zone of a place is open at an instant, whether or not its venue is."""
    actions = set(_in_force(entitlement, place, t))
    if actions:
        return "DENY" not in actions
    venue = policy.venues.get(place.venue)
    if venue is None:
        return False
    zones = entitlement.zones.get(venue.type, ())
    infinite = INFINITY in zones and place.zone in policy.venue_types[venue.type].zones
    return place.zone in zones or (infinite and place.zone not in policy.infinity_excludes)


def _in_force(entitlement: Entitlement, place: Place, t: int) -> Iterator[str]:
    """Yield what the overrides in force say about a zone, or where the zone is empty about a venue."""
    for override in entitlement.overrides:
        if override.zone == place.zone and override.venue in _where(place) and t < override.expires:
            yield override.action


def _where(place: Place) -> tuple[str, ...]:
    """Return the venues of the overrides that are about a place: no venue stands for every one, of a zone only."""
    return (place.venue, "") if place.zone else (place.venue,)
