"""The feed on a real port: what a strict subscriber checks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from feeds.ring import Ring
from feeds.server import build, running
from schemas.views import MedalTableRow, ResultRow
from tests.feeds.client import Subscription, connected, hash_of
from tests.feeds.fake_source import FakeSource
from tests.feeds.games import UNIT, medals, small_games


@pytest.fixture
def source() -> FakeSource:
    return small_games()


@pytest.fixture
async def port(source: FakeSource) -> AsyncIterator[int]:
    async with running(build(source, interval=0.001, hello_within=0.2, ring=Ring(cuts=64))) as port:
        yield port


@pytest.mark.parametrize("binary", [False, True])
async def test_cold_subscribe(port: int, source: FakeSource, binary: bool) -> None:
    async with connected(port, binary=binary) as client:
        assert {key: client.hello[key] for key in ("v", "epoch", "mode", "cut", "hb_ms")} == {
            "v": 1,
            "epoch": "e1",
            "mode": "live",
            "cut": 3,
            "hb_ms": 5000,
        }
        subscription = await client.subscribe(1, "medals/**", f"result/{UNIT}")
        assert {name: held.h for name, held in subscription.views.items()} == {
            name: source.views[name].hash
            for name in source.views.names()
            if name.startswith(("medals/", f"result/{UNIT}"))
        }
        source.put(("medals/table", "AAA", medals("AAA", 1, 9, 9)), (f"result/{UNIT}", "101", None))
        await client.reach(subscription, 4)
        assert subscription.views["medals/table"].h == source.views["medals/table"].hash
        assert "101" not in subscription.views[f"result/{UNIT}"].rows


async def test_a_cut_is_one_message_whatever_it_changes(port: int, source: FakeSource) -> None:
    async with connected(port) as client:
        await client.subscribe(1, "medals/**")
        source.put(
            ("medals/table", "AAA", medals("AAA", 1, 9, 9)), ("medals/discipline/ATH", "AAA", medals("AAA", 1, 9, 9))
        )
        message = await client.hear()
        assert (message["cut"], sorted(message["views"])) == (4, ["medals/discipline/ATH", "medals/table"])


async def test_a_view_that_comes_into_being_later(port: int, source: FakeSource) -> None:
    async with connected(port) as client:
        subscription = await client.subscribe(1, "records/*", "medals/day/1999-12-31")
        assert subscription.views == {}
        source.put(("medals/day/1999-12-31", "AAA", medals("AAA", 1, 1, 0)))
        await client.reach(subscription, 4)
        assert subscription.views["medals/day/1999-12-31"].seq == 1


async def test_resume_after_a_break(port: int, source: FakeSource) -> None:
    async with connected(port) as control, connected(port) as client:
        watching = await control.subscribe(1, "medals/table")
        subscription = await client.subscribe(1, "medals/table")
        source.put(("medals/table", "AAA", medals("AAA", 1, 5, 0)))
        await client.reach(subscription, 4)
        await client.connection.close()
        for gold in range(6, 20):
            source.put(("medals/table", "AAA", medals("AAA", 1, gold, 0)))
        async with connected(port) as back:
            await back.subscribe(9, "medals/table", held=subscription)
            await back.reach(subscription, source.views.cut)
            await control.reach(watching, source.views.cut)
        assert subscription.images == 1
        assert subscription.resets == []
        assert subscription.content() == watching.content()


@pytest.mark.parametrize("resume", ["nonsense", "A" * 32])
async def test_a_token_that_leads_nowhere(port: int, resume: str) -> None:
    async with connected(port) as client:
        subscription = client.subscriptions[1] = Subscription()
        await client.say(op="sub", id=1, views=["medals/table"], resume=resume)
        assert (await client.hear())["op"] == "reset"
        assert (await client.hear())["op"] == "image"
        assert subscription.complete


async def test_a_token_of_another_epoch(source: FakeSource) -> None:
    async with running(build(source)) as port, connected(port) as client:
        subscription = await client.subscribe(1, "medals/table")
    other = small_games()
    other.epoch = "e2"
    async with running(build(other)) as port, connected(port) as client:
        await client.subscribe(1, "medals/table", held=subscription)
    assert subscription.resets == ["epoch"]
    assert subscription.images == 2


async def test_a_restart_says_so_and_everybody_resumes(source: FakeSource) -> None:
    async with running(build(source, key=b"k")) as port:
        client = await connect(f"ws://127.0.0.1:{port}/v1/feed")
        other = await connect(f"ws://127.0.0.1:{port}/v1/feed")
    await asyncio.gather(client.wait_closed(), other.wait_closed())
    assert (client.close_code, other.close_code) == (1012, 1012)


async def test_heartbeats_come_as_agreed(port: int, source: FakeSource) -> None:
    source.fresh = {"STA": 5}
    async with connected(port, greet=False) as client:
        await client.greet(hb_ms=1)
        assert client.hello["hb_ms"] == 500
        async with asyncio.timeout(10):
            beats = [await client.hear(), await client.hear()]
        assert [(beat["op"], beat["cut"], beat["venues"]) for beat in beats] == [("hb", 3, {"STA": 5})] * 2


async def test_ping_and_unsub(port: int, source: FakeSource) -> None:
    async with connected(port) as client:
        await client.subscribe(1, "medals/table")
        await client.say(op="ping", n=7)
        assert (await client.hear())["n"] == 7
        await client.say(op="unsub", id=1)
        assert await client.hear() == {"op": "unsub", "id": 1}
        source.put(("medals/table", "AAA", medals("AAA", 1, 9, 9)))
        await client.say(op="ping", n=8)
        assert (await client.hear())["op"] == "pong"


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"op": "sub", "id": 1, "views": ["medals/table", "medal/table"]}, "unknown_view", "views[1]"),
    ({"op": "sub", "id": 1, "views": ["**/**"]}, "bad_pattern", "views[0]"),
    ({"op": "sub", "id": 1, "views": ["medals/table"] * 1000}, "too_many", "views"),
    ({"op": "sub", "id": 1, "views": []}, "bad_pattern", "views"),
    ({"op": "sub", "id": -1, "views": ["venues"]}, "bad_message", "id"),
    ({"op": "sub", "id": 0, "views": ["venues"]}, "bad_message", "id"),  # exists
    ({"op": "sub", "id": 1, "views": ["venues"], "deliver": "every"}, "not_offered", "deliver"),
    ({"op": "sub", "id": 1, "views": ["venues"], "delay_ms": 30_000}, "not_offered", "delay_ms"),
    ({"op": "sub", "id": 1, "views": ["venues"], "max_hz": 4}, "not_offered", "max_hz"),
    ({"op": "unsub", "id": 5}, "unknown_id", "id"),
    ({"op": "hello", "v": 1}, "bad_message", "op"),
    ({"op": "steal"}, "unknown_op", "op"),
    ({"op": "sub", "id": 1, "views": "venues"}, "bad_message", "views"),
]


@pytest.mark.parametrize(("message", "code", "at"), REFUSED)
async def test_what_is_wrong_is_named_and_the_connection_goes_on(
    port: int, message: dict[str, Any], code: str, at: str
) -> None:
    async with connected(port) as client:
        await client.subscribe(0, "venues")
        await client.say(**message)
        error = await client.hear()
        assert (error["op"], error["code"], error["at"], error["retry"]) == ("err", code, at, False)
        assert error.get("id") == message.get("id")
        await client.subscribe(2, "medals/table", later="unknown fields are ignored")


async def test_no_more_than_16_subscriptions(port: int) -> None:
    async with connected(port) as client:
        for number in range(16):
            await client.subscribe(number, "venues")
        await client.say(op="sub", id=16, views=["venues"])
        assert (await client.hear())["code"] == "too_many"


@pytest.mark.parametrize(
    ("first", "code", "close"),
    [
        ('{"op":"sub","id":1,"views":["venues"]}', "no_hello", 4400),
        ('{"op":"hello","v":2}', "bad_version", 4400),
        ("nonsense", "malformed", 4400),
        (None, "", 4408),
    ],
)
async def test_how_not_to_begin(port: int, first: str | None, code: str, close: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}/v1/feed") as connection:
        if first is not None:
            await connection.send(first)
            assert json.loads(await connection.recv())["code"] == code
        with pytest.raises(ConnectionClosed):
            await connection.recv()
        assert connection.close_code == close


@pytest.mark.parametrize(("option", "at"), [({"token": "x"}, "token"), ({"enc": "xml"}, "enc")])
async def test_a_hello_that_can_be_mended(port: int, option: dict[str, Any], at: str) -> None:
    async with connected(port, greet=False) as client:
        await client.say(op="hello", v=1, **option)
        assert (await client.hear())["at"] == at
        await client.greet()


async def test_who_does_not_learn_is_closed(port: int) -> None:
    async with connected(port) as client:
        for _ in range(32):
            await client.say(op="unsub", id=9)
            await client.hear()
        with pytest.raises(ConnectionClosed):
            await client.hear()
        assert client.connection.close_code == 4429


async def test_a_message_too_big(port: int) -> None:
    async with connected(port) as client:
        await client.say(op="ping", x="x" * 65_536)
        with pytest.raises(ConnectionClosed):
            await client.hear()
        assert client.connection.close_code == 1009
    async with connected(port) as client:
        await client.subscribe(1, "medals/table")


async def test_an_image_too_big_for_a_message_comes_in_parts(port: int, source: FakeSource) -> None:
    rows = {f"{n:06}": ResultRow(participant=f"{n:06}", mark="x" * 500, sort=n) for n in range(4000)}
    source.put(*((f"cumulative/{UNIT}", key, row) for key, row in rows.items()))
    async with connected(port) as client:
        subscription = await client.subscribe(1, "cumulative/*", "medals/*")
        held = subscription.views[f"cumulative/{UNIT}"]
        assert len(held.rows) == 4000
        assert hash_of(f"cumulative/{UNIT}", held.rows) == source.views[f"cumulative/{UNIT}"].hash


async def test_a_subscriber_that_reads_nothing_is_conflated_and_nobody_waits(port: int, source: FakeSource) -> None:
    async with connected(port) as quick, connected(port, max_queue=1) as slow:
        watching = await quick.subscribe(1, "cumulative/*", "medals/table")
        stalled = await slow.subscribe(1, "cumulative/*", "medals/table")
        slow.connection.transport.pause_reading()
        for n in range(600):
            row = ResultRow(participant=str(n % 40), mark=f"{n}" + "x" * 8000)
            source.put((f"cumulative/{UNIT}", str(n % 40), row))
            await asyncio.sleep(0)
        await quick.reach(watching, source.views.cut)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as web:
            status = (await web.get("/v1/status")).json()
        assert status["behind"] == 1
        slow.connection.transport.resume_reading()
        await slow.reach(stalled, source.views.cut)
        assert stalled.content() == watching.content()
        assert stalled.conflated or stalled.resets


async def test_other_paths_are_refused_before_the_upgrade(port: int) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://127.0.0.1:{port}/v1/other")
    response = refused.value.response
    assert response.status_code == 404
    assert json.loads(response.body or b"")["error"]["code"] == "not_found"


async def test_the_feed_and_http_agree(port: int, source: FakeSource) -> None:
    async with connected(port) as client, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as web:
        subscription = await client.subscribe(1, "**")
        source.put(("medals/table", "ZZZ", MedalTableRow(organisation="ZZZ", gold=1)))
        await client.reach(subscription, source.views.cut)
        for name, held in subscription.views.items():
            document = (await web.get(f"/v1/views/{name}")).json()
            assert (document["rows"], document["hash"]) == (held.rows, held.h)
