"""Reading a Kafka log: only what is committed, and of a commit either all or nothing.

Brokers show a commit partition by partition. So a read first asks how far the partition goes with all that is under
way, and goes on until all of it is decided: whoever has seen one record of a batch finds the others, wherever they are.
That takes milliseconds; behind a writer that died in the middle, the seconds until the brokers give its batch up.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from engine.errors import LogClosed, LogFailed, NoPartition
from engine.kafka_client import Client, error_of, passes
from engine.kafka_record import decode
from engine.kafka_topics import Topics
from engine.log import Stored

__all__ = ["KafkaReader"]

MOST_CURSORS = 8  # consumers that are kept
LONGEST_WAIT = 3  # times as long as brokers may take: they give up a dead writer before it
STEP = 32  # records back from the end, at first, in which the newest is looked for

Place = tuple[str, int]  # topic, partition


class Cursor:
    """A consumer that reads on from where it stopped, or begins elsewhere."""

    def __init__(self, client: Client) -> None:
        self.place: Place | None = None  # None: it reads nothing
        self.offset = 0  # of what it reads next
        self._known: set[str] = set()
        self._longest_wait = LONGEST_WAIT * client.patience  # seconds without a record that is expected
        self._client = client
        self._consumer: Consumer = client.consumer(
            isolation_level="read_committed",
            enable_partition_eof=True,
            fetch_wait_max_ms=5,  # so that it soon hears where a partition ends
            queued_max_messages_kbytes=16_384,
        )

    def seek(self, place: Place, offset: int) -> None:
        """Read on from an offset."""
        if (self.place, self.offset) != (place, offset):
            name = self._client.name(place[0])
            if name not in self._known:  # told where a topic is, it begins at once, and otherwise in a second
                try:
                    self._consumer.list_topics(name, timeout=self._client.patience)
                except KafkaException as error:
                    raise self._client.failure(f"reading {place[0]}", error) from error
                self._known.add(name)
            self._consumer.assign([TopicPartition(name, place[1], offset)])
            self.place, self.offset = place, offset

    def take(self, limit: int, end: int) -> tuple[list[Stored], int]:
        """Return up to ``limit`` records, all where they are fewer, and how far it then is; ``end`` bounds the wait."""
        assert self.place
        topic = self.place[0]
        taken: list[Stored] = []
        give_up = time.monotonic() + self._longest_wait
        while len(taken) < limit and self.offset < end:
            message = self._consumer.poll(1.0)
            error = None if message is None else message.error()
            if message is not None and error is None:
                taken.append(decode(message, topic))
                self.offset = taken[-1].position
                give_up = time.monotonic() + self._longest_wait
            elif message is not None and error is not None and error.code() == KafkaError._PARTITION_EOF:
                self.offset = max(self.offset, message.offset() or 0)
            elif error is not None and not passes(error):
                raise self._client.failure(f"reading {topic}", error)
            elif time.monotonic() > give_up:
                raise self._late(topic)
        reached = self.offset
        if reached >= end:
            self.rest()
        return taken, reached

    def _late(self, topic: str) -> Exception:
        failure = self._client.failure(f"reading {topic}", KafkaError(KafkaError._TIMED_OUT))
        if isinstance(failure, LogFailed):
            failure.reason = f"what was begun there is neither committed nor given up after {self._longest_wait:.0f} s"
        return failure

    def rest(self) -> None:
        """Read nothing."""
        self._consumer.unassign()
        self.place = None

    def close(self) -> None:
        """Let go of the brokers."""
        self._consumer.close()


class KafkaReader:
    """Reads the topics of a log, in any thread."""

    def __init__(self, client: Client, topics: Topics) -> None:
        self._client = client
        self._topics = topics
        self._turn = Lock()
        self._idle: list[Cursor] = []  # oldest use first
        self._closed = False
        self._quiet: dict[Place, tuple[int, int]] = {}  # nothing is above the first and up to the second
        self._heads: dict[Place, tuple[int, int]] = {}  # the end, and the position of the newest record before it
        self._scout: Consumer = client.consumer(isolation_level="read_uncommitted")

    def read(self, topic: str, after: int, limit: int, partition: int) -> list[Stored]:
        """Return up to ``limit`` committed records above ``after``, oldest first; [] at the head."""
        end = self._end(topic, partition)
        place = (topic, partition)
        low, high = self._quiet.get(place, (0, 0))
        if end <= after or (low <= after and end <= high) or limit < 1:
            return []
        with self._cursor(place, after) as cursor:
            taken, reached = cursor.take(limit, end)
        if len(taken) < limit:
            self._quiet[place] = (taken[-1].position if taken else after, reached)
        return taken

    def head(self, topic: str, partition: int) -> int:
        """Return the position of the newest committed record, 0 where there is none."""
        end = self._end(topic, partition)
        place, step = (topic, partition), STEP
        known, newest = self._heads.get(place, (0, 0))
        if end <= known:
            return newest
        while True:  # what is at the end may be no record: a mark of the brokers, or a batch that was given up
            after = max(known, end - step)
            with self._cursor(place, after) as cursor:
                taken, reached = cursor.take(2**62, end)
            if taken:
                newest = taken[-1].position
            if taken or after <= known:
                self._heads[place] = (reached, newest)
                return newest
            step *= STEP

    def _end(self, topic: str, partition: int) -> int:
        """Return the offset behind the last message, decided or not."""
        if self._closed:
            raise LogClosed(self._client.log)
        if not 0 <= partition < self._topics.partitions(topic):
            raise NoPartition(self._client.log, topic, partition)
        if not self._topics.exists(topic):
            return 0
        asked = TopicPartition(self._client.name(topic), partition)
        give_up = time.monotonic() + self._client.patience
        while True:
            try:
                found = self._scout.get_watermark_offsets(asked, timeout=self._client.patience, cached=False)
            except RuntimeError as error:  # another thread has closed the log meanwhile
                raise LogClosed(self._client.log) from error
            except KafkaException as error:
                # A topic that was made just now, or a partition that changes hands, is not known everywhere at once.
                if time.monotonic() > give_up or not passes(error_of(error)):
                    raise self._client.failure(f"reading {topic}", error) from error
                time.sleep(0.02)
                self._look_again(asked.topic, error_of(error))
            else:
                if found is not None:
                    return int(found[1])
                if time.monotonic() > give_up:  # nobody has answered: that is no end at 0
                    raise self._client.failure(f"reading {topic}", KafkaError(KafkaError._TIMED_OUT))

    def _look_again(self, name: str, error: KafkaError) -> None:
        """Have the scout ask what there is of a topic: one seen while it was made is not looked at for minutes."""
        if error.code() == KafkaError._UNKNOWN_PARTITION:
            with suppress(KafkaException):
                self._scout.list_topics(name, timeout=self._client.patience)

    @contextmanager
    def _cursor(self, place: Place, offset: int) -> Iterator[Cursor]:
        """Lend a cursor that stands there."""
        with self._turn:
            here = [one for one in self._idle if (one.place, one.offset) == (place, offset)]
            resting = [one for one in self._idle if one.place is None]
            spare = self._idle[:1] if len(self._idle) >= MOST_CURSORS else []
            cursor = next(iter(here + resting + spare), None)
            if cursor is not None:
                self._idle.remove(cursor)
        if cursor is None:
            cursor = Cursor(self._client)
        try:
            cursor.seek(place, offset)
            yield cursor
        except BaseException:
            cursor.close()
            raise
        with self._turn:
            if not self._closed:
                self._idle.append(cursor)
                return
        cursor.close()

    def close(self) -> None:
        """Let go of the brokers."""
        with self._turn:
            self._closed = True
            idle, self._idle = self._idle, []
        for cursor in idle:
            cursor.close()
        with suppress(RuntimeError):  # closed already
            self._scout.close()
