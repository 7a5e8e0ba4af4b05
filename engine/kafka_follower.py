"""Following a partition of a Kafka log: a consumer that waits at the end, in a thread of its own.

It is the broker that waits: it answers when something is committed, and half a second after at the latest.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from confluent_kafka import Consumer, KafkaError, TopicPartition

from engine.errors import NoPartition
from engine.kafka_client import Client, passes
from engine.kafka_record import decode
from engine.kafka_topics import Topics
from engine.log import Stored

__all__ = ["KafkaFollower"]

LOOK = 0.25  # seconds after which a follower looks whether the log was closed
FIND_TOPIC = 0.2  # seconds between two looks for a topic, while there is none
BATCH = 1000  # records that a follower gets at once, at most


class KafkaFollower:
    """Reads on for ever. Belongs to one thread at a time."""

    def __init__(self, client: Client, topics: Topics, topic: str, after: int, partition: int) -> None:
        self._client = client
        self._topics = topics
        self._topic = topic
        self._partition = partition
        self._after = after
        self._consumer: Consumer | None = None
        self._ended = 0  # the offset at which the brokers last said that there is no more
        self.reach = after  # position of the newest record that it has heard of, or of a mark behind it

    def next(self, closed: Callable[[], bool]) -> list[Stored]:
        """Return what comes next; [] once the log is closed."""
        while not closed():
            if self._consumer is None and not self._begin():
                time.sleep(FIND_TOPIC)
            elif batch := self._wait():
                return batch
        return []

    def _begin(self) -> bool:
        """Begin to read where the topic is there."""
        if not 0 <= self._partition < self._topics.partitions(self._topic):
            raise NoPartition(self._client.log, self._topic, self._partition)
        if not self._topics.exists(self._topic):
            return False
        self._consumer = self._client.consumer(
            isolation_level="read_committed", enable_partition_eof=True, queued_max_messages_kbytes=16_384
        )
        self._consumer.assign([self._place])
        return True

    @property
    def _place(self) -> TopicPartition:
        return TopicPartition(self._client.name(self._topic), self._partition, self._after)

    def _wait(self) -> list[Stored]:
        assert self._consumer
        first = self._consumer.poll(LOOK)
        if first is None:
            self._look()
            return []
        batch = []
        for message in (first, *self._consumer.consume(BATCH - 1, timeout=0)):
            if (error := message.error()) is None:
                batch.append(decode(message, self._topic))
            elif error.code() == KafkaError._PARTITION_EOF:
                self._ended = message.offset() or 0
            elif not passes(error):
                raise self._client.failure(f"following {self._topic}", error)
        if batch:
            self._after = batch[-1].position
        self._look()
        return batch

    def _look(self) -> None:
        """Take from what the brokers said anyway how far the partition goes; its end may be a mark of theirs."""
        assert self._consumer
        _, end = self._consumer.get_watermark_offsets(self._place, cached=True)
        self.reach = self._after if end <= self._ended else max(end, self._after)

    def close(self) -> None:
        """Let go of the brokers."""
        if self._consumer:
            self._consumer.close()
