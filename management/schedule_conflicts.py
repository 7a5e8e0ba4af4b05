"""Hard conflicts: two units at one location, a phase that has not ended, too little rest, hours that are closed.

``touching`` finds those of a few units, looking only at what is near them; ``changed`` says which come and go by a
change, so that the list of all conflicts is kept without looking at all units. A phase counts by its planned units: one
that is postponed has no time yet to conflict with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from management.schedule_board import Board, Conflict, Plan, View
from schemas.policy.schedule import Daily, Period, Policy
from schemas.rsc import phase_of

__all__ = ["Delta", "Starts", "changed", "is_open", "sport_day", "touching"]

_MINUTE = 60_000
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


class Delta(msgspec.Struct, frozen=True):
    """How the conflicts of a board change."""

    gone: tuple[str, ...] = ()  # names
    new: tuple[Conflict, ...] = ()  # also those that are other than before


class Starts(msgspec.Struct):
    """Who starts where, as far as it is known."""

    athletes: dict[str, tuple[str, ...]] = {}  # unit -> athletes
    units: dict[str, list[str]] = {}  # athlete -> units


def sport_day(at: int, offset: int, day_ends: int) -> int:
    """Return the number of the sport day that an instant belongs to, by the venue's clock."""
    return (at + offset * _MINUTE - day_ends * _HOUR) // _DAY


def is_open(plan: Plan, policy: Policy) -> bool:
    """Say whether the venue is open for a plan: in its window and not closed, or on a contingency day."""
    venue = policy.venues[plan.venue]
    if any(period.covers(plan.start, plan.end) for period in venue.contingency):
        return True
    if any(period.meets(plan.start, plan.end) for period in venue.closed):
        return False
    window: Period = venue.window
    return window.covers(plan.start, plan.end)


def changed(
    board: Board,
    starts: Starts,
    changes: Mapping[str, Plan | None],
    policy: Policy,
    *,
    athletes: Mapping[str, tuple[str, ...]] | None = None,
) -> Delta:
    """Return how the conflicts of a board change by new plans, and by new athletes of units whose plans stay."""
    units = sorted({*changes, *(athletes or ())})
    before = touching(View(board, {}), starts, units, policy)
    after = touching(View(board, changes), starts, units, policy, athletes=athletes)
    gone = tuple(sorted(name for name in before if name not in after))
    new = tuple(after[name] for name in sorted(after) if before.get(name) != after[name])
    return Delta(gone, new)


def touching(
    view: View,
    starts: Starts,
    units: Iterable[str],
    policy: Policy,
    *,
    athletes: Mapping[str, tuple[str, ...]] | None = None,
) -> dict[str, Conflict]:
    """Return the conflicts that some units have a part in, by name."""
    found: dict[str, Conflict] = {}
    for unit in units:
        plan = view.plan(unit)
        conflicts = list(_followers(view, unit, policy))
        if plan is not None:
            starters = (athletes or {}).get(unit, starts.athletes.get(unit, ()))
            others = {other for athlete in starters for other in starts.units.get(athlete, ()) if other != unit}
            conflicts += _location(view, unit, plan, policy)
            conflicts += _predecessors(view, unit, plan, policy)
            conflicts += _rest(view, unit, plan, sorted(others), policy)
            conflicts += _hours(unit, plan, policy)
        found.update({conflict.name: conflict for conflict in conflicts})
    return found


# -- between two units ------------------------------------------------------------------------------------------------


def _location(view: View, unit: str, plan: Plan, policy: Policy) -> Iterator[Conflict]:
    most = policy.longest_turnaround * _MINUTE
    for other, theirs in view.around(plan.place, plan.start - most, plan.end + most):
        if other == unit:
            continue
        turnaround = max(policy.of(unit).turnaround, policy.of(other).turnaround) * _MINUTE
        if phase_of(unit) == phase_of(other):
            turnaround = 0  # heats follow each other
        yield from _too_close("LOCATION", (unit, plan), (other, theirs), turnaround)


def _rest(view: View, unit: str, plan: Plan, others: Iterable[str], policy: Policy) -> Iterator[Conflict]:
    for other in others:
        theirs = view.plan(other)
        if theirs is None:
            continue
        rest = max(policy.of(unit).rest, policy.of(other).rest) * _MINUTE
        yield from _too_close("REST", (unit, plan), (other, theirs), rest)


def _too_close(
    kind: Literal["LOCATION", "REST"], one: tuple[str, Plan], other: tuple[str, Plan], gap: int
) -> Iterator[Conflict]:
    """Yield a conflict of two units between which there is less than a gap; the same, whichever is asked for."""
    first, second = sorted((one[1], other[1]), key=lambda plan: (plan.start, plan.end))
    short = first.end + gap - second.start
    if short > 0:
        units = tuple(sorted((one[0], other[0])))
        yield Conflict(":".join((kind, *units)), kind, units, second.start, short)


# -- between a phase and a unit ---------------------------------------------------------------------------------------


def _predecessors(view: View, unit: str, plan: Plan, policy: Policy) -> Iterator[Conflict]:
    for phase in plan.after:
        yield from _before_phase_ends(phase, view.phase_end(phase), unit, plan, policy)


def _followers(view: View, unit: str, policy: Policy) -> Iterator[Conflict]:
    phase = phase_of(unit)
    followers = list(view.followers(phase))
    end = view.phase_end(phase) if followers else None
    for follower, plan in followers:
        yield from _before_phase_ends(phase, end, follower, plan, policy)


def _before_phase_ends(phase: str, end: int | None, unit: str, plan: Plan, policy: Policy) -> Iterator[Conflict]:
    short = 0 if end is None else end + policy.of(unit).phase_gap * _MINUTE - plan.start
    if short > 0:
        yield Conflict(f"PREDECESSOR:{phase}:{unit}", "PREDECESSOR", (unit,), plan.start, short)


# -- between a unit and the clock -------------------------------------------------------------------------------------


def _hours(unit: str, plan: Plan, policy: Policy) -> Iterator[Conflict]:
    venue, broadcast = policy.venues[plan.venue], policy.of(unit).broadcast
    if not is_open(plan, policy):
        yield Conflict(f"VENUE_CLOSED:{unit}", "VENUE_CLOSED", (unit,), plan.start)
    curfew = _within(venue.curfew, plan)
    if curfew:
        yield Conflict(f"CURFEW:{unit}", "CURFEW", (unit,), plan.start, curfew)
    dark = _within(venue.dark, plan)
    if dark:
        yield Conflict(f"DAYLIGHT:{unit}", "DAYLIGHT", (unit,), plan.start, dark)
    if plan.medal and broadcast is not None and not _begins_in(broadcast, plan):
        yield Conflict(f"BROADCAST:{unit}", "BROADCAST", (unit,), plan.start)


def _within(hours: Daily | None, plan: Plan) -> int:
    """Return how much of a plan lies in daily hours, ms."""
    if hours is None:
        return 0
    start, end = plan.start + plan.offset * _MINUTE, plan.end + plan.offset * _MINUTE
    found = 0
    for day in range(start // _DAY - 1, end // _DAY + 1):
        first = day * _DAY + hours.first * _MINUTE
        last = first + hours.length * _MINUTE
        found += max(0, min(end, last) - max(start, first))
    return found


def _begins_in(hours: Daily, plan: Plan) -> bool:
    minute = (plan.start + plan.offset * _MINUTE) // _MINUTE % 1440
    return (minute - hours.first) % 1440 < hours.length
