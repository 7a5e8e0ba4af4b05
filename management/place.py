"""Places in events: given by a route, confirmed or declined by their organisation, returned when a deadline passes.

A slot is the organisation's, who picks the athlete; a nominal place is the athlete's. Qualification events have a
hierarchy, irrespective of the calendar: a place from a higher one takes the stead of one from a lower one, which is
returned, and who holds a place from a higher one gets none from a lower one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal, cast

import msgspec

from management.command import Received, Refusal, Role
from management.entry_book import PLACE_TRANSITIONS, Place, State, joined, refuse
from management.entry_counts import count, hold, let_go, set_deadline
from management.entry_guards import bars
from schemas.policy.entries import Discipline, Policy, Route
from schemas.rsc import gender_of

__all__ = [
    "DECIDE",
    "EVOLVE",
    "AllocatePlace",
    "Command",
    "ConfirmPlace",
    "DeclinePlace",
    "Event",
    "PlaceAllocated",
    "PlaceConfirmed",
    "PlaceReopened",
    "PlaceReturned",
    "ReturnRule",
    "vacate",
]

ReturnRule = Literal[
    "DECLINED",
    "EXPIRED",
    "SUPERSEDED",  # by a place of a higher qualification event
    "WITHDRAWN",  # its entry, when no other could be made
    "INELIGIBLE",  # its athlete
]


class AllocatePlace(msgspec.Struct, frozen=True, tag="allocate_place"):
    """Give a place of a route for the first time."""

    place: str  # its id
    event: str
    route: str
    noc: str
    confirm_by: int  # ms, the last instant of the answer
    athlete: str = ""  # the owner of a nominal place
    continent: str = ""


class ConfirmPlace(msgspec.Struct, frozen=True, tag="confirm_place"):
    """Accept a place."""

    place: str


class DeclinePlace(msgspec.Struct, frozen=True, tag="decline_place"):
    """Give a place back that is not in use."""

    place: str


class PlaceAllocated(msgspec.Struct, frozen=True, tag="place_allocated"):
    """A place was given for the first time."""

    place: str
    event: str
    route: str
    rule: str  # the kind of the route
    ownership: Literal["slot", "nominal"]
    noc: str
    athlete: str
    continent: str
    confirm_by: int


class PlaceConfirmed(msgspec.Struct, frozen=True, tag="place_confirmed"):
    """A place was accepted."""

    place: str
    use_by: int | None  # the last instant to enter somebody


class PlaceReturned(msgspec.Struct, frozen=True, tag="place_returned"):
    """A place is nobody's, until it is given anew."""

    place: str
    rule: ReturnRule
    noc: str  # whose it was
    athlete: str


class PlaceReopened(msgspec.Struct, frozen=True, tag="place_reopened"):
    """A place is free again for another athlete of its organisation."""

    place: str
    use_by: int | None


Command = AllocatePlace | ConfirmPlace | DeclinePlace
Event = PlaceAllocated | PlaceConfirmed | PlaceReturned | PlaceReopened


def vacate(state: State, place_id: str | None, rule: ReturnRule, at: int, policy: Policy) -> list[Event]:
    """Return what becomes of a place when one entry leaves it, before that entry has ended.

    A team's place stays with the team while anybody is on it. A slot is the organisation's to fill again as long as
    entries are open; otherwise, and when it was the athlete's own, it is returned.
    """
    if place_id is None:
        return []
    place = state.places[place_id]
    if place.used > 1:
        return []
    if place.ownership == "slot" and at <= policy.entries_until:
        return [PlaceReopened(place_id, policy.places_until)]
    return [PlaceReturned(place_id, rule, place.noc, place.athlete)]


# -- allocation -------------------------------------------------------------------------------------------------------


def allocate(state: State, received: Received[AllocatePlace], policy: Policy) -> list[Event] | Refusal:
    """Decide on giving a place."""
    wish = received.command
    code = received.key.removeprefix("ebk:")
    discipline = policy.disciplines.get(code)
    event = discipline.events.get(wish.event) if discipline else None
    route = discipline.routes.get(wish.route) if discipline else None
    if discipline is None or event is None or route is None or wish.route not in event.places:
        return refuse("ROUTE", f"{wish.route} gives no place in {wish.event}", route=wish.route, event=wish.event)
    if not received.actor.may(cast("Role", route.allocated_by), f"discipline:{code}"):
        return refuse("NOT_AUTHORISED", f"places of {wish.route} are given by {route.allocated_by}")
    if wish.place in state.places:
        return refuse("STATE", f"place {wish.place} is given", place=wish.place)
    if (route.ownership == "nominal") != bool(wish.athlete):
        return refuse("ROUTE", f"a place of {wish.route} is {route.ownership}", route=wish.route)
    if wish.athlete and bars(state, wish.athlete, policy):
        return refuse("SANCTIONED", f"{wish.athlete} is sanctioned", athlete=wish.athlete)
    if wish.confirm_by < received.at:
        return refuse("DEADLINE", "the deadline of the answer has passed already")
    given = state.given.get(joined(wish.event, wish.route), 0)
    if given >= event.places[wish.route]:
        return refuse("ROUTE_TOTAL", f"all {given} places of {wish.route} are given", route=wish.route)
    lower = _lower(state, wish, discipline, event.noc_max)
    if isinstance(lower, Refusal):
        return lower
    if refusal := _past_limits(state, wish, discipline, route, freed=len(lower)):
        return refusal
    allocated = PlaceAllocated(
        wish.place,
        wish.event,
        wish.route,
        route.kind,
        route.ownership,
        wish.noc,
        wish.athlete,
        wish.continent,
        wish.confirm_by,
    )
    return [*lower, allocated]


