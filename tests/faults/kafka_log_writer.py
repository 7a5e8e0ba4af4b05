"""A process that writes a log in Kafka as hard as it can and tells what was acknowledged: ``kafka_log_writer.py URL``.

As ``log_writer.py`` does for a file, and under the fence ``writer``.
"""

from __future__ import annotations

import asyncio
import os
import sys
from itertools import count

from engine.kafka_log import KafkaLog
from engine.log import Fence
from tests.faults.acknowledged import batch_of

TASKS = 8


async def write(log: KafkaLog, fence: Fence, name: str) -> None:
    """Append for ever."""
    for n in count():
        batch = batch_of(f"{name}.{n}", 1 + n % 5)
        await log.append(batch, fence=fence)
        os.write(1, f"{name}.{n} {1 + n % 5}\n".encode())  # one write, so that a kill leaves whole lines


async def main() -> None:
    """Write until killed."""
    log = KafkaLog.open(sys.argv[1])
    fence = await log.fence("writer")
    os.write(1, b"open\n")
    await asyncio.gather(*(write(log, fence, f"{os.getpid()}.{task}") for task in range(TASKS)))


asyncio.run(main())
