"""A log in Kafka whose topic ``spread`` has several partitions, as the contract wants one."""

from __future__ import annotations

from engine.kafka_log import KafkaLog
from schemas.layout import Layout, Spread

__all__ = ["PARTITIONS", "open_log"]

PARTITIONS = 3


def open_log(url: str, *, readonly: bool = False) -> KafkaLog:
    """Open the log, making it where there is none."""
    return KafkaLog.open(url, readonly=readonly, layout=Layout({"spread": Spread(PARTITIONS)}))
