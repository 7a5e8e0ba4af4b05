"""Paris 2024 on four workers in two sets, whatever befalls them meanwhile: the same content as in one process."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from engine import about, broker
from engine.about import About
from engine.errors import LogError
from engine.host import Host
from engine.kafka_log import KafkaLog
from engine.raw import RAW, Raw, record_of
from engine.stages import EVENTS, FEED
from podium.wiring import host_over
from replay.archive import Message
from tests.faults.harm import Harm
from tests.faults.harmed import Harmed, Whose
from tests.faults.playing import games_on
from tests.faults.wire import FAULTS, Wire
from tests.replay.paris import digest_of, imported

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

BATCH = 1000
PATIENCE = 600.0  # seconds: on CI the broker, four workers and this test share two cores
WORKERS = {f"worker {name}{number}": ("worker", "--set", name) for name in "ab" for number in (1, 2)}
WIRE: Whose = ("wire of set a", ("worker a1", "worker a2"))
HARMS = ("pause", "cut", "lose", "kill")  # what befalls them with the seeds 1, 2, 3, 4, and so on
TIMES = 3
SESSION = 6  # seconds of silence after which a worker's shares go to the others; it may be paused for longer
PAUSE = 0.1  # seconds between two batches


@contextmanager
def brokers(what: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[tuple[str, dict[Whose, Wire]]]:
    """Yield the address of a broker, and a wire to it; of three brokers where one is to be lost."""
    if what != "lose":
        wired = request.getfixturevalue("wired_broker")
        yield wired.address, {WIRE: wired.wires[1]}
        return
    try:
        yield broker.start(folder, 3).address, {}
    finally:
        for number in (1, 2, 3):
            broker.kill(folder, number)


def drawn(what: str, dice: random.Random) -> list[Harm]:
    """Draw what is done, one after the other, each so many seconds after the one before."""
    whom = {"cut": [WIRE[0]], "lose": [RAW, EVENTS, FEED]}.get(what, list(WORKERS))
    times = 1 if what == "lose" else TIMES
    kinds = FAULTS if what == "cut" else (what,)
    return [
        Harm(dice.uniform(0.5, 4), dice.choice(kinds), dice.choice(whom), dice.uniform(0.5, 9)) for _ in range(times)
    ]


@pytest.mark.seeds(fixed=1, share=20)
async def test_paris_is_the_same_whatever_befalls_four_workers_in_two_sets(
    request: pytest.FixtureRequest, games_data: Path, tmp_path: Path, seed: int
) -> None:
    dice, what = random.Random(seed), HARMS[(seed - 1) % len(HARMS)]
    paris = await asyncio.to_thread(imported, games_data / "paris2024")
    expected = await asyncio.to_thread(digest_of, games_data / "paris2024")
    with (
        brokers(what, request, tmp_path / "brokers") as (address, wires),
        games_on(address, tmp_path, partitions=4) as running,
    ):
        harmed = Harmed(running, WORKERS, wires, tmp_path / "brokers", session=SESSION)
        async with KafkaLog.open(running.url) as log:
            await asyncio.to_thread(about.write, log, About(paris.header.games, "replay"), 1)
            edge = host_over(log)
            for name in WORKERS:
                await harmed.start(name)
            storing = asyncio.create_task(store(log, paris.messages))
            while edge.views.cut == 0:  # they work
                await look(edge)
                await asyncio.sleep(0.1)
            for harm in drawn(what, dice):
                await harmed.suffer(harm)
            await storing
            try:
                async with asyncio.timeout(PATIENCE):
                    while edge.views.digest() != expected:
                        await look(edge)
                        await asyncio.sleep(0.5)
            except TimeoutError:
                pytest.fail(f"at cut {edge.views.cut}: {edge.views.digest()}\n{harmed.story()}")


async def look(edge: Host) -> None:
    """Fold what the feed holds; while its leader is away, what of it can be read."""
    with suppress(LogError):
        await asyncio.to_thread(edge.catch_up)


async def store(log: KafkaLog, messages: list[Message]) -> None:
    """Store the raw messages of a Games, a little at a time, so that some come behind each harm."""
    for begin in range(0, len(messages), BATCH):
        raws = [Raw(o.source, o.session, o.serial, o.at, o.time, o.data) for o in messages[begin : begin + BATCH]]
        while True:
            try:
                await log.append([record_of(raw) for raw in raws])
                break
            except LogError:  # a broker that is away or has no time: nothing is stored, and it comes again
                await asyncio.sleep(0.5)
        await asyncio.sleep(PAUSE)
