"""What the tests of the people side share: a log of either kind, that can be opened again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest

from desks.topics import UPCASTS
from engine.kafka_log import KafkaLog
from engine.sqlite_log import SqliteLog
from schemas.layout import Layout, Spread
from tests.desks.people import PARTITIONS

AnyLog = SqliteLog | KafkaLog
OpenLog = Callable[[], Awaitable[AnyLog]]


@pytest.fixture(params=["sqlite", "kafka"])
async def open_log(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[OpenLog]:
    """A way to open a log that is a file, and one that is in Kafka; whoever opens it closes it or leaves that to us."""
    opened: list[AnyLog] = []
    if request.param == "sqlite":

        async def sqlite() -> AnyLog:
            opened.append(SqliteLog.open(tmp_path / "games.podium"))
            return opened[-1]

        yield sqlite
    else:
        url = f"kafka://{request.getfixturevalue('kafka')}/{uuid4().hex}"
        layout = Layout(dict.fromkeys(UPCASTS, Spread(PARTITIONS.count)))

        async def kafka() -> AnyLog:
            opened.append(await asyncio.to_thread(KafkaLog.open, url, layout=layout))
            return opened[-1]

        yield kafka
    for log in opened:
        await log.close()
