"""How processes and tasks end: at a signal in good order, at a second one at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from signal import SIGINT, SIGTERM
from typing import Any

__all__ = ["at_signal", "end"]

SIGNALS = (SIGINT, SIGTERM)


@contextmanager
def at_signal(leave: Callable[[], Awaitable[None]], stop: Callable[[], object]) -> Iterator[None]:
    """Within a block, at SIGINT or SIGTERM, await ``leave`` and then call ``stop``; at a second one call it at once."""
    loop = asyncio.get_running_loop()
    leaving: list[asyncio.Task[None]] = []

    async def depart() -> None:
        try:
            await leave()
        finally:  # whatever went wrong with it, whoever stops a process means it
            stop()

    def obey() -> None:
        if leaving:
            stop()
        else:
            leaving.append(asyncio.create_task(depart()))

    for number in SIGNALS:
        loop.add_signal_handler(number, obey)
    try:
        yield
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
        for task in leaving:
            task.cancel()


async def end(task: asyncio.Task[Any]) -> None:
    """Cancel a task and wait until it has ended."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
