"""What is planned: events, their stages and units, and who is entered."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import msgspec

from replay.synth.sheet import Sheet

__all__ = ["MINUTE", "Entrant", "EventPlan", "Outcome", "Shape", "Stage", "Task", "UnitPlan"]

MINUTE = 60_000  # ms


class Entrant(NamedTuple):
    """Somebody who competes: an athlete, or a team with its members."""

    code: str
    ability: float  # mean 0, deviation 1; more is better
    organisation: str
    members: tuple[str, ...] = ()


class Outcome(msgspec.Struct):
    """How a unit went, as its generator knows it."""

    order: list[str]  # ranked participants, best first
    ranks: dict[str, int]
    end: int  # ms, venue time of the last thing that happened
    marks: dict[str, int] = {}  # in the smallest unit of the task
    irms: dict[str, str] = {}
    official: int = 0  # ms
    unknown: bool = False  # its ranks are not for us to say

    def drop(self, code: str, irm: str) -> None:
        """Take a participant out of the ranks; those behind move up."""
        rank = self.ranks.pop(code)
        self.order.remove(code)
        self.irms[code] = irm
        for other, held in self.ranks.items():
            if held > rank:
                self.ranks[other] = held - 1


class Task(Protocol):
    """What is done in a unit; its specification is its fields."""

    @property
    def model(self) -> str:
        """The result model that ranks it."""

    def minutes(self, size: int) -> int:
        """Return the minutes that a unit of so many starters takes, signing included."""

    def run(self, sheet: Sheet, field: list[Entrant]) -> Outcome:
        """Say what happens from the start on, and return how it went."""


class UnitPlan(msgspec.Struct):
    """One unit."""

    code: str  # 34 characters
    name: str
    task: Task
    size: int  # starters
    medal: int = 0  # 1 decides gold, 3 bronze
    venue: str = ""
    location: str = ""
    start: int = 0  # ms
    minutes: int = 0
    quirks: list[str] = []  # peculiarities that are wanted in it


class Stage(msgspec.Struct):
    """Units of an event that belong together: nothing in them waits for another of them."""

    units: list[UnitPlan]
    gap: int = 1  # half-days after the stage before; 0 the same session
    parallel: bool = False  # on several courts at once
    slot: int = 0  # half-day of the Games, from 0; even: morning


class EventPlan(msgspec.Struct):
    """One event."""

    code: str  # 34 characters
    name: str
    discipline: str
    shape: Shape
    members: int  # of a team; 0: individual
    size: int  # entries
    stages: list[Stage] = []
    entries: list[Entrant] = []
    venue: str = ""
    last: int = 0  # half-day of the last stage


class Shape(Protocol):
    """How an event is contested: its stages, and who goes from one to the next."""

    def stages(self, event: EventPlan) -> list[Stage]:
        """Return the stages in order."""

    @property
    def deciding(self) -> int:
        """How many of the last stages must be known to know the medals; 0: all."""
