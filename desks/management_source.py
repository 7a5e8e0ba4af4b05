"""The source ``management``: what is public of the people side enters ``venue.raw``, as any venue's messages do.

| topic | key | value |
|---|---|---|
| ``venue.raw`` | ``management`` | a venue message; ``from`` and ``part`` say of which event, and which part |
| ``management.published`` | ``management`` | up to where it is said, and where the stream stands |

Its session is the code of the Games, its serials run without gaps, and its chain is that of every source. All that an
event says is appended at once, together with the note that it is said. So it is in the log once, wherever whoever did
it was stopped, and a fold that sees one part of it sees all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from desks.notes import Notes
from desks.onward import BATCH, Onward, keep_up
from desks.outcome import Position
from desks.partitions import Partitions
from desks.reading import Heard
from engine.log import Fence, Log, Record
from engine.raw import Raw, record_of
from engine.session import Session, Stream
from engine.streams import read_raw
from engine.versions import Upcast
from management.publication import Open, State, learn, publish
from schemas import messages

__all__ = ["PUBLISHED", "SOURCE", "ManagementSource", "Published"]

SOURCE = "management"
PUBLISHED = "management.published"
PAUSE = 0.2  # seconds between two looks at the log


def _first(stored: Any) -> Any:
    return stored


# --- how a record of version 0, 1, ... becomes one of the next, as in engine/versions.py. Append only.

UPCASTS: Mapping[str, tuple[Upcast, ...]] = {PUBLISHED: (_first,)}


class Published(msgspec.Struct, frozen=True):
    """All events up to these are said."""

    seen: dict[int, int]  # partition -> serial
    serial: int  # of the newest message
    chain: str  # hex digits, of that message


NOTES = Notes(PUBLISHED, SOURCE, Published, UPCASTS)


class ManagementSource:
    """The one speaker of the source. Belongs to one loop; after an error it is of no use: make another one."""

    def __init__(
        self,
        log: Log,
        clock: Callable[[], int],
        policies: Mapping[str, Any],
        unseal: Open,
        *,
        partitions: Partitions | None = None,
        batch: int = BATCH,
    ) -> None:
        """Prepare one that knows nothing before it begins.

        ``clock`` gives log time (microseconds), ``unseal`` what lies sealed about an athlete.
        """
        self._log = log
        self._clock = clock
        self._unseal = unseal
        self._session = policies["sch"].games
        self._day_ends = policies["sch"].day_ends
        self._stream = Stream(SOURCE)
        self._state = State()
        self._fence: Fence | None = None
        self.onward = Onward(
            log,
            partitions or Partitions(),
            self._seen,
            lambda recorded: learn(self._state, recorded),
            batch=batch,
            prefixes=("ebk:", "sch:"),
        )

    async def _seen(self) -> dict[int, int]:
        told = await asyncio.to_thread(NOTES.read, self._log)
        return told.seen if told else {}

    async def begin(self) -> None:
        """Take the source over; raises what the log raises."""
        self._fence = await self._log.fence(SOURCE)  # first, so that nobody says what is not read next
        self._stream = await asyncio.to_thread(_read_stream, self._log, self._session)
        await self.onward.begin()

    async def catch_up(self) -> int:
        """Say what is public of all events there are; return how many messages that were.

        Raises ``Fenced`` where another one has taken over, and what else the log raises.
        """
        count = 0
        while (heard := await self.onward.next()) is not None:
            raws = [raw for one in heard for raw in self._say(one)]
            if raws:  # what says nothing is looked at again after a restart, and says nothing again
                await self._log.append([*map(record_of, raws), self._note(raws[-1].time)], fence=self._fence)
            count += len(raws)
        return count

    def _say(self, heard: Heard) -> list[Raw]:
        said = publish(self._state, heard.recorded, self._unseal, self._day_ends)
        raws = []
        for number, message in enumerate(said, 1):
            data = _data(message, heard.position, f"{number}/{len(said)}")
            serial = self._stream.last(self._session) + 1
            raw = self._stream.chained(self._session, serial, message.at, self._now(), data)
            self._stream.apply(raw)
            raws.append(raw)
        return raws

    def _now(self) -> int:
        return max(self._clock(), self.onward.time)

    def _note(self, time: int) -> Record:
        note = Published(dict(self.onward.seen), self._stream.last(self._session), self._stream.chain.hex())
        return NOTES.record(note, time)

    async def run(self) -> None:
        """Say what happens, as it happens, until cancelled."""
        await keep_up(self.catch_up, PAUSE)


def _data(message: messages.Message, position: Position, part: str) -> bytes:
    """Return a message as the log keeps it: with where it comes from, which no fold reads."""
    origin = msgspec.json.encode({"from": str(position), "part": part})
    return messages.encode(message)[:-1] + b"," + origin[1:]


def _read_stream(log: Log, session: str) -> Stream:
    """Return the stream as it stands."""
    stream = Stream(SOURCE)
    if note := NOTES.read(log):
        stream.chain, known = bytes.fromhex(note.chain), Session(session)
        known.last = note.serial
        stream.sessions[session] = known
        return stream
    for raw in read_raw(log):  # an archive may have brought what the people side of another log said
        if raw.source == SOURCE:
            stream.apply(raw)
    return stream
