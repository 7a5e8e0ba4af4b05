"""The timetable: which stage is held in which half-day, at which venue, on which court, from when.

Half-days (slots) are numbered from 0; even ones are mornings. A stage is placed as many half-days after the one before
as its gap says; within a half-day every court takes what comes, the early stages first.
"""

from __future__ import annotations

from math import gcd
from typing import NamedTuple

from replay.synth.plan import MINUTE, EventPlan, Stage

__all__ = ["DAY", "Clockface", "lay_out", "spread"]

DAY = 24 * 60 * MINUTE


class Clockface(NamedTuple):
    """When the half-days of a Games begin, in ms."""

    midnight: int  # local midnight of day 1
    morning: int = 540 * MINUTE
    evening: int = 1000 * MINUTE

    def begin(self, slot: int) -> int:
        """Return when a half-day begins."""
        return self.midnight + slot // 2 * DAY + (self.evening if slot % 2 else self.morning)


def spread(events: list[EventPlan], days: tuple[int, int], *, squeeze: bool = False) -> None:
    """Give every stage its half-day, the finals spread evenly over the days of the discipline.

    ``squeeze`` holds everything in the first half-day.
    """
    first, last = days[0] * 2 - 2, days[1] * 2 - 1
    for number, event in enumerate(_mixed(events)):
        event.stages = event.shape.stages(event)
        gaps = [stage.gap for stage in event.stages[1:]]
        while sum(gaps) > last - first:
            widest = max(gaps)
            gaps[gaps.index(widest)] = widest - 1
        earliest = first + sum(gaps)
        final = earliest + round((last - earliest) * (number + 1) / len(events))
        if final % 2 == 0 and final < last and number % 4:
            final += 1  # most medals are won in the evening
        slot = 0 if squeeze else final - sum(gaps)
        for stage, gap in zip(event.stages, [0, *gaps], strict=True):
            slot += 0 if squeeze else gap
            stage.slot = slot


def _mixed(events: list[EventPlan]) -> list[EventPlan]:
    """Return the events in an order in which those of a kind do not follow each other."""
    count = len(events)
    stride = next((step for step in range(count * 5 // 8, count) if gcd(step, count) == 1), 1)
    return [events[number * stride % count] for number in range(count)]


def lay_out(events: list[EventPlan], courts: int, clock: Clockface, rest: int) -> None:
    """Give every unit of the events of one venue its court and time; ``rest`` ms between the stages of an event."""
    free: list[int] = [0] * courts  # when each court is free
    ready = {event.code: 0 for event in events}
    tasks: list[tuple[int, int, int, Stage, EventPlan]] = []
    for number, event in enumerate(events):
        depth = 0
        for index, stage in enumerate(event.stages):
            depth = depth + 1 if index and stage.slot == event.stages[index - 1].slot else 0
            tasks.append((stage.slot, depth, number, stage, event))
    for slot, _, _, stage, event in sorted(tasks, key=lambda task: task[:3]):
        begin = clock.begin(slot)
        earliest = max(begin, ready[event.code])
        court = _next_court(free, begin, earliest)
        for unit in stage.units:
            if stage.parallel:
                court = _next_court(free, begin, earliest)
            unit.start = max(free[court], earliest)
            unit.minutes = -(-unit.task.minutes(unit.size) // 5) * 5
            unit.venue = event.venue
            unit.location = f"{event.venue}{court + 1}"
            free[court] = unit.start + unit.minutes * MINUTE
        ended = max(unit.start + unit.minutes * MINUTE for unit in stage.units)
        ready[event.code] = ended + rest


def _next_court(free: list[int], begin: int, earliest: int) -> int:
    """Return the court that is free first; a new one is opened where all are taken for too long."""
    court = min(range(len(free)), key=lambda index: (max(free[index], earliest), index))
    if free[court] > begin + 290 * MINUTE and len(free) < 40:
        free.append(0)
        return len(free) - 1
    return court
