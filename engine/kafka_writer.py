"""The committer of a Kafka log: a thread that takes what waits, as many appends as there are in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TypeVar

from engine.errors import Fenced, LogClosed, LogError, LogFailed, RecordRefused
from engine.kafka_holder import Holder, Lanes
from engine.kafka_lane import Placed
from engine.kafka_ledger import Ledger
from engine.kafka_record import flaw
from engine.kafka_topics import Topics
from engine.log import Fence, Record

__all__ = ["KafkaWriter"]

MOST = 10_000  # records of several appends that share a transaction


class Append:
    """A batch that wants to be stored."""

    def __init__(self, records: Sequence[Record], fence: Fence | None) -> None:
        self.records = records
        self.fence = fence
        self.outcome: Future[list[int]] = Future()


class TakeOver:
    """A writer that wants to be the newest holder of a name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.outcome: Future[Fence] = Future()


Request = Append | TakeOver
R = TypeVar("R", Append, TakeOver)


class KafkaWriter:
    """Commits for one process; any thread may hand over work."""

    def __init__(self, topics: Topics, ledger: Ledger, lanes: Lanes) -> None:
        self._log = lanes.client.log
        self._topics = topics
        self._ledger = ledger
        self._lanes = lanes
        self._waiting: SimpleQueue[Request | None] = SimpleQueue()
        self._turn = Lock()
        self._closed = False
        self._nobody: Holder | None = None  # who appends without a fence
        self._holders: dict[str, Holder] = {}
        self._thread = Thread(target=self._run, name="log commit", daemon=True)
        self._thread.start()

    def append(self, records: Sequence[Record], fence: Fence | None) -> Future[list[int]]:
        """Put a batch in line; the outcome comes when it is durable."""
        return self._put(Append(records, fence)).outcome

    def take_over(self, name: str) -> Future[Fence]:
        """Put a change of holders in line."""
        return self._put(TakeOver(name)).outcome

    def _put(self, request: R) -> R:
        with self._turn:
            if self._closed:
                raise LogClosed(self._log)
            self._waiting.put(request)
        return request

    def close(self) -> None:
        """Take nothing more, and return when what was taken has its outcome."""
        with self._turn:
            if not self._closed:
                self._closed = True
                self._waiting.put(None)
        self._thread.join()

    # -- in the thread

    def _run(self) -> None:
        going = True
        while going:
            requests = [self._waiting.get()]
            try:
                while len(requests) < MOST:
                    requests.append(self._waiting.get_nowait())
            except Empty:
                pass
            going = None not in requests
            self._commit([one for one in requests if one and one.outcome.set_running_or_notify_cancel()])

    def _commit(self, requests: Sequence[Request]) -> None:
        """Do what is asked in its order; neighbours of the same holder share a transaction."""
        shared: list[Append] = []
        for request in requests:
            if isinstance(request, TakeOver):
                self._append(shared)
                shared = []
                self._settle(request)
            elif refused := self._flaw(request.records):
                request.outcome.set_exception(refused)
            else:
                size = sum(len(one.records) for one in shared) + len(request.records)
                if shared and (shared[0].fence != request.fence or size > MOST):
                    self._append(shared)
                    shared = []
                shared.append(request)
        self._append(shared)

    def _append(self, appends: Sequence[Append]) -> None:
        """Store batches of one holder together."""
        if not appends:
            return
        try:
            positions = self._store([record for one in appends for record in one.records], appends[0].fence)
        except Exception as error:
            for one in appends:
                one.outcome.set_exception(self._known(error))
            return
        begin = 0
        for one in appends:
            end = begin + len(one.records)
            one.outcome.set_result(positions[begin:end])
            begin = end

    def _store(self, records: Sequence[Record], fence: Fence | None) -> list[int]:
        holder = self._holder(fence)
        if not records:
            return []
        self._topics.ensure({record.topic for record in records})
        spread = self._topics.layout.spread
        try:
            return holder.append([Placed(record, spread(record.topic).of(record.key)) for record in records])
        except Fenced as stale:
            self._holders.pop(stale.name, None)
            raise

    def _holder(self, fence: Fence | None) -> Holder:
        """Return who appends under a fence; raises ``Fenced`` where it is known to be stale."""
        if fence is None:
            self._nobody = self._nobody or Holder(self._lanes, self._ledger)
            return self._nobody
        holder = self._holders.get(fence.name)
        if holder is None or holder.fence is None or holder.fence.number < fence.number:
            holder = self._holders[fence.name] = Holder(self._lanes, self._ledger, fence)
        if holder.fence and holder.fence.number != fence.number:
            raise Fenced(self._log, fence.name, fence.number, holder.fence.number)
        return holder

    def _settle(self, change: TakeOver) -> None:
        try:
            change.outcome.set_result(self._take_over(change.name))
        except Exception as error:
            change.outcome.set_exception(self._known(error))

    def _take_over(self, name: str) -> Fence:
        self._holders.pop(name, None)
        holder = self._holders[name] = Holder.take_over(self._lanes, self._ledger, name)
        assert holder.fence
        return holder.fence

    def _flaw(self, records: Sequence[Record]) -> RecordRefused | None:
        for index, record in enumerate(records):
            if reason := flaw(record):
                return RecordRefused(self._log, str(record.topic), index, reason)
        return None

    def _known(self, error: Exception) -> Exception:
        if isinstance(error, LogError):
            return error
        return LogFailed(self._log, "appending", f"{type(error).__name__}: {error}")
