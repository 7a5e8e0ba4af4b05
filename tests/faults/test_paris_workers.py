"""Paris 2024 on four workers in two sets: the same content as in one process."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from engine import about
from engine.about import About
from engine.kafka_log import KafkaLog
from engine.raw import RAW, Raw, record_of
from engine.shares import SHARES
from engine.stages import EVENTS
from podium.wiring import host_over
from replay.paris2024 import import_paris2024
from schemas.layout import Layout, Spread
from tests.faults.test_worker_kill import crew, until
from tests.replay.test_interleaving import digest

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

SPREAD = Spread(4)
BATCH = 1000


async def test_paris_is_the_same_on_four_workers_in_two_sets(kafka: str, games_data: Path, tmp_path: Path) -> None:
    imported = await asyncio.to_thread(import_paris2024, games_data / "paris2024")
    games, messages = imported.header.games, list(imported.messages)
    expected = await asyncio.to_thread(digest, messages, games)
    url, notes = f"kafka://{kafka}/{uuid4().hex[:8]}", tmp_path / "workers.log"
    async with KafkaLog.open(url, layout=Layout({RAW: SPREAD, EVENTS: SPREAD, SHARES: SPREAD})) as log:
        await asyncio.to_thread(about.write, log, About(games, "replay"), 1)
        edge = host_over(log)
        watching = asyncio.create_task(edge.run())
        with crew(url, notes) as workers:
            for name in ("a", "a", "b", "b"):
                workers.start(name)
            for begin in range(0, len(messages), BATCH):
                raws = [
                    Raw(o.source, o.session, o.serial, o.at, o.time, o.data) for o in messages[begin : begin + BATCH]
                ]
                await log.append([record_of(raw) for raw in raws])
            await until(
                lambda: edge.views.digest() == expected,
                lambda: f"at cut {edge.views.cut}: {edge.views.digest()}\n{notes.read_text()}",
                patience=300,
            )
        watching.cancel()
