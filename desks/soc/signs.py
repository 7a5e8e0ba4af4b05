"""Signs of the doors on the log: what the security operations centre would not learn from anything else there.

| topic | key | value |
|---|---|---|
| ``management.signs`` | none | a sign (``management/soc_signs.py``); header ``id``, its name in every copy of the log |

A door tells and goes on; signs are appended soon after. A process that is killed loses those of its last moments, and
one whose log does not answer for long those that are too many.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from uuid import uuid4

import msgspec
import structlog

from engine.errors import LogFailed, LogUnreachable
from engine.log import Log, Record, Stored
from engine.versions import HEADER, Upcast, current
from management.soc_signs import Sign

__all__ = ["SIGNS", "UPCASTS", "Teller", "decode_sign", "record_of"]

SIGNS = "management.signs"
ID = "id"
MOST = 100_000  # that wait
BATCH = 500
PAUSE = 0.5  # seconds before the log is asked again


def _first(stored: Stored) -> Stored:
    return stored


# --- how a record of version 0, 1, ... becomes one of the next, as in engine/versions.py. Append only.

UPCASTS: Mapping[str, tuple[Upcast, ...]] = {SIGNS: (_first,)}

_VERSION = b"%d" % len(UPCASTS[SIGNS])
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Sign).decode
_log = structlog.get_logger()


def record_of(sign: Sign, time: int, name: str = "") -> Record:
    """Return a sign as the log keeps it, by a name that is made where none is given; ``time`` is microseconds."""
    return Record(SIGNS, "", _encode(sign), time, {HEADER: _VERSION, ID: (name or uuid4().hex).encode()})


def decode_sign(stored: Stored) -> tuple[str, Sign]:
    """Return the sign that a record holds, and its name."""
    return stored.headers[ID].decode(), _decode(current(stored, UPCASTS).value)


class Teller:
    """What doors tell to. Belongs to one loop."""

    def __init__(self, log: Log, clock: Callable[[], int]) -> None:
        """Take the log, and what gives its time, microseconds."""
        self._log, self._clock = log, clock
        self._waiting: deque[Record] = deque()
        self._something = asyncio.Event()
        self.lost = 0

    def tell(self, sign: Sign) -> None:
        """Have a sign appended soon."""
        if len(self._waiting) >= MOST:
            self.lost += 1
            return
        self._waiting.append(record_of(sign, self._clock()))
        self._something.set()

    async def run(self) -> None:
        """Append what is told until cancelled, and then what waits still."""
        try:
            while True:
                await self._something.wait()
                self._something.clear()
                await self._append()
        except asyncio.CancelledError:
            await self._append(once=True)
            raise

    async def _append(self, *, once: bool = False) -> None:
        while self._waiting:
            batch = [self._waiting[index] for index in range(min(BATCH, len(self._waiting)))]
            try:
                await self._log.append(batch)
            except (LogFailed, LogUnreachable) as error:
                _log.warning("signs_wait", waiting=len(self._waiting), lost=self.lost, reason=str(error))
                if once:
                    return
                await asyncio.sleep(PAUSE)
                continue
            for _ in batch:
                self._waiting.popleft()
