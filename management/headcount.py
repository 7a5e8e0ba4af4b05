"""The headcount of one role at one venue of a programme (key ``hc:{programme}:{venue}:{role}``).

There are so many places. A place is held for whoever is to get an offer, then offered, then filled. Whoever waits as a
reserve is called in rank order as soon as a place is free, once: there is never a free place while somebody waits.

A hold for which no offer is made in time is not simply released: the offer may be on its way. It expires, the person's
part in the programme is asked to drop it (``DropHold``), and only when that has refused to use it for ever is the place
released. So whoever has an offer has a place.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import Literal

import msgspec

from management.command import Received, Refusal, Tick
from management.deadline_heap import Deadline, arm, drop_stale, passed
from management.ledger import MINUTE
from schemas.policy.volunteers import Policy

__all__ = [
    "PREFIX",
    "AddReserve",
    "Code",
    "Command",
    "Event",
    "FillPlace",
    "HeadcountSet",
    "HoldExpired",
    "HoldPlace",
    "MarkOffered",
    "Place",
    "PlaceFilled",
    "PlaceHeld",
    "PlaceOffered",
    "PlaceReleased",
    "ReleasePlace",
    "RemoveReserve",
    "ReserveAdded",
    "ReserveCalled",
    "ReserveRemoved",
    "SetHeadcount",
    "State",
    "decide",
    "due",
    "evolve",
]

PREFIX = "hc"

Code = Literal[
    "HEADCOUNT",  # no free place, or fewer places than are taken
    "HAS_PLACE",  # the person has one, or waits for one
    "RANK",  # somebody else has the rank
    "UNKNOWN",
    "STATE",
    "EXISTS",
    "NOT_AUTHORISED",
]

Status = Literal["HELD", "OFFERED", "FILLED"]

# -- what may follow what ---------------------------------------------------------------------------------------------

NEXT: dict[Status, tuple[Status, ...]] = {  # any of them may be released
    "HELD": ("OFFERED", "FILLED"),
    "OFFERED": ("FILLED",),
    "FILLED": (),
}

# -- commands ---------------------------------------------------------------------------------------------------------


class SetHeadcount(msgspec.Struct, frozen=True, tag="set_headcount"):
    """Say how many places there are. More of them call reserves; fewer than are taken is refused."""

    total: int


class HoldPlace(msgspec.Struct, frozen=True, tag="hold_place"):
    """Keep a free place for a person who is to get an offer."""

    hold: str
    person: str


class MarkOffered(msgspec.Struct, frozen=True, tag="mark_offered"):
    """Say that the offer is made: from here on its own deadline counts."""

    hold: str


class FillPlace(msgspec.Struct, frozen=True, tag="fill_place"):
    """Say that the offer is accepted."""

    hold: str


class ReleasePlace(msgspec.Struct, frozen=True, tag="release_place"):
    """Give a place back: rejected, lapsed, withdrawn, dismissed. One that is not taken is given back already."""

    hold: str
    reason: str


class AddReserve(msgspec.Struct, frozen=True, tag="add_reserve"):
    """Let a person wait for a place."""

    person: str
    rank: int  # the lowest is called first


class RemoveReserve(msgspec.Struct, frozen=True, tag="remove_reserve"):
    """Have a person wait no longer."""

    person: str


Command = SetHeadcount | HoldPlace | MarkOffered | FillPlace | ReleasePlace | AddReserve | RemoveReserve | Tick

# -- events -----------------------------------------------------------------------------------------------------------


class HeadcountSet(msgspec.Struct, frozen=True, tag="headcount_set"):
    """There are so many places."""

    total: int


class PlaceHeld(msgspec.Struct, frozen=True, tag="place_held"):
    """A place is kept for a person."""

    hold: str
    person: str
    until: int  # ms since 1970 UTC; then the hold expires, unless offered


class PlaceOffered(msgspec.Struct, frozen=True, tag="place_offered"):
    """The offer is made."""

    hold: str


class PlaceFilled(msgspec.Struct, frozen=True, tag="place_filled"):
    """The offer is accepted."""

    hold: str


class HoldExpired(msgspec.Struct, frozen=True, tag="hold_expired"):
    """Nobody has said in time that the offer is made. The place stays held until the person's part drops it."""

    hold: str
    person: str


class PlaceReleased(msgspec.Struct, frozen=True, tag="place_released"):
    """A place is free again."""

    hold: str
    reason: str


class ReserveAdded(msgspec.Struct, frozen=True, tag="reserve_added"):
    """A person waits."""

    person: str
    rank: int


class ReserveRemoved(msgspec.Struct, frozen=True, tag="reserve_removed"):
    """A person waits no longer."""

    person: str


class ReserveCalled(msgspec.Struct, frozen=True, tag="reserve_called"):
    """A reserve has a place, and is to get an offer."""

    hold: str
    person: str
    until: int


Event = (
    HeadcountSet
    | PlaceHeld
    | PlaceOffered
    | PlaceFilled
    | HoldExpired
    | PlaceReleased
    | ReserveAdded
    | ReserveRemoved
    | ReserveCalled
)

# -- state ------------------------------------------------------------------------------------------------------------


class Place(msgspec.Struct):
    """A place that is taken."""

    person: str
    status: Status
    until: int  # 0: no timer


class State(msgspec.Struct):
    """The places of one role at one venue."""

    total: int = 0
    places: dict[str, Place] = {}  # hold -> place
    people: dict[str, str] = {}  # person -> hold, or "" for who waits
    ranks: dict[str, int] = {}  # who waits -> rank
    reserves: list[tuple[int, str]] = []  # rank, person: the next one first
    deadlines: list[Deadline] = []


