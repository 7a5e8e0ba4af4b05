"""A worker: runs the stages of the partitions that it is given, and saves where they stand.

What it writes may be written again by whoever takes a partition over: readers drop copies by their place
(``engine/parts.py``). What it has saved includes only what it has written before.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import msgspec

from engine.approach import reached_record
from engine.epochs import topic_of
from engine.folds import Decoding, Results
from engine.histogram import Histogram
from engine.latency import ARCHIVED, BOUNDS
from engine.log import CopyLog, Log, Stored
from engine.raw import RAW
from engine.saved_state import Place, SavedStates, Saving
from engine.stages import EVENTS, DecodePartition, FoldPartition

__all__ = ["Place", "Rules", "Stage", "Worker"]

BATCH = 2000  # records read at once

Stage = DecodePartition | FoldPartition


class Rules(msgspec.Struct, frozen=True):
    """What all workers of a Games agree on."""

    epoch: str
    make_decoding: Callable[[], Decoding]
    make_results: Callable[[], Results]


class _Job:
    """The work of one partition."""

    def __init__(self, stage: Stage, saving: Saving) -> None:
        self.stage = stage
        self.saving = saving
        self.turn = asyncio.Lock()  # its state is saved only when what it has written is durable
        self.stored = False  # whether a whole state of ours lies in the log
        self.changed = False  # since it was saved
        self.reached = stage.position  # what follows from all up to here is durable
        self.told = -1  # how much of that was told


class Worker:
    """The partitions that one process works on."""

    def __init__(self, log: Log, rules: Rules, name: str, now: Callable[[], int]) -> None:
        self.log = log
        self.name = name  # of its set: workers of another set do the same work beside it
        self.read = 0  # records, since it was started
        self.batch = BATCH  # records that are worked on before anything else has its turn
        self.epoch = rules.epoch
        self.records: Counter[str] = Counter()  # the same by topic
        # From the gateway's clock to what follows being durable, by the topic that was read; as the oldest of a batch.
        self.times = {RAW: Histogram(BOUNDS), EVENTS: Histogram(BOUNDS)}
        self._rules = rules
        self._states = SavedStates(log, rules.epoch, name)
        self._pass_on = log.pass_on if isinstance(log, CopyLog) else log.append
        self._now = now  # wall clock, microseconds
        self._jobs: dict[Place, _Job] = {}

    @property
    def places(self) -> list[Place]:
        """The partitions that it works on."""
        return sorted(self._jobs)

    def position(self, place: Place) -> int:
        """Return how far a partition that it works on is read."""
        return self._jobs[place].stage.position

    def source(self, topic: str) -> str:
        """Return the topic that is read for the raw one, or for the family of the events."""
        return topic if topic == RAW else topic_of(topic, self.epoch)

    async def work(self, topic: str, partition: int) -> None:
        """Do the work of a partition until cancelled: from where its saved state stands, then as records come.

        ``topic`` is the raw one, or the family of the events, of which those of our epoch are meant.
        """
        stage, saving = await self.load(topic, partition)
        job = self._jobs[topic, partition] = _Job(stage, saving)
        try:
            async for batch in self.log.follow(self.source(topic), stage.position, partition=partition):
                size = self.batch
                for begin in range(0, len(batch), size):
                    await self._take(job, batch[begin : begin + size])
                    self._count(topic, batch[begin : begin + size])
        finally:
            # Its state may be ahead of what it has written: whoever works on it next reads what was saved.
            del self._jobs[topic, partition]

    async def _take(self, job: _Job, batch: list[Stored]) -> None:
        """Work on records and return once what follows from them is durable."""
        async with job.turn:
            records = job.stage.take(batch)
            if records:
                await self._pass_on(records)
            job.changed = True
            job.reached = job.stage.position

    def _count(self, topic: str, batch: list[Stored]) -> None:
        self.read += len(batch)
        self.records[topic] += len(batch)
        took = (self._now() - batch[0].time) / 1_000_000
        if took < ARCHIVED:
            self.times[topic].observe(max(0.0, took), len(batch))

    async def tell(self) -> None:
        """Say in the log how far each partition has come, where that is further than was said."""
        jobs = [(place, job, job.reached) for place, job in self._jobs.items() if job.reached > job.told]
        time = self._now()
        records = [reached_record(self.epoch, place, reached, time) for place, _, reached in jobs]
        if records:
            await self._pass_on(records)
        for _, job, reached in jobs:
            job.told = reached

    # -- state ---------------------------------------------------------------------------------------------------

    async def load(self, topic: str, partition: int) -> tuple[Stage, Saving]:
        """Return the stage of a partition as it was last saved, fresh where it never was, and what saves it."""
        place = (topic, partition)
        saved = await self._states.load(place)
        stage = self._fresh(topic, partition)
        if saved.slots:
            stage.load(saved.slots)
        return stage, self._states.saving(place, saved)

    def _fresh(self, topic: str, partition: int) -> Stage:
        if topic == RAW:
            return DecodePartition(
                self._rules.make_decoding(), self.epoch, partition, lambda key: self.log.partition_of(EVENTS, key)
            )
        return FoldPartition(self._rules.make_results(), self.epoch, partition)

    async def save(self) -> int:
        """Save the state of each partition that changed since it was last saved; return how many bytes that were."""
        size = 0
        for place, job in list(self._jobs.items()):
            async with job.turn:
                if job.changed and place in self._jobs:
                    size += await self._save(job)
        return size

    async def _save(self, job: _Job) -> int:
        whole = not job.stored
        job.stored = False  # should this fail, the whole is saved next: what was handed over is not handed over again
        slots = await asyncio.to_thread(job.stage.dump, whole=whole)  # the other partitions go on meanwhile
        await self.log.append(job.saving.records(slots, job.stage.position, self._now()))
        job.saving.saved()
        job.stored, job.changed = True, False
        return sum(map(len, slots.values()))
