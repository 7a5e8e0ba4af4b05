"""The gateway's clock steps back and forth while venues send, and gateways come and go: log time never decreases."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from engine.gateway import Gateway
from engine.host import Host
from engine.raw import RAW, raw_of
from engine.sqlite_log import SqliteLog
from podium.wiring import host_over
from tests.faults.drill import played

START = 1_900_000_000_000_000  # microseconds
SECOND = 1_000_000


def restless(dice: random.Random) -> Callable[[], int]:
    """Return a clock that goes on, and that somebody sets every now and then, mostly back."""
    now = START

    def clock() -> int:
        nonlocal now
        now += dice.randrange(2000)
        if dice.random() < 0.01:
            now += dice.randrange(-3600, 600) * SECOND
        return now

    return clock


def cut_at(host: Host, time: int) -> int:
    """Return the last cut at or before an instant of log time."""
    instant = datetime.fromtimestamp(time // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return host.state_at(instant).views.cut


async def test_a_clock_that_steps_back_takes_no_time_back(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    clock = restless(dice)
    _, messages, expected = played()
    async with SqliteLog.open(tmp_path / "games.db") as log:
        gateway, answers = Gateway(log, clock), []
        for message in messages:
            answers.append(gateway.offer(message.source, message.session, message.serial, message.data))
            if dice.random() < 0.002:
                gateway.tick()
                await gateway.close()
                gateway = Gateway(log, clock)  # which begins at whatever the clock says then
        await gateway.close()
        assert {(await answer).code for answer in answers} == {"stored"}
        times = [raw_of(stored).time for stored in log.read(RAW, limit=100_000)]
        assert times == sorted(times)
        host = host_over(log)
        host.catch_up()
        assert host.views.digest() == expected
        cuts = [cut_at(host, time) for time in sorted(dice.sample(times, 4))]
        assert cuts == sorted(cuts)  # what was known at an instant is never less than what was known before it
