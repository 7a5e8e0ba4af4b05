"""Playing through a door that is unavailable for a moment, or for good."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import httpx
import pytest

from replay import doors
from replay.archive import Message
from replay.doors import ReplayRefusedError, Sent

SECOND = Message("SWM.timing", "s", 2, 0, 0, b"{}")
STORED = (200, {"X-HOVTP-Last-Serial-Number": "2"})
AWAY = (503, {"X-HOVTP-Last-Serial-Number": "0"})
GAP = (450, {"X-HOVTP-Last-Serial-Number": "0"})


async def played(monkeypatch: pytest.MonkeyPatch, *answers: tuple[int, dict[str, str]]) -> tuple[Sent, Sequence[str]]:
    """Send a message, of which the door says this; return what came of it, and what was asked for."""
    monkeypatch.setattr(doors, "AGAIN", 0.0)
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path.rpartition("/")[2])
        status, headers = answers[min(len(asked), len(answers)) - 1]
        return httpx.Response(status, headers=headers)

    sent = Sent()
    async with httpx.AsyncClient(base_url="http://door", transport=httpx.MockTransport(answer)) as client:
        room = asyncio.Semaphore(1)
        await room.acquire()
        lane = doors._Lane(client, sent, room)
        lane.put(SECOND)
        await lane.drained()
    return sent, asked


async def test_a_server_that_is_away_for_a_moment_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sent, asked = await played(monkeypatch, AWAY, AWAY, GAP, AWAY, STORED, STORED)
    assert (sent.stored, sent.refused) == (1, 0)
    assert asked == ["SWM.timing"] * 3 + ["lost"] * 2 + ["SWM.timing"]


async def test_a_server_that_stays_away_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "PATIENCE", 0.0)
    sent, asked = await played(monkeypatch, AWAY)
    assert (sent.stored, sent.refused, len(asked)) == (0, 1, 1)
    with pytest.raises(ReplayRefusedError, match="does not take them as lost"):
        await played(monkeypatch, GAP, AWAY)
