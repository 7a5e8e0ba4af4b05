"""The schedule: what is planned for a unit, and what has become of the plan."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from projections.entries import message_of
from projections.rows import reason_of
from projections.unit import Unit
from schemas import messages as m
from schemas.games import Games
from schemas.views import ScheduleRow

__all__ = ["day_of", "schedule_row"]

_CHANGES = ("schedule", "unit_postponed", "unit_cancelled", "unit_not_held", "unit_status", "start", "result_status")
_OVER = frozenset({"UNCONFIRMED", "UNOFFICIAL", "OFFICIAL", "PROTESTED", "PROVISIONAL"})


def _status(message: m.Message) -> str:
    match message:
        case m.UnitScheduled() | m.UnitStatus():
            return message.status
        case m.UnitPostponed():
            return "POSTPONED" if message.start is None else "RESCHEDULED"
        case m.UnitCancelled():
            return "CANCELLED"
        case m.UnitNotHeld():
            return "NOT_HELD"
        case m.Start():
            return "RUNNING"
        case m.ResultStatus() if message.status in _OVER:
            return "FINISHED"
        case m.ResultStatus() if message.status in ("LIVE", "INTERMEDIATE"):
            return "RUNNING"
    return ""


def day_of(unit: Unit, games: Games) -> str:
    """Return a unit's sport day: the schedule's, else the local date of its end, a day ending at ``day_ends``."""
    planned = message_of(unit.said, "schedule")
    if isinstance(planned, m.UnitScheduled) and planned.day:
        return planned.day
    end = unit.official_since
    if isinstance(planned, m.UnitScheduled) and planned.end is not None:
        end = planned.end
    if end is None:
        return ""
    local = datetime.fromtimestamp(end / 1000, timezone(timedelta(minutes=games.offset)))
    return (local - timedelta(hours=games.day_ends)).date().isoformat()


def schedule_row(unit: Unit, games: Games) -> ScheduleRow | None:
    """Return a unit's line in the schedule, or None where nobody has planned or begun it."""
    said = [
        (message.at, number, message)
        for number, kind in enumerate(_CHANGES)
        if (message := message_of(unit.said, kind)) is not None
    ]
    if not said:
        return None
    said.sort(key=lambda one: one[:2])
    status = "SCHEDULED"
    for _, _, message in said:
        status = _status(message) or status
    planned = message_of(unit.said, "schedule")
    plan = planned if isinstance(planned, m.UnitScheduled) else m.UnitScheduled(unit=unit.code)
    start, end, venue, location = plan.start, plan.end, plan.venue, plan.location
    postponed = message_of(unit.said, "unit_postponed")
    if isinstance(postponed, m.UnitPostponed) and postponed.at >= plan.at:
        start, end = postponed.start, postponed.end
    moved = message_of(unit.said, "unit_moved")
    if isinstance(moved, m.UnitMoved) and moved.at >= plan.at:
        venue, location = moved.venue, moved.location
    begun = message_of(unit.said, "start")
    reasons = [
        (message.at, message.reason)
        for message in (
            message_of(unit.said, kind) for kind in ("unit_postponed", "unit_moved", "unit_cancelled", "unit_not_held")
        )
        if isinstance(message, m.UnitPostponed | m.UnitMoved | m.UnitCancelled | m.UnitNotHeld) and message.reason
    ]
    return ScheduleRow(
        unit=unit.code,
        name=plan.name,
        start=start,
        end=end,
        started=begun.at or None if begun is not None else None,
        venue=venue,
        location=location,
        day=day_of(unit, games),
        medal=plan.medal,
        status=status,
        result=unit.status,
        reason=reason_of({kind: entry for kind in (*_CHANGES, "unit_moved") if (entry := unit.said.get(kind))})
        or max(reasons, default=(0, ""))[1],
    )
