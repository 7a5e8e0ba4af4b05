"""The TCP door of the gateway: one persistent connection a source, by the line protocol.

Senders pipeline. Acknowledgements are cumulative and leave once a turn of the loop; a connection is read no further
while too much of it is not yet durable, or while its sender does not read its acknowledgements. A newer connection of a
source takes the place of the older one, which may be a cable that somebody pulled.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from typing import cast

from engine.batch import Answer
from engine.gateway import Gateway
from engine.lines import Broken, Bye, Event, Frame, Hello, LineReader, Loss, Ping, TooLarge
from engine.session import name_flaw

__all__ = ["TcpDoor", "open_tcp_door"]

LINGER = 2.0  # seconds that a refused sender has to read why, before the connection is cut
BYE = "bye"  # why a connection ended, where its sender said so
OVERHEAD = 256  # bytes that an unanswered message costs beside its own
ACKNOWLEDGED = ("stored", "duplicate", "lost")


class Connection(asyncio.Protocol):
    """One sender."""

    def __init__(self, door: TcpDoor) -> None:
        self._door = door
        self._gateway = door.gateway
        limits = door.gateway.limits
        self._reader = LineReader(limits.frame, limits.refused)
        self._window = limits.window
        self._waiting: deque[tuple[int, int, int]] = deque()  # frame, offset and size of what is not yet answered
        self._unanswered = 0  # bytes
        self._ack: Answer | None = None  # the newest acknowledgement that is not yet written
        self._out: list[bytes] = []  # lines to write in this turn of the loop
        self._due = False  # a flush is on its way
        self._reported_gap = -1  # the last serial that a gap was reported after; once is enough
        self._paused = False
        self._choked = False  # the sender does not read
        self._deaf = False  # what still comes is not looked at
        self._leaving = False  # close when all is answered
        self._shutting = False  # nothing more is written
        self.source = ""  # "" until the sender has said it
        self.session = ""
        self.reason = "the connection was cut"  # why it ended, should it end now

    # -- asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its class
        self._loop = asyncio.get_running_loop()
        host, port, *_ = transport.get_extra_info("peername") or ("", 0)
        self.peer = f"{host}:{port}"
        if sock := transport.get_extra_info("socket"):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._timer = self._loop.call_later(
            self._gateway.limits.hello, self.refuse, "hello", "no first line came in time"
        )
        if not self._door.enter(self):
            self.refuse("unavailable", "too many connections")

    def data_received(self, chunk: bytes) -> None:
        """Read."""
        if self._deaf:
            return
        submit, source, session = self._gateway.submit, self.source, self.session
        for event in self._reader.feed(chunk):
            if self._deaf:
                return
            if type(event) is Frame:
                size = len(event.data) + OVERHEAD
                self._waiting.append((event.number, event.offset, size))
                self._unanswered += size
                submit(source, session, event.serial, event.data, self.peer, notify=self._hear)
            else:
                self._obey(event)
                source, session = self.source, self.session
        if self._unanswered > self._window:
            self._throttle()

    def eof_received(self) -> bool:
        """Stay until all is answered, should the sender only have closed its own direction."""
        self._leave("the sender closed")
        return not self._shutting

    def connection_lost(self, error: Exception | None) -> None:
        """Tell the gateway."""
        self._deaf = True
        self._timer.cancel()
        self._door.leave(self)

    def pause_writing(self) -> None:
        """Read no further from a sender that does not read."""
        self._choked = True
        self._throttle()

    def resume_writing(self) -> None:
        """Go on."""
        self._choked = False
        self._throttle()

    def _throttle(self) -> None:
        wanted = self._choked or self._unanswered > self._window
        if wanted != self._paused and not self._transport.is_closing():
            self._paused = wanted
            (self._transport.pause_reading if wanted else self._transport.resume_reading)()

    # -- what the sender says

    def _obey(self, event: Event) -> None:
        match event:
            case Hello(source, session):
                self._greet(source, session)
            case TooLarge(serial, data, size, number, offset):
                reason = f"a message has at most {self._gateway.limits.frame} bytes, and this one {size}"
                self._waiting.append((number, offset, 0))
                self._gateway.refuse(
                    self.source,
                    self.session,
                    serial,
                    data,
                    peer=self.peer,
                    reason=reason,
                    notify=self._hear,
                    code="too_large",
                    size=size,
                )
            case Loss(first, last, number, offset):
                self._waiting.append((number, offset, 0))
                self._gateway.submit_loss(self.source, self.session, first, last, self.source, notify=self._hear)
            case Ping():
                last, head = self._gateway.status(self.source, self.session)
                self._say(b"PONG %d %s\n" % (last, head.hex().encode()))
            case Bye():
                self._leave(BYE)
            case Broken(reason, data, number, offset):
                self._waiting.append((number, offset, 0))
                self._deaf = True
                self._gateway.refuse(
                    self.source, self.session, 0, data, peer=self.peer, reason=reason, notify=self._hear
                )

    def _greet(self, source: str, session: str) -> None:
        self._timer.cancel()
        for name, whose in ((source, "source"), (session, "session")):
            if flaw := name_flaw(name):
                return self.refuse("hello", f"the {whose}'s name {flaw}")
        if not self._gateway.admits(source):
            return self.refuse("forbidden", f"{source} is no venue's name")
        self.source, self.session = source, session
        self._door.greet(self)
        last, head = self._gateway.status(source, session)
        return self._say(b"OK %d %s\n" % (last, head.hex().encode()))

    # -- what it is answered

    def _hear(self, answer: Answer) -> None:
        """Take the gateway's answers, which come in the order of what was submitted."""
        number, offset, size = self._waiting.popleft()
        self._unanswered -= size
        if self._shutting:
            return
        if answer.code in ACKNOWLEDGED:
            self._ack = answer
            self._reported_gap = -1
        elif answer.code == "healed":
            self._say(b"HEALED %d %s\n" % (answer.serial, answer.head.hex().encode()))
        elif answer.code != "gap" or answer.last != self._reported_gap:
            self._reported_gap = answer.last if answer.code == "gap" else -1
            self._complain(answer.code, answer.text, answer.serial, answer.last, f"frame {number}, byte {offset}: ")
            if answer.code in ("malformed", "unavailable"):
                self._shut(answer.text)
        self._flush_soon()

    def _complain(self, code: str, text: str, serial: int = 0, last: int = 0, place: str = "") -> None:
        self._say(f"ERR {code} {serial} {last} {place}{text}\n".encode())

    def _say(self, line: bytes) -> None:
        self._gather_ack()
        self._out.append(line)
        self._flush_soon()

    def _gather_ack(self) -> None:
        if ack := self._ack:
            self._out.append(b"ACK %d %s\n" % (ack.last, ack.head.hex().encode()))
            self._ack = None

    def _flush_soon(self) -> None:
        if not self._due:
            self._due = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._due = False
        done = self._leaving and not self._waiting
        self._gather_ack()
        if done and self.reason == BYE:
            self._out.append(b"BYE\n")
        if not self._transport.is_closing() and not self._shutting:
            if self._out:
                self._transport.write(b"".join(self._out))
            if self._paused:
                self._throttle()
            if done:
                self._transport.close()
        self._out.clear()

    # -- how it ends

    def _leave(self, reason: str) -> None:
        """Read no more, and close when all is answered."""
        if not self._deaf:
            self.reason = reason
            self._deaf = self._leaving = True
            self._flush_soon()

    def _shut(self, reason: str) -> None:
        """Close soon; not at once, lest what was written last be lost with the connection."""
        self.reason = reason
        self._flush()
        self._deaf = self._shutting = True
        self._timer.cancel()
        self._timer = self._loop.call_later(LINGER, self._transport.abort)
        if not self._transport.is_closing():
            self._transport.write_eof()

    def finish(self) -> None:
        """Close when all that came is answered, because the door closes."""
        self._leave("the gateway stopped")
        self._timer.cancel()
        self._timer = self._loop.call_later(LINGER, self._transport.abort)

    def refuse(self, code: str, reason: str) -> None:
        """Say why the sender is not wanted here, and close."""
        self._gateway.note_refusal(code, self.source, "connection", self.peer, reason)
        self._complain(code, reason)
        self._shut(reason)


