"""Another process that uses the same log: ``log_process.py MODULE:CALLABLE JSON-KEYWORDS``.

Opens a log, says so, then does what it is told: a JSON list a line on stdin, one JSON line of answer on stdout.
``["follow", topic, after]`` goes on answering, a line for each batch, until the process is killed.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

from engine.errors import EngineError
from engine.log import Fence, Log, Record


async def open_log(opener: str, keywords: dict[str, Any]) -> Log:
    """Open a log by the name of what opens it."""
    module, _, name = opener.partition(":")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    opened = found(**keywords)
    log: Log = await opened if inspect.isawaitable(opened) else opened
    return log


async def obey(log: Log, order: list[Any]) -> AsyncIterator[object]:
    """Do one order; yields the answers."""
    match order:
        case ["append", topic, texts]:
            yield await log.append([Record(topic, "K", text.encode(), 1) for text in texts])
        case ["fence", name]:
            yield (await log.fence(name)).number
        case ["append under", name, number, topic, texts]:
            records = [Record(topic, "K", text.encode(), 1) for text in texts]
            yield await log.append(records, fence=Fence(name, number))
        case ["head", topic]:
            yield log.head(topic)
        case ["read", topic, after]:
            yield [stored.value.decode() for stored in log.read(topic, after)]
        case ["partitions", topic, keys]:
            yield [log.partition_of(topic, key) for key in keys]
        case ["follow", topic, after]:
            yield "following"
            async for batch in log.follow(topic, after):
                yield [stored.value.decode() for stored in batch]
        case _:
            yield f"no such order: {order}"


async def main() -> None:
    """Open, answer, and obey until stdin ends."""
    try:
        log = await open_log(sys.argv[1], json.loads(sys.argv[2]))
    except EngineError as error:
        print(json.dumps([type(error).__name__, str(error)]), flush=True)
        return
    print(json.dumps("open"), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        async for answer in obey(log, json.loads(line)):
            print(json.dumps(answer), flush=True)
    await log.close()


asyncio.run(main())
