"""A board: where and when units are planned, and the indexes by which what meets is found without looking at all of it.

A schedule has two boards, the draft and what is released. ``View`` shows a board as it would be after some changes.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from schemas.rsc import phase_of

__all__ = ["Board", "Conflict", "ConflictKind", "Plan", "Timeline", "View", "put"]


ConflictKind = Literal["LOCATION", "PREDECESSOR", "REST", "CURFEW", "DAYLIGHT", "BROADCAST", "VENUE_CLOSED"]


class Plan(msgspec.Struct, frozen=True):
    """Where and when a unit is to be held."""

    venue: str
    location: str
    start: int  # ms since 1970 UTC
    end: int  # ms, after the start
    zone: str  # IANA name of the venue's time zone
    offset: int  # minutes east of UTC there, then: whoever commands looks it up
    medal: bool = False  # medals are decided in it
    after: tuple[str, ...] = ()  # phases that must have ended before it

    @property
    def place(self) -> str:
        """The key of its location."""
        return f"{self.venue}/{self.location}"


class Conflict(msgspec.Struct, frozen=True):
    """Something that cannot be, as it is planned."""

    name: str  # the kind and what it is between; a waiver names it
    kind: ConflictKind
    units: tuple[str, ...]
    start: int  # ms, of the later unit
    short: int = 0  # ms that are missing, where time is


class Timeline(msgspec.Struct):
    """The units of one location, by start."""

    slots: list[tuple[int, str]] = []
    longest: int = 0  # ms; no unit here was ever longer

    def add(self, unit: str, plan: Plan) -> None:
        """Take in a unit."""
        insort(self.slots, (plan.start, unit))
        self.longest = max(self.longest, plan.end - plan.start)

    def drop(self, unit: str, plan: Plan) -> None:
        """Let go of a unit."""
        self.slots.pop(bisect_left(self.slots, (plan.start, unit)))

    def around(self, first: int, last: int) -> Iterator[str]:
        """Yield every unit that may have an instant from the first to the last, and few others."""
        for index in range(bisect_left(self.slots, (first - self.longest, "")), len(self.slots)):
            start, unit = self.slots[index]
            if start > last:
                return
            yield unit


class Board(msgspec.Struct):
    """What is planned, with its indexes and its conflicts."""

    plans: dict[str, Plan] = {}  # by unit
    places: dict[str, Timeline] = {}  # by location
    phases: dict[str, list[str]] = {}  # phase -> its units
    followers: dict[str, list[str]] = {}  # phase -> the units that must come after it
    conflicts: dict[str, Conflict] = {}  # by name


def put(board: Board, unit: str, plan: Plan | None) -> None:
    """Plan a unit, anew or for the first time, or take it off the board."""
    before = board.plans.pop(unit, None)
    if before is not None:
        board.places[before.place].drop(unit, before)
        for index, key in ((board.phases, phase_of(unit)), *((board.followers, phase) for phase in before.after)):
            values = index[key]
            values.pop(bisect_left(values, unit))
            if not values:
                del index[key]
    if plan is not None:
        board.plans[unit] = plan
        board.places.setdefault(plan.place, Timeline()).add(unit, plan)
        for index, key in ((board.phases, phase_of(unit)), *((board.followers, phase) for phase in plan.after)):
            insort(index.setdefault(key, []), unit)


class View:
    """A board as it would be after changes, without changing it."""

    def __init__(self, board: Board, changes: Mapping[str, Plan | None]) -> None:
        """Take a board and the new plan of each unit that changes; None: off the board."""
        self.board, self.changes = board, changes
        self.moved: dict[str, Timeline] = {}
        for unit, plan in changes.items():
            if plan is not None:
                self.moved.setdefault(plan.place, Timeline()).add(unit, plan)

    def plan(self, unit: str) -> Plan | None:
        """Return the plan of a unit."""
        return self.changes[unit] if unit in self.changes else self.board.plans.get(unit)

    def around(self, place: str, first: int, last: int) -> Iterator[tuple[str, Plan]]:
        """Yield the units of a location that may have an instant from the first to the last, and few others."""
        for timeline, theirs in ((self.board.places.get(place), False), (self.moved.get(place), True)):
            if timeline is not None:
                for unit in timeline.around(first, last):
                    plan = self.plan(unit)
                    if plan is not None and (unit in self.changes) == theirs:
                        yield unit, plan

    def phase_end(self, phase: str) -> int | None:
        """Return when the last planned unit of a phase ends; None where none is planned."""
        units = {*self.board.phases.get(phase, ()), *(unit for unit in self.changes if phase_of(unit) == phase)}
        return max((plan.end for unit in units if (plan := self.plan(unit)) is not None), default=None)

    def followers(self, phase: str) -> Iterator[tuple[str, Plan]]:
        """Yield the units that must come after a phase, in order."""
        for unit in sorted({*self.board.followers.get(phase, ()), *self.changes}):
            plan = self.plan(unit)
            if plan is not None and phase in plan.after:
                yield unit, plan
