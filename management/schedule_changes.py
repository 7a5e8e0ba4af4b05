"""Short-notice changes of what is released: delay, postpone, reschedule, advance, cancel; and the news from the field.

One approver delays a unit within its sport day. Everything else is a proposal first (``schedule_proposals``), carried
out once it has its approvals: then the guards are judged again, with the time that it is. What is carried out is put on
the draft too, so that the next version does not undo it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

import msgspec
from msgspec.structs import replace

from management.command import Received, Refusal
from management.schedule_book import (
    TRANSITIONS,
    Advance,
    Cancel,
    Change,
    Move,
    Postpone,
    Proposal,
    Reschedule,
    State,
    UnitChange,
    Verb,
    holds,
    refuse,
    set_plans,
    step,
    units_of,
)
from management.schedule_conflicts import Delta, changed, is_open, sport_day
from management.schedule_draft import Waiver, not_a_plan
from schemas.policy.schedule import Policy

__all__ = [
    "DECIDE",
    "EVOLVE",
    "CarryOutChange",
    "Command",
    "DelayUnit",
    "Event",
    "ReportUnit",
    "UnitCancelled",
    "UnitDelayed",
    "UnitPostponed",
    "UnitReported",
    "UnitsRescheduled",
    "judge",
]

_HOUR = 3_600_000

News = Literal["GETTING_READY", "RUNNING", "INTERRUPTED", "FINISHED"]
_NEWS: Mapping[News, Verb] = {
    "GETTING_READY": "ready",
    "RUNNING": "run",
    "INTERRUPTED": "interrupt",
    "FINISHED": "finish",
}
_VERBS: Mapping[type, Verb] = {Postpone: "postpone", Reschedule: "reschedule", Advance: "advance", Cancel: "cancel"}


class DelayUnit(msgspec.Struct, frozen=True, tag="delay_unit"):
    """Start a unit later on the same sport day, at a time or when it will be possible."""

    unit: str
    start: int | None = None  # ms; none: to be decided


class CarryOutChange(msgspec.Struct, frozen=True, tag="carry_out_change"):
    """Do what was proposed and approved."""

    proposal: str
    waivers: tuple[Waiver, ...] = ()  # of the hard conflicts that it makes


class ReportUnit(msgspec.Struct, frozen=True, tag="report_unit"):
    """Say what happens in the field of play."""

    unit: str
    status: News


class UnitDelayed(msgspec.Struct, frozen=True, tag="unit_delayed"):
    """A unit starts later."""

    change: UnitChange
    tbd: bool  # the new time is not known, the old one stands for it
    by: str
    draft: Delta
    live: Delta


class UnitPostponed(msgspec.Struct, frozen=True, tag="unit_postponed"):
    """A unit has no time: its slot is free, its entries stay."""

    change: UnitChange
    proposal: str
    approvers: tuple[str, ...]
    draft: Delta
    live: Delta


class UnitsRescheduled(msgspec.Struct, frozen=True, tag="units_rescheduled"):
    """A set of units has other times, all at once."""

    changes: tuple[UnitChange, ...]
    kind: Literal["reschedule", "advance"]
    proposal: str
    approvers: tuple[str, ...]
    overridden: bool  # an authority did without notice and acknowledgements
    waivers: tuple[Waiver, ...]
    draft: Delta
    live: Delta


class UnitCancelled(msgspec.Struct, frozen=True, tag="unit_cancelled"):
    """A unit will not be held."""

    change: UnitChange
    proposal: str
    approvers: tuple[str, ...]
    draft: Delta
    live: Delta


class UnitReported(msgspec.Struct, frozen=True, tag="unit_reported"):
    """What happens in the field of play."""

    unit: str
    status: News


Command = DelayUnit | CarryOutChange | ReportUnit
Event = UnitDelayed | UnitPostponed | UnitsRescheduled | UnitCancelled | UnitReported


# -- delay ------------------------------------------------------------------------------------------------------------


def delay(state: State, received: Received[DelayUnit], policy: Policy) -> list[Event] | Refusal:
    """Decide on a delay: by one approver, forward, within the sport day. Conflicts that it makes are listed."""
    wish, actor = received.command, received.actor
    if not any(holds(actor, role, (wish.unit,)) for role in policy.delay_by):  # type: ignore[arg-type]
        return refuse("NOT_AUTHORISED", f"only {' or '.join(policy.delay_by)} delays a unit", unit=wish.unit)
    if refusal := step(state, wish.unit, "delay"):
        return refusal
    before, unit = state.live.plans[wish.unit], state.units[wish.unit]
    if wish.start is None:
        same = UnitChange(wish.unit, before, before)
        return [] if unit.tbd else [_delay_to(state, same, actor.id, policy, tbd=True)]
    day = sport_day(before.start, before.offset, policy.day_ends)
    if sport_day(wish.start, before.offset, policy.day_ends) != day:
        return refuse("SAME_DAY", f"a delay of {wish.unit} stays within its sport day", unit=wish.unit)
    if wish.start < max(received.at, before.start) or (wish.start == before.start and not unit.tbd):
        return refuse("NOT_LATER", f"{wish.unit} cannot start at that time by a delay", unit=wish.unit)
    after = replace(before, start=wish.start, end=before.end + wish.start - before.start)
    return [_delay_to(state, UnitChange(wish.unit, before, after), actor.id, policy, tbd=False)]


def _delay_to(state: State, change: UnitChange, by: str, policy: Policy, *, tbd: bool) -> UnitDelayed:
    draft, live = _deltas(state, (change,), policy)
    return UnitDelayed(change, tbd, by, draft, live)


def _deltas(state: State, changes: tuple[UnitChange, ...], policy: Policy) -> tuple[Delta, Delta]:
    plans = {change.unit: change.after for change in changes}
    return changed(state.draft, state.starts, plans, policy), changed(state.live, state.starts, plans, policy)


# -- what is proposed first -------------------------------------------------------------------------------------------


def judge(state: State, change: Change, policy: Policy) -> tuple[UnitChange, ...] | Refusal:
    """Return what a change would do to each unit; or why it cannot: a status, a plan, a target, the direction."""
    units = units_of(change)
    if not units or len(set(units)) < len(units):
        return refuse("PLAN", "a change is of one or more units, each named once")
    for unit in units:
        if refusal := step(state, unit, _VERBS[type(change)]):
            return refusal
    if isinstance(change, Postpone | Cancel):
        return (UnitChange(change.unit, state.live.plans.get(change.unit), None),)
    changes = []
    for move in sorted(change.moves, key=lambda move: move.unit):
        moved = _moved(state, move, policy)
        if isinstance(moved, Refusal):
            return moved
        if isinstance(change, Advance) and (moved.before is None or move.start >= moved.before.start):
            return refuse("NOT_EARLIER", f"{move.unit} would not start earlier", unit=move.unit)
        changes.append(moved)
    return tuple(changes)


def _moved(state: State, move: Move, policy: Policy) -> UnitChange | Refusal:
    last = state.live.plans.get(move.unit) or state.units[move.unit].last
    assert last is not None  # a unit is known since it was planned
    plan = replace(
        last,
        start=move.start,
        end=move.end,
        offset=move.offset,
        venue=move.venue or last.venue,
        location=move.location or last.location,
        zone=move.zone or last.zone,
    )
    if refusal := not_a_plan(move.unit, plan, policy):
        return refusal
    if not is_open(plan, policy):
        return refuse("TARGET", f"{plan.venue} is not open then, and it is no contingency day", unit=move.unit)
    return UnitChange(move.unit, state.live.plans.get(move.unit), plan)


def carry_out(state: State, received: Received[CarryOutChange], policy: Policy) -> list[Event] | Refusal:
    """Decide on doing what was proposed: approved by all, still possible, noticed in time, its conflicts waived."""
    wish = received.command
    proposal = state.proposals.get(wish.proposal)
    if proposal is None:
        return refuse("UNKNOWN", f"there is no proposal {wish.proposal}", proposal=wish.proposal)
    units = units_of(proposal.change)
    if not any(holds(received.actor, role, units) for role in ("SCHED_PLANNER", "SCHED_APPROVER", "GAMES_AUTHORITY")):
        return refuse("NOT_AUTHORISED", "only those of the schedule carry out a change")
    if proposal.missing:
        return refuse(
            "APPROVAL", f"{' and '.join(proposal.missing)} have yet to approve", missing=tuple(proposal.missing)
        )
    changes = judge(state, proposal.change, policy)
    if isinstance(changes, Refusal):
        return changes
    if refusal := _too_sudden(state, proposal, changes, received.at, policy):
        return refusal
    draft, live = _deltas(state, changes, policy)
    return _done(wish, proposal, changes, draft, live)


def _too_sudden(
    state: State, proposal: Proposal, changes: tuple[UnitChange, ...], at: int, policy: Policy
) -> Refusal | None:
    """Return why what would start earlier than published, by whatever change, cannot yet."""
    early = {
        change.unit: change.after.start
        for change in changes
        if change.before is not None and change.after is not None and change.after.start < change.before.start
    }
    if proposal.overridden or not early:
        return None
    first = min(early.values())
    if first - at < policy.notice_hours * _HOUR:
        return refuse("NOTICE", f"the notice would be less than {policy.notice_hours} hours", start=first)
    nocs = {noc for unit in early for noc in state.units[unit].nocs}
    silent = sorted(nocs.difference(proposal.acknowledged))
    if silent:
        return refuse("ACKNOWLEDGEMENT", f"{len(silent)} organisations have not acknowledged", silent=silent)
    return None


def _done(
    wish: CarryOutChange, proposal: Proposal, changes: tuple[UnitChange, ...], draft: Delta, live: Delta
) -> list[Event] | Refusal:
    approvers = tuple(proposal.approvers)
    if isinstance(proposal.change, Postpone):
        return [UnitPostponed(changes[0], wish.proposal, approvers, draft, live)]
    if isinstance(proposal.change, Cancel):
        return [UnitCancelled(changes[0], wish.proposal, approvers, draft, live)]
    new = {conflict.name for conflict in live.new}
    reasons = {waiver.conflict: waiver.reason.strip() for waiver in wish.waivers}
    idle = sorted(name for name, reason in reasons.items() if name not in new or not reason)
    if idle:
        return refuse("WAIVER", "a waiver names a conflict that the change makes, and says why it may be", waivers=idle)
    still = sorted(new.difference(reasons))
    if still:
        return refuse("CONFLICTS", f"{len(still)} hard conflicts are not waived", conflicts=still)
    kind: Literal["reschedule", "advance"] = "advance" if isinstance(proposal.change, Advance) else "reschedule"
    return [UnitsRescheduled(changes, kind, wish.proposal, approvers, proposal.overridden, wish.waivers, draft, live)]


# -- news from the field ----------------------------------------------------------------------------------------------


def report(state: State, received: Received[ReportUnit], policy: Policy) -> list[Event] | Refusal:
    """Decide on news: from the results side, and only what can follow from what is known."""
    wish = received.command
    if not received.actor.may("SYSTEM"):
        return refuse("NOT_AUTHORISED", "only the results side tells what happens in the field")
    known = state.units.get(wish.unit)
    if known is not None and known.status == wish.status:
        return []
    return step(state, wish.unit, _NEWS[wish.status]) or [UnitReported(wish.unit, wish.status)]


# -- what becomes of it -----------------------------------------------------------------------------------------------


def _become(state: State, changes: tuple[UnitChange, ...], verb: Verb, draft: Delta, live: Delta) -> None:
    set_plans(state, changes, draft=draft, live=live)
    for change in changes:
        unit = state.units[change.unit]
        unit.status = TRANSITIONS[unit.status][verb]
        unit.sequence += 1
        unit.tbd = False


def _close(state: State, proposal: str) -> None:
    closed = state.proposals.pop(proposal)
    state.lapses.remove((closed.lapses, proposal))


def _delayed(state: State, event: UnitDelayed) -> None:
    _become(state, (event.change,), "delay", event.draft, event.live)
    state.units[event.change.unit].tbd = event.tbd


def _postponed(state: State, event: UnitPostponed) -> None:
    _become(state, (event.change,), "postpone", event.draft, event.live)
    _close(state, event.proposal)


def _cancelled(state: State, event: UnitCancelled) -> None:
    _become(state, (event.change,), "cancel", event.draft, event.live)
    _close(state, event.proposal)


def _rescheduled(state: State, event: UnitsRescheduled) -> None:
    _become(state, event.changes, event.kind, event.draft, event.live)
    for waiver in event.waivers:
        if waiver.conflict in state.draft.conflicts:
            state.waived[waiver.conflict] = waiver.reason
    _close(state, event.proposal)


def _reported(state: State, event: UnitReported) -> None:
    unit = state.units[event.unit]
    unit.status = TRANSITIONS[unit.status][_NEWS[event.status]]
    unit.tbd = False  # it comes to pass


DECIDE: Mapping[type, Callable[..., list[Event] | Refusal]] = MappingProxyType(
    {DelayUnit: delay, CarryOutChange: carry_out, ReportUnit: report}
)

EVOLVE: Mapping[type, Callable[..., None]] = MappingProxyType(
    {
        UnitDelayed: _delayed,
        UnitPostponed: _postponed,
        UnitsRescheduled: _rescheduled,
        UnitCancelled: _cancelled,
        UnitReported: _reported,
    }
)
