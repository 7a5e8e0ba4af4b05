"""Runs a module as a program with an eye on its loop and its collector: ``watched OUT MODULE ARGUMENT ...``.

OUT gets a line for each time that the loop came late to a timer by more than 20 ms, and for each collection of more
than 5 ms: wall clock, what, milliseconds.
"""

from __future__ import annotations

import asyncio
import gc
import runpy
import sys
import time
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

import uvloop

__all__ = ["Seen", "read"]

LATE = 0.020  # seconds
LONG = 0.005
EVERY = 0.010

Seen = tuple[float, str, float]  # wall clock, what, ms


def read(path: Path) -> list[Seen]:
    """Return what was seen."""
    lines = (line.split() for line in path.read_text().splitlines())
    return [(float(at), what, float(ms)) for at, what, ms in lines]


def _watch_collector(out: TextIO) -> None:
    began = 0.0

    def seen(phase: str, about: dict[str, int]) -> None:
        nonlocal began
        now = time.perf_counter()
        if phase == "start":
            began = now
        elif now - began > LONG:
            out.write(f"{time.time():.3f} gc{about['generation']} {(now - began) * 1000:.1f}\n")

    gc.callbacks.append(seen)


async def _watch_loop(out: TextIO) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + EVERY
        await asyncio.sleep(EVERY)
        late = loop.time() - due
        if late > LATE:
            out.write(f"{time.time():.3f} loop {late * 1000:.1f}\n")


def _watch(out: TextIO) -> None:
    run = uvloop.run

    async def both(main: Coroutine[Any, Any, Any]) -> Any:
        watch = asyncio.create_task(_watch_loop(out))
        try:
            return await main
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch

    def watched(main: Coroutine[Any, Any, Any], **options: Any) -> Any:
        return run(both(main), **options)

    uvloop.run = watched
    _watch_collector(out)


if __name__ == "__main__":
    _, path, module, *arguments = sys.argv
    sys.argv = [module, *arguments]
    with open(path, "w", buffering=1) as file:
        _watch(file)
        try:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        finally:
            gc.callbacks.clear()
