"""Giving returned places anew: down the chain of the route's rules, until somebody may have the place or it is vacant.

Each step is one event with its rule: who was passed over and why, who got the place, that the chain ended. A chain goes
on where it stopped: nobody is asked twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal

import msgspec

from management.command import Received, Refusal, Tick
from management.entry_book import LIVE_PLACES, PLACE_TRANSITIONS, Place, RankRow, State, joined, refuse
from management.entry_counts import count, hold, set_deadline
from management.entry_guards import bars
from management.place import PlaceAllocated, PlaceReturned
from management.sanction import AthleteSanctioned
from schemas.policy.entries import Discipline, Policy, Route, Step
from schemas.rsc import gender_of

__all__ = [
    "DECIDE",
    "EVOLVE",
    "Command",
    "Event",
    "PassRule",
    "PlacePassed",
    "PlaceReallocated",
    "PlaceVacated",
    "RankingRecorded",
    "ReallocatePlace",
    "RecordRanking",
    "anew",
]

_HOUR = 3_600_000

PassRule = Literal["HAD_IT", "ALREADY_QUALIFIED", "NOC_EVENT_MAX", "NOC_GENDER_MAX", "SANCTIONED"]


class RecordRanking(msgspec.Struct, frozen=True, tag="record_ranking"):
    """Say in which order places are given anew."""

    ranking: str
    rows: tuple[RankRow, ...]  # best first


class ReallocatePlace(msgspec.Struct, frozen=True, tag="reallocate_place"):
    """Give a returned place anew."""

    place: str


class RankingRecorded(msgspec.Struct, frozen=True, tag="ranking_recorded"):
    """An order in which places are given anew."""

    ranking: str
    rows: tuple[RankRow, ...]


class PlacePassed(msgspec.Struct, frozen=True, tag="place_passed"):
    """Somebody in the chain does not get the place."""

    place: str
    rule: PassRule
    noc: str
    athlete: str
    step: int
    index: int


class PlaceReallocated(msgspec.Struct, frozen=True, tag="place_reallocated"):
    """A returned place is somebody's."""

    place: str
    rule: str  # of the chain
    noc: str
    athlete: str
    step: int
    index: int
    confirm_by: int


class PlaceVacated(msgspec.Struct, frozen=True, tag="place_vacated"):
    """The chain has ended: the place stays empty."""

    place: str
    rule: Literal["CHAIN_END"] = "CHAIN_END"


Command = RecordRanking | ReallocatePlace
Event = RankingRecorded | PlacePassed | PlaceReallocated | PlaceVacated


class Tally:
    """The book's counts as they will be after events that are decided and not yet recorded."""

    def __init__(self, state: State) -> None:
        """Take the book as it is."""
        self.state = state
        self.held: dict[str, int] = {}
        self.held_gender: dict[str, int] = {}
        self.holders: dict[str, bool] = {}
        self.barred: set[str] = set()

    def follow(self, event: object) -> None:
        """Take in what an event changes of who may have a place."""
        match event:
            case PlaceReturned(place=place_id, noc=noc, athlete=athlete):
                place = self.state.places[place_id]
                self._change(place.event, place.ownership, noc, athlete, -1)
            case PlaceAllocated(event=of, ownership=ownership, noc=noc, athlete=athlete):
                self._change(of, ownership, noc, athlete, 1)
            case PlaceReallocated(place=place_id, noc=noc, athlete=athlete):
                place = self.state.places[place_id]
                self._change(place.event, place.ownership, noc, athlete, 1)
            case AthleteSanctioned(athlete=athlete, bars_the_games=True):
                self.barred.add(athlete)

    def _change(self, event: str, ownership: str, noc: str, athlete: str, by: Literal[1, -1]) -> None:
        count(self.held, joined(noc, event), by)
        count(self.held_gender, joined(noc, gender_of(event)), by)
        if ownership == "nominal":
            self.holders[joined(athlete, event)] = by > 0

    def passes(self, place: Place, row: RankRow, discipline: Discipline, policy: Policy) -> PassRule | None:
        """Return why somebody cannot get a place; None where nothing is in the way."""
        state, event = self.state, place.event
        both, gender = joined(row.noc, event), joined(row.noc, gender_of(event))
        own = joined(row.athlete, event)
        owner, candidate = (place.noc, row.noc) if place.ownership == "slot" else (place.athlete, row.athlete)
        if candidate in place.asked or (place.status in LIVE_PLACES and candidate == owner):
            return "HAD_IT"
        if row.athlete and (row.athlete in self.barred or bars(state, row.athlete, policy)):
            return "SANCTIONED"
        if row.athlete and (own in state.field.get(both, []) or self.holders.get(own, own in state.holder)):
            return "ALREADY_QUALIFIED"
        if state.held.get(both, 0) + self.held.get(both, 0) >= discipline.events[event].noc_max:
            return "NOC_EVENT_MAX"
        most = discipline.noc_gender_places.get(gender_of(event))
        if most is not None and state.held_gender.get(gender, 0) + self.held_gender.get(gender, 0) >= most:
            return "NOC_GENDER_MAX"
        return None


