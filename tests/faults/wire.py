"""A wire that can be harmed: a TCP proxy on loopback, with a loop and a thread of its own.

A broker has a listener for each wire, which tells its clients the wire's port in place of its own (``detours`` in
``engine/broker.py``): so whatever a client learns of the brokers leads through the wire as well.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Literal

__all__ = ["FAULTS", "Fault", "Wire"]

Fault = Literal["slow", "held", "dropped", "half", "reset"]
FAULTS: tuple[Fault, ...] = (
    "slow",  # everything is late
    "held",  # nothing passes, and all of it comes when the wire is healed, as by a network that repeats
    "dropped",  # nothing passes and nobody is told; what was said meanwhile never comes
    "half",  # what clients say arrives, what they are answered does not
    "reset",  # every connection is reset, and every new one
)
CHUNK = 1 << 16
LATE = 0.15  # seconds, each way
HARD_END = struct.pack("ii", 1, 0)  # SO_LINGER: an end by RST


class Link:
    """One connection of a client, and ours to the broker for it."""

    def __init__(self, client: asyncio.StreamWriter, broker: asyncio.StreamWriter) -> None:
        self.ends = (client, broker)
        self.spoilt = False  # something was lost of it: it cannot go on

    def cut(self) -> None:
        """End both connections by a reset."""
        for end in self.ends:
            if (sock := end.transport.get_extra_info("socket")) is not None:
                with suppress(OSError):
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, HARD_END)
            end.transport.abort()


class Wire:
    """Leads from ``port`` to wherever it is told; any thread may harm and heal it."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.fault: Fault | None = None
        self.passed = 0  # bytes
        self._target = 0
        self._links: set[Link] = set()
        self._loop = asyncio.new_event_loop()
        self._passable = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name=f"wire {self.port}", daemon=True)
        self._thread.start()
        self._call(self._open())

    def lead_to(self, port: int) -> None:
        """Lead to this port from now on."""
        self._target = port

    def harm(self, fault: Fault) -> None:
        """Let something befall all connections, those that come as well, until ``heal``."""
        self._call(self._set(fault))

    def heal(self) -> None:
        """Let everything pass; connections of which something was lost are reset."""
        self._call(self._set(None))

    def close(self) -> None:
        """Reset everything and end."""
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # -- in the thread

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _open(self) -> None:
        self._passable.set()
        self._server = await asyncio.start_server(self._connected, sock=self._listening)

    async def _set(self, fault: Fault | None) -> None:
        self.fault = fault
        for link in list(self._links):
            if link.spoilt or fault == "reset":
                link.cut()
        if fault == "held":
            self._passable.clear()
        else:
            self._passable.set()

    async def _end(self) -> None:
        self._server.close()
        mine = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not mine]
        for link in list(self._links):
            link.cut()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.CancelledError):  # at the end of the wire, which asyncio's servers take for a fault
            await self._link(reader, writer)

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answers, broker = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        link = Link(writer, broker)
        self._links.add(link)
        if self.fault == "reset":
            link.cut()
        both = (self._pump(link, reader, broker, "asks"), self._pump(link, answers, writer, "answers"))
        try:
            async with asyncio.TaskGroup() as group:
                for one in both:
                    group.create_task(one)
        finally:
            link.cut()
            self._links.discard(link)

    async def _pump(
        self, link: Link, source: asyncio.StreamReader, sink: asyncio.StreamWriter, way: Literal["asks", "answers"]
    ) -> None:
        with suppress(OSError):
            while data := await source.read(CHUNK):
                if self.fault == "slow":
                    await asyncio.sleep(LATE)
                await self._passable.wait()
                if self.fault == "dropped" or (self.fault == "half" and way == "answers") or link.spoilt:
                    link.spoilt = True
                    continue
                self.passed += len(data)
                sink.write(data)
                await sink.drain()
        if not link.spoilt and self.fault not in ("dropped", "half"):
            link.cut()  # one side has ended it, and nothing keeps the other from hearing of that
        elif way == "asks":
            link.cut()
