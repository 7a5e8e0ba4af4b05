"""A Games in processes of their own: gateway, worker, two edges on a real broker; one is killed, another takes over."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from websockets.sync.client import ClientConnection, connect

from engine.kafka_log import KafkaLog
from engine.raw import RAW
from replay.doors import send
from replay.player import Pace
from tests.faults.playing import Running, games_on
from tests.faults.waiting import until
from tests.replay.test_stages import games_and_messages

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

PATIENCE = 120.0  # seconds: on CI the broker, five processes and this test share two cores
MESSAGES = 1200  # of the invented Games: its first hours
VIEWS = ["medals/table", "result/**"]


@contextmanager
def subscribed(edge: Running, resume: str = "") -> Iterator[ClientConnection]:
    with connect(edge.url.replace("http", "ws") + "/v1/feed", max_size=None) as feed:
        feed.send(json.dumps({"op": "hello", "v": 1}))
        assert json.loads(feed.recv(30))["op"] == "hello"
        feed.send(json.dumps({"op": "sub", "id": 1, "views": VIEWS} | ({"resume": resume} if resume else {})))
        yield feed


def take(feed: ClientConnection, op: str) -> dict[str, Any]:
    while (message := json.loads(feed.recv(PATIENCE)))["op"] != op:
        pass
    return dict(message)


def test_edges_hold_the_same_and_any_of_them_goes_on_for_another(
    kafka: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PODIUM_OPERATIONS_SAVE_EVERY", "1")  # an image soon
    messages = games_and_messages()[1][:MESSAGES]
    half = len(messages) // 2
    with games_on(kafka, tmp_path) as games:
        gateway = games.start("gateway", "--mode", "replay", "--port", "0")
        games.start("worker", "--save-every", "1")
        one, other = games.start("edge", "--port", "0"), games.start("edge", "--port", "0")
        send(gateway.url, messages[:half], Pace(0))
        until(lambda: one.cut > 0 and one.cut == other.cut, "nothing came to the edges")
        with subscribed(one) as feed:
            image = take(feed, "image")
        send(gateway.url, messages[half:], Pace(0))
        seen = one.cut

        def settled() -> bool:
            nonlocal seen
            before, seen = seen, one.cut
            time.sleep(1)
            return before == seen == other.cut and seen > int(image["cut"])

        until(settled, "the edges do not come to rest")
        assert one.content() == other.content()
        with subscribed(other, image["resume"]) as feed:
            assert take(feed, "resumed")["cut"] == image["cut"]
            assert take(feed, "cut")["cut"] == [image["cut"] + 1, other.cut]
        until(lambda: any(has_image(edge) for edge in (one, other)), "no image was written")
        one.process.kill()
        again = games.start("edge", "--port", "0")
        until(lambda: again.cut == other.cut, "an edge does not come back")
        assert again.content() == other.content()
        assert again.get("/v1/status")["epoch"] == other.get("/v1/status")["epoch"]


def has_image(edge: Running) -> bool:
    with urlopen(f"{edge.url}/metrics", timeout=30) as answer:
        found = re.search(r"^podium_checkpoint_lag_messages (\S+)", answer.read().decode(), re.MULTILINE)
    return found is not None and float(found[1]) == 0.0


def test_a_second_gateway_takes_over_and_the_first_ends(kafka: str, tmp_path: Path) -> None:
    messages = games_and_messages()[1][:MESSAGES]
    half = len(messages) // 4
    with games_on(kafka, tmp_path) as games:
        first = games.start("gateway", "--mode", "replay", "--port", "0")
        send(first.url, messages[:half], Pace(0))
        second = games.start("gateway", "--port", "0")
        sent = send(second.url, messages[: 2 * half], Pace(0))
        assert sent.duplicates > 0
        with suppress(Exception):  # it may have ended by then
            send(first.url, messages[2 * half : 2 * half + 1], Pace(0))
        assert first.process.wait(60) == 1
        with KafkaLog.open(games.url, readonly=True) as log:
            names = [
                (record.key, record.headers["session"], record.headers["serial"])
                for partition in range(log.partitions(RAW))
                for record in log.read(RAW, limit=10**6, partition=partition)
            ]
        assert len(names) == len(set(names))
        wanted = {(m.source, m.session.encode(), b"%d" % m.serial) for m in messages[: 2 * half] if m.serial > 0}
        assert wanted <= set(names)
