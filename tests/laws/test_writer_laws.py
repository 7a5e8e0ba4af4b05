"""Laws of the writer: whatever fails, in whatever order, every command happens once or not at all, as it was answered.

The log is a list with fences. A machine sends bursts, some of them again, lets the log refuse or lose an answer, saves
snapshots, restarts, and wakes a writer that another one has replaced; the model is what was answered.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from desks.codec import Codec, decode_outcome
from desks.errors import NotServed, Unavailable
from desks.outcome import Outcome
from desks.partitions import Partitions
from desks.topics import COMMANDS, EVENTS, REPLIES
from desks.writer import Writer
from engine.errors import Fenced, LogFailed
from engine.log import Fence, Record, Stored
from management.command import Actor, Grant, Received
from tests.desks.tally import TALLY, Add, Break, Limit, Ring

SYSTEM = Actor("system", (Grant("SYSTEM"),))
PARTITIONS = Partitions(2)
KEYS = st.sampled_from(["ct:A", "ct:B", "ct:C"])
COMMAND = st.sampled_from([Add(1), Add(1), Add(2, steps=3), Add(200), Ring(5), Break("decide"), Break("evolve")])
CODEC = Codec(b"pepper", {"ct": TALLY})


class ListLog:
    """A log in a list, with fences, that refuses and loses answers as it is told."""

    id = "0" * 32

    def __init__(self) -> None:
        self.records: dict[str, list[Stored]] = {}
        self.fences: Counter[str] = Counter()
        self.refusals = 0
        self.lost_answers = 0

    async def append(self, records: Sequence[Record], *, fence: Fence | None = None) -> list[int]:
        await asyncio.sleep(0)
        if fence and self.fences[fence.name] != fence.number:
            raise Fenced("list", fence.name, fence.number, self.fences[fence.name])
        if self.refusals:
            self.refusals -= 1
            raise LogFailed("list", "appending", "told to")
        positions = []
        for one in records:
            topic = self.records.setdefault(one.topic, [])
            topic.append(Stored(len(topic) + 1, one.topic, one.key, one.value, one.time, dict(one.headers)))
            positions.append(len(topic))
        if self.lost_answers:
            self.lost_answers -= 1
            raise LogFailed("list", "appending", "the answer was lost")
        return positions

    def read(self, topic: str, after: int = 0, *, limit: int = 1000, partition: int = 0) -> list[Stored]:
        return self.records.get(topic, [])[after : after + limit]

    def partitions(self, topic: str) -> int:
        return 1

    async def fence(self, name: str) -> Fence:
        self.fences[name] += 1
        return Fence(name, self.fences[name])


class WriterMachine(RuleBasedStateMachine):
    """One log, the writer that has it, and perhaps one that thinks so."""

    @initialize()
    def start(self) -> None:
        self.log: Any = ListLog()
        self.loop = asyncio.new_event_loop()
        self.time = 1_000_000
        self.sent: list[Received[Any]] = []
        self.answered: dict[str, Outcome] = {}
        self.asleep: Writer | None = None
        self.writer = self.loop.run_until_complete(self.open())

    def clock(self) -> int:
        self.time += 1
        return self.time

    async def open(self) -> Writer:
        return await Writer.open(
            self.log,
            {"ct": Limit(1000)},
            self.clock,
            b"pepper",
            partitions=PARTITIONS,
            aggregates={"ct": TALLY},
            snapshot_every=7,
        )

    async def send(self, writer: Writer, wishes: list[Received[Any]]) -> None:
        outcomes = await asyncio.gather(*(writer.submit(wish) for wish in wishes), return_exceptions=True)
        for wish, outcome in zip(wishes, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                assert isinstance(outcome, NotServed | Unavailable)
            elif outcome.refusal is None or outcome.refusal.code != "POISON":
                assert self.answered.setdefault(wish.id, outcome) == outcome
            else:
                assert isinstance(wish.command, Break)

    @rule(
        wishes=st.lists(st.tuples(KEYS, COMMAND, st.sampled_from([None, None, None, 0, 3])), min_size=1, max_size=8),
        again=st.lists(st.integers(0, 60), max_size=4),
        refusals=st.sampled_from([0, 0, 0, 1, 2]),
        lost_answers=st.sampled_from([0, 0, 0, 1]),
        zombie=st.booleans(),
    )
    def burst(
        self,
        wishes: list[tuple[str, Any, int | None]],
        again: list[int],
        refusals: int,
        lost_answers: int,
        zombie: bool,
    ) -> None:
        """Send new commands and old ones, to the writer or to the one that was replaced."""
        new = [
            Received(str(UUID(int=len(self.sent) + n)), key, command, SYSTEM, 7, expected)
            for n, (key, command, expected) in enumerate(wishes, 1)
        ]
        self.sent += new
        batch = new + [self.sent[n % len(self.sent)] for n in again]
        self.log.refusals, self.log.lost_answers = refusals, lost_answers
        writer = self.asleep if zombie and self.asleep else self.writer
        self.loop.run_until_complete(self.send(writer, batch))
        self.log.refusals = self.log.lost_answers = 0

    @rule(refuses=st.booleans())
    def save(self, refuses: bool) -> None:
        """Write a snapshot, or not, as the log refuses."""
        self.log.refusals = int(refuses)

        async def save() -> None:
            try:
                await self.writer.save()
            except LogFailed:
                assert refuses

        self.loop.run_until_complete(save())
        self.log.refusals = 0

    @rule()
    def replace(self) -> None:
        """Another writer takes over, and the one before does not know."""
        self.asleep = self.writer
        self.writer = self.loop.run_until_complete(self.open())

    @invariant()
    def what_was_answered_is_on_the_log_and_nothing_is_there_twice(self) -> None:
        replies = [decode_outcome(stored.value) for stored in self.log.read(REPLIES, limit=10**6)]
        by_id = {reply.id: reply for reply in replies}
        assert len(by_id) == len(replies) == len(self.log.read(COMMANDS, limit=10**6))
        assert {name: by_id.get(name) for name in self.answered} == self.answered
        events = [CODEC.decode_event(stored.key, stored.value) for stored in self.log.read(EVENTS, limit=10**6)]
        assert [event.id for event in events] == [event for reply in replies for event in reply.events]
        versions: dict[str, list[int]] = {}
        for event in events:
            versions.setdefault(event.key, []).append(event.version)
        assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in versions.values())

    @invariant()
    def the_writer_holds_what_a_fresh_one_would_read(self) -> None:
        if self.writer.serves == (0, 1):
            fresh = Writer(
                self.log, {"ct": Limit(1000)}, self.clock, b"", partitions=PARTITIONS, aggregates={"ct": TALLY}
            )
            found = self.loop.run_until_complete(fresh._recover((0, 1), {}))
            assert [found[n].partition.digest() for n in (0, 1)] == [self.writer.digest(n) for n in (0, 1)]

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            self.loop.close()


TestWriter = WriterMachine.TestCase
TestWriter.settings = settings(stateful_step_count=25)
