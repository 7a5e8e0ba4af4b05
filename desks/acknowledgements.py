"""How many of those who were told of a decision have acknowledged: by the decision, and for the whole of the Games."""

from __future__ import annotations

from typing import Any

import msgspec

from desks.outcome import Position
from management.command import Recorded
from management.notice import NoticeAcknowledged, NoticeGivenUp, NoticeIssued, NoticeSent

__all__ = ["Acknowledgements", "Count"]


class Count(msgspec.Struct):
    """What became of the notices of one decision. Who was told something newer since counts there alone."""

    told: int = 0  # notices issued
    sent: int = 0
    acknowledged: int = 0
    superseded: int = 0  # by a newer notice of the same, before they were acknowledged
    silent: list[str] = []  # recipients who were reminded in vain

    @property
    def waiting(self) -> int:
        """How many have yet to acknowledge."""
        return self.told - self.acknowledged - self.superseded


class _Told(msgspec.Struct):
    cause: str
    sequence: int
    sent: bool = False
    acknowledged: bool = False


class Acknowledgements:
    """A reader of all events."""

    def __init__(self) -> None:
        self.by_cause: dict[str, Count] = {}  # id of the decision's event
        self._told: dict[tuple[str, str], _Told] = {}  # key, subject

    def take(self, recorded: Recorded[Any], position: Position) -> None:
        """Take in the next event of a partition."""
        event = recorded.event
        match event:
            case NoticeIssued():
                before = self._told.get((recorded.key, event.subject))
                if before and not before.acknowledged:
                    self.by_cause[before.cause].superseded += 1
                self._told[recorded.key, event.subject] = _Told(event.cause, event.sequence)
                self.by_cause.setdefault(event.cause, Count()).told += 1
            case NoticeSent() | NoticeAcknowledged() | NoticeGivenUp():
                told = self._told[recorded.key, event.subject]
                if told.sequence == event.sequence:
                    _count(self.by_cause[told.cause], told, event, recorded.key.removeprefix("ntc:"))


def _count(count: Count, told: _Told, event: NoticeSent | NoticeAcknowledged | NoticeGivenUp, recipient: str) -> None:
    match event:
        case NoticeSent():
            count.sent += not told.sent
            told.sent = True
        case NoticeAcknowledged():
            count.acknowledged += 1
            told.acknowledged = True
        case NoticeGivenUp():
            count.silent.append(recipient)
