"""Work that goes on for as long as its process does, whatever the log says meanwhile."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

from engine.errors import LogError

__all__ = ["LONGEST_WAIT", "again"]

LONGEST_WAIT = 5.0  # seconds until work that the log refused is begun anew


async def again(work: Callable[[], Awaitable[None]], interrupted: Callable[[LogError], object]) -> None:
    """Do work that should never end, and begin it anew, with growing pauses, where the log refuses or it ends."""
    wait = 0.1
    while True:
        began = asyncio.get_running_loop().time()
        try:
            await work()
        except LogError as error:
            interrupted(error)
        if asyncio.get_running_loop().time() - began > LONGEST_WAIT:
            wait = 0.1
        await asyncio.sleep(wait * random.uniform(0.5, 1.0))
        wait = min(LONGEST_WAIT, 2 * wait)
