"""The schedule: DT_SCHEDULE, of a discipline or of a day."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from feeds.xml.layout import Context
from feeds.xml.text import attributes, element
from schemas.views import ScheduleRow

__all__ = ["schedule"]

_COMPETITION = "3"
_CEREMONY = "6"
_FOR_EVER = 1 << 62  # ms: where a unit without a time stands


def schedule(context: Context) -> str:
    """Return the units, by start and code."""
    rows = [(key, row) for key, row in context.view.rows.items() if isinstance(row, ScheduleRow)]
    rows.sort(key=lambda item: (_FOR_EVER if item[1].start is None else item[1].start, item[1].unit))
    return "".join(context.fragments.row(key, row, context.offset, _unit, context) for key, row in rows)


def _time(ms: int | None, zone: timezone) -> str | None:
    if ms is None:
        return None
    seconds, rest = divmod(ms, 1000)
    time = datetime.fromtimestamp(seconds, zone) + timedelta(milliseconds=rest)
    return time.isoformat(timespec="milliseconds" if rest else "seconds")


def _unit(_context: Context, _key: str, row: ScheduleRow, offset: int) -> str:
    zone = timezone(timedelta(minutes=offset))
    start = attributes(
        Code=row.unit,
        PhaseType=_CEREMONY if row.unit[22:26] == "VICT" else _COMPETITION,
        ScheduleStatus=row.status,
        ResultStatus=row.result,
        StartDate=_time(row.start, zone),
        EndDate=_time(row.end, zone),
        ActualStartDate=_time(row.started, zone),
        Day=row.day,
        Medal=row.medal or None,
        Venue=row.venue,
        Location=row.location,
        Note=row.reason,
    )
    return element("Unit", start, element("ItemName", attributes(Language="ENG", Value=row.name) if row.name else ""))