def give_anew(tally: Tally, place_id: str, discipline: Discipline, policy: Policy, at: int) -> list[Event] | Refusal:
    """Go down the chain of a returned place from where it stopped."""
    place = tally.state.places[place_id]
    route = discipline.routes[place.route]
    events: list[Event] = []
    for number in range(place.step, len(route.chain)):
        step = route.chain[number]
        rows = tally.state.rankings.get(step.ranking)
        if rows is None:
            return refuse("NO_RANKING", f"ranking {step.ranking} is not recorded", ranking=step.ranking)
        for index in range(place.index if number == place.step else 0, len(rows)):
            row = rows[index]
            if not _fits(place, route, step, row):
                continue
            rule = tally.passes(place, row, discipline, policy)
            if rule is None:
                until = at + route.confirm_hours * _HOUR
                given = PlaceReallocated(place_id, step.rule, row.noc, row.athlete, number, index, until)
                tally.follow(given)
                return [*events, given]
            events.append(PlacePassed(place_id, rule, row.noc, row.athlete, number, index))
    return [*events, PlaceVacated(place_id)]


def _fits(place: Place, route: Route, step: Step, row: RankRow) -> bool:
    """Say whether a step of the chain looks at a line at all: a nominal place needs an athlete."""
    if step.same_continent and row.continent != place.continent:
        return False
    if step.same_organisation and row.noc != place.noc:
        return False
    return route.ownership == "slot" or bool(row.athlete)


def anew(state: State, events: Sequence[object], discipline: Discipline, policy: Policy, at: int) -> list[Event]:
    """Return what follows from a decision that returned places, where their routes give them anew at once.

    All that the decision says counts first. A place whose ranking is not recorded stays returned.
    """
    tally = Tally(state)
    for event in events:
        tally.follow(event)
    following: list[Event] = []
    for event in events:
        if isinstance(event, PlaceReturned) and discipline.routes[state.places[event.place].route].at_once:
            given = give_anew(tally, event.place, discipline, policy, at)
            following += [] if isinstance(given, Refusal) else given
    return following


def expire(state: State, received: Received[Tick], policy: Policy) -> list[PlaceReturned] | Refusal:
    """Decide what a tick does: return the places whose deadline has passed, the earliest first."""
    if not received.actor.may("SYSTEM"):
        return refuse("NOT_AUTHORISED", "only the scheduler says that time has passed")
    late: list[PlaceReturned] = []
    for deadline, place_id in state.deadlines:
        if deadline > received.command.until:
            break
        place = state.places[place_id]
        late.append(PlaceReturned(place_id, "EXPIRED", place.noc, place.athlete))
    return late


def reallocate(state: State, received: Received[ReallocatePlace], policy: Policy) -> list[Event] | Refusal:
    """Decide on giving a place anew: by the federation, once it is returned."""
    code = received.key.removeprefix("ebk:")
    place_id = received.command.place
    if not received.actor.may("IF_DELEGATE", f"discipline:{code}"):
        return refuse("NOT_AUTHORISED", "only the federation gives places anew")
    place = state.places.get(place_id)
    if place is None:
        return refuse("UNKNOWN", f"there is no place {place_id}", place=place_id)
    if place.status != "RETURNED":
        return refuse("STATE", f"place {place_id} is {place.status}", place=place_id, status=place.status)
    return give_anew(Tally(state), place_id, policy.disciplines[code], policy, received.at)


def record_ranking(state: State, received: Received[RecordRanking], policy: Policy) -> list[Event] | Refusal:
    """Decide on a ranking: recorded once by the federation, because chains stand in the midst of it."""
    wish = received.command
    if not received.actor.may("IF_DELEGATE", f"discipline:{received.key.removeprefix('ebk:')}"):
        return refuse("NOT_AUTHORISED", "only the federation records rankings")
    known = state.rankings.get(wish.ranking)
    if known is not None:
        same = known == wish.rows
        return [] if same else refuse("STATE", f"ranking {wish.ranking} is recorded", ranking=wish.ranking)
    return [RankingRecorded(wish.ranking, wish.rows)]


def _recorded(state: State, event: RankingRecorded) -> None:
    state.rankings[event.ranking] = event.rows


def _passed(state: State, event: PlacePassed) -> None:
    place = state.places[event.place]
    place.step, place.index = event.step, event.index + 1


def _reallocated(state: State, event: PlaceReallocated) -> None:
    place = state.places[event.place]
    place.step, place.index = event.step, event.index + 1
    place.noc, place.athlete = event.noc, event.athlete
    place.status = PLACE_TRANSITIONS[place.status]["reallocate"]
    hold(state, event.place)
    set_deadline(state, event.place, event.confirm_by)


def _vacated(state: State, event: PlaceVacated) -> None:
    place = state.places[event.place]
    place.status = PLACE_TRANSITIONS[place.status]["vacate"]


DECIDE: Mapping[type, Callable[..., list[Event] | list[PlaceReturned] | Refusal]] = MappingProxyType(
    {RecordRanking: record_ranking, ReallocatePlace: reallocate, Tick: expire}
)

EVOLVE: Mapping[type, Callable[..., None]] = MappingProxyType(
    {
        RankingRecorded: _recorded,
        PlacePassed: _passed,
        PlaceReallocated: _reallocated,
        PlaceVacated: _vacated,
    }
)
