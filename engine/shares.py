"""Who works on what: the workers of a set share the partitions among themselves, as a group of Faust.

Faust keeps the membership: who is there, who has gone (silent for a session timeout), and who gets which share. It
reads none of the data: its consumer would cost 110 us a message and read what is not committed
(``docs/decisions/faust-membership.md``). So the group is one over a topic that says nothing, with a partition for each
share, and whoever has a share reads the log itself, from where the saved state stands.

Two that work on the same share for a moment, or for an hour, do no harm: what they write twice is read once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, cast

import faust

__all__ = ["SHARES", "Shares"]

SHARES = "games.shares"
SESSION = 6.0  # seconds of silence after which a worker's shares go to the others

_log = logging.getLogger(__name__)
for chatty in ("faust", "mode", "aiokafka", "kafka"):  # they tell every step
    logging.getLogger(chatty).setLevel(logging.WARNING)


class Shares:
    """The shares of one worker, worked on as long as they are its own."""

    def __init__(
        self,
        servers: str,
        topic: str,
        group: str,
        work: Callable[[int], Awaitable[None]],
        *,
        session: float = SESSION,
    ) -> None:
        self._work = work
        self.joined = False  # whether it has ever been told which shares are its own
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._topic = topic
        self._app: Any = faust.App(
            group,
            broker=[f"kafka://{server}" for server in servers.split(",")],
            broker_session_timeout=session,
            broker_heartbeat_interval=session / 3,
            broker_request_timeout=max(2 * session, 10.0),
            store="memory://",
            topic_disable_leader=True,
            topic_allow_declare=False,
            web_enabled=False,
        )
        self._app.agent(self._app.topic(topic, value_serializer="raw", key_serializer="raw"), name="share")(_hear)
        self._app.on_partitions_assigned.connect(cast("Any", self._assigned), weak=False)

    @property
    def mine(self) -> list[int]:
        """The shares that are worked on here."""
        return sorted(self._tasks)

    async def run(self) -> None:
        """Take part until cancelled; raises what the work on a share raised."""
        self._app.finalize()
        try:
            await self._app.start()
            await self._ended
        finally:
            await self._give_back(set(self._tasks))
            await self._app.stop()

    async def _assigned(self, _app: Any, assigned: set[Any], **_: Any) -> None:
        self.joined = True
        shares = {place.partition for place in assigned if place.topic == self._topic}
        await self._give_back(set(self._tasks) - shares)
        for share in sorted(shares - set(self._tasks)):
            task = self._tasks[share] = asyncio.create_task(self._work_on(share))
            task.add_done_callback(self._ended_with)

    async def _work_on(self, share: int) -> None:
        await self._work(share)

    def _ended_with(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and not self._ended.done() and (error := task.exception()) is not None:
            self._ended.set_exception(error)

    async def _give_back(self, shares: set[int]) -> None:
        tasks = [self._tasks.pop(share) for share in shares]
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError, Exception):
                await task


async def _hear(stream: Any) -> None:
    """Take note of who begins to work: all that is ever said in the topic."""
    async for said in stream:
        _log.debug("a worker began: %s", said)
