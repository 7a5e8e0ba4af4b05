"""Where raw messages lie: from a name to a position, read from the log when first asked for and kept up from there."""

from __future__ import annotations

from array import array
from threading import Lock

from engine.errors import BadRecord
from engine.log import Log
from engine.raw import RAW, Raw, raw_of

__all__ = ["RawIndex"]


class RawIndex:
    """Finds raw messages by name; 8 bytes a message."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._after = [0] * log.partitions(RAW)
        self._serials: dict[tuple[str, str], array[int]] = {}  # places; serial n at n - 1, 0 where it is not there
        self._notes: dict[str, int] = {}
        self._lock = Lock()

    def find(self, name: str) -> Raw | None:
        """Return the raw message named ``source/session/serial``, None where there is none."""
        with self._lock:
            for partition in range(len(self._after)):
                self._read_on(partition)
        place = self._place(name)
        if not place:
            return None
        position, partition = divmod(place, len(self._after))
        (stored,) = self._log.read(RAW, position - 1, limit=1, partition=partition)
        return raw_of(stored)

    def _place(self, name: str) -> int:
        try:
            source, session, text = name.rsplit("/", 2)
            serial = int(text)
        except ValueError:
            return 0
        if serial < 0:
            return self._notes.get(name, 0)
        held = self._serials.get((source, session))
        return held[serial - 1] if held is not None and 0 < serial <= len(held) else 0

    def _read_on(self, partition: int) -> None:
        while batch := self._log.read(RAW, self._after[partition], limit=10_000, partition=partition):
            for stored in batch:
                try:
                    raw = raw_of(stored)
                except BadRecord:
                    continue
                place = raw.position * len(self._after) + partition
                if raw.serial < 0:
                    self._notes[raw.name] = place
                    continue
                held = self._serials.setdefault((raw.source, raw.session), array("q"))
                if len(held) < raw.serial:
                    held.extend([0] * (raw.serial - len(held)))
                held[raw.serial - 1] = place
            self._after[partition] = batch[-1].position