def _lower(state: State, wish: AllocatePlace, discipline: Discipline, most: int) -> list[PlaceReturned] | Refusal:
    """Return what the new place supersedes: the athlete's other one, or the lowest of an organisation that is full."""
    own = state.holder.get(joined(wish.athlete, wish.event)) if wish.athlete else None
    held = [own] if own else state.holdings.get(joined(wish.noc, wish.event), [])
    if own is None and len(held) < most:
        return []
    lowest = max(held, key=lambda place_id: (_height(discipline, state.places[place_id].route), place_id))
    place = state.places[lowest]
    if _height(discipline, place.route) <= _height(discipline, wish.route):
        if own:
            return refuse("HIERARCHY", f"{wish.athlete} holds a place by {place.route}", place=lowest)
        return refuse("NOC_EVENT_MAX", f"{wish.noc} holds {len(held)} places in the event", noc=wish.noc)
    if place.status == "USED":
        return refuse("STATE", f"place {lowest} is in use; its entry must be withdrawn first", place=lowest)
    return [PlaceReturned(lowest, "SUPERSEDED", place.noc, place.athlete)]


def _height(discipline: Discipline, route: str) -> int:
    """Return how high a route stands: 0 is the highest, and those that the hierarchy does not name stand lowest."""
    return discipline.hierarchy.index(route) if route in discipline.hierarchy else len(discipline.hierarchy)


def _past_limits(state: State, wish: AllocatePlace, discipline: Discipline, route: Route, freed: int) -> Refusal | None:
    gender = gender_of(wish.event)
    of_gender = state.held_gender.get(joined(wish.noc, gender), 0) - freed
    most = discipline.noc_gender_places.get(gender)
    if most is not None and of_gender >= most:
        return refuse("NOC_GENDER_MAX", f"{wish.noc} holds {of_gender} places of gender {gender}", noc=wish.noc)
    if route.only_without_others and (of_gender or state.gender.get(joined(wish.noc, gender), 0)):
        return refuse("ROUTE", f"{wish.noc} has athletes or places of gender {gender} already", noc=wish.noc)
    return None


# -- the answer -------------------------------------------------------------------------------------------------------


def _theirs(state: State, received: Received[Any], place_id: str) -> Place | Refusal:
    place = state.places.get(place_id)
    if place is None:
        return refuse("UNKNOWN", f"there is no place {place_id}", place=place_id)
    if not received.actor.may("RO_ENTRIES", f"ro:{place.noc}"):
        return refuse("NOT_AUTHORISED", f"only the entries office of {place.noc} may answer", place=place_id)
    return place


def confirm(state: State, received: Received[ConfirmPlace], policy: Policy) -> list[Event] | Refusal:
    """Decide on accepting a place: in time, by its organisation."""
    place_id = received.command.place
    place = _theirs(state, received, place_id)
    if isinstance(place, Refusal):
        return place
    if place.status in ("CONFIRMED", "USED"):
        return []
    if "confirm" not in PLACE_TRANSITIONS[place.status]:
        return refuse("STATE", f"place {place_id} is {place.status}", place=place_id, status=place.status)
    if place.deadline is not None and received.at > place.deadline:
        return refuse("DEADLINE", "the deadline of the answer has passed", deadline=place.deadline)
    until = policy.places_until
    return [PlaceConfirmed(place_id, until if until is not None and received.at <= until else None)]


def decline(state: State, received: Received[DeclinePlace], policy: Policy) -> list[Event] | Refusal:
    """Decide on giving a place back."""
    place_id = received.command.place
    place = _theirs(state, received, place_id)
    if isinstance(place, Refusal):
        return place
    if place.status == "USED" or "return" not in PLACE_TRANSITIONS[place.status]:
        return refuse("STATE", f"place {place_id} is {place.status}", place=place_id, status=place.status)
    return [PlaceReturned(place_id, "DECLINED", place.noc, place.athlete)]


def _allocated(state: State, event: PlaceAllocated) -> None:
    place = Place(
        event.event, event.route, event.ownership, event.noc, event.athlete, event.continent, status="ALLOCATED"
    )
    state.places[event.place] = place
    count(state.given, joined(event.event, event.route), 1)
    hold(state, event.place)
    set_deadline(state, event.place, event.confirm_by)


def _confirmed(state: State, event: PlaceConfirmed) -> None:
    place = state.places[event.place]
    place.status = PLACE_TRANSITIONS[place.status]["confirm"]
    set_deadline(state, event.place, event.use_by)


def _reopened(state: State, event: PlaceReopened) -> None:
    place = state.places[event.place]
    place.status = PLACE_TRANSITIONS[place.status]["reopen"]
    place.team = 0
    set_deadline(state, event.place, event.use_by)


def _returned(state: State, event: PlaceReturned) -> None:
    place = state.places[event.place]
    place.status = PLACE_TRANSITIONS[place.status]["return"]
    let_go(state, event.place)


DECIDE: Mapping[type, Callable[..., list[Event] | Refusal]] = MappingProxyType(
    {AllocatePlace: allocate, ConfirmPlace: confirm, DeclinePlace: decline}
)

EVOLVE: Mapping[type, Callable[..., None]] = MappingProxyType(
    {
        PlaceAllocated: _allocated,
        PlaceConfirmed: _confirmed,
        PlaceReopened: _reopened,
        PlaceReturned: _returned,
    }
)
