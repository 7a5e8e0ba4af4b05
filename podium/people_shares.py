"""The partitions of the people side on a log in Kafka: each process gets its share of them, and takes it over.

Membership is that of the workers (``engine/shares.py``): who falls silent for a session loses his share to the others.
That he may be asleep and come back does no harm: the fence of each partition is with whoever took it over last.
"""

from __future__ import annotations

import asyncio

import structlog

from desks.errors import BrokenHistory, DesksError, OtherPartitions
from desks.office import Office
from engine.errors import EngineError
from engine.kafka_log import KafkaLog, parse
from engine.log import Record
from engine.shares import SESSION, Shares
from podium.wiring import wall_clock
from schemas.layout import PEOPLE_SHARES

__all__ = ["share"]

LOOK_EVERY = 0.5  # seconds between two looks whether a partition is still ours
PAUSE = 1.0  # seconds until one that could not be taken is tried again

_log = structlog.get_logger()


async def share(log: KafkaLog, office: Office, address: str, session: float = SESSION) -> None:
    """Decide for a share of the partitions, as one of a group, until cancelled."""
    servers, prefix = parse(log.url)
    await log.append([Record(PEOPLE_SHARES, "people", b"a process began", wall_clock())])  # and so the topic is there
    topic = f"{prefix}.{PEOPLE_SHARES}" if prefix else PEOPLE_SHARES

    async def decide_for(number: int) -> None:
        try:
            while True:
                await _take(office, number, address)
                while number in office.writer.serves:  # noqa: ASYNC110 - it is looked at, twice a second
                    await asyncio.sleep(LOOK_EVERY)
                _log.warning("people_partition_lost", partition=number)
                await asyncio.sleep(session)  # if we were asleep, others have it, and we are about to hear of that
        finally:
            await office.release([number])

    await Shares(servers, topic, f"{prefix or 'podium'}.people", decide_for, session=session).run()


async def _take(office: Office, number: int, address: str) -> None:
    while True:
        try:
            await office.acquire([number], address)
        except (BrokenHistory, OtherPartitions):
            raise
        except (DesksError, EngineError) as error:
            _log.warning("people_partition_not_taken", partition=number, why=str(error))
            await asyncio.sleep(PAUSE)
        else:
            _log.info("people_partition_taken", partition=number)
            return
