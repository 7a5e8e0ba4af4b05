"""Two gateways on one log in Kafka: the newer has it, and the chain of no source breaks."""

from __future__ import annotations

from uuid import uuid4

import pytest

from engine import chain
from engine.errors import Fenced
from engine.gateway import Gateway
from engine.kafka_log import KafkaLog
from tests.engine.conftest import HandClock

Message = tuple[str, str, int, int, int, bytes]


def messages(first: int, last: int) -> list[Message]:
    return [("POOL", "s", serial, 0, serial, b'{"n":%d}' % serial) for serial in range(first, last + 1)]


def gateway(log: KafkaLog, clock: HandClock) -> Gateway:
    """Take the log over, and then read it."""
    fence = log.fence_now("gateway")
    return Gateway(log, clock, fence=fence)


def test_the_newer_of_two_gateways_goes_on_and_the_older_stores_nothing(kafka: str, clock: HandClock) -> None:
    url = f"kafka://{kafka}/{uuid4().hex}"
    with KafkaLog.open(url) as here, KafkaLog.open(url) as there:
        older = gateway(here, clock)
        assert len(older.store(messages(1, 3)).raws) == 3
        newer = gateway(there, clock)
        done = newer.store(messages(1, 5))
        assert ([raw.serial for raw in done.raws], done.duplicates) == ([4, 5], 3)
        with pytest.raises(Fenced):
            older.store(messages(4, 9))
        assert len(newer.store(messages(6, 7)).raws) == 2
        again = gateway(here, clock)  # what had it first may have it back
        assert (again.store(messages(4, 9)).duplicates, again.status("POOL", "s")[0]) == (4, 9)
        report = chain.verify(there)
        assert (report.messages, report.flaws) == (9, ())
