"""One transactional producer: appends that are there whole or not at all, and never in doubt for whoever asks.

A transaction whose commit got no answer may have happened. The lane then takes its own name anew, which has the brokers
finish what was under way, and looks: the records are where the brokers said they would be, or nowhere.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from engine.errors import LogClosed
from engine.kafka_client import Client, error_of
from engine.kafka_record import encode
from engine.log import Record

__all__ = ["Lane", "Placed", "TakenOver"]

TAKEN_OVER = {
    KafkaError._FENCED,
    KafkaError.PRODUCER_FENCED,
    KafkaError.INVALID_PRODUCER_EPOCH,
    KafkaError.INVALID_PRODUCER_ID_MAPPING,
    KafkaError.UNKNOWN_PRODUCER_ID,
}

IsThere = Callable[[str, int, int], bool]  # topic, partition, position -> whether a committed record is there


class Placed(NamedTuple):
    """A record and its partition."""

    record: Record
    partition: int


class TakenOver(Exception):  # noqa: N818 - what happened
    """The lane is not open, or somebody took its name: nothing is stored.

    Whoever opens it anew makes sure first that he may.
    """


class Lane:
    """Appends one batch at a time."""

    def __init__(self, client: Client, name: str, is_there: IsThere, closing: Callable[[], bool]) -> None:
        self._client = client
        self._name = name
        self._is_there = is_there
        self._closing = closing  # whether nobody waits any more for what brokers that are away know
        self._producer: Producer | None = None
        self._left: set[tuple[str, int]] = set()  # topics and partitions that a batch given up may have reached

    def open(self) -> None:
        """Take the name: what anybody had under way under it is finished or given up, and he may write no more."""
        self._producer = None
        producer = self._client.producer(self._name)
        try:
            producer.list_topics(
                timeout=self._client.patience
            )  # once it knows a broker; before, it would look again in half a second
            producer.init_transactions(2 * self._client.patience)
            self._sweep(producer)
        except KafkaException as error:
            raise self._client.failure("taking the right to write", error) from error
        self._producer = producer

    def _sweep(self, producer: Producer) -> None:
        """Make sure that a batch that was given up ends where it began.

        A coordinator that comes up before it knows who leads a partition takes that for deleted, and gives up a
        transaction without a mark there. What lies in it would be committed by the next commit of the same producer: so
        a transaction that is given up at once, of a message that nobody will see, comes first.
        """
        if not self._left:
            return
        producer.begin_transaction()
        for topic, partition in sorted(self._left):
            producer.produce(topic, partition=partition, value=b"")
        producer.flush(self._client.patience)
        producer.abort_transaction(self._client.patience)
        self._left.clear()

    def append(self, batch: Sequence[Placed]) -> list[int]:
        """Store a batch and return the positions; raises ``TakenOver``, or what befell it. Nothing is stored then."""
        if (producer := self._producer) is None:
            raise TakenOver(self._name)
        delivery = Delivery(len(batch))
        try:
            producer.begin_transaction()
            self._send(producer, batch, delivery)
        except KafkaException as error:
            self._give_up(producer, batch, error_of(error))
        except SystemError:  # what the client makes of the end of a producer that has deliveries to tell as well
            self._give_up(producer, batch, KafkaError(KafkaError._FENCED))
        if delivery.error or delivery.missing:
            self._give_up(producer, batch, delivery.error or KafkaError(KafkaError._TIMED_OUT))
        if self._commit(producer) or self._has_happened(batch, delivery.offsets):
            return [offset + 1 for offset in delivery.offsets]
        raise TakenOver(self._name)

    def _send(self, producer: Producer, batch: Sequence[Placed], delivery: Delivery) -> None:
        for index, (record, partition) in enumerate(batch):
            message = encode(record)
            while True:
                try:
                    producer.produce(
                        self._client.name(record.topic),
                        partition=partition,
                        on_delivery=partial(delivery.told, index),
                        **message,
                    )
                except BufferError:  # its queue is full
                    producer.poll(0.1)
                else:
                    break
        producer.flush(2 * self._client.patience)

    def _give_up(self, producer: Producer, batch: Sequence[Placed], error: KafkaError) -> None:
        """Forget a transaction that was not to be committed yet; raises always."""
        self._producer = None
        if error.code() in TAKEN_OVER:
            raise TakenOver(self._name)
        self._left.update((self._client.name(record.topic), partition) for record, partition in batch)
        try:
            producer.abort_transaction(2.0)
            self._sweep(producer)
        except KafkaException:  # opening anew aborts it too, and so does time
            pass
        else:
            self._producer = producer
        raise self._client.failure("appending", error)

    def _commit(self, producer: Producer) -> bool:
        """Commit; False where the outcome is unknown."""
        while True:
            try:
                producer.commit_transaction(self._client.patience)
            except KafkaException as error:
                if not error_of(error).retriable():
                    return False
                self._stop_if_closing()
            else:
                return True

    def _has_happened(self, batch: Sequence[Placed], offsets: Sequence[int]) -> bool:
        """Find out what became of a commit; waits for the brokers as long as it takes."""
        (record, partition), offset = batch[0], offsets[0]
        while True:
            try:
                self.open()
                return self._is_there(record.topic, partition, offset + 1)
            except Exception:  # whatever it is: as long as it is unknown, nothing else may be said
                self._stop_if_closing()
                time.sleep(0.1)
            finally:
                self._producer = None  # it was opened without asking whether it may write

    def _stop_if_closing(self) -> None:
        if self._closing():
            raise LogClosed(self._client.log)


class Delivery:
    """What the brokers said of the messages of a batch."""

    def __init__(self, count: int) -> None:
        self.missing = count
        self.offsets = [-1] * count
        self.error: KafkaError | None = None

    def told(self, index: int, error: KafkaError | None, message: Message) -> None:
        """Take down where a message is, or why it is nowhere."""
        self.missing -= 1
        self.offsets[index] = message.offset() or 0
        # The first says why; of those behind it the client only says that they were purged.
        if error is not None and (self.error is None or self.error.code() == KafkaError._PURGE_QUEUE):
            self.error = error
