"""Playing an archive through the doors of a running server: HTTP push, in order within each source.

A server that is live is never played into: its mode is asked for first. What the server holds already is passed over,
so that an interrupted replay goes on from there.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterable
from typing import Any

import httpx
import msgspec

from replay.archive import Message
from replay.player import Pace

__all__ = ["ReplayRefusedError", "Sent", "send"]

AHEAD = 2000  # messages in flight, over all sources
OUT_OF_SYNC = 450  # HOVTP: a duplicate, or a gap
UNDECODABLE = 451  # HOVTP: stored, but not understood
UNAVAILABLE = 503  # the same again may work in a moment, and does no harm
PATIENCE = 60.0  # seconds of a server that is unavailable
AGAIN = 0.2  # seconds until it is asked again


class ReplayRefusedError(Exception):
    """The server cannot or must not be played into; the sentence says why."""


class Sent(msgspec.Struct):
    """What came of a replay."""

    stored: int = 0
    duplicates: int = 0
    refused: int = 0


class _Mode(msgspec.Struct):
    mode: str


def send(url: str, messages: Iterable[Message], pace: Pace) -> Sent:
    """Play messages through the HTTP door of a server, each when it is due; return what came of it.

    Raises ``ReplayRefusedError``.
    """
    return asyncio.run(_send(url.rstrip("/"), messages, pace))


async def _send(url: str, messages: Iterable[Message], pace: Pace) -> Sent:
    sent = Sent()
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=100)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=30) as client:
        await _check_mode(client, url)
        lanes: dict[str, _Lane] = {}
        room = asyncio.Semaphore(AHEAD)
        for message in messages:
            wait = pace.due(message)
            if wait > 0:
                await asyncio.sleep(wait)
            if message.serial < 0:
                continue  # the server's own gateway takes note of such things
            lane = lanes.get(message.source)
            if lane is None:
                lane = lanes[message.source] = _Lane(client, sent, room)
            await room.acquire()
            lane.put(message)
        await asyncio.gather(*(lane.drained() for lane in lanes.values()))
    return sent


async def _check_mode(client: httpx.AsyncClient, url: str) -> None:
    try:
        answer = await client.get("/v1/status")
        answer.raise_for_status()
        mode = msgspec.json.decode(answer.content, type=_Mode).mode
    except (httpx.HTTPError, msgspec.DecodeError) as error:
        raise ReplayRefusedError(f"{url} does not answer as a Podium server: {error}") from error
    if mode == "live":
        raise ReplayRefusedError(f"{url} is live and is not played into; start it with --mode replay")


class _Lane:
    """The messages of one source, sent one after the other."""

    def __init__(self, client: httpx.AsyncClient, sent: Sent, room: asyncio.Semaphore) -> None:
        self.waiting: deque[Message] = deque()
        self._client = client
        self._sent = sent
        self._room = room
        self._task: asyncio.Task[None] | None = None

    def put(self, message: Message) -> None:
        self.waiting.append(message)
        if self._task is None or self._task.done():
            if self._task is not None:
                self._task.result()
            self._task = asyncio.create_task(self._run())

    async def drained(self) -> None:
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while self.waiting:
            try:
                await self._push(self.waiting[0])
            except ReplayRefusedError:
                while self.waiting:  # nobody waits for room that never comes; whoever puts next hears why
                    self.waiting.popleft()
                    self._room.release()
                raise
            self.waiting.popleft()
            self._room.release()

    async def _push(self, message: Message) -> None:
        headers = {
            "X-HOVTP-Session-Id": message.session,
            "X-HOVTP-Serial-Number": str(message.serial),
            "Content-Type": "application/json",
        }
        try:
            answer = await self._post(f"/v1/venue/{message.source}", content=message.data, headers=headers)
        except httpx.HTTPError as error:
            raise ReplayRefusedError(f"{message.source} could not send serial {message.serial}: {error}") from error
        last = int(answer.headers.get("X-HOVTP-Last-Serial-Number", "0"))
        if answer.status_code < 300:
            self._sent.stored += 1
        elif answer.status_code == OUT_OF_SYNC and last >= message.serial:
            self._sent.duplicates += 1
        elif answer.status_code == UNDECODABLE:
            self._sent.stored += 1
        elif answer.status_code == OUT_OF_SYNC:
            # The archive leaves serials out: they are lost for good, and the sender is who says so.
            await self._declare(message, last + 1)
            await self._push(message)
        else:
            self._sent.refused += 1

    async def _declare(self, message: Message, first: int) -> None:
        loss = {"session": message.session, "first": first, "last": message.serial - 1, "by": "replay"}
        answer = await self._post(f"/v1/venue/{message.source}/lost", json=loss)
        if answer.status_code >= 300:
            what = f"serials {first} to {message.serial - 1} of {message.source}/{message.session}"
            raise ReplayRefusedError(f"{what} are missing, and the server does not take them as lost: {answer.text}")

    async def _post(self, path: str, **what: Any) -> httpx.Response:
        give_up = time.monotonic() + PATIENCE
        while True:
            answer = await self._client.post(path, **what)
            if answer.status_code != UNAVAILABLE or time.monotonic() > give_up:
                return answer
            await asyncio.sleep(AGAIN)
