"""The clock on the wall of a venue: how far it is from UTC at an instant.

Shifts and units are kept in UTC. What is local about them (their day, their night) follows from offsets that a desk
finds here, because the pure rooms read no files of time zones.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

__all__ = ["instant_of", "offset_at"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def offset_at(zone: str, instant: int) -> int:
    """Return the minutes east of UTC of a zone's clock at an instant (ms since 1970 UTC).

    Raises ``zoneinfo.ZoneInfoNotFoundError`` for a zone that nobody knows.
    """
    offset = (EPOCH + timedelta(milliseconds=instant)).astimezone(ZoneInfo(zone)).utcoffset()
    return int((offset or timedelta()).total_seconds()) // 60


def instant_of(zone: str, local: datetime) -> int:
    """Return the instant (ms since 1970 UTC) at which a zone's clock shows a time.

    Of an hour that comes twice the first is meant, unless ``local.fold`` says the second. Raises ValueError for a time
    that the clock leaves out, and for one that has a zone of its own.
    """
    if local.tzinfo is not None:
        raise ValueError(f"{local} has a zone, and the clock of {zone} shows none")
    instant = (local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) - EPOCH) // timedelta(milliseconds=1)
    if EPOCH + timedelta(milliseconds=instant, minutes=offset_at(zone, instant)) != local.replace(tzinfo=UTC):
        raise ValueError(f"the clock of {zone} never shows {local}")
    return instant
