"""Whom a venue's desk has to do with: at a point of validation everybody, elsewhere those whose card opens the venue.

So whoever is let in nowhere near a venue is nobody there: neither his facts nor his cards.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from desks.office import Office
from management.command import EVERYWHERE, Actor, Grant
from management.entitlement import Entitlement, Place, opens_venue
from management.token import entitlement_of
from schemas.policy.accreditation import Policy

__all__ = ["with_venues_of"]

ROLE = "VENUE_ACR"


async def with_venues_of(actor: Actor, person: str, office: Office) -> Actor:
    """Return somebody as he stands toward a person: without desks of venues that have nothing to do with that one."""
    policy: Policy = office.policies["per"]
    if not any(_is_narrow(grant, policy) for grant in actor.grants):
        return actor
    kept, schedule = await office.read(f"per:{person}"), await office.read(f"sch:{policy.games}")
    cards = [entitlement_of(one, policy) for one in kept.state.participations.values()] if kept else []
    plans = schedule.state.live.plans if schedule else {}
    grants = [one for one in actor.grants if not _is_narrow(one, policy) or _opens(one, cards, plans, office)]
    return replace(actor, grants=tuple(grants))


def _is_narrow(grant: Grant, policy: Policy) -> bool:
    venue = policy.venues.get(_venue(grant))
    return grant.role == ROLE and grant.scope != EVERYWHERE and not (venue and venue.validates)


def _venue(grant: Grant) -> str:
    return grant.scope.partition(":")[2]


def _opens(grant: Grant, cards: Iterable[Entitlement], plans: Any, office: Office) -> bool:
    """Say whether one of a person's cards opens a desk's venue, also by the released schedule of its discipline."""
    venue, policy = _venue(grant), office.policies["per"]
    there = {unit[:3] for unit, plan in plans.items() if plan.venue == venue}
    released = dict.fromkeys(there, (venue,))
    return any(opens_venue(card, Place(venue, ""), office.now, released, policy) for card in cards)
