"""A drill: a whole Games in processes of its own, harmed at moments that a seed draws, and held to every promise.

Venues send through a gateway, workers of two sets fold, subscribers follow edges. What may be harmed are all these
processes and the wires of some of them to the broker. Behind it:

- what was acknowledged to a venue is in the log, once, as it was sent, in its order, and the chains hold;
- each subscriber has seen each cut, or an image that has it, and none twice;
- edges hold the same, and that is what one process makes of the same messages;
- the messages that nobody can decode are listed.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from engine import about
from engine.about import About
from engine.host import Host
from engine.kafka_log import KafkaLog
from podium.wiring import host_over
from replay.archive import Message
from schemas.games import Games as Configuration
from tests.faults.harm import Harm
from tests.faults.harmed import Harmed
from tests.faults.playing import Games, Running
from tests.faults.venues import Venues, in_order
from tests.faults.viewer import Viewer
from tests.faults.wire import Wire
from tests.replay.folded import digest
from tests.replay.test_stages import games_and_messages

__all__ = ["PROCESSES", "WIRES", "Drill", "played"]

PATIENCE = 180.0  # seconds: the broker, nine processes and this test may share two cores with others
SESSION = 2  # seconds of silence after which a worker's shares go to the others
MESSAGES = 2500  # of the invented Games: its first hours
RATE = 250.0  # messages a second
JUNK = "POI.SON.timing"  # a source that nobody can decode
PROCESSES = {
    "gateway": ("gateway",),
    "worker a1": ("worker", "--set", "a"),
    "worker a2": ("worker", "--set", "a"),
    "worker b1": ("worker", "--set", "b"),
    "edge 1": ("edge",),
    "edge 2": ("edge",),
}
WIRES = {
    "wire of the gateway": ("gateway",),
    "wire of set a": ("worker a1", "worker a2"),
    "wire of edge 1": ("edge 1",),
}


@cache
def played() -> tuple[Configuration, list[Message], str]:
    """Return a Games, its first hours with some messages that nobody can decode, and the digest of one process."""
    games, messages, _ = games_and_messages()
    sent = in_order(messages[:MESSAGES])
    junk = [b"\xff\xfe", b"{}", b'{"kind":"finish"}', b'{"kind":"nonsense","at":1}', b'["not","a","message"]']
    poisoned = []
    for number, message in enumerate(sent):
        if number % 100 == 50:
            serial = number // 100 + 1
            poisoned.append(Message(JUNK, "s", serial, 0, message.time, junk[serial % len(junk)]))
        poisoned.append(message)
    return games, poisoned, digest(sent, games)


class Drill(Harmed):
    """The processes of one drill, and what is done to them."""

    def __init__(self, games: Games, wires: Sequence[Wire], dice: random.Random, brokers: Path | None = None) -> None:
        super().__init__(games, PROCESSES, dict(zip(WIRES.items(), wires, strict=False)), brokers, session=SESSION)
        self.venues = Venues(played()[1], RATE)
        self.viewers = [Viewer(self._edges, random.Random(dice.random())) for _ in range(2)]
        self._viewing: list[asyncio.Task[None]] = []

    def _edges(self) -> list[Running]:
        return [self.alive[name] for name in ("edge 1", "edge 2") if name in self.alive]

    async def start(self, name: str) -> None:
        """Start a process under its name, and return when it answers."""
        await super().start(name)
        if name == "gateway":
            self.venues.port = self.alive[name].lines

    async def run(self, harms: Sequence[Harm]) -> None:
        """Play, with all the harm, to the end, and hold what there is then against what was promised."""
        configuration, _, expected = played()
        log = await asyncio.to_thread(KafkaLog.open, self.games.url)
        viewing = self._viewing
        try:
            await asyncio.to_thread(about.write, log, About(configuration, "live"), 1)
            async with asyncio.TaskGroup() as group:
                for name in PROCESSES:
                    group.create_task(self.start(name))
            viewing += [asyncio.create_task(viewer.run()) for viewer in self.viewers]
            async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
                group.create_task(self.venues.run())
                for harm in harms:
                    group.create_task(self.suffer(harm))
            self.venues.verify(log)
            edge = await asyncio.to_thread(host_over, log)
            await self._until(lambda: self._caught_up(edge, expected), "the content of one process is not reached")
            await self._until(lambda: self._agree(edge), "edges and subscribers do not come to the newest cut")
            self._check(edge)
            for first in self._gone:
                assert await asyncio.to_thread(first.process.wait, 60) == 1
        except BaseException as error:
            error.add_note(self.story())
            raise
        finally:
            for task in viewing:
                task.cancel()
            await asyncio.gather(*viewing, return_exceptions=True)
            await log.close()

    async def _until(self, true: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not any(task.done() for task in self._viewing) and not await asyncio.to_thread(true):  # noqa: ASYNC110 - other processes are waited for
                    await asyncio.sleep(0.2)
        except TimeoutError:
            raise AssertionError(what) from None
        for task in self._viewing:
            if task.done():
                task.result()  # what a subscriber has seen that it must not

    # -- what must be true at the end

    def _caught_up(self, edge: Host, expected: str) -> bool:
        edge.catch_up()
        return edge.views.digest() == expected

    def _agree(self, edge: Host) -> bool:
        edge.catch_up()
        cuts = [viewer.held.cut for viewer in self.viewers]
        with suppress(OSError):
            cuts += [running.cut for running in self._edges()]
            return set(cuts) == {edge.views.cut}
        return False

    def _check(self, edge: Host) -> None:
        names = [name for name in edge.views.names() if edge.views[name].rows]
        hashes = {name: edge.views[name].hash for name in names}
        for viewer in self.viewers:
            held = viewer.held
            assert {name: held.views[name].h for name in held.content()} == hashes
        contents = [running.content() for running in self._edges()]
        assert contents[0] == contents[1]
        assert len(contents) == 2
        listed = set(edge.views["status/undecoded"].rows)
        wanted = {f"{one.source}/{one.session}/{one.serial}" for one in played()[1] if one.source == JUNK}
        assert wanted <= listed

    def story(self) -> str:
        """Say what was done, what the subscribers saw, and what the processes wrote."""
        seen = [
            f"a viewer is at cut {held.cut}, moved {viewer.moves} times, was reset by {held.resets}"
            for viewer, held in ((viewer, viewer.held) for viewer in self.viewers)
        ]
        return "\n".join([*seen, super().story()])
