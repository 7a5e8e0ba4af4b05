"""Group commit: requests that arrive while a commit runs, or in the same turn of the loop, share the next."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from engine.sqlite_writer import Append, Request, SqliteWriter

__all__ = ["CommitQueue"]


class CommitQueue:
    """Gathers requests on one loop and has the writer commit them, on the loop or in a thread of its own."""

    def __init__(self, writer: SqliteWriter, *, on_loop: bool) -> None:
        self._writer = writer
        self._thread = None if on_loop else ThreadPoolExecutor(1, thread_name_prefix="log commit")
        self._waiting: list[tuple[Request, asyncio.Future[None]]] = []
        self._loop: asyncio.AbstractEventLoop | None = None  # where a commit is due or under way

    async def submit(self, request: Request) -> None:
        """Return when the request is durable; raises what befell it."""
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[None] = loop.create_future()
        self._waiting.append((request, outcome))
        if self._loop is not loop:  # the one that it was may have ended before its turn came
            self._loop = loop
            loop.call_soon(self._flush)  # after whatever else is ready in this turn, so that it shares the commit
        await outcome

    async def drain(self) -> None:
        """Return when all that was submitted has its outcome."""
        if self._loop:
            await self.submit(Append([]))  # which stands behind it

    def close(self) -> None:
        """Let go of the thread; whatever still waits is left to the writer, on the loop, to refuse."""
        if self._thread:
            self._thread.shutdown()
            self._thread = None

    def _flush(self) -> None:
        batch = [(request, outcome) for request, outcome in self._waiting if not outcome.done()]  # done: cancelled
        self._waiting.clear()
        if not batch or self._loop is None:
            self._loop = None
            return
        requests = [request for request, _ in batch]
        if self._thread is None:
            self._loop = None
            self._writer.commit(requests)
            _settle(batch)
            return
        # Only what waits for the storage goes to the thread: each of SQLite's calls hands the interpreter lock over and
        # has to get it back from a busy loop, up to 5 ms a row.
        if staged := self._writer.stage(requests, wait=False):
            work = self._loop.run_in_executor(self._thread, self._writer.finish, staged)
        else:
            work = self._loop.run_in_executor(self._thread, self._writer.commit, requests)

        def committed(_: asyncio.Future[None]) -> None:
            _settle(batch)
            self._flush()

        work.add_done_callback(committed)


def _settle(batch: Sequence[tuple[Request, asyncio.Future[None]]]) -> None:
    """Tell each caller its outcome."""
    for request, outcome in batch:
        if outcome.done():  # cancelled while the commit ran
            continue
        if request.error:
            outcome.set_exception(request.error)
        else:
            outcome.set_result(None)
