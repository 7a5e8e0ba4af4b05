"""A small reference client: it applies images and deltas, and checks everything that the protocol promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import blake2b
from typing import Any

import msgspec
import orjson
from websockets.asyncio.client import ClientConnection, connect


class Held:
    """A view as a client holds it."""

    def __init__(self) -> None:
        self.seq = 0
        self.h = ""
        self.rows: dict[str, dict[str, Any]] = {}
        self.rev: dict[str, int] = {}


def hash_of(view: str, rows: dict[str, dict[str, Any]]) -> str:
    """Compute the content hash anew, as ``docs/feed.md`` says it, from nothing but the rows on the wire."""
    total = 0
    for key, fields in rows.items():
        data = key.encode() + b"\0" + orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
        total += int.from_bytes(blake2b(data, digest_size=16).digest(), "big")
    return f"{total % (1 << 128):032x}"


class Subscription:
    """One subscription: raises AssertionError at the first broken promise."""

    def __init__(self) -> None:
        self.views: dict[str, Held] = {}
        self.cut = 0
        self.resume = ""
        self.images = 0
        self.resets: list[str] = []
        self.conflated = 0
        self.complete = False  # an image has come, whole
        self._part = 0

    def take(self, message: dict[str, Any]) -> None:
        """Apply a message of this subscription."""
        match message["op"]:
            case "image":
                self._image(message)
            case "cut":
                self._cut(message)
            case "reset":
                self.resets.append(message["why"])
                self.complete = False
            case "resumed":
                assert message["cut"] == self.cut
                self.complete = True
            case other:
                raise AssertionError(other)

    def _image(self, message: dict[str, Any]) -> None:
        assert not self.complete
        if message["part"] == 1:
            self.views = {}
            self._part = 0
        assert message["part"] == self._part + 1
        self._part += 1
        for name, view in message["views"].items():
            held = self.views.setdefault(name, Held())
            assert not set(held.rows) & set(view["rows"])
            held.rows |= view["rows"]
            held.rev |= view.get("rev", {})
            held.seq, held.h = view["seq"], view["h"]
        self.resume = message["resume"]
        if not message.get("more"):
            self.complete = True
            self.images += 1
            self.cut = message["cut"]
            self.check()

    def _cut(self, message: dict[str, Any]) -> None:
        assert self.complete
        cut = message["cut"]
        first, last = (cut, cut) if isinstance(cut, int) else cut
        assert first > self.cut
        if first != last:
            self.conflated += 1
            assert first == self.cut + 1 or first > self.cut
        for name, view in message["views"].items():
            held = self.views.setdefault(name, Held())
            seq = view["seq"]
            low, high = (seq, seq) if isinstance(seq, int) else seq
            assert low == held.seq + 1, f"{name}: {low} after {held.seq}"
            held.seq = high
            for key in view.get("del", ()):
                del held.rows[key]
                held.rev.pop(key, None)
            for key, fields in view.get("up", {}).items():
                row = held.rows.setdefault(key, {})
                for field, value in fields.items():
                    if value is None:
                        row.pop(field)
                    else:
                        row[field] = value
            held.rev |= view.get("rev", {})
            held.h = view["h"]
            assert hash_of(name, held.rows) == held.h, name
        self.cut = last
        self.resume = message["resume"]

    def check(self) -> None:
        """Compute every hash anew."""
        for name, held in self.views.items():
            assert hash_of(name, held.rows) == held.h, name

    def content(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Return rows by view, without views that are empty."""
        return {name: held.rows for name, held in self.views.items() if held.rows}


class Client:
    """A connection to a feed, with one or several subscriptions on it."""

    def __init__(self, connection: ClientConnection, *, binary: bool = False) -> None:
        self.connection = connection
        self.subscriptions: dict[int, Subscription] = {}
        self.hello: dict[str, Any] = {}
        self.beats: list[dict[str, Any]] = []
        self.errors: list[dict[str, Any]] = []
        self._binary = binary

    async def say(self, **message: Any) -> None:
        """Send a message."""
        if self._binary:
            await self.connection.send(msgspec.msgpack.encode(message))
        else:
            await self.connection.send(msgspec.json.encode(message).decode())

    async def hear(self) -> dict[str, Any]:
        """Receive one message and apply it."""
        data = await self.connection.recv()
        assert isinstance(data, bytes) is self._binary
        message = msgspec.json.decode(data) if isinstance(data, str) else msgspec.msgpack.decode(data)
        match message["op"]:
            case "hello":
                self.hello = message
            case "hb":
                self.beats.append(message)
            case "err":
                self.errors.append(message)
            case "image" | "cut" | "reset" | "resumed":
                self.subscriptions[message["id"]].take(message)
        return dict(message)

    async def greet(self, **more: Any) -> None:
        """Say hello and wait for the answer."""
        await self.say(op="hello", v=1, **more)
        assert (await self.hear())["op"] == "hello"

    async def subscribe(self, id: int, *views: str, held: Subscription | None = None, **more: Any) -> Subscription:  # noqa: A002
        """Subscribe and wait until the image, or the answer to the resume token, is there."""
        subscription = self.subscriptions[id] = held or Subscription()
        if held is not None:
            held.complete = False
            more["resume"] = held.resume
        await self.say(op="sub", id=id, views=list(views), **more)
        while not subscription.complete:
            await self.hear()
        return subscription

    async def reach(self, subscription: Subscription, cut: int) -> None:
        """Wait until a subscription has a cut."""
        while subscription.cut < cut:
            await self.hear()


@asynccontextmanager
async def connected(port: int, *, binary: bool = False, greet: bool = True, **more: Any) -> AsyncIterator[Client]:
    """Connect to the feed of this machine; ``more`` goes to ``websockets``."""
    async with connect(f"ws://127.0.0.1:{port}/v1/feed", compression=None, **more) as connection:
        client = Client(connection, binary=binary)
        if greet:
            await client.greet()
        yield client
