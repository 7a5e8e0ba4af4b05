"""The watch at work: reads what is seen, and appends what the security operations centre gets, each once.

| topic | key | value |
|---|---|---|
| ``management.soc.v1`` | class of the event | an event of OCSF; header ``turn`` of the last of a batch: what was read |

The watch is a fold (``management/soc_watch.py``): who opens it folds again what was seen to, and goes on behind it. A
file may keep its state, so that it takes less time; without it the same comes out. What is told has names, so that in a
copy of a log, where positions are others, nothing is told twice. Time passes by a sign that the watch appends.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Self

import msgspec

from desks.partitions import Partitions
from desks.soc.inputs import Inputs, Place
from desks.soc.ocsf import Event, event_of, finding_event
from desks.soc.signs import record_of as sign_record
from engine.log import Fence, Log, Record, Stored
from engine.versions import HEADER, Upcast, current
from management.soc_signs import Seen, TimePassed
from management.soc_watch import State, observe
from schemas.policy import accreditation
from schemas.policy.soc import Policy

__all__ = ["SOC", "UPCASTS", "SocWatch", "read_soc", "run_watch"]

SOC = "management.soc.v1"
TURN = "turn"
BATCH = 500
PAUSE = 1.0  # seconds between two looks at the log
MINUTE = 60_000_000  # microseconds
SAVED = 10 * MINUTE  # between two times that the state is kept
VERSION = 1  # of what the watch finds, and remembers


def _first(stored: Stored) -> Stored:
    return stored


# --- how a record of version 0, 1, ... becomes one of the next, as in engine/versions.py. Append only.

UPCASTS: Mapping[str, tuple[Upcast, ...]] = {SOC: (_first,)}

_VERSION = {HEADER: b"%d" % len(UPCASTS[SOC])}
_encode = msgspec.json.Encoder(order="deterministic").encode


class _Turn(msgspec.Struct, frozen=True):
    log: str  # id
    at: dict[str, int]  # "topic partition" -> position


_turn = msgspec.json.Decoder(_Turn).decode


class _Kept(msgspec.Struct, frozen=True):
    """The file: the state, and how far everything was read."""

    version: int  # of the watch: another one finds other things
    turn: _Turn
    state: State


_kept = msgspec.msgpack.Decoder(_Kept).decode


class SocWatch:
    """The one watch of a log. After an error it is of no use: open another one."""

    def __init__(
        self,
        log: Log,
        policies: tuple[Policy, accreditation.Policy],
        clock: Callable[[], int],
        fence: Fence,
        *,
        inputs: Inputs,
        file: Path | None,
    ) -> None:
        """Prepare one that has seen nothing yet; use ``open``."""
        self._file = file
        self._saved = 0  # when, microseconds
        self._log, self._clock, self._fence, self._inputs = log, clock, fence, inputs
        self._soc, self._people = policies
        self._state = State()
        self._told: set[str] = set()  # names of what was told, where positions tell nothing
        self._unsure: list[str] = []  # names, until the turn that they belong to
        self._minute = 0

    @classmethod
    async def open(
        cls,
        log: Log,
        soc: Policy,
        people: accreditation.Policy,
        clock: Callable[[], int],
        *,
        partitions: Partitions | None = None,
        batch: int = BATCH,
        file: Path | None = None,
    ) -> Self:
        """Take over from the watch before; ``clock`` gives log time, microseconds. Raises what the log raises.

        ``file`` keeps the state now and then, and is read where it is there.
        """
        fence = await log.fence(SOC)
        inputs = Inputs(log, partitions or Partitions(), batch)
        watch = cls(log, (soc, people), clock, fence, inputs=inputs, file=file)
        turn: dict[Place, int] = {}
        async for stored in read_soc(log):
            turn = watch._before(stored, turn)
        watch._take_up()
        while batch_before := await watch._inputs.next(turn):
            for stored in batch_before:
                for seen in watch._inputs.seen(stored):
                    watch._observe(seen)
        return watch

    # -- the file

    def _take_up(self) -> None:
        """Go on from the file, where it is of this log: when it was written, all up to it had been told."""
        if self._file is None or not self._file.exists():
            return
        try:
            kept = _kept(self._file.read_bytes())
        except msgspec.DecodeError:
            return  # of another version, or torn: it is only there to save time
        at = _places(kept.turn)
        there = all(at[one] <= self._log.head(one[0], partition=one[1]) for one in at)  # or the log lost its end since
        if kept.version == VERSION and kept.turn.log == self._log.id and there:
            self._state = kept.state
            self._inputs.at.update(at)

    def save(self) -> None:
        """Keep the state in the file."""
        if self._file is None:
            return
        beside = self._file.with_suffix(".new")
        beside.touch(mode=0o600)
        beside.write_bytes(msgspec.msgpack.encode(_Kept(VERSION, self._read(), self._state)))
        beside.replace(self._file)
        self._saved = self._clock()

    def _read(self) -> _Turn:
        at = {f"{topic} {number}": position for (topic, number), position in self._inputs.at.items() if position}
        return _Turn(self._log.id, at)

    # -- what was told

    def _before(self, stored: Stored, turn: dict[Place, int]) -> dict[Place, int]:
        """Return how far all had been read by a record, or remember its name where it is a copy's."""
        self._unsure.append(msgspec.json.decode(stored.value)["metadata"]["uid"])
        data = stored.headers.get(TURN)
        if data is None:
            return turn
        noted, names = _turn(data), self._unsure
        self._unsure = []
        if noted.log != self._log.id:
            self._told.update(names)
            return turn
        return _places(noted)

    async def catch_up(self) -> int:
        """See to all there is, and return how many events were told; raises ``Fenced`` where another has taken over."""
        told = 0
        while batch := await self._inputs.next():
            events = [event for one in batch for seen in self._inputs.seen(one) for event in self._tell(seen)]
            news = [event for event in events if event["metadata"]["uid"] not in self._told]
            if news:
                await self._log.append(self._records(news), fence=self._fence)
            told += len(news)
            if self._clock() - self._saved > SAVED:
                self.save()
        return told

    def _tell(self, seen: Seen) -> list[Event]:
        event = event_of(seen, self._soc, self._people.games)
        findings = [finding_event(finding, self._people.games) for finding in self._observe(seen)]
        return [*([event] if event else []), *findings]

    def _observe(self, seen: Seen) -> Iterable[Any]:
        return observe(self._state, seen, self._soc, self._people)

    def _records(self, events: list[Event]) -> list[Record]:
        now = self._clock()
        turn = {TURN: _encode(self._read())}
        heads = [_VERSION] * (len(events) - 1) + [_VERSION | turn]
        return [
            Record(SOC, str(event["class_uid"]), _encode(event), now, headers)
            for event, headers in zip(events, heads, strict=True)
        ]

    async def pass_time(self) -> None:
        """Say on the log how late it is, once a minute."""
        now = self._clock()
        if now // MINUTE != self._minute:
            self._minute = now // MINUTE
            await self._log.append([sign_record(TimePassed(), now)])


def _places(turn: _Turn) -> dict[Place, int]:
    return {(topic, int(number)): at for name, at in turn.at.items() for topic, number in [name.split(" ")]}


async def read_soc(log: Log) -> AsyncIterator[Stored]:
    """Yield the records of the stream, as far as it goes now."""
    for number in range(log.partitions(SOC)):
        position, head = 0, log.head(SOC, partition=number)
        while position < head:
            batch = await asyncio.to_thread(log.read, SOC, position, partition=number)
            for stored in batch:
                if stored.position <= head:
                    yield current(stored, UPCASTS)
            position = batch[-1].position


async def run_watch(watch: SocWatch, pause: float = PAUSE) -> None:
    """See what happens, as it happens, until cancelled."""
    while True:
        await watch.pass_time()
        await watch.catch_up()
        await asyncio.sleep(pause)
