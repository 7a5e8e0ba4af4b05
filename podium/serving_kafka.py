"""One process that does it all over a log in Kafka: a gateway, an edge, and where the log is spread a worker.

Others may work on the same log beside it. What the worker here writes are copies of what theirs do; of gateways the
newest one holds the fence, and an older one ends.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
import uvloop

from engine.about import About
from engine.errors import LogError
from engine.gateway import Gateway
from engine.http_door import http_door
from engine.kafka_log import KafkaLog
from engine.raw import RAW
from engine.stages import EVENTS
from engine.tcp_door import TcpDoor, open_tcp_door
from podium.crew import Crew
from podium.doors import FENCE, introduce
from podium.edging import Edging
from podium.errors import OperatorError
from podium.historian_process import HistorianProcess
from podium.serving import Ports
from podium.settings import Settings
from podium.wiring import client_settings, games_of, wall_clock

__all__ = ["Whole", "run"]

SET = "serve"  # the set of the worker here, which shares its work with nobody
LOOK_EVERY = 0.5  # seconds between two looks whether the log takes anything at all
SETTLE = 0.005  # seconds between two looks whether what was taken is folded

_log = structlog.get_logger()


class Whole(Edging):
    """An edge with the venues' doors, and with the work between them."""

    process = "serve"

    def __init__(self, log: KafkaLog, settings: Settings, told: About, gateway: Gateway, ports: Ports) -> None:
        self.gateway = gateway
        self.ports = ports
        self._door: TcpDoor | None = None
        self._crew = Crew(log, SET, told.games) if log.partitions(RAW) > 1 else None
        self.ended = ""  # why it ended without having been told to
        super().__init__(log, settings, [http_door(gateway)])

    @property
    def history_at(self) -> str | None:
        """The history that its historian writes; None: none."""
        return self.settings.serve.history

    def more_checks(self) -> dict[str, Callable[[], str]]:
        """Return that the log takes what comes."""
        return {"log": lambda: self.gateway.trouble}

    def works(self) -> dict[str, Coroutine[Any, Any, object]]:
        """Return those of an edge, of the doors, and of a worker."""
        works = super().works() | {"the look at the log": self._watch()}
        if self.told.mode != "replay":  # the silence of a past Games says nothing of today's links
            works["the look at the links"] = self.gateway.run()
        if self._crew is not None:
            works["the work"] = self._work(self._crew)
        if self.history_at:
            historian = HistorianProcess(Path(self.log.url), self.history_at, self.settings.logging)
            works["the historian"] = historian.run()
        return works

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Take venue lines as well within a block."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.gateway.close)
            await stack.enter_async_context(super().working())
            if self.ports.lines is not None:
                door = self._door = await open_tcp_door(self.gateway, self.ports.host, self.ports.lines)
                stack.push_async_callback(door.close)
                print(f"podium: venue lines at {self.ports.host}:{door.port}", flush=True)
            yield

    async def finish(self) -> None:
        """Take nothing more, and fold what was taken."""
        if self._door is not None:
            await self._door.close()
        await self.gateway.close()
        head = 0 if self._crew else await asyncio.to_thread(self.log.head, self.host.topic)
        while self.host.position < head:  # noqa: ASYNC110 - a few milliseconds, once
            await asyncio.sleep(SETTLE)

    async def _work(self, crew: Crew) -> None:
        await crew.begin()
        shares = max(self.log.partitions(RAW), self.log.partitions(EVENTS))
        async with asyncio.TaskGroup() as group:
            for work in (crew.follow(), crew.tell(), self._save_state(crew), *map(crew.work_on, range(shares))):
                group.create_task(work)

    async def _save_state(self, crew: Crew) -> None:
        while True:
            await asyncio.sleep(self.settings.worker.save_every)
            try:
                await crew.save()
            except LogError as error:
                _log.error("checkpoint_failed", reason=str(error))

    async def _watch(self) -> None:
        """Leave once the log takes nothing more of it: another gateway has the fence."""
        while not self.gateway.trouble:  # noqa: ASYNC110 - it is looked at, twice a second
            await asyncio.sleep(LOOK_EVERY)
        if not self.vitals.leaving:
            self.ended = self.gateway.trouble
            _log.error("gateway_closed", reason=self.gateway.trouble)
            signal.raise_signal(signal.SIGTERM)  # as an operator would


async def _serve(url: str, settings: Settings) -> None:
    chosen = settings.serve
    games = games_of(settings.gateway.games)
    client, layout = client_settings(settings.kafka.client), games.layout if games else None
    log = await asyncio.to_thread(KafkaLog.open, url, layout=layout, settings=client)
    try:
        told = await asyncio.to_thread(introduce, log, games, chosen.mode)
        fence = await log.fence(FENCE)  # first, so that nobody stores what is not read next
        gateway = await asyncio.to_thread(
            lambda: Gateway(log, wall_clock, games=told.games, limits=settings.gateway, fence=fence)
        )
        ports = Ports(chosen.host, chosen.port, chosen.feed_in)
        whole = Whole(log, settings, told, gateway, ports)
        await whole.serve(ports)
        if whole.ended:
            raise OperatorError(f"the process ended, as the log takes nothing more of it: {whole.ended}")
    finally:
        await log.close()


def run(url: str, settings: Settings) -> None:
    """Serve a log in Kafka on a loop of its own, as the settings say, until a signal comes.

    Raises ``OperatorError`` where another gateway has taken over.
    """
    if settings.people.keys is not None:
        raise OperatorError("the people side of a log in Kafka is a process of its own: `podium people serve`")
    uvloop.run(_serve(url, settings))
