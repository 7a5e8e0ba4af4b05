"""Waiting for what other processes do: long, since a busy machine is slow, and no moment longer than it takes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

__all__ = ["until", "until_beside"]

PATIENCE = 180.0  # seconds: on CI a broker, many processes and the test share two cores
LOOK_EVERY = 0.1

T = TypeVar("T")


def until(found: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    """Return what is found once it is something; fail with ``what`` it is that does not come."""
    end = time.monotonic() + patience
    while not (it := found()):
        assert time.monotonic() < end, what
        time.sleep(LOOK_EVERY)
    return it


async def until_beside(found: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    """Look in threads, so that the loop goes on meanwhile."""
    end = time.monotonic() + patience
    while not (it := await asyncio.to_thread(found)):
        assert time.monotonic() < end, what
        await asyncio.sleep(LOOK_EVERY)
    return it
