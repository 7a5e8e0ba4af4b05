"""Appending to a Kafka log without a transaction, for records of which copies do no harm.

A transaction costs several round trips and a mark in every partition. What a stage hands to the next needs none: it is
read by its place, once, however often it is stored (``engine/parts.py``).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from threading import Lock

from confluent_kafka import KafkaError, Message, Producer

from engine.errors import RecordRefused
from engine.kafka_client import Client
from engine.kafka_record import encode, flaw
from engine.kafka_topics import Topics
from engine.log import Record

__all__ = ["LooseProducer"]


class LooseProducer:
    """One producer for all threads of a log."""

    def __init__(self, client: Client, topics: Topics) -> None:
        self._client = client
        self._topics = topics
        self._turn = Lock()
        self._producer: Producer | None = None

    def send(self, records: Sequence[Record]) -> None:
        """Append records and return once they are durable; raises what befell them."""
        for index, record in enumerate(records):
            if reason := flaw(record):
                raise RecordRefused(self._client.log, str(record.topic), index, reason)
        self._topics.ensure({record.topic for record in records})
        producer = self._ready()
        errors: list[KafkaError] = []
        waiting = len(records)

        def told(error: KafkaError | None, _message: Message) -> None:
            nonlocal waiting
            waiting -= 1
            if error is not None:
                errors.append(error)

        for record in records:
            place = self._topics.layout.spread(record.topic).of(record.key)
            while True:
                try:
                    producer.produce(
                        self._client.name(record.topic), partition=place, on_delivery=told, **encode(record)
                    )
                except BufferError:  # its queue is full
                    producer.poll(0.1)
                else:
                    break
        end = time.monotonic() + 2 * self._client.patience
        while waiting and not errors and time.monotonic() < end:
            producer.flush(0.05)  # others flush as well, and may be the ones who hear of ours
        if errors or waiting:
            raise self._client.failure("appending", errors[0] if errors else KafkaError(KafkaError._TIMED_OUT))

    def _ready(self) -> Producer:
        with self._turn:
            if self._producer is None:
                self._producer = self._client.loose_producer()
            return self._producer
