"""The ledger of a person's duties, and the rules on hours and rest.

Every function takes the duties that a person has, and one that is to come. Times are ms since 1970 UTC, so that a night
on which the clocks change has the hours that it really has.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable, Sequence

import msgspec

__all__ = ["DAY", "MINUTE", "Duty", "add_duty", "days_in_a_row", "most_worked_in_a_day", "overlapped", "rest_broken_by"]

MINUTE = 60_000
DAY = 24 * 60 * MINUTE


class Duty(msgspec.Struct, frozen=True, order=True):
    """Hours at one venue, ``starts <= t < ends``. Sorts by time."""

    starts: int  # ms since 1970 UTC
    ends: int
    venue: str
    day: int  # local day of the start, in days since 1970
    assignment: str


def add_duty(duties: list[Duty], duty: Duty) -> None:
    """Put a duty at its place."""
    insort(duties, duty)


def overlapped(duties: Iterable[Duty], new: Duty, travel: Callable[[str, str], int]) -> Duty | None:
    """Return the first duty that the new one overlaps, the way between the venues (minutes) included."""
    for duty in duties:
        way = travel(duty.venue, new.venue) * MINUTE
        if duty.starts < new.ends + way and new.starts < duty.ends + way:
            return duty
    return None


def rest_broken_by(duties: Iterable[Duty], new: Duty, rest: int) -> Duty | None:
    """Return the first duty that has less than the rest (minutes) before or after the new one."""
    for duty in duties:
        if duty.starts < new.ends + rest * MINUTE and new.starts < duty.ends + rest * MINUTE:
            return duty
    return None


def most_worked_in_a_day(duties: Sequence[Duty], new: Duty) -> int:
    """Return the most ms of work in any 24 hours that touch the new duty."""
    near = [duty for duty in (*duties, new) if duty.starts < new.ends + DAY and duty.ends > new.starts - DAY]
    # A window moved on gains no more where its end leaves a duty or its start enters one: the most is at one of these.
    windows = {duty.starts for duty in near} | {duty.ends - DAY for duty in near}
    touching = [start for start in windows if start < new.ends and start + DAY > new.starts]
    return max(sum(max(0, min(d.ends, start + DAY) - max(d.starts, start)) for d in near) for start in touching)


def days_in_a_row(duties: Iterable[Duty], new: Duty) -> int:
    """Return how many local days in a row would have a duty, the new one's among them."""
    days = {duty.day for duty in duties}
    first = last = new.day
    while first - 1 in days:
        first -= 1
    while last + 1 in days:
        last += 1
    return last - first + 1
