"""What the watch of the security operations centre sees, read off the log: events, refusals, scans and signs.

Records of several topics and partitions come in the order of their log time, as far as they can be read by then, as
they do for the reactor (``desks/reactor.py``). Of a command only its id and its actor are read: a refusal does not name
him.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from itertools import takewhile
from typing import Any

import msgspec

from desks.codec import Codec, decode_outcome
from desks.partitions import Partitions
from desks.reading import hear
from desks.scan_intake import SCANS
from desks.scan_intake import UPCASTS as SCAN_UPCASTS
from desks.soc.signs import SIGNS, decode_sign
from desks.topics import COMMANDS, EVENTS, REPLIES
from engine.log import Log, Stored
from engine.versions import current
from management.scan import HindsightAdded, ScanRecorded
from management.soc_signs import CommandRefused, HindsightSeen, ScanSeen, Seen

__all__ = ["TOPICS", "Inputs", "Place"]

TOPICS = (COMMANDS, REPLIES, EVENTS, SCANS, SIGNS)  # of one append a command comes first
MOST_ASKED = 100_000  # commands whose reply is not seen yet
Place = tuple[str, int]  # topic and partition of the log


class _Asker(msgspec.Struct, frozen=True):
    id: str


class _Asked(msgspec.Struct, frozen=True):
    id: str
    actor: _Asker


_asked = msgspec.json.Decoder(_Asked).decode
_scan = msgspec.json.Decoder(ScanRecorded | HindsightAdded).decode


class Inputs:
    """How far everything is read. Belongs to one loop."""

    def __init__(self, log: Log, partitions: Partitions, batch: int) -> None:
        self._log, self._partitions, self._batch = log, partitions, batch
        self._codec = Codec(b"")  # it reads events, and those have no secret
        self._asked: dict[str, str] = {}  # command -> actor
        self.at: dict[Place, int] = {
            (topic, number): 0 for topic in TOPICS for number in range(log.partitions(topic))
        }  # position up to which all is seen
        self._decode: Mapping[str, Callable[[Stored], Iterator[Seen]]] = {
            COMMANDS: self._command,
            REPLIES: self._reply,
            EVENTS: self._event,
            SCANS: self._scanned,
            SIGNS: self._sign,
        }

    async def next(self, until: Mapping[Place, int] | None = None) -> list[Stored]:
        """Return what comes next, up to positions where there are such, and go on behind it; [] where there is none."""
        found = [batch for place in self.at if (batch := await self._read(place, until))]
        newest = min((batch[-1].time for batch in found if len(batch) == self._batch), default=None)
        taken: list[Stored] = []
        for batch in found:
            # What is later than all of a batch that did not reach the head is left: there may be earlier ones behind.
            part = list(takewhile(lambda one: newest is None or one.time <= newest, batch))
            taken += part
            if part:
                self.at[part[-1].topic, part[-1].partition] = part[-1].position
        return sorted(taken, key=lambda one: one.time)

    async def _read(self, place: Place, until: Mapping[Place, int] | None) -> list[Stored]:
        topic, number = place
        batch = await asyncio.to_thread(self._log.read, topic, self.at[place], limit=self._batch, partition=number)
        if until is None:
            return batch
        return [one for one in batch if one.position <= until.get(place, 0)]

    def seen(self, stored: Stored) -> Iterator[Seen]:
        """Yield what a record shows."""
        return self._decode[stored.topic](stored)

    def _command(self, stored: Stored) -> Iterator[Seen]:
        asked = _asked(stored.value)
        if len(self._asked) >= MOST_ASKED:
            del self._asked[next(iter(self._asked))]
        self._asked[asked.id] = asked.actor.id
        return iter(())

    def _reply(self, stored: Stored) -> Iterator[Seen]:
        outcome = decode_outcome(stored.value)
        actor = self._asked.pop(outcome.id, "")
        if outcome.refusal is not None:
            what = CommandRefused(outcome.id, outcome.key, actor, outcome.refusal.code)
            yield Seen(outcome.id, stored.time // 1000, what)

    def _event(self, stored: Stored) -> Iterator[Seen]:
        recorded = hear(stored, self._partitions, self._codec).recorded
        yield Seen(recorded.id, stored.time // 1000, recorded)

    def _scanned(self, stored: Stored) -> Iterator[Seen]:
        found: Any = _scan(current(stored, SCAN_UPCASTS).value)
        if isinstance(found, ScanRecorded):
            yield Seen(found.scan_id, stored.time // 1000, ScanSeen(found))
            return
        name = f"{found.scan_id} {found.list_version} {found.policy_version}"
        yield Seen(name, stored.time // 1000, HindsightSeen(stored.key, found))

    def _sign(self, stored: Stored) -> Iterator[Seen]:
        name, sign = decode_sign(stored)
        yield Seen(name, stored.time // 1000, sign)
