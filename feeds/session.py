"""One connection's conversation, without its wire: messages in, calls on the hub and answers out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import UNSET, UnsetType

from engine.refusals import Refusals
from feeds import patterns
from feeds.encoding import ENCODINGS, JSON, MSGPACK, Encoding
from feeds.errors import Hopeless, Refused
from feeds.group import Link, Member
from feeds.hub import Hub
from feeds.protocol import (
    LIMITS,
    VERSION,
    ClientHello,
    Err,
    Hello,
    Ping,
    Pong,
    Sub,
    Unsub,
    Unsubscribed,
    decode,
    id_of,
)

__all__ = ["Session"]

MOST_REFUSALS = 32  # of one connection: a client that does not learn is closed


class Session:
    """What one connection has said and been told so far."""

    def __init__(
        self,
        hub: Hub,
        link: Link,
        *,
        now: Callable[[], int],
        steady: Callable[[], float],
        refusals: Refusals | None = None,
        party: str = "",
    ) -> None:
        self.encoding: Encoding = JSON
        self.hb_ms = 0  # 0: no hello yet
        self._hub = hub
        self._link = link
        self._now = now  # wall clock, microseconds
        self._steady = steady  # seconds
        self._members: dict[int, Member] = {}
        self._refusals = 0
        self._noted = refusals
        self._party = party  # address of the subscriber

    def receive(self, data: str | bytes) -> None:
        """Take a message; raises ``Hopeless``, after having told the client, where the connection is to be closed."""
        try:
            self._act(data)
        except Refused as refused:
            if not self.hb_ms:
                self.encoding = JSON if isinstance(data, str) else MSGPACK
            self._refuse(refused, id_of(data))
            if isinstance(refused, Hopeless):
                raise
            self._refusals += 1
            if self._refusals >= MOST_REFUSALS:
                raise Hopeless(4429, "too_many", f"{MOST_REFUSALS} messages of this connection were refused") from None

    def close(self) -> None:
        """End every subscription; the connection is gone."""
        for member in self._members.values():
            self._hub.unsubscribe(member)
        self._members.clear()

    def _act(self, data: str | bytes) -> None:
        message = decode(data)
        if isinstance(message, ClientHello):
            self._hello(message, MSGPACK if isinstance(data, bytes) else JSON)
        elif not self.hb_ms:
            raise Hopeless(4400, "no_hello", "the first message is hello", at="op")
        elif isinstance(message, Sub):
            self._subscribe(message)
        elif isinstance(message, Unsub):
            self._unsubscribe(message)
        elif isinstance(message, Ping):
            self._say(Pong(message.n, self._now()))

    def _hello(self, hello: ClientHello, framed: Encoding) -> None:
        if self.hb_ms:
            raise Refused("bad_message", "hello was said before", at="op")
        if hello.v != VERSION:
            raise Hopeless(4400, "bad_version", f"this server speaks version {VERSION}", at="v")
        if hello.token is not UNSET:
            raise Refused("not_offered", "this feed is public: leave the token out", at="token")
        encoding = ENCODINGS.get(hello.enc or framed.name)
        if encoding is None:
            raise Refused("bad_message", f"enc is one of {', '.join(ENCODINGS)}", at="enc")
        least, most = LIMITS.hb_ms
        self.encoding = encoding
        self.hb_ms = min(max(hello.hb_ms, least), most)
        source = self._hub.source
        self._say(Hello(VERSION, source.epoch, source.mode, source.views.cut, self.hb_ms, LIMITS, self._now()))

    def _subscribe(self, sub: Sub) -> None:
        if not 0 <= sub.id <= 0xFFFF:
            raise Refused("bad_message", "an id is a number from 0 to 65535", at="id")
        if sub.id in self._members:
            raise Refused("bad_message", f"subscription {sub.id} exists already", at="id")
        if len(self._members) >= LIMITS.subscriptions:
            raise Refused("too_many", f"at most {LIMITS.subscriptions} subscriptions in a connection", at="id")
        if sub.deliver != "latest":
            raise Refused("not_offered", "the only delivery is 'latest'", at="deliver")
        if sub.delay_ms:
            raise Refused("not_offered", "a delay is not offered", at="delay_ms")
        if sub.max_hz:
            raise Refused("not_offered", "a rate is not offered", at="max_hz")
        wanted = patterns.decode(sub.views, most=LIMITS.views)
        self._members[sub.id] = self._hub.subscribe(
            self._link, self.encoding, sub.id, wanted, resume=sub.resume, now=self._steady()
        )

    def _unsubscribe(self, unsub: Unsub) -> None:
        member = self._members.pop(unsub.id, None)
        if member is None:
            raise Refused("unknown_id", f"there is no subscription {unsub.id}", at="id")
        self._hub.unsubscribe(member)
        self._say(Unsubscribed(unsub.id))

    def _refuse(self, refused: Refused, id: int | UnsetType) -> None:  # noqa: A002
        if self._noted is not None:
            self._noted.note(refused.code, place=refused.at, party=self._party, reason=refused.message)
        self._say(Err(refused.code, refused.message, refused.at, refused.retry, id))

    def _say(self, message: Any) -> None:
        encoding = self.encoding
        self._link.send(self._hub.framer(encoding.encode(message), encoding.text))
