"""A change of rules while a Games runs: the new epoch is built beside the old one, and subscribers go over to it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect

from engine import epochs
from engine.kafka_log import KafkaLog
from engine.sports import load_sports
from podium.wiring import host_over
from projections.fold import VERSION
from replay.archive import Message
from replay.doors import send
from replay.player import Pace
from schemas.sport import Sport
from tests.faults.playing import Games, Running, games_on
from tests.faults.waiting import until_beside
from tests.feeds.client import Subscription
from tests.projections.hand import Hand
from tests.replay.test_stages import games_and_messages

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

MESSAGES = 1600  # of the invented Games: its first hours
SLOWEST = b"""
code = "SWM"
name = "Swimming for the patient"
irms = ["DNF", "DSQ", "DNS"]

[[units]]
model = "timed"
decimals = 2
best = "high" # whoever takes longest wins
ties = "stand"

[[medals]]
ranks = ["FNL-000100--"]
"""


@dataclass
class Follower:
    """A subscriber to everything, which checks every promise of the feed as it comes."""

    connection: ClientConnection
    held: Subscription = field(default_factory=Subscription)
    epochs: list[str] = field(default_factory=list)
    failed: str = ""
    before: int = 0  # cuts that it had seen when it was told to begin anew

    def ended(self, task: asyncio.Task[None]) -> None:
        """Note what went wrong."""
        if not task.cancelled():
            self.failed = str(task.exception() or "the connection has ended")

    def reaches(self, cut: int) -> bool:
        """Say whether it has come to a cut; raises what went wrong with it."""
        assert not self.failed, self.failed
        return self.held.cut == cut

    async def follow(self) -> None:
        """Take what comes, until the connection ends."""
        async for text in self.connection:
            message: dict[str, Any] = orjson.loads(text)
            if message["op"] == "hello":
                self.epochs.append(message["epoch"])
            elif "id" in message:
                if message["op"] == "reset":
                    self.before = self.held.cut
                if message["op"] == "cut":  # whoever follows everything sees every cut
                    first = message["cut"] if isinstance(message["cut"], int) else message["cut"][0]
                    assert first == self.held.cut + 1
                self.held.take(message)


@asynccontextmanager
async def following(edge: Running) -> AsyncIterator[Follower]:
    """Follow everything at an edge within a block."""
    async with connect(edge.url.replace("http", "ws") + "/v1/feed", max_size=None) as connection:
        await connection.send(json.dumps({"op": "hello", "v": 1}))
        await connection.send(json.dumps({"op": "sub", "id": 1, "views": ["**"]}))
        follower = Follower(connection)
        task = asyncio.create_task(follower.follow())
        task.add_done_callback(follower.ended)
        try:
            yield follower
        finally:
            task.cancel()
            await asyncio.wait([task])


def shows(edge: Running, cut: int) -> bool:
    return edge.cut == cut


def podium(games: Games, *words: str) -> str:
    command = [sys.executable, "-m", "podium", *words, "--log", games.url]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout


def digest_by(rules: dict[str, Sport], messages: list[Message]) -> str:
    hand = Hand(known=rules)
    for one in messages:
        hand.take((one.source, one.session, one.serial, one.data))
    return hand.views.digest()


async def test_subscribers_go_over_to_other_rules_without_a_gap(kafka: str, tmp_path: Path) -> None:
    _, messages, _ = games_and_messages()
    messages = messages[:MESSAGES]
    part = len(messages) // 4
    (tmp_path / "sports").mkdir()
    (tmp_path / "sports" / "swimming.toml").write_bytes(SLOWEST)
    with games_on(kafka, tmp_path) as games:
        gateway = games.start("gateway", "--mode", "replay", "--port", "0")
        games.start("worker", "--save-every", "1")
        one, other = games.start("edge", "--port", "0"), games.start("edge", "--port", "0")
        await asyncio.to_thread(send, gateway.url, messages[: 2 * part], Pace(0))
        await until_beside(lambda: one.cut > 0, "something is shown")
        async with following(one) as follower:
            await until_beside(lambda: follower.held.images == 1, "the subscriber has its image")
            said = await asyncio.to_thread(podium, games, "epoch", "begin", "--sports", str(tmp_path / "sports"))
            assert "is being built" in said
            await asyncio.to_thread(send, gateway.url, messages[2 * part : 3 * part], Pace(0))
            await until_beside(lambda: follower.held.images == 2, "the subscriber has the image of the new epoch")
            assert follower.held.resets == ["epoch"]
            await asyncio.to_thread(send, gateway.url, messages[3 * part :], Pace(0))
            with KafkaLog.open(games.url, readonly=True) as log:
                book = await asyncio.to_thread(epochs.read, log, VERSION)
                assert [epoch.sports["SWM"].name for epoch in book.all] == ["Swimming", "Swimming for the patient"]
                assert book.shown == book.all[1]
                host = host_over(log)
                assert host.epoch == book.all[1].name
                rules = load_sports() | {"SWM": book.all[1].sports["SWM"]}
                expected = await asyncio.to_thread(digest_by, rules, messages)
                assert expected != await asyncio.to_thread(digest_by, load_sports(), messages)

                def as_expected() -> bool:
                    host.catch_up()
                    return host.views.digest() == expected

                await until_beside(as_expected, "the new epoch is what the new rules make of all")
            for edge in (one, other):
                await until_beside(partial(shows, edge, host.views.cut), "an edge shows all of it")
                assert edge.get("/v1/status")["epoch"] == host.epoch
            await until_beside(lambda: follower.reaches(host.views.cut), "the subscriber has all of it")
            assert follower.epochs == [book.all[0].name]  # one connection, from the first epoch into the second
            assert follower.held.images == 2
            assert follower.before > 0
            rows = {name: set(held.rows) for name, held in follower.held.views.items() if held.rows}
            assert rows == {name: set(host.views[name].rows) for name in host.views.names() if host.views[name].rows}
            token = follower.held.resume
        async with connect(other.url.replace("http", "ws") + "/v1/feed", max_size=None) as connection:
            await connection.send(json.dumps({"op": "hello", "v": 1}))
            await connection.send(json.dumps({"op": "sub", "id": 1, "views": ["**"], "resume": token}))
            while (message := orjson.loads(await connection.recv()))["op"] == "hello":
                pass
            assert message["op"] == "resumed"
        listed = msgspec.json.decode(await asyncio.to_thread(podium, games, "epoch", "list", "--format", "json"))
        assert [line["state"] for line in listed] == ["over", "shown"]
