"""Processes under supervision: started, started again when they die, and ended in order.

Each is a child with a session of its own, so that a Ctrl-C meant for the supervisor reaches them as what it decides.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import structlog

__all__ = ["Child", "end_all"]

FIRST_WAIT = 0.5  # seconds before a process that died is started again
LONGEST_WAIT = 30.0
STEADY = 30.0  # seconds after which a start is held to have gone well

_log = structlog.get_logger()


class Child:
    """One process that is to run; what it writes goes to a file of its own."""

    def __init__(self, name: str, words: Sequence[str], environment: Mapping[str, str], file: Path) -> None:
        self.name = name
        self.starts = 0
        self._words = words
        self._environment = environment
        self._file = file
        self._process: Process | None = None
        self._ending = False

    @property
    def pid(self) -> int:
        """The number of its process; 0 where none runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else 0

    async def run(self) -> None:
        """Keep it running until it is told to end."""
        wait = FIRST_WAIT
        loop = asyncio.get_running_loop()
        while not self._ending:
            began = loop.time()
            process = self._process = await self._start()
            code = await process.wait()
            if self._ending:
                return
            wait = FIRST_WAIT if loop.time() - began > STEADY else wait
            _log.warning("process_ended", process=self.name, code=code, again_in=wait, said=str(self._file))
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    async def _start(self) -> Process:
        self.starts += 1
        with self._file.open("ab") as file:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "podium", *self._words),
                env=os.environ | self._environment,
                stdin=DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        if self._ending:  # it was told so meanwhile
            process.terminate()
        return process

    async def end(self, within: float) -> bool:
        """Have it leave in good order; say whether it did so within so many seconds, after which it is killed."""
        self._ending = True
        process = self._process
        if process is None or process.returncode is not None:
            return True
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(within):
                return await process.wait() == 0
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            return False


async def end_all(children: Sequence[Child], within: float) -> list[str]:
    """Have several leave at the same time; return the names of those that did not do so in good order."""
    left = await asyncio.gather(*(child.end(within) for child in children))
    return [child.name for child, well in zip(children, left, strict=True) if not well]
