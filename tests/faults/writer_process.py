"""A process that sends commands to its own writer as hard as it can and tells the outcomes.

``writer_process.py LOG SEED FIRST [STEP NTH]``: sends the commands number FIRST and on of a seed, after those just
before FIRST once more. STEP is where it kills itself: ``fence``, ``fenced``, ``read``, ``append``, ``appended``,
``save`` or ``saved``, the NTH time that it comes by; without it somebody else does, at whatever moment.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import schemas.policy
from desks.codec import encode
from desks.partitions import Partitions
from desks.ticks import LAG, run_ticks
from desks.topics import SNAPSHOTS, UPCASTS
from desks.writer import Writer
from engine.kafka_log import KafkaLog
from engine.log import Fence, Record, Stored
from engine.sqlite_log import SqliteLog
from management.command import Actor, Grant, Received
from management.quota import ConfirmHold, HoldQuota, ReleaseHold, SetQuota
from schemas.layout import Layout, Spread
from schemas.policy.quota import decode

TASKS = 20
AGAIN = 30  # commands of the life before that are sent once more
BOOKS = 6
PARTITIONS = Partitions(4)
POLICIES = {"ro": decode(Path(schemas.policy.__path__[0], "t20", "quota.toml").read_bytes())}
PEPPER = b"pepper"
ALL = Actor("all", (Grant("GAMES_AUTHORITY"), Grant("SYSTEM"), Grant("RO_ACR")))


def name(seed: int, number: int) -> str:
    """Return the id of a command."""
    return str(uuid5(UUID(int=seed), str(number)))


def command(seed: int, number: int, now: int) -> Received[Any]:
    """Return the command of a number, the same in every life but for its time."""
    chance = random.Random(f"{seed} {number}")
    book = number % BOOKS
    earlier = name(seed, max(0, number - BOOKS * chance.randrange(1, 20)))
    wish = chance.choice(
        [HoldQuota("E", "per:P1/1")] * 4 + [ConfirmHold(earlier), ConfirmHold(earlier), ReleaseHold(earlier)]
    )
    if chance.random() < 0.2 or number < BOOKS:
        wish = SetQuota(
            "E", 20 + number // 20
        )  # a few places more than were taken, so that something goes on happening
    at = now - chance.choice([0, POLICIES["ro"].hold + LAG])  # the holds of some have lapsed already, for the ticks
    return Received(name(seed, number), f"ro:R{book}", wish, ALL, at)


class DeadlyLog:
    """A log that kills its process at a step."""

    def __init__(self, log: SqliteLog | KafkaLog, step: str, nth: int) -> None:
        self._log = log
        self._step = step
        self._left = nth
        self.id = log.id
        self.head = log.head
        self.partitions = log.partitions
        self.partition_of = log.partition_of
        self.follow = log.follow
        self.close = log.close

    def pass_by(self, step: str) -> None:
        if step == self._step:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    async def fence(self, name: str) -> Fence:
        self.pass_by("fence")
        fence = await self._log.fence(name)
        self.pass_by("fenced")
        return fence

    def read(self, topic: str, after: int = 0, *, limit: int = 1000, partition: int = 0) -> list[Stored]:
        self.pass_by("read")
        return self._log.read(topic, after, limit=limit, partition=partition)

    async def append(self, records: Sequence[Record], *, fence: Fence | None = None) -> list[int]:
        before, after = ("save", "saved") if records[0].topic == SNAPSHOTS else ("append", "appended")
        self.pass_by(before)
        positions = await self._log.append(records, fence=fence)
        self.pass_by(after)
        return positions


def open_log(where: str, *, readonly: bool = False) -> SqliteLog | KafkaLog:
    """Open the log of a path or of an address."""
    if "://" in where:
        return KafkaLog.open(where, readonly=readonly, layout=Layout(dict.fromkeys(UPCASTS, Spread(PARTITIONS.count))))
    return SqliteLog.open(where, readonly=readonly)


def clock() -> int:
    """Return log time, microseconds."""
    return time.time_ns() // 1000


async def main() -> None:
    """Send until killed."""
    where, seed, first = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    step, nth = (sys.argv[4], int(sys.argv[5])) if sys.argv[4:] else ("", 0)
    log = DeadlyLog(open_log(where), step, nth)
    os.write(1, b"open\n")
    writer = await Writer.open(log, POLICIES, clock, PEPPER, partitions=PARTITIONS, snapshot_every=25)
    numbers = count(max(0, first - AGAIN))

    async def send() -> None:
        for number in numbers:
            outcome = await writer.submit(command(seed, number, clock() // 1000))
            os.write(1, b"%d %s\n" % (number, encode(outcome)))  # one write, so that a kill leaves whole lines

    ticks = asyncio.create_task(run_ticks(writer, clock, pause=0.01))
    await asyncio.gather(ticks, *(send() for _ in range(TASKS)))


if __name__ == "__main__":
    asyncio.run(main())
