"""The way of accepted messages into the log: one commit at a time, answers after it.

What arrives while a commit runs goes into the next one together. Messages of a source are chained, so when the log
refuses a batch, whatever followed it is given up too; every sender concerned hears ``unavailable``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import structlog

from engine.batch import Answer, Batch, Notify, roll_back
from engine.errors import Fenced, LogClosed
from engine.latency import Latency
from engine.log import Fence, Log, Record
from engine.raw import Raw
from engine.session import Stream

__all__ = ["Pipeline"]

_log = structlog.get_logger()


class Pipeline:
    """Batches on their way to a log. Belongs to one loop, and needs one only when something is taken."""

    def __init__(self, log: Log, fence: Fence | None, latency: Latency) -> None:
        self._log = log
        self._latency = latency
        self._fence = fence
        self._pending = Batch()
        self._committing: Batch | None = None
        self._task: asyncio.Task[None] | None = None
        self.closed = ""  # why nothing is taken any more
        self.failures = 0  # batches that the log has refused

    @property
    def in_flight(self) -> int:
        """Bytes that were taken and are not yet durable."""
        return self._pending.size + (self._committing.size if self._committing else 0)

    @property
    def idle(self) -> bool:
        """Whether all that was taken is durable and answered."""
        return self._committing is None and not self._pending

    def take(self, stream: Stream, raw: Raw) -> None:
        """Apply a message to its stream and put it in line for the log."""
        if not self._pending.raws:
            self._pending.received = self._latency.steady()
        self._pending.take(stream, raw)
        self._wake()

    def refuse(self, record: Record) -> None:
        """Put refused bytes in line for the log."""
        self._pending.refuse(record)
        self._wake()

    def answer(self, notify: Notify, answer: Answer) -> None:
        """Give an answer once all that was taken before is durable, which may be at once."""
        if self.idle:
            notify(answer)
        else:
            self._pending.answers.append((notify, answer))

    async def drain(self) -> None:
        """Return when all that was taken is durable or given up, and answered."""
        while self._task:
            await asyncio.wait([self._task])

    def _wake(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._commit())

    async def _commit(self) -> None:
        try:
            while self._pending:
                batch = self._committing = self._pending
                self._pending = Batch()
                settle = batch.seal()
                try:
                    if records := batch.records + batch.refused:
                        await self._store(batch, records)
                except Exception as error:  # whatever it was, the senders must not wait for ever
                    self._give_up(batch, error)
                else:
                    settle()
                    self._tell(batch.answers)
                self._committing = None  # only now, so that an answer given meanwhile does not overtake these
        finally:
            self._task = None

    async def _store(self, batch: Batch, records: list[Record]) -> None:
        latency = self._latency
        began = latency.steady()
        positions = await self._log.append(records, fence=self._fence)
        latency.commits.observe(latency.steady() - began)
        if batch.raws:
            latency.store(positions[len(batch.raws) - 1], batch.received, len(batch.raws))

    def _give_up(self, batch: Batch, error: Exception) -> None:
        later, self._pending = self._pending, Batch()
        roll_back(batch, later)
        self.failures += 1
        reason = str(error) or type(error).__name__
        _log.error("commit_failed", reason=reason, messages=len(batch.raws) + len(later.raws))
        if isinstance(error, Fenced | LogClosed):
            self.closed = reason
        self._tell(
            (notify, Answer("unavailable", answer.serial, 0, b"", reason, retry=True))
            for notify, answer in batch.answers + later.answers
        )

    def _tell(self, answers: Iterable[tuple[Notify, Answer]]) -> None:
        for notify, answer in answers:
            try:
                notify(answer)
            except Exception as error:  # one sender's trouble is not the next one's
                context = {"message": "a sender could not be told its answer", "exception": error}
                asyncio.get_running_loop().call_exception_handler(context)
