"""A historian beside a serving process: a process of its own, so that live views never wait for the history.

It is started again whenever it ends, after a while that grows; until then questions get ``history_down``. What it
misses it reads from the log when it is back.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from pathlib import Path

import structlog

from engine.history.door import ask_owner
from engine.history.place import Place, parse
from engine.history.questions import Question
from podium.config import variable
from podium.errors import OperatorError
from podium.settings import Logging

__all__ = ["HISTORY", "HistorianProcess", "place_of"]

HISTORY = "PODIUM_HISTORY"  # the environment variable that names a history, since its URL may hold a password
FIRST_WAIT = 1.0  # seconds before it is started again
LONGEST_WAIT = 60.0
STEADY = 60.0  # seconds after which a start is held to have gone well
END_WITHIN = 15.0  # seconds for the insert under way when it is told to end

_log = structlog.get_logger()


def place_of(text: str) -> Place:
    """Return the place of a history as an operator named it."""
    try:
        return parse(text)
    except ValueError as error:
        raise OperatorError(str(error)) from error


class HistorianProcess:
    """Keeps a historian running, and asks it."""

    def __init__(self, log: Path, history: str, logging: Logging) -> None:
        """Make it for a log; raises ``OperatorError`` where ``history`` names no history."""
        self._log = log
        self._logging = logging
        self._history = history
        self._place = place_of(history)

    async def ask(self, question: Question) -> bytes:
        """Return the JSON of an answer; raises ``HistoryError`` where the historian is not there, or cannot answer."""
        return await ask_owner(self._place.seat(self._log), self._place.name, question)

    async def run(self) -> None:
        """Keep it running until cancelled."""
        wait = FIRST_WAIT
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            process = await self._start()
            try:
                code = await process.wait()
            except asyncio.CancelledError:
                await _end(process)
                raise
            wait = FIRST_WAIT if loop.time() - started > STEADY else wait
            _log.warning("historian_ended", history=self._place.name, code=code, again_in=wait)
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    async def _start(self) -> Process:
        words = ("-m", "podium", "historian", "--log", str(self._log), "--until-eof")
        said = {
            HISTORY: self._history,
            variable("logging.format"): self._logging.format,
            variable("logging.level"): self._logging.level,
            variable("operations.port"): "0",  # any: the server has the one that is set
        }
        return await asyncio.create_subprocess_exec(
            sys.executable, *words, env=os.environ | said, stdin=PIPE, stdout=DEVNULL
        )


async def _end(process: Process) -> None:
    """Let it finish what it writes, and see it gone."""
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(END_WITHIN):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
