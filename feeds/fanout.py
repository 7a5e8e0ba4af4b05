"""The way out to a WebSocket: frames built once, written to many.

This is the one module that touches what ``websockets`` does not document: ``Frame.serialize``, and a connection's
``transport``, ``protocol._state``, ``send_in_progress`` and ``drain``. ``websockets>=17,<18`` is pinned, and
``tests/contracts/test_fanout.py`` compares what clients receive with ``broadcast()``. It is worth 14 times as many
deliveries per second.
"""

from __future__ import annotations

import socket

from websockets.asyncio.server import ServerConnection
from websockets.frames import Frame, Opcode
from websockets.protocol import State

__all__ = ["WebSocketLink", "frame"]

WAITING = 65_536  # bytes that may wait in a connection before it counts as behind
SEND_BUFFER = 131_072  # bytes in the kernel: what a stalled subscriber can hide there, and no more
_OPEN = State.OPEN  # looking it up in its enumeration costs more than everything else that precedes a write


def frame(message: bytes, text: bool) -> bytes:
    """Return an unmasked, uncompressed frame; legal also where permessage-deflate was negotiated."""
    return Frame(Opcode.TEXT if text else Opcode.BINARY, message).serialize(mask=False)


class WebSocketLink:
    """The way to one subscriber over its connection."""

    __slots__ = ("_connection", "_protocol", "_transport", "_unsent", "_waiting", "_write")

    def __init__(self, connection: ServerConnection, *, waiting: int = WAITING) -> None:
        self._connection = connection
        self._transport = connection.transport
        self._write = connection.transport.write
        self._unsent = connection.transport.get_write_buffer_size
        self._protocol = connection.protocol
        self._waiting = waiting
        raw = connection.transport.get_extra_info("socket")
        if raw is not None:  # in uvloop a stand-in that knows setsockopt
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)

    def offer(self, data: bytes) -> bool:
        """Write frames, unless the connection is closed, within a fragmented message, or has too much waiting."""
        if (
            self._protocol._state is not _OPEN
            or self._connection.send_in_progress is not None
            or self._unsent() > self._waiting
        ):
            return False
        self._write(data)
        return True

    def send(self, data: bytes) -> None:
        """Write frames whatever is waiting; bounded because what it answers to is read only after ``drained``."""
        if self._protocol.state is _OPEN:
            self._transport.write(data)

    def drop(self) -> None:
        """Cut the connection off without a closing handshake, which would wait behind what is not being read."""
        self._transport.abort()

    async def drained(self) -> None:
        """Wait until little enough is waiting."""
        await self._connection.drain()