# -- decisions --------------------------------------------------------------------------------------------------------


def decide(state: State, received: Received[Command], policy: Policy) -> list[Event] | Refusal:
    """Return what a command makes happen, or why nothing does."""
    command, until = received.command, received.at + policy.hold_minutes * MINUTE
    if refusal := _check_right(received):
        return refusal
    match command:
        case SetHeadcount(total=total):
            if total < len(state.places):
                return _refuse("HEADCOUNT", f"{len(state.places)} places are taken")
            if total == state.total:
                return []
            return [HeadcountSet(total), *_call(state, total - len(state.places), received.id, until)]
        case HoldPlace(hold=hold, person=person):
            return _hold(state, hold, person, until)
        case MarkOffered(hold=hold) | FillPlace(hold=hold):
            return _advance(state, hold, "OFFERED" if isinstance(command, MarkOffered) else "FILLED")
        case ReleasePlace(hold=hold, reason=reason):
            if hold not in state.places:
                return []
            return [PlaceReleased(hold, reason), *_call(state, 1, received.id, until)]
        case AddReserve(person=person, rank=rank):
            if state.ranks.get(person) == rank:
                return []
            if person in state.people:
                return _refuse("HAS_PLACE", f"{person} has a place or waits for one")
            if _is_taken(state, rank):
                return _refuse("RANK", f"somebody else has rank {rank}")
            free = len(state.places) < state.total
            called: list[Event] = [ReserveCalled(f"{received.id}:{person}", person, until)] if free else []
            return [ReserveAdded(person, rank), *called]
        case RemoveReserve(person=person):
            return [ReserveRemoved(person)] if person in state.ranks else []
        case Tick():
            expired = passed(state.deadlines, command.until, lambda deadline: _is_live(state, deadline))
            return [HoldExpired(hold, state.places[hold].person) for _, _, hold in expired]


def _check_right(received: Received[Command]) -> Refusal | None:
    programme = received.key.split(":")[1]
    if received.actor.may("SYSTEM"):
        return None
    if received.actor.may("WF_PLANNER", f"programme:{programme}") and not isinstance(received.command, Tick):
        return None
    return _refuse("NOT_AUTHORISED", f"only the planners of {programme} may do this")


def _hold(state: State, hold: str, person: str, until: int) -> list[Event] | Refusal:
    if place := state.places.get(hold):
        return [] if place.person == person else _refuse("EXISTS", f"hold {hold} is another's")
    if person in state.people:
        return _refuse("HAS_PLACE", f"{person} has a place or waits for one")
    if len(state.places) >= state.total:
        return _refuse("HEADCOUNT", f"all {state.total} places are taken")
    return [PlaceHeld(hold, person, until)]


def _advance(state: State, hold: str, status: Status) -> list[Event] | Refusal:
    place = state.places.get(hold)
    if place is None:
        return _refuse("UNKNOWN", f"there is no hold {hold}")
    if place.status == status:
        return []
    if status not in NEXT[place.status]:
        return _refuse("STATE", f"the place of hold {hold} is {place.status}")
    return [PlaceOffered(hold) if status == "OFFERED" else PlaceFilled(hold)]


def _call(state: State, free: int, cause: str, until: int) -> list[Event]:
    """Give so many places that are free now to the first who wait."""
    return [ReserveCalled(f"{cause}:{person}", person, until) for _, person in state.reserves[:free]]


def _is_taken(state: State, rank: int) -> bool:
    index = bisect_left(state.reserves, (rank, ""))
    return index < len(state.reserves) and state.reserves[index][0] == rank


def _refuse(code: Code, text: str) -> Refusal:
    return Refusal(code, text)


# -- changes ----------------------------------------------------------------------------------------------------------


def evolve(state: State, event: Event) -> None:
    """Change the state by an event."""
    match event:
        case HeadcountSet(total=total):
            state.total = total
        case PlaceHeld(hold=hold, person=person, until=until):
            _take(state, hold, person, until)
        case ReserveCalled(hold=hold, person=person, until=until):
            state.reserves.remove((state.ranks.pop(person), person))
            _take(state, hold, person, until)
        case PlaceOffered(hold=hold):
            state.places[hold].status, state.places[hold].until = "OFFERED", 0
        case PlaceFilled(hold=hold):
            state.places[hold].status, state.places[hold].until = "FILLED", 0
        case HoldExpired(hold=hold):
            state.places[hold].until = 0
        case PlaceReleased(hold=hold):
            del state.people[state.places.pop(hold).person]
        case ReserveAdded(person=person, rank=rank):
            insort(state.reserves, (rank, person))
            state.ranks[person], state.people[person] = rank, ""
        case ReserveRemoved(person=person):
            state.reserves.remove((state.ranks.pop(person), person))
            del state.people[person]
    drop_stale(state.deadlines, lambda deadline: _is_live(state, deadline))


def _take(state: State, hold: str, person: str, until: int) -> None:
    state.places[hold] = Place(person, "HELD", until)
    state.people[person] = hold
    arm(state.deadlines, (until, "hold", hold))


def _is_live(state: State, deadline: Deadline) -> bool:
    place = state.places.get(deadline[2])
    return place is not None and place.until == deadline[0]


def due(state: State) -> int | None:
    """Return the earliest deadline that a Tick would fire, ms."""
    return state.deadlines[0][0] if state.deadlines else None
