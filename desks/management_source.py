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
from typing import Any, Self

import msgspec

from desks.codec import encode
from desks.onward import BATCH, Onward
from desks.outcome import Position
from desks.partitions import Partitions
from desks.reading import Heard
from engine.log import Fence, Log, Record
from engine.raw import Raw, record_of
from engine.session import Session, Stream
from engine.streams import read_raw
from engine.versions import HEADER, Upcast, current
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


class ManagementSource:
    """The one speaker of the source. Belongs to one loop; after an error it is of no use: open another one."""

    def __init__(
        self,
        log: Log,
        fence: Fence,
        onward: Onward,
        stream: Stream,
        *,
        session: str,
        clock: Callable[[], int],
        unseal: Open,
        day_ends: int,
    ) -> None:
        """Prepare one that knows nothing yet; use ``open``."""
        self._log = log
        self._fence = fence
        self._onward = onward
        self._stream = stream
        self._session = session
        self._clock = clock
        self._unseal = unseal
        self._day_ends = day_ends
        self._state = State()

    @classmethod
    async def open(
        cls,
        log: Log,
        clock: Callable[[], int],
        policies: Mapping[str, Any],
        unseal: Open,
        *,
        partitions: Partitions | None = None,
        batch: int = BATCH,
    ) -> Self:
        """Take the source over; ``clock`` gives log time (microseconds), ``unseal`` what lies sealed about an athlete.

        Raises what the log raises.
        """
        fence = await log.fence(SOURCE)  # first, so that nobody says what is not read next
        schedule = policies["sch"]
        told, stream = await asyncio.to_thread(_read, log, schedule.games)
        onward = Onward(log, partitions or Partitions(), told.seen, batch, ("ebk:", "sch:"))
        source = cls(
            log,
            fence,
            onward,
            stream,
            session=schedule.games,
            clock=clock,
            unseal=unseal,
            day_ends=schedule.day_ends,
        )
        await onward.remember(lambda recorded: learn(source._state, recorded))
        return source

    async def catch_up(self) -> int:
        """Say what is public of all events there are; return how many messages that were.

        Raises ``Fenced`` where another one has taken over, and what else the log raises.
        """
        count = 0
        while (heard := await self._onward.next()) is not None:
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
        return max(self._clock(), self._onward.time)

    def _note(self, time: int) -> Record:
        note = Published(dict(self._onward.seen), self._stream.last(self._session), self._stream.chain.hex())
        return Record(PUBLISHED, SOURCE, encode(note), time, {HEADER: b"%d" % len(UPCASTS[PUBLISHED])})

    async def run(self) -> None:
        """Say what happens, as it happens, until cancelled."""
        while True:
            if not await self.catch_up():
                await asyncio.sleep(PAUSE)


def _data(message: messages.Message, position: Position, part: str) -> bytes:
    """Return a message as the log keeps it: with where it comes from, which no fold reads."""
    origin = msgspec.json.encode({"from": str(position), "part": part})
    return messages.encode(message)[:-1] + b"," + origin[1:]


def _read(log: Log, session: str) -> tuple[Published, Stream]:
    """Return the newest note, and the stream as it stands."""
    stream = Stream(SOURCE)
    place = log.partition_of(PUBLISHED, SOURCE)
    if head := log.head(PUBLISHED, partition=place):
        (stored,) = log.read(PUBLISHED, head - 1, limit=1, partition=place)
        note = msgspec.json.decode(current(stored, UPCASTS).value, type=Published)
        stream.chain, known = bytes.fromhex(note.chain), Session(session)
        known.last = note.serial
        stream.sessions[session] = known
        return note, stream
    for raw in read_raw(log):  # an archive may have brought what the people side of another log said
        if raw.source == SOURCE:
            stream.apply(raw)
    return Published({}, 0, ""), stream
