"""The draft of the schedule: planned freely, its conflicts listed, and released as a version.

A draft may conflict. A version is released with no hard conflict, or with each of them waived by name; a waiver holds
as long as the conflict is the same. Who released is not one of those who drafted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec.structs import replace

from management.command import Received, Refusal
from management.schedule_board import Plan
from management.schedule_book import TRANSITIONS, State, Unit, UnitChange, holds, refuse, set_plans, step
from management.schedule_conflicts import Delta, changed
from schemas.policy.schedule import Policy
from schemas.rsc import is_event, is_phase, is_rsc

__all__ = [
    "DECIDE",
    "EVOLVE",
    "Command",
    "DraftChanged",
    "Event",
    "MoveUnit",
    "PlanUnit",
    "RecordStarters",
    "ReleaseVersion",
    "ScheduleReleased",
    "Starter",
    "StartersRecorded",
    "UnplanUnit",
    "Waiver",
    "not_a_plan",
]

_HOUR = 3_600_000
_LONGEST = 24 * _HOUR  # of a unit: so that what is near it stays few
_FARTHEST = 14 * 60  # minutes that a clock may be from UTC


class PlanUnit(msgspec.Struct, frozen=True, tag="plan_unit"):
    """Plan a unit in the draft, for the first time or altogether anew."""

    unit: str
    plan: Plan


class MoveUnit(msgspec.Struct, frozen=True, tag="move_unit"):
    """Give a planned unit another time in the draft."""

    unit: str
    start: int
    end: int
    offset: int


class UnplanUnit(msgspec.Struct, frozen=True, tag="unplan_unit"):
    """Take a unit out of the draft."""

    unit: str


class Starter(msgspec.Struct, frozen=True):
    """One who starts in a unit."""

    athlete: str
    noc: str


class RecordStarters(msgspec.Struct, frozen=True, tag="record_starters"):
    """Say who starts in a unit, as far as the entries or a start list tell."""

    unit: str
    starters: tuple[Starter, ...]


class Waiver(msgspec.Struct, frozen=True):
    """Why a conflict may be."""

    conflict: str  # its name
    reason: str


class ReleaseVersion(msgspec.Struct, frozen=True, tag="release_version"):
    """Publish the draft."""

    version: int
    waivers: tuple[Waiver, ...] = ()


class DraftChanged(msgspec.Struct, frozen=True, tag="draft_changed"):
    """The draft has another plan for a unit."""

    change: UnitChange
    conflicts: Delta
    by: str


class StartersRecorded(msgspec.Struct, frozen=True, tag="starters_recorded"):
    """Who starts in a unit."""

    unit: str
    starters: tuple[Starter, ...]
    draft: Delta
    live: Delta


class ScheduleReleased(msgspec.Struct, frozen=True, tag="schedule_released"):
    """A version of the schedule is published."""

    version: int
    diff: tuple[UnitChange, ...]  # by unit
    waivers: tuple[Waiver, ...]


Command = PlanUnit | MoveUnit | UnplanUnit | RecordStarters | ReleaseVersion
Event = DraftChanged | StartersRecorded | ScheduleReleased


def not_a_plan(unit: str, plan: Plan, policy: Policy) -> Refusal | None:
    """Return why a plan cannot be one, conflicts aside."""
    if not is_rsc(unit) or is_event(unit) or is_phase(unit):
        return refuse("PLAN", f"{unit} is not the code of a unit", unit=unit)
    venue = policy.venues.get(plan.venue)
    if venue is None or venue.zone != plan.zone:
        return refuse("PLAN", f"there is no venue {plan.venue} in {plan.zone}", unit=unit, venue=plan.venue)
    if not plan.start < plan.end <= plan.start + _LONGEST:
        return refuse("PLAN", f"{unit} does not end within a day of its start", unit=unit)
    if abs(plan.offset) > _FARTHEST:
        return refuse("PLAN", f"no clock is {plan.offset} minutes from UTC", unit=unit)
    if strange := [phase for phase in plan.after if not (is_rsc(phase) and is_phase(phase))]:
        return refuse("PLAN", f"{strange[0]} is not the code of a phase", unit=unit)
    return None


# -- drafting ---------------------------------------------------------------------------------------------------------


def _draft(
    state: State, received: Received[Any], policy: Policy, unit: str, plan: Plan | None
) -> list[Event] | Refusal:
    """Decide on another plan of a unit in the draft."""
    if not holds(received.actor, "SCHED_PLANNER", (unit,)):
        return refuse("NOT_AUTHORISED", "only a planner of the discipline changes the draft", unit=unit)
    refusal = not_a_plan(unit, plan, policy) if plan is not None else None
    if refusal:
        return refusal
    before = state.draft.plans.get(unit)
    if plan == before:
        return []
    delta = changed(state.draft, state.starts, {unit: plan}, policy)
    return [DraftChanged(UnitChange(unit, before, plan), delta, received.actor.id)]


def plan_unit(state: State, received: Received[PlanUnit], policy: Policy) -> list[Event] | Refusal:
    """Decide on planning a unit."""
    return _draft(state, received, policy, received.command.unit, received.command.plan)


def move_unit(state: State, received: Received[MoveUnit], policy: Policy) -> list[Event] | Refusal:
    """Decide on another time of a planned unit."""
    wish = received.command
    before = state.draft.plans.get(wish.unit)
    if before is None:
        return refuse("UNKNOWN", f"unit {wish.unit} is not planned", unit=wish.unit)
    plan = replace(before, start=wish.start, end=wish.end, offset=wish.offset)
    return _draft(state, received, policy, wish.unit, plan)


def unplan_unit(state: State, received: Received[UnplanUnit], policy: Policy) -> list[Event] | Refusal:
    """Decide on taking a unit out of the draft."""
    return _draft(state, received, policy, received.command.unit, None)


def record_starters(state: State, received: Received[RecordStarters], policy: Policy) -> list[Event] | Refusal:
    """Decide on who starts in a unit: news from the entries and the results side."""
    unit, starters = received.command.unit, received.command.starters
    if not received.actor.may("SYSTEM"):
        return refuse("NOT_AUTHORISED", "only the entries and the results side tell who starts")
    if unit not in state.units:
        return refuse("UNKNOWN", f"there is no unit {unit}", unit=unit)
    athletes = tuple(sorted({starter.athlete for starter in starters}))
    nocs = tuple(sorted({starter.noc for starter in starters}))
    if (athletes, nocs) == (state.starts.athletes.get(unit, ()), state.units[unit].nocs):
        return []
    draft, live = (
        changed(board, state.starts, {}, policy, athletes={unit: athletes}) for board in (state.draft, state.live)
    )
    return [StartersRecorded(unit, starters, draft, live)]


# -- release ----------------------------------------------------------------------------------------------------------


def release(state: State, received: Received[ReleaseVersion], policy: Policy) -> list[Event] | Refusal:
    """Decide on a version: the next one, with a difference, by one who did not draft, and without open conflicts."""
    wish, actor = received.command, received.actor
    if not actor.may("SCHED_APPROVER"):
        return refuse("NOT_AUTHORISED", "only an approver of the whole schedule releases it")
    if actor.id in state.drafters:
        return refuse("SAME_PERSON", "who drafted does not release")
    if wish.version != state.version + 1:
        return refuse("VERSION", f"the next version is {state.version + 1}", version=wish.version)
    diff = tuple(
        UnitChange(unit, state.live.plans.get(unit), state.draft.plans.get(unit)) for unit in sorted(state.touched)
    )
    if not diff:
        return refuse("EMPTY", "nothing differs from what is released")
    for change in diff:
        refusal = step(state, change.unit, "unplan" if change.after is None else "release")
        if refusal := refusal or _frozen(change, received.at, policy):
            return refusal
    waivers = {waiver.conflict: waiver.reason.strip() for waiver in wish.waivers}
    idle = sorted(name for name, reason in waivers.items() if name not in state.draft.conflicts or not reason)
    if idle:
        return refuse("WAIVER", "a waiver names a conflict of the draft and says why it may be", waivers=idle)
    still = sorted(name for name in state.draft.conflicts if name not in waivers and name not in state.waived)
    if still:
        return refuse("CONFLICTS", f"{len(still)} hard conflicts are not waived", conflicts=still)
    return [ScheduleReleased(wish.version, diff, wish.waivers)]


def _frozen(change: UnitChange, at: int, policy: Policy) -> Refusal | None:
    """Return a refusal where a published unit, before or after, starts too soon for a mere new version."""
    plans = [plan for plan in (change.before, change.after) if plan is not None] if change.before else []
    if any(plan.start - at < policy.freeze_hours * _HOUR for plan in plans):
        return refuse("FROZEN", f"{change.unit} changes by a short-notice change only", unit=change.unit)
    return None


# -- what becomes of it -----------------------------------------------------------------------------------------------


def _changed(state: State, event: DraftChanged) -> None:
    state.units.setdefault(event.change.unit, Unit())
    set_plans(state, (event.change,), draft=event.conflicts)
    if event.by not in state.drafters:
        state.drafters.append(event.by)


def _starters(state: State, event: StartersRecorded) -> None:
    starts = state.starts
    for athlete in starts.athletes.pop(event.unit, ()):
        starts.units[athlete].remove(event.unit)
        if not starts.units[athlete]:
            del starts.units[athlete]
    athletes = tuple(sorted({starter.athlete for starter in event.starters}))
    if athletes:
        starts.athletes[event.unit] = athletes
    for athlete in athletes:
        starts.units.setdefault(athlete, []).append(event.unit)
    state.units[event.unit].nocs = tuple(sorted({starter.noc for starter in event.starters}))
    set_plans(state, (), draft=event.draft, live=event.live)


def _released(state: State, event: ScheduleReleased) -> None:
    state.version = event.version
    set_plans(state, event.diff, live=Delta())
    state.live.conflicts = dict(state.draft.conflicts)
    state.waived.update({waiver.conflict: waiver.reason for waiver in event.waivers})
    state.drafters = []
    for change in event.diff:
        unit = state.units[change.unit]
        unit.status = TRANSITIONS[unit.status]["unplan" if change.after is None else "release"]
        unit.sequence += 1


DECIDE: Mapping[type, Callable[..., list[Event] | Refusal]] = MappingProxyType(
    {
        PlanUnit: plan_unit,
        MoveUnit: move_unit,
        UnplanUnit: unplan_unit,
        RecordStarters: record_starters,
        ReleaseVersion: release,
    }
)

EVOLVE: Mapping[type, Callable[..., None]] = MappingProxyType(
    {DraftChanged: _changed, StartersRecorded: _starters, ScheduleReleased: _released}
)