class TcpDoor:
    """All connections of a gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self._connections: set[Connection] = set()
        self._by_source: dict[str, Connection] = {}
        self._empty = asyncio.Event()
        self._empty.set()
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> None:
        """Listen."""
        self._server = await asyncio.get_running_loop().create_server(lambda: Connection(self), host, port)

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def enter(self, connection: Connection) -> bool:
        """Take a connection in; False where there are too many."""
        self._connections.add(connection)
        self._empty.clear()
        return len(self._connections) <= self.gateway.limits.connections

    def greet(self, connection: Connection) -> None:
        """Take a connection as that of its source, in place of any earlier one."""
        earlier = self._by_source.get(connection.source)
        self._by_source[connection.source] = connection
        if earlier:
            earlier.refuse("replaced", f"{connection.source} connected anew from {connection.peer}")
        self.gateway.connected(connection.source, connection.session, connection.peer)

    def leave(self, connection: Connection) -> None:
        """Let go of a connection."""
        self._connections.discard(connection)
        if self._by_source.get(connection.source) is connection:
            del self._by_source[connection.source]
            self.gateway.disconnected(connection.source, connection.reason)
        if not self._connections:
            self._empty.set()

    async def close(self) -> None:
        """Stop listening, answer all that came, and close every connection; then the gateway may be closed."""
        if self._server:
            self._server.close()
        for connection in tuple(self._connections):
            connection.finish()
        await self._empty.wait()


async def open_tcp_door(gateway: Gateway, host: str = "127.0.0.1", port: int = 0) -> TcpDoor:
    """Open a door on a port, 0 for any that is free; raises ``OSError`` where it is taken."""
    door = TcpDoor(gateway)
    await door.open(host, port)
    return door
