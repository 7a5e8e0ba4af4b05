"""When things happened: the data set knows when each unit was planned and when its result was published, no more.

A unit becomes official when its result was published if that was while it was planned to last, else at its planned end
(results were often published again in bulk, days later). Nobody stands on a start list before the results that put him
there are official: where the dates would have it so, the earlier unit becomes official earlier, and this is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

import msgspec

from projections.marks import BadMarkError, parse_mark
from replay.paris2024.plan import Planned
from replay.paris2024.results import Unit
from schemas.sport import Sport, UnitRule

__all__ = ["Clock", "Shifts", "Times", "clock_units", "race_length"]

SECOND = 1000
MINUTE = 60 * SECOND
UNPLANNED = 30 * MINUTE  # how long a unit lasts that no schedule speaks of
SETTLING = 2 * MINUTE  # from the last finish to the signature
HASTE = 20 * SECOND  # the least of it
LIST_AHEAD = 30 * MINUTE  # a start list before the start
LIST_LATEST = 90 * SECOND  # the least of it


class Times(NamedTuple):
    """When a unit was listed, begun, over and signed (ms)."""

    listed: int
    start: int
    end: int  # the last mark
    official: int


class Shifts(msgspec.Struct):
    """How often what the dates say could not be."""

    planned: int = 0  # units with a place in the schedule
    unplanned: int = 0
    official_at_published: int = 0  # published while the unit was planned to last
    official_at_planned_end: int = 0
    official_moved_earlier: int = 0  # else its results would have come after the start list that they fill
    official_moved_later: int = 0  # else a race would have been signed before its last finish
    start_moved_earlier: int = 0  # there was no time left between the planned start and the signature
    lists_later: int = 0  # less than 30 minutes before the start, since results had to be waited for


class Clock(NamedTuple):
    """The times of all units."""

    times: dict[str, Times]
    shifts: Shifts


# Races in which everybody starts alone, one after the other.
ONE_BY_ONE = ("CSL*", "CTR*QUAL????????", "CRD?TT*", "CLB?SPEED*0001SD--")


def race_length(unit: Unit, rule: UnitRule) -> int:
    """Return the slowest ranked time of a race in ms, 0 for what is no race or begins for everybody at another time."""
    if rule.model != "timed" and not (rule.model == "match" and rule.best == "low"):
        return 0
    if any(fnmatchcase(unit.code, glob) for glob in ONE_BY_ONE):
        return 0
    slowest = 0
    for row in unit.rows:
        try:
            slowest = max(slowest, parse_mark(row.mark, 3) if row.mark and (row.rank or row.wlt) else 0)
        except BadMarkError:
            continue
    return slowest


def _feeders(
    units: Mapping[str, Unit], starts: Mapping[str, int], totals: Mapping[str, list[str]]
) -> dict[str, set[str]]:
    """Return for each unit the earlier units of other phases of its event that its starters came from."""
    events: dict[str, list[str]] = {}
    for code in units:
        if code not in totals:
            events.setdefault(code[:22], []).append(code)
    combined = {part for parts in totals.values() for part in parts}  # parts of one total do not fill each other
    feeders: dict[str, set[str]] = {}
    for codes in events.values():
        who = {code: {row.participant for row in units[code].rows} for code in codes}
        for code in codes:
            feeders[code] = {
                other
                for other in codes
                if other[:26] != code[:26]
                and starts[other] < starts[code]
                and not (other in combined and code in combined)
                and who[other] & who[code]
            }
    return feeders


def clock_units(
    units: Mapping[str, Unit],
    plans: Mapping[str, Planned],
    sports: Mapping[str, Sport],
    totals: Mapping[str, list[str]],
) -> Clock:
    """Return the times of all units; ``totals`` names the parts of those that are totals."""
    shifts = Shifts()
    lengths: dict[str, int] = {}
    starts: dict[str, int] = {}
    for code, unit in units.items():
        rule = sports[code[:3]].unit_rule(code) or UnitRule(model="order")
        lengths[code] = race_length(unit, rule)
        starts[code] = plans[code].start if code in plans else unit.date - max(UNPLANNED, lengths[code] + SETTLING)
    feeders = _feeders(units, starts, totals)
    limits: dict[str, int] = {}  # by when a unit must be official
    times: dict[str, Times] = {}
    for code in sorted(feeders, key=lambda one: (-starts[one], one)):
        start, end, official = _settle(
            units[code], plans.get(code), shifts, start=starts[code], length=lengths[code], limit=limits.get(code)
        )
        times[code] = Times(0, start, end, official)
        for other in feeders[code]:
            limits[other] = min(limits.get(other, start), start - LIST_LATEST)
    for code, (_, start, end, official) in times.items():
        listed = start - LIST_AHEAD
        ready = max((times[other].official for other in feeders[code]), default=0) + HASTE
        if ready > listed:
            shifts.lists_later += 1
            listed = min(ready, start - LIST_LATEST // 2)
        times[code] = Times(listed, start, end, official)
    for code, parts in totals.items():
        known = [times[part] for part in parts]
        if known:
            official = max(one.official for one in known) + SECOND
            first = min(known, key=lambda one: one.start)
            times[code] = Times(first.listed, first.start, max(one.end for one in known), official)
    return Clock({code: times[code] for code in units}, shifts)


def _settle(
    unit: Unit, plan: Planned | None, shifts: Shifts, *, start: int, length: int, limit: int | None
) -> tuple[int, int, int]:
    """Return start, last mark and signature of one unit."""
    if plan is None:
        shifts.unplanned += 1
        duration, official = unit.date - start, unit.date
    else:
        shifts.planned += 1
        duration = plan.end - plan.start
        if plan.start <= unit.date <= plan.end:
            shifts.official_at_published += 1
            official = unit.date
        else:
            shifts.official_at_planned_end += 1
            official = plan.end
    if limit is not None and official > limit:
        shifts.official_moved_earlier += 1
        official = limit
    if length:
        needed = start + length + HASTE
        if needed > official and (limit is None or needed <= limit):
            shifts.official_moved_later += 1
            official = needed + HASTE
        begun = max(start, official - length - SETTLING)
        if begun + length + HASTE > official:
            shifts.start_moved_earlier += 1
            begun = official - length - HASTE
        return begun, begun + length, official
    if official < start + MINUTE:
        shifts.start_moved_earlier += 1
        start = official - min(duration, UNPLANNED)
    return start, max(official - SETTLING, start + (official - start) * 2 // 3), official
