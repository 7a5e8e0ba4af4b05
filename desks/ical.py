"""A notice as a calendar: an entry that is added, changed or taken out by its UID and SEQUENCE (RFC 5545, 5546).

Times are UTC, so that no calendar has to know the rules of the venue's clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from icalendar import Calendar, Event, vText

from management.notice import Notice, NoticeIssued, Slot

__all__ = ["encode", "encode_all", "uid_of"]


def uid_of(games: str, recipient: str, subject: str) -> str:
    """Return the name of a calendar entry: the same for every notice of the subject to the recipient."""
    return f"{subject}.{recipient}@{games.lower()}.podium".replace(":", "-").replace("/", "-")


def encode(games: str, recipient: str, notice: NoticeIssued, at: int) -> bytes:
    """Return the calendar that says what a notice, issued at an instant (ms), says; nothing where it is for none."""
    if notice.slot is None:
        return b""
    calendar = _calendar()
    calendar.add("method", notice.method)
    calendar.add_component(_entry(uid_of(games, recipient, notice.subject), notice, notice.slot, at))
    return bytes(calendar.to_ical())


def encode_all(games: str, recipient: str, notices: Mapping[str, Notice], at: int) -> bytes:
    """Return the calendar of all that a recipient was told, by subject, as it is at an instant (ms)."""
    calendar = _calendar()
    calendar.add("method", "PUBLISH")
    for subject, notice in sorted(notices.items()):
        if notice.slot is not None:
            calendar.add_component(_entry(uid_of(games, recipient, subject), notice, notice.slot, at))
    return bytes(calendar.to_ical())


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Podium//notices//EN")
    calendar.add("version", "2.0")
    return calendar


def _entry(uid: str, notice: Notice | NoticeIssued, slot: Slot, at: int) -> Event:
    cancelled = notice.method == "CANCEL"
    entry = Event()
    entry.add("uid", uid)
    entry.add("sequence", notice.sequence)
    entry.add("dtstamp", _moment(at))
    entry.add("dtstart", _moment(slot.starts))
    entry.add("dtend", _moment(slot.ends))
    entry.add("summary", vText(f"{slot.what}, {slot.venue}"))
    entry.add("location", vText(f"{slot.venue} {slot.place}"))
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    return entry


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at // 1000, UTC)
