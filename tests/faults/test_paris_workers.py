"""Paris 2024 on four workers in two sets: the same content as in one process."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from engine import about
from engine.about import About
from engine.kafka_log import KafkaLog
from engine.raw import Raw, record_of
from podium.wiring import host_over
from tests.faults.playing import games_on
from tests.replay.paris import digest_of, imported

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

BATCH = 1000
PATIENCE = 600.0  # seconds: on CI the broker, four workers and this test share two cores


async def test_paris_is_the_same_on_four_workers_in_two_sets(kafka: str, games_data: Path, tmp_path: Path) -> None:
    paris = await asyncio.to_thread(imported, games_data / "paris2024")
    games, messages = paris.header.games, paris.messages
    expected = await asyncio.to_thread(digest_of, games_data / "paris2024")
    with games_on(kafka, tmp_path, partitions=4) as running:
        async with KafkaLog.open(running.url) as log:
            await asyncio.to_thread(about.write, log, About(games, "replay"), 1)
            edge = host_over(log)
            watching = asyncio.create_task(edge.run())
            for name in ("a", "a", "b", "b"):
                running.start("worker", "--set", name)
            for begin in range(0, len(messages), BATCH):
                raws = [
                    Raw(o.source, o.session, o.serial, o.at, o.time, o.data) for o in messages[begin : begin + BATCH]
                ]
                await log.append([record_of(raw) for raw in raws])
            try:
                async with asyncio.timeout(PATIENCE):
                    while edge.views.digest() != expected:  # noqa: ASYNC110 - it is other processes that are waited for
                        await asyncio.sleep(0.5)
            except TimeoutError:
                notes = "\n".join(one.notes.read_text() for one in running.processes)
                pytest.fail(f"at cut {edge.views.cut}: {edge.views.digest()}\n{notes}")
            watching.cancel()
