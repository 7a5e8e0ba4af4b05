"""Notes: how far somebody has come, as the newest record of a topic of his own, with what he wants to find again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

import msgspec

from desks.codec import encode
from engine.log import Log, Record
from engine.versions import HEADER, Upcast, current

__all__ = ["Notes"]

Note = TypeVar("Note", bound=msgspec.Struct)


class Notes(Generic[Note]):
    """The notes of one topic, all under one key; only the newest counts."""

    def __init__(self, topic: str, key: str, kind: type[Note], upcasts: Mapping[str, tuple[Upcast, ...]]) -> None:
        """Take what a note is, and how older ones become one."""
        self._topic, self._key, self._upcasts = topic, key, upcasts
        self._decode = msgspec.json.Decoder(kind).decode

    def read(self, log: Log) -> Note | None:
        """Return the newest note, None where there is none; raises what the log raises."""
        place = log.partition_of(self._topic, self._key)
        head = log.head(self._topic, partition=place)
        for stored in log.read(self._topic, head - 1, limit=1, partition=place) if head else ():
            return self._decode(current(stored, self._upcasts).value)
        return None

    def record(self, note: Note, time: int) -> Record:
        """Return a note as the log keeps it; ``time`` is log time, microseconds."""
        headers = {HEADER: b"%d" % len(self._upcasts[self._topic])}
        return Record(self._topic, self._key, encode(note), time, headers)
