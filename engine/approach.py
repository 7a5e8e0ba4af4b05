"""How far an epoch has come that is being built: whether it holds all that its log held a moment ago.

Workers say in ``games.reached`` up to where they have read a partition, once all that follows from it is durable. So
what the sources had said at an instant is in the feed as soon as decoding has passed there, then folding has passed
what decoding had written by then, and is shown as soon as a host has folded what the feed held by then.
"""

from __future__ import annotations

import msgspec

from engine.epochs import topic_of
from engine.log import Log, Record
from engine.raw import RAW
from engine.stages import EVENTS, FEED
from engine.versions import current, stamp

__all__ = ["REACHED", "Approach", "reached_record"]

REACHED = "games.reached"  # a family


def reached_record(epoch: str, place: tuple[str, int], position: int, time: int) -> Record:
    """Return what says how far a worker has come in a partition of a topic."""
    value = msgspec.msgpack.encode((*place, position))
    return Record(topic_of(REACHED, epoch), "", value, time, stamp(REACHED))


_decode = msgspec.msgpack.Decoder(tuple[str, int, int]).decode


class Approach:
    """Watches an epoch come near. All but ``passed`` blocks."""

    def __init__(self, log: Log, epoch: str) -> None:
        self._log = log
        self._reached_topic = topic_of(REACHED, epoch)
        self._events = topic_of(EVENTS, epoch)
        self._feed = topic_of(FEED, epoch)
        self._read = 0
        self._reached: dict[tuple[str, int], int] = {}  # by topic and partition
        self._raw = self._heads(RAW)
        self._decoded: list[int] | None = None  # how far the events went when decoding had passed the raw messages
        self._folded: int | None = None  # how far the feed went when folding had passed those

    def look(self, position: int) -> bool:
        """Say whether a host that has folded the feed up to a position holds all that there was at the beginning."""
        self._read_on()
        if self._decoded is None and self._passed(RAW, self._raw):
            self._decoded = self._heads(self._events)
        if self._folded is None and self._decoded is not None and self._passed(EVENTS, self._decoded):
            self._folded = self._log.head(self._feed)
        return self._folded is not None and position >= self._folded

    def quiet(self) -> bool:
        """Say whether nothing has come since the beginning."""
        return self._raw == self._heads(RAW)

    @property
    def left(self) -> int:
        """Positions of the raw topic that are not decoded, as far as is known."""
        return sum(max(head - self._reached.get((RAW, n), 0), 0) for n, head in enumerate(self._raw))

    def _heads(self, topic: str) -> list[int]:
        return [self._log.head(topic, partition=number) for number in range(self._log.partitions(topic))]

    def _passed(self, topic: str, heads: list[int]) -> bool:
        return all(self._reached.get((topic, number), 0) >= head for number, head in enumerate(heads))

    def _read_on(self) -> None:
        while batch := self._log.read(self._reached_topic, self._read):
            for stored in batch:
                topic, partition, position = _decode(current(stored).value)
                place = topic, partition
                self._reached[place] = max(self._reached.get(place, 0), position)
            self._read = batch[-1].position
